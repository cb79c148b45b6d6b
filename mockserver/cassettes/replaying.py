"""Answers from cassettes, to the byte, at once or in the time that they took.

A recording wins over every rule; `strict` lets the rules judge the request first. Credentials are looked at
only where the server has keys of its own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping

import orjson
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.blocks import Block, block
from mockserver.cassettes.assembling import assembled, events
from mockserver.cassettes.matching import Library, Miss, comparing
from mockserver.cassettes.model import CassetteError, Recording, load
from mockserver.errors import invalid
from mockserver.exchange import Exchange
from mockserver.pacing import Due, Pulse
from mockserver.settings import Settings

CONTROL = "/_mock"
HEADER = "x-mock-replay"
OWN = ("content-type", "request-id", HEADER)
Read = Callable[[Exchange], Awaitable[None]]


def library(settings: Settings) -> Library:
    """The recordings that a server answers from. Raises CassetteError."""
    try:
        what_counts = comparing(settings.ignored, settings.masks)
    except ValueError as error:
        raise CassetteError(f"--mask: {error}") from error
    return Library(load(settings.replay), what_counts)


class Replayer:
    """Answers everything but the control API, whose calls go to `app`. `judges` read a request by its path."""

    def __init__(
        self, app: ASGIApp, library: Library, settings: Settings, judges: Mapping[str, Read]
    ) -> None:
        self._app = app
        self._library = library
        self._settings = settings
        self._judges: Mapping[str, Read] = judges if settings.strict_replay else {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self._app(scope, receive, send)
            return
        exchange: Exchange = scope["exchange"]
        await self._read(exchange, scope["path"])
        found = self._library.find(
            scope["method"], target_of(scope), exchange.raw or b"", exchange.workspace.replayed
        )
        if isinstance(found, Miss):
            raise invalid(str(found), headers={HEADER: "miss"})
        await self._answer(exchange, found)

    async def _read(self, exchange: Exchange, path: str) -> None:
        if self._settings.keys:
            exchange.caller(self._settings)
        judge = self._judges.get(path)
        if judge is None:
            await exchange.body(self._settings.body_limit(path))
        else:
            await judge(exchange)
        exchange.is_known = False  # the headers are the recording's

    async def _answer(self, exchange: Exchange, found: Recording) -> None:
        exchange.script = found.place
        exchange.request_id = found.headers.get("request-id", exchange.request_id)
        kind = block([(b"content-type", _value(found.headers.get("content-type", "")))])
        more = [(n.encode(), _value(v)) for n, v in found.headers.items() if n not in OWN]
        told = block([*more, (HEADER.encode(), _value(found.place))])
        if found.is_stream:
            await self._stream(exchange, found, kind, told)
            return
        if self._settings.replay_speed is not None:
            await _waited(exchange, found.seconds / self._settings.replay_speed)
        await exchange.respond(found.status, found.body, kind, told)

    async def _stream(self, exchange: Exchange, found: Recording, kind: Block, more: Block) -> None:
        told = assembled(events(event.text for event in found.events))
        exchange.answer = memoryview(orjson.dumps(told)).tobytes()
        speed = self._settings.replay_speed
        if speed is None:
            await exchange.begin(kind, more)
            await exchange.part(found.body, is_last=True)
            return
        await _waited(exchange, found.seconds / speed)
        await exchange.begin(kind, more)
        pulse = _pulse(exchange)
        try:
            for due in _dues(found, speed):
                while (ahead := due.seconds - pulse.now()) > 0:
                    await pulse.wait(ahead)
                exchange.events += 1
                await exchange.part(due.frames)
        finally:
            pulse.stop()
        await exchange.part(b"", is_last=True)


def _dues(found: Recording, speed: float) -> Iterator[Due]:
    return (Due(event.seconds / speed, event.text.encode()) for event in found.events)


async def _waited(exchange: Exchange, seconds: float) -> None:
    pulse = _pulse(exchange)
    try:
        await pulse.wait(max(0.0, seconds - pulse.now()))
    finally:
        pulse.stop()
        await asyncio.sleep(0)  # so that nobody waits for the client any more


def _pulse(exchange: Exchange) -> Pulse:
    return Pulse(exchange.client_left, time.perf_counter() - exchange.began)


def target_of(scope: Scope) -> str:
    """The path of a request as it came, with its query."""
    query: bytes = scope["query_string"]
    path: bytes = scope["raw_path"].partition(b"?")[0]
    return (path + b"?" + query if query else path).decode("latin-1")


def _value(text: str) -> bytes:
    return text.encode("latin-1", "replace")
