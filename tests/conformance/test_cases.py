"""Every conformance case holds on the mock."""

from __future__ import annotations

import pytest

from contracts.models import as_of
from contracts.suite.cases import Case, expanded, load
from contracts.suite.running import Outcome, Target, run

CASES = load()


def differences(outcome: Outcome) -> list[str]:
    """What differs; the rule that the mock names must be the one of the case."""
    rule, named = outcome.trial.case.rule, outcome.received.headers.get("x-mock-rule")
    is_silent = outcome.trial.case.is_accepting or outcome.trial.endpoint == "batch"
    if rule is None or is_silent or named == rule:
        return outcome.differences
    return [*outcome.differences, f"x-mock-rule: {named}, not {rule}"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case_holds(case: Case, target: Target) -> None:
    outcomes = [run(trial, target) for trial in expanded(case, as_of())]
    failed = [outcome._replace(differences=differences(outcome)) for outcome in outcomes]

    assert [outcome.report() for outcome in failed if outcome.differences] == []
