"""Run the parts of a plan on a target, one after the other.

report = checked(planned(Choice(day)), Session(Meter(Http(url)), key, day))
"""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable, Sequence
from typing import Final

from contracts.derive import VERSIONS
from contracts.suite.errors import CaseError
from contracts.suite.meter import CeilingReached
from contracts.suite.results import FAILED, PASSED, SKIPPED, Report, Result
from contracts.suite.session import Found, Part, Session
from contracts.suite.transports import Sent

# After so many parts in a row without an answer the target is taken to be gone.
LOST_AFTER: Final = 3
GONE: Final = "the target is gone"
# What can go wrong when an answer is read that nobody expected.
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, http.client.HTTPException)


def checked(
    plan: Sequence[Part],
    session: Session,
    told: Callable[[Result], object] = lambda _: None,
    *,
    fail_fast: bool = False,
) -> Report:
    """Run a plan; each result is told as it comes. What is not run, because a ceiling is reached or the target is
    gone or something failed with `fail_fast`, is skipped and says why.
    """
    run = _Run(session, fail_fast=fail_fast)
    results: list[Result] = []
    for part in plan:
        results.append(run.result(part))
        told(results[-1])
    return Report(results, run.stopped, run.stopped == GONE)


class _Run:
    """How far a run has come: why it goes no further, if it does not."""

    def __init__(self, session: Session, *, fail_fast: bool) -> None:
        self._session = session
        self._fail_fast = fail_fast
        self._unanswered = 0  # parts in a row
        self.stopped = ""

    def result(self, part: Part) -> Result:
        """What comes of a part, which is skipped when the run has stopped."""
        why = self.stopped or part.skip
        if why:
            return _skipped(part, why)
        try:
            result = _tried(part, self._session)
            self._unanswered = 0
        except CeilingReached as reached:
            self.stopped = str(reached)
            return _skipped(part, self.stopped)
        except OSError as error:
            result = _result(part, Found(f"no answer: {type(error).__name__}: {error}"))
            self._look_for_target()
        if self._fail_fast and result.verdict == FAILED:
            self.stopped = self.stopped or "the first failure ends the run"
        return result

    def _look_for_target(self) -> None:
        self._unanswered += 1
        if self._unanswered == LOST_AFTER:
            self._unanswered = 0
            self.stopped = "" if is_there(self._session) else GONE


def is_there(session: Session) -> bool:
    """Whether the target answers anything at all; some close the connection on what is too large for them."""
    headers = {"x-api-key": session.key, "anthropic-version": VERSIONS[0]}
    try:
        session.meter(Sent("GET", "/v1/models?limit=1", headers, b""))
    except CeilingReached:
        return True
    except (OSError, http.client.HTTPException):
        return False
    return True


def _tried(part: Part, session: Session) -> Result:
    start, before = time.perf_counter(), session.meter.requests
    try:
        found = part.run(session)
    except CaseError as error:
        found = Found(str(error))
    except OSError:  # some of which are HTTPExceptions too
        raise
    except UNREADABLE as error:
        found = Found(f"the answer can't be judged: {type(error).__name__}: {error}")
    seconds = time.perf_counter() - start
    result = _result(part, found)
    return result._replace(requests=session.meter.requests - before, seconds=seconds)


def _result(part: Part, found: Found) -> Result:
    verdict = FAILED if found.failure else SKIPPED if found.skipped else PASSED
    why = found.failure or found.skipped
    return Result(part.id, part.evidence, part.source, verdict, why, found.drift)


def _skipped(part: Part, why: str) -> Result:
    return Result(part.id, part.evidence, part.source, SKIPPED, why)
