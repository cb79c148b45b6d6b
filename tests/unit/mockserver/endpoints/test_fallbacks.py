"""Models that answer in place of one that declines: who is asked, with what, and what the message says of it."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from contracts.oracle import check_message, check_stream
from mockserver.replies.stops import REFUSAL
from tests.unit.mockserver.asgi import call
from tests.unit.mockserver.bodies import NEW, body, conversation
from tests.unit.mockserver.endpoints.falling import (
    ASKED,
    BETAS,
    BIO,
    BUSY,
    CYBER,
    FIRST,
    HEADERS,
    PARTLY,
    REFUSED,
    SECOND,
    answered,
    app,
    asked,
)


def kinds(message: dict[str, Any]) -> list[str]:
    return [block["type"] for block in message["content"]]


def handed_over(asked: str, to: str, category: str | None = None) -> dict[str, Any]:
    trigger = {"type": "refusal", "category": category}
    return {"type": "fallback", "from": {"model": asked}, "to": {"model": to}, "trigger": trigger}


def hops(message: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(entry["type"], entry.get("model")) for entry in message["usage"]["iterations"]]


@pytest.mark.parametrize("stream", [False, True])
def test_the_next_model_answers(*, stream: bool) -> None:
    message = answered(asked(REFUSAL, stream=stream))
    assert message["model"] == FIRST
    assert message["content"][0] == handed_over(ASKED, FIRST)
    assert kinds(message) == ["fallback", "text"]
    assert (message["stop_reason"], message["stop_details"]) == ("max_tokens", None)
    assert hops(message) == [("message", ASKED), ("fallback_message", FIRST)]
    declined, served = message["usage"]["iterations"]
    assert (declined["output_tokens"], served["output_tokens"]) == (0, 64)
    assert message["usage"]["output_tokens"] == 64
    assert message["usage"]["input_tokens"] == served["input_tokens"]


def test_messages_and_streams_are_right() -> None:
    server = app()
    answer = call(server, body=asked(REFUSAL), headers=HEADERS)
    assert check_message(answer.json, NEW, "beta") == []
    answer = call(server, body=asked(REFUSAL, stream=True), headers=HEADERS)
    assert check_stream(answer.body, NEW, "beta") == []
    answer = call(app(PARTLY), body=asked(stream=True), headers=HEADERS)
    assert check_stream(answer.body, NEW, "beta") == []


def test_without_a_refusal_the_one_sampling_is_listed() -> None:
    assert hops(answered(asked())) == [("message", None)]


def test_those_who_decline_pass_it_on() -> None:
    message = answered(asked(), CYBER, BIO, {"text": "Yes"})
    assert message["content"] == [
        handed_over(ASKED, FIRST, "cyber"),
        handed_over(FIRST, SECOND, "bio"),
        {"type": "text", "text": "Yes"},
    ]
    assert hops(message) == [("message", ASKED), ("message", FIRST), ("fallback_message", SECOND)]


def test_when_all_decline_the_last_refusal_is_the_answer() -> None:
    message = answered(asked(), CYBER, CYBER, BIO)
    assert (message["model"], message["stop_reason"]) == (SECOND, "refusal")
    assert kinds(message) == ["fallback", "fallback"]
    assert message["stop_details"]["category"] == "bio"
    assert message["stop_details"]["recommended_model"] is None
    assert hops(message)[-1] == ("fallback_message", SECOND)


def test_a_model_that_is_overloaded_is_not_asked_but_recommended() -> None:
    message = answered(asked(), CYBER, BUSY)
    assert (message["model"], message["content"]) == (ASKED, [])
    assert message["stop_details"]["recommended_model"] == FIRST
    assert hops(message) == [("message", None)]


def test_a_fallback_counts_against_the_quotas() -> None:
    assert answered(asked(REFUSAL), rpm=1)["stop_details"]["recommended_model"] == FIRST
    assert answered(asked(REFUSAL), rpm=2)["model"] == FIRST


def test_another_error_of_a_fallback_is_the_answer() -> None:
    answer = call(app(CYBER, {"error": {"status": 500}}), body=asked(), headers=HEADERS)
    assert answer.status == 500


@pytest.mark.parametrize(("reply", "model"), [(CYBER, FIRST), (BIO, SECOND), (REFUSED, SECOND)])
def test_default_routing_goes_by_the_category(reply: dict[str, Any], model: str) -> None:
    message = answered(asked(fallbacks="default"), reply)
    assert message["model"] == model
    assert len(message["usage"]["iterations"]) == 2


def test_default_routing_leaves_out_a_model_that_can_not_be_asked() -> None:
    """The first target takes no effort that a turn changes, and is the only one for this category."""
    turns = conversation(
        ("user", "Hello"), ("assistant", "Yes?"), ("system", []), ("user", "Go on")
    )
    turns[2]["output_config"] = {"effort": "low"}
    headers = {"anthropic-beta": f"{BETAS[1]},mid-conversation-output-config-2026-07-01"}
    value = asked(messages=turns, fallbacks="default")
    declined = call(app(CYBER), body=value, headers=headers).json
    assert (declined["model"], declined["stop_reason"]) == (ASKED, "refusal")
    assert call(app(BIO), body=value, headers=headers).json["model"] == SECOND


def test_default_routing_of_a_model_without_fallbacks_runs_on_it_alone() -> None:
    turns = conversation(("user", REFUSAL))
    alone = answered(body("claude-haiku-5-5", fallbacks="default", messages=turns))
    assert (alone["model"], alone["stop_reason"]) == ("claude-haiku-5-5", "refusal")


def test_an_entry_with_one_refusal_is_refused_once() -> None:
    server = app()
    entry = {"when": {"user": "Hello"}, "reply": REFUSED}
    assert call(server, path="/_mock/replies", body=orjson.dumps([entry])).status == 200
    for _ in range(2):
        assert call(server, body=asked(), headers=HEADERS).json["model"] == FIRST


def test_a_script_in_the_request_is_for_the_model_that_is_asked() -> None:
    message = answered(asked("[[mock stop_reason: refusal]]"))
    assert (message["model"], kinds(message)) == (FIRST, ["fallback", "text"])


def test_what_was_said_before_a_refusal_is_left_out_of_a_whole_message() -> None:
    message = answered(asked(), PARTLY)
    assert (message["model"], kinds(message)) == (FIRST, ["fallback", "text"])
    assert message["usage"]["iterations"][0]["output_tokens"] > 0


def test_what_was_said_before_a_refusal_stays_in_a_stream() -> None:
    message = answered(asked(stream=True), PARTLY, {"text": " take water."})
    assert message["model"] == ASKED
    assert message["content"] == [
        {"type": "text", "text": "Well, first you"},
        handed_over(ASKED, FIRST),
        {"type": "text", "text": " take water."},
    ]
    assert hops(message) == [("message", ASKED), ("fallback_message", FIRST)]


def test_what_a_later_model_said_stays_in_a_stream_too() -> None:
    message = answered(asked(stream=True), REFUSED, PARTLY, {"text": "Yes"})
    assert message["model"] == SECOND
    assert kinds(message) == ["fallback", "text", "fallback", "text"]


def test_a_stream_with_an_open_call_is_not_taken_over() -> None:
    use = {"type": "tool_use", "name": "get_weather", "input": {}}
    reply = {"blocks": [use], "force": True, **REFUSED}
    message = answered(asked(stream=True), reply)
    assert (message["model"], message["stop_reason"]) == (ASKED, "refusal")
    assert answered(asked(), reply)["model"] == FIRST


def test_a_fallback_is_sent_back_and_costs_nothing() -> None:
    block = handed_over(ASKED, FIRST)
    said = {"type": "text", "text": "Yes"}
    turns = (("user", "Hello"), ("assistant", [block, said]), ("user", "And?"))
    plain = (turns[0], ("assistant", [said]), turns[2])
    message = answered(asked(messages=conversation(*turns)))
    same = answered(asked(messages=conversation(*plain)))
    assert message["usage"]["input_tokens"] == same["usage"]["input_tokens"]


def test_a_named_model_must_take_the_request() -> None:
    value = asked(fallbacks=[{"model": FIRST}, {"model": SECOND, "max_tokens": 999_999}])
    answer = call(app(), body=value, headers=HEADERS)
    assert answer.headers["x-mock-rule"] == "fallbacks.incompatible"
    assert answer.error.startswith(
        "fallbacks.1: target model 'claude-opus-5' is not compatible with the request: max_tokens: "
    )


def test_the_attempt_has_the_entry_s_own_limit() -> None:
    message = answered(asked(REFUSAL, fallbacks=[{"model": FIRST, "max_tokens": 5}]))
    assert (message["stop_reason"], message["usage"]["output_tokens"]) == ("max_tokens", 5)


def test_names_of_a_lenient_server_are_answered_for() -> None:
    message = answered(asked(REFUSAL, fallbacks=[{"model": "new"}]), lenient=True)
    assert message["model"] == "new"


@pytest.mark.parametrize(
    "settings",
    [{"lenient": True}, {"allowed_rules": ("beta.header-missing",)}, {"example": True}],
    ids=["lenient", "allowed", "example"],
)
def test_fallbacks_need_no_beta_where_none_is_asked_for(settings: dict[str, Any]) -> None:
    answer = call(app(**settings), body=asked(REFUSAL))
    assert answer.status == 200
    assert answer.json["model"] == FIRST
    assert len(answer.json["usage"]["iterations"]) == 2
