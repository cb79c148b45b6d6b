"""The control API on the wire: who may call it, what a body must be, and the journal as it is written."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from difflib import get_close_matches
from inspect import isawaitable
from typing import Any

import orjson
from starlette.datastructures import QueryParams
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from mockserver import intake
from mockserver.blocks import NO_HEADERS
from mockserver.control import openapi
from mockserver.control.operations import Call
from mockserver.control.routes import OPERATIONS, Operation
from mockserver.endpoints.batches import Answers
from mockserver.errors import ApiError, invalid
from mockserver.exchange import Exchange
from mockserver.journal import Journal, Record
from mockserver.recorded import Recorded
from mockserver.scripts.model import ScriptError
from mockserver.settings import Settings
from mockserver.workspace import Workspaces

TOKEN = "x-mock-token"  # noqa: S105 # a header's name
MOST_WAITING = 1_000
FREE_FORM = "Replies"  # judged piece by piece, when it is read


def routes(settings: Settings, workspaces: Workspaces, answers: Answers) -> Iterable[Route]:
    """The routes of the control API."""
    for operation in OPERATIONS:
        path = operation.path.replace("{number}", "{number:int}")
        endpoint = Control(operation, settings, workspaces, answers)
        yield Route(path, endpoint, methods=[operation.method])


class Control:
    """One operation as an ASGI application."""

    def __init__(
        self, operation: Operation, settings: Settings, workspaces: Workspaces, answers: Answers
    ) -> None:
        self._answers = answers
        self._operation = operation
        self._settings = settings
        self._workspaces = workspaces

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        exchange: Exchange = scope["exchange"]
        operation = self._operation
        check_token(exchange.headers, self._settings)
        key = self._key(exchange) if operation.needs_key else ""
        body = await self._body(exchange)
        if operation.answer == "Live":
            await live(exchange, self._workspaces.of(key).journal)
        elif operation.handler is None:
            await exchange.respond_json(200, openapi.document())
        else:
            query = self._query(scope)
            path, url = scope["path_params"], f"http://{exchange.headers.get('host', '')}"
            call = Call(key, self._workspaces, body, query, path, self._answers, url)
            done = operation.handler(call)
            await exchange.respond_json(200, await done if isawaitable(done) else done)

    def _key(self, exchange: Exchange) -> str:
        key, _ = intake.credential(exchange.headers)
        if not key:
            raise ApiError(
                401, "Name the workspace by its API key, in x-api-key or Authorization: Bearer"
            )
        if not intake.is_good_key(key, self._settings):
            raise ApiError(401, "This API key has no workspace: the server does not let it in")
        return key

    async def _body(self, exchange: Exchange) -> Any:
        if self._operation.body is None:
            return None
        kind = exchange.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != intake.JSON:  # what a page on another site can send without being asked first
            raise ApiError(403, f"content-type: must be {intake.JSON}")
        raw = await exchange.body(self._settings.max_message_bytes)
        value: Any = intake.json_value(raw or b"{}")
        if self._operation.body != FREE_FORM:
            check_body(value, self._operation.body)
        return value

    def _query(self, scope: Scope) -> dict[str, str]:
        query = dict(QueryParams(scope["query_string"]))
        known = list(self._operation.query)
        for name in query:
            if name not in known:
                near = get_close_matches(name, known, n=1)
                hint = f"; did you mean {near[0]}?" if near else ""
                raise invalid(f"There is no query parameter {name!r}{hint}")
        return query


def check_body(value: Any, name: str) -> None:
    """Compare a body with its schema. Raises the 400 that names the place."""
    try:
        openapi.checker().check(value, name)
    except ScriptError as error:
        raise invalid(str(error)) from error


def check_token(headers: intake.Headers, settings: Settings) -> None:
    """Let in whoever has the token; on loopback, where none is set, everybody. Raises the 401."""
    if settings.control_token is None and settings.is_local:
        return
    given, wanted = headers.get(TOKEN, ""), settings.control_token or ""
    if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise ApiError(
            401,
            f"The control API of a server that listens on more than loopback needs the header {TOKEN}; "
            "the server prints the token when it starts, and --control-token sets it",
        )


async def live(exchange: Exchange, journal: Journal) -> None:
    """Send each record as it is written, until the client leaves."""
    async with aclosing(_events(exchange, journal)) as events:
        await exchange.stream_parts(events, NO_HEADERS)


async def _events(exchange: Exchange, journal: Journal) -> AsyncGenerator[bytes, None]:
    waiting: asyncio.Queue[Record] = asyncio.Queue(MOST_WAITING)

    def hear(record: Record) -> None:
        if not waiting.full():  # a reader that is too slow misses some, as the numbers show
            waiting.put_nowait(record)

    journal.listeners.append(hear)
    gone = asyncio.ensure_future(exchange.client_left())
    try:
        yield b": listening\n\n"
        while not gone.done():
            ready = asyncio.ensure_future(waiting.get())
            await asyncio.wait({ready, gone}, return_when=asyncio.FIRST_COMPLETED)
            if ready.done():
                shown = orjson.dumps(Recorded(ready.result()).as_json())
                yield b"event: request\ndata: %b\n\n" % shown
            else:
                ready.cancel()
    finally:
        gone.cancel()
        journal.listeners.remove(hear)
