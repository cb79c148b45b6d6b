"""Endpoints behind the guard."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from mockserver.clock import Clock
from mockserver.guard import Guard
from mockserver.settings import Settings
from mockserver.workspace import Workspaces
from tests.unit.mockserver.asgi import Answer, call

Endpoint = Callable[[Scope, Receive, Send], Awaitable[None]]


async def fine(scope: Scope, receive: Receive, send: Send) -> None:
    await scope["exchange"].respond_json(200, "fine")


def raising(error: BaseException) -> Endpoint:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        raise error

    return app


def guarded(app: ASGIApp = fine, **settings: Any) -> Guard:
    chosen = Settings(**settings)
    return Guard(app, chosen, Workspaces(chosen, Clock()))


def answer(headers: dict[str, str], **settings: Any) -> Answer:
    return call(guarded(**settings), headers=headers)
