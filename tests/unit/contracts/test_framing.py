"""The bytes of streams: only the exact framing of the live API is read."""

from __future__ import annotations

import pytest

from contracts.framing import FRAMING, Frame, FramingError, frames
from tests.unit.contracts.samples import PING, STOPPED, wire


def test_frames_reads_names_and_data() -> None:
    padded = b'event: content_block_stop\ndata: {"type":"content_block_stop","index":0      }\n\n'
    assert frames(wire([PING]) + padded + wire([STOPPED])) == [
        Frame("ping", {"type": "ping"}),
        Frame("content_block_stop", {"type": "content_block_stop", "index": 0}),
        Frame("message_stop", {"type": "message_stop"}),
    ]


def test_frames_of_nothing_are_none() -> None:
    assert frames(b"") == []


def test_frames_keeps_text_that_looks_like_framing() -> None:
    raw = 'event: ping\ndata: {"type": "ping", "text": "data: x\\n\\nevent: é"}\n\n'.encode()
    assert frames(raw)[0].data["text"] == "data: x\n\nevent: é"


GOOD = b'event: ping\ndata: {"type": "ping"}\n\n'
MISFRAMED = [
    pytest.param("frame.lf", 1, GOOD.replace(b"\n", b"\r\n"), id="reject_crlf"),
    pytest.param("frame.lf", 1, GOOD + b"\r\n", id="reject_cr_at_the_end"),
    pytest.param("frame.utf-8", 1, b"event: \xff\n\n", id="reject_latin_1"),
    pytest.param("frame.end", 2, GOOD + GOOD[:-1], id="reject_one_newline_at_the_end"),
    pytest.param("frame.end", 2, GOOD + b"event: ping", id="reject_cut_frame"),
    pytest.param("frame.lines", 2, GOOD + b"data: [DONE]\n\n", id="reject_done"),
    pytest.param("frame.lines", 1, b'data: {"type": "ping"}\n\n', id="reject_no_event_line"),
    pytest.param("frame.lines", 1, b"id: 1\n" + GOOD, id="reject_id_line"),
    pytest.param("frame.lines", 1, b": comment\n" + GOOD, id="reject_comment"),
    pytest.param("frame.lines", 1, b"\n" + GOOD, id="reject_third_newline"),
    pytest.param("frame.lines", 1, GOOD.replace(b"data: ", b"data:"), id="reject_no_space"),
    pytest.param(
        "frame.lines", 1, GOOD.replace(b"}\n", b"}\ndata: \n"), id="reject_two_data_lines"
    ),
    pytest.param("frame.json", 1, b"event: ping\ndata: {\n\n", id="reject_cut_json"),
    pytest.param("frame.json", 1, b"event: ping\ndata: []\n\n", id="reject_array"),
    pytest.param("frame.name", 1, GOOD.replace(b"event: ping", b"event: pong"), id="reject_name"),
    pytest.param("frame.name", 1, b"event: ping\ndata: {}\n\n", id="reject_data_without_type"),
]


@pytest.mark.parametrize(("rule", "number", "raw"), MISFRAMED)
def test_frames_blames_frame(rule: str, number: int, raw: bytes) -> None:
    with pytest.raises(FramingError) as caught:
        frames(raw)
    finding = caught.value.finding
    assert (finding.rule, finding.path) == (rule, f"frame {number}")
    assert finding.source == FRAMING.sources[rule]
    assert str(caught.value) == str(finding)


def test_frames_has_wrong_bytes_for_each_rule() -> None:
    assert {row.values[0] for row in MISFRAMED} == set(FRAMING.sources)
