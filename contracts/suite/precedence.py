"""Tables of faults in the order in which they win; a case for every two faults of a table in one request.

tables:
  - id: headers
    evidence: reported           # and source, date, live, base, model: of the whole table
    faults:
      - {id: key, headers: {x-api-key: null}, status: 401, refused: x-api-key header is required}
      - {id: version, headers: {anthropic-version: null}, refused: ..., source: why it wins over those below}

A request with both is refused as one with the first alone, and is a case `precedence/headers.key-before-version`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

from contracts.findings import Json, is_array, is_object
from contracts.suite.marked import Marked, Place

# What a pair has from both of its faults; the rest is the first one's.
MERGED = ("set", "headers", "remove", "betas", "cut", "path", "method")


def pairs(marked: Marked) -> Iterator[tuple[Place, Json]]:
    """Place and fields of the case of every pair. Raises CaseError for faults that exclude each other."""
    for number, table in enumerate(marked.value["tables"]):
        common = {key: value for key, value in table.items() if key != "faults"}
        faults: list[Json] = table["faults"]
        for (at, first), (_, second) in combinations(enumerate(faults), 2):
            place: Place = ("tables", number, "faults", at)
            yield place, _merged(marked, place, common, first, second)


def _merged(marked: Marked, place: Place, common: Json, first: Json, second: Json) -> Json:
    fields = {**common, **first, "id": f"{common['id']}.{first['id']}-before-{second['id']}"}
    for key in MERGED:
        parts = [fault[key] for fault in (first, second) if key in fault]
        both = _both(parts[0], parts[1]) if len(parts) == len((first, second)) else parts[:1]
        if both is None:
            raise marked.error(place, f"{first['id']} and {second['id']} have both {key!r}")
        if parts:
            fields[key] = both[0]
    return fields


def _both(one: Any, other: Any) -> list[Any] | None:
    if is_array(one):
        return [[*one, *other]]
    if is_object(one) and not one.keys() & other.keys():
        return [{**one, **other}]
    return None
