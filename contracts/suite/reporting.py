"""A report as people read it: a table by topic, what failed, what has drifted, and the total."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from contracts.suite.results import FAILED, PASSED, SKIPPED, Report, Result, by_topic

HEADERS = ("topic", "cases", "passed", "failed", "skipped", "right status", "requests", "evidence")
ORDER = ("documented", "recorded", "reported", "policy", "generated")
MOST_DRIFT = 20
MOST_FAILURES = 25
MOST_CAUSES = 12
# A difference in a report: a finding's rule, or the place before its colon.
CAUSE = re.compile(r"^  differs   (?:.*\[([\w.-]+); .*|([\w.]+): .*)$", re.MULTILINE)


def table(report: Report) -> str:
    """The conformance table: a row for each topic and one for all."""
    from tabulate import tabulate  # noqa: PLC0415 # on use

    rows = [_row(topic, results) for topic, results in by_topic(report.results).items()]
    return tabulate([*rows, _row("all", report.results)], HEADERS, tablefmt="simple")


def failures(report: Report) -> str:
    """Everything that failed: expected, got, and the request as a curl line."""
    failed = report.of(FAILED)
    shown = [f"FAILED {result.id}\n{result.why}" for result in failed[:MOST_FAILURES]]
    if failed[MOST_FAILURES:]:
        more = len(failed) - MOST_FAILURES
        shown.append(
            f"and {more} more that failed: --junit and --json have all, --case ID shows one"
        )
    return "\n\n".join(shown)


def causes(report: Report) -> str:
    """What is wrong most often: rules, or places in answers, by the number of cases that they fail."""
    failed = report.of(FAILED)
    counts = Counter(cause for result in failed for cause in _causes(result))
    lines = [f"  {count} {cause}" for cause, count in counts.most_common(MOST_CAUSES)]
    return "\n".join([f"WHY {len(failed)} failed, by rule or place", *lines]) if lines else ""


def drift(report: Report) -> str:
    """What the target does that the contract does not know yet, with the first case that showed it."""
    first: dict[str, str] = {}
    for result in report.results:
        for text in result.drift:
            first.setdefault(text, result.id)
    lines = [f"  {text}  (first in {name})" for text, name in first.items()]
    more = [f"  and {len(lines) - MOST_DRIFT} more"] if len(lines) > MOST_DRIFT else []
    return "\n".join(["DRIFT", *lines[:MOST_DRIFT], *more]) if lines else ""


def reasons(report: Report) -> str:
    """Why parts were skipped, and how many for each reason."""
    counts = Counter(result.why.partition("\n")[0] for result in report.of(SKIPPED))
    return "\n".join(f"  {count} skipped: {why}" for why, count in counts.most_common())


def total(report: Report) -> str:
    """The run in one line."""
    parts = [f"{len(report.of(verdict))} {verdict}" for verdict in (PASSED, FAILED, SKIPPED)]
    stopped = f"; stopped: {report.stopped}" if report.stopped else ""
    return f"{', '.join(parts)}{stopped}"


def _causes(result: Result) -> list[str]:
    found = list(dict.fromkeys(rule or place for rule, place in CAUSE.findall(result.why)))
    return found or [result.why.partition(":")[0]]


def _row(topic: str, results: Iterable[Result]) -> tuple[object, ...]:
    every = list(results)
    counts = Counter(result.verdict for result in every)
    kinds = Counter(result.evidence for result in every)
    evidence = ", ".join(f"{kinds[kind]} {kind}" for kind in ORDER if kinds[kind])
    right = sum(result.has_right_status for result in every)
    requests = sum(result.requests for result in every)
    verdicts = [counts[verdict] for verdict in (PASSED, FAILED, SKIPPED)]
    return (topic, len(every), *verdicts, right, requests, evidence)
