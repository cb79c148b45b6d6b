"""A scripted server: sends hand-written bytes over a real socket, and keeps what it was sent.

It says what no healthy server says, so that tests can watch a client cope.
"""

from __future__ import annotations

import json
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing_extensions import Self  # in typing from Python 3.11 on


@dataclass(frozen=True)
class Reply:
    """One scripted response, its body in chunks; `is_cut` closes the connection before the end."""

    chunks: tuple[bytes, ...]
    status: int = 200
    content_type: str = "application/json"
    is_cut: bool = False


@dataclass(frozen=True)
class Received:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


class StandIn:
    """The server, running while its context lasts; it answers with `script`, in order."""

    def __init__(self) -> None:
        self.script: deque[Reply] = deque()
        self.received: list[Received] = []
        self.unscripted = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = False
        self._thread = Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def url(self) -> str:
        """The address to give a client as its base URL."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def answers(self, *replies: Reply) -> None:
        """Append to the script."""
        self.script.extend(replies)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            stand_in.received.append(Received(self.command, self.path, headers, body))
            if stand_in.script:
                reply = stand_in.script.popleft()
            else:
                stand_in.unscripted += 1
                reply = Reply((b"{}",), status=501)
            with suppress(ConnectionError):  # a client may leave before the end
                self._send(reply)

        def _send(self, reply: Reply) -> None:
            self.close_connection = True
            self.send_response(reply.status)
            self.send_header("content-type", reply.content_type)
            self.send_header("transfer-encoding", "chunked")
            self.send_header("connection", "close")
            self.send_header("request-id", "req_stand_in")
            self.end_headers()
            for chunk in reply.chunks:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            if not reply.is_cut:
                self.wfile.write(b"0\r\n\r\n")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the parent's name
            pass

    return Handler
