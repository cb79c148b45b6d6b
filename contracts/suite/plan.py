"""What a run consists of, in which order.

properties of several requests, then the cases, then generated requests; or nothing but the cases of a user's
own files. On the live API parts are taken in turn from every topic, so that a ceiling that is reached leaves none
out, and with one small model for each case.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from contracts.findings import Json
from contracts.models import nearest
from contracts.profiles import TOLERANT
from contracts.suite.cases import Case, Trial, expanded, load
from contracts.suite.clocks import MISSING
from contracts.suite.meter import worst
from contracts.suite.rehearsal import EARLIER, rehearsed
from contracts.suite.requests import request
from contracts.suite.running import Outcome, run
from contracts.suite.session import Found, Part, Session

# On the live API, requests that may cost more than this are left out.
MOST_USD = 0.02
DEAR = 1_000.0
MOCK = "x-mock-"


class Choice(NamedTuple):
    """Which parts to run. `topics` are names, `ids` may hold * as in file names; none of both means all.

    With `cases`, folders and files of a user's own, only these are run.
    """

    day: dt.date
    is_live: bool = False
    is_mock: bool = False
    examples: int = 100
    topics: Sequence[str] = ()
    ids: Sequence[str] = ()
    cases: Sequence[Path] = ()


class ChoiceError(ValueError):
    """There is nothing of that name; the message says what was probably meant."""


def planned(choice: Choice) -> list[Part]:
    """The parts of a run. Raises ChoiceError, and CaseError for a mistake in the case files."""
    parts = _own(choice) if choice.cases else _built_in(choice)
    chosen = _chosen(parts, choice)
    return list(_in_turn(chosen)) if choice.is_live else chosen


def _own(choice: Choice) -> list[Part]:
    return [case_part(case, rehearsed(case, choice.day), choice) for case in load(choice.cases)]


def _built_in(choice: Choice) -> list[Part]:
    from contracts.suite.generated import generated_parts  # noqa: PLC0415 # Hypothesis is slow to import
    from contracts.suite.properties import PROPERTIES, part_of  # noqa: PLC0415 # as above

    return [
        *(part_of(each, is_live=choice.is_live) for each in PROPERTIES),
        *(case_part(case, list(expanded(case, choice.day)), choice) for case in load()),
        *generated_parts(choice.examples, is_live=choice.is_live),
    ]


def case_part(case: Case, trials: Sequence[Trial], choice: Choice) -> Part:
    """A case as a part of a run: all of its trials, on the live API those of one small model."""
    if choice.is_live:
        # A batch may take an hour there.
        trials = _small(trial for trial in trials if trial.endpoint != "batch")
    usd = [_worst(trial) for trial in trials] if choice.is_live and case.is_accepting else []

    def tried(session: Session) -> Found:
        if case.needs_clock and session.clock is None:
            return Found(skipped=MISSING)
        session.meter.reserve(sum(usd))
        return _found(case, [run(trial, session.target) for trial in trials], session.profile)

    skip = _skip(case, choice, len(trials), max(usd, default=0.0))
    fields = case.fields
    source = f"{fields['source']} ({fields['date']})"
    earlier = len(fields.get("uploads", ())) + len(fields.get("steps", ())) + ("first" in fields)
    return Part(
        case.id, fields["evidence"], source, tried, len(trials) * (1 + earlier), sum(usd), skip
    )


def _found(case: Case, outcomes: Sequence[Outcome], profile: str) -> Found:
    failed = [outcome for outcome in outcomes if outcome.differences]
    # The gravest is shown: a wrong verdict before a wrong word.
    failed.sort(key=lambda outcome: not outcome.differences[0].startswith("status: "))
    drift = list(dict.fromkeys(text for outcome in outcomes for text in outcome.drift))
    if not failed:
        return Found(drift=drift)
    why = failed[0].report()
    if failed[1:]:
        why += f"\n  and       {len(failed) - 1} more of {len(outcomes)} requests"
    if profile == TOLERANT and case.fields["evidence"] == "policy" and case.file is None:
        return Found(skipped=f"nobody knows what is right here, and the target differs:\n{why}")
    return Found(why, drift)


def _skip(case: Case, choice: Choice, trials: int, usd: float) -> str:
    headers: Json = case.fields.get("headers", {})
    if choice.is_live and case.fields["live"] != "safe":
        return "not for the live API"
    if not trials:
        return "no model is like that on this day"
    if usd > MOST_USD:
        return f"a request may cost ${usd:.2f}"
    if not choice.is_mock and any(name.startswith(MOCK) for name in headers):
        return "only for the mock: it uses its headers"
    return ""


def _small(trials: Iterable[Trial]) -> list[Trial]:
    """Of the trials that differ by their model alone, that of the cheapest."""
    cheapest: dict[str, Trial] = {}
    for trial in trials:
        row = json.dumps({k: v for k, v in trial.variables.items() if k != "model"}, default=str)
        same = f"{trial.endpoint} {trial.version} {row}"
        if same not in cheapest or _price(trial) < _price(cheapest[same]):
            cheapest[same] = trial
    return list(cheapest.values())


def _price(trial: Trial) -> float:
    model: Json = trial.variables["model"]
    price: Any = model.get("price")
    return float(price["output"]) if price else DEAR


def _worst(trial: Trial) -> float:
    fields = trial.case.fields
    if EARLIER & fields.keys():
        return 0.0  # what it sends is only known then; the meter looks at every request
    return worst(request(trial, ""))


def _chosen(parts: Sequence[Part], choice: Choice) -> list[Part]:
    topics = list(dict.fromkeys(part.id.partition("/")[0] for part in parts))
    for topic in choice.topics:
        if topic not in topics:
            raise ChoiceError(f"there is no topic {topic!r}{nearest(topic, topics)}")
    names = [part.id for part in parts]
    for wish in choice.ids:
        if not any(fnmatchcase(name, wish) for name in names):
            raise ChoiceError(f"there is no case {wish!r}{nearest(wish, names)}")
    if not choice.topics and not choice.ids:
        return list(parts)
    return [
        part
        for part in parts
        if part.id.partition("/")[0] in choice.topics
        or any(fnmatchcase(part.id, wish) for wish in choice.ids)
    ]


def _in_turn(parts: Iterable[Part]) -> Iterable[Part]:
    topics: dict[str, list[Part]] = {}
    for part in parts:
        topics.setdefault(part.id.partition("/")[0], []).append(part)
    rounds = zip_longest(*topics.values())
    return (part for part in chain.from_iterable(rounds) if part is not None)
