"""The registry: named entries, their order, and who is asked at all."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from mockserver.errors import ApiError
from mockserver.request import Features
from mockserver.rules import RULES, FixedRuleError, Judge, Registry, UnknownRuleError, registry
from mockserver.rules.registry import Refusal
from tests.unit.mockserver.bodies import MODELS, body, conversation, read, refusal

HERE = Path(__file__).parent
TABLES = [
    import_module(f"tests.unit.mockserver.rules.{path.stem}")
    for path in sorted(HERE.glob("test_*.py"))
    if path != Path(__file__)
]
ROWS = [row for table in TABLES for row in getattr(table, "ROWS", ())]
JUDGED = [rule for rule in RULES if rule.check]
EVIDENCE = {"documented", "recorded", "reported", "policy"}


@pytest.mark.parametrize("rule", JUDGED, ids=lambda rule: rule.id)
def test_every_rule_is_refused_and_accepted_by_a_row(rule: registry.Rule) -> None:
    verdicts = {row.message is None for row in ROWS if row.rule == rule.id}
    assert verdicts == {True, False}


def test_rows_have_ids_of_their_own() -> None:
    assert len({row.id for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("rule", [*RULES], ids=lambda rule: rule.id)
def test_every_rule_says_where_it_is_known_from(rule: registry.Rule) -> None:
    assert rule.evidence in EVIDENCE
    assert rule.source
    assert rule.title[0].isupper() or rule.title[0] in "`t"
    assert not rule.title.endswith(".")


def test_no_row_is_missed_by_the_features() -> None:
    """A rule that is not asked because of its features would not have refused."""
    for row in ROWS:
        rule = RULES.named(row.rule)
        if not rule.can_refuse(row.request.features):
            assert rule.check is not None
            assert rule.check(row.request) is None, row.id


@pytest.mark.parametrize("model", MODELS)
def test_a_plain_body_breaks_no_rule(model: str) -> None:
    assert refusal(read(body(model))) is None


def test_two_rules_can_not_share_an_id() -> None:
    rules = Registry()
    entry = rules.rule("a", "A", evidence="policy", source="ours")
    entry(lambda _: None)
    with pytest.raises(ValueError, match="two rules are called a"):
        entry(lambda _: None)


def test_named_suggests_the_nearest_rule() -> None:
    with pytest.raises(UnknownRuleError) as caught:
        RULES.named("prefil.unsuported")
    assert str(caught.value) == (
        "there is no rule 'prefil.unsuported'; did you mean prefill.unsupported?"
    )


def test_named_has_nothing_to_suggest_without_rules() -> None:
    with pytest.raises(UnknownRuleError) as caught:
        Registry().named("a")
    assert str(caught.value) == "there is no rule 'a'"


def test_a_rule_of_another_layer_can_not_take_an_id_or_be_asked() -> None:
    rules = Registry()
    rules.elsewhere("a", "A", evidence="policy", source="ours")
    with pytest.raises(ValueError, match="two rules are called a"):
        rules.elsewhere("a", "A", evidence="policy", source="ours")
    Judge(rules).judge(read(body()))


@pytest.mark.parametrize("rule_id", ["shape", "header.key", "model.unknown"])
def test_what_nothing_works_without_can_not_be_switched_off(rule_id: str) -> None:
    with pytest.raises(FixedRuleError, match=rf"^the rule '{rule_id}' can't be switched off$"):
        RULES.without([rule_id])


def test_without_keeps_the_order() -> None:
    ids = [rule.id for rule in RULES if rule.can_be_off]
    kept = [rule.id for rule in RULES.without([ids[1], ids[3]]) if rule.can_be_off]
    assert kept == [ids[0], ids[2], *ids[4:]]


def refusing(word: str) -> registry.Check:
    return lambda request: Refusal(word, 404, {"a": 1}) if word in request.body else None


def ordered() -> Registry:
    rules = Registry()
    rules.rule("one", "One", evidence="policy", source="ours", keys=["x", "y"])(refusing("x"))
    rules.rule("two", "Two", evidence="policy", source="ours", keys=["y"])(refusing("y"))
    return rules


def test_the_first_rule_answers() -> None:
    judge = Judge(ordered())
    with pytest.raises(ApiError) as caught:
        judge.judge(read(body(y=1, x=1)))
    error = caught.value
    assert (error.status, error.message, error.rule) == (404, "x", "one")
    assert error.details == {"a": 1}
    with pytest.raises(ApiError, match=r"^y$"):
        judge.judge(read(body(y=1)))
    judge.judge(read(body(z=1)))


def test_a_judge_without_rules_refuses_nothing() -> None:
    Judge(()).judge(read(body(messages=conversation(("user", "")))))


def test_a_judge_forgets_when_it_remembers_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "MOST_REMEMBERED", 2)
    judge = Judge(ordered())
    for key in "abcde":
        judge.judge(read(body(**{key: 1})))
        assert len(judge._applicable) <= 2
    with pytest.raises(ApiError, match=r"^x$"):
        judge.judge(read(body(x=1)))


def test_a_rule_without_features_is_always_asked() -> None:
    rules = Registry()
    rules.rule("a", "A", evidence="policy", source="ours")(lambda _: Refusal("no"))
    with pytest.raises(ApiError, match=r"^no$"):
        Judge(rules).judge(read(body()))


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        (Features(frozenset("k"), frozenset(), frozenset()), True),
        (Features(frozenset(), frozenset("b"), frozenset()), True),
        (Features(frozenset("x"), frozenset("x"), frozenset("r")), True),
        (Features(frozenset("b"), frozenset("r"), frozenset("k")), False),
    ],
)
def test_one_wanted_feature_is_enough(when: Features, *, expected: bool) -> None:
    rule = registry.Rule("a", "A", "policy", "ours", when, lambda _: None)
    assert rule.can_refuse(Features(frozenset("k"), frozenset("b"), frozenset("r"))) is expected
