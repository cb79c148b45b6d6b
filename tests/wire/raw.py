r"""HTTP by hand: bytes to a socket, and the responses that come back.

exchange(port, b"GET / HTTP/1.1\r\n...")   every response until the server closes or has answered
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from contracts.oracle import has_request_id

HOST = b"Host: 127.0.0.1\r\n"
KEY = b"x-api-key: sk-ant-raw\r\n"
VERSION = b"anthropic-version: 2023-06-01\r\n"
JSON = b"content-type: application/json\r\n"
BODY = (
    b'{"model":"claude-haiku-4-5","max_tokens":64,'
    b'"messages":[{"role":"user","content":"Hello, wire"}]}'
)
DEADLINE = 10.0
RESET = struct.pack("ii", 1, 0)  # what SO_LINGER makes a close send RST with
MOST_PARTS = 10_000

Parts = Callable[[bytes], Iterable[bytes]]

# What was received since a test began, with the port of the server that sent it.
SEEN: list[tuple[int, Response]] = []


class Response(NamedTuple):
    """One response: header names in lower case, in the order of the wire."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header that is there at most once."""
        values = [value for key, value in self.headers if key == name]
        assert len(values) <= 1, f"{name} is there {len(values)} times"
        return values[0] if values else None

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> tuple[int, str, str]:
        """Status, type and message of an error, whose envelope and headers are checked."""
        assert list(self.json) == ["type", "error", "request_id"]
        assert self.json["type"] == "error"
        assert self.json["request_id"] == self.header("request-id")
        assert (self.json["request_id"] is not None) == has_request_id(self.json, self.status)
        assert self.header("content-type") == "application/json"
        retried = self.status in (408, 409, 429) or self.status >= 500
        assert self.header("x-should-retry") == str(retried).lower()
        assert not [name for name, _ in self.headers if name.startswith("anthropic-ratelimit-")]
        return self.status, self.json["error"]["type"], self.json["error"]["message"]


def head(line: bytes = b"POST /v1/messages HTTP/1.1", *more: bytes) -> bytes:
    """A request's head with everything that a message needs but its length; `more` are header lines."""
    return line + b"\r\n" + HOST + KEY + VERSION + JSON + b"".join(more) + b"\r\n"


def post(body: bytes = BODY, *more: bytes, path: bytes = b"/v1/messages") -> bytes:
    """A whole request with its length."""
    length = b"content-length: %d\r\n" % len(body)
    return head(b"POST " + path + b" HTTP/1.1", length, *more) + body


def chunked(*chunks: bytes) -> bytes:
    """A body in chunks."""
    return b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in chunks) + b"0\r\n\r\n"


def sliced(raw: bytes) -> list[bytes]:
    """One byte at a time, as a slow sender's; a large request in `MOST_PARTS`."""
    size = -(-len(raw) // MOST_PARTS)
    return [raw[i : i + size] for i in range(0, len(raw), size)] if raw else []


def only(port: int, parts: bytes | Iterable[bytes]) -> Response:
    """The one response to a request."""
    (response,) = exchange(port, parts)
    return response


def exchange(port: int, parts: bytes | Iterable[bytes], *, count: int = 1) -> list[Response]:
    """Send the parts one by one; read `count` responses, or fewer when the server closes first."""
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _send(sock, [parts] if isinstance(parts, bytes) else parts)
        return received(sock, count)


def received(sock: socket.socket, count: int, data: bytes = b"") -> list[Response]:
    """Read `count` responses, or fewer when the server closes first; `data` was read before."""
    found: list[Response] = []
    port = _port(sock)
    while len(found) < count:
        response = _parsed(data)
        if response is not None:
            found.append(response[0])
            SEEN.append((port, response[0]))
            data = response[1]
            continue
        piece = _piece(sock)
        if not piece:
            assert not data, f"the server closed in the middle of a response: {data!r}"
            break
        data += piece
    return found


def _port(sock: socket.socket) -> int:
    try:
        return int(sock.getpeername()[1])
    except OSError:  # the server has closed already
        return 0


def _send(sock: socket.socket, parts: Iterable[bytes]) -> None:
    for part in parts:
        try:
            sock.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            return  # the server has refused and closed already


def _piece(sock: socket.socket) -> bytes:
    try:
        return sock.recv(1 << 16)
    except ConnectionResetError:
        return b""


def _parsed(data: bytes) -> tuple[Response, bytes] | None:
    start, found, rest = data.partition(b"\r\n\r\n")
    if not found:
        return None
    line, *lines = start.decode("latin-1").split("\r\n")
    pairs = [entry.split(": ", 1) for entry in lines]
    headers = [(name.lower(), value) for name, value in pairs]
    status = int(line.split(" ")[1])
    if ("transfer-encoding", "chunked") in headers:
        body = _joined(rest)
        return None if body is None else (Response(status, headers, body[0]), body[1])
    length = int(dict(headers).get("content-length", 0))
    if len(rest) < length:
        return None
    return Response(status, headers, rest[:length]), rest[length:]


def _joined(data: bytes) -> tuple[bytes, bytes] | None:
    body = b""
    while True:
        size, found, rest = data.partition(b"\r\n")
        length = int(size, 16) if found else 0
        if not found or len(rest) < length + 2:
            return None
        body, data = body + rest[:length], rest[length + 2 :]
        if not length:
            return body, data
