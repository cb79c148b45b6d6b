"""How a target is reached: over HTTP, or by calling an ASGI application in this process.

Both are functions from what is sent to what came back; nothing else of the suite knows the difference.
"""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

SECONDS = 60.0
GONE = (BrokenPipeError, ConnectionResetError, http.client.RemoteDisconnected)
Message = MutableMapping[str, Any]
Asgi = Callable[
    [Any, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]


class Sent(NamedTuple):
    """A request as it goes out."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Received(NamedTuple):
    """A whole answer; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


Transport = Callable[[Sent], Received]


class Http:
    """A target at a base URL, reached over one connection that is opened again when it was closed."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"{base_url!r} is no http or https URL")
        kind = (
            http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        )
        self._connection = kind(parts.hostname, parts.port, timeout=SECONDS)
        self._prefix = parts.path.rstrip("/")

    def __call__(self, sent: Sent) -> Received:
        """Send a request and wait for the whole answer. Raises OSError when there is none."""
        is_fresh = self._connection.sock is None
        try:
            return self._exchanged(sent)
        except GONE:
            self.close()
            if is_fresh:
                raise
            return self._exchanged(sent)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _exchanged(self, sent: Sent) -> Received:
        path = self._prefix + sent.path
        # A body that is too large is refused before it was sent whole; the answer may be there.
        with suppress(BrokenPipeError, ConnectionResetError):
            self._connection.request(sent.method, path, sent.body, dict(sent.headers))
        response = self._connection.getresponse()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return Received(response.status, headers, response.read())


class InProcess:
    """An ASGI application, called without a socket."""

    def __init__(self, app: Asgi, host: str = "127.0.0.1") -> None:
        self._app = app
        self._host = host
        self._loop = asyncio.new_event_loop()

    def __call__(self, sent: Sent) -> Received:
        """Call the application and collect its answer."""
        return self._loop.run_until_complete(self._exchanged(sent))

    def close(self) -> None:
        """Close the event loop."""
        self._loop.close()

    async def _exchanged(self, sent: Sent) -> Received:
        outgoing: list[Message] = []
        incoming = iter([{"type": "http.request", "body": sent.body, "more_body": False}])

        async def receive() -> Message:
            return next(incoming, {"type": "http.disconnect"})

        async def send(message: Message) -> None:
            outgoing.append(message)

        await self._app(self._scope(sent), receive, send)
        headers = {n.decode("latin-1"): v.decode("latin-1") for n, v in outgoing[0]["headers"]}
        body = b"".join(message.get("body", b"") for message in outgoing[1:])
        return Received(outgoing[0]["status"], headers, body)

    def _scope(self, sent: Sent) -> dict[str, Any]:
        path, _, query = sent.path.partition("?")
        headers = {"host": self._host, "content-length": str(len(sent.body)), **sent.headers}
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": sent.method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": query.encode(),
            "headers": [(n.lower().encode(), v.encode("latin-1")) for n, v in headers.items()],
            "client": ("127.0.0.1", 0),
            "server": (self._host, 80),
        }
