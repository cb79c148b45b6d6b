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
    results: list[Result] = []
    stopped, lost = "", 0
    for part in plan:
        result = _skipped(part, stopped or part.skip)
        if not result.why:
            try:
                result = _run(part, session)
                lost = 0
            except CeilingReached as reached:
                stopped = str(reached)
                result = _skipped(part, stopped)
            except OSError as error:
                lost += 1
                result = _result(part, Found(f"no answer: {type(error).__name__}: {error}"))
        results.append(result)
        told(result)
        if lost == LOST_AFTER and not stopped:
            stopped = "" if is_there(session) else GONE
            lost = 0
        elif fail_fast and result.verdict == FAILED:
            stopped = stopped or "the first failure ends the run"
    return Report(results, stopped, stopped == GONE)


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


def _run(part: Part, session: Session) -> Result:
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
