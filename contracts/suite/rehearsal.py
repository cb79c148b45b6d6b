"""What a case would send and expect, made without a target: this finds the mistakes that no schema of a file can."""

from __future__ import annotations

import datetime as dt

from contracts.suite.cases import Case, Trial, expanded
from contracts.suite.errors import told_of
from contracts.suite.requests import request, upload
from contracts.suite.running import pattern
from contracts.suite.values import resolved

EXPECTED = ("accepted", "refused", "details")
# What these give is only known in a run.
EARLIER = frozenset({"uploads", "steps", "first"})


def rehearsed(case: Case, day: dt.date) -> list[Trial]:
    """The trials of a case, none of which stumbles over the case itself. Raises CaseError with file and line."""
    trials = list(expanded(case, day))
    for trial in trials:
        with told_of(case.place):
            _rehearse(trial)
    return trials


def _rehearse(trial: Trial) -> None:
    fields = trial.case.fields
    for number in range(len(fields.get("uploads", ()))):
        upload(trial, "", number)
    if EARLIER & fields.keys():
        return
    request(trial, "")
    for name in EXPECTED:
        resolved(fields.get(name), trial.variables)
    if "refused_like" in fields:
        pattern(fields, trial.variables)
