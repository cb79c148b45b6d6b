"""Requests that a target and the contract judge differently: found and shrunk by Hypothesis.

The contract speaks through a reference, which is the mock: every request goes to both, and only whether it is
accepted is compared.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from time import monotonic
from typing import Any, NamedTuple, cast

from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.database import ExampleDatabase

from contracts.findings import is_object
from contracts.strategies import Asked, faults, mutations, requests
from contracts.strategies.asked import Files
from contracts.suite.running import Target
from contracts.suite.shelf import shelf
from contracts.suite.transports import Received

OK = 200
LONGEST_KIND = 80
LONGEST_SHOWN = 300
ROUND = 500  # examples between two looks at the clock
NO_KEY = (401, 403)
NO_VERDICT = (408, 429, *range(500, 600))
RULE = "x-mock-rule"
EVERY: tuple[HealthCheck, ...] = tuple(cast("Any", HealthCheck))


class TargetError(Exception):
    """The target can't be fuzzed; the message says why."""


class Disagreement(NamedTuple):
    """A request on which the two disagree, and what each said. `kind` is the same for all of one cause.

    `files` are those of the reference, which the request may name.
    """

    kind: str
    asked: Asked
    contract: Received
    target: Received
    files: Files | None = None

    def __str__(self) -> str:
        return f"{self.kind}\n  contract  {shown(self.contract)}\n  target    {shown(self.target)}"


@dataclass
class Hunt:
    """What has been seen: disagreements by kind, refusals by rule, valid requests and those the contract accepted."""

    found: dict[str, Disagreement] = field(default_factory=dict[str, Disagreement])
    rules: Counter[str] = field(default_factory=Counter[str])
    valid: int = 0
    accepted: int = 0
    examples: int = 0
    unanswered: int = 0


class _Differs(AssertionError):
    """Raised in one subclass for each kind, so that Hypothesis tells the kinds apart and shrinks each by itself."""


def hunted(
    reference: Target,
    target: Target,
    number: int,
    *,
    examples: int,
    seconds: float | None = None,
    kept: ExampleDatabase | None = None,
) -> Hunt:
    """Send generated requests to both, up to a number of examples or for some seconds. Raises TargetError, OSError."""
    hunt = Hunt()
    deadline = None if seconds is None else monotonic() + seconds
    with shelf(reference.send, reference.key) as held, shelf(target.send, target.key) as same:
        two = _Two(reference, target, held if same else None, same)
        drawn = rounds = 0
        while drawn < examples and (deadline is None or monotonic() <= deadline):
            most = min(ROUND, examples - drawn)
            search = _Search(two, hunt, deadline, frozenset(hunt.found))
            _run(search, number + rounds, most, kept, is_first=not rounds)
            # Hypothesis ends a round soon after what it finds; the next one goes on behind it.
            drawn += search.drawn or most
            rounds += 1
    return hunt


class _Two(NamedTuple):
    """Reference and target, and the files that each of them holds, when both do."""

    reference: Target
    target: Target
    held: Files | None
    same: Files | None

    def by_contract(self, asked: Asked) -> Received:
        return self.reference.send(asked.sent(self.reference.key))

    def by_target(self, asked: Asked) -> Received:
        sent = asked.sent(self.target.key)
        body = sent.body
        for own, other in zip(self.held or (), self.same or (), strict=False):
            body = body.replace(own.encode(), other.encode())
        return self.target.send(sent._replace(body=body))


def _run(
    search: _Search, number: int, most: int, kept: ExampleDatabase | None, *, is_first: bool
) -> None:
    # Later rounds pass over what is known by now, so that they must not throw out what was kept of it.
    reuse = (Phase.reuse,) if is_first else ()

    # @seed takes the database away from the settings below it, so it stands below those that have one.
    @settings(
        max_examples=most,
        database=kept,
        deadline=None,
        derandomize=False,
        phases=(*reuse, Phase.generate, Phase.shrink),
        suppress_health_check=EVERY,
        verbosity=Verbosity.quiet,
    )
    @seed(number)
    @given(_examples(search.two.held))
    def disagree(example: tuple[str, Asked]) -> None:
        search.compare(*example)

    try:
        disagree()
    except Exception:
        if search.failure is not None:
            raise search.failure from None
        if not search.hunt.found:
            raise


class _Search:
    """Compares one example after the other, and raises for those that show a new kind of disagreement."""

    def __init__(
        self, two: _Two, hunt: Hunt, deadline: float | None, known: frozenset[str]
    ) -> None:
        self.two = two
        self._deadline = deadline
        self._known = known
        self.hunt = hunt
        self.failure: Exception | None = None
        self.drawn = 0  # examples up to the first find of this round; 0 without one
        self._compared = 0

    def compare(self, origin: str, asked: Asked) -> None:
        if self._deadline is not None and monotonic() > self._deadline:
            return
        hunt = self.hunt
        contract = self.two.by_contract(asked)
        hunt.examples += 1
        self._compared += 1
        if contract.status != OK:
            hunt.rules[contract.headers.get(RULE, "")] += 1
        if origin == "valid":
            hunt.valid += 1
            hunt.accepted += contract.status == OK
        target = self._answered(asked)
        if target.status in NO_VERDICT:
            hunt.unanswered += 1
        elif (contract.status == OK) != (target.status == OK):
            files = self.two.held
            found = Disagreement(_kind(contract, target), asked, contract, target, files)
            if found.kind not in self._known:
                self.drawn = self.drawn or self._compared
                # The last of a kind that Hypothesis tries is the smallest.
                hunt.found[found.kind] = found
                raise _difference(found.kind)

    def _answered(self, asked: Asked) -> Received:
        try:
            received = self.two.by_target(asked)
        except OSError as error:
            self.failure = error
            raise
        if received.status in NO_KEY:
            self.failure = TargetError(f"the target refuses the key: {shown(received)}")
            raise self.failure
        return received


@cache
def _difference_of(kind: str) -> type[_Differs]:
    return type("_DiffersBy", (_Differs,), {"__doc__": kind})


def _difference(kind: str) -> _Differs:
    return _difference_of(kind)(kind)


def _kind(contract: Received, target: Received) -> str:
    if contract.status != OK:
        return f"only the contract refuses: {contract.headers.get(RULE, contract.status)}"
    # What the message is about, without the places and figures that make each one different.
    text = re.sub(r"[0-9]+|'[^']*'|`[^`]*`|\"[^\"]*\"", "*", str(_message(target)))
    return f"only the target refuses: {target.status} {text[:LONGEST_KIND]}"


def _examples(files: Files | None) -> st.SearchStrategy[tuple[str, Asked]]:
    return st.one_of(
        requests(files=files).map(lambda asked: ("valid", asked)),
        faults().map(lambda fault: ("fault", fault.asked)),
        mutations(files=files).map(lambda asked: ("edit", asked)),
    )


def _message(received: Received) -> Any:
    try:
        value: Any = json.loads(received.body)
    except ValueError:
        return received.body[:LONGEST_SHOWN].decode("utf-8", "replace")
    error: Any = value.get("error") if is_object(value) else None
    return error.get("message") if is_object(error) else value


def shown(received: Received) -> str:
    """An answer in a few words: 200, or the status and the message."""
    if received.status == OK:
        return "200"
    return f"{received.status} {str(_message(received))[:LONGEST_SHOWN]}"
