"""limits.json applied to a document: what the SDK's types can't say and a schema can.

keywords  narrow a property: a range, a length, a pattern
replaces  a property whose type the SDK splits or gets wrong
adds      a property that the live API has and the SDK has not
nullable  null means absent, though the SDK's type has no null
tags      the order in which the live API lists a union's tags, where it is not alphabetical
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from contracts.passes import Schema, TripwireError, definition, nodes

FILE = Path(__file__).parent / "limits.json"
ACTIONS = ("keywords", "replaces", "adds", "nullable", "tags")


@cache
def limits() -> Mapping[str, Any]:
    """The parsed file. Its readers must not change it."""
    found: Mapping[str, Any] = json.loads(FILE.read_text("utf-8"))
    return found


def limited(document: Schema, name: str, version: str, namespace: str) -> None:
    """Apply every entry that names this document; each must find its place."""
    for entry in limits()["entries"]:
        if _applies(entry, name, version, namespace):
            apply(document, entry)


def apply(document: Schema, entry: Mapping[str, Any]) -> None:
    """Apply one entry. Raises TripwireError when the SDK's types no longer fit it."""
    place = str(entry["place"])
    owner, _, name = place.partition(".")
    properties = (definition(document, owner) if owner else document)["properties"]
    if (name in properties) == ("adds" in entry):
        raise TripwireError(
            f"limits: {place} is {'' if name in properties else 'not '}in the SDK's types"
        )
    if "adds" in entry or "replaces" in entry:
        properties[name] = dict(entry.get("adds") or entry["replaces"])
    elif "nullable" in entry:
        properties[name] = {"anyOf": [properties[name], {"type": "null"}]}
    elif "tags" in entry:
        _retag(properties[name], entry["tags"], place)
    else:
        properties[name] |= entry["keywords"]


def ordered(document: Schema, name: str) -> None:
    """Put properties in the order in which the live API reports their faults."""
    order = limits()["order"]
    for node in nodes(document):
        _put_first(node, [order["first"]["property"]])
    listed = list(order.get(name, ()))
    versioned = {str(entry["place"])[1:] for entry in limits()["entries"] if "adds" in entry}
    unknown = set(listed) - set(document["properties"]) - versioned
    if unknown:
        raise TripwireError(f"limits: {sorted(unknown)} are not in the SDK's types")
    _put_first(document, listed)


def _put_first(node: Schema, names: list[str]) -> None:
    properties = node.get("properties", {})
    first = {name: properties[name] for name in names if name in properties}
    if first:
        node["properties"] = {**first, **properties}


def _applies(entry: Mapping[str, Any], name: str, version: str, namespace: str) -> bool:
    return (
        name in entry["documents"]
        and version in entry.get("versions", (version,))
        and namespace in entry.get("namespaces", (namespace,))
    )


def _retag(union: Schema, tags: list[str], place: str) -> None:
    discriminator = union.get("discriminator", {})
    mapping = discriminator.get("mapping", {})
    if set(tags) != set(mapping):
        raise TripwireError(f"limits: {place} has the tags {sorted(mapping)}")
    discriminator["mapping"] = {tag: mapping[tag] for tag in tags}
