"""Plans that are run on targets that answer oddly: nothing goes unnoticed, nothing ends the run but what must."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.findings import Finding
from contracts.models import as_of
from contracts.profiles import TOLERANT
from contracts.suite.cases import expanded
from contracts.suite.check import checked
from contracts.suite.errors import CaseError
from contracts.suite.plan import Choice, case_part
from contracts.suite.properties import PROPERTIES, part_of
from contracts.suite.session import Found, Part
from contracts.suite.transports import InProcess, Received, Sent
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.unit.contracts.samples import message
from tests.unit.contracts.suite.checked import (
    Send,
    always,
    error,
    gone,
    part,
    raising,
    session,
    verdicts,
)
from tests.unit.contracts.suite.folder import read


def properties(prefix: str = "", *, is_live: bool = False) -> list[Part]:
    found = [part_of(each, is_live=is_live) for each in PROPERTIES]
    return [each for each in found if each.id.startswith(prefix)]


@pytest.mark.parametrize(
    ("raised", "why"),
    [
        pytest.param(
            CaseError("an earlier request failed"), "an earlier request failed", id="case"
        ),
        pytest.param(KeyError("type"), "the answer can't be judged: KeyError: 'type'", id="answer"),
        pytest.param(
            http.client.IncompleteRead(b""), "the answer can't be judged: IncompleteRead", id="cut"
        ),
        pytest.param(
            http.client.RemoteDisconnected("gone"),
            "no answer: RemoteDisconnected: gone",
            id="no_answer",
        ),
    ],
)
def test_what_is_raised_fails_one_part(raised: Exception, why: str) -> None:
    report = checked([raising(raised), part(lambda _: Found())], session(always({})))

    assert verdicts(report) == ["failed", "passed"]
    assert report.results[0].why.startswith(why)
    assert (report.stopped, report.is_target_lost) == ("", False)


def test_three_parts_without_an_answer_end_the_run() -> None:
    lost = [raising(TimeoutError("x"))] * 3
    report = checked([*lost, part(lambda _: Found())], session(gone))

    assert verdicts(report) == ["failed", "failed", "failed", "skipped"]
    assert (report.stopped, report.is_target_lost) == ("the target is gone", True)


@pytest.mark.parametrize("most_requests", [0, 9])
def test_target_that_closes_three_connections_and_is_there_is_not_gone(most_requests: int) -> None:
    lost = [raising(TimeoutError("x"))] * 3
    own = session(always({}, 404), ceilings={"most_requests": most_requests})
    report = checked([*lost, part(lambda _: Found())], own)

    assert verdicts(report) == ["failed", "failed", "failed", "passed"]
    assert (report.stopped, report.is_target_lost) == ("", False)


@pytest.mark.parametrize("own", PROPERTIES, ids=lambda own: own.id)
@pytest.mark.parametrize(
    "send",
    [
        pytest.param(always({}), id="empty"),
        pytest.param(always(b"<html>"), id="html"),
        pytest.param(always(error("no"), 400), id="refused"),
        pytest.param(always({"data": [], "has_more": True, "last_id": "x"}), id="no_end"),
        pytest.param(always(message()), id="one_message"),
    ],
)
def test_no_property_holds_on_a_server_that_always_says_the_same(own: Any, send: Send) -> None:
    # A server that refuses everything keeps what is said of refusals.
    report = checked([part_of(own, is_live=False)], session(send))

    expected = "passed" if own.id == "pagination/limits" and send(SENT).status == 400 else "failed"
    assert verdicts(report) == [expected]


SENT = Sent("GET", "/v1/models", {}, b"")


def paging(*pages: Any) -> Send:
    """A server that gives one page after the other, and three files and batches to who asks for them."""
    left = list(pages)

    def send(sent: Sent) -> Received:
        if sent.method == "POST":
            return always({"id": "x"})(sent)
        return always(left.pop(0) if len(left) > 1 else left[0])(sent)

    return send


@pytest.mark.parametrize(
    ("name", "send", "why"),
    [
        pytest.param(
            "pagination/models",
            paging({"data": [{"id": "a"}], "has_more": False}),
            "a list of fewer than two models",
            id="one_model",
        ),
        pytest.param(
            "pagination/models",
            paging({"data": [{"id": "a"}, {"id": "b"}, {"id": "c"}], "has_more": False}),
            "before_id=c: ['a', 'b', 'c'], not ['b']",
            id="backwards",
        ),
        pytest.param(
            "pagination/files",
            paging({"data": [{"id": "x"}], "next_page": "p"}, {"data": [{"id": "x"}]}),
            "['x', 'x'], not ['x', 'x', 'x'] among them",
            id="files",
        ),
        pytest.param(
            "reads/models", paging({"data": []}), "the list of models is empty", id="no_models"
        ),
        pytest.param(
            "reads/models",
            paging({"data": [{"id": "a"}]}, {"id": "a"}, {"id": "b"}),
            "{'id': 'a'} in the list, {'id': 'a'} alone, {'id': 'b'} again",
            id="another_model",
        ),
    ],
)
def test_reading_is_judged(name: str, send: Send, why: str) -> None:
    report = checked(properties(name), session(send))

    assert why in report.results[0].why


def test_every_property_holds_on_the_mock() -> None:
    app = InProcess(create_app(Settings(now=as_of())))
    report = checked(properties(), session(app))
    app.close()

    assert report.of("failed") == []


def test_properties_on_the_live_api_are_tried_once_or_not_at_all() -> None:
    app = InProcess(create_app(Settings(now=as_of())))
    plan = properties(is_live=True)
    report = checked(plan, session(app, is_live=True, profile=TOLERANT))
    app.close()

    skipped = {result.id for result in report.of("skipped")}
    assert skipped == {
        "files/expires",
        "files/gone",
        "lifecycles/gone",
        "lifecycles/results",
        "lifecycles/times",
        "pagination/batches",
        "pagination/files",
        "reads/files",
    }
    assert len(report.of("passed")) == len(plan) - len(skipped)


def cases(folder: Path, case: str, choice: Choice) -> Part:
    (found,) = read(folder, f"  - {{id: one, {case}}}\n")
    return case_part(found, list(expanded(found, choice.day)), choice)


@pytest.mark.parametrize(("is_own", "verdict"), [(False, "skipped"), (True, "failed")])
def test_policy_that_differs_is_a_failure_only_where_it_is_a_users_own(
    tmp_path: Path, *, is_own: bool, verdict: str
) -> None:
    (found,) = read(tmp_path, "  - {id: one, refused: no, live: safe}\n")
    case = found if is_own else found._replace(file=None)
    choice = Choice(as_of(), is_live=True)
    part = case_part(case, list(expanded(case, choice.day)), choice)
    report = checked([part], session(always(error("yes"), 400), is_live=True, profile=TOLERANT))

    assert verdicts(report) == [verdict]
    excuse = "nobody knows what is right here, and the target differs:\n"
    assert (excuse in report.results[0].why) is not is_own


def test_failure_counts_the_other_trials(tmp_path: Path) -> None:
    own = cases(tmp_path, "refused: no", Choice(as_of()))
    report = checked([own], session(always(error("yes"), 400)))

    assert report.results[0].why.endswith("\n  and       1 more of 2 requests")


def test_case_whose_models_are_all_gone_is_skipped(tmp_path: Path) -> None:
    day = as_of().replace(year=2099)
    own = cases(tmp_path, "accepted: true, models: {id: claude-opus-4-5-20251101}", Choice(day))

    assert own.skip == "no model is like that on this day"


@pytest.mark.parametrize(
    ("send", "why"),
    [
        pytest.param(always(b"<html>"), "no JSON object", id="no_json"),
        pytest.param(always([]), "no JSON object", id="no_object"),
    ],
)
def test_earlier_answers_that_are_none_fail_the_case(tmp_path: Path, send: Send, why: str) -> None:
    own = cases(tmp_path, "first: {max_tokens: 9}, accepted: true", Choice(as_of()))
    plain = cases(tmp_path, "accepted: true", Choice(as_of()))
    report = checked([own, plain], session(send))

    assert verdicts(report) == ["failed", "failed"]
    assert all(why in result.why for result in report.results)


def test_drift_is_kept_apart() -> None:
    def odd(_talk: Any) -> Iterator[Finding]:
        yield Finding("mood", "schema", "unknown", "docs", is_drift=True)

    own = next(each for each in PROPERTIES if each.is_safe)._replace(claim=odd)
    (result,) = checked([part_of(own, is_live=True)], session(always({}), profile=TOLERANT)).results

    assert (result.verdict, result.drift) == ("passed", ["mood: unknown [schema; docs]"])
