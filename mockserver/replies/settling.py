"""What stands for a schema: behind references, the parts of allOf merged, one branch chosen of each union."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any
from urllib.parse import unquote, urljoin

from mockserver.replies.hints import Hints
from mockserver.replies.merging import merged
from mockserver.rules.strict import Schema, is_list, is_schema, subschemas

MOST_STEPS = 256


class Choices:
    """Says which of several is taken at a place. `options` has the places where there were several, and how many."""

    def __init__(self, picks: Mapping[str, int]) -> None:
        self._picks = picks
        self.options: dict[str, int] = {}

    def pick(self, key: str, count: int, turn: int = 0) -> int:
        """The index of the one that is taken: the first, unless `picks` or the turn says otherwise."""
        if count > 1:
            self.options[key] = count
        return (self._picks.get(key, 0) + turn) % count


def place_of(key: str) -> str:
    """The place of a choice: its key without the mark at the end, which is one character or `?` and a number."""
    return key[: key.rindex("?")] if key[-1].isdigit() else key[:-1]


def listed(schema: Schema, word: str) -> list[Any]:
    """The array under a keyword, or nothing."""
    value = schema.get(word)
    return value if is_list(value) else []


def members(schema: Schema, word: str) -> Schema:
    """The object under a keyword, or nothing."""
    value = schema.get(word)
    return value if is_schema(value) else {}


def excluded(schema: Any) -> list[Any]:
    """All that a schema says no to, one after the other."""
    if not is_schema(schema) or "not" not in schema:
        return []
    branches = [schema["not"]]
    for branch in branches:  # grows on the way
        if is_schema(branch) and list(branch) == ["anyOf"]:
            branches += listed(branch, "anyOf")
    return [b for b in branches if not (is_schema(b) and list(b) == ["anyOf"])]


class Settler:
    """Resolves applicators against one root schema."""

    def __init__(self, root: Any, hints: Hints, choices: Choices) -> None:
        self._root = root
        self._hints = hints
        self._pick = choices.pick

    def settled(self, schema: Any, at: str, *, is_deep: bool) -> Any:
        """The schema without `$ref`, `allOf`, `if` and unions; True or False for one that says nothing more."""
        for step in range(MOST_STEPS):
            if not is_schema(schema):
                return schema is not False
            following = self._step(schema, f"{at}?{step}", is_deep=is_deep)
            if following is None:
                return schema
            schema = following
        return True  # references in a circle

    def _step(self, schema: Schema, at: str, *, is_deep: bool) -> Any:
        reference = schema.get("$ref", schema.get("$dynamicRef"))
        if isinstance(reference, str):
            return merged(_without(schema, "$ref", "$dynamicRef"), self._referred(reference))
        if "if" in schema:
            rest: Any = _without(schema, "if", "then", "else")
            fulfilled = merged(schema["if"], schema.get("then", True))
            failed = merged({"not": schema["if"]}, schema.get("else", True))
            return self._one_of(rest, [fulfilled, failed], at)
        turned = _turned(schema)
        if turned is not None:
            return turned
        for word in ("anyOf", "oneOf"):
            branches = listed(schema, word)
            if branches:
                ordered = sorted(branches, key=lambda branch: self._rank(branch, is_deep=is_deep))
                return self._one_of(_without(schema, word), ordered, at)
        # Last, because what can't be merged with a union or a condition waits here until those are gone.
        if "allOf" in schema:
            rest = _without(schema, "allOf")
            for part in listed(schema, "allOf"):
                rest = merged(rest, part)
            return rest
        return None

    def _one_of(self, schema: Schema, branches: list[Any], at: str) -> Any:
        """The schema with one of the branches: the chosen one or the next that doesn't contradict it."""
        chosen = self._pick(at, len(branches))
        turned = (merged(schema, branch) for branch in [*branches[chosen:], *branches[:chosen]])
        return next((found for found in turned if found is not False), False)

    def _rank(self, branch: Any, *, is_deep: bool) -> tuple[bool, ...]:
        """What the text names comes first, null last; deep down whatever ends."""
        if not is_schema(branch):
            return False, True, False
        return is_deep and _refers(branch), not self._is_named(branch), branch.get("type") == "null"

    def _is_named(self, branch: Schema) -> bool:
        if "$ref" in branch:
            target = self._referred(str(branch["$ref"]))
            branch = target if is_schema(target) else {}
        fixed = [branch, *(p for p in members(branch, "properties").values() if is_schema(p))]
        values = (v for part in fixed for v in (part.get("const"), *listed(part, "enum")))
        return any(isinstance(value, str) and self._hints.mentions(value) for value in values)

    def _referred(self, reference: str) -> Any:
        address, _, fragment = reference.partition("#")
        found: Any = self._resource(address) if address else self._root
        if fragment and not fragment.startswith("/"):
            return self._anchored(fragment)
        for part in fragment.split("/")[1:]:
            name = unquote(part).replace("~1", "/").replace("~0", "~")
            if is_list(found):
                found = found[int(name)] if name.isdigit() and int(name) < len(found) else None
            else:
                found = found.get(name) if is_schema(found) else None
        return True if found is None else found

    def _resource(self, address: str) -> Any:
        """The schema that has the address as its `$id`; None where there's none, or one is no address."""
        base = str(self._root.get("$id", ""))
        named = [node for node in subschemas(self._root) if isinstance(node.get("$id"), str)]
        try:
            wanted = urljoin(base, address)
            return next((node for node in named if urljoin(base, node["$id"]) == wanted), None)
        except ValueError:
            return None

    def _anchored(self, name: str) -> Any:
        anchors = ("$anchor", "$dynamicAnchor")
        found = (s for s in subschemas(self._root) if any(s.get(word) == name for word in anchors))
        return next(found, True)


def _turned(schema: Schema) -> Any:
    """The schema with what it excludes as what it asks for, where that can be said; None if it can't."""
    opposites = [(each, _opposite(each)) for each in excluded(schema)]
    wanted = [opposite for _, opposite in opposites if opposite is not None]
    if not wanted:
        return None
    left = [each for each, opposite in opposites if opposite is None]
    rest: Any = _without(schema, "not")
    return reduce(merged, wanted, {**rest, "not": {"anyOf": left}} if left else rest)


def _opposite(excluded: Any) -> Any:
    """What must hold where something that consists of others must not; None where there's nothing to take apart."""
    if is_schema(excluded) and list(excluded) == ["not"]:
        return excluded["not"]
    if is_schema(excluded) and list(excluded) == ["allOf"]:
        return {"anyOf": [{"not": part} for part in listed(excluded, "allOf")]}
    return None


def _refers(branch: Schema) -> bool:
    return any("$ref" in node or "$dynamicRef" in node for node in subschemas(branch))


def _without(schema: Schema, *words: str) -> Schema:
    return {word: value for word, value in schema.items() if word not in words}
