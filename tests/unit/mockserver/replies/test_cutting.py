"""Where an answer ends: at a stop sequence, or at the last token that it may have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.replies.cutting import cut_at_stop, cut_to_tokens
from mockserver.tokens import text_tokens

WORDS = st.text(st.sampled_from("ab cd\n.,é猫👩"), max_size=80)
STOPS = st.lists(st.text(st.sampled_from("abcd .\n"), min_size=1, max_size=3), max_size=4)
GENERATION = st.sampled_from(["2023", "2026"])


@pytest.mark.parametrize(
    ("text", "stops", "expected"),
    [
        pytest.param(
            "alpha bravo charlie", ["charlie"], ("alpha bravo ", "charlie"), id="keeps_space"
        ),
        pytest.param("alpha", [], ("alpha", None), id="none_asked"),
        pytest.param("alpha", ["b"], ("alpha", None), id="none_found"),
        pytest.param("alpha", ["a"], ("", "a"), id="nothing_left"),
        pytest.param("one two one", ["two", "one"], ("", "one"), id="first_in_the_text"),
        pytest.param("abcd", ["b", "bc"], ("a", "bc"), id="longest_at_one_place"),
    ],
)
def test_cut_at_stop(text: str, stops: list[str], expected: tuple[str, str | None]) -> None:
    assert cut_at_stop(text, stops) == expected


@given(WORDS, STOPS)
def test_no_stop_sequence_remains(text: str, stops: list[str]) -> None:
    kept, stop = cut_at_stop(text, stops)
    assert not any(s in kept for s in stops)
    if stop is None:
        assert kept == text
    else:
        assert stop in stops
        assert text.startswith(kept + stop)


@given(WORDS, st.integers(1, 40), GENERATION)
def test_a_cut_text_costs_at_most_the_budget(text: str, budget: int, generation: str) -> None:
    kept, cost = cut_to_tokens(text, budget, generation)
    assert text.startswith(kept)
    assert cost <= budget
    if kept == text and cost < budget:
        assert cost == text_tokens(text, generation)
    if len(kept) > 1:
        assert text_tokens(kept, generation) <= budget


@st.composite
def too_long(draw: st.DrawFn) -> tuple[str, int, str]:
    """A text of several tokens, and a budget below what it costs."""
    generation = draw(GENERATION)
    words = st.lists(st.text("abcd猫👩", min_size=1, max_size=8), min_size=2, max_size=20)
    text = draw(words.map(" ".join))
    return text, draw(st.integers(1, text_tokens(text, generation) - 1)), generation


@given(too_long())
def test_a_text_that_is_too_long_is_cut_and_takes_the_whole_budget(
    case: tuple[str, int, str],
) -> None:
    text, budget, generation = case
    kept, cost = cut_to_tokens(text, budget, generation)
    assert 0 < len(kept) < len(text)
    assert cost == budget


@given(WORDS, st.integers(1, 40))
def test_a_text_that_fits_stays(text: str, spare: int) -> None:
    cost = text_tokens(text, "2023")
    assert cut_to_tokens(text, cost + spare, "2023") == (text, cost)


def test_a_cut_falls_between_words() -> None:
    assert cut_to_tokens("one two three four", 2, "2023") == ("one two", 2)


@pytest.mark.parametrize("text", ["a" * 5_000, "猫" * 5_000])
def test_a_text_without_spaces_is_cut_too(text: str) -> None:
    kept, cost = cut_to_tokens(text, 10, "2023")
    assert cost == 10
    assert 8 <= text_tokens(kept, "2023") <= 10
