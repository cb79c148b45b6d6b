"""A message as server-sent events, framed to the byte as the live API frames them (recorded).

Each frame is `event: NAME`, `data: JSON`, blank line; every JSON but ping's is padded with 0 to 15 spaces
before its last brace; the first ping follows the first content_block_start.

A text of many deltas is cut and joined by C code, without a Python step for each delta.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

import orjson

from mockserver.replies.message import closing, opening
from mockserver.tool_input import NOBODY, buffered, json_text

PING = 'event: ping\ndata: {"type": "ping"}\n\n'
_NOISE = random.Random(0).randbytes(4096)  # noqa: S311 # padding and sizes, no secret
_DELTA = 'event: content_block_delta\ndata: {"type":"content_block_delta","index":%d,"delta":'
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
_CALLS = ("tool_use", "server_tool_use", "mcp_tool_use")
_BLANK: dict[str, dict[str, Any]] = {
    "text": {"text": ""},
    "thinking": {"thinking": "", "signature": ""},
    "compaction": {"content": None},
    **{kind: {"input": {}} for kind in _CALLS},
}


def framed(message: dict[str, Any], seed: int, eager: frozenset[str] = NOBODY) -> bytes:
    """All frames of a message's stream. `eager` names the tools whose input is not buffered."""
    parts = [_event("message_start", {"message": opening(message)}, seed)]
    if not message["content"]:
        parts.append(PING)
    for index, block in enumerate(message["content"]):
        opened = {"index": index, "content_block": _empty(block)}
        parts.append(_event("content_block_start", opened, seed + index))
        if index == 0:
            parts.append(PING)
        parts += _deltas(block, index, message["model"], seed, eager)
        parts.append(_event("content_block_stop", {"index": index}, seed + index))
    parts.append(_event("message_delta", closing(message), seed))
    parts.append(_event("message_stop", {}, seed))
    return "".join(parts).encode()


def frames(stream: bytes) -> list[bytes]:
    """The single frames of a stream. No frame has a blank line inside: line ends are escaped in JSON."""
    return [frame + b"\n\n" for frame in stream.split(b"\n\n")[:-1]]


def _tail(position: int) -> str:
    return " " * (_NOISE[position & 4095] & 15) + "}\n\n"


def _event(name: str, data: dict[str, Any], position: int) -> str:
    body = orjson.dumps({"type": name, **data}).decode()
    return f"event: {name}\ndata: {body[:-1]}{_tail(position + len(body))}"


def _empty(block: dict[str, Any]) -> dict[str, Any]:
    """The block as content_block_start carries it. Blocks without deltas arrive whole."""
    opened = {**block, **_BLANK.get(block["type"], {})}
    if block.get("citations"):
        opened["citations"] = []
    return opened


def _deltas(
    block: dict[str, Any], index: int, model: str, seed: int, eager: frozenset[str]
) -> Sequence[str]:
    kind = block["type"]
    if kind == "text":
        joints = _joints(index, "text_delta", "text", seed & 4095)
        parts = _cut(block["text"], _median(model), joints)
        cited = block.get("citations")
        return [*_citations(cited, index, seed), *parts] if cited else parts
    if kind in _CALLS:
        return _input(block, index, model, seed, eager)
    if kind == "thinking":
        return _thinking(block, index, model, seed)
    if kind == "compaction":
        delta = {"type": "compaction_delta", "content": block["content"]}
        return [_whole(index, delta, seed)]
    return ()


@lru_cache(maxsize=64)
def _median(model: str) -> int:
    return next((n for name, n in _DELTA_SIZES.items() if model.startswith(name)), _DELTA_SIZE)


def _citations(citations: list[dict[str, Any]], index: int, seed: int) -> list[str]:
    """recorded: one delta each, before the text's."""
    deltas = [{"type": "citations_delta", "citation": citation} for citation in citations]
    return [_whole(index, delta, seed + number) for number, delta in enumerate(deltas)]


def _input(
    block: dict[str, Any], index: int, model: str, seed: int, eager: frozenset[str]
) -> list[str]:
    # recorded: an empty delta comes first, and alone for a tool without arguments
    first = _whole(index, {"type": "input_json_delta", "partial_json": ""}, seed)
    value = block["input"]
    if not value:
        return [first]
    if block.get("toolset_name"):  # docs: Tool reference
        pieces = [_escaped(json_text(value))]
    elif block["name"] in eager:
        pieces = _pieces(json_text(value), _median(model))
    else:
        pieces = [_escaped(piece) for piece in buffered(value, seed + index)]
    joints = _joints(index, "input_json_delta", "partial_json", seed & 4095)
    return [first, *_joined(pieces, joints)]


def _thinking(block: dict[str, Any], index: int, model: str, seed: int) -> list[str]:
    """recorded: one empty delta where the thinking is omitted, and the signature at the end."""
    signed = {"type": "signature_delta", "signature": block["signature"]}
    last = _whole(index, signed, seed + 1)
    if not block["thinking"]:
        return [_whole(index, {"type": "thinking_delta", "thinking": ""}, seed), last]
    joints = _joints(index, "thinking_delta", "thinking", seed & 4095)
    return [*_cut(block["thinking"], _median(model), joints), last]


def _whole(index: int, delta: dict[str, Any], position: int) -> str:
    return f"{_DELTA % index}{orjson.dumps(delta).decode()}{_tail(position)}"


@lru_cache(maxsize=64)
def _joints(index: int, kind: str, key: str, seed: int) -> list[str]:
    """What stands between two pieces of text: the end of one frame and the beginning of the next."""
    head = f'{_DELTA % index}{{"type":"{kind}","{key}":"'
    return [f'"}}{_tail(seed + position)}{head}' for position in range(len(_NOISE))]


@lru_cache(maxsize=16)
def _slices(median: int) -> tuple[list[int], list[slice]]:
    """Where a text is cut: a short first piece (recorded), then from half the median to one and a half."""
    sizes = (max(1, (median * (128 + noise)) >> 8) for noise in _NOISE)
    cuts = [0, *accumulate(sizes, initial=max(1, median // 3))]
    return cuts, [slice(a, b) for a, b in pairwise(cuts)]


def _cut(text: str, median: int, joints: list[str]) -> list[str]:
    """The frames of a text's deltas, in two parts each."""
    return _joined(_pieces(text, median), joints) if text else []


def _joined(pieces: list[str], joints: list[str]) -> list[str]:
    if len(pieces) > len(joints):
        joints = joints * (len(pieces) // len(joints) + 1)
    parts = [""] * (2 * len(pieces) + 1)
    parts[1::2] = pieces
    parts[2::2] = joints[: len(pieces)]
    # A joint is the end of one frame and the head of the next; the outer ones are halved.
    split = joints[0].index("event:")
    parts[0], parts[-1] = joints[0][split:], parts[-1][: parts[-1].index("event:")]
    return parts


def _pieces(text: str, median: int) -> list[str]:
    """The text in pieces, escaped for JSON."""
    cuts, slices = _slices(median)
    pieces: list[str] = []
    for start in range(0, len(text), cuts[-1]):
        part = text[start : start + cuts[-1]]
        pieces += map(part.__getitem__, slices[: bisect_left(cuts, len(part))])
    # Most texts have nothing to escape, which C code finds out for all pieces at once.
    return pieces if len(_escaped(text)) == len(text) else [_escaped(piece) for piece in pieces]


def _escaped(piece: str) -> str:
    return orjson.dumps(piece).decode()[1:-1]
