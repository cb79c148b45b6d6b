"""Streams: the recorded framing to the byte, and deltas that add up to the message."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.events import StreamGrammar
from contracts.framing import Frame, frames
from contracts.oracle import check_stream
from mockserver import streaming
from tests.unit.mockserver.bodies import NEW
from tests.unit.mockserver.streams import (
    BLOCKS,
    FRAME,
    HOSTILE,
    MODELS,
    PING,
    joined,
    names,
    stream,
    text,
    thought,
    tool,
)


@given(st.lists(BLOCKS, max_size=3), st.integers(0, 2**40), st.sampled_from(MODELS))
def test_deltas_add_up_to_the_message(blocks: list[dict[str, Any]], seed: int, model: str) -> None:
    assert joined(stream(*blocks, seed=seed, model=model)) == blocks


@given(st.lists(BLOCKS, max_size=3), st.integers(0, 2**40))
def test_a_stream_is_framed_to_the_byte(blocks: list[dict[str, Any]], seed: int) -> None:
    raw = stream(*blocks, seed=seed)
    assert b"".join(streaming.frames(raw)) == raw
    for piece in streaming.frames(raw):
        if piece == PING:
            continue
        match = FRAME.fullmatch(piece)
        assert match, piece
        assert len(match[3]) <= 15
        assert not match[2].endswith(b" ")


@given(st.lists(BLOCKS, max_size=3), st.integers(0, 2**40))
def test_the_contract_finds_nothing_wrong(blocks: list[dict[str, Any]], seed: int) -> None:
    # An empty text block is legal input here, but nothing that an answer holds.
    kept = [block for block in blocks if block != text("")]
    assert check_stream(stream(*kept, seed=seed), NEW) == []


@given(HOSTILE.filter(bool), st.integers(0, 999))
def test_no_delta_of_a_text_is_empty(words: str, seed: int) -> None:
    deltas = [
        f.data["delta"]["text"]
        for f in frames(stream(text(words), seed=seed))
        if "delta" in f.name and "index" in f.data
    ]
    assert all(deltas)
    assert "".join(deltas) == words


def test_paddings_are_spread_over_0_to_15() -> None:
    raw = stream(text("word " * 4_000), model="claude-haiku-4-5")
    paddings = [len(match[3]) for match in FRAME.finditer(raw)]
    assert len(paddings) > 1_000
    for width in range(16):
        assert 0.5 < paddings.count(width) / (len(paddings) / 16) < 1.6


def test_the_ping_is_the_third_event() -> None:
    assert names(stream(text("Hi"), text("there")))[:4] == [
        "message_start",
        "content_block_start",
        "ping",
        "content_block_delta",
    ]
    assert names(stream(text("Hi"), text("there"))).count("ping") == 1
    assert PING in stream(text("Hi"))


def test_a_stream_without_content() -> None:
    assert names(stream(stop_reason="stop_sequence", stop_sequence="x")) == [
        "message_start",
        "ping",
        "message_delta",
        "message_stop",
    ]


def test_a_stream_of_every_kind_of_block_in_order() -> None:
    raw = stream(thought("Hm"), text("Hi"), tool({}))
    grammar = StreamGrammar()
    assert [grammar.feed(frame.data) for frame in frames(raw)] == [None] * len(frames(raw))
    starts = [f.data["content_block"] for f in frames(raw) if f.name == "content_block_start"]
    assert starts == [thought("") | {"signature": ""}, text(""), tool({})]


def test_the_closing_says_why() -> None:
    raw = stream(text("Hi"), stop_reason="stop_sequence", stop_sequence="x")
    (delta,) = [frame.data for frame in frames(raw) if frame.name == "message_delta"]
    assert list(delta) == ["type", "delta", "usage"]
    assert delta["delta"] == {
        "container": None,
        "stop_reason": "stop_sequence",
        "stop_sequence": "x",
        "stop_details": None,
    }
    assert delta["usage"]["output_tokens"] == 7


def test_the_opening_has_no_content() -> None:
    start = frames(stream(text("Hi")))[0]
    assert start == Frame(
        "message_start", {"type": "message_start", "message": start.data["message"]}
    )
    assert start.data["message"]["content"] == []
    assert start.data["message"]["usage"]["output_tokens"] == 1


@pytest.mark.parametrize(
    ("model", "median"),
    [
        ("claude-haiku-4-5", 9),
        ("claude-sonnet-4-5", 14),
        ("claude-sonnet-4-20250514", 21),
        ("claude-sonnet-4-6", 68),
        ("claude-opus-4-6", 9),
        ("claude-3-haiku-20240307", 9),
        ("claude-opus-5-5", 68),
    ],
)
def test_pieces_are_as_long_as_recorded(model: str, median: int) -> None:
    raw = stream(text("The quick brown fox. " * 500), model=model)
    sizes = sorted(
        len(f.data["delta"]["text"]) for f in frames(raw) if f.name == "content_block_delta"
    )
    assert abs(sizes[len(sizes) // 2] - median) <= max(2, median // 5)
    assert sizes[0] >= 1


def test_a_stream_repeats_with_its_seed() -> None:
    assert stream(text("word " * 50), seed=5) == stream(text("word " * 50), seed=5)
    assert stream(text("word " * 50), seed=5) != stream(text("word " * 50), seed=6)


@pytest.mark.parametrize("words", ["a" * 300_000, "é\n" * 150_000])
def test_a_long_text_has_more_pieces_than_are_prepared(words: str) -> None:
    assert joined(stream(text(words), model="claude-haiku-4-5")) == [text(words)]


def test_frames_of_nothing_are_none() -> None:
    assert streaming.frames(b"") == []
