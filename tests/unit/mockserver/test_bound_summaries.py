"""Thinking around a compaction block, which stands for what was before it."""

from __future__ import annotations

from typing import Any

from mockserver.binding import preserved, unbound
from mockserver.prefix import CONTENT
from tests.unit.mockserver.bodies import conversation, read, text
from tests.unit.mockserver.bound import paths, replayed, thought


def compacted(block: dict[str, Any]) -> dict[str, Any]:
    """A conversation that was summed up in the answer that goes on with it."""
    value = replayed()
    answer = preserved(read(value), [block, thought("On"), text("Yes")])
    value["messages"] += conversation(("assistant", answer), ("user", "More"))
    return value


SUMMARY = {"type": "compaction", "content": "They talked about the weather."}


def test_what_is_before_a_compaction_block_may_be_left_out() -> None:
    value = compacted(SUMMARY)
    del value["messages"][:-2]

    assert paths(value) == []


def test_a_summary_may_not_be_edited() -> None:
    value = compacted(SUMMARY)
    value["messages"][-2]["content"][0]["content"] += " And more."

    [found] = unbound(read(value))

    assert found.place.path == "messages.5.content.1"
    assert found.change == CONTENT.format(path="messages.5.content.0")


def test_turns_kept_after_a_signed_summary_keep_their_thinking() -> None:
    value = replayed()
    value["messages"][:2] = conversation(("assistant", [{**SUMMARY, "signature": "c2ln"}]))

    assert paths(value) == []
    assert paths({**value, "system": "Be long"}) == ["messages.2.content.0"]
