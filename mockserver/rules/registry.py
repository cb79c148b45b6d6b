"""Rules as named entries: an id, where the live API's behaviour is known from, and a check."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, NamedTuple

from mockserver.errors import ApiError
from mockserver.request import Features, Request

MOST_REMEMBERED = 1024

Evidence = Literal["documented", "recorded", "reported", "policy"]


class Refusal(NamedTuple):
    """What a rule says to a request that breaks it."""

    message: str
    status: int = 400
    details: Mapping[str, Any] | None = None


Check = Callable[[Request], Refusal | None]
NO_FEATURES = Features(frozenset(), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Rule:
    """One refusal of the live API.

    evidence is `documented`, `recorded` (an exchange with the live API), `reported` (quoted in public)
    or `policy` (nobody knows; ours). Without a check another layer makes the refusal.
    """

    id: str
    title: str
    evidence: Evidence
    source: str
    when: Features
    check: Check | None
    can_be_off: bool = True

    def can_refuse(self, features: Features) -> bool:
        """Whether a request with these features has anything that the rule looks at."""
        if not any(self.when):
            return True
        return any(
            not wanted.isdisjoint(there) for wanted, there in zip(self.when, features, strict=True)
        )


class UnknownRuleError(ValueError):
    """A rule id that does not exist; the message names the nearest one."""


class FixedRuleError(ValueError):
    """A rule that can't be switched off."""


class Registry:
    """The rules in the order in which they are applied: the first that refuses a request answers it."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}

    def rule(
        self,
        rule_id: str,
        title: str,
        *,
        evidence: Evidence,
        source: str,
        keys: Iterable[str] = (),
        blocks: Iterable[str] = (),
        roles: Iterable[str] = (),
    ) -> Callable[[Check], Check]:
        """Register a check under an id. Raises ValueError when the id is taken.

        With `keys`, `blocks` or `roles` the check is only asked when the request has one of them.
        """
        when = Features(frozenset(keys), frozenset(blocks), frozenset(roles))

        def register(check: Check) -> Check:
            self._add(Rule(rule_id, title, evidence, source, when, check))
            return check

        return register

    def elsewhere(
        self, rule_id: str, title: str, *, evidence: Evidence, source: str, can_be_off: bool = False
    ) -> None:
        """Name a refusal that another layer makes. Raises ValueError when the id is taken."""
        self._add(Rule(rule_id, title, evidence, source, NO_FEATURES, None, can_be_off))

    def _add(self, rule: Rule) -> None:
        if rule.id in self._rules:
            raise ValueError(f"two rules are called {rule.id}")
        self._rules[rule.id] = rule

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules.values())

    def named(self, rule_id: str) -> Rule:
        """Find a rule. Raises UnknownRuleError, which suggests the nearest id."""
        if rule_id not in self._rules:
            near = get_close_matches(rule_id, self._rules, n=1, cutoff=0.0)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise UnknownRuleError(f"there is no rule {rule_id!r}{hint}")
        return self._rules[rule_id]

    def without(self, rule_ids: Iterable[str]) -> tuple[Rule, ...]:
        """The rules in force when some are switched off. Raises UnknownRuleError or FixedRuleError."""
        off = {self._switchable(rule_id).id for rule_id in rule_ids}
        return tuple(rule for rule in self._rules.values() if rule.id not in off)

    def _switchable(self, rule_id: str) -> Rule:
        rule = self.named(rule_id)
        if not rule.can_be_off:
            raise FixedRuleError(f"the rule {rule_id!r} can't be switched off")
        return rule


class Judge:
    """Applies rules in their order; which ones can apply at all is remembered by the request's features."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self._applicable: dict[Features, tuple[Check, ...]] = {}
        self._ids = frozenset(rule.id for rule in self._rules)
        self._names = {rule.check: rule.id for rule in self._rules if rule.check}

    def has(self, rule_id: str) -> bool:
        """Whether a rule is in force."""
        return rule_id in self._ids

    def judge(self, request: Request) -> None:
        """Raise the error of the first rule that the request breaks."""
        checks = self._applicable.get(request.features)
        for check in self._select(request.features) if checks is None else checks:
            refusal = check(request)
            if refusal is not None:
                raise ApiError(
                    refusal.status,
                    refusal.message,
                    details=refusal.details,
                    rule=self._names[check],
                )

    def _select(self, features: Features) -> tuple[Check, ...]:
        if len(self._applicable) >= MOST_REMEMBERED:
            self._applicable.clear()
        checks = tuple(r.check for r in self._rules if r.check and r.can_refuse(features))
        self._applicable[features] = checks
        return checks
