"""The grammar of streams: good ones pass, and each rule catches the stream that breaks it."""

from __future__ import annotations

import pytest

from contracts.events import GRAMMAR, StreamGrammar
from contracts.findings import Finding
from tests.unit.contracts.samples import (
    OVERLOADED,
    PING,
    SIGNATURE,
    STOPPED,
    THINKING,
    Json,
    block,
    delta,
    input_delta,
    started,
    text_block,
    thought,
    tool_block,
    tool_use,
)

START, STOP = started(), [delta(), STOPPED]
CITED: Json = {"type": "citations_delta", "citation": {"type": "page_location"}}
RESULT: Json = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
BY_CODE = tool_use(caller={"type": "code_execution_20260120", "tool_id": "srvtoolu_1"})
SIGNED: Json = {"type": "compaction", "content": "so far", "signature": "c2ln"}
COMPACTED: Json = {"type": "compaction_delta", "content": "so far"}


def read(events: list[Json]) -> tuple[StreamGrammar, Finding | None]:
    """Read a whole stream; the first finding is the answer."""
    grammar = StreamGrammar()
    for event in events:
        if finding := grammar.feed(event):
            return grammar, finding
    return grammar, grammar.finish()


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([START, *text_block(), *STOP], id="accept_text"),
        pytest.param([START, *STOP], id="accept_no_block"),
        pytest.param([START, delta(), *STOP], id="accept_two_message_deltas"),
        pytest.param([START, *text_block(), *text_block(1), *STOP], id="accept_two_blocks"),
        pytest.param(
            [START, PING, text_block()[0], PING, *text_block()[1:], PING, delta(), PING, STOPPED],
            id="accept_ping_between_any_events",
        ),
        pytest.param([START, *tool_block(0, "", '{"a"', ":1}"), *STOP], id="accept_tool_input"),
        pytest.param([START, *tool_block(0, ""), *STOP], id="accept_empty_tool_input"),
        pytest.param([START, *tool_block(0), *STOP], id="accept_tool_without_deltas"),
        pytest.param([START, *block(0, BY_CODE), *STOP], id="accept_whole_call_made_by_code"),
        pytest.param(
            [START, *block(0, THINKING, thought("a"), thought("b"), SIGNATURE), *STOP],
            id="accept_thinking",
        ),
        pytest.param([START, *block(0, THINKING, SIGNATURE), *STOP], id="accept_omitted_thinking"),
        pytest.param([START, *block(0, RESULT), *STOP], id="accept_whole_result"),
        pytest.param(
            [START, *block(0, {"type": "redacted_thinking", "data": "x"}), *STOP],
            id="accept_whole_redacted_thinking",
        ),
        pytest.param(
            [START, *block(0, {"type": "text", "text": "", "citations": []}, CITED), *STOP],
            id="accept_citation",
        ),
        pytest.param(
            [START, *block(0, {"type": "compaction", "content": None}, COMPACTED), *STOP],
            id="accept_compaction",
        ),
        pytest.param([START, *block(0, SIGNED), *STOP], id="accept_signed_compaction"),
    ],
)
def test_grammar_accepts_legal_stream(events: list[Json]) -> None:
    grammar, finding = read(events)
    assert finding is None
    assert not grammar.has_failed


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([OVERLOADED], id="accept_error_at_once"),
        pytest.param([START, *text_block()[:2], OVERLOADED], id="accept_error_inside_a_block"),
        pytest.param([START, *text_block(), delta(), OVERLOADED], id="accept_error_at_the_end"),
    ],
)
def test_grammar_takes_error_for_a_failed_end(events: list[Json]) -> None:
    grammar, finding = read(events)
    assert finding is None
    assert grammar.has_failed


# Each stream breaks one rule; the number is that of the event to blame.
ILLEGAL = [
    pytest.param("order.start", 1, [PING], id="reject_ping_first"),
    pytest.param("order.start", 1, [*text_block()], id="reject_no_message_start"),
    pytest.param("order.between", 2, [START, START], id="reject_message_start_twice"),
    pytest.param("order.between", 4, [START, *block(0, RESULT), STOPPED], id="reject_no_delta"),
    pytest.param("order.between", 2, [START, {"type": "chunk"}], id="reject_unknown_event"),
    pytest.param("order.between", 2, [START, {}], id="reject_event_without_type"),
    pytest.param("order.between", 2, [START, text_block()[1]], id="reject_delta_without_block"),
    pytest.param("order.inside", 3, [START, text_block()[0], text_block(1)[0]], id="reject_nested"),
    pytest.param("order.inside", 3, [START, text_block()[0], delta()], id="reject_unclosed_block"),
    pytest.param("order.ending", 3, [START, delta(), text_block()[0]], id="reject_block_at_end"),
    pytest.param("order.stopped", 4, [START, *STOP, PING], id="reject_ping_after_stop"),
    pytest.param("order.failed", 3, [START, OVERLOADED, delta()], id="reject_event_after_error"),
    pytest.param("start.content", 1, [started(content=[{}])], id="reject_content_at_start"),
    pytest.param("start.content", 1, [{"type": "message_start"}], id="reject_no_message_at_start"),
    pytest.param(
        "start.stop-reason", 1, [started(stop_reason="end_turn")], id="reject_stop_reason_at_start"
    ),
    pytest.param("block.index", 2, [START, *text_block(1)], id="reject_first_index_1"),
    pytest.param(
        "block.index", 5, [START, *text_block(), *text_block(0)], id="reject_index_used_again"
    ),
    pytest.param(
        "block.other", 3, [START, text_block()[0], text_block(1)[1]], id="reject_delta_of_another"
    ),
    pytest.param(
        "block.other", 3, [START, text_block()[0], text_block(1)[2]], id="reject_stop_of_another"
    ),
    pytest.param(
        "block.not-empty", 2, [START, *block(0, {"type": "text", "text": "a"})], id="reject_text"
    ),
    pytest.param("block.not-empty", 2, [START, *block(0, tool_use())], id="reject_whole_input"),
    pytest.param(
        "delta.type",
        3,
        [START, *block(0, {"type": "text", "text": ""}, input_delta(""))],
        id="reject_tool_input_in_text",
    ),
    pytest.param("delta.type", 3, [START, *block(0, RESULT, CITED)], id="reject_delta_in_result"),
    pytest.param(
        "delta.type", 3, [START, *block(0, BY_CODE, input_delta(""))], id="reject_delta_by_code"
    ),
    pytest.param(
        "delta.type",
        3,
        [START, *block(0, SIGNED, COMPACTED)],
        id="reject_delta_of_signed_compaction",
    ),
    pytest.param(
        "delta.type",
        3,
        [START, text_block()[0], {"type": "content_block_delta", "index": 0}],
        id="reject_no_delta",
    ),
    pytest.param("delta.type", 3, [START, *block(0, {}, CITED)], id="reject_block_without_type"),
    pytest.param("delta.json", 4, [START, *tool_block(0, '{"a"')], id="reject_cut_tool_input"),
    pytest.param("delta.json", 4, [START, *tool_block(0, "[1]")], id="reject_array_as_input"),
    pytest.param(
        "signature.last",
        4,
        [START, *block(0, THINKING, SIGNATURE, thought("a"))],
        id="reject_thinking_after_signature",
    ),
    pytest.param(
        "signature.last",
        4,
        [START, *block(0, THINKING, SIGNATURE, SIGNATURE)],
        id="reject_two_signatures",
    ),
    pytest.param(
        "signature.missing", 4, [START, *block(0, THINKING, thought("a"))], id="reject_unsigned"
    ),
    pytest.param("end", 0, [], id="reject_nothing"),
    pytest.param("end", 2, [START, delta()], id="reject_no_message_stop"),
]


@pytest.mark.parametrize(("rule", "number", "events"), ILLEGAL)
def test_grammar_blames_event(rule: str, number: int, events: list[Json]) -> None:
    _, finding = read(events)
    assert finding is not None
    assert (finding.rule, finding.path) == (rule, f"event {number}")
    assert finding.source == GRAMMAR.sources[rule]


def test_grammar_has_wrong_stream_for_each_rule() -> None:
    assert {row.values[0] for row in ILLEGAL} == set(GRAMMAR.sources)


def test_grammar_passes_over_illegal_event() -> None:
    grammar = StreamGrammar()
    assert grammar.feed(PING) is not None
    assert [grammar.feed(event) for event in [START, *text_block(), *STOP]] == [None] * 6
    assert grammar.finish() is None


def test_grammar_says_what_it_expected() -> None:
    _, finding = read([START, *STOP, STOPPED])
    assert finding is not None
    assert str(finding) == (
        "event 4: message_stop instead of the end [order.stopped; docs: Streaming messages]"
    )
