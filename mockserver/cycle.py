"""One request and response as uvicorn has them, and a way to take and to send them whole.

The way is the extension WHOLE of the scope, an object without ASGI's messages: a body that is there is `taken`, and
a response that is ready is written by `respond`, without a coroutine for each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, cast

from mockserver.blocks import RawHeaders, block
from mockserver.heads import Head
from mockserver.rounds import Rounds

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import RequestResponseCycle
else:  # at run time it is there only if its C parser is: `wire.quick` puts it in
    RequestResponseCycle = object

WHOLE = "messages-mock.whole"
CLOSING = b"connection: close\r\n"
CHUNKED = b"transfer-encoding: chunked\r\n"
LAST_CHUNK = b"\r\n0\r\n\r\n"


class Defaults:
    """The lines of the headers that uvicorn makes anew every second for all responses."""

    def __init__(self) -> None:
        self._made: RawHeaders = ()
        self._lines = b""

    def lines(self, made: RawHeaders) -> bytes:
        if made is not self._made:
            self._made, self._lines = made, block(made).lines
        return self._lines


class QuickCycle(RequestResponseCycle):
    """One request and response of uvicorn's, and what the extension WHOLE gives."""

    _status_lines: Mapping[int, bytes]
    _defaults: Defaults
    _rounds: Rounds
    # Whether the body is there as a whole and nobody has it yet: then there is nothing to wait for.
    is_whole = False
    # Whether others came in the same round, and may be let go first.
    has_company = False
    head: Head | None = None
    _event: asyncio.Event | None = None

    @property
    def message_event(self) -> asyncio.Event:
        """What uvicorn waits with. Most requests never wait."""
        if self._event is None:
            self._event = asyncio.Event()
        return self._event

    @message_event.setter
    def message_event(self, event: asyncio.Event | None) -> None:
        self._event = event

    async def receive(self) -> Any:
        body = self.taken()
        if body is None:
            return await super().receive()
        return {"type": "http.request", "body": body, "more_body": False}

    def taken(self) -> bytes | None:
        """The body, for the one who asks first; None when it is not there as a whole."""
        if not self.is_whole:
            return None
        self.is_whole = False
        body: bytes = cast("Any", self).body
        self.body = bytearray()
        return body

    async def drained(self) -> None:
        """Wait until the client reads what it was sent before."""
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()

    def respond(self, status: int, lines: bytes, body: bytes) -> None:
        """Write a whole response, to a client that is still there. Raises RuntimeError after the start of one."""
        if self.disconnected:
            return
        start = self._started(status)
        if not self.keep_alive:
            lines += CLOSING
        framing = b"content-length: %d\r\n" % len(body)
        if self.scope["method"] == "HEAD":
            body = b""
        whole = b"".join((start, framing, lines, b"\r\n", body))
        # uvicorn takes on_response away when the application is done.
        self._rounds.send(self._write, whole, self.on_response)

    def stream(self, lines: bytes, make: Callable[[], bytes]) -> None:
        """As `respond`, with a stream that is made when it is sent: so few are held at once, and many are made in a row."""
        if self.disconnected:
            return
        head = self._started(200) + CHUNKED + lines
        if not self.keep_alive:
            head += CLOSING
        self._rounds.send(self._make, (head, make), self.on_response)

    def _started(self, status: int) -> bytes:
        if self.response_started:
            raise RuntimeError("a response is sent whole after it was started")
        self.response_started = True
        self.response_complete = True
        return self._status_lines[status] + self._defaults.lines(self.default_headers)

    def _write(self, whole: bytes, then: Callable[[], None]) -> None:
        self.transport.write(whole)
        self._written(then)

    def _make(self, late: tuple[bytes, Callable[[], bytes]], then: Callable[[], None]) -> None:
        if self.transport.is_closing():
            return
        head, make = late
        try:
            body = make()
        except BaseException:
            # Whoever could refuse it believes that it was sent.
            self.transport.close()
            raise
        # In three pieces, as most of it would be copied for one; uvloop sends them together. Not by writelines, which
        # on asyncio's loop lets a client that doesn't read fill the memory (python/cpython#127655).
        write = self.transport.write
        write(head + b"\r\n%x\r\n" % len(body))
        write(body)
        write(LAST_CHUNK)
        self._written(then)

    def _written(self, then: Callable[[], None]) -> None:
        if self._event is not None:
            self._event.set()
        if not self.keep_alive:
            self.transport.close()
        then()
