"""A wrong server behind a socket, for what can only be tried over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

from contracts.suite.transports import Sent, Transport


@contextmanager
def served(send: Transport) -> Iterator[str]:
    """The base URL of a server that answers as a transport does, one request at a time."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            received = send(Sent(self.command, self.path, headers, body))
            self.send_response(received.status)
            for name, value in received.headers.items():
                if name != "content-length":
                    self.send_header(name, value)
            self.send_header("content-length", str(len(received.body)))
            self.end_headers()
            self.wfile.write(received.body)

        do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815 # the names that are looked for

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_args: None  # type: ignore[method-assign] # what a transport raises closes the connection
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
