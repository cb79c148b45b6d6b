"""The cases as a whole: which rules they show, and where they are known from."""

from __future__ import annotations

from collections import Counter

import pytest

from contracts.models import as_of, models
from contracts.suite.cases import bases_of, expanded
from mockserver.rules import RULES
from tests.conformance.test_cases import CASES

RULE_IDS = {rule.id for rule in RULES}


def test_every_rule_has_an_accepting_and_a_refusing_case() -> None:
    accepting = {case.rule for case in CASES if case.is_accepting}
    refusing = {case.rule for case in CASES if not case.is_accepting}

    assert RULE_IDS - accepting == set()
    assert RULE_IDS - refusing == set()


def test_every_case_names_a_rule_that_exists() -> None:
    named = {case.rule for case in CASES if case.rule is not None}

    assert named - RULE_IDS == set()


def test_trials_have_an_id_of_their_own() -> None:
    names = Counter(trial.id for case in CASES for trial in expanded(case, as_of()))

    assert [name for name, count in names.items() if count > 1] == []


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 250


def test_every_base_is_accepted_as_it_stands() -> None:
    plain = {
        case.fields["base"]
        for case in CASES
        if case.is_accepting
        and "base" in case.fields
        and not {"set", "remove"} & case.fields.keys()
    }

    assert set(bases_of()) - plain == set()


def test_a_rule_and_the_cases_that_refuse_by_it_agree_on_what_is_policy() -> None:
    """A rule whose text nobody knows has only policy cases, and the other way round."""
    policy = {rule.id for rule in RULES if rule.evidence == "policy"}
    known = {
        case.rule
        for case in CASES
        if case.rule in policy and not case.is_accepting and case.fields["evidence"] != "policy"
    }

    assert known == set()


COLUMNS = (
    "prefill",
    "adaptive",
    "enabled",
    "disabled",
    "between-tools",
    "forced-tool",
    "temperature",
    "max-tokens-at-limit",
    "max-tokens-above-limit",
)


@pytest.mark.parametrize("column", COLUMNS)
def test_the_matrix_has_every_model_under_both_versions(column: str) -> None:
    cases = [case for case in CASES if case.id.startswith(f"matrix/{column}.")]
    found = Counter(
        (trial.variables["model"]["id"], trial.version, case.is_accepting)
        for case in cases
        for trial in expanded(case, as_of())
    )
    cells = {(model, version) for model, version, _ in found}

    versions = {version for _, version in cells}
    assert cells == {(row["id"], version) for row in models() for version in versions}
    assert len(versions) == 2
    assert len(found) == len(cells), "a model is both accepted and refused"
