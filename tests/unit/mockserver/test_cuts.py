"""Texts are cut in the same places, whatever way they are cut in."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mockserver.cuts import ROUNDED, _slices, escaped, pieces

MEDIANS = st.sampled_from([9, 13, 68])


def cut(text: str, median: int) -> list[str]:
    """One piece after the other, in Python."""
    cuts, _ = _slices(median)
    found: list[str] = []
    while text:
        part, text = text[: cuts[-1]], text[cuts[-1] :]
        found += [part[a:b] for a, b in pairwise(cuts) if part[a:b]]
    return found


@given(st.text(max_size=50), st.integers(0, 60), MEDIANS)
@example("", 0, 9)
@example('"', 900, 13)
@example("é", 900, 13)
@example("a", 5 * ROUNDED * 13, 13)
def test_pieces_are_those_of_the_slow_way(text: str, times: int, median: int) -> None:
    words = text * times
    assert [json.loads(b'"%b"' % piece) for piece in pieces(words, median)] == cut(words, median)


@pytest.mark.parametrize("count", [1, ROUNDED - 1, ROUNDED, ROUNDED + 1, 4095, 4096, 4097, 5000])
@pytest.mark.parametrize("more", [-1, 0, 1])
def test_every_length_around_a_struct_is_cut_right(count: int, more: int) -> None:
    cuts, _ = _slices(9)
    rounds, rest = divmod(count, len(cuts) - 1)
    words = ("word " * 20_000)[: max(0, rounds * cuts[-1] + cuts[rest] + more)]

    assert [piece.decode() for piece in pieces(words, 9)] == cut(words, 9)


def test_escapes_are_those_of_json() -> None:
    assert escaped('a"\n\x01é') == r"a\"\n\u0001é".encode()
