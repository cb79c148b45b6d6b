"""The compiled validator gives the verdict of an independent one on the same schemas."""

from __future__ import annotations

import json
from copy import copy
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from contracts.derive import NAMESPACES, SCHEMAS, VERSIONS
from contracts.findings import is_array, is_object
from contracts.validate import Validator
from tests.unit.contracts.rows import ROWS
from tests.unit.contracts.rows.row import CALL, GOOD, PNG, TOOL, USER, Json, Row

NEW = VERSIONS[1]


@cache
def independent(document: str, version: str, namespace: str) -> Draft202012Validator:
    path = SCHEMAS / version / namespace / f"{document}.json"
    return Draft202012Validator(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize(
    "row", [r for r in ROWS if r.id != "max_tokens_with_point"], ids=Row.verdict
)
def test_verdict_agrees_with_jsonschema(row: Row) -> None:
    judge = independent(row.document, row.version, row.namespace)
    assert judge.is_valid(row.body()) == (row.fault is None)


def agent_body() -> Json:
    """A request of an agent in the middle of its work: 20 tools, 30 turns, 65 kB."""
    schema = {
        "type": "object",
        "properties": {
            "path": {"type": "string", "description": "Relative to the working directory"},
            "lines": {"type": "array", "items": {"type": "integer"}, "minItems": 2},
            "mode": {"type": "string", "enum": ["read", "write", "append"]},
        },
        "required": ["path"],
    }
    tools = [
        {"name": f"tool_{n}", "description": "Edits. " * 40, "input_schema": schema}
        for n in range(20)
    ]
    messages: list[Json] = [USER]
    for n in range(14):
        call = {**CALL, "id": f"toolu_{n}", "name": f"tool_{n}", "input": {"path": "x" * 2000}}
        result = {"type": "tool_result", "tool_use_id": f"toolu_{n}", "content": "line\n" * 400}
        messages.append({"role": "assistant", "content": [{"type": "text", "text": "Next."}, call]})
        messages.append({"role": "user", "content": [result]})
    return {**GOOD, "system": "Be careful. " * 100, "tools": tools, "messages": messages}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("namespace", NAMESPACES)
def test_agent_body_is_accepted(version: str, namespace: str) -> None:
    body = agent_body()
    assert len(json.dumps(body)) > 60_000
    assert Validator.load("create_message", version, namespace).fault(body) is None
    assert independent("create_message", version, namespace).is_valid(body)


def test_fault_deep_in_agent_body_is_found() -> None:
    body = agent_body()
    body["messages"][27]["content"][1]["input"] = []
    fault = Validator.load("create_message", NEW).fault(body)
    assert str(fault) == "messages.27.content.1.tool_use.input: Input should be an object"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(0.1, 0.9) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "zz"]), inner)
    ),
    max_leaves=4,
)
RICH: Json = {
    **GOOD,
    "tools": [TOOL, {"type": "bash_20250124", "name": "bash"}],
    "tool_choice": {"type": "auto"},
    "system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
    "thinking": {"type": "enabled", "budget_tokens": 1024},
    "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": {}}},
    "metadata": {"user_id": "u"},
    "container": {"id": "container_1", "skills": []},
    "messages": [
        {"role": "user", "content": [{"type": "image", "source": PNG}]},
        {"role": "assistant", "content": [CALL]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": []}]},
    ],
}
_Place = tuple[str | int, ...]


def children(value: Any) -> list[tuple[str | int, Any]]:
    if is_object(value):
        return list(value.items())
    return list(enumerate(value)) if is_array(value) else []


def places(value: Any, at: _Place = ()) -> list[_Place]:
    """Every place in a value."""
    below = (place for key, child in children(value) for place in places(child, (*at, key)))
    return [at, *below]


def replaced(value: Any, place: _Place, by: Any) -> Any:
    """A copy of a value with something else in one place."""
    if not place:
        return by
    changed = copy(value)
    changed[place[0]] = replaced(value[place[0]], place[1:], by)
    return changed


def test_rich_body_is_accepted() -> None:
    assert Validator.load("create_message", NEW).fault(RICH) is None


@given(place=st.sampled_from(places(RICH)), by=JSON_VALUES)
def test_any_edit_has_the_verdict_of_jsonschema(place: _Place, by: Any) -> None:
    body = replaced(RICH, place, by)
    fault = Validator.load("create_message", NEW).fault(body)
    assert (fault is None) == independent("create_message", NEW, "stable").is_valid(body)
    if fault is not None and place:
        assert fault.path.split(".")[0] == place[0]
