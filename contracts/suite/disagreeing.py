"""Requests that a target and the contract judge differently: found by Hypothesis, shrunk, written as cases.

The contract speaks through a reference, which is the mock: every request goes to both, and only whether it is
accepted is compared.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, cast

import yaml
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase, MultiplexedDatabase

from contracts.findings import Json, is_object
from contracts.strategies import Asked, faults, mutations, requests
from contracts.suite.running import Target
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
    """A request on which the two disagree, and what each said. `kind` is the same for all of one cause."""

    kind: str
    asked: Asked
    contract: Received
    target: Received

    def __str__(self) -> str:
        return (
            f"{self.kind}\n  contract  {_shown(self.contract)}\n  target    {_shown(self.target)}"
        )


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


def database(folder: Path | None, redis_url: str | None) -> ExampleDatabase | None:
    """Where examples are kept between runs: a folder, a Redis server, or both. Raises TargetError without `redis`."""
    found: list[ExampleDatabase] = []
    if folder is not None:
        found.append(DirectoryBasedExampleDatabase(folder))
    if redis_url is not None:
        found.append(_redis(redis_url))
    return MultiplexedDatabase(*found) if found else None


def _redis(url: str) -> ExampleDatabase:
    try:
        module = importlib.import_module("redis")
        extra: Any = importlib.import_module("hypothesis.extra.redis")
    except ModuleNotFoundError as error:
        raise TargetError("--redis needs the package redis: pip install redis") from error
    found: ExampleDatabase = extra.RedisExampleDatabase(module.Redis.from_url(url))
    return found


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
    rounds = -(-examples // ROUND)
    for each in range(rounds):
        if deadline is not None and monotonic() > deadline:
            break
        most = min(ROUND, examples - each * ROUND)
        search = _Search(reference, target, hunt, deadline, frozenset(hunt.found))
        _run(search, number + each, most, kept, is_first=each == 0)
    return hunt


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
    @given(_examples())
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
        self,
        reference: Target,
        target: Target,
        hunt: Hunt,
        deadline: float | None,
        known: frozenset[str],
    ) -> None:
        self._reference = reference
        self._target = target
        self._deadline = deadline
        self._known = known
        self.hunt = hunt
        self.failure: Exception | None = None

    def compare(self, origin: str, asked: Asked) -> None:
        if self._deadline is not None and monotonic() > self._deadline:
            return
        hunt = self.hunt
        contract = self._reference.send(asked.sent(self._reference.key))
        hunt.examples += 1
        if contract.status != OK:
            hunt.rules[contract.headers.get(RULE, "")] += 1
        if origin == "valid":
            hunt.valid += 1
            hunt.accepted += contract.status == OK
        target = self._answered(asked)
        if target.status in NO_VERDICT:
            hunt.unanswered += 1
        elif (contract.status == OK) != (target.status == OK):
            found = Disagreement(_kind(contract, target), asked, contract, target)
            if found.kind not in self._known:
                hunt.found[found.kind] = (
                    found  # the last of a kind that Hypothesis tries is the smallest
                )
                raise _difference(found.kind)

    def _answered(self, asked: Asked) -> Received:
        try:
            received = self._target.send(asked.sent(self._target.key))
        except OSError as error:
            self.failure = error
            raise
        if received.status in NO_KEY:
            self.failure = TargetError(f"the target refuses the key: {_shown(received)}")
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


def _examples() -> st.SearchStrategy[tuple[str, Asked]]:
    return st.one_of(
        requests().map(lambda asked: ("valid", asked)),
        faults().map(lambda fault: ("fault", fault.asked)),
        mutations().map(lambda asked: ("edit", asked)),
    )


def written(found: Iterable[Disagreement], folder: Path, origin: str) -> list[Path]:
    """Write each disagreement as a file of one case that says what the contract expects."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_written(each, folder, origin) for each in found]


def _written(found: Disagreement, folder: Path, origin: str) -> Path:
    digest = hashlib.sha256(found.kind.encode()).hexdigest()[:10]
    path = folder / f"disagreement-{digest}.yaml"
    document = {"about": found.kind, "cases": [_case(found, origin)]}
    path.write_text(
        yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120), "utf-8"
    )
    return path


def _case(found: Disagreement, origin: str) -> Json:
    """The case. `${` would be a variable in it, and is written as JSON may write it."""
    body = json.dumps(found.asked.body).replace("${", "\\u0024{")
    case: Json = {
        "id": "found",
        "why": f"the target answered {_shown(found.target)}",
        "evidence": "policy",
        "source": origin,
        "date": dt.datetime.now(dt.timezone.utc).date().isoformat(),
        "live": "safe",
        "versions": [found.asked.version],
        "endpoints": [found.asked.endpoint],
        "body": body,
    }
    if found.contract.status == OK:
        return {**case, "accepted": True}
    error = json.loads(found.contract.body)["error"]
    rule = found.contract.headers.get(RULE)
    # A text with a variable's sign is compared as a pattern in which nothing is one.
    message = error["message"]
    text = {"refused_like": re.escape(message)} if "${" in message else {"refused": message}
    named = {"rule": rule} if rule else {}
    return {**case, **named, "status": found.contract.status, "error": error["type"], **text}


def _message(received: Received) -> Any:
    try:
        value: Any = json.loads(received.body)
    except ValueError:
        return received.body[:LONGEST_SHOWN].decode("utf-8", "replace")
    error: Any = value.get("error") if is_object(value) else None
    return error.get("message") if is_object(error) else value


def _shown(received: Received) -> str:
    if received.status == OK:
        return "200"
    return f"{received.status} {str(_message(received))[:LONGEST_SHOWN]}"
