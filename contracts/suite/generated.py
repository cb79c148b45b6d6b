"""Generated requests as parts of a run: valid ones are answered, each kind of fault is refused and blamed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable

from contracts.exchanges import check_exchange, parsed
from contracts.findings import Finding, is_object
from contracts.models import models
from contracts.strategies import WAYS, Asked, Broken, Way, faults, requests
from contracts.suite.meter import CeilingReached, worst
from contracts.suite.requests import curl
from contracts.suite.running import sorted_out
from contracts.suite.session import Found, Part, Session
from contracts.suite.shelf import shelf
from contracts.suite.transports import Received, Sent

OK = 200
FIRST_ERROR, FIRST_SERVER_ERROR = 400, 500
SOURCE = "contracts.strategies"
EVIDENCE = "generated"
LONGEST_ANSWER = 400
# The dearest request that is generated for the live API; others are passed over.
MOST_USD = 0.01
# The examples are large, and an edit that does not fit a request is drawn again.
LARGE = (
    HealthCheck.too_slow,
    HealthCheck.filter_too_much,
    HealthCheck.data_too_large,
    HealthCheck.large_base_example,
)


class WrongError(AssertionError):
    """A generated request was not answered as it must be; the message tells all of it."""


class _Try(NamedTuple):
    strategy: st.SearchStrategy[Any]
    asked: Callable[[Any], Asked]
    # What is wrong with the answer to an example.
    claim: Callable[[Any, Received], Iterator[Finding | str]]


def generated_parts(examples: int, *, is_live: bool) -> list[Part]:
    """The parts: one for valid requests, and one for each way to break one."""
    each = max(1, math.ceil(examples / len(WAYS)))
    skip = "" if examples else "no examples were asked for (--examples)"
    usd = examples * MOST_USD if is_live else 0.0
    parts = [Part("generated/valid", EVIDENCE, SOURCE, _valid, examples, usd, skip)]
    for way in WAYS:
        name = f"generated/fault.{way.rule}.{way.edit.__name__}"
        parts.append(Part(name, EVIDENCE, SOURCE, _breaking(way, each), each, 0.0, skip))
    return parts


def _valid(session: Session) -> Found:
    """Valid requests are answered, and the oracle has nothing against it."""

    def claim(_asked: Asked, received: Received) -> Iterator[Finding | str]:
        if received.status != OK:
            yield f"status: {received.status}, not 200"

    small = {"id": _cheapest()} if session.is_live else None
    # What is uploaded to the live API is no test's business.
    held = (
        nullcontext()
        if session.is_live
        else shelf(session.meter, session.key, session.meter.regardless)
    )
    with held as files:
        strategy = requests(models=small, day=session.day, files=files)
        return _driven(session, _Try(strategy, _itself, claim), session.examples)


def _breaking(way: Way, examples: int) -> Callable[[Session], Found]:
    def claim(fault: Broken, received: Received) -> Iterator[Finding | str]:
        if not FIRST_ERROR <= received.status < FIRST_SERVER_ERROR:
            yield f"status: {received.status}, not that of a refusal"
            return
        body = parsed(received.body)
        error = body.get("error") if is_object(body) else None
        message = str(error.get("message")) if is_object(error) else ""
        if not message.startswith(fault.begins):
            yield f"error.message: does not begin with {fault.begins!r}"

    def run(session: Session) -> Found:
        return _driven(session, _Try(faults([way]), _request, claim), examples)

    return run


def _itself(asked: Asked) -> Asked:
    return asked


def _request(fault: Broken) -> Asked:
    return fault.asked


def _driven(session: Session, tried: _Try, examples: int) -> Found:
    drift: list[str] = []
    stopped: list[CeilingReached] = []

    def holds(example: Any) -> None:
        if stopped:
            return
        try:
            drift.extend(_judged(session, tried, example))
        except CeilingReached as reached:
            stopped.append(reached)

    found = _hypothesis(session, tried.strategy, holds, examples)
    if stopped and not found.failure:
        raise stopped[0]
    return found._replace(drift=list(dict.fromkeys(drift)))


def _judged(session: Session, tried: _Try, example: Any) -> list[str]:
    asked = tried.asked(example)
    sent = asked.sent(session.key)
    usd = worst(sent)
    if session.is_live and usd > MOST_USD:
        return []
    session.meter.reserve(usd if session.is_live else 0.0)
    received = session.meter(sent)
    found = [
        *check_exchange(sent, received, asked.version, asked.namespace),
        *tried.claim(example, received),
    ]
    failures, drift = sorted_out(found, session.profile)
    if failures:
        raise WrongError(_told(session, sent, received, failures))
    return drift


def _hypothesis(
    session: Session,
    strategy: st.SearchStrategy[Any],
    holds: Callable[[Any], None],
    examples: int,
) -> Found:
    # On the live API every step of shrinking would be a request that is paid for.
    phases = (Phase.generate,) if session.is_live else (Phase.generate, Phase.shrink)

    @seed(session.seed)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=phases,
        report_multiple_bugs=False,
        print_blob=False,
        suppress_health_check=LARGE,
    )
    @given(strategy)
    def run(example: Any) -> None:
        holds(example)

    try:
        run()
    except WrongError as wrong:
        return Found(str(wrong))
    except Unsatisfiable:
        return Found(skipped="no request was drawn that it fits")
    return Found()


def _told(session: Session, sent: Sent, received: Received, failures: list[str]) -> str:
    shown = received.body[:LONGEST_ANSWER].decode("utf-8", "replace")
    differs = "\n".join(f"  differs   {text}" for text in failures)
    line = curl(sent, session.key)
    return f"  got       {received.status} {shown}\n{differs}\n  request   {line}"


def _cheapest() -> str:
    priced = [row for row in models() if row["price"] and row["retires_at"] is None]
    return str(min(priced, key=lambda row: row["price"]["output"])["id"])
