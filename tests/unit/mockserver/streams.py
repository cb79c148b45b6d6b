"""Messages of every kind, their streams, and what the deltas of one add up to."""

from __future__ import annotations

import json
import re
from typing import Any

from hypothesis import strategies as st

from contracts.framing import frames
from mockserver import streaming
from mockserver.replies.answer import Answer
from mockserver.replies.message import message
from tests.unit.mockserver.bodies import body, read

PING = b'event: ping\ndata: {"type": "ping"}\n\n'
FRAME = re.compile(rb"event: ([a-z_]+)\ndata: (\{.*?)( *)\}\n\n", re.DOTALL)
HOSTILE = st.text(st.sampled_from('ab \\"\n\r\t\0\u2028\x7f/<é猫👩‍👧')) | st.text()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | HOSTILE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HOSTILE, inner, max_size=3),
    max_leaves=6,
)
INPUTS = st.dictionaries(HOSTILE, VALUES, max_size=3)
MODELS = ["claude-haiku-4-5", "claude-sonnet-4-5", "claude-sonnet-4-6", "claude-opus-5-5"]


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def tool(value: dict[str, Any]) -> dict[str, Any]:
    caller = {"type": "direct"}
    return {
        "type": "tool_use",
        "id": f"toolu_01{'A' * 22}",
        "name": "t",
        "input": value,
        "caller": caller,
    }


def thought(words: str) -> dict[str, Any]:
    return {"type": "thinking", "thinking": words, "signature": "c2ln"}


BLOCKS = st.builds(text, HOSTILE) | st.builds(tool, INPUTS) | st.builds(thought, HOSTILE)


def said(*blocks: dict[str, Any], model: str = "claude-opus-5-5", **more: Any) -> dict[str, Any]:
    answer = Answer(list(blocks), output_tokens=7, **more)
    return message(read(body(model)), answer, f"msg_011C{'A' * 20}", 9)


def stream(*blocks: dict[str, Any], seed: int = 0, **more: Any) -> bytes:
    return streaming.framed(said(*blocks, **more), seed)


def names(raw: bytes) -> list[str]:
    return [frame.name for frame in frames(raw)]


def joined(raw: bytes) -> list[dict[str, Any]]:
    """The blocks as a client adds them up."""
    found: list[dict[str, Any]] = []
    parts: list[str] = []
    for frame in frames(raw):
        if frame.name == "content_block_start":
            found.append(dict(frame.data["content_block"]))
            parts = []
        elif frame.name == "content_block_delta":
            _add(found[frame.data["index"]], frame.data["delta"], parts)
        elif frame.name == "content_block_stop" and parts:
            found[frame.data["index"]]["input"] = json.loads("".join(parts) or "{}")
    return found


def _add(block: dict[str, Any], delta: dict[str, Any], parts: list[str]) -> None:
    kind = delta["type"].removesuffix("_delta")
    if kind == "input_json":
        parts.append(delta["partial_json"])
    else:
        block[kind] += delta[kind]


def deltas_of(raw: bytes) -> list[dict[str, Any]]:
    return [frame.data["delta"] for frame in frames(raw) if frame.name == "content_block_delta"]
