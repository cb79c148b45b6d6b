"""Keywords, formats and patterns of compiled schemas."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.rules.schema_words import FORMATS
from tests.unit.mockserver.bodies import body
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

STRICT, FORMAT = "tools.0.custom", "output_config.format.schema"


def closed(part: Any, **more: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"a": part},
        "required": ["a"],
        "additionalProperties": False,
        **more,
    }


def strict(part: Any, **more: Any) -> dict[str, Any]:
    return body(tools=[{"name": "f", "strict": True, "input_schema": closed(part, **more)}])


def formatted(part: Any) -> dict[str, Any]:
    return body(output_config={"format": {"type": "json_schema", "schema": closed(part)}})


def both(rule: str, name: str, part: Any, text: str) -> list[Row]:
    return [
        reject(rule, f"{name}_of_a_tool", strict(part), f"{STRICT}: {text}"),
        reject(rule, f"{name}_of_an_answer", formatted(part), f"{FORMAT}: {text}"),
    ]


def least(count: int) -> str:
    return (
        "For 'array' type, 'minItems' values other than 0 or 1 are not supported "
        f"(got: [{count}, \u221e])"
    )


PATTERN = (
    "Unsupported regex feature in pattern field: lookaround, backreferences and word boundaries are not "
    "supported"
)
LOOSE = body(tools=[{"name": "f", "input_schema": closed({"type": "string", "maxLength": 3})}])
ROWS = [
    accept("schema.keywords", "not_strict", LOOSE),
    accept("schema.keywords", "one_or_more", strict({"type": "array", "items": {}, "minItems": 1})),
    accept("schema.keywords", "of_another_type", strict({"type": "null", "maxLength": 3})),
    accept(
        "schema.keywords", "list_of_types", strict({"type": ["string", "null"], "maxLength": 3})
    ),
    *both(
        "schema.keywords",
        "range",
        {"type": "number", "minimum": 0, "maximum": 1},
        "For 'number' type, properties maximum, minimum are not supported",
    ),
    *both(
        "schema.keywords",
        "count",
        {"type": "array", "maxItems": 3},
        "For 'array' type, property 'maxItems' is not supported",
    ),
    *both(
        "schema.keywords",
        "length",
        {"type": "string", "maxLength": 3},
        "For 'string' type, property 'maxLength' is not supported",
    ),
    *both("schema.keywords", "least", {"type": "array", "minItems": 6}, least(6)),
    accept("schema.combination", "any_of", strict({"anyOf": [{"type": "null"}]})),
    *(
        reject(
            "schema.combination",
            word,
            strict({word: []}),
            f"{STRICT}: Schema type '{word}' is not supported",
        )
        for word in ("not", "if")
    ),
    *both("schema.combination", "one_of", {"oneOf": []}, "Schema type 'oneOf' is not supported"),
    accept("schema.enum", "strings", strict({"type": "string", "enum": ["a", "b"]})),
    accept("schema.enum", "integers_are_numbers", strict({"type": "number", "enum": [1, 1.5]})),
    accept("schema.enum", "no_type", strict({"enum": ["a", 1, True, None]})),
    accept("schema.enum", "no_list", strict({"type": "string", "enum": "a"})),
    *both(
        "schema.enum",
        "nullable",
        {"type": ["string", "null"], "enum": ["beginner", None]},
        "Invalid schema: Enum value 'beginner' does not match declared type '['string', 'null']'",
    ),
    *both(
        "schema.enum",
        "other_type",
        {"type": "string", "enum": ["a", 1]},
        "Invalid schema: Enum value '1' does not match declared type 'string'",
    ),
    *(
        accept("schema.pattern", name, strict({"type": "string", "pattern": pattern}))
        for name, pattern in {
            "simple": "^[a-z]+(-[0-9]{2})?$",
            "group": "^(?:a|b)(?P<c>d)$",
            "escaped_parenthesis": r"^\(?=$",
            "escaped_backslash": r"^\\b$",
            "class": r"\d\s\w\.",
        }.items()
    ),
    accept("schema.pattern", "no_string", strict({"pattern": 1})),
    *(
        reject("schema.pattern", name, strict({"pattern": pattern}), f"{STRICT}: {PATTERN}")
        for name, pattern in {
            "lookahead": "^(?=a)b",
            "negative_lookahead": "(?!a)b",
            "lookbehind": "(?<!a)b",
            "reference_back": r"(a)\1",
            "word_boundary": r"\ba",
        }.items()
    ),
    *(accept("schema.format", n, strict({"type": "string", "format": n})) for n in sorted(FORMATS)),
    accept("schema.format", "of_a_number", strict({"type": "integer", "format": "int64"})),
    *both(
        "schema.format",
        "unknown",
        {"type": "string", "format": "color"},
        "For 'string' type, format 'color' is not supported",
    ),
    *both(
        "schema.format",
        "no_string",
        {"type": "string", "format": ["date"]},
        "For 'string' type, format '['date']' is not supported",
    ),
    accept("schema.reference", "own", strict({"$ref": "#/$defs/a"}, **{"$defs": {"a": {}}})),
    accept("schema.reference", "no_string", strict({"$ref": 1})),
    *both(
        "schema.reference",
        "url",
        {"$ref": "https://example.com/a.json"},
        "Invalid schema: external reference 'https://example.com/a.json' is not supported",
    ),
    accept("schema.enum-members", "scalars", strict({"enum": ["a", 1, None]})),
    accept("schema.enum-members", "no_list", strict({"enum": {}})),
    *both(
        "schema.enum-members",
        "object",
        {"enum": ["a", {}]},
        "Invalid schema: enum values must be strings, numbers, booleans or null",
    ),
]


@parametrized(ROWS)
def test_schema_words(row: Row) -> None:
    holds(row)


@pytest.mark.parametrize("count", [0, 1])
def test_least_counts_of_none_and_one_are_taken(count: int) -> None:
    holds(accept("schema.keywords", "least", strict({"type": "array", "minItems": count})))
