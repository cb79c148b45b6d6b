"""Answers as the live API gives them today, to be spoilt by one edit at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]
REQUEST_ID = "req_011CSZ9vSpZLrRWFouS5LoMX"


def usage(**changes: Any) -> Json:
    return {
        "input_tokens": 12,
        "cache_creation_input_tokens": 30,
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20},
        "output_tokens": 6,
        "service_tier": "standard",
        "inference_geo": "global",
        **changes,
    }


def message(**changes: Any) -> Json:
    """A complete message with one text block."""
    return {
        "model": "claude-sonnet-5-5",
        "id": "msg_011CbVS2BRMA1w1eXjbVnrmj",
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": "Hello!"}],
        "container": None,
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "stop_details": None,
        "usage": usage(),
        "diagnostics": None,
        **changes,
    }


def tool_use(**changes: Any) -> Json:
    return {
        "type": "tool_use",
        "id": "toolu_019P95AL5DFCUyhtgQDcWJ3x",
        "name": "get_weather",
        "input": {"location": "Paris"},
        "caller": {"type": "direct"},
        **changes,
    }


def started(**changes: Any) -> Json:
    empty: Json = {"content": [], "stop_reason": None, **changes}
    return {"type": "message_start", "message": message(**empty)}


def block(index: int, start: Json, *deltas: Json) -> list[Json]:
    """The events of one content block."""
    return [
        {"type": "content_block_start", "index": index, "content_block": start},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def text_block(index: int = 0) -> list[Json]:
    return block(index, {"type": "text", "text": ""}, {"type": "text_delta", "text": "Hello!"})


def input_delta(partial_json: str) -> Json:
    return {"type": "input_json_delta", "partial_json": partial_json}


def tool_block(index: int, *fragments: str) -> list[Json]:
    return block(index, tool_use(input={}), *(input_delta(text) for text in fragments))


THINKING: Json = {"type": "thinking", "thinking": "", "signature": ""}
SIGNATURE: Json = {"type": "signature_delta", "signature": "c2ln"}


def thought(text: str) -> Json:
    return {"type": "thinking_delta", "thinking": text}


def delta(**changes: Any) -> Json:
    return {
        "type": "message_delta",
        "delta": {
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "stop_details": None,
            "container": None,
            **changes,
        },
        "usage": {
            "input_tokens": 12,
            "cache_creation_input_tokens": 30,
            "cache_read_input_tokens": 0,
            "output_tokens": 6,
        },
    }


PING: Json = {"type": "ping"}
STOPPED: Json = {"type": "message_stop"}
OVERLOADED: Json = {
    "type": "error",
    "error": {"details": None, "type": "overloaded_error", "message": "Overloaded"},
    "request_id": REQUEST_ID,
}


def wire(events: Sequence[Json]) -> bytes:
    """The bytes of a stream."""
    return b"".join(
        f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode() for event in events
    )


def error_body(kind: str = "invalid_request_error", **changes: Any) -> Json:
    error = {"type": kind, "message": "max_tokens: Field required", **changes}
    return {"type": "error", "error": error, "request_id": REQUEST_ID}


def error_headers(**changes: str | None) -> dict[str, str]:
    headers: dict[str, str | None] = {
        "Content-Type": "application/json",
        "Request-Id": REQUEST_ID,
        "X-Should-Retry": "false",
        "Anthropic-Organization-Id": "00000000-0000-4000-8000-000000000000",
        **{name.replace("_", "-"): value for name, value in changes.items()},
    }
    return {name: value for name, value in headers.items() if value is not None}


def without(value: Json, *keys: str) -> Json:
    return {key: item for key, item in value.items() if key not in keys}


def backwards(value: Json) -> Json:
    return dict(reversed(value.items()))
