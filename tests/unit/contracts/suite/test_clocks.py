"""Time that passes for a target: where its clock can be set, and what becomes of cases where it can't."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.models import as_of
from contracts.suite.cases import expanded
from contracts.suite.check import checked
from contracts.suite.clocks import ControlledClock, clock_of
from contracts.suite.errors import CaseError
from contracts.suite.meter import Meter
from contracts.suite.plan import Choice, case_part
from contracts.suite.running import Target, run
from contracts.suite.session import Session
from contracts.suite.transports import InProcess, Received, Sent
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.unit.contracts.suite.folder import read, trials

KEY = "sk-ant-clock"
CASE = "method: GET, path: /v1/models, steps: [{forward: 3600}], accepted: true"


@pytest.fixture
def mock() -> Iterator[InProcess]:
    transport = InProcess(create_app(Settings(now=as_of())))
    yield transport
    transport.close()


def shift(mock: InProcess) -> float:
    received = mock(Sent("GET", "/_mock/clock", {"x-api-key": KEY}, b""))
    return float(json.loads(received.body)["shift"])


def test_clock_goes_forward_and_back(mock: InProcess) -> None:
    clock = clock_of(mock, KEY)
    assert clock is not None
    clock.forward(3600)
    clock.forward(60)
    assert shift(mock) == pytest.approx(3660, abs=30)
    clock.back()
    clock.back()

    assert shift(mock) == pytest.approx(0, abs=30)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(404, b'{"now": "?"}', id="status"),
        pytest.param(200, b"<html>", id="html"),
        pytest.param(200, b"[]", id="array"),
        pytest.param(200, b"{}", id="no_time"),
    ],
)
def test_target_without_the_control_api_has_no_clock(status: int, body: bytes) -> None:
    assert clock_of(lambda _: Received(status, {}, body), KEY) is None


def test_target_that_closes_the_connection_has_no_clock() -> None:
    def send(_sent: Sent) -> Received:
        raise ConnectionResetError("gone")

    assert clock_of(send, KEY) is None


def test_case_is_run_with_the_time_of_its_steps_which_is_taken_back(
    tmp_path: Path, mock: InProcess
) -> None:
    asked: list[float] = []

    def send(sent: Sent) -> Received:
        asked.append(shift(mock))
        return mock(sent)

    (found,) = read(tmp_path, f"  - {{id: one, {CASE}}}\n")
    part = case_part(found, list(expanded(found, as_of())), Choice(as_of()))
    session = Session(Meter(send), KEY, as_of(), clock=ControlledClock(mock, KEY))
    report = checked([part], session)

    assert report.results[0].verdict == "passed"
    assert asked == [pytest.approx(3600, abs=30)] * 2
    assert shift(mock) == pytest.approx(0, abs=30)


def test_case_is_skipped_where_there_is_no_clock(tmp_path: Path, mock: InProcess) -> None:
    (found,) = read(tmp_path, f"  - {{id: one, {CASE}}}\n")
    part = case_part(found, list(expanded(found, as_of())), Choice(as_of()))
    report = checked([part], Session(Meter(mock), KEY, as_of()))

    assert report.results[0].verdict == "skipped"
    assert report.results[0].why == "the target has no clock that can be set"


def test_case_that_is_run_all_the_same_says_what_is_missing(
    tmp_path: Path, mock: InProcess
) -> None:
    with pytest.raises(CaseError, match=r"topic.yaml:4\): the target has no clock that can be set"):
        run(trials(tmp_path, CASE)[0], Target(mock, KEY))


@pytest.mark.parametrize(
    "step",
    [
        pytest.param("{forward: 0}", id="no_time"),
        pytest.param("{forward: 1, path: /v1/models}", id="both"),
        pytest.param("{method: GET}", id="neither"),
    ],
)
def test_step_is_a_request_or_time(step: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"topic.yaml:4"):
        read(tmp_path, f"  - {{id: one, steps: [{step}], accepted: true}}\n")
