"""A text that is framed again has the same frames, and only as many are remembered as there is room for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver import deltas
from mockserver.cuts import pieces
from mockserver.deltas import LONGEST_TEXT, MOST_TEXTS

TEXT = deltas.joints(0, b"text_delta", b"text", 0)
THINKING = deltas.joints(1, b"thinking_delta", b"thinking", 0)


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    deltas._said.clear()
    yield
    deltas._said.clear()


def framed(text: str, median: int = 9, joints: deltas.Joints = TEXT) -> bytes:
    return b"".join(deltas.cut(text, median, joints))


def anew(text: str, median: int = 9, joints: deltas.Joints = TEXT) -> bytes:
    return b"".join(deltas.joined(pieces(text, median), joints)) if text else b""


@given(st.lists(st.tuples(st.text(max_size=3), st.sampled_from([1, 9]), st.booleans())))
def test_frames_are_the_same_however_often_a_text_comes(
    said: list[tuple[str, int, bool]],
) -> None:
    for text, median, thinks in said * 3:
        joints = THINKING if thinks else TEXT
        assert framed(text, median, joints) == anew(text, median, joints)


def test_a_text_is_remembered_from_its_second_time_on() -> None:
    words = "Hello there"
    assert [len(deltas.cut(words, 2, TEXT)) > 1 for _ in range(3)] == [True, False, False]
    assert deltas.cut(words, 2, TEXT)[0] is deltas.cut(words, 2, TEXT)[0]


@pytest.mark.parametrize(("length", "is_kept"), [(LONGEST_TEXT, True), (LONGEST_TEXT + 1, False)])
def test_long_texts_are_not_remembered(length: int, is_kept: bool) -> None:
    words = "a" * length
    assert {framed(words) for _ in range(3)} == {anew(words)}
    assert bool(deltas._said) == is_kept


def test_what_is_remembered_is_bounded() -> None:
    for length in range(1, MOST_TEXTS + 1):
        framed("a" * length)
    framed("a")  # is there already, and takes nobody's place
    assert len(deltas._said) == MOST_TEXTS
    framed("a" * (MOST_TEXTS + 1))
    assert list(deltas._said) == [MOST_TEXTS + 1]


def test_who_gets_frames_may_change_the_list() -> None:
    for _ in range(3):
        deltas.cut("Hi", 9, TEXT)[0] = b"changed"

    assert framed("Hi") == anew("Hi")
