"""Where a text is cut into the pieces of a stream's deltas, and the cutting itself, done in C.

The sizes are noise around the recorded median; the same text is always cut in the same places.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from functools import lru_cache
from itertools import accumulate, pairwise
from struct import Struct

import orjson

NOISE = random.Random(0).randbytes(4096)  # noqa: S311 # padding and sizes, no secret
# Pieces are cut at once, by a struct of as many byte strings, or of some more: so there are fewer structs.
ROUNDED = 16


@lru_cache(maxsize=16)
def _slices(median: int) -> tuple[list[int], list[slice]]:
    """Where a text is cut: a short first piece (recorded), then from half the median to one and a half."""
    sizes = (max(1, (median * (128 + noise)) >> 8) for noise in NOISE)
    cuts = [0, *accumulate(sizes, initial=max(1, median // 3))]
    return cuts, [slice(a, b) for a, b in pairwise(cuts)]


@lru_cache(maxsize=256)
def _struct(median: int, count: int) -> Struct:
    cuts, _ = _slices(median)
    return Struct("".join(f"{b - a}s" for a, b in pairwise(cuts[: count + 1])))


def escaped(text: str) -> bytes:
    """The text as it stands between the quotes of a JSON string."""
    return orjson.dumps(text)[1:-1]


def pieces(text: str, median: int) -> list[bytes]:
    """The text in pieces of about `median` characters, each escaped for JSON."""
    whole = escaped(text)
    cuts, slices = _slices(median)
    # Of most texts each character is one byte, with nothing to escape.
    is_plain = len(whole) == len(text)
    if is_plain and 0 < len(text) <= cuts[-1]:
        return _plain(whole, median)
    found: list[bytes] = []
    for start in range(0, len(text), cuts[-1]):
        if is_plain:
            found += _plain(whole[start : start + cuts[-1]], median)
        else:
            part = text[start : start + cuts[-1]]
            found += map(escaped, map(part.__getitem__, slices[: bisect_left(cuts, len(part))]))
    return found


def _plain(text: bytes, median: int) -> list[bytes]:
    cuts, _ = _slices(median)
    count = bisect_left(cuts, len(text))
    struct = _struct(median, min(-(-count // ROUNDED) * ROUNDED, len(cuts) - 1))
    found = list(struct.unpack(text.ljust(struct.size)))
    del found[count:]
    # The last piece may be shorter than its place.
    found[-1] = text[cuts[count - 1] :]
    return found
