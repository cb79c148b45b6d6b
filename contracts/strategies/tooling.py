"""Tools, and schemas for their inputs and for structured output."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from contracts.findings import Json
from contracts.strategies.content import texts

NAMES = st.from_regex(r"[a-zA-Z0-9_-]{1,16}", fullmatch=True)
SCALARS: tuple[Json, ...] = (
    {"type": "string"},
    {"type": "integer"},
    {"type": "number"},
    {"type": "boolean"},
    {"type": "null"},
    {"type": "string", "enum": ["a", "b"]},
    {"type": "array", "items": {"type": "string"}},
    {"const": 5},
)


@cache
@st.composite
def closed_objects(draw: st.DrawFn, depth: int = 1) -> Json:
    """Schemas of objects as the API compiles them: closed, with every property required."""
    names = draw(st.lists(NAMES, unique=True, max_size=3))
    inner = st.sampled_from(SCALARS)
    values = st.one_of(inner, closed_objects(depth - 1)) if depth else inner
    return {
        "type": "object",
        "properties": {name: draw(values) for name in names},
        "required": names,
        "additionalProperties": False,
    }


@cache
@st.composite
def open_objects(draw: st.DrawFn) -> Json:
    """Schemas of objects as any tool may have them."""
    schema: Json = {"type": "object"}
    if draw(st.booleans()):
        names = draw(st.lists(NAMES, unique=True, max_size=3))
        schema["properties"] = {name: draw(st.sampled_from(SCALARS)) for name in names}
        schema["required"] = names[:1]
    if draw(st.booleans()):
        schema |= {"description": draw(texts()), "x-anything": [1]}
    return schema


@cache
@st.composite
def own_tools(draw: st.DrawFn) -> list[Json]:
    """Tools of the client, with names of their own."""
    names = draw(st.lists(NAMES, unique=True, max_size=3))
    return [draw(_tool(name)) for name in names]


@st.composite
def _tool(draw: st.DrawFn, name: str) -> Json:
    is_strict = draw(st.booleans())
    schema = draw(closed_objects() if is_strict else open_objects())
    tool: Json = {"name": name, "input_schema": schema}
    if is_strict:
        tool["strict"] = True
    if draw(st.booleans()):
        tool["description"] = draw(texts())
    if draw(st.booleans()):
        tool["type"] = "custom"
    return tool
