"""Anthropic's own tools, by model."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.rules.tool_types import COMMON, FINE_GRAINED, FIRST, names, taken
from tests.unit.mockserver.bodies import MODELS, TOOL, body, call, conversation, result, text
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

TOOLSET = {"type": "computer_toolset_20260801"}
BROWSER = {"type": "browser_toolset_20260801"}
SEARCH_TOOL = {"type": "tool_search_tool_bm25_20251119", "name": "tool_search_tool_bm25"}
COMPUTERS = ("computer_20241022", "computer_20250124", "computer_20251124", TOOLSET["type"])
ASK = ("user", "Hello")


def typed(kind: str) -> dict[str, Any]:
    return {"type": kind} if "toolset" in kind else {"type": kind, "name": kind.rsplit("_", 1)[0]}


def asked(model: str, *kinds: str) -> dict[str, Any]:
    return body(model, tools=[TOOL, *map(typed, kinds)])


def unsupported(model: str, kinds: str) -> str:
    accepted = ", ".join(taken(MODELS[model]))
    return f"'{model}' does not support tool types: {kinds}. Did you mean one of {accepted}?"


def by_model(model: str, kind: str) -> Row:
    name = f"{kind}_on_{model}"
    if kind in MODELS[model].computer_tools:
        return accept("tools.type", name, asked(model, kind))
    return reject("tools.type", name, asked(model, kind), unsupported(model, kind))


def echoed(called: dict[str, Any], answered: dict[str, Any]) -> dict[str, Any]:
    turns = conversation(
        ASK, ("assistant", [text("a"), call(**called)]), ("user", [result(**answered)])
    )
    return body("claude-opus-5-5", tools=[TOOLSET], messages=turns)


def referring(name: str, *tools: dict[str, Any]) -> dict[str, Any]:
    found = result(content=[{"type": "tool_reference", "tool_name": name}])
    turns = conversation(ASK, ("assistant", [call()]), ("user", [found]))
    return body(tools=[*tools], messages=turns)


LATER = {**TOOL, "defer_loading": True}
ADDED = {"type": "tool_addition", "tool": {"type": "tool_reference", "name": "get_weather"}}
ALL_DEFERRED = "All tools have defer_loading set. At least one tool must be non-deferred."
ROWS = [
    *(by_model(model, kind) for model in MODELS for kind in COMPUTERS),
    *(accept("tools.type", kind, asked("claude-opus-5-5", kind)) for kind in COMMON),
    accept("tools.type", "none", body(tools=[])),
    accept("tools.type", "custom", body(tools=[TOOL, {**TOOL, "type": "custom", "name": "b"}])),
    *(accept("tools.type", kind, asked("claude-3-5-sonnet-20241022", kind)) for kind in FIRST),
    accept("tools.type", "first_code", asked("claude-sonnet-5-5", "code_execution_20250522")),
    reject(
        "tools.type",
        "first_code_on_haiku",
        asked("claude-haiku-5-5", "code_execution_20250522"),
        unsupported("claude-haiku-5-5", "code_execution_20250522"),
    ),
    reject(
        "tools.type",
        "all_are_named",
        asked("claude-opus-5-5", "computer_20251124", "bash_20241022", "computer_20251124"),
        unsupported("claude-opus-5-5", "computer_20251124, bash_20241022"),
    ),
    accept("toolset.fine-grained", "no_beta", asked("claude-opus-5-5", TOOLSET["type"])),
    accept(
        "toolset.fine-grained",
        "no_toolset",
        body(tools=[TOOL]),
        betas=frozenset({FINE_GRAINED}),
    ),
    reject(
        "toolset.fine-grained",
        "both",
        asked("claude-opus-5-5", TOOLSET["type"]),
        f"tools: a toolset cannot be combined with the beta `{FINE_GRAINED}`",
        betas=frozenset({FINE_GRAINED}),
    ),
    accept(
        "toolset.echo", "echoed", echoed({"toolset_name": "computer"}, {"toolset_name": "computer"})
    ),
    accept("toolset.echo", "null", echoed({"toolset_name": None}, {})),
    reject(
        "toolset.echo",
        "missing",
        echoed({"toolset_name": "computer"}, {}),
        "messages.2.content.0.tool_result.toolset_name: must be 'computer', as in the `tool_use` block",
    ),
    accept("tools.all-deferred", "one_is_not", body(tools=[SEARCH_TOOL, LATER])),
    accept("tools.all-deferred", "no_tools", body(tools=[])),
    accept(
        "tools.all-deferred",
        "added_in_messages",
        body("claude-opus-5", tools=[LATER], messages=conversation(ASK, ("system", [ADDED]))),
    ),
    reject("tools.all-deferred", "all", body(tools=[LATER]), ALL_DEFERRED),
    accept("tool-reference.unknown", "offered", referring("get_weather", TOOL)),
    reject(
        "tool-reference.unknown",
        "gone",
        referring("get_time", TOOL),
        "Tool reference 'get_time' not found in available tools",
    ),
]


@parametrized(ROWS)
def test_tool_types(row: Row) -> None:
    holds(row)


@pytest.mark.parametrize(
    ("tools", "expected"),
    [
        ([TOOL, SEARCH_TOOL], ["get_weather", "tool_search_tool_bm25"]),
        ([TOOLSET, TOOL, BROWSER], ["get_weather", "computer", "browser"]),
        ([{"type": "mcp_toolset", "mcp_server_name": "a"}], []),
    ],
)
def test_names_of_tools(tools: list[dict[str, Any]], expected: list[str]) -> None:
    assert names(tools) == expected
