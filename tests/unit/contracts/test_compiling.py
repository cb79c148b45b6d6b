"""The compiler on small schemas: what each keyword refuses, and that none is passed over."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic_core import SchemaValidator, ValidationError

from contracts.compiling import UncompilableError, compiled
from contracts.validate import Validator

Schema = dict[str, Any]
TEXT: Schema = {"type": "string"}
NULL: Schema = {"type": "null"}
A: Schema = {
    "type": "object",
    "properties": {"type": {"const": "a"}},
    "required": ["type"],
    "additionalProperties": False,
}


def fault(schema: Schema, value: object) -> str | None:
    """The fault of `value` in a field of that schema, without the field's name."""
    document = {
        "$defs": {"A": A, "BetaModelParams": A},
        "type": "object",
        "properties": {"x": schema},
        "additionalProperties": False,
    }
    found = Validator(document).fault({"x": value})
    return None if found is None else str(found).removeprefix("x").removeprefix(": ")


REFERENCE: Schema = {"$ref": "#/$defs/A"}
MODEL: Schema = {"$ref": "#/$defs/BetaModelParams"}
UNION: Schema = {
    "oneOf": [REFERENCE],
    "discriminator": {"propertyName": "type", "mapping": {"a": "#/$defs/A"}},
}


@pytest.mark.parametrize(
    ("schema", "value", "text"),
    [
        pytest.param(TEXT, "", None, id="accept_text"),
        pytest.param(TEXT, 1, "Input should be a valid string", id="reject_number_as_text"),
        pytest.param({**TEXT, "minLength": 1}, "é", None, id="accept_min_length"),
        pytest.param(
            {**TEXT, "minLength": 1},
            "",
            "String should have at least 1 character",
            id="reject_short",
        ),
        pytest.param(
            {**TEXT, "maxLength": 1},
            "ab",
            "String should have at most 1 character",
            id="reject_long",
        ),
        pytest.param(
            {**TEXT, "pattern": "^a$"},
            "b",
            "String should match pattern '^a$'",
            id="reject_pattern",
        ),
        pytest.param({"type": "integer"}, 1, None, id="accept_integer"),
        pytest.param(
            {"type": "integer"}, 1.0, "Input should be a valid integer", id="reject_decimal_point"
        ),
        pytest.param(
            {"type": "integer", "minimum": 0},
            -1,
            "Input should be greater than or equal to 0",
            id="reject_small_integer",
        ),
        pytest.param(
            {"type": "integer", "maximum": 0},
            1,
            "Input should be less than or equal to 0",
            id="reject_large_integer",
        ),
        pytest.param({"type": "number"}, 1, None, id="accept_integer_as_number"),
        pytest.param(
            {"type": "number"},
            float("inf"),
            "Input should be a finite number",
            id="reject_infinity",
        ),
        pytest.param(
            {"type": "number", "maximum": 1},
            1.5,
            "Input should be less than or equal to 1",
            id="reject_large_number",
        ),
        pytest.param({"type": "boolean"}, 1, "Input should be a valid boolean", id="reject_one"),
        pytest.param(NULL, 0, "Input should be None", id="reject_zero_as_null"),
        pytest.param({}, [{}], None, id="accept_anything"),
        pytest.param({"const": "a"}, "b", "Input should be 'a'", id="reject_other_constant"),
        pytest.param(
            {"enum": ["b", "a"], **TEXT}, "c", "Input should be 'b' or 'a'", id="reject_other_value"
        ),
        pytest.param({"type": "array"}, [1, "a"], None, id="accept_array_of_anything"),
        pytest.param(
            {"type": "array", "items": TEXT},
            ["a", 1, 2],
            ".1: Input should be a valid string",
            id="reject_first_bad_item",
        ),
        pytest.param(
            {"type": "array", "maxItems": 1},
            [1, 2],
            "List should have at most 1 item after validation, not 2",
            id="reject_long_array",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": True},
            {"a": 1},
            None,
            id="accept_free_object",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": True},
            [],
            "Input should be an object",
            id="reject_array_as_free_object",
        ),
        pytest.param(
            {"type": "object", "additionalProperties": TEXT},
            {"a": 1},
            ".a: Input should be a valid string",
            id="reject_value_in_map",
        ),
        pytest.param({"anyOf": [TEXT, NULL]}, None, None, id="accept_null"),
        pytest.param(
            {"anyOf": [TEXT, NULL]}, 1, "Input should be a valid string", id="reject_not_nullable"
        ),
        pytest.param(
            {"anyOf": [TEXT, {"type": "array"}]},
            None,
            "Input should be a valid array",
            id="reject_null_where_text_or_array",
        ),
        pytest.param(
            {"anyOf": [MODEL, TEXT]},
            1,
            ".ModelParams: Input does not match the expected shape.",
            id="reject_number_where_model_or_text",
        ),
        pytest.param(
            {"anyOf": [UNION, TEXT]},
            1,
            "Input should be an object",
            id="reject_number_where_union_or_text",
        ),
        pytest.param({"anyOf": [UNION, TEXT]}, {"type": "a"}, None, id="accept_union_or_text"),
        pytest.param(
            {"anyOf": [{"type": "boolean"}, {"type": "integer"}]},
            "1",
            "Input should be an object",
            id="reject_text_where_boolean_or_integer",
        ),
        pytest.param(
            {"anyOf": [{"type": "boolean"}, {"type": "integer"}]},
            True,
            None,
            id="accept_boolean_or_integer",
        ),
        pytest.param(
            UNION,
            {"type": ["a"]},
            "Input tag '['a']' found using 'type' does not match any of the expected tags: 'a'",
            id="reject_list_as_tag",
        ),
        pytest.param(
            REFERENCE,
            {"type": "a", "z": 1},
            ".z: Extra inputs are not permitted",
            id="reject_extra",
        ),
    ],
)
def test_compiled_schema_refuses(schema: Schema, value: object, text: str | None) -> None:
    assert fault(schema, value) == text


def test_compiled_list_stops_at_its_first_fault() -> None:
    validator = SchemaValidator(compiled({"$defs": {}, "type": "array", "items": TEXT}))
    with pytest.raises(ValidationError) as caught:
        validator.validate_python([1] * 1000)
    assert caught.value.error_count() == 1


@pytest.mark.parametrize(
    "schema",
    [
        pytest.param({"type": "integer", "multipleOf": 2}, id="multiple_of"),
        pytest.param({"type": "string", "minimum": 2}, id="keyword_of_another_type"),
        pytest.param({"anyOf": [TEXT, NULL], "minLength": 1}, id="keyword_beside_union"),
        pytest.param({"$ref": "#/$defs/A", "minLength": 1}, id="keyword_beside_reference"),
        pytest.param({"not": TEXT}, id="no_type_at_all"),
    ],
)
def test_compiler_refuses_keyword_that_it_would_ignore(schema: Schema) -> None:
    with pytest.raises(UncompilableError, match="unknown keywords"):
        compiled({"$defs": {}, **schema})


def test_compiler_knows_annotations() -> None:
    compiled({"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": {}, **TEXT})
    compiled({"$defs": {}, **TEXT, "format": "date-time"})
