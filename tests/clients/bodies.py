"""Hand-written bodies for the stand-in: messages, errors and streams as the API sends them."""

from __future__ import annotations

import json
from typing import Any

from tests.clients.stand_in import Reply

Block = dict[str, Any]
Event = dict[str, Any]

USAGE = {
    "input_tokens": 12,
    "cache_creation_input_tokens": 0,
    "cache_read_input_tokens": 0,
    "output_tokens": 6,
}
PREFILL_REFUSED = (
    "This model does not support assistant message prefill. "
    "The conversation must end with a user message."
)


def text(words: str) -> Block:
    """Return a text block."""
    return {"type": "text", "text": words}


def tool_use(name: str, arguments: dict[str, Any], call: str = "toolu_01") -> Block:
    """Return a call of a tool."""
    return {"type": "tool_use", "id": call, "name": name, "input": arguments}


def message(*content: Block | str, stop_reason: str | None = "end_turn", **fields: Any) -> Block:
    """Return a message; a string is short for a text block."""
    return {
        "model": "claude-opus-4-7",
        "id": "msg_01XFDUDYJgAACzvnptvVoYEL",
        "type": "message",
        "role": "assistant",
        "content": [text(block) if isinstance(block, str) else block for block in content],
        "stop_reason": stop_reason,
        "stop_sequence": None,
        "stop_details": None,
        "usage": USAGE,
        **fields,
    }


def answer(*content: Block | str, stop_reason: str | None = "end_turn", **fields: Any) -> Reply:
    """Return a message as a JSON response."""
    return document(message(*content, stop_reason=stop_reason, **fields))


def document(body: object, status: int = 200) -> Reply:
    """Return any value as a JSON response."""
    return Reply((json.dumps(body).encode(),), status=status)


def failure(status: int, kind: str, words: str) -> Reply:
    """Return an error response."""
    error = {"type": kind, "message": words}
    return document({"type": "error", "error": error, "request_id": "req_stand_in"}, status)


def started(**fields: Any) -> Event:
    """Return the first event of a stream."""
    return {"type": "message_start", "message": message(stop_reason=None, **fields)}


def block_events(block: Block, *deltas: Event, index: int = 0) -> list[Event]:
    """Return the events of one content block."""
    return [
        {"type": "content_block_start", "index": index, "content_block": block},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def text_events(*pieces: str, index: int = 0) -> list[Event]:
    """Return the events of a text block that arrives in pieces."""
    deltas = ({"type": "text_delta", "text": piece} for piece in pieces)
    return block_events(text(""), *deltas, index=index)


def ended(stop_reason: str | None = "end_turn", **delta: Any) -> list[Event]:
    """Return the last two events of a stream."""
    fields = {"stop_reason": stop_reason, "stop_sequence": None, "stop_details": None, **delta}
    return [
        {"type": "message_delta", "delta": fields, "usage": {"output_tokens": 9}},
        {"type": "message_stop"},
    ]


def frame(event: Event) -> bytes:
    """Return an event as it goes over the wire."""
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def stream(*events: Event | bytes, is_cut: bool = False) -> Reply:
    """Return a streamed response, one chunk for each event; bytes are sent as they are."""
    frames = (event if isinstance(event, bytes) else frame(event) for event in events)
    return Reply(tuple(frames), content_type="text/event-stream; charset=utf-8", is_cut=is_cut)


def streamed(*pieces: str, stop_reason: str = "end_turn", **delta: Any) -> Reply:
    """Return a good stream of one text block."""
    return stream(started(), *text_events(*pieces), *ended(stop_reason, **delta))
