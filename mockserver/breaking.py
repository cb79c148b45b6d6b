"""Carries out a planned fault on a real connection: resets, silence, bytes past the framing, and slow bodies."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from mockserver import pacing, steps
from mockserver.blocks import Block, block
from mockserver.exchange import JSON_TYPE, STREAM_TYPE, Exchange
from mockserver.faults import Fault, Wire
from mockserver.incoming import ClientLeftError
from mockserver.journal import COMPLETE
from mockserver.steps import Close, Raw, Reset, Send, Stall, Step

LINGER = struct.pack("ii", 1, 0)  # a close with it sends RST
EVENT_END = b"}\n\n"  # a comment ends otherwise


class Disturbed:
    """A successful response, or what comes in its place. Raises the 400 for a fault that can't happen in it."""

    def __init__(
        self,
        exchange: Exchange,
        fault: Fault | None,
        wire: Wire,
        body: bytes,
        *,
        is_stream: bool,
    ) -> None:
        self._exchange = exchange
        self._ended = COMPLETE if fault is None else f"fault {fault}"
        self._kind = STREAM_TYPE if is_stream else JSON_TYPE
        seed = pacing.seed_of(0, exchange.request_id)  # which follows from the server's own seed
        self._plan = steps.planned(
            body,
            fault,
            replace(wire, delay=wire.delay * pacing.factor(wire.jitter, seed)),
            is_stream=is_stream,
            request_id=exchange.request_id,
        )
        self._tail = b""
        exchange.answer = self._plan.page or exchange.answer

    async def send(self, more: Block) -> None:
        """Send it step by step. Raises ClientLeftError when the client leaves before its end."""
        exchange, plan = self._exchange, self._plan
        exchange.ended = self._ended
        await asyncio.sleep(0)  # from here on in a task, which what waits for a time asks for
        if await self._has_ended(plan.before):
            return
        kind = block([*{**dict(self._kind.raw), **plan.headers}.items()])
        await exchange.begin(kind, more, plan.status)
        if not await self._has_ended(plan.body):
            await exchange.part(b"", is_last=True)

    async def _has_ended(self, planned: Iterable[Step]) -> bool:
        """Take the steps; whether one of them ended the connection."""
        exchange = self._exchange
        for step in planned:
            if isinstance(step, steps.LAST):
                await _end(exchange, step)
                return True
            if isinstance(step, Send):
                await self._sent(step.data)
            elif isinstance(step, Raw):
                _transport(exchange).write(step.data)
            elif await _left_within(exchange, step.seconds):
                raise ClientLeftError
        return False

    async def _sent(self, data: bytes) -> None:
        await self._exchange.part(data)
        seen = self._tail + data.replace(b"\r", b"")
        self._exchange.events += seen.count(EVENT_END)
        self._tail = seen[-2:]
        await asyncio.sleep(0)  # or pieces would leave in one packet


async def _end(exchange: Exchange, step: Stall | Reset | Close) -> None:
    if isinstance(step, Stall):
        while not await _left_within(exchange, step.pings):
            await exchange.part(steps.PING)
        return
    if isinstance(step, Reset):
        await _reset(exchange)
    elif not step.after or not await _left_within(exchange, step.after):
        _transport(exchange).close()
    await exchange.client_left()  # so that nothing more is tried on the connection


async def _left_within(exchange: Exchange, seconds: float | None) -> bool:
    """Wait; True at once when the client leaves."""
    try:
        await asyncio.wait_for(exchange.client_left(), seconds)
    except asyncio.TimeoutError:  # not the built-in one before Python 3.11
        return False
    return True


def _transport(exchange: Exchange) -> Any:
    """The connection below the ASGI server; both of uvicorn's protocols have it on what receives."""
    return exchange.connection.transport


async def _reset(exchange: Exchange) -> None:
    transport = _transport(exchange)
    # A reset throws away what is still to be written, which the client is to have.
    transport.set_write_buffer_limits(high=0)
    await exchange.connection.flow.drain()
    with socket.socket(fileno=socket.dup(transport.get_extra_info("socket").fileno())) as same:
        same.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
    transport.abort()
