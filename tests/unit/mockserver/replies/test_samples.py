"""Samples: valid under their schema, small, and the same each time."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from mockserver.replies.samples import FORMATS, LONGEST, MOST_VALUES, sample

NODE = {
    "$defs": {
        "Node": {
            "type": "object",
            "properties": {"next": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]}},
            "required": ["next"],
        }
    },
    "$ref": "#/$defs/Node",
}
TABLE: list[tuple[str, dict[str, Any], Any]] = [
    ("string", {"type": "string"}, "example"),
    ("boolean", {"type": "boolean"}, True),
    ("null", {"type": "null"}, None),
    ("anything", {}, None),
    ("integer", {"type": "integer"}, 0),
    ("number", {"type": "number"}, 0),
    ("const", {"const": [1]}, [1]),
    ("default", {"type": "string", "default": "d"}, "d"),
    ("enum", {"enum": ["b", "a"]}, "b"),
    ("nullable", {"type": ["string", "null"]}, "example"),
    ("any_of", {"anyOf": [{"type": "integer"}, {"type": "null"}]}, 0),
    ("one_of", {"oneOf": [{"type": "boolean"}]}, True),
    (
        "all_of",
        {"allOf": [{"type": "object", "required": ["a"]}, {"properties": {"a": {"const": 1}}}]},
        {"a": 1},
    ),
    ("minimum", {"type": "integer", "minimum": 5}, 5),
    ("maximum", {"type": "integer", "maximum": -5}, -5),
    ("exclusive", {"type": "integer", "exclusiveMinimum": 5}, 6),
    ("between", {"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 7}, 6),
    ("multiple", {"type": "integer", "minimum": 5, "multipleOf": 4}, 8),
    ("short", {"type": "string", "maxLength": 3}, "exa"),
    ("long", {"type": "string", "minLength": 9}, "exampleee"),
    ("empty", {"type": "string", "maxLength": 0}, ""),
    ("array", {"type": "array", "items": {"type": "integer"}}, []),
    ("two", {"type": "array", "items": {"type": "integer"}, "minItems": 2}, [0, 0]),
    ("object", {"type": "object", "properties": {"a": {"type": "string"}}}, {}),
    ("untyped_object", {"properties": {"a": {"const": 1}}, "required": ["a"]}, {"a": 1}),
    ("required_only", {"type": "object", "required": ["a"]}, {"a": None}),
    ("reference", {"$defs": {"a/b": {"const": 1}}, "$ref": "#/$defs/a~1b"}, 1),
]


def is_valid(value: Any, schema: dict[str, Any]) -> bool:
    checker = Draft202012Validator.FORMAT_CHECKER
    return Draft202012Validator(schema, format_checker=checker).is_valid(value)


@pytest.mark.parametrize(
    ("schema", "expected"), [pytest.param(s, value, id=name) for name, s, value in TABLE]
)
def test_sample_is_the_smallest_of_the_first_kind(schema: dict[str, Any], expected: Any) -> None:
    assert sample(schema) == expected
    assert is_valid(expected, schema)


@pytest.mark.parametrize("name", FORMATS)
def test_sample_knows_the_formats_of_structured_output(name: str) -> None:
    schema = {"type": "string", "format": name}
    assert sample(schema) == FORMATS[name]
    assert is_valid(sample(schema), schema)


def test_sample_ends_in_a_recursive_schema() -> None:
    value = sample(NODE)
    assert is_valid(value, NODE)


def test_sample_of_an_external_reference_is_null() -> None:
    assert sample({"$ref": "https://example.com/schema.json"}) is None
    assert sample({"$ref": "#/$defs/absent"}) is None


SCALARS = st.one_of(
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.builds(
        lambda values: {"enum": values}, st.lists(st.integers() | st.text(), min_size=1, max_size=3)
    ),
    st.builds(
        lambda low, more: {"type": "integer", "minimum": low, "maximum": low + more},
        st.integers(-99, 99),
        st.integers(0, 9),
    ),
    st.builds(
        lambda low, more: {"type": "string", "minLength": low, "maxLength": low + more},
        st.integers(0, 20),
        st.integers(0, 20),
    ),
    st.builds(lambda name: {"type": "string", "format": name}, st.sampled_from(sorted(FORMATS))),
)


def _objects(schemas: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(st.text(max_size=4), schemas, max_size=3).flatmap(
        lambda properties: st.builds(
            lambda required: {
                "type": "object",
                "properties": properties,
                "required": required,
                "additionalProperties": False,
            },
            st.lists(st.sampled_from(sorted(properties) or [""]), unique=True).map(
                lambda names: [name for name in names if name in properties]
            ),
        )
    )


SCHEMAS = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        _objects(inner),
        st.builds(
            lambda s, n: {"type": "array", "items": s, "minItems": n}, inner, st.integers(0, 2)
        ),
        st.builds(lambda branches: {"anyOf": branches}, st.lists(inner, min_size=1, max_size=2)),
    ),
    max_leaves=8,
)


@given(SCHEMAS)
def test_sample_is_valid_under_its_schema(schema: dict[str, Any]) -> None:
    value = sample(schema)
    assert is_valid(value, schema)
    assert sample(schema) == value


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"enum": 7}, id="enum"),
        pytest.param({"type": "integer", "minimum": "x", "multipleOf": True}, id="bounds"),
        pytest.param({"type": []}, id="no_type"),
        pytest.param({"type": {}}, id="type"),
        pytest.param({"type": "string", "format": [], "maxLength": -1}, id="format"),
        pytest.param({"type": "object", "required": [1, {}], "properties": 5}, id="object"),
        pytest.param({"allOf": [5], "anyOf": 3, "oneOf": {}}, id="unions"),
        pytest.param({"$ref": "#/$defs/gone/deeper"}, id="dangling"),
        pytest.param({"type": "array", "minItems": 10**12}, id="huge"),
    ],
)
def test_nonsense_in_a_schema_is_passed_over(schema: dict[str, Any]) -> None:
    sample(schema)


def test_work_on_a_wide_recursion_is_bounded() -> None:
    names = [f"p{number}" for number in range(50)]
    node = {
        "type": "object",
        "required": names,
        "properties": {key: {"$ref": "#/$defs/N"} for key in names},
    }

    assert sample({"$defs": {"N": node}, "$ref": "#/$defs/N"})


# The API takes almost anything below the top level of an input schema; none of it may stop the server.
WORDS = [
    *"ab",
    "type",
    "properties",
    "required",
    "items",
    "anyOf",
    "allOf",
    "$ref",
    "$defs",
    "enum",
    "format",
]
BOUNDS = ["minimum", "exclusiveMaximum", "multipleOf", "minItems", "minLength", "maxLength"]
ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**12), 10**12)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["object", "array", "string", "integer", "#/a", "#/anyOf/0", "#/$defs/a"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(WORDS + BOUNDS), inner, max_size=6)
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.sampled_from(WORDS + BOUNDS), ODD, max_size=6))
def test_no_schema_stops_a_sample(schema: dict[str, Any]) -> None:
    assert len(json.dumps(sample(schema))) < 1_000_000


@pytest.mark.parametrize(
    ("schema", "size"),
    [
        ({"type": "array", "minItems": 10**9}, MOST_VALUES),
        ({"type": "string", "minLength": 10**9}, LONGEST),
    ],
)
def test_no_sample_is_endless(schema: dict[str, Any], size: int) -> None:
    assert len(sample(schema)) == size
