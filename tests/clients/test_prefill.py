from __future__ import annotations

import json
from typing import Any

import anthropic
import pytest
from anthropic.types.message_create_params import MessageCreateParamsBase

from clients import prefill
from tests.clients.bodies import PREFILL_REFUSED, answer, failure
from tests.clients.stand_in import Reply, StandIn

REQUEST: MessageCreateParamsBase = {
    "model": "claude-haiku-4-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "What is 2 + 2?"}],
}
SCHEMA = {
    "type": "object",
    "properties": {"choice": {"type": "string", "enum": ["A", "B", "C"]}},
    "required": ["choice"],
    "additionalProperties": False,
}


def refusal() -> Reply:
    return failure(400, "invalid_request_error", PREFILL_REFUSED)


def bodies(stand_in: StandIn) -> list[Any]:
    return [request.json for request in stand_in.received]


def choose(client: anthropic.Anthropic) -> str:
    return prefill.answer_choice(client, "Which is prime?", ["4", "7", "9"])


def test_continue_from_returns_prefill_and_continuation(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    stand_in.answers(answer(" 4."))

    assert prefill.continue_from(client, REQUEST, "The answer is") == "The answer is 4."
    [body] = bodies(stand_in)
    assert body["messages"][-1] == {"role": "assistant", "content": "The answer is"}


def test_continue_from_strips_trailing_white_space(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    stand_in.answers(answer(" 4."))

    assert prefill.continue_from(client, REQUEST, "The answer is \n") == "The answer is 4."
    [body] = bodies(stand_in)
    assert body["messages"][-1]["content"] == "The answer is"


def test_continue_from_needs_text(client: anthropic.Anthropic) -> None:
    with pytest.raises(ValueError, match="needs text"):
        prefill.continue_from(client, REQUEST, " \n")


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param("The answer is 4.", id="obeyed"),
        pytest.param("4.", id="went_on_without_repeating"),
    ],
)
def test_continue_from_falls_back_to_the_system_prompt(
    client: anthropic.Anthropic, stand_in: StandIn, reply: str
) -> None:
    stand_in.answers(refusal(), answer(reply))

    assert prefill.continue_from(client, REQUEST, "The answer is") == "The answer is 4."
    _, body = bodies(stand_in)
    assert body["messages"] == [{"role": "user", "content": "What is 2 + 2?"}]
    assert body["system"].endswith("The answer is")
    assert body["max_tokens"] == 100 + len("The answer is")


@pytest.mark.parametrize(
    ("system", "first_words"),
    [
        pytest.param("Be brief.", "Be brief.\n\nBegin", id="string"),
        pytest.param([{"type": "text", "text": "Be brief."}], "Be brief. Begin", id="blocks"),
    ],
)
def test_fallback_keeps_the_system_prompt_it_finds(
    client: anthropic.Anthropic, stand_in: StandIn, system: Any, first_words: str
) -> None:
    stand_in.answers(refusal(), answer("The answer is 4."))

    prefill.continue_from(client, {**REQUEST, "system": system}, "The answer is")

    sent = bodies(stand_in)[1]["system"]
    words = sent if isinstance(sent, str) else " ".join(block["text"] for block in sent)
    assert words.startswith(first_words)


def test_other_bad_requests_are_not_taken_for_a_prefill_refusal(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    words = "messages: at least one message is required"
    stand_in.answers(*[failure(400, "invalid_request_error", words)] * 2)

    with pytest.raises(anthropic.BadRequestError, match=words):
        prefill.continue_from(client, REQUEST, "The answer is")
    with pytest.raises(anthropic.BadRequestError, match=words):
        choose(client)


def test_answer_choice_asks_for_one_token_after_the_bracket(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    stand_in.answers(answer("B", stop_reason="max_tokens"))

    assert choose(client) == "B"
    [body] = bodies(stand_in)
    assert body["max_tokens"] == 1
    assert body["messages"] == [
        {"role": "user", "content": "Which is prime?\nA) 4\nB) 7\nC) 9"},
        {"role": "assistant", "content": "The correct answer is ("},
    ]


def test_answer_choice_falls_back_to_structured_output(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    stand_in.answers(refusal(), answer(json.dumps({"choice": "B"})))

    assert choose(client) == "B"
    _, body = bodies(stand_in)
    assert body["output_config"] == {"format": {"type": "json_schema", "schema": SCHEMA}}
    assert [turn["role"] for turn in body["messages"]] == ["user"]


@pytest.mark.parametrize("continuation", ["", "D", "AB", "x"])
def test_answer_choice_accepts_only_a_choice(
    client: anthropic.Anthropic, stand_in: StandIn, continuation: str
) -> None:
    stand_in.answers(answer(continuation))

    with pytest.raises(ValueError, match="no choice"):
        choose(client)


def test_answer_choice_refuses_half_a_structured_answer(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    stand_in.answers(refusal(), answer('{"cho', stop_reason="max_tokens"))

    with pytest.raises(ValueError, match="Unterminated string"):
        choose(client)
