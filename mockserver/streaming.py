"""A message as server-sent events, framed to the byte as the live API frames them (recorded).

Each frame is `event: NAME`, `data: JSON`, blank line; every JSON but ping's is padded with 0 to 15 spaces
before its last brace; the first ping follows the first content_block_start.

A text of many deltas is cut and joined by C code, without a Python step for each delta.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from mockserver.cuts import NOISE, escaped, pieces
from mockserver.replies.message import closing, opening
from mockserver.tool_input import NOBODY, buffered, json_text

PING = b'event: ping\ndata: {"type": "ping"}\n\n'
_DELTA = b'event: content_block_delta\ndata: {"type":"content_block_delta","index":%d,"delta":'
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
        deltas = _deltas(block, index, message["model"], seed, eager)
        if deltas:
            deltas[0] = b"".join((*between, deltas[0]))
            between.clear()
            parts = parts + deltas if parts else deltas
        between.append(_stop(index, seed + index))
    parts += between
    parts.append(_event(closing(message), seed))
    parts.append(_end(seed))
    return b"".join(parts)


def frames(stream: bytes) -> list[bytes]:
    """The single frames of a stream. No frame has a blank line inside: line ends are escaped in JSON."""
    return [frame + b"\n\n" for frame in stream.split(b"\n\n")[:-1]]


# As few objects as there are paddings: a stream goes through hundreds, and what is near is read faster.
_PADDED = [b" " * padding + b"}\n\n" for padding in range(16)]
_PADDINGS = bytes(noise & 15 for noise in NOISE)


def _tail(position: int) -> bytes:
    return _PADDED[_PADDINGS[position & 4095]]


def _event(data: dict[str, Any], position: int) -> bytes:
    body = orjson.dumps(data)
    # Padded by its length in characters.
    length = len(body) if body.isascii() else len(body.decode())
    padded = _PADDED[_PADDINGS[(position + length) & 4095]]
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
        joints = _joints(index, b"text_delta", b"text", seed & 4095)
        parts = _cut(block["text"], _median(model), joints)
        cited = block.get("citations")
        return [*_citations(cited, index, seed), *parts] if cited else parts
    if kind in _CALLS:
        return [] if _is_whole(block) else _input(block, index, model, seed, eager)
    if kind == "thinking":
        return _thinking(block, index, model, seed)
    if kind == "compaction" and not _is_whole(block):
        delta = {"type": "compaction_delta", "content": block["content"]}
        return [_whole(index, delta, seed)]
    return []


@lru_cache(maxsize=64)
def _median(model: str) -> int:
    return next((n for name, n in _DELTA_SIZES.items() if model.startswith(name)), _DELTA_SIZE)


def _citations(citations: list[dict[str, Any]], index: int, seed: int) -> list[bytes]:
    """recorded: one delta each, before the text's."""
    deltas = [{"type": "citations_delta", "citation": citation} for citation in citations]
    return [_whole(index, delta, seed + number) for number, delta in enumerate(deltas)]


def _input(
    block: dict[str, Any], index: int, model: str, seed: int, eager: frozenset[str]
) -> list[bytes]:
    # recorded: an empty delta comes first, and alone for a tool without arguments
    first = _whole(index, {"type": "input_json_delta", "partial_json": ""}, seed)
    value = block["input"]
    if not value:
        return [first]
    if block.get("toolset_name"):  # docs: Tool reference
        cut = [escaped(json_text(value))]
    elif block["name"] in eager:
        cut = pieces(json_text(value), _median(model))
    else:
        cut = [escaped(piece) for piece in buffered(value, seed + index)]
    joints = _joints(index, b"input_json_delta", b"partial_json", seed & 4095)
    return [first, *_joined(cut, joints)]


def _thinking(block: dict[str, Any], index: int, model: str, seed: int) -> list[bytes]:
    """recorded: one empty delta where the thinking is omitted, and the signature at the end."""
    signed = {"type": "signature_delta", "signature": block["signature"]}
    last = _whole(index, signed, seed + 1)
    if not block["thinking"]:
        return [_whole(index, {"type": "thinking_delta", "thinking": ""}, seed), last]
    joints = _joints(index, b"thinking_delta", b"thinking", seed & 4095)
    return [*_cut(block["thinking"], _median(model), joints), last]


def _whole(index: int, delta: dict[str, Any], position: int) -> bytes:
    return b"".join((_DELTA % index, orjson.dumps(delta), _tail(position)))


@lru_cache(maxsize=64)
def _joints(index: int, kind: bytes, key: bytes, seed: int) -> list[bytes]:
    """A place for each piece of text, and what stands behind it: the end of its frame and the head of the next."""
    head = b'%b{"type":"%b","%b":"' % (_DELTA % index, kind, key)
    joints = [b'"}%b%b' % (tail, head) for tail in _PADDED]
    paddings = _PADDINGS[seed:] + _PADDINGS[:seed]
    return [part for padding in paddings for part in (b"", joints[padding])]


def _cut(text: str, median: int, joints: list[bytes]) -> list[bytes]:
    """The frames of a text's deltas, in two parts each."""
    return _joined(pieces(text, median), joints) if text else []


def _joined(pieces: list[bytes], joints: list[bytes]) -> list[bytes]:
    size = 2 * len(pieces)
    parts = (joints * (size // len(joints) + 1))[:size] if size > len(joints) else joints[:size]
    parts[::2] = pieces
    # A joint is the end of one frame and the head of the next; the outer ones are halved.
    parts[-1], head = _halves(parts[-1])
    parts[0] = head + parts[0]
    return parts


def _halves(joint: bytes) -> tuple[bytes, bytes]:
    split = joint.index(b"event:")
    return joint[:split], joint[split:]
