"""Texts are remembered, told apart, and forgotten in time."""

from __future__ import annotations

from mockserver.recent import LONGEST, MOST_TEXTS, Recent


def test_a_text_has_its_value() -> None:
    recent = Recent[float]()
    recent.add(b"a", 1.5)
    recent.add(b"bb", 0)

    assert (recent.get(b"a"), recent.get(b"bb"), recent.get(b"c")) == (1.5, 0, None)
    assert b"bb" in recent
    assert b"c" not in recent


def test_the_later_of_one_length_stays() -> None:
    recent = Recent[float]()
    recent.add(b"a", 1)
    recent.add(b"b", 2)

    assert (recent.get(b"a"), recent.get(b"b")) == (None, 2)


def test_neither_nothing_nor_too_much_is_remembered() -> None:
    recent = Recent[float]()
    for text in (b"", bytes(LONGEST + 1)):
        recent.add(text, 1)
        assert text not in recent
    recent.add(bytes(LONGEST), 1)
    assert bytes(LONGEST) in recent


def test_texts_are_forgotten_when_there_are_many() -> None:
    recent = Recent[float]()
    for length in range(1, MOST_TEXTS + 2):
        recent.add(bytes(length), 1)

    assert bytes(1) not in recent
    assert bytes(MOST_TEXTS + 1) in recent


def test_all_are_forgotten_at_once() -> None:
    recent = Recent[float]()
    recent.add(b"a", 1)
    recent.clear()

    assert b"a" not in recent
