"""A value that is valid under a JSON Schema, the same one each time: inputs of tools, structured output.

The schema is the user's: words of a wrong type are passed over, and work and size are bounded.
"""

from __future__ import annotations

from typing import Any

from mockserver.rules.strict import Schema, is_list, is_schema

DEEPEST = 16
MOST_VALUES = 10_000
LONGEST = 100_000
FORMATS = {
    "date-time": "2026-01-02T03:04:05Z",
    "date": "2026-01-02",
    "time": "03:04:05Z",
    "duration": "P1D",
    "email": "ada@example.com",
    "hostname": "example.com",
    "uri": "https://example.com/",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uuid": "123e4567-e89b-42d3-a456-426614174000",
}


def sample(schema: Schema) -> Any:
    """A value for the schema: required members only, the first branch, the smallest sizes."""
    return _Sampler(schema).value(schema, DEEPEST)


class _Sampler:
    def __init__(self, root: Schema) -> None:
        self._root = root
        self._left = MOST_VALUES

    def value(self, schema: Any, depth: int) -> Any:
        self._left -= 1
        if depth == 0 or self._left < 0 or not is_schema(schema):
            return None
        for shortcut in ("const", "default"):
            if shortcut in schema:
                return schema[shortcut]
        if _listed(schema, "enum"):
            return schema["enum"][0]
        branch = self._branch(schema)
        return self._typed(schema, depth) if branch is None else self.value(branch, depth - 1)

    def _branch(self, schema: Schema) -> Any:
        """The schema that stands in for this one: behind a reference, or the first of a union."""
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/"):
            return self._referred(reference)
        parts = [part for part in _listed(schema, "allOf") if is_schema(part)]
        if parts:
            merged = {word: value for part in parts for word, value in part.items()}
            return {**{k: v for k, v in schema.items() if k != "allOf"}, **merged}
        unions = (_listed(schema, word) for word in ("anyOf", "oneOf"))
        return next((branches[0] for branches in unions if branches), None)

    def _referred(self, reference: str) -> Any:
        found: Any = self._root
        for part in reference[2:].split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if is_schema(found) else None
        return found

    def _typed(self, schema: Schema, depth: int) -> Any:
        kind = schema.get("type", "object" if "properties" in schema else "null")
        kind = next(iter(kind), "null") if is_list(kind) else kind
        if kind == "object":
            properties = schema.get("properties")
            known: Schema = properties if is_schema(properties) else {}
            names = [name for name in _listed(schema, "required") if isinstance(name, str)]
            return {name: self.value(known.get(name, {}), depth - 1) for name in names}
        if kind == "array":
            count = min(int(_number_at(schema, "minItems", 0)), MOST_VALUES)
            return [self.value(schema.get("items", {}), depth - 1)] * count
        if kind in ("integer", "number"):
            return _number(schema)
        return _text(schema) if kind == "string" else (kind == "boolean" or None)


def _listed(schema: Schema, word: str) -> list[Any]:
    value = schema.get(word)
    return value if is_list(value) else []


def _number_at(schema: Schema, word: str, default: float) -> Any:
    value = schema.get(word)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number else default


def _number(schema: Schema) -> Any:
    low = _number_at(schema, "minimum", _number_at(schema, "exclusiveMinimum", -1) + 1)
    high = _number_at(schema, "maximum", _number_at(schema, "exclusiveMaximum", low + 2) - 1)
    value = min(low, high)
    step = _number_at(schema, "multipleOf", 0)
    return step * -(-value // step) if step > 0 else value


def _text(schema: Schema) -> str:
    text = FORMATS.get(str(schema.get("format")), "example")
    text = text.ljust(min(int(_number_at(schema, "minLength", 0)), LONGEST), "e")
    return text[: max(0, int(_number_at(schema, "maxLength", LONGEST)))]
