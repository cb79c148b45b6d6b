"""The application on a socket: uvicorn with its fast parser, its own refusals put into the API's envelope."""

from __future__ import annotations

import gc
import socket
from typing import Any

import uvicorn

from mockserver.app import HOT_PATH, create_app
from mockserver.errors import ApiError, error_body
from mockserver.guard import Guard
from mockserver.ids import Ids
from mockserver.settings import Settings
from mockserver.wire import quick
from mockserver.workspace import Workspaces

GRACE_SECONDS = 5
# A large request makes thousands of objects that go with it; nothing of it is left to the collector.
COLLECT_AFTER = 50_000


class StartError(Exception):
    """The server can't start; the message says why and what to do."""


def bound(settings: Settings) -> socket.socket:
    """A listening socket for the settings. Raises StartError when the address can't be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        listener.close()
        raise StartError(
            f"cannot listen on {settings.host} port {settings.port}: {error.strerror or error}; "
            "choose another with --port (0 takes a free one)"
        ) from error
    listener.listen(2048)
    return listener


def url_of(listener: socket.socket) -> str:
    """The base URL of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def settle() -> None:
    """Let the garbage collector look less often, and not at what is there by now. For a process that only serves."""
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 50)


def server_for(settings: Settings) -> uvicorn.Server:
    """A uvicorn server that is ready to run on a bound socket."""
    config = uvicorn.Config(
        create_app(settings),
        http=protocol(settings.seed),
        ws="none",
        lifespan="off",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return uvicorn.Server(config)


def workspaces_of(server: uvicorn.Server) -> Workspaces:
    """What the keys of a server own."""
    guard = server.config.app
    if not isinstance(guard, Guard):
        raise TypeError("this server is none of ours")
    return guard.workspaces


def protocol(seed: int) -> type[Any]:
    """uvicorn's fastest HTTP protocol here, made to refuse in the API's envelope."""
    ids = Ids(seed, "wire")

    class EnvelopeProtocol(_fastest()):  # type: ignore[misc] # a class that is chosen at run time
        """A connection that answers what it received whole before it refuses what came behind."""

        _refused = b""

        def send_400_response(self, msg: str) -> None:
            self._refused = _refusal(f"The request is not valid HTTP: {msg}", ids.next("req"))
            if self.cycle is None or self.cycle.more_body or self.cycle.response_complete:
                self._refuse()

        def on_response_complete(self) -> None:
            super().on_response_complete()  # pyright: ignore[reportUnknownMemberType] # as above
            if self._refused and self.cycle.response_complete and not self.transport.is_closing():
                self._refuse()

        def _refuse(self) -> None:
            self.transport.write(self._refused)
            self.transport.close()

    return EnvelopeProtocol


def _fastest() -> type[Any]:
    try:
        from uvicorn.protocols.http import httptools_impl  # noqa: PLC0415 # may be missing
    except ImportError:  # a platform for which the fast parser has no wheel
        from uvicorn.protocols.http.h11_impl import H11Protocol  # noqa: PLC0415 # only in place of the other

        return H11Protocol
    return quick(httptools_impl, HOT_PATH)


def _refusal(message: str, request_id: str) -> bytes:
    body = error_body(ApiError(400, message), request_id)
    head = (
        "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\nrequest-id: {request_id}\r\n"
        "x-should-retry: false\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
