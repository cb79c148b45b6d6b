from __future__ import annotations

from collections.abc import Callable

import anthropic
import pytest
from anthropic.types import Message
from anthropic.types.message_create_params import MessageCreateParamsBase

from clients import streaming
from clients.quickstart import text_of
from tests.clients.bodies import (
    ended,
    failure,
    frame,
    started,
    stream,
    streamed,
    text_events,
)
from tests.clients.stand_in import Reply, StandIn

Receive = Callable[..., Message]

REQUEST: MessageCreateParamsBase = {
    "model": "claude-opus-4-7",
    "max_tokens": 1024,
    "messages": [{"role": "user", "content": "Tell me about Rome."}],
}
PING = {"type": "ping"}
OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
OPEN_TEXT = text_events("Ro")[:-1]

both_ways = pytest.mark.parametrize("receive", [streaming.stream_text, streaming.accumulate])


@both_ways
def test_stream_hands_on_each_piece_and_returns_the_whole(
    client: anthropic.Anthropic, stand_in: StandIn, receive: Receive
) -> None:
    pieces: list[str] = []
    stand_in.answers(streamed("Ro", "me", stop_reason="stop_sequence", stop_sequence="."))

    message = receive(client, REQUEST, pieces.append)

    assert pieces == ["Ro", "me"]
    assert text_of(message) == "Rome"
    assert (message.stop_reason, message.stop_sequence) == ("stop_sequence", ".")
    assert (message.usage.input_tokens, message.usage.output_tokens) == (12, 9)
    assert stand_in.received[0].json["stream"] is True


BROKEN = [
    pytest.param(stream(), "too early", "", id="no_event_at_all"),
    pytest.param(stream(started()), "too early", "", id="ends_after_start"),
    pytest.param(stream(started(), *OPEN_TEXT), "too early", "Ro", id="ends_inside_a_block"),
    pytest.param(
        stream(started(), *text_events("Rome"), ended()[0]),
        "too early",
        "Rome",
        id="lacks_only_message_stop",
    ),
    pytest.param(
        stream(started(), *text_events("Rome"), ended()[1]),
        "too early",
        "Rome",
        id="never_says_why_it_stopped",
    ),
    pytest.param(
        stream(started(), *text_events("Rome"), *ended(stop_reason=None)),
        "too early",
        "Rome",
        id="stop_reason_null",
    ),
    pytest.param(
        stream(started(), *OPEN_TEXT, is_cut=True),
        "RemoteProtocolError",
        "Ro",
        id="connection_cut",
    ),
    pytest.param(
        stream(started(), *OPEN_TEXT, OVERLOADED), "overloaded_error", "Ro", id="error_event"
    ),
    pytest.param(
        stream(started(), *OPEN_TEXT, b"event: error\ndata: gateway gave up\n\n"),
        "gateway gave up",
        "Ro",
        id="error_event_without_json",
    ),
    pytest.param(
        stream(started(), *OPEN_TEXT, b"event: content_block_delta\ndata: {oops\n\n"),
        "JSONDecodeError",
        "Ro",
        id="malformed_frame",
    ),
    pytest.param(
        stream(started(), *OPEN_TEXT, b"event: content_block_delta\ndata: \xff\n\n"),
        "UnicodeDecodeError",
        "Ro",
        id="bytes_that_are_not_utf8",
    ),
    pytest.param(
        stream(started(), *text_events("Ro", index=3), *ended()), "Error", "", id="index_gap"
    ),
]


@both_ways
@pytest.mark.parametrize(("reply", "reason", "heard"), BROKEN)
def test_broken_stream_is_refused_with_what_had_arrived(
    client: anthropic.Anthropic,
    stand_in: StandIn,
    receive: Receive,
    reply: Reply,
    reason: str,
    heard: str,
) -> None:
    stand_in.answers(reply)

    with pytest.raises(streaming.BrokenStreamError) as caught:
        receive(client, REQUEST)

    assert reason in caught.value.reason
    assert caught.value.text == heard


@both_ways
def test_error_event_gives_its_type_as_the_reason(
    client: anthropic.Anthropic, stand_in: StandIn, receive: Receive
) -> None:
    stand_in.answers(stream(started(), *OPEN_TEXT, OVERLOADED))

    with pytest.raises(streaming.BrokenStreamError) as caught:
        receive(client, REQUEST)

    assert caught.value.reason == "overloaded_error"
    assert isinstance(caught.value.__cause__, anthropic.APIStatusError)


@both_ways
def test_connection_cut_after_message_stop_does_no_harm(
    client: anthropic.Anthropic, stand_in: StandIn, receive: Receive
) -> None:
    stand_in.answers(stream(started(), *text_events("Rome"), *ended(), is_cut=True))

    assert text_of(receive(client, REQUEST)) == "Rome"


@both_ways
def test_error_before_the_stream_keeps_its_type(
    client: anthropic.Anthropic, stand_in: StandIn, receive: Receive
) -> None:
    stand_in.answers(failure(429, "rate_limit_error", "Slow down"))

    with pytest.raises(anthropic.RateLimitError):
        receive(client, REQUEST)


@both_ways
def test_error_of_the_listener_is_not_taken_for_one_of_the_stream(
    client: anthropic.Anthropic, stand_in: StandIn, receive: Receive
) -> None:
    def listener(piece: str) -> None:
        raise LookupError(piece)

    stand_in.answers(streamed("Ro", "me"))

    with pytest.raises(LookupError, match=r"^Ro$"):
        receive(client, REQUEST, listener)


def test_sdk_alone_takes_half_an_answer_for_a_whole_one(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    """The reason for BrokenStreamError; should this fail one day, an SDK has learnt to refuse."""
    stand_in.answers(stream(started(), *OPEN_TEXT, frame(PING)))

    with client.messages.stream(**REQUEST) as sdk_stream:
        message = sdk_stream.get_final_message()

    assert (text_of(message), message.stop_reason) == ("Ro", None)
