"""Where an answer ends before its text does: at a stop sequence, or at the last token that it may have."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mockserver.tokens import text_tokens

_PIECE = re.compile(r"\s*\S+|\s+")


def cut_at_stop(text: str, stops: Iterable[str]) -> tuple[str, str | None]:
    """The text before the first stop sequence in it, and that sequence. White space before it stays (recorded)."""
    found = [(text.find(stop), stop) for stop in stops]
    hits = [hit for hit in found if hit[0] >= 0]
    if not hits:
        return text, None
    position, stop = min(hits, key=lambda hit: (hit[0], -len(hit[1])))
    return text[:position], stop


def cut_to_tokens(text: str, budget: int, generation: str) -> tuple[str, int]:
    """As much of the text as fits the budget, and what that costs; a cut text costs the whole budget (recorded)."""
    cost = text_tokens(text, generation)
    if cost <= budget:
        return text, cost
    ends: Sequence[int] = [match.end() for match in _PIECE.finditer(text)]
    fitting = bisect_right(ends, budget, key=lambda end: text_tokens(text[:end], generation))
    if fitting == 0:  # a first word that is too long, or a script without spaces
        ends = range(1, ends[0] + 1)
        fitting = bisect_right(ends, budget, key=lambda end: text_tokens(text[:end], generation))
    return text[: ends[max(fitting, 1) - 1]], budget


class Spoken(NamedTuple):
    """A text as far as it is said, its tokens, and what ended it: a limit, a stop sequence, or nothing."""

    text: str
    tokens: int
    is_cut: bool
    sequence: str | None


def spoken(text: str, stops: Sequence[str], budget: int, generation: str) -> Spoken:
    """What is said of a text. Recorded: an answer of nothing has no block, and still takes a token or two."""
    sequence = None
    if stops:
        text, sequence = cut_at_stop(text, stops)
    kept, cost = cut_to_tokens(text, budget, generation)
    return Spoken(kept, min(max(1, cost), budget), len(kept) < len(text), sequence)
