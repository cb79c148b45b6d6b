"""Which parts of a request need a value of `anthropic-beta`, and the schema that a request with given values meets.

The live API judges a field by its own beta value: `context_management` is unknown to it without that value,
whatever other betas are named. The beta schema, less what no named value opens, is what it applies.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from contracts.passes import Schema, TripwireError, definition, nodes, reachable
from contracts.validate import SCHEMAS, Validator

FILE = Path(__file__).parent / "gates.json"
# Sets of open gates that clients use at a time; hostile ones must not fill the memory with schemas.
MOST_REMEMBERED = 64
NOTHING: frozenset[str] = frozenset()


class Gate(NamedTuple):
    """A part of the schema that any one of some beta values opens."""

    name: str
    betas: frozenset[str]
    opens: tuple[str, ...]
    source: str


@cache
def gates() -> tuple[Gate, ...]:
    """Every gate, from gates.json."""
    entries = json.loads(FILE.read_text("utf-8"))["gates"]
    return tuple(
        Gate(entry["name"], frozenset(entry["betas"]), tuple(entry["opens"]), entry["source"])
        for entry in entries
    )


@cache
def everything() -> frozenset[str]:
    """The names of all gates."""
    return frozenset(gate.name for gate in gates())


def opened(betas: Iterable[str]) -> frozenset[str]:
    """The names of the gates that these beta values open."""
    return frozenset(gate.name for gate in gates() if not gate.betas.isdisjoint(betas))


@lru_cache(maxsize=MOST_REMEMBERED)
def validator(name: str, version: str, names: frozenset[str]) -> Validator:
    """The validator of a request document with these gates open, compiled once. Raises FileNotFoundError."""
    if not names:
        return Validator.load(name, version, "stable")
    document = json.loads((SCHEMAS / version / "beta" / f"{name}.json").read_text("utf-8"))
    close(document, names)
    return Validator(document)


def close(document: Schema, names: frozenset[str]) -> None:
    """Remove from a beta document what none of the named gates opens."""
    kept = {place for gate in gates() if gate.name in names for place in gate.opens}
    shut = dict.fromkeys(place for gate in gates() for place in gate.opens if place not in kept)
    for place in shut:
        remove(document, place)
    reachable(document)


def remove(document: Schema, place: str) -> bool:
    """Remove one place of the notation of gates.json; whether the document has it."""
    owner, hash_sign, tag = place.partition("#")
    if hash_sign:
        return _remove_tag(document, owner, tag)
    owner, _, rest = place.partition(".")
    name, _, value = rest.removesuffix("?").partition("=")
    found = _owned(document, owner)
    if found is None or name not in found["properties"]:
        return False
    if rest.endswith("?"):
        found["required"] = sorted({*found["required"], name})
    elif value:
        return sum(_remove_value(n, value) for n in nodes(found["properties"][name])) > 0
    else:
        del found["properties"][name]
    return True


def _owned(document: Schema, owner: str) -> Schema | None:
    try:
        return definition(document, owner) if owner else document
    except TripwireError:
        return None


def _remove_tag(document: Schema, owner: str, tag: str) -> bool:
    within = _owned(document, owner)
    found = list(_unions_with(tag, within)) if within else []
    for union in found:
        mapping = union["discriminator"]["mapping"]
        ref = mapping.pop(tag)
        if ref not in mapping.values():
            union["oneOf"] = [branch for branch in union["oneOf"] if branch["$ref"] != ref]
    return bool(found)


def _unions_with(tag: str, within: Schema) -> Iterator[Schema]:
    return (n for n in nodes(within) if tag in n.get("discriminator", {}).get("mapping", {}))


def _remove_value(node: Schema, value: str) -> bool:
    if value not in node.get("enum", ()):
        return False
    node["enum"] = [kept for kept in node["enum"] if kept != value]
    return True
