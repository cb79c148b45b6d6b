"""Requests with fallbacks, and what an application says to them, over ASGI."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.types import ASGIApp

from contracts.assembly import assembled
from contracts.framing import frames
from mockserver.app import create_app
from mockserver.model_info import FALLBACKS as BETAS
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import call
from tests.unit.mockserver.bodies import TODAY, body, conversation

ASKED, FIRST, SECOND = "claude-opus-5-5", "claude-opus-4-8", "claude-opus-5"
HEADERS = {"anthropic-beta": BETAS[1]}
LISTED = [{"model": FIRST}, {"model": SECOND}]
REFUSED = {"stop_reason": "refusal"}
CYBER = {**REFUSED, "stop_details": {"type": "refusal", "category": "cyber"}}
BIO = {**REFUSED, "stop_details": {"type": "refusal", "category": "bio"}}
PARTLY = {"text": "Well, first you", **REFUSED}
BUSY = {"error": {"status": 529}}


def app(*replies: Any, **settings: Any) -> ASGIApp:
    made = create_app(Settings(now=TODAY, **settings))
    if replies:
        assert call(made, path="/_mock/replies", body=orjson.dumps(replies)).status == 200
    return made


def asked(words: str = "Hello", **more: Any) -> dict[str, Any]:
    given = {"messages": conversation(("user", words)), "fallbacks": LISTED, **more}
    return body(ASKED, **given)


def answered(value: dict[str, Any], *replies: Any, **settings: Any) -> dict[str, Any]:
    answer = call(app(*replies, **settings), body=value, headers=HEADERS)
    assert answer.status == 200, answer.body
    found = (
        assembled([frame.data for frame in frames(answer.body)])
        if value.get("stream")
        else answer.json
    )
    return dict(found)
