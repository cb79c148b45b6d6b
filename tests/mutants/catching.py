"""Whether the suite notices a mutant, and by what."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from contracts.models import as_of
from contracts.suite.check import checked
from contracts.suite.clocks import clock_of
from contracts.suite.meter import Meter
from contracts.suite.plan import Choice, planned
from contracts.suite.session import Part, Session
from contracts.suite.transports import InProcess
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.mutants.mutant import Mutant

KEY = "sk-ant-mutants"
EXAMPLES = 60


class Caught(NamedTuple):
    """The parts of the suite that noticed a mutant, and what the first one said."""

    mutant: Mutant
    by: Sequence[str]
    because: str


def caught(mutant: Mutant, *, is_whole: bool = False) -> Caught:
    """Run the suite on a mutant: the parts of its topics first, and until one fails or to the end."""
    right = InProcess(create_app(Settings(now=as_of())))
    wrong = mutant.of(right)
    clock = clock_of(wrong, KEY)
    session = Session(Meter(wrong), KEY, as_of(), examples=EXAMPLES, clock=clock)
    parts = sorted(plan(), key=lambda part: part.id.partition("/")[0] not in mutant.topics)
    report = checked(parts, session, fail_fast=not is_whole)
    right.close()
    failed = report.of("failed")
    because = failed[0].why.partition("differs   ")[2].partition("\n")[0] if failed else ""
    return Caught(mutant, [result.id for result in failed], because)


@cache
def plan() -> list[Part]:
    """The whole suite as it runs on a mock."""
    return planned(Choice(as_of(), is_mock=True, examples=EXAMPLES))
