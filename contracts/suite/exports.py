"""A report as files: JUnit XML for CI systems, JSON for everything else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contracts.suite.results import FAILED, SKIPPED, VERDICTS, Report, Result, by_topic

# What XML 1.0 can't hold.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(report: Report, file: Path) -> None:
    """Write a suite for each topic and a test case for each result. Raises OSError."""
    from junitparser import JUnitXml, TestSuite  # noqa: PLC0415 # on use

    document = JUnitXml("messages-mock check")
    for topic, results in by_topic(report.results).items():
        suite = TestSuite(topic)
        suite.add_testcases([_test_case(result) for result in results])
        document.add_testsuite(suite)
    document.update_statistics()  # type: ignore[no-untyped-call] # the package leaves it untyped
    document.write(str(file), pretty=True)  # pyright: ignore[reportUnknownMemberType] - as above


def write_json(report: Report, file: Path, about: Mapping[str, Any]) -> None:
    """Write what was run and every result. Raises OSError."""
    totals = {verdict: len(report.of(verdict)) for verdict in VERDICTS}
    results = [{**result._asdict(), "topic": result.topic} for result in report.results]
    value = {**about, "totals": totals, "stopped": report.stopped or None, "results": results}
    file.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8", "replace")


def _test_case(result: Result) -> Any:
    from junitparser import Failure, Skipped, TestCase  # noqa: PLC0415 # on use

    case = TestCase(result.id, classname=result.topic, time=round(result.seconds, 3))
    why = NOT_XML.sub("\N{REPLACEMENT CHARACTER}", result.why)
    if result.verdict == FAILED:
        failure = Failure(why.partition("\n")[0])
        failure.text = why
        case.result = [failure]
    elif result.verdict == SKIPPED:
        case.result = [Skipped(why.partition("\n")[0])]
    if result.drift:
        case.system_out = NOT_XML.sub("\N{REPLACEMENT CHARACTER}", "\n".join(result.drift))
    return case
