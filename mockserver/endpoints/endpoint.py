"""What the endpoints around Messages share: who is asking, the path's ids and the query."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from starlette.datastructures import QueryParams
from starlette.types import Receive, Scope, Send

from mockserver.errors import ApiError
from mockserver.exchange import Exchange
from mockserver.intake import Caller
from mockserver.settings import Settings
from mockserver.workspace import Workspace

PLACES = frozenset(("page", "after_id", "before_id", "ids", "ids[]"))


class Call(NamedTuple):
    """One call of an endpoint by a caller who may."""

    exchange: Exchange
    caller: Caller
    query: QueryParams
    id: str
    base_url: str
    version: str = ""

    @property
    def workspace(self) -> Workspace:
        return self.exchange.workspace


Handler = Callable[[Call], Awaitable[None]]


class Endpoint:
    """An ASGI application around a handler. Raises the 401 or 400 for headers before anything else."""

    def __init__(self, handler: Handler, settings: Settings) -> None:
        self._handler = handler
        self._settings = settings

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        exchange: Exchange = scope["exchange"]
        caller = exchange.caller(self._settings)
        query = QueryParams(scope["query_string"])
        base_url = f"{scope.get('scheme', 'http')}://{exchange.headers['host']}"
        named = scope["path_params"]
        call = Call(
            exchange, caller, query, named.get("id", ""), base_url, named.get("version", "")
        )
        try:
            await self._handler(call)
        except ApiError:
            kept = [(name, value) for name, value in query.multi_items() if name not in PLACES]
            if not self._settings.example or len(kept) == len(query.multi_items()):
                raise
            # A page that was never given out: the first one instead.
            await self._handler(call._replace(query=QueryParams(kept)))
