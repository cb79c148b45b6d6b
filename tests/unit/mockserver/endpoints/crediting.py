"""Refusals that give a fallback credit, and requests that hand it in, over ASGI."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.types import ASGIApp

from mockserver.replies.stops import REFUSAL
from tests.unit.mockserver.asgi import Answer, call
from tests.unit.mockserver.bodies import body, conversation

ASKED, TARGET = "claude-opus-5-5", "claude-opus-4-8"
BETA = "fallback-credit-2026-07-01"
CHAIN_BETA = "server-side-fallback-2026-07-01"
DECLINED = {"stop_reason": "refusal"}
PARTLY = {"text": "Well, first you \n", **DECLINED}
SAID = "Well, first you"
TOKEN, CLAIM = "fallback_credit_token", "fallback_has_prefill_claim"


def scripted(app: ASGIApp, *replies: Any) -> None:
    assert call(app, path="/_mock/replies", body=orjson.dumps(replies)).status == 200


def asked(words: str = REFUSAL, model: str = ASKED, **more: Any) -> dict[str, Any]:
    return body(model, **{"messages": conversation(("user", words)), **more})


def sent(app: ASGIApp, value: dict[str, Any], beta: str = BETA, **headers: str) -> Answer:
    return call(app, body=value, headers={"anthropic-beta": beta, **headers})


def refused(app: ASGIApp, value: dict[str, Any], beta: str = BETA) -> dict[str, Any]:
    """The details of a refusal."""
    message = sent(app, value, beta).json
    assert message["stop_reason"] == "refusal"
    return dict(message["stop_details"])


def retried(value: dict[str, Any], token: Any, *said: Any, **more: Any) -> dict[str, Any]:
    """The retry on another model, with what the refused one `said` appended."""
    messages = [*value["messages"], *conversation(*(("assistant", turn) for turn in said))]
    return {**value, "model": TARGET, TOKEN: token, "messages": messages, **more}


def status(answer: Answer) -> Any:
    """What became of the credit."""
    assert answer.status == 200, answer.body
    return answer.json["usage"]["fallback_credit"]["status"]
