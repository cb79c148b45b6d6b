"""System turns that change the tools."""

from __future__ import annotations

import json
from typing import Any

from mockserver.rules.tool_changes import BETAS, MOST_TOOLS
from tests.unit.mockserver.bodies import MODELS, TOOL, body, conversation, text
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

NEW = "claude-opus-5-5"
ASK = ("user", "Hello")
REFERENCE = {"type": "tool_reference", "name": "get_weather"}
SERVER = {"type": "url", "name": "calendar", "url": "https://example.com/mcp"}
BASH = {"type": "bash_20250124", "name": "bash"}
SEARCHES = [{"type": f"web_search_{d}", "name": "web_search"} for d in ("20250305", "20260209")]
UNRESOLVED = "Tool reference '{}' not found in available tools"
UNSUPPORTED = "tool_addition/tool_removal is not supported on this model"


def add(tool: dict[str, Any]) -> dict[str, Any]:
    return {"type": "tool_addition", "tool": tool}


def remove(tool: dict[str, Any]) -> dict[str, Any]:
    return {"type": "tool_removal", "tool": tool}


def define(definition: dict[str, Any]) -> dict[str, Any]:
    return add({"type": "tool_definition", "definition": definition})


def changed(*blocks: dict[str, Any], model: str = NEW, role: str = "system", **more: Any) -> Any:
    turns = conversation(ASK, (role, [*blocks]))
    return body(model, messages=turns, **{"tools": [TOOL], **more})


LIMIT = "tools: {} tools {}, which exceeds the limit of 10000 tools and 4194304 bytes"
MANY = [{**TOOL, "name": f"t{n}", "defer_loading": True} for n in range(MOST_TOOLS + 1)]
LONG = {**TOOL, "name": "long", "description": "a" * 4_194_304}
ROWS = [
    accept("tool-change.role", "system", changed(add(REFERENCE))),
    reject(
        "tool-change.role",
        "user",
        changed(add(REFERENCE), role="user"),
        "messages.1.content: 'tool_addition'/'tool_removal' blocks are only permitted within "
        'role: "system" messages',
    ),
    *(
        accept("tool-change.unsupported", name, changed(add(REFERENCE), model=name))
        if model.tool_changes
        else reject(
            "tool-change.unsupported", name, changed(add(REFERENCE), model=name), UNSUPPORTED
        )
        for name, model in MODELS.items()
    ),
    *(
        accept("tool-change.beta", value, changed(add(REFERENCE)), betas=frozenset({value}))
        for value in BETAS
    ),
    *(
        reject(
            "tool-change.beta",
            block["type"],
            changed(text("Now."), block),
            f"messages.1.content.1: `{block['type']}` blocks require anthropic-beta: {BETAS[1]}",
        )
        for block in (add(REFERENCE), remove(REFERENCE))
    ),
    accept("tool-change.unresolved", "known", changed(add(REFERENCE), remove(REFERENCE))),
    accept(
        "tool-change.unresolved",
        "known_server",
        changed(
            add({"type": "mcp_toolset_reference", "server_name": "calendar"}), mcp_servers=[SERVER]
        ),
    ),
    accept(
        "tool-change.unresolved",
        "defined_before",
        changed(define(BASH), remove({"type": "tool_reference", "name": "bash"})),
    ),
    reject(
        "tool-change.unresolved",
        "unknown",
        changed(add({"type": "tool_reference", "name": "get_time"})),
        UNRESOLVED.format("get_time"),
    ),
    reject(
        "tool-change.unresolved",
        "unknown_server",
        changed(add({"type": "mcp_tool_reference", "server_name": "mail", "name": "send"})),
        UNRESOLVED.format("mail"),
    ),
    accept("tool-change.conflict", "reference", changed(add(REFERENCE))),
    accept("tool-change.conflict", "same_kind", changed(define({**TOOL, "description": "New"}))),
    accept("tool-change.conflict", "newer_version", changed(*map(define, SEARCHES))),
    reject(
        "tool-change.conflict",
        "other_kind",
        changed(define({**BASH, "name": "get_weather"})),
        "messages.1.content.0.tool: the name 'get_weather' belongs to a tool of another kind",
    ),
    accept("tool-change.limit", "one", changed(define(BASH))),
    accept("tool-change.limit", "reference", changed(add(REFERENCE))),
    reject(
        "tool-change.limit",
        "long",
        changed(define(LONG)),
        LIMIT.format(1, f"of {len(json.dumps(LONG))} bytes are defined in messages"),
    ),
    accept("tools.deferred-limit", "few", body(tools=[TOOL])),
    accept(
        "tools.deferred-limit",
        "not_deferred",
        body(tools=[{**t, "defer_loading": False} for t in MANY]),
    ),
    reject(
        "tools.deferred-limit",
        "many",
        body(tools=MANY),
        LIMIT.format(10001, "are deferred"),
    ),
]


@parametrized(ROWS)
def test_tool_changes(row: Row) -> None:
    holds(row)


def test_a_text_beside_a_change_is_left_alone() -> None:
    holds(accept("tool-change.unresolved", "text", changed(text("a"), add(REFERENCE))))
