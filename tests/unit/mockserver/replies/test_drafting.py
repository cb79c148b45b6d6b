"""Drafts: nothing comes after the end, and the end has one reason."""

from __future__ import annotations

import pytest

from mockserver.ids import Ids
from mockserver.replies.drafting import CALL_TOKENS, Draft
from tests.unit.mockserver.bodies import body, read, text


def draft(budget: int = 100) -> Draft:
    return Draft(read(body()), Ids(0, "key"), 0, budget, "max_tokens")


def test_what_ended_an_answer_first_has_ended_it() -> None:
    made = draft()
    made.end("stop_sequence", "x")
    made.end("end_turn")
    assert (made.answer.stop_reason, made.answer.stop_sequence) == ("stop_sequence", "x")


def test_nothing_comes_after_the_end() -> None:
    made = draft()
    made.end("end_turn")
    made.say("Hello")
    assert made.call("tool_use", "toolu", "x", {}, {}) is None
    assert made.answer.blocks == []


def test_a_text_without_a_token_left_ends_the_answer() -> None:
    made = draft(1)
    made.say("Hello")
    made.say("World")
    assert made.answer.blocks == [text("Hello")]
    assert (made.answer.stop_reason, made.answer.output_tokens) == ("max_tokens", 1)


def test_a_text_is_cut_at_the_last_token() -> None:
    made = draft(1)
    made.say("Hello, world and all who are in it")
    assert (made.is_over, made.answer.stop_reason) == (True, "max_tokens")


@pytest.mark.parametrize(("budget", "kept"), [(CALL_TOKENS + 1, {}), (100, {"a": "b"})])
def test_a_call_is_given_back_if_it_is_whole(budget: int, kept: dict[str, str]) -> None:
    made = draft(budget)
    block = made.call("tool_use", "toolu", "x", {"a": "b"}, {})
    assert made.answer.blocks[0]["input"] == kept
    assert (block is not None) is bool(kept)
