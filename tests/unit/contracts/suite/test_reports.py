"""Reports as tables, texts and files."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

from contracts.suite import reporting
from contracts.suite.exports import write_json, write_junit
from contracts.suite.results import FAILED, PASSED, SKIPPED, Report, Result

NEW = [f"field {n} is new" for n in range(25)]
REPORT = Report(
    [
        Result("a/one", "documented", "docs", PASSED, drift=NEW, requests=2, seconds=0.5),
        Result("a/two", "policy", "ours", FAILED, "got  \x00\ud800\n  request   curl", requests=1),
        Result("b/one", "recorded", "seen", SKIPPED, "not for the live API\nmore"),
        Result("b/two", "recorded", "seen", PASSED, drift=NEW[:1]),
    ],
    "the ceiling is reached",
)
TABLE = """\
topic      cases    passed    failed    skipped    requests  evidence
-------  -------  --------  --------  ---------  ----------  ----------------------------------
a              2         1         1          0           3  1 documented, 1 policy
b              2         1         0          1           0  2 recorded
all            4         2         1          1           3  1 documented, 2 recorded, 1 policy"""


def test_table_counts_by_topic() -> None:
    assert reporting.table(REPORT) == TABLE


def test_texts() -> None:
    assert reporting.failures(REPORT) == "FAILED a/two\ngot  \x00\ud800\n  request   curl"
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
    assert failure.text == "got  \ufffd\ufffd\n  request   curl"
    assert "field 24 is new" in (root.findtext(".//testcase[@name='a/one']/system-out") or "")


def test_json_holds_everything(tmp_path: Path) -> None:
    write_json(REPORT, tmp_path / "report.json", {"target": "x"})
    value = json.loads((tmp_path / "report.json").read_text("utf-8"))

    assert value["totals"] == {"passed": 2, "failed": 1, "skipped": 1}
    assert (value["target"], value["stopped"]) == ("x", "the ceiling is reached")
    assert [result["topic"] for result in value["results"]] == ["a", "a", "b", "b"]
