"""Scripted replies as answers: what is given stays, what is left out is improvised."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.errors import ApiError
from mockserver.ids import Ids
from mockserver.replies.answer import Answer
from mockserver.replies.scripted import failure, scripted
from mockserver.scripts import reading
from mockserver.scripts.model import Failure
from mockserver.signing import is_original
from mockserver.tokens import text_tokens
from tests.unit.mockserver.bodies import TOOL, body, read

THINKS = {"thinking": {"type": "enabled", "budget_tokens": 1024}, "max_tokens": 4096}
WEATHER = {
    "name": "get_weather",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}


def answer(reply: Any, model: str = "claude-haiku-4-5", **changes: Any) -> Answer:
    request = read(body(model, **{"max_tokens": 1024, "tools": [WEATHER], **changes}))
    return scripted(request, reading.reply(reply), Ids(0, "key"), 0)


def cost(text: str) -> int:
    return text_tokens(text, read(body()).model.tokenizer)


def test_a_text_is_said() -> None:
    found = answer("Hello there")
    assert found == Answer(
        [{"type": "text", "text": "Hello there"}], output_tokens=cost("Hello there")
    )


def test_a_text_of_nothing_has_no_block() -> None:
    assert answer("") == Answer([], output_tokens=1)


def test_a_text_obeys_max_tokens_and_stop_sequences() -> None:
    long = "one two three four five six"
    cut = answer(long, max_tokens=3)
    assert (cut.stop_reason, cut.output_tokens) == ("max_tokens", 3)
    assert long.startswith(cut.blocks[0]["text"])
    stopped = answer(long, stop_sequences=["three"])
    assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", "three")
    assert stopped.blocks[0]["text"] == "one two "
    forced = answer({"text": long, "force": True}, max_tokens=3, stop_sequences=["three"])
    assert (forced.blocks[0]["text"], forced.stop_reason) == (long, "end_turn")


def test_a_tool_is_called_with_its_input_or_an_improvised_one() -> None:
    found = answer({"text": "Let me see.", "tool": "get_weather", "input": {"city": "Rome"}})
    words, call = found.blocks
    assert words == {"type": "text", "text": "Let me see."}
    assert list(call) == ["type", "id", "name", "input", "caller"]
    assert (call["name"], call["input"], found.stop_reason) == (
        *("get_weather", {"city": "Rome"}, "tool_use"),
    )
    assert call["id"].startswith("toolu_")
    (call,) = answer({"tool": "get_weather"}).blocks
    assert isinstance(call["input"]["city"], str)
    (call,) = answer({"tool": "get_weather"}, tools=[TOOL]).blocks
    assert call["input"] == {}


def test_thinking_comes_first_and_is_signed() -> None:
    found = answer({"text": "Yes", "thinking": "Hm"}, **THINKS)
    thought, said = found.blocks
    assert (thought["thinking"], said["text"]) == ("Hm", "Yes")
    assert is_original(0, thought["thinking"], thought["signature"])
    assert (found.thinking_tokens, found.output_tokens) == (cost("Hm"), cost("Hm") + cost("Yes"))


def test_thinking_is_improvised_where_it_is_asked_for() -> None:
    assert [b["type"] for b in answer("Yes", **THINKS).blocks] == ["thinking", "text"]
    assert [b["type"] for b in answer({"text": "Yes", "thinking": ""}, **THINKS).blocks] == ["text"]
    off = {"thinking": {"type": "disabled"}}
    assert [b["type"] for b in answer("Yes", **off).blocks] == ["text"]


def test_thinking_that_is_not_shown_is_counted() -> None:
    config = {"thinking": {"type": "enabled", "budget_tokens": 1024, "display": "omitted"}}
    found = answer({"thinking": "Hm", "text": "a"}, **{**THINKS, **config})
    assert found.blocks[0]["thinking"] == ""
    assert found.thinking_tokens == cost("Hm")


def test_thinking_alone_leaves_the_rest_to_improvisation() -> None:
    thought, said = answer({"thinking": "Hm"}, **THINKS).blocks
    assert thought["thinking"] == "Hm"
    assert "Hello" in said["text"]


def test_blocks_are_the_whole_content_and_get_what_they_lack() -> None:
    blocks = [
        {"type": "thinking", "thinking": "Hm"},
        {"type": "server_tool_use", "name": "web_search", "input": {"query": "a"}},
        {"type": "tool_use", "name": "get_weather", "input": {"city": "Rome"}, "id": "toolu_mine"},
        {"type": "text", "text": "a", "citations": None},
    ]
    thought, search, call, said = answer({"blocks": blocks}, **THINKS).blocks
    assert is_original(0, thought["thinking"], thought["signature"])
    assert search["id"].startswith("srvtoolu_")
    assert (call["id"], call["caller"]) == ("toolu_mine", {"type": "direct"})
    assert said == blocks[3]
    assert answer({"blocks": []}).blocks == []


def test_what_comes_after_a_cut_text_is_not_said() -> None:
    found = answer({"blocks": [{"type": "text", "text": "a b c d e"}, {"type": "text", "text": "f"}]}, max_tokens=2)  # fmt: skip
    assert (len(found.blocks), found.stop_reason) == (1, "max_tokens")
    none_left = answer({"blocks": [{"type": "text", "text": t} for t in ("a", "b")]}, max_tokens=1)
    assert [b["text"] for b in none_left.blocks] == ["a"]


def test_stop_reasons() -> None:
    cut = answer({"text": "Half an", "stop_reason": "max_tokens"}, max_tokens=500)
    assert (cut.stop_reason, cut.output_tokens) == ("max_tokens", 500)
    stopped = answer({"text": "a", "stop_sequence": "END"}, stop_sequences=["END"])
    assert (stopped.stop_reason, stopped.stop_sequence) == ("stop_sequence", "END")
    refused = answer({"stop_reason": "refusal"})
    assert refused == Answer(
        [],
        stop_reason="refusal",
        stop_details={"type": "refusal", "category": None, "explanation": None},
    )
    details = {"type": "refusal", "category": "cyber"}
    found = answer({"text": "No", "stop_reason": "refusal", "stop_details": details})
    assert found.stop_details == {"type": "refusal", "category": "cyber", "explanation": None}
    assert answer({"stop_reason": "pause_turn"}).stop_reason == "pause_turn"


def test_stop_reason_tool_use_alone_calls_the_first_tool() -> None:
    found = answer({"stop_reason": "tool_use"})
    assert (found.blocks[0]["name"], found.stop_reason) == ("get_weather", "tool_use")
    with pytest.raises(ApiError, match="the tool '' is not offered"):
        answer({"stop_reason": "tool_use"}, tools=[])


def test_usage_alone_leaves_all_to_improvisation() -> None:
    assert "Hello" in answer({"usage": {"input_tokens": 7}}).blocks[0]["text"]


def test_an_error_has_the_apis_words_or_its_own() -> None:
    overloaded = failure(Failure(529))
    assert (overloaded.status, overloaded.message) == (529, "Overloaded")
    own = failure(Failure(429, "Slow down", {"retry-after": "1"}, {"error_code": "x"}))
    assert (own.message, own.headers, own.details) == (
        *("Slow down", {"retry-after": "1"}, {"error_code": "x"}),
    )
    assert failure(Failure(418)).message == "The request failed"


@pytest.mark.parametrize(
    ("reply", "tool", "block"),
    [
        pytest.param(
            {"tool": "left_click", "input": {"coordinate": [1, 2]}},
            {"type": "computer_toolset_20260801"},
            ("left_click", {"coordinate": [1, 2]}, "computer"),
            id="member",
        ),
        pytest.param(
            {"tool": "find"},
            {"type": "browser_toolset_20260801"},
            ("find", {"query": "Hello"}, "browser"),
            id="improvised_member",
        ),
        pytest.param(
            {"tool": "memory"},
            {"type": "memory_20250818", "name": "memory"},
            ("memory", {"command": "view", "path": "/memories"}, None),
            id="improvised_command",
        ),
        pytest.param(
            {"stop_reason": "tool_use"},
            {"type": "computer_toolset_20260801"},
            ("screenshot", {}, "computer"),
            id="any_call",
        ),
    ],
)
def test_tools_of_anthropic_are_called(reply: Any, tool: Any, block: tuple[Any, ...]) -> None:
    off = {"type": "disabled"}
    (found,) = answer(reply, "claude-sonnet-5", tools=[tool], thinking=off).blocks
    assert (found["name"], found["input"], found.get("toolset_name")) == block


@pytest.mark.parametrize("reply", [{"tool": "left_click"}, {"stop_reason": "tool_use"}])
def test_a_call_needs_a_tool(reply: Any) -> None:
    with pytest.raises(ApiError, match="is not offered; offered: none"):
        answer(reply, tools=[])
