"""Plans run on targets that answer oddly."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from contracts.models import as_of
from contracts.suite.meter import Meter
from contracts.suite.results import Report
from contracts.suite.session import Found, Part, Session
from contracts.suite.transports import Received, Sent

KEY = "sk-ant-secret"
REQUEST_ID = "req_01" + "a" * 22
HEADERS = {
    "content-type": "application/json",
    "request-id": REQUEST_ID,
    "x-should-retry": "false",
    "anthropic-organization-id": "o",
}
Send = Callable[[Sent], Received]


def session(send: Send, **more: Any) -> Session:
    meter = Meter(send, **more.pop("ceilings", {}))
    return Session(meter, KEY, as_of(), **{"examples": 3, **more})


def always(body: Any, status: int = 200) -> Send:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return lambda _sent: Received(status, HEADERS, raw)


def gone(_sent: Sent) -> Received:
    raise ConnectionRefusedError("gone")


def error(text: str) -> Any:
    inner = {"type": "invalid_request_error", "message": text}
    return {"type": "error", "error": inner, "request_id": REQUEST_ID}


def part(run: Callable[[Session], Found]) -> Part:
    return Part("topic/one", "documented", "docs", run)


def raising(raised: Exception) -> Part:
    def run(_session: Session) -> Found:
        raise raised

    return part(run)


def verdicts(report: Report) -> list[str]:
    return [result.verdict for result in report.results]
