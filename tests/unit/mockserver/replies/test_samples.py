"""Samples: valid under their schema, readable, taken from the prompt where it offers something, the same each time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mockserver.replies.checking import canonical, fits_format, validator
from mockserver.replies.formats import FORMATS, SHORTEST
from mockserver.replies.hints import Hints
from mockserver.replies.samples import sample
from tests.unit.mockserver.replies.schemas import schemas

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
    ("long_email", {"type": "string", "format": "email", "minLength": 17}, "aaada@example.com"),
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


def is_valid(value: Any, schema: Any) -> bool:
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(schema, format_checker=checker).is_valid(value)


@pytest.mark.parametrize(
    ("schema", "expected"), [pytest.param(s, value, id=name) for name, s, value in TABLE]
)
def test_sample(schema: Any, expected: Any) -> None:
    found = sample(schema)

    assert found == expected
    assert type(found) is type(expected)
    judge = validator(schema)
    assert judge is not None
    assert judge.is_valid(found)


# jsonschema knows no format of relative JSON pointers without a further library.
@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize("turn", [0, 1, 300])
def test_formats_are_what_they_say(name: str, turn: int) -> None:
    text = FORMATS[name](turn)

    assert fits_format(name, text)
    assert is_valid(text, {"format": name})
    assert sample({"type": "string", "format": name}) == FORMATS[name](0)


@pytest.mark.parametrize("name", sorted(SHORTEST))
def test_short_texts_of_formats(name: str) -> None:
    short = {"type": "string", "format": name, "maxLength": len(SHORTEST[name])}

    assert is_valid(sample(short), short)


# HYPOTHESIS_PROFILE=nightly judges 5,000.
@settings(max_examples=max(200, settings.default.max_examples))
@given(schemas())
def test_sample_is_valid_under_its_schema(schema: Any) -> None:
    found = sample(schema)

    assert is_valid(found, schema), json.dumps([schema, found])
    assert sample(schema) == found


@given(schemas(), st.text())
def test_what_a_prompt_offers_breaks_nothing(schema: Any, words: str) -> None:
    text = f"{words} 'Ada' is 12 years old, a@b.example, alpha: 7 and beta is `x-9` in Paris"

    assert is_valid(sample(schema, Hints(text), is_complete=True), schema)


@pytest.mark.parametrize(
    ("schema", "text", "expected"),
    [
        (record("city", city=TEXT), "What's the weather in Paris?", {"city": "Paris"}),
        (
            record("city", city=TEXT, unit={"enum": ["celsius", "fahrenheit"]}),
            "in paris in Fahrenheit",
            {"city": "paris", "unit": "fahrenheit"},
        ),
        (
            record("name", "age", "email", name=TEXT, age=WHOLE, email=TEXT),
            "Ada Lovelace is 36, write to ada@x.example",
            {"name": "Ada Lovelace", "age": 36, "email": "ada@x.example"},
        ),
        (record("n", n=WHOLE), 'Call it with {"n": 7}', {"n": 7}),
        (record("n", n=WHOLE), 'Call it with {"n": "seven"} 5 times', {"n": 5}),
        (record("a", "b", a=TEXT, b=TEXT), "take 'one' and 'two'", {"a": "one", "b": "two"}),
        (record("a", "b", a=TEXT, b=TEXT), "take 'one'", {"a": "one", "b": "example"}),
        (
            record("tags", tags={"type": "array", "items": TEXT}),
            "tags: red, green and blue",
            {"tags": ["red", "green", "blue"]},
        ),
        (
            record("tags", tags={"type": "array", "items": TEXT}),
            "with tags 'a' and 'b'",
            {"tags": ["a", "b"]},
        ),
        (
            record("xs", xs={"type": "array", "items": {"type": "number"}}),
            "add 1, 2.5 and 4",
            {"xs": [1, 2.5, 4]},
        ),
        (
            record("xs", xs={"type": "array", "items": {"enum": ["a", "b", "c"]}}),
            "c and b",
            {"xs": ["b", "c"]},
        ),
        (
            record("xs", xs={"type": "array", "items": WHOLE, "minItems": 2}),
            "only 5",
            {"xs": [5, 1]},
        ),
        (
            record("xs", xs={"type": "array", "items": record("y", y=TEXT)}),
            "'q'",
            {"xs": [{"y": "q"}]},
        ),
        (record("deep", deep={"type": "boolean"}), "deep: no", {"deep": False}),
        (record(deep={"type": "boolean"}), "go deep", {"deep": True}),
        (record(path=TEXT, n=WHOLE), "read src/a.py", {"path": "src/a.py"}),
        (record(n=WHOLE, who=TEXT), "for Ada", {"who": "Ada"}),
        (record(n=WHOLE), "for Ada", {}),
        (record("n", n={**WHOLE, "maximum": 9}), "10 or 8", {"n": 8}),
        (record("n", n=WHOLE), "n is 4, not 3", {"n": 4}),
        (record("c", c={**TEXT, "pattern": "^[A-Z]{3}$"}), "from Ada to PAR", {"c": "PAR"}),
        (
            record("c", c={**TEXT, "format": "date"}),
            "on 'Monday' or '2026-05-06'",
            {"c": "2026-05-06"},
        ),
        (record("c", c={**TEXT, "maxLength": 2}), "'long' or 'ok'", {"c": "ok"}),
        ({"anyOf": [DOG, CAT]}, "a cat", {"kind": "cat"}),
        (
            {
                "anyOf": [{"$ref": "#/$defs/dog"}, {"$ref": "#/$defs/cat"}, {"$ref": "#/$defs/no"}],
                "$defs": {"dog": DOG, "cat": CAT, "no": True},
            },
            "a cat",
            {"kind": "cat"},
        ),
    ],
)
def test_values_come_from_the_prompt(schema: Any, text: str, expected: Any) -> None:
    assert sample(schema, Hints(text)) == expected


def test_a_complete_sample_has_optional_members() -> None:
    schema = record("b", a=TEXT, b=WHOLE, c={"anyOf": [TEXT, {"type": "null"}], "default": None})

    assert sample(schema, is_complete=True) == {"b": 1, "a": "example", "c": "example"}


def test_optional_members_are_left_out_where_they_break_something() -> None:
    either = {**record(a=TEXT, b=TEXT), "oneOf": [{"required": ["a"]}, {"required": ["b"]}]}

    assert sample(either, is_complete=True) == {"a": "example"}


def test_sample_ends_in_a_recursive_schema() -> None:
    tree = {"type": "object", "properties": {"kids": {"type": "array", "items": {"$ref": "#"}}}}
    for schema in (NODE, tree, {**tree, "required": ["kids"]}):
        assert is_valid(sample(schema), schema)
        assert is_valid(sample(schema, is_complete=True), schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "https://example.com/schema.json"},
        {"$ref": "#/$defs/absent"},
        {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
        {"anyOf": [{}], "$ref": "#/anyOf/7"},
        {"$ref": "#nowhere"},
        {"type": "no type"},
        {"type": 7},
        {"type": "string", "pattern": "("},
        {"type": "string", "minLength": "x"},
        {"type": "integer", "minimum": "x", "multipleOf": "x"},
        {"allOf": [{"minimum": "x"}, {"minimum": 1}], "type": "integer"},
        {"allOf": [{"multipleOf": "x"}, {"multipleOf": 1}], "type": "integer"},
        {"allOf": [{"properties": []}, {"properties": {}}]},
        {"allOf": [{"properties": {"a": True}}, {"properties": {"b": True}}]},
        {"allOf": [{"title": "x"}, {"title": "y"}, {"required": 1}, {"required": ["a"]}]},
        False,
        {"type": "integer", "minimum": 2, "maximum": 1},
        {"type": "array", "minItems": 1, "items": False},
        {"type": "object", "minProperties": 3, "propertyNames": False},
        {
            "type": "object",
            "minProperties": 3,
            "patternProperties": {"^(x|y)$": WHOLE},
            "additionalProperties": False,
        },
        {"type": "object", "required": [1], "dependentRequired": {"a": [1]}},
        {"type": "object", "required": ["a"], "dependentSchemas": {"a": False}},
        record("a", a={"$ref": "#"}),
        "no schema",
    ],
)
def test_what_can_not_be_sampled_gives_something(schema: Any) -> None:
    json.dumps(sample(schema))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "array", "minItems": 10**9, "items": {"type": "array", "minItems": 10**9}},
        {"type": "array", "minItems": 2_000, "items": WHOLE, "uniqueItems": True},
        {"type": "object", "minProperties": 10**9},
        {"type": "string", "minLength": 10**9},
        {"type": "string", "pattern": "((a{1000}){1000}){1000}"},
        {"type": "string", "pattern": "(?:){1000000000}"},
        {"type": "string", "pattern": "^(a+)+$", "minLength": 500},
        {"type": "array", "contains": {}, "minContains": 10**9},
        {"anyOf": [{"type": "integer", "minimum": n + 1, "maximum": n} for n in range(500)]},
        {"allOf": [{"anyOf": [{"not": {}}, {"not": {}}]}] * 60},
    ],
)
def test_work_is_bounded(schema: Any) -> None:
    json.dumps(sample(schema))


def test_a_canonical_schema_takes_the_same() -> None:
    assert canonical({"allOf": [WHOLE, {"minimum": 1}]})["minimum"] == 1
    assert canonical({"type": "no type"}) == {"type": "no type"}
    assert validator(canonical(True)) is not None
