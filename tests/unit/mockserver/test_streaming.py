"""Streams: the recorded framing to the byte, and deltas that add up to the message."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.events import StreamGrammar
from contracts.framing import Frame, frames
from contracts.oracle import check_stream
from mockserver import streaming
from mockserver.replies.answer import Answer
from mockserver.replies.message import message
from mockserver.tool_input import EAGER_BETA, eager_tools
from tests.unit.mockserver.bodies import NEW, body, read

PING = b'event: ping\ndata: {"type": "ping"}\n\n'
FRAME = re.compile(rb"event: ([a-z_]+)\ndata: (\{.*?)( *)\}\n\n", re.DOTALL)
HOSTILE = st.text(st.sampled_from('ab \\"\n\r\t\0\u2028\x7f/<é猫👩‍👧')) | st.text()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | HOSTILE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(HOSTILE, inner, max_size=3),
    max_leaves=6,
)
INPUTS = st.dictionaries(HOSTILE, VALUES, max_size=3)
MODELS = ["claude-haiku-4-5", "claude-sonnet-4-5", "claude-sonnet-4-6", "claude-opus-5-5"]


def text(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def tool(value: dict[str, Any]) -> dict[str, Any]:
    caller = {"type": "direct"}
    return {
        "type": "tool_use",
        "id": f"toolu_01{'A' * 22}",
        "name": "t",
        "input": value,
        "caller": caller,
    }


def thought(words: str) -> dict[str, Any]:
    return {"type": "thinking", "thinking": words, "signature": "c2ln"}


BLOCKS = st.builds(text, HOSTILE) | st.builds(tool, INPUTS) | st.builds(thought, HOSTILE)


def said(*blocks: dict[str, Any], model: str = "claude-opus-5-5", **more: Any) -> dict[str, Any]:
    answer = Answer(list(blocks), output_tokens=7, **more)
    return message(read(body(model)), answer, f"msg_011C{'A' * 20}", 9)


def stream(*blocks: dict[str, Any], seed: int = 0, **more: Any) -> bytes:
    return streaming.framed(said(*blocks, **more), seed)


def names(raw: bytes) -> list[str]:
    return [frame.name for frame in frames(raw)]


def joined(raw: bytes) -> list[dict[str, Any]]:
    """The blocks as a client adds them up."""
    found: list[dict[str, Any]] = []
    parts: list[str] = []
    for frame in frames(raw):
        if frame.name == "content_block_start":
            found.append(dict(frame.data["content_block"]))
            parts = []
        elif frame.name == "content_block_delta":
            _add(found[frame.data["index"]], frame.data["delta"], parts)
        elif frame.name == "content_block_stop" and parts:
            found[frame.data["index"]]["input"] = json.loads("".join(parts) or "{}")
    return found


def _add(block: dict[str, Any], delta: dict[str, Any], parts: list[str]) -> None:
    kind = delta["type"].removesuffix("_delta")
    if kind == "input_json":
        parts.append(delta["partial_json"])
    else:
        block[kind] += delta[kind]


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


def test_a_thinking_block_has_two_deltas() -> None:
    deltas = [
        f.data["delta"] for f in frames(stream(thought(""))) if f.name == "content_block_delta"
    ]
    assert deltas == [
        {"type": "thinking_delta", "thinking": ""},
        {"type": "signature_delta", "signature": "c2ln"},
    ]


@pytest.mark.parametrize(
    ("value", "later"),
    [({}, ""), ({"city": "Paris", "n": [1]}, '{"city": "Paris", "n": [1]}')],
)
def test_the_first_delta_of_a_tool_call_is_empty(value: dict[str, Any], later: str) -> None:
    deltas = [
        f.data["delta"] for f in frames(stream(tool(value))) if f.name == "content_block_delta"
    ]
    assert {delta["type"] for delta in deltas} == {"input_json_delta"}
    first, *rest = [delta["partial_json"] for delta in deltas]
    assert (first, "".join(rest)) == ("", later)
    assert all(len(piece) <= 15 for piece in rest)


def test_a_block_without_deltas_arrives_whole() -> None:
    block = {"type": "redacted_thinking", "data": "x"}
    raw = stream(block)
    assert "content_block_delta" not in names(raw)
    assert joined(raw) == [block]


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


def deltas_of(raw: bytes) -> list[dict[str, Any]]:
    return [frame.data["delta"] for frame in frames(raw) if frame.name == "content_block_delta"]


def fragments(value: dict[str, Any], eager: frozenset[str] = frozenset(), **more: Any) -> list[str]:
    raw = streaming.framed(said({**tool(value), **more}), 3, eager)
    return [delta["partial_json"] for delta in deltas_of(raw)][1:]


LONG_INPUT = {"code": "print('Hello, world') # " * 10, "n": 1, "deep": {"a": [1, 2], "b": "é"}}


@given(INPUTS.filter(bool), st.booleans())
def test_fragments_add_up_to_the_input(value: dict[str, Any], eager: bool) -> None:  # drawn
    found = fragments(value, frozenset("t") if eager else frozenset())
    assert json.loads("".join(found)) == value


def test_a_buffered_fragment_ends_with_its_entry() -> None:
    """Recorded: each entry is cut when it is complete, in fragments of 1 to 12 characters."""
    found = fragments(LONG_INPUT)
    assert {len(piece) for piece in found} <= set(range(1, 13))
    ends, so_far = set[int](), 0
    for piece in found:
        so_far += len(piece)
        ends.add(so_far)
    whole = "".join(found)
    assert {whole.index(', "n"'), whole.index(', "deep"'), len(whole)} <= ends


def test_an_eager_input_is_cut_as_text_is() -> None:
    found = fragments(LONG_INPUT, frozenset("t"))
    assert max(map(len, found)) > 12
    assert len(found) < len(fragments(LONG_INPUT)) / 3


def test_a_toolset_member_has_one_complete_delta() -> None:
    assert len(fragments(LONG_INPUT, toolset_name="computer")) == 1


@pytest.mark.parametrize(
    ("tools", "betas", "expected"),
    [
        ([], [], set[str]()),
        ([{"name": "a", "input_schema": {}}], [], set[str]()),
        ([{"name": "a", "eager_input_streaming": True}, {"name": "b"}], [], {"a"}),
        ([{"name": "a"}, {"type": "computer_toolset_20260801"}], [EAGER_BETA], {"a"}),
    ],
)
def test_tools_ask_for_eager_input(
    tools: list[dict[str, Any]], betas: list[str], expected: set[str]
) -> None:
    assert eager_tools(read(body(tools=tools), betas=frozenset(betas))) == expected


def test_calls_of_the_server_are_streamed_and_results_arrive_whole() -> None:
    called = {
        "type": "server_tool_use",
        "id": "srvtoolu_1",
        "name": "web_search",
        "input": {"q": "x"},
    }
    result = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
    raw = stream(called, result)
    starts = [f.data["content_block"] for f in frames(raw) if f.name == "content_block_start"]
    assert starts == [{**called, "input": {}}, result]
    assert {delta["type"] for delta in deltas_of(raw)} == {"input_json_delta"}


def test_citations_come_before_the_text_that_they_are_for() -> None:
    citation = {"type": "char_location", "cited_text": "x", "document_index": 0}
    cited = {"citations": [citation, citation], "type": "text", "text": "As it says."}
    raw = stream(cited)
    start = next(f.data["content_block"] for f in frames(raw) if f.name == "content_block_start")
    assert start == {"citations": [], "type": "text", "text": ""}
    kinds = [delta["type"] for delta in deltas_of(raw)]
    assert kinds == ["citations_delta", "citations_delta", *["text_delta"] * (len(kinds) - 2)]
    assert deltas_of(raw)[0]["citation"] == citation


def test_compaction_is_one_delta() -> None:
    raw = stream({"type": "compaction", "content": "They talked."})
    start = next(f.data["content_block"] for f in frames(raw) if f.name == "content_block_start")
    assert start == {"type": "compaction", "content": None}
    assert deltas_of(raw) == [{"type": "compaction_delta", "content": "They talked."}]


def test_a_long_thought_comes_in_pieces_and_its_signature_last() -> None:
    found = deltas_of(stream(thought("Let me see what there is to say. " * 20)))
    assert [delta["type"] for delta in found[-2:]] == ["thinking_delta", "signature_delta"]
    assert len(found) > 5
    omitted = deltas_of(stream(thought("")))
    assert [delta["type"] for delta in omitted] == ["thinking_delta", "signature_delta"]
