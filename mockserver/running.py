"""What the commands that serve have in common: how they are stopped, and their exit codes."""

from __future__ import annotations

import signal
import socket
import sys
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uvicorn

COULD_NOT_START = 3


def stoppable(server: uvicorn.Server | None = None) -> None:
    """Let SIGINT and SIGTERM stop a server, from before it runs, or end the process while there is none yet.

    uvicorn takes the signals while it runs. One that comes before must stop it all the same, and the one that
    stopped it, which uvicorn raises once more when it is done, must not look like a failure.
    """

    def stop(_signal: int, _frame: FrameType | None) -> None:
        if server is None:
            sys.exit(0)
        server.should_exit = True

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def run(server: uvicorn.Server, listener: socket.socket) -> None:
    """Serve until a signal comes."""
    from mockserver.serving import settle  # noqa: PLC0415 # on use

    settle()
    server.run([listener])
