"""Reports as tables, texts and files."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from contracts.suite import reporting
from contracts.suite.exports import write_json, write_junit
from contracts.suite.results import FAILED, PASSED, SKIPPED, Report, Result

WHY = "got  \x00\ud800\n  differs   status: 200, not 400\n  differs   a: wrong [a.b; docs: x]\n  request   curl"
NEW = [f"field {n} is new" for n in range(25)]
REPORT = Report(
    [
        Result("a/one", "documented", "docs", PASSED, drift=NEW, requests=2, seconds=0.5),
        Result("a/two", "policy", "ours", FAILED, WHY, requests=1),
        Result("b/one", "recorded", "seen", SKIPPED, "not for the live API\nmore"),
        Result("b/two", "recorded", "seen", PASSED, drift=NEW[:1]),
    ],
    "the ceiling is reached",
)
TABLE = """\
topic      cases    passed    failed    skipped    right status    requests  evidence
-------  -------  --------  --------  ---------  --------------  ----------  ----------------------------------
a              2         1         1          0               1           3  1 documented, 1 policy
b              2         1         0          1               1           0  2 recorded
all            4         2         1          1               2           3  1 documented, 2 recorded, 1 policy"""


def test_table_counts_by_topic() -> None:
    assert reporting.table(REPORT) == TABLE


def test_texts() -> None:
    assert reporting.failures(REPORT) == f"FAILED a/two\n{WHY}"
    assert reporting.causes(REPORT) == "WHY 1 failed, by rule or place\n  1 status\n  1 a.b"
    assert reporting.reasons(REPORT) == "  1 skipped: not for the live API"
    assert (
        reporting.total(REPORT) == "2 passed, 1 failed, 1 skipped; stopped: the ceiling is reached"
    )
    assert reporting.total(Report([])) == "0 passed, 0 failed, 0 skipped"


def test_drift_is_told_once_and_not_without_end() -> None:
    lines = reporting.drift(REPORT).split("\n")

    assert lines[:2] == ["DRIFT", "  field 0 is new  (first in a/one)"]
    assert lines[-1] == "  and 5 more"
    assert reporting.drift(Report(REPORT.results[3:])).count("\n") == 1
    assert reporting.drift(Report([])) == ""


def test_junit_holds_what_xml_can_hold(tmp_path: Path) -> None:
    write_junit(REPORT, tmp_path / "junit.xml")
    root = ET.parse(tmp_path / "junit.xml").getroot()
    failure = root.find(".//testcase[@name='a/two']/failure")

    assert [suite.get("name") for suite in root] == ["a", "b"]
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("4", "1", "1")
    assert failure is not None
    assert failure.text == WHY.replace("\x00\ud800", "\ufffd\ufffd")
    assert "field 24 is new" in (root.findtext(".//testcase[@name='a/one']/system-out") or "")


def test_json_holds_everything(tmp_path: Path) -> None:
    write_json(REPORT, tmp_path / "report.json", {"target": "x"})
    value = json.loads((tmp_path / "report.json").read_text("utf-8"))

    assert value["totals"] == {"passed": 2, "failed": 1, "skipped": 1}
    assert (value["target"], value["stopped"]) == ("x", "the ceiling is reached")
    assert [result["topic"] for result in value["results"]] == ["a", "a", "b", "b"]


def failed(why: str) -> Result:
    return Result("a/b", "policy", "ours", FAILED, why)


def test_many_failures_are_not_all_shown() -> None:
    shown = reporting.failures(Report([failed("x")] * 30))

    assert shown.count("FAILED") == 25
    assert shown.endswith(
        "and 5 more that failed: --junit and --json have all, --case ID shows one"
    )


@pytest.mark.parametrize(
    ("why", "is_right", "cause"),
    [
        pytest.param("no answer: TimeoutError: x", False, "no answer", id="no_answer"),
        pytest.param("  differs   status: 1, not 2", False, "status", id="status"),
        pytest.param("a: an earlier request failed: 404", False, "a", id="earlier"),
        pytest.param("  differs   error.message: x", True, "error.message", id="words"),
        pytest.param("  differs   at: x [id; docs]", True, "id", id="finding"),
    ],
)
def test_right_status_is_told_from_what_else_is_wrong(why: str, is_right: bool, cause: str) -> None:
    report = Report([failed(why)])

    assert report.results[0].has_right_status is is_right
    assert reporting.causes(report).endswith(f"\n  1 {cause}")
    assert reporting.causes(Report([])) == ""
