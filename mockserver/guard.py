"""The first thing that a request meets: who may talk to this server at all, and in what envelope errors leave it.

A page on another site can make a browser send requests to localhost; a foreign Host or Origin, or a cross-site
Sec-Fetch-Site without an Origin, is therefore refused before anything is looked at.
"""

from __future__ import annotations

import asyncio
import logging
import re
from itertools import compress
from typing import Any, NamedTuple

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver import cors, intake
from mockserver.blocks import NO_HEADERS, Block
from mockserver.cycle import WHOLE
from mockserver.errors import ApiError, invalid
from mockserver.exchange import STOPPED, STOPPING, Exchange
from mockserver.headers import joined, sorted_out
from mockserver.incoming import ClientLeftError
from mockserver.intake import Caller
from mockserver.journal import HEADER_BYTES, is_public
from mockserver.settings import LOOPBACK, Settings
from mockserver.workspace import ANONYMOUS, Workspace, Workspaces

log = logging.getLogger("mockserver")

# docs: Claude API errors (404); recorded, old (405)
ROUTER_MESSAGES = {404: "Not Found", 405: "Method Not Allowed"}
# The fast parser lets HTTP/0.9 and HTTP/2.0 pass, which are not written like this; 2 and 3 are other servers' own.
HTTP_VERSIONS = frozenset({"1.0", "1.1", "2", "3"})
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/?#@\[\]]+))(?::[0-9]{1,5})?")
MOST_REMEMBERED = 1024
NONE: dict[Any, Any] = {}
PRIVATE = "/_mock"  # the control API is no part of what is watched
MOST_HEADERS = 100
MOST_HEADER_BYTES = 32 * 1024


class Admission(NamedTuple):
    """What the headers say that a client repeats on every request."""

    headers: dict[str, str]
    workspace: Workspace
    caller: Caller | None  # None while the key, the version or a beta is refused
    common: Block  # headers of every answer


class Entry(NamedTuple):
    """A request that is to be looked at: its exchange, the headers that come again, and the size of all."""

    exchange: Exchange
    repeated: tuple[tuple[bytes, bytes], ...]
    size: int
    admission: Admission
    is_new: bool


class Passed(NamedTuple):
    """What was found out about a head that comes again.

    evicted    how many workspaces were gone by then
    public     which of the headers are no credentials
    """

    admission: Admission
    evicted: int
    public: tuple[bool, ...]


class Guard:
    """Middleware around the routes; puts the `Exchange` into the scope and renders every refusal."""

    def __init__(self, app: ASGIApp, settings: Settings, workspaces: Workspaces) -> None:
        self._app = app
        self._settings = settings
        self.workspaces = workspaces
        self._names = {*LOOPBACK, settings.host, *settings.allowed_hosts}
        # What is smaller is taken on every path.
        self._least_limit = min(
            settings.max_message_bytes, settings.max_batch_bytes, settings.max_file_bytes
        )
        self._evicted = 0
        self._admitted: dict[tuple[tuple[bytes, bytes], ...], Admission] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = self._passed(scope, receive, send)
        entry = None
        if exchange is None:
            entry = self._entered(scope, receive, send)
            exchange = entry.exchange
        scope["exchange"] = exchange
        # With an app in the scope the router raises its 404 and 405 instead of writing them as plain text.
        scope["app"] = self
        try:
            if entry is not None:
                self._let_in(scope, entry)
            if entry is not None and cors.is_preflight(scope["method"], scope["headers"]):
                await exchange.respond(200, b"", cors.PREFLIGHT)
            else:
                await self._app(scope, receive, send)
        except ApiError as error:
            await _refuse(exchange, error)
        except HTTPException as error:
            await _refuse(exchange, _from_router(error))
        except ClientLeftError:
            exchange.left()
        except asyncio.CancelledError:
            await _stop(exchange)
        except Exception:
            log.exception("the server failed on %s %s", scope["method"], scope["path"])
            await _refuse(exchange, ApiError(500, "Internal server error"))
        finally:
            if entry is None or not scope["path"].startswith(PRIVATE):
                exchange.written(scope["method"], scope["path"])
            # The exchange and the extension hold uvicorn's cycle, which holds the scope: unlinked, it is freed
            # at once instead of by the garbage collector, which costs more than the whole request.
            del scope["exchange"]
            scope.pop("extensions", None)

    def _passed(self, scope: Scope, receive: Receive, send: Send) -> Exchange | None:
        """The exchange of a request whose head has passed before, when its body is no matter for the head."""
        whole = scope.get("extensions", NONE).get(WHOLE)
        if whole is None or whole.head is None or len(whole.body) > self._least_limit:
            return None
        passed: Passed | None = whole.head.memo
        if passed is None or passed.evicted != self.workspaces.evicted:
            return None
        exchange = Exchange(scope, receive, send, passed.admission, NONE)
        exchange.public = list(compress(scope["headers"], passed.public))
        return exchange

    def _entered(self, scope: Scope, receive: Receive, send: Send) -> Entry:
        repeated, varying, size = sorted_out(scope["headers"])
        if self._evicted != self.workspaces.evicted:
            # A workspace that is gone must not live on here beside a new one of the same key.
            self._evicted = self.workspaces.evicted
            self._admitted.clear()
        known = self._admitted.get(repeated)
        admission = known or self._examined(repeated)
        is_private = scope["path"].startswith(PRIVATE)
        seen = self._privately(admission) if is_private else admission
        exchange = Exchange(scope, receive, send, seen, varying)
        exchange.head_size = size + HEADER_BYTES * len(scope["headers"])
        return Entry(exchange, repeated, size, admission, known is None)

    def _let_in(self, scope: Scope, entry: Entry) -> None:
        exchange = entry.exchange
        self._admit(scope, exchange, entry.size)
        if entry.is_new:
            self._check_origin(exchange.headers)
            self._remember(entry.repeated, entry.admission)
        whole = scope.get("extensions", NONE).get(WHOLE)
        if whole is not None and whole.head is not None and exchange.is_plain:
            public = tuple(map(is_public, scope["headers"]))
            is_good = entry.admission.caller is not None
            passed = Passed(entry.admission, self.workspaces.evicted, public)
            whole.head.memo = passed if is_good else None

    def _privately(self, admission: Admission) -> Admission:
        """To look at a workspace must not change it: such a call takes none of its ids."""
        return admission._replace(workspace=self.workspaces.of(ANONYMOUS))

    def _examined(self, repeated: tuple[tuple[bytes, bytes], ...]) -> Admission:
        headers = joined(repeated)
        try:
            caller = intake.caller(headers, self._settings)
        except ApiError:
            caller = None
        # A key that is no good gets the anonymous workspace's ids: nothing of the key leaves.
        key, _ = intake.credential(headers)
        good = intake.is_good_key(key, self._settings)
        workspace = self.workspaces.of(key if good else ANONYMOUS)
        common = cors.readable(headers) if self._is_own_origin(headers) else NO_HEADERS
        return Admission(headers, workspace, caller, common)

    def _remember(self, repeated: tuple[tuple[bytes, bytes], ...], admission: Admission) -> None:
        if admission.caller is None:
            return
        if len(self._admitted) >= MOST_REMEMBERED:
            self._admitted.clear()
        self._admitted[repeated] = admission

    def _admit(self, scope: Scope, exchange: Exchange, size: int) -> None:
        if len(scope["headers"]) > MOST_HEADERS or size > MOST_HEADER_BYTES:
            raise ApiError(431, "The request headers are too many or too large", closes=True)
        if scope["http_version"] not in HTTP_VERSIONS:
            raise invalid(f"HTTP/{scope['http_version']} is not supported", closes=True)
        if not exchange.is_framed:
            raise invalid("transfer-encoding: only chunked is supported", closes=True)
        # docs: a body that is too large is refused at the edge, before the key is looked at
        announced = exchange.announced
        if announced > self._least_limit and announced > self._settings.body_limit(scope["path"]):
            raise intake.too_large()

    def _check_origin(self, headers: dict[str, str]) -> None:
        host = headers.get("host")
        if host is None or "," in host:  # two are joined by a comma
            raise invalid("A request needs one Host header", closes=True)
        if hostname(host) not in self._names:
            raise _forbidden("Host", host)
        if not self._is_own_origin(headers):
            raise _forbidden("Origin", headers[cors.ORIGIN])
        # localhost and 127.0.0.1 are two sites: where the origin is told, it decides.
        if cors.ORIGIN not in headers and headers.get("sec-fetch-site") == "cross-site":
            raise _forbidden("Sec-Fetch-Site", "cross-site")

    def _is_own_origin(self, headers: dict[str, str]) -> bool:
        origin = headers.get(cors.ORIGIN)
        return origin is None or hostname(origin.partition("://")[2]) in self._names


def hostname(host: str) -> str:
    """The name in a Host header, without port and brackets; empty when there is anything else in it."""
    match = _HOST.fullmatch(host)
    return (match[1] or match[2]).lower() if match else ""


def _forbidden(header: str, value: str) -> ApiError:
    return ApiError(
        403,
        f"{header}: {value!r} is not allowed to reach this server; start it with --allow-host to "
        "allow a name",
    )


def _from_router(error: HTTPException) -> ApiError:
    message = ROUTER_MESSAGES.get(error.status_code, error.detail)
    return ApiError(error.status_code, message, headers=error.headers)


async def _stop(exchange: Exchange) -> None:
    # Only uvicorn cancels, when its patience with those that are not done ends.
    exchange.ended = STOPPED
    if not exchange.started:
        await exchange.respond_error(STOPPING)


async def _refuse(exchange: Exchange, error: ApiError) -> None:
    # Nothing can be said once the response has begun; the connection is then cut by the server.
    if exchange.started:
        exchange.ended = "cut off by an error"
        raise error
    await exchange.respond_error(error)
