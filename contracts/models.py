"""Facts about the models as the suite reads them: rows of models.json, chosen by their columns.

chosen({"prefill": False, "thinking": "enabled"}, day)   the ids' rows of every model of which both hold

A column that holds a list is asked whether it has the value, or by `true` and `false` whether it has any.
`{"not": X}` turns a wish round, `{"least": N}` and `{"most": N}` compare. `lifecycle` is `alive` (unless said
otherwise), `retired` or `any`.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from contracts.findings import Json, is_array, is_object

FILE = Path(__file__).parent / "models.json"
LIFECYCLES = ("alive", "retired", "any")


class WishError(ValueError):
    """A wish that names no column, or compares what can't be compared."""


@cache
def as_of() -> dt.date:
    """The day for which the rows were written."""
    return dt.date.fromisoformat(_document()["as_of"])


@cache
def models() -> tuple[Json, ...]:
    """Every row. Its readers must not change it."""
    return tuple(_document()["models"])


def named(name: str) -> Json:
    """The row of an id or alias. Raises WishError, which suggests the nearest."""
    for row in models():
        if name in (row["id"], *row["aliases"]):
            return row
    raise WishError(f"there is no model {name!r}{nearest(name, [row['id'] for row in models()])}")


def chosen(wishes: Mapping[str, Any], day: dt.date) -> list[Json]:
    """The models of which every wish holds. Raises WishError."""
    columns = {key: wish for key, wish in wishes.items() if key != "lifecycle"}
    lifecycle = wishes.get("lifecycle", "alive")
    unknown = sorted(columns.keys() - models()[0].keys())
    if unknown:
        hint = nearest(unknown[0], list(models()[0]))
        raise WishError(f"models have no column {unknown[0]!r}{hint}")
    if lifecycle not in LIFECYCLES:
        raise WishError(f"lifecycle is one of {', '.join(LIFECYCLES)}, not {lifecycle!r}")
    alive = [row for row in models() if lifecycle in ("any", _lifecycle(row, day))]
    return [row for row in alive if all(_holds(row[key], wish) for key, wish in columns.items())]


def last_day(row: Json) -> str:
    """A day on which a model of the catalogue can be used: its last one, or the catalogue's own."""
    retires = row["retires_at"]
    if retires is None or dt.date.fromisoformat(retires) > as_of():
        return as_of().isoformat()
    return (dt.date.fromisoformat(retires) - dt.timedelta(days=1)).isoformat()


def nearest(word: str, words: list[str]) -> str:
    """A hint at the word that was probably meant."""
    near = get_close_matches(word, words, n=1, cutoff=0.0)
    return f"; did you mean {near[0]!r}?" if near else ""


def _document() -> Json:
    found: Json = json.loads(FILE.read_text("utf-8"))
    return found


def _lifecycle(row: Json, day: dt.date) -> str:
    retires = row["retires_at"]
    return "retired" if retires is not None and dt.date.fromisoformat(retires) <= day else "alive"


def _holds(value: Any, wish: Any) -> bool:
    if is_array(value) and isinstance(wish, bool):
        return bool(value) == wish
    if not is_object(wish):
        return wish in value if is_array(value) else value == wish
    if set(wish) == {"not"}:
        return not _holds(value, wish["not"])
    if set(wish) <= {"least", "most"} and wish:
        return _is_between(value, wish)
    raise WishError(f"{wish} is none of {{not: ...}}, {{least: ...}} and {{most: ...}}")


def _is_between(value: Any, wish: Json) -> bool:
    try:
        return bool(wish.get("least", value) <= value <= wish.get("most", value))
    except TypeError as error:
        raise WishError(f"{wish} can't be compared with {value!r}") from error
