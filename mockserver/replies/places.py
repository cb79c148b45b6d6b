"""Where in a value something is built, and of which types it may be."""

from __future__ import annotations

from typing import Any

from mockserver.replies.settling import excluded
from mockserver.rules.strict import Schema, is_list, is_schema

# From here on only what must be there: schemas may refer to themselves.
DEEP = 4
MOST_VALUES = 10_000
_KEYWORDS_OF = {
    "object": (
        "properties",
        "required",
        "additionalProperties",
        "patternProperties",
        "minProperties",
    ),
    "array": ("items", "prefixItems", "contains", "minItems"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "string": ("pattern", "format", "minLength", "maxLength"),
}
_TYPES = ("string", "number", "integer", "boolean", "array", "object", "null")


class Place:
    """Where a value stands: its path, the name of the member, how deep it is, and which one of several it is."""

    __slots__ = ("at", "depth", "name", "turn")

    def __init__(self, at: str = "", name: str = "", depth: int = 0, turn: int = 0) -> None:
        self.at, self.name, self.depth, self.turn = at, name, depth, turn

    def member(self, name: str) -> Place:
        return Place(f"{self.at}/{name}", name, self.depth + 1, self.turn)

    def item(self, index: int, turn: int) -> Place:
        return Place(f"{self.at}/{index}", self.name, self.depth + 1, turn)

    @property
    def is_deep(self) -> bool:
        return self.depth > DEEP


def kinds_of(schema: Schema) -> list[str]:
    """The types that a schema takes, null last; those that its keywords are about when it names none."""
    kinds = [kind for kind in _named(schema.get("type")) if kind in _TYPES]
    if not kinds:
        kinds = [kind for kind, words in _KEYWORDS_OF.items() if any(w in schema for w in words)]
    barred = [
        each["type"] for each in excluded(schema) if is_schema(each) and list(each) == ["type"]
    ]
    if barred:
        kinds = [k for k in kinds or _TYPES if not any(k in _named(each) for each in barred)]
    return sorted(kinds, key="null".__eq__)


def _named(said: Any) -> list[str]:
    if isinstance(said, str):
        return [said]
    return [kind for kind in said if isinstance(kind, str)] if is_list(said) else []
