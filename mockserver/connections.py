"""Connections as uvicorn has them, with the API's envelope around its own refusals, and with an end to patience.

A head that is not whole after `head_seconds`, or a body after `body_seconds`, is refused, at the latest after
twice that time: there is one timer for each connection, and none for each request. Where there are too many
connections, the one that was idle for longest is closed, or else the new one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING, Any

from mockserver import descriptors
from mockserver.app import HOT_PATH
from mockserver.errors import ApiError, error_body
from mockserver.ids import Ids
from mockserver.settings import Settings
from mockserver.wire import quick

if TYPE_CHECKING:
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
else:  # at run time it is whatever this machine has: `protocol` puts it in
    HttpToolsProtocol = object

# For the listener, the store, and what else a process has open.
OTHER_DESCRIPTORS = 64
TOO_SLOW_HEAD = ApiError(400, "The request's head did not come in time")
# SDK: the error_code; the words are policy
TOO_SLOW_BODY = ApiError(
    400, "The request body did not come in time", details={"error_code": "request_body_timeout"}
)


class EnvelopeProtocol(HttpToolsProtocol):
    """A connection that answers what it received whole before it refuses what came behind."""

    _ids: Ids
    _numbers: Iterator[int]
    _head_seconds: float
    _body_ticks: int
    _most: int
    _refused = b""
    _seen: Any = None
    _ticks = 0

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.number = next(self._numbers)
        self._timer = self.loop.call_later(self._head_seconds, self._tick)
        if len(self.connections) > self._most and not _make_room(self):
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._timer.cancel()
        self._seen = None
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        self._refused = self._refusal(ApiError(400, f"The request is not valid HTTP: {msg}"))
        cycle: Any = self.cycle
        if cycle is None or cycle.more_body or cycle.response_complete:
            self._refuse()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self._refused and self.cycle.response_complete and not self.transport.is_closing():
            self._refuse()

    def _refuse(self) -> None:
        self.transport.write(self._refused)
        self.transport.close()

    def _refusal(self, error: ApiError) -> bytes:
        return _refusal(error, self._ids.next("req"))

    def _tick(self) -> None:
        phase, cycle = _phase(self), self.cycle
        is_same = self._seen is not None and self._seen == (phase, cycle)
        self._seen, self._ticks = (phase, cycle), self._ticks + 1 if is_same else 0
        if phase == "head" and self._ticks:
            self._give_up(TOO_SLOW_HEAD)
        elif phase == "body" and self._ticks >= self._body_ticks and not cycle.response_started:
            self._give_up(TOO_SLOW_BODY)
        else:
            self._timer = self.loop.call_later(self._head_seconds, self._tick)

    def _give_up(self, error: ApiError) -> None:
        self._refused = self._refusal(error)
        self._refuse()


def protocol(settings: Settings) -> type[Any]:
    """uvicorn's fastest HTTP protocol here, made to refuse in the API's envelope and in time."""
    given = {
        "_ids": Ids(settings.seed, "", "wire"),
        "_numbers": count(),
        "_head_seconds": settings.head_seconds,
        "_body_ticks": max(1, round(settings.body_seconds / settings.head_seconds)),
        "_most": min(settings.most_connections, descriptors.limit() - OTHER_DESCRIPTORS),
    }
    return type("Protocol", (EnvelopeProtocol, _fastest()), given)


def _phase(connection: Any) -> str:
    """What a connection is in the middle of: an `answer`, a `body`, nothing (`idle`), or else a `head`."""
    cycle = connection.cycle
    if cycle is not None and not cycle.response_complete:
        return "body" if cycle.more_body else "answer"
    # Between two requests uvicorn has a timer of its own, until the first byte of the second.
    return "head" if connection.timeout_keep_alive_task is None else "idle"


def _make_room(connection: Any) -> bool:
    """Close the connection that came first of those that wait for a request, if there is one beside this."""
    idle = [
        other
        for other in connection.connections - {connection}
        if _phase(other) in ("idle", "head") and not other.transport.is_closing()
    ]
    if not idle:
        return False
    min(idle, key=lambda other: other.number).transport.close()
    return True


def _fastest() -> type[Any]:
    try:
        from uvicorn.protocols.http import httptools_impl  # noqa: PLC0415 # may be missing
    except ImportError:  # a platform for which the fast parser has no wheel
        from uvicorn.protocols.http.h11_impl import H11Protocol  # noqa: PLC0415 # only in place of the other

        return H11Protocol
    return quick(httptools_impl, HOT_PATH)


def _refusal(error: ApiError, request_id: str) -> bytes:
    body = error_body(error, request_id)
    head = (
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\nrequest-id: {request_id}\r\n"
        "x-should-retry: false\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
