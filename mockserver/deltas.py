"""The frames of deltas, in most streams hundreds of one text: cut and joined by C code, without a Python step for each.

A text that was said just before, as scripts and load tests have it, is not framed once more.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from mockserver.cuts import NOISE, pieces

HEAD = b'event: content_block_delta\ndata: {"type":"content_block_delta","index":%d,"delta":'
# As few objects as there are paddings: a stream goes through hundreds, and what is near is read faster.
PADDED = [b" " * padding + b"}\n\n" for padding in range(16)]
PADDINGS = bytes(noise & 15 for noise in NOISE)
# Texts that are remembered, and how long they may be: their frames take up to thirty times as much.
MOST_TEXTS = 16
LONGEST_TEXT = 8 * 1024

Joints = list[bytes]


class _Said(NamedTuple):
    """A text and where it was framed; with its frames when it came a second time."""

    text: str
    median: int
    joints: Joints
    frames: bytes = b""


# By the length of the text: to compare one is faster than to hash it.
_said: dict[int, _Said] = {}


def tail(position: int) -> bytes:
    """The end of a frame, after up to 15 spaces."""
    return PADDED[PADDINGS[position & 4095]]


def whole(index: int, delta: dict[str, Any], position: int) -> bytes:
    """The frame of one delta."""
    return b"".join((HEAD % index, orjson.dumps(delta), tail(position)))


@lru_cache(maxsize=64)
def joints(index: int, kind: bytes, key: bytes, seed: int) -> Joints:
    """A place for each piece of text, and what stands behind it: the end of its frame and the head of the next."""
    head = b'%b{"type":"%b","%b":"' % (HEAD % index, kind, key)
    found = [b'"}%b%b' % (padded, head) for padded in PADDED]
    paddings = PADDINGS[seed:] + PADDINGS[:seed]
    return [part for padding in paddings for part in (b"", found[padding])]


def cut(text: str, median: int, joints: Joints) -> list[bytes]:
    """The frames of a text in pieces of about `median` characters, in parts."""
    said = _said.get(len(text))
    if said is None or said[:3] != (text, median, joints):
        _remember(_Said(text, median, joints))
        return joined(pieces(text, median), joints) if text else []
    frames = said.frames
    if not frames:
        frames = b"".join(joined(pieces(text, median), joints))
        _remember(said._replace(frames=frames))
    return [frames]


def _remember(said: _Said) -> None:
    length = len(said.text)
    if not 0 < length <= LONGEST_TEXT:
        return
    if len(_said) >= MOST_TEXTS and length not in _said:
        _said.clear()
    _said[length] = said


def joined(pieces: list[bytes], joints: Joints) -> list[bytes]:
    """The frames of pieces that are escaped already, in two parts each."""
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
