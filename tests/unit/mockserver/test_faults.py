"""Faults that can be meant, and those that contradict themselves."""

from __future__ import annotations

import pytest

from mockserver.faults import KINDS, Fault, problem


@pytest.mark.parametrize(
    ("fault", "problem_"),
    [
        pytest.param(Fault("cut", event=1, byte=1), "not both", id="two_places"),
        pytest.param(Fault("empty", event=1), "before the first byte", id="empty_in_a_body"),
        pytest.param(Fault("bad_json", byte=1), "between events", id="event_at_a_byte"),
        pytest.param(Fault("reset", event=1, pings=1), "go with a stall", id="pings"),
        pytest.param(Fault("stall", pings=1), "go with a stall", id="pings_before_the_head"),
        pytest.param(Fault("html", event=1), "in the head", id="html_in_a_body"),
        pytest.param(Fault("reset", status=500), "'error' and 'html'", id="status"),
        pytest.param(Fault("html", message="x"), "the kind 'error'", id="message"),
    ],
)
def test_a_fault_that_contradicts_itself(fault: Fault, problem_: str) -> None:
    assert problem_ in (problem(fault) or "")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_can_be_meant(kind: str) -> None:
    assert problem(Fault(kind)) is None


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault("reset"), "reset before the first byte"),
        (Fault("reset", event=3), "reset at event 3"),
        (Fault("reset", byte=0), "reset at byte 0"),
        (Fault("stall", event=0), "stall at event 0"),
        (Fault("cut"), "cut at event 1"),
        (Fault("error"), "error at event 1"),
        (Fault("html"), "html in the head"),
    ],
)
def test_a_fault_says_where_it_strikes(fault: Fault, text: str) -> None:
    assert str(fault) == text
