from __future__ import annotations

from typing import Any

import anthropic
import pytest

from clients.conversation import Conversation
from clients.streaming import BrokenStreamError
from tests.clients.bodies import (
    Block,
    answer,
    block_events,
    ended,
    failure,
    started,
    stream,
    streamed,
    text,
    text_events,
    tool_use,
)
from tests.clients.stand_in import StandIn

THINKING = {"type": "thinking", "thinking": "", "signature": "c2lnbmVk"}


def last_turns(stand_in: StandIn) -> list[Any]:
    turns = stand_in.received[-1].json["messages"]
    assert isinstance(turns, list)
    return turns


def user(words: str) -> Block:
    return {"role": "user", "content": words}


def assistant(*content: Block) -> Block:
    return {"role": "assistant", "content": list(content)}


def test_say_resends_the_whole_history(client: anthropic.Anthropic, stand_in: StandIn) -> None:
    conversation = Conversation(client)
    stand_in.answers(answer("Paris."), answer("Two million."), answer("Yes."))

    conversation.say("Capital of France?")
    conversation.say("Its population?")
    conversation.say("Sure?")

    assert last_turns(stand_in) == [
        user("Capital of France?"),
        assistant(text("Paris.")),
        user("Its population?"),
        assistant(text("Two million.")),
        user("Sure?"),
    ]


def test_say_sends_the_system_prompt_each_time(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    conversation = Conversation(client, system="Be brief.")
    stand_in.answers(answer("One."), answer("Two."))

    conversation.say("1?")
    conversation.say("2?")

    assert [request.json["system"] for request in stand_in.received] == ["Be brief."] * 2


def test_history_keeps_every_block_of_an_answer(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    call = tool_use("weather", {"city": "Paris"})
    result = {"type": "tool_result", "tool_use_id": "toolu_01", "content": "Rain."}
    conversation = Conversation(client)
    stand_in.answers(answer(THINKING, "Let me look.", call, stop_reason="tool_use"), answer("Wet."))

    conversation.say("Weather?")
    conversation.say([{"type": "tool_result", "tool_use_id": "toolu_01", "content": "Rain."}])

    assert last_turns(stand_in) == [
        user("Weather?"),
        assistant(THINKING, text("Let me look."), call),
        {"role": "user", "content": [result]},
    ]


def test_streamed_and_whole_answers_enter_the_history_alike(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    pieces: list[str] = []
    thinking = block_events(
        {"type": "thinking", "thinking": "", "signature": ""},
        {"type": "signature_delta", "signature": "c2lnbmVk"},
    )
    conversation = Conversation(client)
    stand_in.answers(
        stream(started(), *thinking, *text_events("Par", "is.", index=1), *ended()),
        answer("Two million."),
    )

    conversation.say("Capital of France?", on_text=pieces.append)
    conversation.say("Its population?")

    assert pieces == ["Par", "is."]
    assert last_turns(stand_in)[1] == assistant(THINKING, text("Paris."))


@pytest.mark.parametrize("opening", [[], [user("Tell me about Rome.")]])
def test_synthetic_assistant_turns_are_sent_even_as_the_first(
    client: anthropic.Anthropic, stand_in: StandIn, opening: list[Any]
) -> None:
    conversation = Conversation(client, turns=opening)
    conversation.pretend("Let me focus on engineering.")
    stand_in.answers(answer("Aqueducts."))

    conversation.say("What was most impressive?")

    assert last_turns(stand_in) == [
        *opening,
        {"role": "assistant", "content": "Let me focus on engineering."},
        user("What was most impressive?"),
    ]


@pytest.mark.parametrize(
    "content",
    [pytest.param([], id="no_block"), pytest.param([text("\n")], id="blank_block")],
)
def test_history_leaves_out_what_the_api_would_refuse(
    client: anthropic.Anthropic, stand_in: StandIn, content: list[Block]
) -> None:
    conversation = Conversation(client)
    stand_in.answers(answer(*content), answer("Paris."))

    conversation.say("Say nothing.")
    conversation.say("Capital of France?")

    assert last_turns(stand_in) == [user("Say nothing."), user("Capital of France?")]


def test_refused_question_leaves_the_history_as_it_was(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    conversation = Conversation(client)
    stand_in.answers(answer(stop_reason="refusal"))

    conversation.say("Something refused")

    assert conversation.turns == ()


def test_failed_question_leaves_the_history_as_it_was(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    conversation = Conversation(client)
    stand_in.answers(failure(529, "overloaded_error", "Overloaded"), streamed("Par"))
    stand_in.answers(stream(started(), *text_events("Par")))

    with pytest.raises(anthropic.APIStatusError, match="Overloaded"):
        conversation.say("Capital of France?")
    conversation.say("Capital of France?", on_text=len)
    with pytest.raises(BrokenStreamError):
        conversation.say("Its population?", on_text=len)

    assert [turn["role"] for turn in conversation.turns] == ["user", "assistant"]
