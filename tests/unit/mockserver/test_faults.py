"""Faults as plans: which steps an answer takes on its way."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.errors import ApiError
from mockserver.faults import (
    BAD_CHUNK,
    BAD_JSON,
    BEFORE,
    CLOSE,
    COMMENT,
    GARBAGE,
    IN_BODY,
    IN_STREAM,
    PLAIN,
    RESET,
    UNKNOWN_EVENT,
    Fault,
    Raw,
    Send,
    Stall,
    Step,
    Wait,
    Wire,
    before,
    body_steps,
    problem,
)

EVENTS = [b'event: a\ndata: {"n":1}\n\n', b"event: b\ndata: {}\n\n", b"event: c\ndata: {}\n\n"]
STREAM = b"".join(EVENTS)
JSON = b'{"type":"message"}'


def steps(fault: Fault | None = None, wire: Wire = PLAIN, body: bytes = STREAM) -> list[Step]:
    is_stream = body.startswith(b"event")
    return body_steps(body, fault, wire, is_stream=is_stream, request_id="req_1")


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
    assert list(before(fault, PLAIN)) == expected
    assert list(before(fault, Wire(delay=2.5))) == [Wait(2.5), *expected]


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
    ("fault", "problem_"),
    [
        pytest.param(Fault("cut", event=1, byte=1), "not both", id="two_places"),
        pytest.param(Fault("empty", event=1), "before the first byte", id="empty_in_a_body"),
        pytest.param(Fault("bad_json", byte=1), "between events", id="event_at_a_byte"),
        pytest.param(Fault("reset", event=1, pings=1), "go with a stall", id="pings"),
        pytest.param(Fault("stall", pings=1), "go with a stall", id="pings_before_the_head"),
        pytest.param(Fault("reset", message="x"), "the kind 'error'", id="message"),
    ],
)
def test_a_fault_that_contradicts_itself(fault: Fault, problem_: str) -> None:
    assert problem_ in (problem(fault) or "")


@pytest.mark.parametrize("kind", dict.fromkeys((*BEFORE, *IN_BODY, *IN_STREAM)))
def test_every_kind_can_be_meant(kind: str) -> None:
    assert problem(Fault(kind)) is None


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
