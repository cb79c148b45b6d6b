"""Schemas that are compiled: strict tools, and the format of structured output."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.rules import RULES
from mockserver.rules.strict import MOST_OPTIONAL, MOST_STRICT_TOOLS, MOST_UNIONS, TOO_COMPLEX
from tests.unit.mockserver.bodies import body, read
from tests.unit.mockserver.rules.rows import Row, accept, holds, judged, parametrized, reject

STRING = {"type": "string"}
NULLABLE = {"type": ["string", "null"]}
OPEN = "For 'object' type, 'additionalProperties' must be explicitly set to false"
BOOLEAN = "For 'object' type, property 'properties' is not supported"


def closed(properties: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    members = properties or {}
    return {
        "type": "object",
        "properties": members,
        "required": list(members),
        "additionalProperties": False,
        **more,
    }


def tools(*schemas: dict[str, Any], strict: bool = True) -> dict[str, Any]:
    offered = [
        {"name": f"t{number}", "input_schema": schema, "strict": strict}
        for number, schema in enumerate(schemas)
    ]
    return body(tools=offered)


def formatted(schema: dict[str, Any]) -> dict[str, Any]:
    return body(output_config={"format": {"type": "json_schema", "schema": schema}})


def legacy(schema: dict[str, Any]) -> dict[str, Any]:
    return body(output_format={"type": "json_schema", "schema": schema})


def params(count: int, schema: dict[str, Any], start: int = 0) -> dict[str, Any]:
    return {f"p{number}": schema for number in range(start, start + count)}


def circular(*names: str) -> str:
    return (
        "tools.0.custom: Invalid schema: Circular reference detected in schema definitions: "
        f"{' -> '.join(names)}. Self-referencing or mutually-referencing definitions are not supported."
    )


def referring(**definitions: list[str]) -> dict[str, Any]:
    nodes = {
        name: closed({to: {"$ref": f"#/$defs/{to}"} for to in targets})
        for name, targets in definitions.items()
    }
    return closed(**{"$defs": nodes})


def too_many_unions(count: int) -> str:
    return (
        f"Schemas contains too many parameters with union types ({count} parameters with type arrays or "
        "anyOf). This causes exponential compilation cost. Reduce the number of nullable or union-typed "
        "parameters (limit: 16 parameters with unions)."
    )


def too_many_optionals(count: int) -> str:
    return (
        f"Schemas contains too many optional parameters ({count}), which would make grammar compilation "
        "inefficient. Reduce the number of optional parameters in your tool schemas (limit: 24)."
    )


def optional(count: int) -> dict[str, Any]:
    return closed(params(count, STRING), required=[])


UNION = {"anyOf": [STRING, {"type": "null"}]}
LEGACY_DEFINITION = closed(definitions={"A": closed({"a": {"$ref": "#/definitions/A"}})})
ROWS = [
    accept("strict.count", "20", tools(*[closed()] * MOST_STRICT_TOOLS)),
    accept("strict.count", "21_that_are_not", tools(*[closed()] * 21, strict=False)),
    reject(
        "strict.count",
        "21",
        tools(*[closed()] * 21),
        "Too many strict tools (21). The maximum number of strict tools supported is 20. Try reducing "
        "the number of tools marked as strict.",
    ),
    accept("schema.boolean", "schemas", tools(closed({"a": STRING}))),
    accept("schema.boolean", "not_strict", tools(closed({"a": True}), strict=False)),
    reject(
        "schema.boolean",
        "property",
        tools(closed(), closed({"a": True})),
        f"tools.1.custom: {BOOLEAN}",
    ),
    reject(
        "schema.boolean",
        "format",
        formatted(closed({"a": False})),
        f"output_config.format.schema: {BOOLEAN}",
    ),
    accept("schema.open-object", "closed", tools(closed({"a": closed()}))),
    accept("schema.open-object", "closed_format", formatted(closed())),
    accept("schema.open-object", "not_strict", tools({"type": "object"}, strict=False)),
    reject("schema.open-object", "open", tools({"type": "object"}), f"tools.0.custom: {OPEN}"),
    reject(
        "schema.open-object",
        "open_within",
        tools(closed({"a": {"type": "array", "items": {"anyOf": [STRING, {"type": "object"}]}}})),
        f"tools.0.custom: {OPEN}",
    ),
    reject(
        "schema.open-object",
        "true",
        formatted(closed(additionalProperties=True)),
        f"output_config.format.schema: {OPEN}",
    ),
    reject(
        "schema.open-object", "legacy", legacy({"type": "object"}), f"output_format.schema: {OPEN}"
    ),
    accept("schema.circular", "tree", tools(referring(A=["B", "C"], B=["C"], C=[]))),
    accept("schema.circular", "dangling", tools(referring(A=["Z"]))),
    accept("schema.circular", "not_strict", tools(referring(A=["A"]), strict=False)),
    reject("schema.circular", "itself", tools(referring(A=["A"])), circular("A", "A")),
    reject(
        "schema.circular",
        "one_another",
        tools(referring(A=["B"], B=["A"])),
        circular("A", "B", "A"),
    ),
    reject(
        "schema.circular",
        "behind_a_way",
        tools(referring(A=["B"], B=["C"], C=["B"])),
        circular("B", "C", "B"),
    ),
    reject("schema.circular", "definitions", tools(LEGACY_DEFINITION), circular("A", "A")),
    accept("schema.unions", "16", tools(closed(params(MOST_UNIONS, NULLABLE)))),
    accept("schema.unions", "not_strict", tools(closed(params(17, NULLABLE)), strict=False)),
    reject("schema.unions", "17", tools(closed(params(17, NULLABLE))), too_many_unions(17)),
    reject(
        "schema.unions",
        "over_all_tools",
        tools(closed(params(9, UNION)), closed(params(9, NULLABLE))),
        too_many_unions(18),
    ),
    accept("schema.optionals", "24", tools(optional(MOST_OPTIONAL))),
    accept("schema.optionals", "not_strict", tools(optional(25), strict=False)),
    reject("schema.optionals", "25", tools(optional(25)), too_many_optionals(25)),
    reject(
        "schema.optionals",
        "over_all_tools",
        tools(optional(13), optional(13)),
        too_many_optionals(26),
    ),
    accept("schema.complex", "15", tools(closed(params(15, NULLABLE)))),
    accept(
        "schema.complex", "shared", tools(closed(params(8, NULLABLE)), closed(params(8, NULLABLE)))
    ),
    accept("schema.complex", "23", tools(optional(23))),
    reject("schema.complex", "16_unions", tools(closed(params(16, NULLABLE))), TOO_COMPLEX),
    reject("schema.complex", "24_optionals", tools(optional(24)), TOO_COMPLEX),
    reject(
        "schema.optionals",
        "of_an_answer",
        formatted(closed(params(25, STRING), required=[])),
        "Schemas contains too many optional parameters (25), which would make grammar compilation "
        "inefficient. Reduce the number of optional parameters in your tool schemas (limit: 24).",
    ),
    accept(
        "schema.optionals", "limit_of_an_answer", formatted(closed(params(24, STRING), required=[]))
    ),
    reject(
        "schema.unions",
        "of_an_answer",
        formatted(closed(params(17, NULLABLE))),
        "Schemas contains too many parameters with union types (17 parameters with type arrays or "
        "anyOf). This causes exponential compilation cost. Reduce the number of nullable or "
        "union-typed parameters (limit: 16 parameters with unions).",
    ),
]


@parametrized(ROWS)
def test_strict(row: Row) -> None:
    holds(row)


LAYERS = {f"{side}{n}": [f"a{n + 1}", f"b{n + 1}"] for n in range(40) for side in "ab"}
CHAIN = {f"n{number}": [f"n{number + 1}"] for number in range(5_000)}


@pytest.mark.parametrize("definitions", [LAYERS, CHAIN], ids=["wide", "deep"])
def test_many_references_are_no_burden(definitions: dict[str, list[str]]) -> None:
    row = accept("schema.circular", "burden", tools(referring(**definitions)))
    began = time.thread_time()
    assert judged(row) is None
    assert time.thread_time() - began < 1


WORDS = [
    "type",
    "properties",
    "required",
    "items",
    "anyOf",
    "allOf",
    "$ref",
    "$defs",
    "definitions",
    "a",
    *("enum", "format", "minItems", "maxItems", "maximum", "oneOf", "pattern"),
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)  # all that the server's JSON reader makes an integer of
    | st.sampled_from(["object", "array", "a", "#/$defs/a"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5)
    ),
    max_leaves=12,
)
# What the schema of requests has checked already.
CHECKED = st.fixed_dictionaries(
    {"type": st.just("object")},
    optional={
        "properties": st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=3),
        "required": st.lists(st.sampled_from(WORDS), max_size=3),
        "$defs": VALUES,
        "anyOf": VALUES,
    },
)


@given(CHECKED)
def test_no_schema_breaks_a_rule(schema: dict[str, Any]) -> None:
    request = read(tools(schema))
    for rule in RULES:
        if rule.check and rule.can_refuse(request.features):
            rule.check(request)
