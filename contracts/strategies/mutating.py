"""Any JSON value, and requests with one edit of any kind."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

from hypothesis import strategies as st

from contracts.findings import Json, is_array, is_object
from contracts.strategies.asked import Asked, Files
from contracts.strategies.valid import requests

WORDS = [
    "model",
    "messages",
    "max_tokens",
    "role",
    "content",
    "type",
    "text",
    "source",
    "data",
    "media_type",
    "tools",
    "tool_choice",
    "name",
    "input_schema",
    "thinking",
    "budget_tokens",
    "system",
    "stream",
    "output_config",
    "format",
    "schema",
    "effort",
    "metadata",
    "cache_control",
    "ttl",
    "stop_sequences",
    "temperature",
    "container",
    "id",
    "tool_use_id",
    "input",
    "citations",
]
TAGS = [
    "user",
    "assistant",
    "system",
    "text",
    "image",
    "document",
    "tool_use",
    "tool_result",
    "thinking",
    "redacted_thinking",
    "server_tool_use",
    "web_search_tool_result",
    "base64",
    "url",
    "file",
    "ephemeral",
    "enabled",
    "adaptive",
    "disabled",
    "auto",
    "any",
    "tool",
    "json_schema",
    "claude-haiku-4-5",
    "claude-opus-5",
    "search_result",
    "container_upload",
    "custom",
    "object",
]


@cache
def json_values(leaves: int = 12) -> st.SearchStrategy[Any]:
    """Any JSON value, often with the fields of a request; lone surrogates and huge numbers too."""
    scalars = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(st.characters(), max_size=10),
        st.sampled_from(TAGS),
    )
    keys = st.one_of(st.sampled_from(WORDS), st.text(max_size=5))
    return st.recursive(
        scalars,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4), st.dictionaries(keys, inner, max_size=6)
        ),
        max_leaves=leaves,
    )


@st.composite
def mutations(draw: st.DrawFn, files: Files | None = None) -> Asked:
    """A request with one edit: a value exchanged, taken away, put in or doubled at any place."""
    asked = draw(requests(files=files))
    body = copy.deepcopy(asked.body)
    places = [place for place in _places(body) if place]
    way = draw(st.sampled_from(places))
    parent: Any = body
    for part in way[:-1]:
        parent = parent[part]
    _edit(draw, parent, way[-1])
    return asked._replace(body=body)


def _edit(draw: st.DrawFn, parent: Any, last: str | int) -> None:
    kind = draw(st.sampled_from(["exchange", "take", "put", "double"]))
    if kind == "exchange":
        parent[last] = draw(json_values(4))
    elif kind == "take":
        del parent[last]
    elif is_array(parent):
        at = int(last)
        parent.insert(at, draw(json_values(4)) if kind == "put" else copy.deepcopy(parent[at]))
    else:
        parent[draw(st.sampled_from(WORDS))] = (
            draw(json_values(4)) if kind == "put" else copy.deepcopy(parent[last])
        )


def _places(value: Any, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [way]
    members: list[tuple[str | int, Any]] = []
    if is_object(value):
        members = list(value.items())
    elif is_array(value):
        members = list(enumerate(value))
    for key, inner in members:
        found += _places(inner, (*way, key))
    return found


def closed_places(body: Json) -> list[tuple[str, Json]]:
    """Objects that take no unknown field, with the path by which the API names them."""
    found: list[tuple[str, Json]] = [("", body)]
    for at, turn in enumerate(body["messages"]):
        found.append((f"messages.{at}.", turn))
        if is_array(turn["content"]):
            found += [
                (f"messages.{at}.content.{number}.{block['type']}.", block)
                for number, block in enumerate(turn["content"])
            ]
    found += [(f"tools.{at}.custom.", tool) for at, tool in enumerate(body.get("tools", ()))]
    return found
