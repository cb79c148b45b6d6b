"""A case, and an answer that somebody gives to it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from contracts.suite.running import Outcome, Target, run
from contracts.suite.transports import Received, Sent
from tests.unit.contracts.suite.folder import trials

REQUEST_ID = "req_01" + "a" * 22
HEADERS = {
    "content-type": "application/json",
    "request-id": REQUEST_ID,
    "x-should-retry": "false",
    "anthropic-organization-id": "o",
}


def answering(status: int, body: Any, **headers: str) -> Callable[[Sent], Received]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _sent: Received(status, {**HEADERS, **more}, raw)


def error(message: str, kind: str = "invalid_request_error", **more: Any) -> dict[str, Any]:
    inner = {"type": kind, "message": message, **more}
    return {"type": "error", "error": inner, "request_id": REQUEST_ID}


def outcome(folder: Path, case: str, send: Callable[[Sent], Received]) -> Outcome:
    return run(trials(folder, case)[0], Target(send, "sk-ant-secret"))
