"""Forced replies that are no messages: sent where they can be, and where not it is said."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.types import ASGIApp

from mockserver import pacing
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import call
from tests.unit.mockserver.bodies import TODAY
from tests.unit.mockserver.endpoints.crediting import (
    CHAIN_BETA,
    DECLINED,
    TARGET,
    asked,
    scripted,
    sent,
)

FORCED = {"force": True}
BARE = [
    pytest.param({"type": "text"}, id="no-text"),
    pytest.param({"type": "text", "text": None}, id="null-text"),
    pytest.param({"type": "server_tool_use"}, id="no-name"),
]
NO_COUNT = {"text": "a", "usage": {"output_tokens": None}, **FORCED}


@pytest.fixture
def app() -> ASGIApp:
    return create_app(Settings(now=TODAY))


@pytest.mark.parametrize("block", BARE)
def test_a_block_that_lacks_something_is_sent(app: ASGIApp, block: dict[str, Any]) -> None:
    scripted(app, {"blocks": [block], **FORCED})
    (found,) = sent(app, asked("Hello")).json["content"]
    assert block.items() <= found.items()


@pytest.mark.parametrize(
    "block",
    [
        pytest.param({"type": "text"}, id="no-text"),
        pytest.param({"type": "text", "text": 5}, id="number"),
        pytest.param({"type": "compaction", "content": [5]}, id="list"),
    ],
)
def test_a_refused_block_that_lacks_something_is_handed_over(
    app: ASGIApp, block: dict[str, Any]
) -> None:
    scripted(app, {"blocks": [block], **DECLINED, **FORCED})
    answer = sent(app, asked("Hello", fallbacks=[{"model": TARGET}]), CHAIN_BETA)
    assert (answer.status, answer.json["model"]) == (200, TARGET)


def test_a_refusal_without_its_text_gives_a_credit(app: ASGIApp) -> None:
    reply = {"blocks": [{"type": "text", "text": None}], "stop_reason": "refusal", **FORCED}
    scripted(app, reply)
    assert sent(app, asked("Hello")).json["stop_details"]["fallback_has_prefill_claim"] is False


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param({"blocks": [{"type": "text"}], **FORCED}, id="no-text"),
        pytest.param({"blocks": [{"type": "tool_use", "input": 5}], **FORCED}, id="input"),
        pytest.param(NO_COUNT, id="no-count"),
    ],
)
def test_what_cannot_be_cut_into_events_is_told(app: ASGIApp, reply: dict[str, Any]) -> None:
    scripted(app, reply)
    answer = sent(app, asked("Hello", stream=True))
    assert (answer.status, "can't be cut into events" in answer.error) == (400, True)
    assert answer.headers["x-mock-script"] == "reply 1"


def test_usage_without_a_count_is_sent_and_has_no_cost(app: ASGIApp) -> None:
    scripted(app, NO_COUNT)
    assert sent(app, asked("Hello")).json["usage"]["output_tokens"] is None
    (listed,) = call(app, method="GET", path="/_mock/requests").json["requests"]
    assert listed["cost"] is None


def test_usage_without_a_count_takes_no_time(app: ASGIApp, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[int] = []

    async def hold(_exchange: object, tokens: int, *_: object) -> None:
        held.append(tokens)

    monkeypatch.setattr(pacing, "hold", hold)
    scripted(app, {**NO_COUNT, "pacing": {"tokens_per_second": 1}})
    assert sent(app, asked("Hello")).status == 200
    assert held == [0]
