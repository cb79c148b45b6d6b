"""Streams as the messages that they tell."""

from __future__ import annotations

from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from mockserver.cassettes.assembling import assembled, events
from mockserver.streaming import framed, frames

MESSAGE = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude-opus-4-6",
    "content": [
        {"type": "thinking", "thinking": "Let me think about it.", "signature": "c2lnbmF0dXJl"},
        {
            "type": "text",
            "text": "Cited text.",
            "citations": [{"type": "char_location", "cited_text": "a"}],
        },
        {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {"city": "Paris"}},
        {"type": "tool_use", "id": "toolu_2", "name": "g", "input": {}},
        {"type": "redacted_thinking", "data": "abc"},
    ],
    "stop_reason": "tool_use",
    "stop_sequence": None,
    "stop_details": None,
    "container": None,
    "usage": {"input_tokens": 5, "output_tokens": 9},
}


def test_stream_of_the_server_tells_its_message() -> None:
    texts = [frame.decode() for frame in frames(framed(MESSAGE, 0))]
    told = assembled(events(texts))
    assert told["content"] == MESSAGE["content"]
    assert told["stop_reason"] == "tool_use"
    assert told["usage"]["output_tokens"] == 9


def test_broken_input_stays_a_text_and_other_events_are_passed_over() -> None:
    told = [
        {"type": "message_start", "message": {"content": [], "usage": {}}},
        {
            "type": "content_block_start",
            "index": 0,
            "content_block": {"type": "tool_use", "input": {}},
        },
        {
            "type": "content_block_delta",
            "delta": {"type": "input_json_delta", "partial_json": '{"a'},
        },
        {"type": "content_block_stop", "index": 0},
        {"type": "unknown"},
    ]
    texts = [f"event: x\ndata: {orjson.dumps(event).decode()}\n\n" for event in told]
    message = assembled(events([": comment\n\n", "data: 1\n\n", *texts]))
    assert message["content"] == [{"type": "tool_use", "input": '{"a'}]


def test_error_is_what_is_told() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    assert assembled([{"type": "message_start", "message": {"content": []}}, error]) == error


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists)
KINDS = (
    *("message_start", "message_delta", "content_block_start", "content_block_delta"),
    *("content_block_stop", "ping", "another"),
)
PARTS = st.fixed_dictionaries(
    {},
    optional={
        "content": JSON,
        "usage": JSON,
        "text": JSON,
        "partial_json": JSON,
        "citation": JSON,
        "input": JSON,
    },
)
EVENT = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS)},
    optional=dict.fromkeys(("message", "delta", "content_block", "usage"), PARTS | JSON),
)


@given(st.lists(EVENT))
def test_whatever_events_there_are_a_message_is_told(told: list[dict[str, Any]]) -> None:
    assert isinstance(assembled(told), dict)


def test_an_event_that_does_not_fit_is_passed_over() -> None:
    start, *rest = list(events(frame.decode() for frame in frames(framed(MESSAGE, 0))))
    lost = [event for event in rest if event["type"] != "content_block_start"]
    assert assembled(rest)["stop_reason"] == "tool_use"
    assert assembled([start, *lost])["content"] == []
