"""Messages put together from a stream, by the SDK and by us: the same content both ways."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anthropic
import pytest
from anthropic.types import Message
from anthropic.types.message_create_params import MessageCreateParamsBase

from clients import streaming
from clients.quickstart import text_of
from tests.clients.bodies import block_events, ended, started, stream, text, text_events
from tests.clients.stand_in import Reply, StandIn

Receive = Callable[..., Message]

REQUEST: MessageCreateParamsBase = {
    "model": "claude-opus-4-7",
    "max_tokens": 1024,
    "messages": [{"role": "user", "content": "Tell me about Rome."}],
}
PING = {"type": "ping"}
THINKING = {"type": "thinking", "thinking": "", "signature": ""}
TOOL = {"type": "tool_use", "id": "toolu_01", "name": "weather", "input": {}}
OPEN_TEXT = text_events("Ro")[:-1]

both_ways = pytest.mark.parametrize("receive", [streaming.stream_text, streaming.accumulate])


def rich() -> Reply:
    thinking = block_events(
        THINKING,
        {"type": "thinking_delta", "thinking": "Hm"},
        {"type": "thinking_delta", "thinking": "m."},
        {"type": "signature_delta", "signature": "c2ln"},
    )
    call = block_events(
        TOOL,
        {"type": "input_json_delta", "partial_json": ""},
        {"type": "input_json_delta", "partial_json": '{"city": "Ro'},
        {"type": "input_json_delta", "partial_json": 'me"}'},
        index=2,
    )
    words = text_events("One ", "moment.", index=1)
    return stream(started(), PING, *thinking, *words, PING, *call, *ended("tool_use"))


@both_ways
def test_stream_assembles_every_kind_of_block(
    client: anthropic.Anthropic, stand_in: StandIn, receive: Receive
) -> None:
    stand_in.answers(rich())

    content = [block.to_dict() for block in receive(client, REQUEST).content]

    assert content == [
        {"type": "thinking", "thinking": "Hmm.", "signature": "c2ln"},
        text("One moment."),
        {**TOOL, "input": {"city": "Rome"}},
    ]


@both_ways
def test_stream_assembles_citations(
    client: anthropic.Anthropic, stand_in: StandIn, receive: Receive
) -> None:
    citations = [
        {
            "type": "char_location",
            "cited_text": words,
            "document_index": 0,
            "document_title": None,
            "start_char_index": 0,
            "end_char_index": len(words),
        }
        for words in ("Roma", "aeterna")
    ]
    deltas: list[dict[str, Any]] = [
        *({"type": "citations_delta", "citation": citation} for citation in citations),
        {"type": "text_delta", "text": "Rome"},
    ]
    opening = {"type": "text", "text": "", "citations": []}
    stand_in.answers(stream(started(), *block_events(opening, *deltas), *ended()))

    [block] = receive(client, REQUEST).content

    assert block.to_dict() == {"type": "text", "text": "Rome", "citations": citations}


@both_ways
@pytest.mark.parametrize(
    "oddity",
    [
        pytest.param({"type": "weather_report", "sky": "blue"}, id="event"),
        pytest.param(
            {
                "type": "content_block_delta",
                "index": 0,
                "delta": {"type": "mood_delta", "mood": "good"},
            },
            id="delta",
        ),
    ],
)
def test_stream_tolerates_types_it_does_not_know(
    client: anthropic.Anthropic, stand_in: StandIn, receive: Receive, oddity: dict[str, Any]
) -> None:
    first, delta, stop = text_events("Rome")
    stand_in.answers(stream(started(), first, delta, oddity, stop, *ended()))

    assert text_of(receive(client, REQUEST)) == "Rome"


@both_ways
def test_each_tool_call_gets_its_own_input(
    client: anthropic.Anthropic, stand_in: StandIn, receive: Receive
) -> None:
    calls = [
        block_events(TOOL, {"type": "input_json_delta", "partial_json": words}, index=index)
        for index, words in enumerate(['{"city": "Rome"}', '{"city": "Oslo"}'])
    ]
    stand_in.answers(stream(started(), *calls[0], *calls[1], *ended("tool_use")))

    blocks = [block.to_dict() for block in receive(client, REQUEST).content]

    assert [block["input"] for block in blocks] == [{"city": "Rome"}, {"city": "Oslo"}]


DISORDERED = [
    pytest.param([started(), started()], "second message_start", id="two_starts"),
    pytest.param([*text_events("Ro"), started()], "no message_start", id="block_before_start"),
    pytest.param([ended()[0], started()], "no message_start", id="delta_before_start"),
    pytest.param(
        [started(), *OPEN_TEXT, *text_events("me", index=1)],
        "block 1 starts out of turn",
        id="block_inside_a_block",
    ),
    pytest.param(
        [started(), *text_events("Ro"), *text_events("me")],
        "block 0 starts out of turn",
        id="index_used_twice",
    ),
    pytest.param(
        [started(), *text_events("Ro"), text_events("me")[1]],
        "block 0 is not open",
        id="delta_after_stop",
    ),
    pytest.param([started(), *OPEN_TEXT, *ended()], "inside block 0", id="block_left_open"),
    pytest.param(
        [
            started(),
            *block_events(TOOL, {"type": "input_json_delta", "partial_json": '{"city": "Ro'}),
        ],
        "JSONDecodeError",
        id="half_a_tool_input",
    ),
    pytest.param(
        [started(), *block_events(TOOL, {"type": "text_delta", "text": "Ro"})],
        "AttributeError",
        id="text_in_a_tool_block",
    ),
]


@pytest.mark.parametrize(("events", "reason"), DISORDERED)
def test_accumulate_refuses_events_out_of_order(
    client: anthropic.Anthropic, stand_in: StandIn, events: list[Any], reason: str
) -> None:
    stand_in.answers(stream(*events, *ended()))

    with pytest.raises(streaming.BrokenStreamError) as caught:
        streaming.accumulate(client, REQUEST)

    assert reason in caught.value.reason
