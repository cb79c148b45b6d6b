"""The quick validator gives the verdict of the precise one on everything."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.derive import NAMESPACES, VERSIONS
from contracts.validate import Validator
from tests.unit.contracts.rows import ROWS
from tests.unit.contracts.rows.row import CALL, PNG, Row
from tests.unit.contracts.test_agreement import JSON_VALUES, RICH, agent_body, places, replaced

DOCUMENTS = ("create_message", "count_tokens")
# What stands where an edit is likely to mislead one of the two: tags, roles, kinds and what looks like them.
TELLTALES = st.sampled_from(
    [
        *("text", "image", "tool_use", "tool_result", "document", "custom", "bash_20250124"),
        *("user", "assistant", "system", "tool", "auto", "ephemeral", "base64", "", "type"),
        *(None, True, False, 0, 1, 1.0, 2**70, -1, [], {}, [[]], [{}], ["text"], {"type": None}),
        *({"type": "custom"}, {"type": "text", "text": "x"}, {"type": "text"}, CALL, PNG),
        {"name": "a", "input_schema": {"type": "object"}, "type": None},
        {"name": "a", "input_schema": {"type": "object"}, "type": "custom"},
        {"name": "a", "input_schema": {"type": "object"}, "type": "bash_20250124"},
        {"role": "user", "content": "x"},
        {"role": "system", "content": []},
        {"role": None, "content": "x"},
    ]
)


def without(value: Any, place: tuple[str | int, ...]) -> Any:
    *above, last = place
    inner = value
    for key in above:
        inner = inner[key]
    kept = (
        {k: v for k, v in inner.items() if k != last}
        if isinstance(inner, dict)
        else [v for i, v in enumerate(inner) if i != last]
    )
    return replaced(value, tuple(above), kept)


def check(body: object) -> None:
    for document in DOCUMENTS:
        for version in VERSIONS:
            for namespace in NAMESPACES:
                validator = Validator.load(document, version, namespace)
                assert validator.is_right(body) == (validator.precise_fault(body) is None)


@pytest.mark.parametrize("row", ROWS, ids=Row.verdict)
def test_rows(row: Row) -> None:
    check(row.body())


def test_large_body() -> None:
    check(agent_body())


@given(place=st.sampled_from(places(RICH)), by=JSON_VALUES | TELLTALES)
def test_anything_in_any_place(place: tuple[str | int, ...], by: Any) -> None:
    check(replaced(RICH, place, by))


@given(
    first=st.sampled_from(places(RICH)[1:]),
    place=st.sampled_from(places(RICH)),
    key=st.sampled_from(["type", "role", "content", "name", "source", "zz"]),
    by=TELLTALES,
)
def test_two_edits(
    first: tuple[str | int, ...], place: tuple[str | int, ...], key: str, by: Any
) -> None:
    """One thing is missing, and another is there that should not be."""
    body = without(RICH, first)
    check(body)
    if place in set(places(body)):
        inner: Any = body
        for step in place:
            inner = inner[step]
        check(replaced(body, place, {**inner, key: by} if isinstance(inner, dict) else [by]))
