"""The cases as a whole: which rules they show, and where they are known from."""

from __future__ import annotations

from collections import Counter

from contracts.models import as_of
from contracts.suite.cases import bases_of, expanded
from mockserver.rules import RULES
from tests.conformance.test_cases import CASES

# Refusals that are no entry of the registry: the catalogue's.
OF_THE_CATALOGUE = {"model.unknown", "model.retired"}
RULE_IDS = {rule.id for rule in RULES}


def test_every_case_names_a_rule_that_exists() -> None:
    named = {case.rule for case in CASES if case.rule is not None}

    assert named - RULE_IDS - OF_THE_CATALOGUE == set()


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
