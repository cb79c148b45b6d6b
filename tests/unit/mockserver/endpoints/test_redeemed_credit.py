"""What becomes of a fallback credit: what is paid as read, why it is not applied, and when that is a 400."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from starlette.types import ASGIApp

from contracts.oracle import check_message
from mockserver.app import create_app
from mockserver.replies.stops import REFUSAL
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import call
from tests.unit.mockserver.bodies import NEW, TODAY
from tests.unit.mockserver.endpoints.batching import outcome
from tests.unit.mockserver.endpoints.crediting import (
    BETA,
    CHAIN_BETA,
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

LONG = f"{REFUSAL} {'word ' * 2_000}"
EPHEMERAL = {"cache_control": {"type": "ephemeral"}}
BAD = "fallback_credit_token: invalid or malformed"


@pytest.fixture
def app() -> ASGIApp:
    return create_app(Settings(now=TODAY))


def easy(token: str) -> dict[str, str]:
    return {"token": token, "mode": "best_effort"}


def test_the_retry_is_answered_and_says_so(app: ASGIApp) -> None:
    token = refused(app, asked())[TOKEN]
    for given in (token, {"token": token}, {"token": token, "mode": "strict"}, easy(token)):
        answer = sent(app, retried(asked(), given, max_tokens=100))
        assert status(answer) == {"type": "redeemed"}
        assert check_message(answer.json, NEW, "beta") == []
        assert answer.json["stop_reason"] == "end_turn"


def test_what_was_warm_is_read_instead_of_written(app: ASGIApp) -> None:
    value = asked(LONG, **EPHEMERAL)
    refused(app, value)
    token = refused(app, value)[TOKEN]
    usage = sent(app, retried(value, token)).json["usage"]
    assert usage["cache_creation_input_tokens"] == 0
    assert usage["cache_read_input_tokens"] > 2_000
    assert set(usage["cache_creation"].values()) == {0}


def test_what_the_refused_request_wrote_is_written_again(app: ASGIApp) -> None:
    value = asked(LONG, **EPHEMERAL)
    usage = sent(app, retried(value, refused(app, value)[TOKEN])).json["usage"]
    assert usage["cache_creation_input_tokens"] > 2_000
    assert usage["cache_read_input_tokens"] == 0


def test_a_credit_that_fails_moves_nothing(app: ASGIApp) -> None:
    value = asked(LONG, **EPHEMERAL)
    refused(app, value)
    retry = retried(value, easy(refused(app, value)[TOKEN]), system="Be brief.")
    usage = sent(app, retry).json["usage"]
    assert usage["cache_creation_input_tokens"] > 2_000
    assert usage["fallback_credit"]["status"]["type"] == "not_applied"


def test_the_server_s_own_fallbacks_read_it_as_well(app: ASGIApp) -> None:
    value = asked(LONG, fallbacks=[{"model": TARGET}], **EPHEMERAL)
    refused(app, {**value, "fallbacks": None}, CHAIN_BETA)
    usage = sent(app, value, CHAIN_BETA).json["usage"]
    declined, served = usage["iterations"]
    assert declined["cache_read_input_tokens"] == served["cache_read_input_tokens"] > 2_000
    for counts in (usage, served):
        assert counts["cache_creation_input_tokens"] == 0
        assert counts["cache_read_input_tokens"] == declined["cache_read_input_tokens"]
    assert "fallback_credit" not in usage


@pytest.mark.parametrize(
    ("changes", "headers", "reason", "text"),
    [
        pytest.param(
            {"system": "Be brief."},
            {},
            "body_mismatch",
            "the request body does not match that of the refused request",
            id="body",
        ),
        pytest.param(
            {},
            {"beta": f"{BETA},context-1m-2025-08-07"},
            "body_mismatch",
            "the request body does not match that of the refused request",
            id="betas",
        ),
        pytest.param(
            {"model": "claude-sonnet-5"},
            {},
            "invalid_target_model",
            "is not valid for model 'claude-sonnet-5'",
            id="model",
        ),
        pytest.param(
            {},
            {"x-api-key": "sk-ant-other"},
            "wrong_workspace",
            "does not belong to this workspace",
            id="workspace",
        ),
    ],
)
def test_a_token_that_fails_is_refused_or_told(
    app: ASGIApp, changes: dict[str, Any], headers: dict[str, str], reason: str, text: str
) -> None:
    token = refused(app, asked())[TOKEN]
    strict = sent(app, retried(asked(), token, **changes), **headers)
    assert strict.headers["x-mock-rule"] == "fallback-credit.token"
    assert strict.error == f"fallback_credit_token: {text}"
    told = status(sent(app, retried(asked(), easy(token), **changes), **headers))
    assert told == {"type": "not_applied", "reason": reason}


def test_what_does_not_shape_the_prompt_may_change(app: ASGIApp) -> None:
    token = refused(app, asked(), f"{BETA},{CHAIN_BETA}")[TOKEN]
    more = {"max_tokens": 9, "stop_sequences": ["x"], "metadata": {"user_id": "u"}}
    answer = sent(app, retried(asked(), token, service_tier="auto", **more))
    assert status(answer) == {"type": "redeemed"}


@pytest.mark.parametrize(("seconds", "is_good"), [(290, True), (300, False)])
def test_a_token_expires(app: ASGIApp, seconds: int, *, is_good: bool) -> None:
    token = refused(app, asked())[TOKEN]
    assert call(app, path="/_mock/clock", body=orjson.dumps({"forward": seconds})).status == 200
    answer = sent(app, retried(asked(), token))
    assert is_good or answer.error == "fallback_credit_token: has expired"
    assert (answer.status == 200) == is_good


@pytest.mark.parametrize("token", ["nothing", "YWJj", "é"])
def test_what_is_no_token_is_refused_in_both_modes(app: ASGIApp, token: str) -> None:
    assert sent(app, retried(asked(), easy(token))).error == BAD
    assert sent(app, retried(asked(), token)).error == BAD


def test_the_same_requests_get_the_same_token(app: ASGIApp) -> None:
    """Which is good from the last time on; a server that was restarted has forgotten it."""
    token = refused(app, asked())[TOKEN]
    assert call(app, path="/_mock/clock", body=orjson.dumps({"forward": 200})).status == 200
    assert refused(app, asked())[TOKEN] == token
    assert call(app, path="/_mock/clock", body=orjson.dumps({"forward": 200})).status == 200
    assert status(sent(app, retried(asked(), token))) == {"type": "redeemed"}
    restarted = create_app(Settings(now=TODAY))
    assert sent(restarted, retried(asked(), token)).error.endswith("has expired")


def test_a_token_of_another_server_is_none(app: ASGIApp) -> None:
    token = refused(create_app(Settings(now=TODAY, seed=1)), asked())[TOKEN]
    assert sent(app, retried(asked(), token)).error == BAD


def test_a_credit_that_fails_authorizes_no_prefill(app: ASGIApp) -> None:
    token = refused(app, asked())[TOKEN]
    answer = sent(app, retried(asked(), easy(token), SAID))
    assert answer.headers["x-mock-rule"] == "prefill.unsupported"


@pytest.mark.parametrize("settings", [{"lenient": True}, {"example": True}])
def test_where_rules_are_off_any_token_will_do(settings: dict[str, Any]) -> None:
    app = create_app(Settings(now=TODAY, **settings))
    answer = sent(app, retried(asked("Hello"), "t", SAID))
    assert answer.status == 200
    assert "fallback_credit" not in answer.json["usage"]


@pytest.mark.parametrize("rule", ["fallback-credit.token", "prefill.unsupported"])
def test_each_rule_may_be_off_alone(rule: str) -> None:
    app = create_app(Settings(now=TODAY, allowed_rules=(rule,)))
    token = refused(app, asked())[TOKEN]
    answer = sent(app, retried(asked(), easy(token), SAID))
    assert (answer.status == 200) == (rule == "prefill.unsupported")
    assert (sent(app, retried(asked(), "t")).status == 200) == (rule == "fallback-credit.token")
    # Without a credit there is no prefill either.
    assert sent(app, retried(asked(), "t", SAID)).status == 400


def test_a_batch_ignores_tokens_and_gives_none(app: ASGIApp) -> None:
    refusal, again, prefilled = outcome(
        app,
        {"custom_id": "a", "params": asked()},
        {"custom_id": "b", "params": retried(asked(), "t")},
        {"custom_id": "c", "params": retried(asked("Hello"), "t", SAID)},
        **{"anthropic-beta": BETA},
    )
    assert TOKEN not in refusal["result"]["message"]["stop_details"]
    assert again["result"]["message"]["stop_reason"] == "refusal"
    assert "fallback_credit" not in again["result"]["message"]["usage"]
    assert "assistant message prefill" in prefilled["result"]["error"]["error"]["message"]


@pytest.mark.parametrize(
    "more", [{TOKEN: "t"}, {"fallbacks": [{"model": TARGET, "max_tokens": 999_999}]}]
)
def test_a_thread_goes_on_after_a_refused_request(app: ASGIApp, more: dict[str, Any]) -> None:
    beta = f"message-threads-2026-08-12,{BETA},{CHAIN_BETA}"
    first = sent(app, asked("Hello", thread={"type": "create"}), beta).json["id"]
    value = asked("And?", thread={"type": "continue", "previous_message_id": first})
    for _ in range(2):
        refusal = sent(app, {**value, **more}, beta)
        assert refusal.headers["x-mock-rule"].startswith("fallback")
    assert sent(app, value, beta).status == 200


@pytest.mark.parametrize("given", [str, easy])
def test_a_refusal_that_the_request_asks_for_is_made_once(app: ASGIApp, given: Any) -> None:
    value = asked("Hello [[mock stop_reason: refusal]]")
    answer = sent(app, retried(value, given(refused(app, value)[TOKEN])))
    assert (answer.json["model"], answer.json["stop_reason"]) == (TARGET, "end_turn")
    other = retried(asked("[[mock reply: Yes]]"), easy(refused(app, value)[TOKEN]))
    assert sent(app, other).json["content"] == [{"type": "text", "text": "Yes"}]


def test_scripts_answer_a_retry_as_any_request(app: ASGIApp) -> None:
    token = refused(app, asked())[TOKEN]
    scripted(app, {"text": "Yes"})
    assert sent(app, retried(asked(), token)).json["content"] == [{"type": "text", "text": "Yes"}]
