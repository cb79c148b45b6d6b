"""A message as server-sent events, framed to the byte as the live API frames them (recorded).

Each frame is `event: NAME`, `data: JSON`, blank line; every JSON but ping's is padded with 0 to 15 spaces
before its last brace; the first ping follows the first content_block_start.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from mockserver import deltas
from mockserver.cuts import escaped, pieces
from mockserver.replies.message import closing, opening
from mockserver.tool_input import NOBODY, buffered, json_text

PING = b'event: ping\ndata: {"type": "ping"}\n\n'
# recorded: characters of a text delta, median by model; the first name that fits, and later models take the last
_DELTA_SIZES = {
    "claude-3-5-haiku": 6,
    "claude-3-5-sonnet": 19,
    "claude-3-7-sonnet": 21,
    "claude-3-opus": 4,
    "claude-3": 9,
    "claude-haiku-4-5": 9,
    "claude-sonnet-4-2": 21,
    "claude-sonnet-4-5": 14,
    "claude-opus-4-1": 8,
    "claude-opus-4-2": 9,
    "claude-opus-4-5": 9,
    "claude-opus-4-6": 9,
}
_DELTA_SIZE = 68
MOST_REMEMBERED = 64
PLAIN = {"type", "text"}  # the keys of a text block that has nothing but its text
_CALLS = ("tool_use", "server_tool_use", "mcp_tool_use")
_BLANK: dict[str, dict[str, Any]] = {
    "text": {"text": ""},
    "thinking": {"thinking": "", "signature": ""},
    "compaction": {"content": None},
    **{kind: {"input": {}} for kind in _CALLS},
}


def framed(message: dict[str, Any], seed: int, eager: frozenset[str] = NOBODY) -> bytes:
    """All frames of a message's stream. `eager` names the tools whose input is not buffered."""
    # What stands between the deltas, which are most of a stream, is joined to them: their list is not copied.
    between = [_event({"type": "message_start", "message": opening(message)}, seed)]
    if not message["content"]:
        between.append(PING)
    parts: list[bytes] = []
    for index, block in enumerate(message["content"]):
        between.append(_start(block, index, seed + index))
        if index == 0:
            between.append(PING)
        found = _deltas(block, index, message["model"], seed, eager)
        if found:
            found[0] = b"".join((*between, found[0]))
            between.clear()
            parts = parts + found if parts else found
        between.append(_stop(index, seed + index))
    parts += between
    parts.append(_event(closing(message), seed))
    parts.append(_end(seed))
    return b"".join(parts)


def frames(stream: bytes) -> list[bytes]:
    """The single frames of a stream. No frame has a blank line inside: line ends are escaped in JSON."""
    return [frame + b"\n\n" for frame in stream.split(b"\n\n")[:-1]]


def _event(data: dict[str, Any], position: int) -> bytes:
    body = orjson.dumps(data)
    # Padded by its length in characters.
    length = len(body) if body.isascii() else len(body.decode())
    padded = deltas.tail(position + length)
    return b"".join((b"event: ", data["type"].encode(), b"\ndata: ", body[:-1], padded))


@lru_cache(maxsize=MOST_REMEMBERED)
def _stop(index: int, position: int) -> bytes:
    return _event({"type": "content_block_stop", "index": index}, position)


@lru_cache(maxsize=MOST_REMEMBERED)
def _end(position: int) -> bytes:
    return _event({"type": "message_stop"}, position)


@lru_cache(maxsize=MOST_REMEMBERED)
def _text_start(index: int, position: int) -> bytes:
    empty = {"type": "text", "text": ""}
    return _event({"type": "content_block_start", "index": index, "content_block": empty}, position)


def _start(block: dict[str, Any], index: int, position: int) -> bytes:
    if block.keys() == PLAIN:
        return _text_start(index, position)
    opened = _empty(block)
    return _event(
        {"type": "content_block_start", "index": index, "content_block": opened}, position
    )


def _empty(block: dict[str, Any]) -> dict[str, Any]:
    """The block as content_block_start carries it. Blocks without deltas arrive whole."""
    if _is_whole(block):
        return block
    opened = {**block, **_BLANK.get(block["type"], {})}
    if block.get("citations"):
        opened["citations"] = []
    return opened


def _is_whole(block: dict[str, Any]) -> bool:
    """Whether a block that else has deltas comes at once: compaction on demand (docs), and a call by code (recorded)."""
    if block["type"] == "compaction":
        return "signature" in block
    return "tool_id" in (block.get("caller") or ())


def _deltas(
    block: dict[str, Any], index: int, model: str, seed: int, eager: frozenset[str]
) -> list[bytes]:
    kind = block["type"]
    if kind == "text":
        joints = deltas.joints(index, b"text_delta", b"text", seed & 4095)
        parts = deltas.cut(block["text"], _median(model), joints)
        cited = block.get("citations")
        return [*_citations(cited, index, seed), *parts] if cited else parts
    if kind in _CALLS:
        return [] if _is_whole(block) else _input(block, index, model, seed, eager)
    if kind == "thinking":
        return _thinking(block, index, model, seed)
    if kind == "compaction" and not _is_whole(block):
        delta = {"type": "compaction_delta", "content": block["content"]}
        return [deltas.whole(index, delta, seed)]
    return []


@lru_cache(maxsize=64)
def _median(model: str) -> int:
    return next((n for name, n in _DELTA_SIZES.items() if model.startswith(name)), _DELTA_SIZE)


def _citations(citations: list[dict[str, Any]], index: int, seed: int) -> list[bytes]:
    """recorded: one delta each, before the text's."""
    cited = [{"type": "citations_delta", "citation": citation} for citation in citations]
    return [deltas.whole(index, delta, seed + number) for number, delta in enumerate(cited)]


def _input(
    block: dict[str, Any], index: int, model: str, seed: int, eager: frozenset[str]
) -> list[bytes]:
    # recorded: an empty delta comes first, and alone for a tool without arguments
    first = deltas.whole(index, {"type": "input_json_delta", "partial_json": ""}, seed)
    value = block["input"]
    if not value:
        return [first]
    if block.get("toolset_name"):  # docs: Tool reference
        cut = [escaped(json_text(value))]
    elif block["name"] in eager:
        cut = pieces(json_text(value), _median(model))
    else:
        cut = [escaped(piece) for piece in buffered(value, seed + index)]
    joints = deltas.joints(index, b"input_json_delta", b"partial_json", seed & 4095)
    return [first, *deltas.joined(cut, joints)]


def _thinking(block: dict[str, Any], index: int, model: str, seed: int) -> list[bytes]:
    """recorded: one empty delta where the thinking is omitted, and the signature at the end."""
    signed = {"type": "signature_delta", "signature": block["signature"]}
    last = deltas.whole(index, signed, seed + 1)
    if not block["thinking"]:
        return [deltas.whole(index, {"type": "thinking_delta", "thinking": ""}, seed), last]
    joints = deltas.joints(index, b"thinking_delta", b"thinking", seed & 4095)
    return [*deltas.cut(block["thinking"], _median(model), joints), last]
