"""Input schemas are JSON Schemas, and input examples follow them."""

from __future__ import annotations

from typing import Any

from mockserver.recent import LONGEST
from mockserver.rules.input_schemas import INVALID
from tests.unit.mockserver.bodies import TOOL, body
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

BASH = {"type": "bash_20250124", "name": "bash"}


def tools(**schema: Any) -> dict[str, Any]:
    return body(tools=[TOOL, {"name": "f", "input_schema": {"type": "object", **schema}}])


def examples(*given: Any, **schema: Any) -> dict[str, Any]:
    tool = {"name": "f", "input_schema": {"type": "object", **schema}, "input_examples": [*given]}
    return body(tools=[BASH, tool])


def wrong(number: int, fault: str) -> str:
    return f"tools.1.custom.input_examples.{number}: does not match input_schema: {fault}"


LONG = "a" * LONGEST
INVALIDS: dict[str, dict[str, Any]] = {
    "type": {"properties": {"a": {"type": "objct"}}},
    "required_of_draft_3": {"properties": {"a": {"type": "string", "required": True}}},
    "minimum_of_draft_4": {"properties": {"a": {"exclusiveMinimum": True}}},
    "no_schema": {"properties": {"a": 1}},
    "long": {"description": LONG, "required": "a"},
}
ROWS = [
    accept("input-schema.invalid", "without_schema", body(tools=[BASH])),
    accept("input-schema.invalid", "booleans", tools(properties={"a": True})),
    accept("input-schema.invalid", "other_dialect", tools(**{"$schema": "http://example.com/own"})),
    accept("input-schema.invalid", "unknown_words", tools(properties={"a": {"nullable": True}})),
    accept("input-schema.invalid", "odd_pattern", tools(properties={"a": {"pattern": "("}})),
    accept("input-schema.invalid", "dangling", tools(properties={"a": {"$ref": "#/$defs/b"}})),
    accept("input-schema.invalid", "long", tools(description=LONG)),
    *(
        reject(
            "input-schema.invalid", name, tools(**schema), f"tools.1.custom.input_schema: {INVALID}"
        )
        for name, schema in INVALIDS.items()
    ),
    accept("input-examples.invalid", "follow", examples({"a": "b"}, {}, properties={"a": {}})),
    accept("input-examples.invalid", "none", examples()),
    accept(
        "input-examples.invalid", "of_no_schema", body(tools=[{**BASH, "input_examples": [{}]}])
    ),
    accept(
        "input-examples.invalid",
        "reference_to_a_url",
        examples({}, properties={"a": {"$ref": "http://127.0.0.1:9/a"}}),
    ),
    accept("input-examples.invalid", "schema_is_another_rule", examples({}, required="a")),
    reject(
        "input-examples.invalid",
        "missing",
        examples({"a": 1}, {"b": 2}, required=["a"]),
        wrong(1, '"a" is a required property'),
    ),
    reject(
        "input-examples.invalid",
        "wrong_type",
        examples({"a": 1}, properties={"a": {"type": "string"}}),
        wrong(0, '1 is not of type "string"'),
    ),
]


@parametrized(ROWS)
def test_input_schemas(row: Row) -> None:
    holds(row)


def test_a_schema_is_judged_alike_again() -> None:
    row = reject(
        "input-schema.invalid",
        "again",
        tools(required=7),
        f"tools.1.custom.input_schema: {INVALID}",
    )
    holds(row)
    holds(row)
