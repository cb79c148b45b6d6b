"""Streams put together again."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.assembly import assembled

START = {"type": "message_start", "message": {"content": [], "usage": {"output_tokens": 1}}}
END = {
    "type": "message_delta",
    "delta": {"stop_reason": "end_turn"},
    "usage": {"output_tokens": 9},
    "context_management": None,
}


def block(start: dict[str, Any], *deltas: dict[str, Any]) -> dict[str, Any]:
    events: list[dict[str, Any]] = [
        START,
        {"type": "ping"},
        {"type": "content_block_start", "index": 0, "content_block": start},
        *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": 0},
        END,
    ]
    found: dict[str, Any] = assembled(events)["content"][0]
    return found


@pytest.mark.parametrize(
    ("start", "deltas", "whole"),
    [
        pytest.param(
            {"type": "text", "text": ""},
            [
                {"type": "text_delta", "text": "a"},
                {"type": "citations_delta", "citation": 1},
                {"type": "citations_delta", "citation": 2},
                {"type": "text_delta", "text": "b"},
            ],
            {"type": "text", "text": "ab", "citations": [1, 2]},
            id="text",
        ),
        pytest.param(
            {"type": "thinking", "thinking": "", "signature": ""},
            [
                {"type": "thinking_delta", "thinking": "hm"},
                {"type": "signature_delta", "signature": "s"},
            ],
            {"type": "thinking", "thinking": "hm", "signature": "s"},
            id="thinking",
        ),
        pytest.param(
            {"type": "tool_use", "input": {}},
            [
                {"type": "input_json_delta", "partial_json": '{"a"'},
                {"type": "input_json_delta", "partial_json": ":1}"},
            ],
            {"type": "tool_use", "input": {"a": 1}},
            id="input",
        ),
        pytest.param(
            {"type": "tool_use", "input": {}},
            [{"type": "input_json_delta", "partial_json": ""}],
            {"type": "tool_use", "input": {}},
            id="no_input",
        ),
        pytest.param(
            {"type": "compaction", "content": None},
            [{"type": "compaction_delta", "content": "x"}],
            {"type": "compaction", "content": "x"},
            id="other",
        ),
    ],
)
def test_block(start: dict[str, Any], deltas: list[dict[str, Any]], whole: dict[str, Any]) -> None:
    assert block(start, *deltas) == whole


def test_message_has_its_end() -> None:
    assert assembled([START, END, {"type": "message_stop"}]) == {
        "content": [],
        "stop_reason": "end_turn",
        "usage": {"output_tokens": 9},
        "context_management": None,
    }


def test_nothing_is_no_message() -> None:
    with pytest.raises(ValueError, match="no message_start"):
        assembled([])
