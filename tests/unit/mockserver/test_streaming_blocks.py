"""Streams of blocks that are no text: calls, thoughts, citations, compaction."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.framing import frames
from mockserver import streaming
from mockserver.tool_input import EAGER_BETA, eager_tools
from tests.unit.mockserver.bodies import body, read
from tests.unit.mockserver.streams import (
    INPUTS,
    deltas_of,
    joined,
    names,
    said,
    stream,
    thought,
    tool,
)


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
