"""Which members an object gets: the required ones, what depends on them, and the optional ones that the text speaks of."""

from __future__ import annotations

from typing import Any

from mockserver.replies.hints import Hints, kind_of, words_of
from mockserver.replies.merging import merged
from mockserver.replies.patterns import finds, matching
from mockserver.replies.places import MOST_VALUES, Place, kinds_of
from mockserver.replies.scalars import size, texts
from mockserver.replies.settling import Choices, Settler, listed, members
from mockserver.rules.strict import Schema, is_list, is_schema


class Naming:
    """Chooses the members of objects. With `is_complete` they get all their optional members."""

    def __init__(
        self, settler: Settler, hints: Hints, choices: Choices, *, is_complete: bool
    ) -> None:
        self._settler = settler
        self._hints = hints
        self._pick = choices.pick
        self._is_complete = is_complete

    def named(self, schema: Schema, place: Place) -> tuple[Schema, list[str]]:
        """The names that the object gets, required ones first, and the schema with what depends on them."""
        names = self._chosen(schema, place)
        for name in names:  # grows on the way
            for needed in _needed_by(schema, name):
                if needed not in names:
                    names.append(needed)
            dependent = members(schema, "dependentSchemas").get(name)
            if is_schema(dependent):
                schema = merged(_without_dependent(schema, name), dependent)
                settled = self._settler.settled(schema, f"{place.at}/@{name}", is_deep=True)
                schema = settled if is_schema(settled) else schema
                names += [n for n in listed(schema, "required") if n not in names]
        return schema, names

    def _chosen(self, schema: Schema, place: Place) -> list[str]:
        properties = members(schema, "properties")
        required = [name for name in listed(schema, "required") if isinstance(name, str)]
        wanted = [name for name in properties if name in required]
        wanted += [name for name in dict.fromkeys(required) if name not in properties]
        optional = [n for n, value in properties.items() if n not in wanted and value is not False]
        least, most = size(schema, "minProperties", 0), size(schema, "maxProperties", MOST_VALUES)
        chosen = [] if place.is_deep else [n for n in optional if self._is_wanted(properties[n], n)]
        if optional and not wanted and not chosen and not place.depth and self._hints.strings:
            chosen = self._telling(properties, optional)[:1]
        if optional and self._pick(f"{place.at}+", 2):
            chosen = []
        lacking = max(0, least - len(wanted) - len(chosen))
        chosen += [name for name in optional if name not in chosen][:lacking]
        return [*wanted, *(name for name in optional if name in chosen)][: max(most, len(wanted))]

    def _telling(self, properties: Schema, optional: list[str]) -> list[str]:
        """The optional members that can hold something of the text, texts first."""
        settled = {n: self._settler.settled(properties[n], f"~{n}", is_deep=True) for n in optional}
        kinds = {n: kinds_of(each)[:1] for n, each in settled.items() if is_schema(each)}
        return [
            n for each in (["string"], ["array"], ["object"]) for n in kinds if kinds[n] == each
        ]

    def _is_wanted(self, schema: Any, name: str) -> bool:
        if self._is_complete:
            return True
        schema = self._settler.settled(schema, f"~{name}", is_deep=True)
        return is_schema(schema) and self.has_hint(schema, name)

    def has_hint(self, schema: Schema, name: str) -> bool:
        if self._hints.given(name) is not None:
            return True
        named = (v for v in listed(schema, "enum") if isinstance(v, str))
        if any(self._hints.mentions(value) for value in named):
            return True
        if "boolean" in kinds_of(schema):
            return self._hints.mentions(" ".join(words_of(name)))
        is_telling = kind_of(name) in ("url", "email", "path", "date", "expression")
        return is_telling and bool(self._hints.of_kind(name))

    @staticmethod
    def new_name(schema: Schema, number: int) -> str:
        """The name of one more member, another for each number."""
        naming = members(schema, "propertyNames")
        if listed(naming, "enum"):
            return str(naming["enum"][number % len(naming["enum"])])
        patterns = list(members(schema, "patternProperties"))
        # Other names may be allowed as well, but libraries that write patterns for the keys of a map take none.
        if patterns:
            found = matching(patterns[0], number) or ""
            numbered = f"{found}{number + 1}"
            return numbered if number and finds(patterns[0], numbered) else found
        return (
            texts({"type": "string", **naming}, "key", number)[0] if naming else f"key{number + 1}"
        )


def member_schema(schema: Schema, name: str) -> Any:
    """All that a schema says of a member."""
    properties = members(schema, "properties")
    said = [properties[name]] if name in properties else []
    said += [v for p, v in members(schema, "patternProperties").items() if finds(p, name)]
    if not said:
        unevaluated = schema.get("unevaluatedProperties", True)
        return schema.get("additionalProperties", unevaluated)
    found: Any = True
    for each in said:
        found = merged(found, each)
    return found


def _needed_by(schema: Schema, name: str) -> list[str]:
    old = members(schema, "dependencies").get(name)
    needed = [*listed(members(schema, "dependentRequired"), name), *(old if is_list(old) else [])]
    return [name for name in needed if isinstance(name, str)]


def _without_dependent(schema: Schema, name: str) -> Schema:
    left = {k: v for k, v in members(schema, "dependentSchemas").items() if k != name}
    return {**schema, "dependentSchemas": left}
