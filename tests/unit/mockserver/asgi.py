"""An ASGI application called directly: no socket, and every message that it sends is seen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from starlette.types import ASGIApp, Message

from contracts.oracle import has_request_id

HEADERS = {
    "host": "127.0.0.1:8080",
    "x-api-key": "sk-ant-unit",
    "anthropic-version": "2026-10-21",
    "content-type": "application/json",
}


class Answer(NamedTuple):
    """What an application sent."""

    messages: list[Message]

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        pairs = [(n.decode(), v.decode("latin-1")) for n, v in self.messages[0]["headers"]]
        assert len(pairs) == len(dict(pairs)), "a header is there twice"
        return dict(pairs)

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.messages[1:])

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> str:
        """The message of an error, whose envelope is checked."""
        assert list(self.json) == ["type", "error", "request_id"]
        assert self.json["type"] == "error"
        assert self.json["request_id"] == self.headers.get("request-id")
        assert (self.json["request_id"] is not None) == has_request_id(self.json, self.status)
        return str(self.json["error"]["message"])


def scope(method: str, path: str, headers: dict[str, str]) -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "path": path.partition("?")[0],
        "raw_path": path.encode(),
        "root_path": "",
        "query_string": path.partition("?")[2].encode(),
        "headers": [(n.encode(), v.encode("latin-1")) for n, v in headers.items()],
    }


def body_messages(chunks: Iterable[bytes]) -> list[Message]:
    """A body's messages, the last one without more_body."""
    parts = list(chunks) or [b""]
    return [
        {"type": "http.request", "body": part, "more_body": number < len(parts)}
        for number, part in enumerate(parts, 1)
    ]


def call(
    app: ASGIApp,
    *,
    method: str = "POST",
    path: str = "/v1/messages",
    headers: dict[str, str] | None = None,
    without: Iterable[str] = (),
    body: Any = b"",
    script: list[Message] | None = None,
) -> Answer:
    """One request. `body` is bytes, a list of chunks or a JSON value; `script` replaces its messages."""
    sent = {k: v for k, v in {**HEADERS, **(headers or {})}.items() if k not in without}
    if isinstance(body, dict):
        body = json.dumps(body).encode()
    incoming = iter(script or body_messages([body] if isinstance(body, bytes) else body))
    outgoing: list[Message] = []

    async def receive() -> Message:
        return next(incoming)

    async def send(message: Message) -> None:
        outgoing.append(message)

    asyncio.run(app(scope(method, path, sent), receive, send))  # type: ignore[arg-type] # a coroutine here
    return Answer(outgoing)
