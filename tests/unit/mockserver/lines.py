"""A connection of uvicorn's without a socket, and an application behind it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from uvicorn.protocols.http import httptools_impl
from uvicorn.server import ServerState

from mockserver.blocks import block
from mockserver.cycle import WHOLE
from mockserver.wire import quick

PATH = "/quick"
LINES = block([(b"a", b"1")]).lines
App = Callable[[Any, Any, Any], Awaitable[None]]


class Transport:
    """Keeps what was written, and whether it was closed."""

    def __init__(self) -> None:
        self.written = b""
        self.writes = 0
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written += data
        self.writes += 1

    def close(self) -> None:
        self.closed = True

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default

    def pause_reading(self) -> None: ...

    def resume_reading(self) -> None: ...


class Line(Transport):
    """A connection to an application, without a socket."""

    def __init__(self, app: App, protocol: Any = None) -> None:
        super().__init__()
        config = uvicorn.Config(app, ws="none", lifespan="off", log_config=None, date_header=False)
        self.state = ServerState()
        made = protocol or quick(httptools_impl, PATH)
        self.protocol = made(config, self.state, {}, asyncio.get_running_loop())
        self.protocol.connection_made(self)

    def send(self, data: bytes) -> None:
        self.protocol.data_received(data)

    async def settled(self) -> None:
        for _ in range(10):
            await asyncio.sleep(0)


def head(*lines: bytes, method: bytes = b"POST", path: str = PATH) -> bytes:
    start = b"%b %b HTTP/1.1" % (method, path.encode())
    return b"\r\n".join((start, b"host: a", *lines, b"\r\n"))


def lines(app: App, count: int) -> list[Line]:
    """Connections whose requests meet in one round."""
    protocol = quick(httptools_impl, PATH)
    return [Line(app, protocol) for _ in range(count)]


async def respond(scope: Any, body: bytes = b"body") -> None:
    """Answer whole."""
    whole = scope["extensions"][WHOLE]
    await whole.drained()
    whole.respond(200, LINES, body)


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answer with the body, whole."""
    body, is_more = b"", True
    while is_more:
        message = await receive()
        body += message["body"]
        is_more = message["more_body"]
    await respond(scope, body)


async def slow(scope: Any, receive: Any, send: Any) -> None:
    """Answer after a while."""
    for _ in range(3):
        await asyncio.sleep(0)
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, None)
    await future
    await respond(scope, repr(asyncio.current_task() is not None).encode())


def on_loop(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    def run(**arguments: Any) -> None:
        asyncio.run(test(**arguments))  # type: ignore[arg-type]

    run.__signature__ = inspect.signature(test)  # type: ignore[attr-defined]
    return run


def answer(body: bytes, *lines: bytes) -> bytes:
    start = b"HTTP/1.1 200 OK\r\n"
    return start + b"content-length: %d\r\na: 1\r\n%b\r\n" % (len(body), b"".join(lines)) + body
