"""Answers that nobody scripted: deterministic, quoting, within what was asked for."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from PIL import Image

from mockserver.ids import Ids
from mockserver.replies.answer import Answer
from mockserver.replies.improvise import improvised
from mockserver.replies.thinking import THOUGHT
from mockserver.signing import is_original
from mockserver.tokens import text_tokens
from tests.unit.mockserver.bodies import TOOL, body, call, conversation, read, result, text

NEW = "claude-opus-5"
WEATHER = {
    "name": "get_weather",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 1}},
        "required": ["city", "days"],
    },
}
SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


def answer(seed: int = 0, **changes: Any) -> Answer:
    model = changes.pop("model", "claude-haiku-4-5")
    return improvised(read(body(model, **{"max_tokens": 1024, **changes})), Ids(seed, "key"), seed)


def said(*turns: tuple[str, Any], **more: Any) -> str:
    (block,) = answer(messages=conversation(*turns), **more).blocks
    assert list(block) == ["type", "text"]
    return str(block["text"])


ASK = ("user", "Hello")


def test_an_answer_names_the_turn_and_quotes_the_user() -> None:
    assert said(ASK) == "This is turn 1 of a mock conversation. You said: Hello"
    later = said(ASK, ("assistant", "Hi"), ("user", [text("How"), text("are you?")]))
    assert later == "This is turn 2 of a mock conversation. You said: How\nare you?"


def test_an_answer_is_complete_by_itself() -> None:
    found = answer()
    assert (found.stop_reason, found.stop_sequence, found.stop_details) == ("end_turn", None, None)
    assert found.output_tokens == text_tokens(found.blocks[0]["text"])


@given(st.text(min_size=1), st.integers(0, 9))
def test_an_answer_repeats(words: str, seed: int) -> None:
    asked = {"messages": conversation(("user", words)), "seed": seed}
    assert answer(**asked) == answer(**asked)


def test_an_answer_quotes_tool_results() -> None:
    turns = (ASK, ("assistant", [call("a"), call("b"), call("c")]))
    results = [
        result("a", content="sunny"),
        result("b"),
        result("c", content=[text("21"), text("degrees")]),
        text("Well?"),
    ]
    assert said(*turns, ("user", results), tools=[TOOL]) == (
        "This is turn 2 of a mock conversation. You said: Well? The tool returned: sunny "
        "The tool returned: nothing The tool returned: 21\ndegrees"
    )


def picture(width: int, height: int) -> dict[str, Any]:
    file = io.BytesIO()
    Image.new("RGB", (width, height)).save(file, "PNG")
    data = base64.b64encode(file.getvalue()).decode()
    return {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": data}}


def test_an_answer_names_images() -> None:
    assert said(("user", [picture(31, 17)])) == (
        "This is turn 1 of a mock conversation. I see 1 image: image/png of 31x17."
    )
    linked = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
    assert said(("user", [picture(2, 3), linked, text("?")])) == (
        "This is turn 1 of a mock conversation. You said: ? I see 2 images: image/png of 2x3, one behind a URL."
    )


@pytest.mark.parametrize(
    ("prefill", "start"),
    [
        pytest.param("The answer is", " This is turn 1", id="word"),
        *(
            pytest.param(f"The answer is {mark}", "This is turn 1", id=f"open_{number}")
            for number, mark in enumerate("([{\"'“`/-")
        ),
    ],
)
def test_a_continuation_brings_its_own_space(prefill: str, start: str) -> None:
    assert said(ASK, ("assistant", prefill)).startswith(start)


def test_an_answer_without_a_question() -> None:
    assert said(("assistant", "So")) == " This is turn 1 of a mock conversation."


def test_a_continuation_is_of_the_same_turn() -> None:
    assert said(ASK, ("assistant", "Hi"), ASK, ("assistant", "So")).startswith(" This is turn 2 of")


QUESTION = "What is latin for ant? (A) Apoidea, (B) Rhopalocera, (C) Formicidae"


def test_a_multiple_choice_is_answered_with_a_letter() -> None:
    turns = (("user", QUESTION), ("assistant", "The answer is ("))
    found = answer(messages=conversation(*turns), max_tokens=1)
    (block,) = found.blocks
    assert block["text"] in ("A", "B", "C")
    assert found.output_tokens == 1


def test_a_question_without_choices_is_cut_at_one_token() -> None:
    found = answer(max_tokens=1)
    assert (found.blocks[0]["text"], found.output_tokens) == ("This", 1)
    assert found.stop_reason == "max_tokens"


@pytest.mark.parametrize("budget", [1, 2, 5, 10])
def test_an_answer_stays_within_max_tokens(budget: int) -> None:
    found = answer(max_tokens=budget)
    assert (found.stop_reason, found.output_tokens) == ("max_tokens", budget)
    assert text_tokens(found.blocks[0]["text"]) <= budget


def test_a_warm_up_answers_nothing() -> None:
    assert answer(max_tokens=0) == Answer([], "max_tokens")


def test_an_answer_stops_at_a_stop_sequence() -> None:
    found = answer(stop_sequences=["mock"])
    assert found.blocks == [text("This is turn 1 of a ")]
    assert (found.stop_reason, found.stop_sequence) == ("stop_sequence", "mock")


def test_an_answer_of_nothing_has_no_block() -> None:
    found = answer(stop_sequences=["This"])
    assert found.blocks == []
    assert (found.stop_sequence, found.output_tokens) == ("This", 1)


def test_an_empty_stop_sequence_ends_an_answer_where_no_rule_refuses_it() -> None:
    found = answer(stop_sequences=["X", ""])
    assert (found.blocks, found.stop_reason, found.stop_sequence) == ([], "stop_sequence", "")


def test_max_tokens_win_over_a_later_stop_sequence() -> None:
    found = answer(stop_sequences=["Hello"], max_tokens=2)
    assert (found.stop_reason, found.stop_sequence) == ("max_tokens", None)


@pytest.mark.parametrize("choice", [{"type": "any"}, {"type": "tool", "name": "get_weather"}])
def test_a_forced_tool_is_called_with_valid_input(choice: dict[str, Any]) -> None:
    found = answer(tools=[WEATHER, {**TOOL, "name": "other"}], tool_choice=choice)
    (block,) = found.blocks
    assert list(block) == ["type", "id", "name", "input", "caller"]
    assert block["id"].startswith("toolu_01")
    assert block["name"] == "get_weather"
    assert block["caller"] == {"type": "direct"}
    Draft202012Validator(WEATHER["input_schema"]).validate(block["input"])
    assert (found.stop_reason, found.stop_sequence) == ("tool_use", None)
    assert found.output_tokens > 12


def test_the_named_tool_is_called() -> None:
    choice = {"type": "tool", "name": "other"}
    (block,) = answer(tools=[WEATHER, {**TOOL, "name": "other"}], tool_choice=choice).blocks
    assert (block["name"], block["input"]) == ("other", {})


def test_a_tool_that_the_client_runs_is_called_before_others() -> None:
    search = {"type": "web_search_20250305", "name": "web_search"}
    called = answer(tools=[search, TOOL], tool_choice={"type": "any"})
    assert called.blocks[-1]["name"] == TOOL["name"]


def test_a_toolset_alone_is_called() -> None:
    toolset = {"type": "computer_toolset_20260801"}
    (block,) = answer(tools=[toolset], tool_choice={"type": "any"}).blocks
    assert list(block) == ["type", "id", "name", "input", "toolset_name", "caller"]
    assert (block["name"], block["toolset_name"]) == ("screenshot", "computer")


def test_offered_tools_need_not_be_called() -> None:
    assert answer(tools=[WEATHER]).stop_reason == "end_turn"


def test_a_structured_answer_is_valid() -> None:
    config = {"format": {"type": "json_schema", "schema": SCHEMA}}
    (block,) = answer(model=NEW, output_config=config).blocks
    Draft202012Validator(SCHEMA).validate(json.loads(block["text"]))


ENABLED = {"type": "enabled", "budget_tokens": 1024}


@pytest.mark.parametrize(
    ("model", "config", "shown"),
    [
        ("claude-haiku-4-5", ENABLED, THOUGHT),
        ("claude-opus-4-6", {"type": "adaptive"}, THOUGHT),
        (NEW, {"type": "adaptive"}, ""),
        (NEW, {"type": "adaptive", "display": "summarized"}, THOUGHT),
        ("claude-haiku-4-5", {**ENABLED, "display": "omitted"}, ""),
    ],
)
def test_thinking_that_was_asked_for_comes_first(
    model: str, config: dict[str, Any], shown: str
) -> None:
    found = answer(seed=3, model=model, thinking=config, max_tokens=2048)
    thinking, spoken = found.blocks
    assert list(thinking) == ["type", "thinking", "signature"]
    assert thinking["thinking"] == shown
    assert is_original(3, shown, thinking["signature"])
    assert spoken["type"] == "text"
    assert 0 < found.thinking_tokens < found.output_tokens


@pytest.mark.parametrize("config", [None, {"type": "disabled"}])
def test_no_thinking_without_being_asked(config: dict[str, Any] | None) -> None:
    more = {} if config is None else {"thinking": config}
    assert [block["type"] for block in answer(model=NEW, **more).blocks] == ["text"]


def test_thinking_counts_towards_max_tokens() -> None:
    found = answer(model=NEW, thinking={"type": "adaptive"}, max_tokens=3)
    assert [block["type"] for block in found.blocks] == ["thinking"]
    assert (found.stop_reason, found.output_tokens, found.thinking_tokens) == ("max_tokens", 3, 3)


def test_a_forced_call_has_no_thinking() -> None:
    found = answer(
        model=NEW, thinking={"type": "adaptive"}, tools=[TOOL], tool_choice={"type": "any"}
    )
    assert [block["type"] for block in found.blocks] == ["tool_use"]
