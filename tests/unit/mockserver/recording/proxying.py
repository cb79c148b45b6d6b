"""A recording proxy in a thread of its own, and an upstream that says what it is told to, byte by byte."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mockserver.cassettes.writing import Cassette
from mockserver.recording.proxy import recorder
from mockserver.recording.upstream import Upstream
from mockserver.serving import bound, serving, url_of
from mockserver.settings import Settings


@contextmanager
def recording(upstream: str, out: Path, key: str | None = None) -> Iterator[str]:
    """The base URL of a proxy that records to `out`."""
    settings = Settings(port=0)
    listener = bound(settings)
    server = serving(
        recorder(settings, Upstream(upstream, key), Cassette(out)), settings, has_end=True
    )
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.002)
    try:
        yield url_of(listener)
    finally:
        server.should_exit = True
        thread.join()


Act = Callable[[socket.socket, bytes], None]


@contextmanager
def upstream(act: Act) -> Iterator[str]:
    """The base URL of a server that takes one request and lets `act` answer it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                got = b""
                while b"\r\n\r\n" not in got:
                    got += connection.recv(65536)
                head, _, body = got.partition(b"\r\n\r\n")
                length = next(
                    (
                        int(line.split(b":")[1])
                        for line in head.lower().split(b"\r\n")
                        if line.startswith(b"content-length")
                    ),
                    0,
                )
                while len(body) < length:
                    body += connection.recv(65536)
                act(connection, head + b"\r\n\r\n" + body)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield url_of(listener)
        thread.join(10)


def sse(*parts: bytes, whole: bool = True) -> Act:
    """A stream of these parts, each in a chunk of its own."""

    def act(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n"
            b"request-id: req_1\r\nset-cookie: a=b\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        for part in parts:
            connection.sendall(b"%x\r\n%b\r\n" % (len(part), part))
        if whole:
            connection.sendall(b"0\r\n\r\n")

    return act


def whole(status: bytes, body: bytes, kind: bytes = b"application/json") -> Act:
    """A response of known length."""
    head = b"HTTP/1.1 %b\r\ncontent-type: %b\r\ncontent-length: %d\r\n\r\n"

    def act(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(head % (status, kind, len(body)) + body)

    return act


def lines(path: Path) -> list[Any]:
    """What a cassette holds."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
