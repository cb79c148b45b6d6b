"""One request and its response on the wire: ids, headers, the body read within bounds, the answer sent."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, BinaryIO, Protocol

import orjson
from starlette.types import Receive, Scope, Send

from mockserver import intake
from mockserver.blocks import NO_HEADERS, Block, block
from mockserver.errors import ApiError, error_body, error_event
from mockserver.headers import script_name
from mockserver.incoming import Incoming
from mockserver.journal import COMPLETE, NO_ADVICE, RawHeaders, Record, is_public
from mockserver.scripts.book import Miss
from mockserver.settings import Settings
from mockserver.workspace import Workspace

JSON_TYPE = block([(b"content-type", b"application/json")])
STREAM_TYPE = block(
    [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-cache")]
)
WRITE_BYTES = 1 << 16
# Of an answer whose frames are sent at once: they are up to thirty times as long, and mostly seven times.
SHORT = 8 * 1024
FRAME_END = b"\n\n"
# policy: what those are told whose answer is not ready when the server has been asked to stop and its grace is over
STOPPING = ApiError(503, "The server is shutting down", closes=True)
STOPPED = "stopped with the server"


class Admitted(Protocol):
    """What the guard found in the headers."""

    @property
    def headers(self) -> dict[str, str]: ...

    @property
    def workspace(self) -> Workspace: ...

    @property
    def caller(self) -> intake.Caller | None: ...

    @property
    def common(self) -> Block: ...


class Exchange(Incoming):
    """The HTTP side of one request. `workspace` is anonymous while the key is not known to be good."""

    __slots__ = (
        *("_admitted", "_send"),
        *(
            "head_size",
            "headers",
            "is_known",
            "public",
            "raw_headers",
            "request_id",
            "started",
            "workspace",
        ),
        *("_first", "answer", "at", "began", "ended", "events", "missed", "rule", "script"),
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
        super().__init__(scope, receive, varying)
        self._send = send
        self._admitted = admitted
        self.headers = admitted.headers
        self.raw_headers: list[tuple[bytes, bytes]] = scope["headers"]
        # Those that are no credentials, where they are known already.
        self.public: RawHeaders = []
        self.head_size = 0  # of headers that come again there is one copy for all
        self.workspace = admitted.workspace
        self.request_id = self.workspace.ids.next("req")
        self.is_known = False
        self.started = False
        # What the journal is told when the response has ended.
        self.at = time.time()
        self.began = time.perf_counter()
        self._first = 0.0
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
        known = self._admitted.caller or intake.caller(self.headers, settings, self.workspace.clock)
        self.is_known = True
        return known

    async def respond(
        self, status: int, body: bytes, kind: Block, more: Block = NO_HEADERS
    ) -> None:
        """Send a whole response."""
        self.status, self.answer = status, body
        if self._whole is not None:
            if self._whole.flow.write_paused:
                await self._whole.drained()
            if not self._has_left():
                self._whole.respond(status, self._lines(kind, more), body)
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
        await self._start(error.status, JSON_TYPE, NO_HEADERS, more, has_id=error.has_id)
        await self._send({"type": "http.response.body", "body": body})

    async def download(self, content: BinaryIO, size: int, kind: Block) -> None:
        """Send content from a store without holding it in memory."""
        self.status = 200
        await self._start(200, kind, NO_HEADERS, [(b"content-length", b"%d" % size)])
        with content:
            while part := content.read(WRITE_BYTES):
                await self.part(part)
        await self.part(b"", is_last=True)

    async def stream(self, answer: bytes, make: Callable[[], bytes], more: Block) -> None:
        """Send the server-sent events of an answer in few writes. They are made when they are sent, if they are few."""
        self.status, self.answer = 200, answer
        if self._whole is not None and len(answer) <= SHORT:
            if self._whole.flow.write_paused:
                await self._whole.drained()
            if not self._has_left():
                self._whole.stream(self._lines(STREAM_TYPE, more), make)
            return
        body = make()
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
    def has_company(self) -> bool:
        """Whether there are others in its round of requests, which may come as far first."""
        return self._whole is not None and self._whole.has_company

    @property
    def connection(self) -> Any:
        """uvicorn's side of this exchange: what receives is a method of it."""
        return self._receive.__self__  # type: ignore[attr-defined] # as said

    def left(self) -> None:
        """Note that the client has gone, and how far it had got."""
        if self.started:
            self.ended = f"client left at event {self.events}"
            return
        self.status, self.answer = 0, None
        is_early = self.raw is None
        missing = "request was complete" if is_early else "response began"
        self.ended = f"client left before its {missing}"

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
                self.public or list(filter(is_public, self.raw_headers)),
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
                self.head_size,
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

    def _has_left(self) -> bool:
        """Whether the client has gone. If not, the response starts."""
        if self._whole.disconnected:
            self.left()
            return True
        self.started = True
        return False

    def _lines(self, kind: Block, more: Block) -> bytes:
        common = self.workspace.headers if self.is_known else NO_HEADERS
        own = b"request-id: %b\r\n" % self.request_id.encode()
        return own + kind.lines + self._admitted.common.lines + common.lines + more.lines

    async def _start(
        self,
        status: int,
        kind: Block,
        more: Block,
        own: list[tuple[bytes, bytes]],
        *,
        has_id: bool = True,
    ) -> None:
        self.started = True
        self._first = time.perf_counter() - self.began
        if has_id:
            own.append((b"request-id", self.request_id.encode()))
        common = self.workspace.headers if self.is_known else NO_HEADERS
        headers = [*own, *kind.raw, *self._admitted.common.raw, *common.raw, *more.raw]
        await self._send({"type": "http.response.start", "status": status, "headers": headers})


def named(headers: Block, script: str) -> Block:
    """Headers with x-mock-script, which names the entry that answered."""
    return block([*headers.raw, (b"x-mock-script", script_name(script))])
