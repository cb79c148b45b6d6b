"""Notes between calls of tools: where they stand, what of them is shown, and on which models."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.replies.answer import Answer
from mockserver.replies.thinking import NOTE, THOUGHT
from tests.unit.mockserver.bodies import TOOL, call, result
from tests.unit.mockserver.replies.judging import judged, kinds

NEW, SONNET = "claude-opus-5-5", "claude-sonnet-5-5"
BETWEEN = {"type": "between_tools"}
SECOND = {**TOOL, "name": "get_time"}
BEGUN = (
    ("user", "First use get_weather for Oslo, then use get_time for Oslo."),
    ("assistant", [call()]),
    ("user", [result()]),
)


def shown(display: str) -> dict[str, str]:
    return {"type": "adaptive", "display": display}


def answer(model: str, thinking: Any = None, turns: int = len(BEGUN), **more: Any) -> Answer:
    asked = {} if thinking is None else {"thinking": thinking}
    asked = {"tools": [TOOL, SECOND], "max_tokens": 2000, **asked, **more}
    return judged(*BEGUN[:turns], model=model, **asked)


def thoughts(found: Answer) -> list[str]:
    return [block["thinking"] for block in found.blocks if block["type"] == "thinking"]


@pytest.mark.parametrize(
    ("model", "thinking", "expected"),
    [
        (NEW, None, ["", ""]),
        (NEW, shown("omitted"), ["", ""]),
        (NEW, shown("updates"), ["", NOTE]),
        (NEW, shown("summarized"), [THOUGHT, NOTE]),
        (SONNET, BETWEEN, [NOTE]),
        ("claude-opus-5", shown("summarized"), [THOUGHT]),
    ],
)
def test_a_note_comes_right_before_the_next_call(
    model: str, thinking: Any, expected: list[str]
) -> None:
    found = answer(model, thinking)

    assert thoughts(found) == expected
    assert kinds(found)[-1] == "tool_use"
    if NOTE in expected:
        assert kinds(found)[-2:] == ["thinking", "tool_use"]


@pytest.mark.parametrize(("model", "thinking"), [(NEW, shown("updates")), (SONNET, BETWEEN)])
def test_there_is_no_note_before_the_first_call(model: str, thinking: Any) -> None:
    found = answer(model, thinking, turns=1)

    assert NOTE not in thoughts(found)
    assert kinds(found)[-2:] == ["text", "tool_use"]


def test_a_note_counts_as_thinking() -> None:
    plain, noted = answer("claude-opus-5", shown("omitted")), answer(NEW, shown("omitted"))

    assert noted.thinking_tokens > plain.thinking_tokens


def test_there_is_no_note_where_the_thinking_took_all_tokens() -> None:
    found = answer(NEW, shown("updates"), max_tokens=3)

    assert thoughts(found) == [""]
    assert found.stop_reason == "max_tokens"
