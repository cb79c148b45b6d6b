"""Batches over ASGI."""

from __future__ import annotations

import json
from typing import Any

from starlette.types import ASGIApp

from contracts.resources import check_results
from tests.unit.mockserver.asgi import Answer, call
from tests.unit.mockserver.bodies import body as params

PATH = "/v1/messages/batches"
VERSION = "2026-10-21"


def item(custom_id: str = "a", **changes: Any) -> dict[str, Any]:
    return {"custom_id": custom_id, "params": params(**changes)}


def created(app: ASGIApp, *items: Any, **headers: str) -> Any:
    answer = call(app, path=PATH, body={"requests": items}, headers=headers)
    assert answer.status == 200, answer.error
    return answer.json


def got(app: ASGIApp, path: str) -> Answer:
    return call(app, method="GET", path=PATH + path)


def outcome(app: ASGIApp, *items: Any, **headers: str) -> list[Any]:
    """The results of a batch of these items, judged by the contract."""
    batch_id = created(app, *items, **headers)["id"]
    assert got(app, f"/{batch_id}").json["processing_status"] == "ended"
    answer = got(app, f"/{batch_id}/results")
    assert answer.headers["content-type"] == "application/x-jsonl"
    assert check_results(answer.body, VERSION) == []
    return [json.loads(line) for line in answer.body.splitlines()]
