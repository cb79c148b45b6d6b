"""Generated requests in a plan: the smallest failure is told, and what they may cost is bounded."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from contracts.models import as_of
from contracts.strategies import WAYS
from contracts.suite import generated
from contracts.suite.check import checked
from contracts.suite.session import Part
from contracts.suite.shelf import UPLOADS
from contracts.suite.talk import Talk
from contracts.suite.transports import InProcess
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.unit.contracts.samples import message
from tests.unit.contracts.suite.checked import (
    Send,
    always,
    error,
    session,
    verdicts,
)

VALID, FAULT, *_ = generated.generated_parts(3, is_live=False)


@pytest.mark.parametrize(
    ("own", "send", "why"),
    [
        pytest.param(VALID, always(error("no"), 400), "status: 400, not 200", id="valid"),
        pytest.param(FAULT, always(message()), "status: 200, not that of a refusal", id="accepted"),
        pytest.param(FAULT, always(error("no"), 400), "does not begin with", id="not_blamed"),
        pytest.param(FAULT, always([], 400), "does not begin with", id="no_envelope"),
        pytest.param(FAULT, always({}, 400), "does not begin with", id="no_error"),
    ],
)
def test_generated_requests_fail_with_the_smallest(own: Part, send: Send, why: str) -> None:
    (result,) = checked([own], session(send)).results

    assert result.verdict == "failed"
    assert why in result.why
    assert '-H "x-api-key: $ANTHROPIC_API_KEY"' in result.why


def test_generated_requests_pass_on_the_mock_also_as_if_it_were_live() -> None:
    app = InProcess(create_app(Settings(now=as_of())))
    plan = generated.generated_parts(3, is_live=True)
    # More tokens than the model has are never sent where they might be paid for.
    dear = [part for part in plan if "too_many_tokens" in part.id]
    report = checked([*plan[:2], *dear], session(app, is_live=True))
    app.close()

    assert verdicts(report) == ["passed"] * 3


@pytest.mark.parametrize("most", [2, len(UPLOADS) + 2])
def test_generated_requests_stop_at_a_ceiling_and_leave_no_file(most: int) -> None:
    app = InProcess(create_app(Settings(now=as_of())))
    run = session(app, examples=9, ceilings={"most_requests": most})
    report = checked([VALID, FAULT], run)
    files = Talk(session(app), "2026-10-21").resource("/v1/files", "file_list")
    app.close()

    assert verdicts(report) == ["skipped", "skipped"]
    assert f"ceiling of {most} requests" in report.stopped
    assert files["data"] == []


def test_generated_requests_are_left_out_without_examples() -> None:
    plan = generated.generated_parts(0, is_live=False)

    assert {each.skip for each in plan} == {"no examples were asked for (--examples)"}
    assert len(plan) == len(WAYS) + 1


def test_fault_that_fits_no_request_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_ways: object) -> st.SearchStrategy[Any]:
        return st.integers().filter(lambda _: False)

    monkeypatch.setattr(generated, "faults", nothing)
    (result,) = checked([FAULT], session(always({}))).results

    assert (result.verdict, result.why) == ("skipped", "no request was drawn that it fits")
    assert issubclass(Unsatisfiable, Exception)
