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

    def respond(self, status: int, lines: bytes, body: bytes, *, is_stream: bool) -> None:
        """Write a whole response, to a client that is still there. Raises RuntimeError after the start of one."""
        if self.disconnected:
            return
        if self.response_started:
            raise RuntimeError("a response is sent whole after it was started")
        self.response_started = True
        self.response_complete = True
        start = self._status_lines[status] + self._defaults.lines(self.default_headers)
        if not self.keep_alive:
            lines += CLOSING
        is_head = self.scope["method"] == "HEAD"
        whole = _encoded(start, lines, body, is_stream=is_stream, is_head=is_head)
        # uvicorn takes on_response away when the application is done.
        self._rounds.send(self._write, whole, self.on_response)

    def _write(self, whole: bytes, then: Callable[[], None]) -> None:
        self.transport.write(whole)
        if self._event is not None:
            self._event.set()
        if not self.keep_alive:
            self.transport.close()
        then()


def _encoded(start: bytes, lines: bytes, body: bytes, *, is_stream: bool, is_head: bool) -> bytes:
    if is_stream:
        framing = b"transfer-encoding: chunked\r\n"
        before, after = b"\r\n%x\r\n" % len(body), LAST_CHUNK
    else:
        framing = b"content-length: %d\r\n" % len(body)
        before, after = b"\r\n", b""
    if is_head:
        before, body, after = b"\r\n", b"", b""
    return b"".join((start, framing, lines, before, body, after))
