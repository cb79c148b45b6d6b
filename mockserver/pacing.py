"""Answers at the speed of a model: time to the first token, tokens per second, and jitter that follows from the seed.

Everything up to the first block comes at once, as it does live; then the deltas share the time of the tokens.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from random import Random
from typing import NamedTuple
from zlib import compress, crc32, decompress

from mockserver.blocks import Block
from mockserver.exchange import Exchange
from mockserver.incoming import ClientLeftError
from mockserver.scripts.model import Pacing
from mockserver.settings import Settings
from mockserver.streaming import PING

# policy: how long a stream is silent before it says that it is alive; live it is now and then (recorded)
PING_SECONDS = 10.0
# What is due so soon comes along: to wake up costs more than to send.
SOON = 0.002
# To send takes some 60 microseconds of a processor: all paced streams together take a fifth of one, not more.
SHARE = 0.0003
PART_BYTES = 4096
_DELTA = b"event: content_block_delta\n"
_END = b"\n\n"
_NOISE = Random(2).randbytes(4096)  # noqa: S311 # jitter, no secret


class Due(NamedTuple):
    """Frames of a stream, and after how many seconds they are sent."""

    seconds: float
    frames: bytes


class Pulse:
    """Time as a paced answer sees it, and whether its client is still there. A test has one of its own.

    `spent` are the seconds since its request came.
    """

    running = 0

    def __init__(self, left: Callable[[], Awaitable[None]], spent: float = 0.0) -> None:
        self._loop = asyncio.get_running_loop()
        self._start = self._loop.time() - spent
        self._waiter: asyncio.Future[None] | None = None
        self._watch = asyncio.ensure_future(left())
        self._watch.add_done_callback(self._wake)
        Pulse.running += 1

    def now(self) -> float:
        """Seconds since the request came."""
        return self._loop.time() - self._start

    @property
    def shortest(self) -> float:
        """How long it is worth to wait at least: many streams at once get more at a time."""
        return Pulse.running * SHARE

    async def wait(self, seconds: float) -> None:
        """Let time pass. Raises ClientLeftError as soon as the client is gone."""
        if not self._watch.done():
            self._waiter = self._loop.create_future()
            timer = self._loop.call_later(seconds, self._wake)
            try:
                await self._waiter
            finally:
                timer.cancel()
        if self._watch.done():
            raise ClientLeftError

    def _wake(self, *_: object) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def stop(self) -> None:
        """Look after the client no longer."""
        Pulse.running -= 1
        self._watch.cancel()


def pacing_of(settings: Settings) -> Pacing | None:
    """The pacing of all answers that have none of their own."""
    pacing = Pacing(settings.ttft, settings.tokens_per_second, settings.jitter)
    return pacing if is_slow(pacing) else None


def is_slow(pacing: Pacing) -> bool:
    """Whether there is anything to wait for."""
    return pacing.first_token > 0 or pacing.tokens_per_second is not None


def seed_of(seed: int, message_id: str) -> int:
    """Where the jitter of a message begins."""
    return crc32(f"{seed}:{message_id}".encode())


def schedule(stream: bytes, tokens: int, pacing: Pacing, seed: int) -> Iterator[Due]:
    """The frames of a stream of so many tokens with the time of each, which never goes back."""
    deltas = max(1, stream.count(_DELTA))
    step = tokens / pacing.tokens_per_second / deltas if pacing.tokens_per_second else 0.0
    return _dues(Packed(stream), step, pacing, seed)


def _dues(stream: Packed, step: float, pacing: Pacing, position: int) -> Iterator[Due]:
    due = 0.0
    wait = pacing.first_token + step
    for frame in stream:
        if frame.startswith(_DELTA):
            position += 1
            due += wait * factor(pacing.jitter, position)
            wait = step
        yield Due(due, frame)


class Packed:
    """A stream that waits to be sent. Its frames are much alike, so it takes little room until then."""

    def __init__(self, stream: bytes) -> None:
        self._parts: list[bytes] = []
        start = 0
        while start < len(stream):
            cut = stream.find(_END, start + PART_BYTES)
            end = len(stream) if cut < 0 else cut + len(_END)
            self._parts.append(compress(stream[start:end], 1))
            start = end

    def __iter__(self) -> Iterator[bytes]:
        """Its frames."""
        for part in self._parts:
            for frame in decompress(part).split(_END)[:-1]:
                yield frame + _END


def factor(jitter: float, position: int) -> float:
    """Around 1, by noise that has many positions: at a jitter of 0.2 from 0.8 to 1.2."""
    return max(0.0, 1 + jitter * (_NOISE[position & 4095] / 127.5 - 1))


async def paced(
    dues: Iterator[Due], pulse: Pulse, ending: Callable[[], None]
) -> AsyncIterator[bytes]:
    """Frames when it is time, several together when it is late; a ping when there is nothing for long.

    `ending` is called before the last ones. Raises ClientLeftError.
    """
    ready = b""
    for due, frames in dues:
        ahead = due - pulse.now()
        if ahead > SOON:
            if ready:
                yield ready
                ready = b""
            while (ahead := due - pulse.now()) > SOON:
                await pulse.wait(min(max(ahead, pulse.shortest), PING_SECONDS))
                if ahead > PING_SECONDS:
                    yield PING
        ready += frames
    ending()
    yield ready


async def stream(
    exchange: Exchange, dues: Iterator[Due], more: Block, ending: Callable[[], None]
) -> None:
    """Send a stream at its pace. Raises ClientLeftError."""
    pulse = Pulse(exchange.client_left, time.perf_counter() - exchange.began)
    try:
        await exchange.stream_parts(paced(dues, pulse, ending), more)
    finally:
        pulse.stop()


async def hold(exchange: Exchange, tokens: int, pacing: Pacing, seed: int) -> None:
    """Wait as long as a stream would take, before an answer that comes whole. Raises ClientLeftError."""
    seconds = pacing.first_token
    if pacing.tokens_per_second:
        seconds += tokens / pacing.tokens_per_second
    pulse = Pulse(exchange.client_left, time.perf_counter() - exchange.began)
    try:
        await pulse.wait(max(0.0, seconds * factor(pacing.jitter, seed) - pulse.now()))
    finally:
        pulse.stop()
