"""Uploads over ASGI."""

from __future__ import annotations

from typing import Any

from starlette.types import ASGIApp

from tests.unit.mockserver.asgi import Answer, call

LIFE = b'--x\r\nContent-Disposition: form-data; name="expires_in_seconds"\r\n\r\n%b\r\n'
MULTIPART = {"content-type": "multipart/form-data; boundary=x"}
NOT_MULTIPART = "The request body is not valid multipart/form-data: "


def part(
    content: bytes, disposition: str = 'name="file"; filename="a.txt"', kind: str = "text/plain"
) -> bytes:
    announced = f"Content-Type: {kind}\r\n" if kind else ""
    head = f"--x\r\nContent-Disposition: form-data; {disposition}\r\n{announced}\r\n"
    return head.encode() + content + b"\r\n"


def uploaded(app: ASGIApp, *parts: bytes, headers: dict[str, str] | None = None) -> Answer:
    body = b"".join(parts) + b"--x--\r\n"
    return call(app, path="/v1/files", headers=headers or MULTIPART, body=body)


def found(app: ASGIApp, file_id: str) -> Answer:
    return call(app, method="GET", path=f"/v1/files/{file_id}")


def listed(app: ASGIApp, query: str = "", **headers: str) -> Any:
    answer = call(app, method="GET", path=f"/v1/files?{query}", headers=headers)
    assert answer.status == 200, answer.error
    return answer.json
