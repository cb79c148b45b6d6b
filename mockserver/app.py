"""The server as an ASGI application: routes as data inside a guard."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial

from starlette.routing import Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver import contract
from mockserver.clock import Clock
from mockserver.control import serving as control
from mockserver.endpoints import batches, files, models, skills
from mockserver.endpoints.messages import CountTokens, Messages
from mockserver.endpoints.reading import Reader
from mockserver.exchange import Exchange
from mockserver.guard import Guard
from mockserver.scripts.files import ScriptFile
from mockserver.settings import Settings
from mockserver.store import Store
from mockserver.store.memory import MemoryStore
from mockserver.workspace import Workspaces

HOT_PATH = "/v1/messages"
# What strict replay judges, and as what.
JUDGED = {HOT_PATH: "messages", "/v1/messages/count_tokens": "count_tokens"}


def create_app(settings: Settings) -> Guard:
    """Build the application. Raises UnknownRuleError for a rule id that does not exist, ForeignPackageError,
    ScriptFileError, CassetteError, and StoreError.
    """
    contract.check()
    clock = Clock(settings.now)
    script = None if settings.script is None else ScriptFile(settings.script)
    reader = Reader(settings)
    store = _store(settings)
    workspaces = Workspaces(settings, clock, store, script)
    messages = Messages(reader, settings, clock)
    routes = [
        Route(HOT_PATH, messages, methods=["POST"]),
        Route("/v1/messages/count_tokens", CountTokens(reader), methods=["POST"]),
        *batches.routes(reader, settings),
        *files.routes(settings),
        *models.routes(settings),
        *skills.routes(settings),
    ]
    if settings.control:
        routes += control.routes(settings, workspaces, batches.Answers(reader, settings))
    # A path with a slash at its end is another path; a redirect would hide the client's mistake.
    router = Router(routes, redirect_slashes=False, lifespan=_closing(workspaces))

    def routed(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        is_hot = scope.get("path") == HOT_PATH and scope["method"] == "POST"
        return (messages if is_hot else router)(scope, receive, send)

    app = _replaying(routed, settings, reader) if settings.replay else routed
    return Guard(app, settings, workspaces)


def _replaying(app: ASGIApp, settings: Settings, reader: Reader) -> ASGIApp:
    # Imported on use: most servers have no cassettes.
    from mockserver.cassettes.replaying import Replayer, library  # noqa: PLC0415 # on use

    judges = {path: partial(_judged, reader, name) for path, name in JUDGED.items()}
    return Replayer(app, library(settings), settings, judges)


async def _judged(reader: Reader, endpoint: str, exchange: Exchange) -> None:
    request = await reader.read(exchange, endpoint)
    if request.thread is not None:
        request.thread.release()


def _store(settings: Settings) -> Store:
    if settings.data_dir is None:
        return MemoryStore()
    # Imported on use: most servers keep nothing, and none of those should start slower for it.
    from mockserver.store.disk import DiskStore  # noqa: PLC0415 # on use

    return DiskStore(settings.data_dir)


def _closing(workspaces: Workspaces) -> Callable[[object], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: object) -> AsyncGenerator[None]:
        yield
        workspaces.close()

    return lifespan
