"""Outcomes as a person or a program reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import Any

import orjson
from tabulate import tabulate

from mockserver.drift.comparing import KINDS, Difference, Outcome

EXAMPLES = 3


def failed(outcomes: Sequence[Outcome], most_token_error: float | None) -> bool:
    """Whether verdicts differ, the oracle found something, or tokens are further off than they may be."""
    kinds = {each.kind for outcome in outcomes for each in outcome.differences}
    return bool(kinds & {"verdict", "oracle"}) or bool(_far_off(outcomes, most_token_error))


def as_json(outcomes: Sequence[Outcome]) -> str:
    """One object: what was compared, what differs, and every difference."""
    shown: dict[str, Any] = {
        "recordings": len(outcomes),
        "compared": sum(outcome.is_compared for outcome in outcomes),
        "kinds": {kind: {"compared": many, "differ": few} for kind, many, few in _counts(outcomes)},
        "median_token_error": _median(outcomes),
        "differences": [each._asdict() for outcome in outcomes for each in outcome.differences],
        "token_errors": {o.place: o.token_error for o in outcomes if o.token_error is not None},
    }
    return orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode()


def as_table(outcomes: Sequence[Outcome], most_token_error: float | None) -> str:
    """A row for each kind, and below it the first differences of each."""
    rows = [
        (kind, many, len(_far_off(outcomes, most_token_error)) if kind == "tokens" else few)
        for kind, many, few in _counts(outcomes)
    ]
    left_out = sum(not outcome.is_compared for outcome in outcomes)
    parts = [tabulate(rows, headers=["kind", "compared", "differ"])]
    error = _median(outcomes)
    if error is not None:
        parts.append(f"input tokens: median error {error:.1%}")
    if left_out:
        parts.append(f"{left_out} of {len(outcomes)} recordings hang on the account or its state")
    for kind in KINDS:
        found = [each for outcome in outcomes for each in outcome.differences if each.kind == kind]
        parts += map(_line, found[:EXAMPLES])
        if len(found) > EXAMPLES:
            parts.append(
                f"... and {len(found) - EXAMPLES} more of kind {kind}; --json has them all"
            )
    parts += [
        f"tokens {o.place}: {o.token_error:+.1%}" for o in _far_off(outcomes, most_token_error)
    ]
    return "\n".join(parts)


def _line(each: Difference) -> str:
    return f"{each.kind} {each.place}\n  recorded  {each.recorded}\n  mock      {each.mock}"


def _counts(outcomes: Sequence[Outcome]) -> Iterator[tuple[str, int, int]]:
    for kind in KINDS:
        differing = (any(d.kind == kind for d in outcome.differences) for outcome in outcomes)
        yield kind, sum(kind in outcome.kinds for outcome in outcomes), sum(differing)


def _median(outcomes: Sequence[Outcome]) -> float | None:
    errors = [abs(o.token_error) for o in outcomes if o.token_error is not None]
    return median(errors) if errors else None


def _far_off(outcomes: Sequence[Outcome], most: float | None) -> list[Outcome]:
    if most is None:
        return []
    return [o for o in outcomes if o.token_error is not None and abs(o.token_error) > most]
