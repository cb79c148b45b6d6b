"""Samples: valid under their schema, readable, taken from the prompt where it offers something, the same each time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mockserver.replies.checking import canonical, fits_format, validator
from mockserver.replies.formats import FORMATS
from mockserver.replies.hints import Hints
from mockserver.replies.samples import sample
from mockserver.replies.settling import place_of
from tests.unit.mockserver.replies.sampled import CAT, DOG, NODE, TABLE, TEXT, WHOLE, record
from tests.unit.mockserver.replies.schemas import schemas


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


@pytest.mark.parametrize("more", [{}, {"default": []}, {"default": None}])
def test_an_object_of_optional_lists_takes_what_the_text_has(more: dict[str, Any]) -> None:
    pet = record("name", "age", name=TEXT, age=WHOLE)
    pets = {"anyOf": [{"type": "array", "items": pet}, {"type": "null"}], **more}

    found = sample(record(pets=pets, box={"type": "object"}), Hints("A pet called 'Rex' of age 7"))

    assert found == {"pets": [{"name": "Rex", "age": 7}]}


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


@pytest.mark.parametrize(
    ("key", "place"),
    [("+", ""), ("/1?0", "/1"), ("/0/12=", "/0/12"), ("/a?$", "/a?"), ("/a/@b?13", "/a/@b")],
)
def test_a_choice_has_the_place_that_it_was_made_at(key: str, place: str) -> None:
    assert place_of(key) == place


def test_a_canonical_schema_takes_the_same() -> None:
    assert canonical({"allOf": [WHOLE, {"minimum": 1}]})["minimum"] == 1
    assert canonical({"format": "date", **TEXT})["format"] == "date"
    assert canonical({"type": "no type"}) == {"type": "no type"}
    assert validator(canonical(True)) is not None
