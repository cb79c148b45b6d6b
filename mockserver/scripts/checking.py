"""A value against a schema of our own: errors name the place, the nearest valid key, and what a key is for."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any, cast

import orjson

from mockserver import contract
from mockserver.scripts.model import Json, ScriptError, is_list, is_object

ANNOTATIONS = ("description", "title", "format", "$schema")
Place = tuple[str | int, ...]


class Checker:
    """Judges values by definitions in the part of JSON Schema that `contracts.compiling` compiles."""

    def __init__(self, definitions: Json) -> None:
        self._definitions = definitions
        self._validators: dict[str, Any] = {}

    def check(self, value: Any, definition: str, place: Place = ()) -> None:
        """Compare a value with a definition. Raises ScriptError."""
        try:
            orjson.dumps(value)
        except TypeError as error:
            raise ScriptError(place, f"this is not JSON: {error}") from error
        fault = self._validator(definition).fault(value)
        if fault is not None:
            raise self._explained(str(fault.path), str(fault.text), definition, place)

    def _validator(self, definition: str) -> Any:
        if definition not in self._validators:
            document = {"$ref": f"#/$defs/{definition}", "$defs": self._definitions}
            self._validators[definition] = contract.validator_of(bare(document))
        return self._validators[definition]

    def _explained(self, path: str, text: str, definition: str, place: Place) -> ScriptError:
        parts = path.split(".") if path else []
        steps = tuple(int(part) if part.isdigit() else part for part in parts)
        parent = self._node(definition, steps[:-1])
        last = str(steps[-1]) if steps else ""
        if text.startswith("Extra inputs"):
            known = list(self._keyed(parent).get("properties", ()))
            near = get_close_matches(last, known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]!r}? " if near else ""
            problem = f"there is no key {last!r}; {hint}The keys here are {', '.join(known)}"
            return ScriptError((*place, *steps), problem)
        if text == "Field required":
            return ScriptError((*place, *steps[:-1]), f"the key {last!r} is missing")
        if steps and last[:1].isupper():  # the label of a model that a value did not match
            steps = steps[:-1]
        node = self._node(definition, steps)
        about = node.get("description") or self._keyed(node).get("description")
        return ScriptError((*place, *steps), f"{text}{f' ({about})' if about else ''}")

    def _node(self, definition: str, steps: Sequence[str | int]) -> Json:
        """The schema at a path, as far as the path leads."""
        node: Json = self._definitions[definition]
        for step in steps:
            node = self._step(node, step)
        return node

    def _step(self, node: Json, step: str | int) -> Json:
        found: Any
        if isinstance(step, int):
            branches: list[Json] = node.get("anyOf", [node])
            found = next((branch["items"] for branch in branches if "items" in branch), None)
        else:
            keyed = self._keyed(node)
            found = keyed.get("properties", {}).get(step) or keyed.get("additionalProperties")
        return found if is_object(found) else {}

    def _keyed(self, node: Json) -> Json:
        """The object schema behind a reference; of a union the branch with keys."""
        branches: list[Json] = node.get("anyOf", [node])
        reference = next((branch["$ref"] for branch in branches if "$ref" in branch), None)
        if reference is None:
            return node
        return cast("Json", self._definitions[reference.rsplit("/", 1)[-1]])


def bare(value: Any) -> Any:
    """A schema without what only people read; a property may be called like an annotation."""
    if is_list(value):
        return [bare(part) for part in value]
    if not is_object(value):
        return value
    return {
        k: {name: bare(part) for name, part in v.items()}
        if k in ("properties", "$defs")
        else bare(v)
        for k, v in value.items()
        if k not in ANNOTATIONS
    }
