"""Requests and responses that come and go in one piece, without uvicorn's steps for those that don't.

Six things are faster here than in uvicorn, and all else is uvicorn's:

- Headers that are the same on many responses are encoded once, as a `Block`.
- A head that comes again is compared with the one before, not parsed (`heads`).
- A body that is there as a whole is taken, and a response that is ready as a whole is written, through the
  extension WHOLE of the scope, without ASGI's messages and without a coroutine for each. Where a server does
  not have it, the same goes through those messages.
- A plain request to the quick path whose body came whole is answered without a task. Only when its
  answer has to wait for something does it go on in a task, as every other request does from its beginning.
- Such requests that came in one round of the event loop are answered together (`rounds`).
- The wait for the next request has one timer for each connection, not a new one after each response.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Coroutine, Generator, Mapping
from typing import TYPE_CHECKING, Any, cast

from mockserver import upgrades
from mockserver.cycle import WHOLE, Defaults, QuickCycle
from mockserver.heads import Head, learned
from mockserver.idle import Idle
from mockserver.rounds import TURN, Rounds

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
else:  # at run time it is there only if its C parser is: `quick` puts it in
    HttpToolsProtocol = object

# With larger bodies than this what is read of one request is no longer at hand when the others have been read.
SMALL = 8 * 1024


class QuickProtocol(HttpToolsProtocol):
    """A connection of uvicorn's."""

    _targets: Mapping[bytes, Mapping[str, Any]]
    _cycle: type[QuickCycle]
    _rounds: Rounds
    _unanswered: Any = None
    _head: Head | None = None
    _idle: Any = None
    _stopped_at = 0

    def on_headers_complete(self) -> None:
        target = self._targets.get(self.url)
        if target is None or not self._is_quick():
            super().on_headers_complete()
            cycle = self.cycle
            # The answer has not begun yet; uvicorn names the class in its code, so it is exchanged here.
            cycle.__class__ = self._cycle
            # That class has a property of this name.
            cycle.message_event = vars(cycle).pop("message_event")
            # uvicorn before 0.47 finds that out as it sends.
            cycle.keep_alive = cycle.keep_alive and cast("Any", self.parser).should_keep_alive()
            cast("Any", self.scope)["extensions"] = {WHOLE: cycle}
            return
        self.scope.update(target)  # type: ignore[typeddict-item]
        self._begin(self.scope, keep_alive=cast("Any", self.parser).should_keep_alive())

    def _begin(self: Any, scope: Any, *, keep_alive: bool) -> Any:
        cycle = self._cycle(
            scope,
            self.transport,
            self.flow,
            self.logger,
            self.access_logger,
            self.access_log,
            self.server_state.default_headers,
            None,
            False,  # noqa: FBT003 # the arguments are uvicorn's, and this is expect_100_continue
            keep_alive,
            self.on_response_complete,
        )
        scope["extensions"] = {WHOLE: cycle}
        self.cycle = self._unanswered = cycle
        return cycle

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

    def data_received(self: Any, data: bytes) -> None:
        is_fresh = self._is_between()
        again = self._head.again(data) if is_fresh and self._head is not None else None
        if again is not None:
            self._receive_again(*again)
        else:
            super().data_received(data)
            while self._stopped_at:
                data, self._stopped_at = data[self._stopped_at :], 0
                is_fresh = False
                upgrades.read_on(self)
                super().data_received(data)
        cycle = self._unanswered
        if cycle is not None:
            self._unanswered = None
            if again is not None:
                cycle.head = self._head
            elif is_fresh and not cycle.more_body and cycle.keep_alive:
                cycle.head = self._head = learned(data, cycle.scope)
            self._rounds.answer(self.loop, self._answer, cycle)

    def _is_between(self: Any) -> bool:
        """Whether the parser has read to the end of a request, and nothing of the next."""
        cycle = self.cycle
        if cycle is None:
            return self.scope is None
        # uvicorn makes a new scope at the first byte of a request.
        return cycle.response_complete and not cycle.more_body and cycle.scope is self.scope

    def _receive_again(self: Any, scope: Any, body: bytes) -> None:
        self._unset_keepalive_if_required()
        self.scope = scope
        scope["state"] = self.app_state.copy()
        cycle = self._begin(scope, keep_alive=True)
        cycle.body = body
        cycle.more_body = False

    def _unsupported_upgrade_warning(self) -> None:
        """What uvicorn calls when its parser has stopped behind a head and leaves the rest to another protocol."""
        error: Any = sys.exc_info()[1]
        self._stopped_at = int(error.args[0])

    def _answer(self: Any, cycle: Any) -> None:
        running = cycle.run_asgi(self.app)
        if not cycle.more_body:
            cycle.is_whole = True
            cycle.has_company = self._rounds.has_company and len(cycle.body) <= SMALL
            self._go_on((cycle, running))
            return
        if cycle.body:
            cycle.message_event.set()
        self._run(running)

    def _go_on(self: Any, begun: tuple[Any, Coroutine[Any, Any, None]]) -> None:
        cycle, running = begun
        try:
            awaited = running.send(None)
        except StopIteration:
            return
        if awaited is TURN:
            self._rounds.go_on(self._go_on, begun)
            return
        cycle.has_company = False
        self._run(_continued(running, awaited))

    def _run(self: Any, running: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(running)
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    def on_response_complete(self: Any) -> None:
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        if self.flow.read_paused:
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
    rounds = Rounds()
    shared = {
        "_status_lines": uvicorns.STATUS_LINE,
        "_defaults": Defaults(),
        "_rounds": rounds,
    }
    cycle = type("Cycle", (QuickCycle, uvicorns.RequestResponseCycle), shared)
    raw = path.encode()
    common = {"method": "POST", "path": path, "raw_path": raw}
    targets = {
        raw: {**common, "query_string": b""},
        raw + b"?beta=true": {
            **common,
            "query_string": b"beta=true",
        },  # as the official clients have it
    }
    given = {"_targets": targets, "_cycle": cycle, "_rounds": rounds}
    return type("Protocol", (QuickProtocol, uvicorns.HttpToolsProtocol), given)


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
