"""The application on a socket."""

from __future__ import annotations

import errno
import gc
import socket
from types import FrameType

import uvicorn

from mockserver.app import create_app
from mockserver.connections import protocol
from mockserver.guard import Guard
from mockserver.settings import Settings
from mockserver.workspace import Workspaces

GRACE_SECONDS = 5
# A large request makes thousands of objects that go with it; nothing of it is left to the collector.
COLLECT_AFTER = 50_000
# What is the matter with the port; anything else is with the address.
OF_PORTS = (errno.EADDRINUSE, errno.EACCES)
OTHER_PORT = "choose another with --port (0 takes a free one)"
OTHER_HOST = "give an address of this machine with --host (127.0.0.1 is always one)"


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
        remedy = OTHER_PORT if error.errno in OF_PORTS else OTHER_HOST
        raise StartError(
            f"cannot listen on {settings.host} port {settings.port}: {error.strerror or error}; {remedy}"
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


class Server(uvicorn.Server):
    """uvicorn's server, for which a second signal of any kind means: now."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop, or stop waiting."""
        self.force_exit = self.should_exit
        super().handle_exit(sig, frame)


def server_for(settings: Settings) -> uvicorn.Server:
    """A uvicorn server that is ready to run on a bound socket."""
    # At its end a store is closed; one in memory needs no closing.
    return serving(create_app(settings), settings, has_end=settings.data_dir is not None)


def serving(app: Guard, settings: Settings, *, has_end: bool) -> uvicorn.Server:
    """A uvicorn server for an application, which is told of the end where it `has_end`."""
    config = uvicorn.Config(
        app,
        http=protocol(settings),
        ws="none",
        lifespan="on" if has_end else "off",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    return Server(config)


def workspaces_of(server: uvicorn.Server) -> Workspaces:
    """What the keys of a server own."""
    guard = server.config.app
    if not isinstance(guard, Guard):
        raise TypeError("this server is none of ours")
    return guard.workspaces
