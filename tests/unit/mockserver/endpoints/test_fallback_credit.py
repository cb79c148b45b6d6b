"""The fallback credit that a refusal gives out, and what it may be handed in with."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.types import ASGIApp

from contracts.assembly import assembled
from contracts.framing import frames
from contracts.oracle import check_message, check_stream
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.unit.mockserver.bodies import NEW, TODAY, TOOL
from tests.unit.mockserver.endpoints.crediting import (
    BETA,
    CHAIN_BETA,
    CLAIM,
    DECLINED,
    PARTLY,
    SAID,
    TARGET,
    TOKEN,
    asked,
    refused,
    retried,
    scripted,
    sent,
    status,
)

REDEEMED = {"type": "redeemed"}
FORMAT = {
    "type": "json_schema",
    "schema": {"type": "object", "properties": {}, "additionalProperties": False},
}
SEARCH = {"type": "web_search_20250305", "name": "web_search"}
SEARCHED = [
    {
        "type": "server_tool_use",
        "id": "srvtoolu_1",
        "name": "web_search",
        "input": {"query": "water"},
    },
    {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []},
    {"type": "text", "text": SAID},
]
ONLY = "fallback_credit_token: must be redeemed by continuing the partial response"
EXCLUDED = "fallback_credit_token: can't be redeemed by continuing the partial response"
MISMATCH = "fallback_credit_token: the request body does not match that of the refused request"


@pytest.fixture
def app() -> ASGIApp:
    return create_app(Settings(now=TODAY))


@pytest.mark.parametrize("beta", [BETA, "fallback-credit-2026-06-01", CHAIN_BETA])
def test_a_refusal_gives_a_token_out(app: ASGIApp, beta: str) -> None:
    details = refused(app, asked(), beta)
    assert list(details) == ["type", "category", "explanation", TOKEN, CLAIM]
    assert 1 <= len(details[TOKEN]) <= 2048
    assert details[CLAIM] is False


def test_no_token_where_there_is_none_to_give(app: ASGIApp) -> None:
    none = {TOKEN: None, CLAIM: None}
    assert refused(app, asked(model=TARGET)).items() >= none.items()
    assert TOKEN not in refused(app, asked(), "context-management-2025-06-27")
    deep: Any = "x"
    for _ in range(300):
        deep = {"a": deep}
    tool = {**TOOL, "input_schema": {**TOOL["input_schema"], "default": deep}}
    assert refused(app, asked(tools=[tool])).items() >= none.items()


def test_a_script_says_itself_what_a_refusal_tells(app: ASGIApp) -> None:
    given = {"type": "refusal", TOKEN: "mine", "recommended_model": "other"}
    scripted(app, {**DECLINED, "stop_details": given}, {"error": {"status": 529}})
    details = refused(app, asked("Hello", fallbacks=[{"model": TARGET}]), CHAIN_BETA)
    assert (details[TOKEN], details["recommended_model"]) == ("mine", "other")


def test_a_stream_tells_of_both_at_its_end(app: ASGIApp) -> None:
    scripted(app, PARTLY)
    value = asked("Hello", stream=True)
    answer = sent(app, value)
    assert check_stream(answer.body, NEW, "beta") == []
    found = assembled([frame.data for frame in frames(answer.body)])
    retry = sent(app, retried(value, found["stop_details"][TOKEN], SAID))
    assert check_stream(retry.body, NEW, "beta") == []
    message = assembled([frame.data for frame in frames(retry.body)])
    assert message["usage"]["fallback_credit"]["status"] == REDEEMED


def test_a_response_is_continued(app: ASGIApp) -> None:
    scripted(app, PARTLY)
    value = asked("Hello")
    details = refused(app, value)
    assert details[CLAIM] is True
    answer = sent(app, retried(value, details[TOKEN], SAID))
    assert check_message(answer.json, NEW, "beta") == []
    assert status(answer) == REDEEMED
    assert status(sent(app, retried(value, details[TOKEN]))) == REDEEMED
    for said in ("Well, then", [{"type": "text", "text": SAID}, {"type": "text", "text": "go"}]):
        assert sent(app, retried(value, details[TOKEN], said)).error == MISMATCH


@pytest.mark.parametrize(
    ("more", "error"),
    [
        pytest.param(
            {"output_config": {"format": FORMAT}},
            "output_config.format: prefill cannot be used with structured outputs",
            id="format",
        ),
        pytest.param(
            {
                "model": "claude-opus-5",
                "thinking": {"type": "disabled"},
                "tools": [TOOL],
                "tool_choice": {"type": "any"},
            },
            EXCLUDED,
            id="forced",
        ),
    ],
)
def test_a_response_in_a_form_is_not_continued(
    app: ASGIApp, more: dict[str, Any], error: str
) -> None:
    scripted(app, {**PARTLY, "force": True})
    value = asked("Hello", **more)
    details = refused(app, value)
    assert details[CLAIM] is False
    assert status(sent(app, retried(value, details[TOKEN]))) == REDEEMED
    assert sent(app, retried(value, details[TOKEN], SAID)).error == error


def test_a_refusal_before_any_output_is_not_continued(app: ASGIApp) -> None:
    token = refused(app, asked())[TOKEN]
    assert sent(app, retried(asked(), token, SAID)).error == EXCLUDED


def test_after_the_server_s_tools_a_response_is_only_continued(app: ASGIApp) -> None:
    scripted(app, {"blocks": SEARCHED, **DECLINED})
    value = asked("Hello", tools=[SEARCH])
    message = sent(app, value).json
    token = message["stop_details"][TOKEN]
    assert message["stop_details"][CLAIM] is True
    assert sent(app, retried(value, token)).error == ONLY
    eager = retried(value, {"token": token, "mode": "best_effort"})
    assert status(sent(app, eager)) == {"type": "not_applied", "reason": "continuation_only"}
    assert status(sent(app, retried(value, token, message["content"]))) == REDEEMED
    assert sent(app, retried(value, token, message["content"][2:])).error == MISMATCH


def test_calls_without_a_result_are_not_compared(app: ASGIApp) -> None:
    use = {"type": "tool_use", "name": "get_weather", "input": {}}
    scripted(app, {"blocks": [{"type": "text", "text": SAID}, use], "force": True, **DECLINED})
    value = asked("Hello", tools=[TOOL])
    details = refused(app, value)
    assert details[CLAIM] is True
    assert status(sent(app, retried(value, details[TOKEN], SAID))) == REDEEMED


def test_the_last_of_a_chain_gives_the_token(app: ASGIApp) -> None:
    """What counts is the request as it came, whatever its entries override."""
    scripted(app, DECLINED, DECLINED)
    value = asked("Hello")
    entry = {"model": "claude-opus-5", "output_config": {"effort": "low"}}
    details = refused(app, {**value, "fallbacks": [entry]}, CHAIN_BETA)
    assert details["recommended_model"] is None
    assert status(sent(app, retried(value, details[TOKEN]))) == REDEEMED
    again = retried(value, details[TOKEN], model="claude-opus-5")
    assert "is not valid for model" in sent(app, again).error


def test_a_stream_that_was_handed_over_is_continued_as_a_whole(app: ASGIApp) -> None:
    scripted(app, PARTLY, {"text": "take water", **DECLINED})
    value = asked("Hello")
    streamed = {**value, "stream": True, "fallbacks": [{"model": "claude-opus-5"}]}
    frame_data = [frame.data for frame in frames(sent(app, streamed, CHAIN_BETA).body)]
    message = assembled(frame_data)
    token = message["stop_details"][TOKEN]
    assert [block["type"] for block in message["content"]] == ["text", "fallback", "text"]
    both = f"{BETA},{CHAIN_BETA}"
    assert status(sent(app, retried(value, token, message["content"]), both)) == REDEEMED
    texts = [block for block in message["content"] if block["type"] == "text"]
    assert status(sent(app, retried(value, token, texts))) == REDEEMED


def test_a_target_that_is_busy_is_retried_with_the_credit(app: ASGIApp) -> None:
    scripted(app, DECLINED, {"error": {"status": 529}})
    value = asked("Hello")
    details = refused(app, {**value, "fallbacks": [{"model": TARGET}]}, CHAIN_BETA)
    assert details["recommended_model"] == TARGET
    assert status(sent(app, retried(value, details[TOKEN]))) == REDEEMED


def test_the_model_that_declined_last_has_the_targets(app: ASGIApp) -> None:
    scripted(app, DECLINED, DECLINED)
    details = refused(app, asked("Hello", fallbacks=[{"model": TARGET}]), CHAIN_BETA)
    assert details[TOKEN] is None, f"{TARGET} declined last, which has no targets"


def test_without_a_beta_there_is_no_token() -> None:
    app = create_app(Settings(now=TODAY, lenient=True))
    scripted(app, DECLINED, DECLINED)
    details = refused(app, asked("Hello", fallbacks=[{"model": TARGET}]), "timing-2026-09-09")
    assert TOKEN not in details
    assert details["recommended_model"] is None
