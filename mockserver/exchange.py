"""One request and its response on the wire: ids, headers, the body read within bounds, the answer sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, BinaryIO, Protocol

import orjson
from starlette.types import Receive, Scope, Send

from mockserver import intake
from mockserver.errors import ApiError, error_body, error_event
from mockserver.headers import script_name
from mockserver.journal import COMPLETE, NO_ADVICE, Record
from mockserver.scripts.book import Miss
from mockserver.settings import Settings
from mockserver.wire import NO_HEADERS, RESPONSE, Block, block
from mockserver.workspace import Workspace

JSON_TYPE = block([(b"content-type", b"application/json")])
STREAM_TYPE = block(
    [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-cache")]
)
WRITE_BYTES = 1 << 16
FRAME_END = b"\n\n"
CHUNKED = b"chunked"
# policy: what those are told whose answer is not ready when the server has been asked to stop and its grace is over
STOPPING = ApiError(503, "The server is shutting down", closes=True)
STOPPED = "stopped with the server"
NO_EXTENSIONS: dict[str, object] = {}


class ClientLeftError(Exception):
    """The client closed the connection before its request was complete."""


class Admitted(Protocol):
    """What the guard found in the headers."""

    @property
    def headers(self) -> dict[str, str]: ...

    @property
    def workspace(self) -> Workspace: ...

    @property
    def caller(self) -> intake.Caller | None: ...


class Exchange:
    """The HTTP side of one request. `workspace` is anonymous while the key is not known to be good."""

    __slots__ = (
        *("_admitted", "_receive", "_send", "_takes_whole", "_varying"),
        *("headers", "is_known", "raw_headers", "request_id", "started", "workspace"),
        *("_first", "answer", "at", "began", "ended", "events", "missed", "raw", "rule", "script"),
        *("status", "told"),
    )

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        admitted: Admitted,
        varying: dict[bytes, bytes],
    ) -> None:
        self._takes_whole = RESPONSE in scope.get("extensions", NO_EXTENSIONS)
        self._receive = receive
        self._send = send
        self._admitted = admitted
        self._varying = varying
        self.headers = admitted.headers
        self.raw_headers: list[tuple[bytes, bytes]] = scope["headers"]
        self.workspace = admitted.workspace
        self.request_id = self.workspace.ids.next("req")
        self.is_known = False
        self.started = False
        # What the journal is told when the response has ended.
        self.at = time.time()
        self.began = time.perf_counter()
        self._first = 0.0
        self.raw: bytes | None = None
        self.status = 0
        self.answer: bytes | None = None
        self.ended = COMPLETE
        self.events = 0
        self.rule: str | None = None
        self.script: str | None = None
        self.missed: Miss | None = None
        self.told = NO_ADVICE

    def caller(self, settings: Settings) -> intake.Caller:
        """Say who is asking. Raises the 401 or 400 for a key, a version or a beta that is refused."""
        known = self._admitted.caller or intake.caller(self.headers, settings)
        self.is_known = True
        return known

    @property
    def is_framed(self) -> bool:
        """Whether the body ends where every server on the way agrees that it does."""
        coding = self._varying.get(b"transfer-encoding")
        return coding is None or coding.strip().lower() == CHUNKED

    @property
    def announced(self) -> int:
        """The body's length as the headers say it."""
        length = self._varying.get(b"content-length", b"")
        return int(length) if length.isdigit() else 0

    async def body(self, limit: int) -> bytes:
        """Read the body. Raises the 413 when it is larger than `limit` bytes."""
        whole, is_last = await self._chunk(limit)
        if not is_last:  # most often there is one chunk
            chunks, size = [whole], len(whole)
            while not is_last:
                chunk, is_last = await self._chunk(limit - size)
                size += len(chunk)
                chunks.append(chunk)
            whole = b"".join(chunks)
        self.raw = raw = intake.unpacked(whole, self._encoding(), limit)
        return raw

    async def chunks(self, limit: int) -> AsyncIterator[bytes]:
        """The body bit by bit. Raises as `body`; only an encoded one is held in memory whole."""
        if self._encoding() is not None:
            yield await self.body(limit)
            return
        size = 0
        while True:
            chunk, is_last = await self._chunk(limit - size)
            size += len(chunk)
            yield chunk
            if is_last:
                return

    async def _chunk(self, most: int) -> tuple[bytes, bool]:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientLeftError
        chunk = message.get("body", b"")
        if len(chunk) > most:
            raise intake.too_large()
        return chunk, not message.get("more_body", False)

    def _encoding(self) -> str | None:
        encoding = self._varying.get(b"content-encoding")
        return None if encoding is None else encoding.decode("latin-1")

    async def respond(
        self, status: int, body: bytes, kind: Block, more: Block = NO_HEADERS
    ) -> None:
        """Send a whole response."""
        self.status, self.answer = status, body
        if self._takes_whole:
            await self._send(self._whole(status, body, kind, more, is_stream=False))
            return
        await self._start(status, kind, more, [(b"content-length", b"%d" % len(body))])
        await self.part(body, is_last=True)

    async def respond_json(self, status: int, value: Any, more: Block = NO_HEADERS) -> None:
        """Send a JSON response: compact, non-ASCII as it is (recorded)."""
        await self.respond(status, orjson.dumps(value), JSON_TYPE, more)

    async def respond_error(self, error: ApiError) -> None:
        """Send the envelope; x-should-retry says what the official clients would do by themselves."""
        retry = "true" if error.is_retryable else "false"
        self.told = headers = {"x-should-retry": retry, **error.headers}
        more = [(n.encode("latin-1"), v.encode("latin-1")) for n, v in headers.items()]
        if error.rule is not None:
            more.append((b"x-mock-rule", error.rule.encode()))
        if error.script is not None:
            more.append((b"x-mock-script", script_name(error.script)))
        if error.closes:
            more.append((b"connection", b"close"))
        body = error_body(error, self.request_id)
        self.status, self.answer, self.rule = error.status, body, error.rule
        self.script = error.script or self.script
        more.append((b"content-length", b"%d" % len(body)))
        await self._start(error.status, JSON_TYPE, NO_HEADERS, more)
        await self._send({"type": "http.response.body", "body": body})

    async def download(self, content: BinaryIO, size: int, kind: Block) -> None:
        """Send content from a store without holding it in memory."""
        self.status = 200
        await self._start(200, kind, NO_HEADERS, [(b"content-length", b"%d" % size)])
        with content:
            while part := content.read(WRITE_BYTES):
                await self.part(part)
        await self.part(b"", is_last=True)

    async def stream(self, body: bytes, more: Block) -> None:
        """Send server-sent events in few writes."""
        self.status = 200
        if self._takes_whole and len(body) <= WRITE_BYTES:
            await self._send(self._whole(200, body, STREAM_TYPE, more, is_stream=True))
            return
        await self.begin(STREAM_TYPE, more)
        last = max(0, len(body) - 1) // WRITE_BYTES * WRITE_BYTES
        for start in range(0, last, WRITE_BYTES):
            await self.part(body[start : start + WRITE_BYTES])
        await self.part(body[last:], is_last=True)

    async def begin(self, kind: Block, more: Block, status: int = 200) -> None:
        """Send the head of a response whose body comes in parts."""
        self.status = status
        await self._start(status, kind, more, [])

    async def part(self, data: bytes, *, is_last: bool = False) -> None:
        """Send a part of the body."""
        await self._send({"type": "http.response.body", "body": data, "more_body": not is_last})

    @property
    def connection(self) -> Any:
        """uvicorn's side of this exchange: what receives is a method of it."""
        return self._receive.__self__  # type: ignore[attr-defined] # as said

    def left(self) -> None:
        """Note that the client has gone, and how far it had got."""
        if self.started:
            self.ended = f"client left at event {self.events}"
        elif self.raw is None:
            self.ended = "client left before its request was complete"
        else:
            self.ended = "client left before its response began"

    def written(self, method: str, path: str) -> None:
        """Put the exchange into its workspace's journal."""
        seconds = time.perf_counter() - self.began
        self.workspace.journal.add(
            Record(
                self.request_id,
                self.at,
                seconds,
                method,
                path,
                self.raw_headers,
                self.raw,
                self.status,
                self.answer,
                self.ended,
                self.rule,
                self.script,
                self.missed,
                self.told,
                # What is sent in one piece begins when it ends.
                (self._first or seconds) if self.started else None,
            )
        )

    async def stream_parts(self, parts: AsyncIterator[bytes], more: Block) -> None:
        """Send server-sent events as they come."""
        await self.begin(STREAM_TYPE, more)
        try:
            async for part in parts:
                self.events += part.count(FRAME_END)
                await self.part(part)
        except asyncio.CancelledError:
            self.ended = f"{STOPPED} at event {self.events}"
            await self.part(error_event(STOPPING, self.request_id))
        await self.part(b"", is_last=True)

    async def client_left(self) -> None:
        """Return when the client has closed the connection, or its answer is complete. The body was read before."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    def _whole(
        self, status: int, body: bytes, kind: Block, more: Block, *, is_stream: bool
    ) -> dict[str, Any]:
        self.started = True
        common = self.workspace.headers if self.is_known else NO_HEADERS
        own = b"request-id: %b\r\n" % self.request_id.encode()
        lines = own + kind.lines + common.lines + more.lines
        return {
            "type": RESPONSE,
            "status": status,
            "lines": lines,
            "body": body,
            "is_stream": is_stream,
        }

    async def _start(
        self, status: int, kind: Block, more: Block, own: list[tuple[bytes, bytes]]
    ) -> None:
        self.started = True
        self._first = time.perf_counter() - self.began
        own.append((b"request-id", self.request_id.encode()))
        common = self.workspace.headers if self.is_known else NO_HEADERS
        headers = [*own, *kind.raw, *common.raw, *more.raw]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})


def named(headers: Block, script: str) -> Block:
    """Headers with x-mock-script, which names the entry that answered."""
    return block([*headers.raw, (b"x-mock-script", script_name(script))])
