"""Schemas, and what is sampled for them; the prompt that the values may come from."""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string"}
WHOLE = {"type": "integer"}


def record(*required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*required]}


NODE = {
    "$defs": {
        "Node": record("next", next={"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]}),
    },
    "$ref": "#/$defs/Node",
}
DOG, CAT = record("kind", kind={"const": "dog"}), record("kind", kind={"const": "cat"})
TABLE: list[tuple[str, Any, Any]] = [
    ("string", TEXT, "example"),
    ("boolean", {"type": "boolean"}, True),
    ("null", {"type": "null"}, None),
    ("anything", {}, "example"),
    ("true", True, "example"),
    ("integer", WHOLE, 1),
    ("number", {"type": "number"}, 1),
    ("const", {"const": [1]}, [1]),
    ("const_null", {"const": None}, None),
    ("default", {"type": "string", "default": "d"}, "d"),
    ("wrong_default", {"type": "string", "default": 1}, "example"),
    ("null_default", {"type": "string", "default": None}, "example"),
    ("enum", {"enum": ["b", "a"]}, "b"),
    ("enum_default", {"enum": ["b", "a"], "default": "a"}, "a"),
    ("enum_of_a_type", {"enum": ["b", 2], "type": "integer"}, 2),
    ("nullable", {"type": ["string", "null"]}, "example"),
    ("null_first", {"type": ["null", "string"]}, "example"),
    ("any_of", {"anyOf": [WHOLE, {"type": "null"}]}, 1),
    ("any_of_true", {"anyOf": [False, True]}, "example"),
    (
        "any_of_impossible",
        {"type": "string", "anyOf": [{"type": "string", "not": {}}, {}]},
        "example",
    ),
    ("one_of", {"oneOf": [{"type": "boolean"}]}, True),
    ("one_of_two", {"oneOf": [{"multipleOf": 3, **WHOLE}, {"multipleOf": 5, **WHOLE}]}, 3),
    ("any_of_what_fits", {"type": "string", "anyOf": [WHOLE, {"const": "a"}]}, "a"),
    ("any_of_nothing_that_is", {"anyOf": [{"not": {}}, {"enum": [], "not": True}, WHOLE]}, 1),
    (
        "items_of_a_tuple",
        {"allOf": [{"type": "array", "prefixItems": [{}, WHOLE]}, {"items": {"type": "boolean"}}]},
        [True],
    ),
    ("not_not", {"not": {"not": WHOLE}}, 1),
    ("not_one_of_several", {"not": {"anyOf": [TEXT, {"anyOf": [{"not": WHOLE}]}]}}, 1),
    ("not_all", {"type": "string", "not": {"allOf": [{"minLength": 3}, TEXT]}}, "0"),
    ("else_where_then_is_false", {"if": {"type": "string"}, "then": False, "else": WHOLE}, 1),
    (
        "all_of",
        {"allOf": [{"type": "object", "required": ["a"]}, {"properties": {"a": {"const": 1}}}]},
        {"a": 1},
    ),
    ("all_of_types", {"allOf": [{"type": "number"}, {"type": ["integer", "null"]}]}, 1),
    ("all_of_enums", {"allOf": [{"enum": [1, 2]}, {"enum": [2, 3]}]}, 2),
    (
        "all_of_unions",
        {"allOf": [{"anyOf": [{"minimum": 3}]}, {"anyOf": [{"maximum": 4}]}], **WHOLE},
        3,
    ),
    (
        "all_of_steps",
        {"allOf": [{"multipleOf": 4}, {"multipleOf": 6}, {"multipleOf": 0.5}], **WHOLE},
        12,
    ),
    ("all_of_small_steps", {"allOf": [{"multipleOf": 0.5}, {"multipleOf": 0.25}]}, 1),
    ("all_of_patterns", {"allOf": [{"pattern": "^a+$"}, {"pattern": "^a+$"}], **TEXT}, "a"),
    ("all_of_true", {"allOf": [True, TEXT]}, "example"),
    ("if_then", {"if": {"const": 1}, "then": True, "else": False}, 1),
    ("if_else", {"if": {"type": "string"}, "then": False, "else": {"const": 1}}, 1),
    ("if_only", {"if": TEXT}, "example"),
    ("not", {"not": {"type": "string"}}, 1),
    ("not_either", {"not": {"type": ["string", "number"]}}, True),
    ("not_twice", {"allOf": [{"not": {"type": "string"}}, {"not": {"type": "number"}}]}, True),
    ("not_a_value", {"not": {"const": 1}, **WHOLE}, 2),
    ("minimum", {"type": "integer", "minimum": 5}, 5),
    ("maximum", {"type": "integer", "maximum": -5}, -5),
    ("exclusive", {"type": "integer", "exclusiveMinimum": 5}, 6),
    ("exclusive_maximum", {"type": "number", "exclusiveMaximum": 1}, 0),
    ("exclusive_minimum", {"type": "number", "exclusiveMinimum": 1}, 2),
    ("two_bounds", {"type": "integer", "minimum": 6, "exclusiveMinimum": 5}, 6),
    ("between", {"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 7}, 6),
    ("fraction", {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}, 0.5),
    ("multiple", {"type": "integer", "minimum": 5, "multipleOf": 4}, 8),
    ("multiple_below", {"type": "integer", "maximum": 0, "multipleOf": 4, "not": {"const": 0}}, -4),
    ("whole_multiple", {"type": "integer", "multipleOf": 1.5}, 3),
    (
        "small_multiple",
        {"type": "number", "multipleOf": 0.01, "minimum": 0.567, "maximum": 0.58},
        0.58,
    ),
    ("large", {"type": "integer", "minimum": 1e30}, 1e30),
    ("large_number", {"type": "number", "minimum": 1e30}, 1e30),
    ("short", {"type": "string", "maxLength": 3}, "0"),
    ("long", {"type": "string", "minLength": 9}, "exampleee"),
    ("empty", {"type": "string", "maxLength": 0}, ""),
    ("pattern", {"type": "string", "pattern": "^[A-Z]{2}-\\d+$", "minLength": 6}, "AA-000"),
    ("pattern_only", {"pattern": "^x$"}, "x"),
    (
        "password",
        {"type": "string", "pattern": "^(?=.*[A-Z])(?=.*\\d)[A-Za-z\\d]{8,}$"},
        "A0aaaaaa",
    ),
    ("long_email", {"type": "string", "format": "email", "minLength": 17}, "aaaaa@example.com"),
    ("described", {**TEXT, "description": "A code\n\n{pattern: ^\\d{5}$, minLength: 5}"}, "00000"),
    ("described_number", {**WHOLE, "description": "{maximum: 150, minimum: 7, title: x}"}, 7),
    ("described_wrongly", {**WHOLE, "description": "{minimum: many}"}, 1),
    ("described_as_text", {**WHOLE, "description": "see {this}"}, 1),
    (
        "described_array",
        {"type": "array", "items": WHOLE, "description": "{minItems: 2, uniqueItems: True}"},
        [1, 2],
    ),
    ("array", {"type": "array", "items": WHOLE}, [1]),
    ("no_items", {"type": "array", "items": WHOLE, "maxItems": 0}, []),
    ("two", {"type": "array", "items": WHOLE, "minItems": 2}, [1, 1]),
    ("unique", {"type": "array", "items": WHOLE, "minItems": 2, "uniqueItems": True}, [1, 2]),
    (
        "unique_texts",
        {"type": "array", "items": TEXT, "minItems": 2, "uniqueItems": True},
        ["example", "example2"],
    ),
    (
        "unique_short",
        {"type": "array", "items": {**TEXT, "maxLength": 1}, "minItems": 12, "uniqueItems": True},
        [*"0123456789ab"],
    ),
    ("tuple", {"type": "array", "prefixItems": [TEXT, WHOLE], "items": False}, ["example", 1]),
    (
        "old_tuple",
        {"$schema": "http://json-schema.org/draft-07/schema#", "type": "array", "items": [TEXT]},
        ["example"],
    ),
    ("contains", {"type": "array", "contains": {"const": 2}, "minContains": 2}, [2, 2]),
    (
        "contains_both",
        {
            "type": "array",
            "allOf": [{"contains": {"minimum": 2, **WHOLE}}, {"contains": {"const": 3}}],
            "maxItems": 1,
        },
        [3],
    ),
    (
        "contains_in_tuple",
        {"type": "array", "prefixItems": [TEXT, True], "contains": WHOLE, "maxItems": 2},
        ["example", 1],
    ),
    (
        "unique_numbers",
        {"type": "array", "items": {"type": "number"}, "minItems": 3, "uniqueItems": True},
        [1, 2, 3],
    ),
    (
        "two_tuples",
        {
            "allOf": [{"prefixItems": [WHOLE]}, {"prefixItems": [{"minimum": 5}, TEXT]}],
            "type": "array",
        },
        [5, "example"],
    ),
    (
        "contains_in_closed_tuple",
        {"type": "array", "prefixItems": [TEXT, {}], "items": False, "contains": {"const": 7}},
        ["example", 7],
    ),
    (
        "two_choices_for_one_fault",
        {
            "type": "array",
            "minItems": 2,
            "prefixItems": [
                {"type": "array", "minItems": 20, "items": {"multipleOf": 2}},
                {
                    "type": "array",
                    "contains": {"type": "object"},
                    "allOf": [
                        {"anyOf": [{"items": {"type": ["string", "boolean"]}}, {}]},
                        {"anyOf": [{"items": {"type": ["string", "integer"]}}, {}]},
                    ],
                },
            ],
        },
        [[2] * 20, [{}]],
    ),
    (
        "formats_beside_what_contradicts",
        record("a", "x", a={"format": "date", **TEXT}, x={"items": TEXT, "contains": WHOLE}),
        {"a": "2026-01-02", "x": True},
    ),
    ("object", record(a=TEXT), {}),
    ("untyped_object", {"properties": {"a": {"const": 1}}, "required": ["a"]}, {"a": 1}),
    ("required_only", {"type": "object", "required": ["a"]}, {"a": "example"}),
    ("order", record("b", "a", "c", a=WHOLE, b=TEXT), {"a": 1, "b": "example", "c": "example"}),
    ("minimal", {**record(a=WHOLE, b=WHOLE), "minProperties": 1}, {"a": 1}),
    (
        "more",
        {"type": "object", "minProperties": 2, "additionalProperties": WHOLE},
        {"key1": 1, "key2": 1},
    ),
    (
        "by_pattern",
        {
            "type": "object",
            "minProperties": 2,
            "patternProperties": {"^x-": WHOLE},
            "additionalProperties": False,
        },
        {"x-": 1, "x-2": 1},
    ),
    (
        "by_fixed_pattern",
        {
            "type": "object",
            "minProperties": 2,
            "patternProperties": {"^(x|y)$": WHOLE},
            "additionalProperties": False,
        },
        {"x": 1, "y": 1},
    ),
    (
        "by_name",
        {"type": "object", "minProperties": 2, "propertyNames": {"enum": ["p", "q"]}},
        {"p": "example", "q": "example"},
    ),
    (
        "by_length",
        {"type": "object", "minProperties": 1, "propertyNames": {"minLength": 9}},
        {"exampleee": "example"},
    ),
    (
        "both",
        {**record("xa", xa=WHOLE), "patternProperties": {"^x": {"minimum": 5}}},
        {"xa": 5},
    ),
    (
        "dependent",
        {**record("a", a=TEXT, b=TEXT), "dependentRequired": {"a": ["b", "a"]}},
        {"a": "example", "b": "example"},
    ),
    (
        "dependent_old",
        {
            **record("a", a=TEXT),
            "dependencies": {"a": ["b"]},
            "$schema": "http://json-schema.org/draft-07/schema#",
        },
        {"a": "example", "b": "example"},
    ),
    (
        "dependent_schema",
        {**record("a", a=TEXT), "dependentSchemas": {"a": record("b", b=WHOLE)}},
        {"a": "example", "b": 1},
    ),
    ("unevaluated", {**record("a", a=TEXT), "unevaluatedProperties": False}, {"a": "example"}),
    ("forbidden", {**record(a=False, b=TEXT), "minProperties": 1}, {"b": "example"}),
    ("reference", {"$defs": {"a/b": {"const": 1}}, "$ref": "#/$defs/a~1b"}, 1),
    ("reference_into_a_list", {"anyOf": [{"const": 1}], "$ref": "#/anyOf/0"}, 1),
    (
        "reference_to_itself",
        record("a", a={"anyOf": [{"$ref": "#"}, {"type": "null"}]}),
        {"a": {"a": {"a": {"a": {"a": None}}}}},
    ),
    ("anchor", {"$defs": {"x": {"$anchor": "here", "const": 1}}, "$ref": "#here"}, 1),
]
