"""Thinking that the model can't read or that follows another conversation: what is told of it, and what is dropped."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.binding import dropped, mismatches, preserved, transformations
from mockserver.turns import BATCH_ITEM
from tests.unit.mockserver.bodies import body, conversation, read, text
from tests.unit.mockserver.bound import (
    NEW,
    OLD,
    asked,
    changed,
    controlled,
    made_by,
    replayed,
    thought,
)


@pytest.mark.parametrize(
    ("value", "roles", "expected"),
    [
        (controlled("drop_block"), set(), "thinking_dropped"),
        (controlled("error"), set(), "thinking_mismatch_allowed"),
        (changed("result"), set(), "thinking_mismatch_allowed"),
        (changed("result"), {BATCH_ITEM}, "thinking_dropped"),
        (controlled("error"), {BATCH_ITEM}, "thinking_mismatch_allowed"),
    ],
    ids=["dropped", "error_allowed", "allowed", "batch", "batch_error"],
)
def test_what_follows_another_conversation_is_told(
    value: dict[str, Any], roles: set[str], expected: str
) -> None:
    request = read(value)
    request.features = request.features._replace(roles=request.features.roles | roles)
    told = {"type": expected, "path": "messages.3.content.0", "reason": "prefix_binding_mismatch"}

    assert transformations(request) == [told]
    assert [block["thinking"] for block in dropped(request)] == (
        ["So"] if expected == "thinking_dropped" else []
    )


@pytest.mark.parametrize(
    "value",
    [replayed(), asked(), body(OLD, messages=conversation(("user", "Hi")))],
    ids=["unchanged", "no_thinking", "other_model"],
)
def test_nothing_is_told_of_a_conversation_that_is_the_same(value: dict[str, Any]) -> None:
    assert transformations(read(value)) == []


# docs: Preserved thinking, and the migration guides of the models; observed: claude-opus-5-5 to claude-sonnet-5 and
# to claude-opus-5
@pytest.mark.parametrize(
    ("maker", "reader", "is_read"),
    [
        ("claude-opus-5-5", "claude-opus-5-5", True),
        ("claude-opus-5-5", "claude-fable-5-1", True),
        ("claude-opus-5-5", "claude-mythos-5-1", True),
        ("claude-opus-5-5", "claude-opus-5", False),
        ("claude-opus-5-5", "claude-sonnet-5", False),
        ("claude-opus-5-5", "claude-sonnet-5-5", False),
        ("claude-opus-5", "claude-opus-5-5", True),
        ("claude-opus-5", "claude-fable-5-1", True),
        ("claude-opus-5", "claude-sonnet-5-5", False),
        ("claude-haiku-4-5", "claude-sonnet-5-5", True),
        ("claude-haiku-4-5", "claude-opus-5-5", True),
        ("claude-sonnet-5-5", "claude-opus-5-5", True),
        ("claude-fable-5", "claude-opus-5-5", False),
        ("claude-fable-5-1", "claude-opus-5", False),
        ("claude-fable-5-1", "claude-mythos-5-1", True),
        ("claude-fable-5-2", "claude-mythos-5-2", True),
        ("claude-fable-5-2", "claude-fable-5-1", False),
        ("claude-haiku-5-5", "claude-sonnet-5-5", True),
        ("claude-haiku-5-5", "claude-opus-5-5", True),
        ("claude-haiku-4-5", "claude-haiku-5-5", False),
        ("claude-sonnet-4-6", "claude-opus-4-6", False),
    ],
)
def test_a_model_reads_its_own_thinking_and_that_of_some_others(
    maker: str, reader: str, is_read: bool
) -> None:
    request = read(made_by(maker, reader))
    told = {
        "type": "thinking_dropped",
        "path": "messages.1.content.0",
        "reason": "model_binding_mismatch",
    }

    assert transformations(request) == ([] if is_read else [told])
    assert len(list(dropped(request))) == (0 if is_read else 1)


def test_thinking_that_cannot_be_read_is_not_told_to_follow_another_conversation() -> None:
    request = read(made_by("claude-opus-5-5", "claude-sonnet-5-5", system="Be brief"))

    assert [found.reason for found in mismatches(request)] == ["model_binding_mismatch"]


def test_thinking_stays_valid_after_some_that_could_not_be_read() -> None:
    value = made_by("claude-fable-5-1", NEW)
    answer = preserved(read(value), [thought("So"), text("Yes")])
    value["messages"] += conversation(("assistant", answer), ("user", "Thanks"))

    assert [found.reason for found in mismatches(read(value))] == ["model_binding_mismatch"]
