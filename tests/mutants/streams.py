"""Servers whose streams are wrong."""

from __future__ import annotations

import json

from contracts.suite.transports import Received, Sent, Transport
from tests.mutants.mutant import Json, each_stream, events, is_stream, mutant, streaming


def of(kind: str, values: list[Json]) -> list[Json]:
    return [value for value in values if value["type"] == kind]


def first_delta(values: list[Json]) -> int:
    return next(n for n, value in enumerate(values) if value["type"] == "content_block_delta")


@mutant("streams")
def stream_without_its_end(sent: Sent, right: Transport, received: Received) -> Received:
    """No message_stop."""
    return each_stream(lambda values: values[:-1])(sent, right, received)


@mutant("streams")
def stream_with_a_wrong_index(sent: Sent, right: Transport, received: Received) -> Received:
    """Content blocks are numbered from 1."""

    def edit(values: list[Json]) -> None:
        for value in values:
            if "index" in value:
                value["index"] += 1

    return each_stream(edit)(sent, right, received)


@mutant("streams")
def stream_with_a_delta_before_its_block(
    sent: Sent, right: Transport, received: Received
) -> Received:
    """The first delta comes before content_block_start."""

    def edit(values: list[Json]) -> list[Json]:
        place = first_delta(values)
        start = next(n for n, v in enumerate(values) if v["type"] == "content_block_start")
        values.insert(start, values.pop(place))
        return values

    return each_stream(edit)(sent, right, received)


@mutant("streams")
def stream_named_otherwise(_sent: Sent, _right: Transport, received: Received) -> Received:
    """The event's name is not data.type."""
    if not is_stream(received):
        return received
    raw = received.body.replace(b"event: content_block_delta", b"event: message")
    return received._replace(body=raw)


@mutant("streams")
def stream_as_text(_sent: Sent, _right: Transport, received: Received) -> Received:
    """Streams have the content type text/plain."""
    if not is_stream(received):
        return received
    return received._replace(headers={**received.headers, "content-type": "text/plain"})


@mutant("streams")
def stream_with_a_padded_ping(sent: Sent, right: Transport, received: Received) -> Received:
    """ping has more than a type."""

    def edit(values: list[Json]) -> None:
        for value in of("ping", values):
            value["padding"] = "0" * 8

    return each_stream(edit)(sent, right, received)


@mutant("streams")
def stream_without_a_delta(sent: Sent, right: Transport, received: Received) -> Received:
    """One delta is lost: a legal stream that tells another message."""

    def edit(values: list[Json]) -> list[Json]:
        deltas = of("content_block_delta", values)
        lost = next((v for v in deltas if v["delta"]["type"] == "text_delta"), None)
        return [value for value in values if value is not lost]

    return each_stream(edit)(sent, right, received)


@mutant("streams")
def stream_with_usage_of_its_start(sent: Sent, right: Transport, received: Received) -> Received:
    """message_delta says as many output_tokens as message_start."""

    def edit(values: list[Json]) -> None:
        for value in of("message_delta", values):
            value["usage"]["output_tokens"] = 1

    return each_stream(edit)(sent, right, received)


@mutant("streams")
def stream_that_starts_full(sent: Sent, right: Transport, received: Received) -> Received:
    """The text of a block is in content_block_start and in its deltas."""

    def edit(values: list[Json]) -> None:
        for value in of("content_block_start", values):
            if value["content_block"]["type"] == "text":
                value["content_block"]["text"] = "This"

    return each_stream(edit)(sent, right, received)


@mutant("streams")
def stream_of_broken_letters(_sent: Sent, _right: Transport, received: Received) -> Received:
    """Letters of several bytes are cut between chunks, and what is left of them is replaced."""
    if not is_stream(received):
        return received
    values = events(received)
    for value in of("content_block_delta", values):
        text = json.dumps(value, ensure_ascii=False).encode("ascii", "replace").decode()
        value.update(json.loads(text))
    return streaming(received, values)


@mutant("streams", "headers")
def stream_of_a_refusal(sent: Sent, right: Transport, received: Received) -> Received:
    """A refused request for a stream gets status 200 and an error event."""
    if b'"stream": true' not in sent.body or received.status == 200:
        return received
    error = json.loads(received.body)
    headers = {**received.headers, "content-type": "text/event-stream; charset=utf-8"}
    raw = f"event: error\ndata: {json.dumps(error)}\n\n".encode()
    return Received(200, headers, raw)
