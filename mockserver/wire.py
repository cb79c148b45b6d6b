"""Requests and responses that come and go in one piece, without uvicorn's steps for those that don't.

Four things are faster here than in uvicorn, and all else is uvicorn's:

- Headers that are the same on many responses are encoded once, as a `Block`.
- A response that is ready as a whole is one ASGI message of the type RESPONSE, and one write. Servers without
  it, which don't name it in the scope's extensions, get the same in the messages that every server knows.
- A plain request to the quick path whose body came whole is answered at once, without a task. Only when its
  answer has to wait for something does it go on in a task, as every other request does from its beginning.
- The wait for the next request has one timer for each connection, not a new one after each response.
"""

from __future__ import annotations

import asyncio
import sys
import types
from collections.abc import Coroutine, Generator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from mockserver import upgrades
from mockserver.idle import Idle

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
else:  # at run time they are there only if their C parser is: `quick` puts them in
    HttpToolsProtocol = RequestResponseCycle = object

RawHeaders = Sequence[tuple[bytes, bytes]]
RESPONSE = "messages-mock.response"
CLOSING = b"connection: close\r\n"
LAST_CHUNK = b"\r\n0\r\n\r\n"
EXTENSIONS: dict[str, dict[Any, Any]] = {RESPONSE: {}}


class Block(NamedTuple):
    """Headers as ASGI has them, and as lines."""

    raw: RawHeaders
    lines: bytes


def block(raw: RawHeaders) -> Block:
    """Encode headers once. They are the server's own; nothing of a request may get in here."""
    return Block(tuple(raw), b"".join(b"%b: %b\r\n" % header for header in raw))


NO_HEADERS = block(())


class _Defaults:
    """The lines of the headers that uvicorn makes anew every second for all responses."""

    def __init__(self) -> None:
        self._made: RawHeaders = ()
        self._lines = b""

    def lines(self, made: RawHeaders) -> bytes:
        if made is not self._made:
            self._made, self._lines = made, block(made).lines
        return self._lines


class QuickCycle(RequestResponseCycle):
    """One request and response of uvicorn's."""

    _status_lines: Mapping[int, bytes]
    _defaults: _Defaults
    # Whether the body is there as a whole and nobody has it yet: then there is nothing to wait for.
    is_whole = False

    async def receive(self) -> Any:
        if not self.is_whole:
            return await super().receive()
        self.is_whole = False
        body, self.body = self.body, bytearray()
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Any) -> None:
        if message["type"] != RESPONSE:
            await super().send(message)
            return
        if self.flow.write_paused and not self.disconnected:
            await self.flow.drain()
        if not self.disconnected:
            self._send_whole(message)

    def _send_whole(self, message: Any) -> None:
        if self.response_started:
            raise RuntimeError("a response is sent whole after it was started")
        self.response_started = True
        self.response_complete = True
        start = self._status_lines[message["status"]] + self._defaults.lines(self.default_headers)
        closing = b"" if self.keep_alive else CLOSING
        is_head = self.scope["method"] == "HEAD"
        self.transport.write(_encoded(message, start, closing, is_head=is_head))
        self.message_event.set()
        if not self.keep_alive:
            self.transport.close()
        self.on_response()


class QuickProtocol(HttpToolsProtocol):
    """A connection of uvicorn's."""

    _targets: Mapping[bytes, Mapping[str, Any]]
    _cycle: type[QuickCycle]
    _unanswered: Any = None
    _idle: Any = None
    _stopped_at = 0

    def on_headers_complete(self) -> None:
        target = self._targets.get(self.url)
        if target is None or not self._is_quick():
            super().on_headers_complete()
            cycle = self.cycle
            # The answer has not begun yet; uvicorn names the class in its code, so it is exchanged here.
            cycle.__class__ = self._cycle
            # uvicorn before 0.47 finds that out as it sends.
            cycle.keep_alive = cycle.keep_alive and cast("Any", self.parser).should_keep_alive()
            self.scope["extensions"] = EXTENSIONS
            return
        self.scope.update(target)  # type: ignore[typeddict-item]
        self.cycle = self._unanswered = self._cycle(
            scope=self.scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=cast("Any", self.parser).should_keep_alive(),
            on_response=self.on_response_complete,
        )

    def _is_quick(self: Any) -> bool:
        """Whether a request is the plain one that is answered at once when its body is there."""
        parser = self.parser
        return bool(
            parser.get_method() == b"POST"
            and parser.get_http_version() == "1.1"
            and not parser.should_upgrade()
            and not self.expect_100_continue
            and (not self.cycle or self.cycle.response_complete)
            and self.limit_concurrency is None
        )

    def on_body(self: Any, body: bytes) -> None:
        cycle: Any = self._unanswered
        if cycle is None or cycle is not self.cycle or cycle.body:
            super().on_body(body)
        else:  # the first piece, which most often is the whole body, is not copied
            cycle.body = body

    def on_message_complete(self: Any) -> None:
        cycle: Any = self._unanswered
        if cycle is None or cycle is not self.cycle:
            super().on_message_complete()
        else:
            cycle.more_body = False

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        while self._stopped_at:
            data, self._stopped_at = data[self._stopped_at :], 0
            upgrades.read_on(self)
            super().data_received(data)
        cycle = self._unanswered
        if cycle is not None:
            self._unanswered = None
            self._answer(cycle)

    def _unsupported_upgrade_warning(self) -> None:
        """What uvicorn calls when its parser has stopped behind a head and leaves the rest to another protocol."""
        error: Any = sys.exc_info()[1]
        self._stopped_at = int(error.args[0])

    def _answer(self: Any, cycle: Any) -> None:
        running = cycle.run_asgi(self.app)
        if cycle.more_body:
            if cycle.body:
                cycle.message_event.set()
        else:
            cycle.is_whole = True
            try:
                awaited = running.send(None)
            except StopIteration:
                return
            running = _continued(running, awaited)
        task = self.loop.create_task(running)
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def on_response_complete(self: Any) -> None:
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        idle = self._idle
        if idle is None:
            idle = Idle(self.loop, self.timeout_keep_alive, self.timeout_keep_alive_handler)
            self._idle = idle
        idle.start()
        # uvicorn cancels what is there when the next request begins.
        self.timeout_keep_alive_task = idle

    def connection_lost(self, exc: Exception | None) -> None:
        if self._idle is not None:
            self._idle.stop()
        super().connection_lost(exc)


def quick(uvicorns: Any, path: str) -> type[HttpToolsProtocol]:
    """A protocol that takes whole responses and answers a POST to `path` at once.

    `uvicorns` is the module of its httptools protocol. What answers at once must not ask for the current task
    before it first waits: there is none.
    """
    shared = {"_status_lines": uvicorns.STATUS_LINE, "_defaults": _Defaults()}
    cycle = type("Cycle", (QuickCycle, uvicorns.RequestResponseCycle), shared)
    raw = path.encode()
    common = {"method": "POST", "path": path, "raw_path": raw, "extensions": EXTENSIONS}
    targets = {
        raw: {**common, "query_string": b""},
        raw + b"?beta=true": {
            **common,
            "query_string": b"beta=true",
        },  # as the official clients have it
    }
    given = {"_targets": targets, "_cycle": cycle}
    return type("Protocol", (QuickProtocol, uvicorns.HttpToolsProtocol), given)


def _encoded(message: Any, start: bytes, closing: bytes, *, is_head: bool) -> bytes:
    body = message["body"]
    if message["is_stream"]:
        framing = b"transfer-encoding: chunked\r\n"
        before, after = b"\r\n%x\r\n" % len(body), LAST_CHUNK
    else:
        framing = b"content-length: %d\r\n" % len(body)
        before, after = b"\r\n", b""
    if is_head:
        before, body, after = b"\r\n", b"", b""
    return b"".join((start, framing, message["lines"], closing, before, body, after))


async def _continued(begun: Coroutine[Any, Any, None], awaited: Any) -> None:
    """The rest of a coroutine that waits for something outside of a task, to be run in one."""
    await _rest(begun, awaited)


@types.coroutine
def _rest(begun: Coroutine[Any, Any, None], awaited: Any) -> Generator[Any, None, None]:
    # Cancelled or not, the coroutine decides what comes of it.
    try:
        while True:
            error = yield from _outcome(awaited)
            awaited = begun.send(None) if error is None else begun.throw(error)
    except StopIteration:
        return


def _outcome(awaited: Any) -> Generator[Any, None, BaseException | None]:
    try:
        yield awaited
    except BaseException as error:  # noqa: BLE001 # handed on
        return error
    return None
