"""The proxy as an ASGI application: what comes in goes on, what comes back is passed on as it comes and written down.

A line is written before the client has the end of its answer, so that a test that has it can read the cassette.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.routing import Router
from starlette.types import Receive, Scope, Send

from mockserver.cassettes.model import COMPLETE, CassetteError
from mockserver.cassettes.replaying import target_of
from mockserver.cassettes.writing import Cassette
from mockserver.clock import Clock
from mockserver.exchange import Exchange
from mockserver.guard import PRIVATE, Guard
from mockserver.headers import joined
from mockserver.incoming import ClientLeftError
from mockserver.recording.events import Events
from mockserver.recording.lines import Passed, line
from mockserver.recording.upstream import NOT_PASSED_ON, Upstream
from mockserver.redaction import Cleaner
from mockserver.settings import Settings
from mockserver.workspace import Workspaces

if TYPE_CHECKING:
    from mockserver.recording.upstream import Response

log = logging.getLogger("mockserver")

# policy: a larger answer passes, but is not recorded
MOST_BYTES = 64 * 1024 * 1024
STREAM = "text/event-stream"
STOP = b"event: message_stop"
OK = 200
CUT = "cut off by the upstream"


def recorder(settings: Settings, upstream: Upstream, cassette: Cassette) -> Guard:
    """The proxy behind the same guard as the mock: foreign hosts and origins have no way through it."""
    return Guard(
        Proxy(settings, upstream, cassette), settings, Workspaces(settings, Clock(settings.now))
    )


class Proxy:
    """Passes requests on and records them."""

    def __init__(self, settings: Settings, upstream: Upstream, cassette: Cassette) -> None:
        self._settings = settings
        self._upstream = upstream
        self._cassette = cassette
        self._lifespan = Router(lifespan=self._alive)

    @asynccontextmanager
    async def _alive(self, _app: object) -> AsyncGenerator[None]:
        await self._upstream.open()
        yield
        await self._upstream.close()
        self._cassette.close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._lifespan(scope, receive, send)
            return
        exchange: Exchange = scope["exchange"]
        await exchange.body(self._settings.body_limit(scope["path"]))
        passage = Passage(exchange, scope, send, self._upstream)
        try:
            await _while_there(exchange, passage)
        except ClientLeftError:
            self._write(passage)
            raise
        self._write(passage)
        await passage.end()

    def _write(self, passage: Passage) -> None:
        if passage.is_too_large:
            log.warning("an answer of more than %d bytes was not recorded", MOST_BYTES)
        if passage.is_too_large or not passage.is_public_answer:
            return
        key = self._upstream.key
        try:
            self._cassette.append(line(passage.passed(), Cleaner([key] if key else [])))
        except CassetteError:
            log.exception("an exchange was not recorded")


async def _while_there(exchange: Exchange, passage: Passage) -> None:
    """Let an answer pass until it ends or the client leaves, which ends the upstream's request too."""
    passing = asyncio.ensure_future(passage.run())
    leaving = asyncio.ensure_future(exchange.client_left())
    try:
        await asyncio.wait({passing, leaving}, return_when=asyncio.FIRST_COMPLETED)
        has_left = not passing.done()
    finally:
        passing.cancel()
        leaving.cancel()
        await asyncio.wait({passing, leaving})
    if has_left:
        if not passage.has_stopped:
            passage.ended = "the client left"
        raise ClientLeftError
    passing.result()


class Passage:
    """One exchange on its way."""

    def __init__(self, exchange: Exchange, scope: Scope, send: Send, upstream: Upstream) -> None:
        self._exchange = exchange
        self._send = send
        self._upstream = upstream
        self._target = target_of(scope)
        self._method: str = scope["method"]
        self._headers = joined(exchange.raw_headers)
        self._answered: dict[str, str] = {}
        self._seconds = 0.0
        self._size = 0
        self._last = b""
        self._whole: list[bytes] = []
        self._events: Events | None = None
        self.ended = COMPLETE

    @property
    def is_public_answer(self) -> bool:
        """Whether there is an answer of the API at all."""
        return self._exchange.started and not self._target.startswith(PRIVATE)

    @property
    def is_too_large(self) -> bool:
        """Whether the answer was not kept as it passed."""
        return self._size > MOST_BYTES

    @property
    def has_stopped(self) -> bool:
        """Whether a stream has come to its last event, at which some clients leave."""
        pieces = self._events.pieces if self._events else []
        return bool(pieces) and pieces[-1].raw.startswith(STOP)

    def passed(self) -> Passed:
        """What is written."""
        return Passed(
            self._exchange.at,
            self._method,
            self._target,
            self._headers,
            self._exchange.raw or b"",
            self._exchange.status,
            self._answered,
            self._events.close(self._now()) if self._events else b"".join(self._whole),
            self._seconds,
            self.ended,
        )

    def _now(self) -> float:
        return time.perf_counter() - self._exchange.began

    async def run(self) -> None:
        """Pass on all but the end. Raises ApiError where there is no answer at all."""
        body = self._exchange.raw or b""
        response = await self._upstream.send(self._method, self._target, self._headers, body)
        try:
            await self._begin(response)
            async for chunk in response.aiter_raw():
                await self._chunk(chunk)
        except self._upstream.errors:
            self.ended = CUT
        finally:
            await response.aclose()

    async def _begin(self, response: Response) -> None:
        self._seconds = self._now()
        self._answered = {name.lower(): value for name, value in response.headers.items()}
        kind = self._answered.get("content-type", "")
        if response.status_code == OK and kind.startswith(STREAM):
            self._events = Events()
        raw = [(n.lower(), v) for n, v in response.headers.raw if _is_passed_back(n)]
        self._exchange.started, self._exchange.status = True, response.status_code
        await self._send(
            {"type": "http.response.start", "status": response.status_code, "headers": raw}
        )

    async def _chunk(self, chunk: bytes) -> None:
        self._size += len(chunk)
        if self._size > MOST_BYTES:
            self._whole.clear()
            self._events = None
        elif self._events is not None:
            self._events.feed(chunk, self._now())
        else:
            self._whole.append(chunk)
        length = self._answered.get("content-length", "")
        if length.isdigit() and self._size >= int(length):
            self._last = chunk  # goes when the line is written
        else:
            await self._exchange.part(chunk)

    async def end(self) -> None:
        """Give the client the end of its answer, or cut it off where the upstream did."""
        if self.ended == CUT:
            self._exchange.ended = CUT
            self._exchange.connection.transport.close()
        else:
            await self._exchange.part(self._last, is_last=True)


def _is_passed_back(name: bytes) -> bool:
    # A length is kept: what comes has not been changed on its way.
    lower = name.lower().decode("latin-1")
    return lower not in NOT_PASSED_ON or lower in ("content-length", "content-encoding")
