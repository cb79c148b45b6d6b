from __future__ import annotations

from typing import Any

import anthropic
import pytest
from anthropic.types.message_create_params import MessageCreateParamsBase

from clients import stop_reasons
from clients.outcomes import Finished, Interrupted, Refused, Truncated
from tests.clients.bodies import (
    answer,
    failure,
    started,
    stream,
    streamed,
    text,
    text_events,
    tool_use,
)
from tests.clients.stand_in import Reply, StandIn

QUESTION = {"role": "user", "content": "How many words are in 'to be or not to be'?"}
REQUEST: MessageCreateParamsBase = {
    "model": "claude-opus-4-7",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "How many words are in 'to be or not to be'?"}],
    "tools": [stop_reasons.WORD_COUNT],
}
TOOLBOX = {"word_count": stop_reasons.word_count}
COUNT = tool_use("word_count", {"text": "to be or not to be"})


def bodies(stand_in: StandIn) -> list[Any]:
    return [request.json for request in stand_in.received]


def budgets(stand_in: StandIn) -> list[int]:
    return [body["max_tokens"] for body in bodies(stand_in)]


def cut_stream() -> Reply:
    return stream(started(), *text_events("Si"))


def test_end_turn_is_the_answer(client: anthropic.Anthropic, stand_in: StandIn) -> None:
    stand_in.answers(answer("Six."))

    assert stop_reasons.answer(client, REQUEST) == Finished("Six.")


def test_stop_sequence_is_the_answer_and_names_itself(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    stand_in.answers(answer("Six", stop_reason="stop_sequence", stop_sequence="."))

    assert stop_reasons.answer(client, REQUEST) == Finished("Six", ".")


def test_max_tokens_raises_the_budget_and_asks_again(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    stand_in.answers(*[answer("Si", stop_reason="max_tokens")] * 2, answer("Six."))

    assert stop_reasons.answer(client, REQUEST, ceiling=300) == Finished("Six.")
    assert budgets(stand_in) == [100, 200, 300]
    assert bodies(stand_in)[-1]["messages"] == [QUESTION]


def test_max_tokens_at_the_ceiling_is_truncation(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    stand_in.answers(*[answer("Si", stop_reason="max_tokens")] * 2)

    outcome = stop_reasons.answer(client, REQUEST, ceiling=150)

    assert isinstance(outcome, Truncated)
    assert (outcome.text, outcome.limit) == ("Si", "max_tokens")
    assert budgets(stand_in) == [100, 150]


def test_full_context_window_is_truncation_at_once(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    stand_in.answers(answer("Si", stop_reason="model_context_window_exceeded"))

    outcome = stop_reasons.answer(client, REQUEST)

    assert isinstance(outcome, Truncated)
    assert (outcome.text, outcome.limit) == ("Si", "model_context_window_exceeded")


@pytest.mark.parametrize(
    ("content", "beginning"),
    [
        pytest.param(["Si "], [{"role": "assistant", "content": "Si"}], id="after_text"),
        pytest.param([COUNT], [], id="after_a_call_cut_off"),
    ],
)
def test_follow_up_asks_for_the_rest(
    client: anthropic.Anthropic, stand_in: StandIn, content: list[Any], beginning: list[Any]
) -> None:
    stand_in.answers(answer(*content, stop_reason="max_tokens"), answer("x."))

    outcome = stop_reasons.answer(client, REQUEST, ceiling=100)
    assert isinstance(outcome, Truncated)
    rest = stop_reasons.answer(client, stop_reasons.follow_up(REQUEST, outcome))

    assert rest == Finished("x.")
    messages = bodies(stand_in)[-1]["messages"]
    assert messages[:-1] == [QUESTION, *beginning]
    assert messages[-1]["role"] == "user"


def test_tool_use_runs_the_tool_and_goes_on(client: anthropic.Anthropic, stand_in: StandIn) -> None:
    stand_in.answers(answer("Let me count.", COUNT, stop_reason="tool_use"), answer("Six."))

    assert stop_reasons.answer(client, REQUEST, toolbox=TOOLBOX) == Finished("Six.")
    result = {
        "type": "tool_result",
        "tool_use_id": "toolu_01",
        "content": "6",
        "is_error": False,
    }
    assert bodies(stand_in)[-1]["messages"] == [
        QUESTION,
        {"role": "assistant", "content": [text("Let me count."), COUNT]},
        {"role": "user", "content": [result]},
    ]


def test_tool_use_without_a_toolbox_tells_the_model(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    stand_in.answers(answer(COUNT, stop_reason="tool_use"), answer("I can't count."))

    assert stop_reasons.answer(client, REQUEST) == Finished("I can't count.")
    assert bodies(stand_in)[-1]["messages"][-1]["content"][0]["is_error"] is True


def test_model_that_never_stops_calling_runs_out_of_rounds(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    stand_in.answers(*[answer(COUNT, stop_reason="tool_use")] * 3)

    outcome = stop_reasons.answer(client, REQUEST, toolbox=TOOLBOX, rounds=3)

    assert isinstance(outcome, Truncated)
    assert outcome.limit == "rounds"
    assert len(outcome.turns) == 1 + 3 * 2


def test_pause_turn_sends_the_answer_back_as_it_is(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    search = {
        "type": "server_tool_use",
        "id": "srvtoolu_01",
        "name": "web_search",
        "input": {"query": "Hamlet"},
    }
    stand_in.answers(answer("It is ", search, stop_reason="pause_turn"), answer("six."))

    assert stop_reasons.answer(client, REQUEST) == Finished("It is six.")
    second = bodies(stand_in)[1]
    assert second["messages"] == [
        QUESTION,
        {"role": "assistant", "content": [text("It is "), search]},
    ]
    assert second["tools"] == REQUEST["tools"]


@pytest.mark.parametrize(
    ("details", "expected"),
    [
        pytest.param(
            {"type": "refusal", "category": "cyber", "explanation": "No malware."},
            Refused("cyber", "No malware."),
            id="category",
        ),
        pytest.param(
            {"type": "refusal", "category": None, "explanation": None},
            Refused(None, None),
            id="no_category",
        ),
        pytest.param(None, Refused(None, None), id="no_details"),
    ],
)
@pytest.mark.parametrize("is_streamed", [False, True])
def test_refusal_is_an_outcome_of_its_own(
    client: anthropic.Anthropic,
    stand_in: StandIn,
    details: dict[str, Any] | None,
    expected: Refused,
    is_streamed: bool,
) -> None:
    if is_streamed:
        stand_in.answers(streamed("Well", stop_reason="refusal", stop_details=details))
    else:
        stand_in.answers(answer(stop_reason="refusal", stop_details=details))

    assert stop_reasons.answer(client, REQUEST, stream=is_streamed) == expected


@pytest.mark.parametrize("reason", ["compaction", None])
def test_unknown_stop_reason_is_not_taken_for_an_end(
    client: anthropic.Anthropic, stand_in: StandIn, reason: str | None
) -> None:
    stand_in.answers(answer("Si", stop_reason=reason))

    with pytest.raises(stop_reasons.UnknownStopReasonError, match=repr(reason)):
        stop_reasons.answer(client, REQUEST)


def test_broken_stream_is_asked_for_again(client: anthropic.Anthropic, stand_in: StandIn) -> None:
    stand_in.answers(cut_stream(), streamed("Six."))

    assert stop_reasons.answer(client, REQUEST, stream=True) == Finished("Six.")
    first, second = bodies(stand_in)
    assert first == second


def test_stream_that_breaks_again_is_interrupted(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    stand_in.answers(cut_stream(), cut_stream())

    outcome = stop_reasons.answer(client, REQUEST, stream=True)

    assert outcome == Interrupted("Si", "it ended too early")


def test_error_status_is_raised_not_turned_into_an_outcome(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    stand_in.answers(failure(529, "overloaded_error", "Overloaded"))

    with pytest.raises(anthropic.APIStatusError, match="Overloaded"):
        stop_reasons.answer(client, REQUEST, stream=True)
