"""Faults as plans: which head an answer gets, and which steps it takes on its way."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import ApiError
from mockserver.faults import PLAIN, Fault, Wire
from mockserver.steps import (
    BAD_CHUNK,
    BAD_JSON,
    CLOSE,
    COMMENT,
    GARBAGE,
    LAST_CHUNK,
    PAGE,
    RESET,
    UNKNOWN_EVENT,
    Close,
    Plan,
    Raw,
    Send,
    Stall,
    Step,
    Wait,
    planned,
)

EVENTS = [b'event: a\ndata: {"n":1}\n\n', b"event: b\ndata: {}\n\n", b"event: c\ndata: {}\n\n"]
STREAM = b"".join(EVENTS)
JSON = b'{"type":"message"}'


def plan(fault: Fault | None = None, wire: Wire = PLAIN, body: bytes = STREAM) -> Plan:
    is_stream = body.startswith(b"event")
    return planned(body, fault, wire, is_stream=is_stream, request_id="req_1")


def steps(fault: Fault | None = None, wire: Wire = PLAIN, body: bytes = STREAM) -> list[Step]:
    return plan(fault, wire, body).body


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(Fault("reset"), [RESET], id="reset"),
        pytest.param(Fault("empty"), [CLOSE], id="empty"),
        pytest.param(Fault("stall"), [Stall(None)], id="stall"),
        pytest.param(Fault("garbage"), [Raw(GARBAGE), CLOSE], id="garbage"),
        pytest.param(Fault("reset", event=1), [], id="reset_later"),
        pytest.param(Fault("cut"), [], id="cut"),
        pytest.param(None, [], id="nothing"),
    ],
)
def test_before_the_response(fault: Fault | None, expected: list[Step]) -> None:
    assert plan(fault).before == expected
    assert plan(fault, Wire(delay=2.5)).before == [Wait(2.5), *expected]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(Fault("reset", event=2), [Send(EVENTS[0] + EVENTS[1]), RESET], id="reset"),
        pytest.param(Fault("reset", byte=3), [Send(STREAM[:3]), RESET], id="reset_at_a_byte"),
        pytest.param(Fault("stall", event=1), [Send(EVENTS[0]), Stall(None)], id="stall"),
        pytest.param(Fault("stall", event=1, pings=0.5), [Send(EVENTS[0]), Stall(0.5)], id="pings"),
        pytest.param(Fault("stall", event=0), [Stall(None)], id="stall_behind_the_head"),
        pytest.param(Fault("cut"), [Send(EVENTS[0]), CLOSE], id="cut_after_one_event"),
        pytest.param(Fault("end", event=2), [Send(EVENTS[0] + EVENTS[1])], id="end"),
        pytest.param(Fault("bad_chunk"), [Send(EVENTS[0]), Raw(BAD_CHUNK), CLOSE], id="bad_chunk"),
        pytest.param(
            Fault("bad_json"),
            [Send(EVENTS[0]), Send(BAD_JSON), Send(EVENTS[1] + EVENTS[2])],
            id="bad_json",
        ),
        pytest.param(
            Fault("unknown_event", event=2),
            [Send(EVENTS[0] + EVENTS[1]), Send(UNKNOWN_EVENT), Send(EVENTS[2])],
            id="unknown_event",
        ),
        pytest.param(Fault("reset"), [Send(STREAM)], id="before_is_no_matter_of_the_body"),
        pytest.param(None, [Send(STREAM)], id="none"),
    ],
)
def test_in_a_stream(fault: Fault | None, expected: list[Step]) -> None:
    assert steps(fault) == expected


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(Fault("reset", byte=5), [Send(JSON[:5]), RESET], id="reset"),
        pytest.param(Fault("cut", byte=0), [CLOSE], id="cut_at_once"),
        pytest.param(Fault("end", byte=5), [Send(JSON[:5])], id="end"),
    ],
)
def test_in_a_json_body(fault: Fault, expected: list[Step]) -> None:
    assert steps(fault, body=JSON) == expected


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        pytest.param(
            Fault("error"), {"type": "overloaded_error", "message": "Overloaded"}, id="overloaded"
        ),
        pytest.param(
            Fault("error", status=500, message="Oops"),
            {"type": "api_error", "message": "Oops"},
            id="own_words",
        ),
        pytest.param(
            Fault("error", status=422),
            {"type": "invalid_request_error", "message": "The request failed"},
            id="other",
        ),
    ],
)
def test_an_error_event_is_as_recorded(fault: Fault, error: dict[str, str]) -> None:
    first, last = steps(fault)
    assert first == Send(EVENTS[0])
    assert isinstance(last, Send)
    name, data, *rest = last.data.decode().split("\n")
    assert (name, rest) == ("event: error", ["", ""])
    value = json.loads(data.removeprefix("data: "))
    assert value == {
        "type": "error",
        "error": {"details": None, **error},
        "request_id": "req_1",
    }
    assert list(value["error"]) == ["details", "type", "message"]


@pytest.mark.parametrize(
    ("fault", "body", "why"),
    [
        pytest.param(
            Fault("end", event=3),
            STREAM,
            "behind event 3 can't happen: the stream has 3",
            id="event",
        ),
        pytest.param(
            Fault("cut", byte=18), JSON, "behind byte 18 can't happen: the body has 18", id="byte"
        ),
        pytest.param(Fault("error"), JSON, "the answer is no stream", id="no_stream"),
    ],
)
def test_a_fault_that_cannot_happen_is_told(fault: Fault, body: bytes, why: str) -> None:
    with pytest.raises(ApiError, match=why):
        steps(fault, body=body)


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        pytest.param(Wire(crlf=True), [Send(STREAM.replace(b"\n", b"\r\n"))], id="crlf"),
        pytest.param(
            Wire(comments=True), [Send(b"".join(COMMENT + e for e in EVENTS))], id="comments"
        ),
        pytest.param(
            Wire(bandwidth=400), [Send(STREAM[:20]), Wait(0.05)], id="bandwidth_in_20_ticks"
        ),
        pytest.param(Wire(bandwidth=400, split=10), [Send(STREAM[:10]), Wait(0.025)], id="both"),
    ],
)
def test_the_wire_shapes_a_stream(wire: Wire, expected: list[Step]) -> None:
    assert steps(wire=wire)[: len(expected)] == expected


def test_the_wire_leaves_lines_of_json_alone() -> None:
    wire = Wire(crlf=True, comments=True)
    assert steps(wire=wire, body=b'{"a":\n1}') == [Send(b'{"a":\n1}')]


@given(st.integers(1, 90))
def test_pieces_are_the_whole(size: int) -> None:
    sent = [step.data for step in steps(wire=Wire(split=size)) if isinstance(step, Send)]
    assert b"".join(sent) == STREAM
    assert {len(piece) for piece in sent[:-1]} <= {size}


TEXT, HTML = b"text/plain; charset=utf-8", b"text/html; charset=utf-8"
SIZE = len(STREAM)


@pytest.mark.parametrize(
    ("fault", "status", "headers"),
    [
        pytest.param(None, 200, {}, id="nothing"),
        pytest.param(Fault("error"), 200, {}, id="the_status_of_an_event_is_its_own"),
        pytest.param(Fault("wrong_type"), 200, {b"content-type": TEXT}, id="wrong_type"),
        pytest.param(Fault("html"), 200, {b"content-type": HTML}, id="html"),
        pytest.param(Fault("html", status=502), 502, {b"content-type": HTML}, id="html_502"),
        pytest.param(
            Fault("length_too_large"), 200, {b"content-length": b"%d" % (SIZE + 1)}, id="large"
        ),
        pytest.param(
            Fault("length_too_small"),
            200,
            {b"content-length": b"%d" % (SIZE // 2), b"connection": b"close"},
            id="small",
        ),
    ],
)
def test_the_head(fault: Fault | None, status: int, headers: dict[bytes, bytes]) -> None:
    assert plan(fault)[1:3] == (status, headers)
    closing = {**headers, b"connection": b"close"}
    assert plan(fault, Wire(slow_close=0)).headers == closing


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(Fault("wrong_type"), [Send(STREAM)], id="wrong_type"),
        pytest.param(Fault("html"), [Send(PAGE)], id="html"),
        pytest.param(Fault("length_too_large"), [Send(STREAM), CLOSE], id="large"),
        pytest.param(
            Fault("length_too_small"),
            [Send(STREAM[: SIZE // 2]), Raw(STREAM[SIZE // 2 :]), CLOSE],
            id="small",
        ),
    ],
)
def test_behind_a_head_that_is_wrong(fault: Fault, expected: list[Step]) -> None:
    assert steps(fault) == expected


def test_a_length_is_that_of_the_bytes_on_the_wire() -> None:
    wire = Wire(crlf=True, comments=True)
    (whole,) = steps(wire=wire)
    assert isinstance(whole, Send)
    found = plan(Fault("length_too_small"), wire)
    sent, surplus = found.body[:2]
    assert isinstance(sent, Send)
    assert isinstance(surplus, Raw)
    assert sent.data + surplus.data == whole.data
    assert found.headers[b"content-length"] == b"%d" % len(sent.data)


def test_what_is_too_much_is_slow_too() -> None:
    found = steps(Fault("length_too_small"), Wire(bandwidth=400))
    pauses = sum(step.seconds for step in found if isinstance(step, Wait))
    assert pauses == pytest.approx(SIZE / 400)
    assert [type(step) for step in found[-3:]] == [Raw, Wait, Close]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        pytest.param(None, [Send(STREAM), Raw(LAST_CHUNK), Close(2)], id="whole"),
        pytest.param(Fault("end"), [Send(EVENTS[0]), Raw(LAST_CHUNK), Close(2)], id="end"),
        pytest.param(Fault("cut"), [Send(EVENTS[0]), Close(2)], id="cut"),
        pytest.param(Fault("bad_chunk"), [Send(EVENTS[0]), Raw(BAD_CHUNK), Close(2)], id="chunk"),
        pytest.param(Fault("length_too_large"), [Send(STREAM), Close(2)], id="length"),
        pytest.param(Fault("reset", event=1), [Send(EVENTS[0]), RESET], id="a_reset_is_quick"),
        pytest.param(Fault("stall", event=1), [Send(EVENTS[0]), Stall(None)], id="stall"),
    ],
)
def test_a_close_may_be_slow(fault: Fault | None, expected: list[Step]) -> None:
    assert steps(fault, Wire(slow_close=2)) == expected


def test_an_empty_reply_may_close_slowly_too() -> None:
    assert plan(Fault("empty"), Wire(slow_close=2)).before == [Close(2)]


def test_a_comment_stands_before_half_an_event_as_well() -> None:
    place = len(EVENTS[0]) + 4
    assert steps(Fault("cut", byte=place), Wire(comments=True)) == [
        Send(COMMENT + EVENTS[0] + COMMENT + EVENTS[1][:4]),
        CLOSE,
    ]
