"""Streams are cut into events without loss, and secrets go even where they come in pieces."""

from __future__ import annotations

import json

import pytest

from mockserver.recording.events import Events, Piece, cleaned
from mockserver.redaction import REMOVED, Cleaner

KEY = "sk-ant-api03-very-secret-0001"


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("end", [b"\n\n", b"\r\n\r\n", b"\r\r"])
def test_events_are_cut_at_blank_lines_however_they_come(size: int, end: bytes) -> None:
    stream = b"event: a" + end + b"data: b" + end + b"rest"
    events = Events()
    for start in range(0, len(stream), size):
        events.feed(stream[start : start + size], start)

    assert [p.raw for p in events.close(99.0)] == [b"event: a" + end, b"data: b" + end, b"rest"]


def delta(field: str, said: str, index: int = 0) -> bytes:
    kind = {"partial_json": "input_json_delta"}.get(field, f"{field}_delta")
    data = {"type": "content_block_delta", "index": index, "delta": {"type": kind, field: said}}
    return f"event: content_block_delta\ndata: {json.dumps(data)}   \n\n".encode()


def said(events: list[tuple[float, str]], field: str, index: int = 0) -> list[str]:
    values = [json.loads(text.partition("data: ")[2]) for _, text in events if "_delta" in text]
    return [v["delta"][field] for v in values if v["index"] == index and field in v["delta"]]


@pytest.mark.parametrize("cut", range(1, len(KEY)))
def test_key_in_two_deltas_is_removed(cut: int) -> None:
    pieces = [
        Piece(0.001, delta("text", "It is " + KEY[:cut])),
        Piece(0.002, b'event: ping\ndata: {"type": "ping"}\n\n'),
        Piece(0.003, delta("text", "other", index=1)),
        Piece(0.004, delta("text", KEY[cut:] + " there")),
    ]
    events = cleaned(pieces, Cleaner([KEY]))
    assert "".join(said(events, "text")) == f"It is {REMOVED} there"
    assert [text for _, text in events[1:3]] == [p.raw.decode() for p in pieces[1:3]]
    assert [ms for ms, _ in events] == [1.0, 2.0, 3.0, 4.0]


def test_keys_in_many_deltas_are_removed() -> None:
    text = f"a {KEY} b {KEY} c"
    events = cleaned([Piece(0, delta("thinking", c)) for c in text], Cleaner([KEY]))
    assert "".join(said(events, "thinking")) == f"a {REMOVED} b {REMOVED} c"


def test_secret_by_name_in_the_input_of_a_tool_is_removed() -> None:
    parts = ['{"pass', 'word": "hun', 'ter2", "city": "Paris"}']
    events = cleaned([Piece(0, delta("partial_json", part)) for part in parts], Cleaner())
    assert json.loads("".join(said(events, "partial_json"))) == {
        "password": REMOVED,
        "city": "Paris",
    }


@pytest.mark.parametrize(
    "raw",
    [
        delta("text", "nothing to hide"),
        b"event: content_block_delta\ndata: content_block_delta {\n\n",
        b'event: content_block_delta\ndata: "content_block_delta"\n\n',
        b'event: a\ndata: {"type":"content_block_delta","delta":{"text":1}}\n\n',
        b'event: a\ndata: {"type":"content_block_delta","delta":{"signature":"abc"}}\n\n',
        b": comment\n\n",
    ],
)
def test_event_without_a_secret_stays_to_the_byte(raw: bytes) -> None:
    assert cleaned([Piece(0, raw)], Cleaner([KEY])) == [(0.0, raw.decode())]
