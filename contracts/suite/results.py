"""What came of a part of the suite, and of all of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

PASSED: Final = "passed"
FAILED: Final = "failed"
SKIPPED: Final = "skipped"
# How a failure tells that a request was not accepted or refused as it must be, or not answered at all.
WRONG_STATUS: Final = re.compile(
    r"^no answer: |an earlier |can't be judged|^  differs   (status: |no )", re.MULTILINE
)
VERDICTS: Final = (PASSED, FAILED, SKIPPED)


class Result(NamedTuple):
    """What came of one case or property.

    `why` says what failed (expected, got, the request as a curl line) or why it was skipped; `drift` is
    what the target does that the contract does not know yet, which is no failure.
    """

    id: str
    evidence: str
    source: str
    verdict: str
    why: str = ""
    drift: Sequence[str] = ()
    requests: int = 0
    seconds: float = 0.0

    @property
    def has_right_status(self) -> bool:
        """Whether the target accepted and refused as it must, with the right status, whatever else is wrong."""
        is_failed = self.verdict == FAILED
        return self.verdict == PASSED or (is_failed and not WRONG_STATUS.search(self.why))

    @property
    def topic(self) -> str:
        """What it is about: the part of its id before the slash."""
        return self.id.partition("/")[0]


class Report(NamedTuple):
    """All results of a run, and why it ended before its end, if it did."""

    results: Sequence[Result]
    stopped: str = ""
    is_target_lost: bool = False

    def of(self, verdict: str) -> list[Result]:
        """The results with a verdict."""
        return [result for result in self.results if result.verdict == verdict]


def by_topic(results: Iterable[Result]) -> dict[str, list[Result]]:
    """Results by topic, in the order in which topics come first."""
    found: dict[str, list[Result]] = {}
    for result in results:
        found.setdefault(result.topic, []).append(result)
    return found
