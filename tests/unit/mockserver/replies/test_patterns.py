"""Texts for regular expressions: they match, are readable, and cost little whatever the expression says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.replies.patterns import finds, matching

TABLE = [
    (r"^[A-Z]{2}\d{4}$", "AA0000", "BA0000"),
    (r"^(foo|bar)-\w+$", "foo-a", "bar-a"),
    (r"^(?=.*[A-Z])(?=.*\d)[A-Za-z\d]{8,}$", "A0aaaaaa", "B0aaaaaa"),
    (r"^[^\s@]+@[^\s@]+$", "a@a", "b@a"),
    (r"^(?P<y>\d{4})-(?P=y)$", "0000-0000", "1000-1000"),
    (r"^(?:a|b)\1?$", None, None),
    (r"^(a)\1$", "aa", "aa"),
    (r"^(?<y>x)-\k<y>)$".replace(r"\k<y>)", r"\1"), "x-x", "x-x"),
    (r"^\p{L}\p{N}$", "a0", "b0"),
    (r"^\u{e9}$", "é", "é"),
    (r"^[\u4e00-\u9fff]{2}$", "一一", "一一"),
    (r"^[é]$", "é", "é"),
    (r"^[^\x00-\x7f]$", "", ""),
    (r"^\s$", " ", " "),
    (r"^\S\W\D$", "a-a", "b-a"),
    (r"^[^a-z]$", "0", "1"),
    (r"^[^a]$", "b", "c"),
    (r"\bfoo\b", "foo", "foo"),
    (r"^(?!bad).*$", "", "a"),
    (r"^a*?b+?c?$", "b", "ab"),
    ("^.$", "a", "b"),
    ("^(?i:ab)c$", "abc", "abc"),
    ("(?<=a)b", "ab", "ab"),
    ("(", None, None),
    ("a{1000000000}", None, None),
    ("(?:){1000000000}", None, None),
    ("a" * 3_000, None, None),
    ("(" * 900 + ")" * 900, None, None),
]


@pytest.mark.parametrize(("pattern", "first", "second"), TABLE, ids=[row[0][:30] for row in TABLE])
def test_matching(pattern: str, first: str | None, second: str | None) -> None:
    assert (matching(pattern), matching(pattern, 1)) == (first, second)


def test_repeats_make_a_text_longer() -> None:
    assert matching(r"^[a-z]+@[a-z]+$", 0, 8) == "aaaaaa@a"
    assert matching(r"^a{2,3}$", 0, 8) == "aaa"
    assert matching(r"^(ab)+$", 0, 5) == "ababab"


@pytest.mark.parametrize("pattern", ["^[a-z]+$", "^a+$", "^[ab]*c$", "^(x|y)[0-9]*$"])
def test_each_turn_gives_another_text_where_there_is_one(pattern: str) -> None:
    texts = {matching(pattern, turn) for turn in range(16)}

    assert len(texts) == 16
    assert all(text and finds(pattern, text) for text in texts)


def test_turns_begin_again_where_there_is_no_other_text() -> None:
    assert [matching("^[ab]$", turn) for turn in range(4)] == ["a", "b", "a", "b"]
    # One character more would be too much work.
    assert matching("^a{9998}b*$", 1) == "a" * 9_998


@given(st.from_regex(r"[abc01]{0,3}(\[a-c\]|\\d|\(x\|y\))?[+*?]?-?(\{1,3\})?", fullmatch=True))
def test_a_text_is_found_by_its_pattern(pattern: str) -> None:
    try:
        compiled = re.compile(pattern)
    except re.error:
        assert matching(pattern) is None
        return
    found = matching(pattern)
    assert found is not None
    assert compiled.search(found)


def test_finds_takes_time_that_grows_with_the_text_only() -> None:
    assert finds("^(a+)+$", "a" * 50)
    assert not finds("^(a+)+$", "a" * 50 + "b")


def test_what_can_not_be_searched_finds_nothing() -> None:
    assert not finds(r"^(?=a)a$", "a")
    assert not finds("(", "(")
