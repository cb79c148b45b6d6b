"""Texts: tokens of words, and that nothing depends on what was seen before."""

from __future__ import annotations

from sys import getsizeof

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.text_tokens import ENTRY, LONG, LONGEST_REMEMBERED, RATES, Scale
from mockserver.tokens import text_tokens as tokens_of
from tests.unit.mockserver.counting import near

TEXTS = st.text() | st.text(st.sampled_from("ab Z09._\n-é今🌊"), max_size=80)
EITHER = st.sampled_from(tuple(RATES))


@given(TEXTS, EITHER)
def test_only_no_text_has_no_tokens(words: str, generation: str) -> None:
    assert (tokens_of(words, generation) >= 1) == bool(words)
    assert tokens_of("", generation) == 0


@given(TEXTS, st.data(), EITHER)
def test_a_text_never_costs_less_than_its_beginning(
    words: str, data: st.DataObject, generation: str
) -> None:
    end = data.draw(st.integers(0, len(words)))
    assert tokens_of(words[:end], generation) <= tokens_of(words, generation)


@given(TEXTS, EITHER)
def test_added_words_add_tokens(words: str, generation: str) -> None:
    scale = Scale(RATES[generation])
    assert scale[words] < scale[words + " word"] < scale[words + " word, two"]


@given(st.lists(TEXTS | st.builds(str.__mul__, TEXTS, st.integers(1, 40)), max_size=8), EITHER)
def test_texts_seen_before_cost_the_same(words: list[str], generation: str) -> None:
    scale, other = Scale(RATES[generation]), Scale(RATES[generation], most=0)
    first = scale.sum(words)
    assert scale.sum(words) == other.sum(words) == first
    # From Python 3.12 on the built-in sum rounds once, at its end.
    assert first == pytest.approx(sum(scale.count(each) for each in words))


def test_long_texts_of_one_length_are_told_apart() -> None:
    scale = Scale(RATES["2023"])
    words, letters = "word " * LONG, "aaaaa" * LONG
    assert scale.sum([words, letters]) == scale.sum([words]) + scale.sum([letters])
    assert scale.sum([words]) != scale.sum([letters])


def test_the_longest_texts_are_not_remembered() -> None:
    scale = Scale(RATES["2023"])
    words = "word " * LONGEST_REMEMBERED
    assert scale[words] == near(tokens_of("word " * 1000) * LONGEST_REMEMBERED // 1000, 0.01)
    assert not scale


def test_memory_is_bounded() -> None:
    scale = Scale(RATES["2023"], most=100_000)
    for number in range(1000):
        scale[f"{number} " * 300]
        assert sum(getsizeof(words) + ENTRY for words in scale) <= 100_000
    assert scale


def test_later_models_give_about_1_3_times_the_tokens() -> None:
    prose = (
        "The quick brown fox jumps over the lazy dog, who was sleeping in the afternoon sun. " * 20
    )
    assert 1.1 < tokens_of(prose, "2026") / tokens_of(prose, "2023") < 1.5


def test_prose_has_about_three_words_in_four_tokens() -> None:
    prose = (
        "Tokens are the pieces of words that a language model reads and writes one after another. "
        * 20
    )
    assert 0.7 < len(prose.split()) / tokens_of(prose) < 1


def test_capitals_inside_a_word_and_in_a_row_cost_more() -> None:
    assert tokens_of("Tell me a joke about OpenTelemetry") > tokens_of(
        "Tell me a joke about Opentelemetry"
    )
    assert tokens_of("ANTHROPIC MAGIC STRINGS") > tokens_of("anthropic magic strings")
