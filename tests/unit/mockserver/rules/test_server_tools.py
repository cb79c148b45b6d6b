"""Calls of server tools, their results, and callers."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.rules.server_tools import family, result_type
from tests.unit.mockserver.bodies import TOOL, body, call, conversation, result, text
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

ID = "srvtoolu_1"
ASK = ("user", "Hello")
SEARCH_TOOL = {"type": "web_search_20250305", "name": "web_search"}
CODE_TOOL = {"type": "code_execution_20250825", "name": "code_execution"}
ADDITION = {"type": "tool_definition", "definition": SEARCH_TOOL}
ADDED = ("system", [{"type": "tool_addition", "tool": ADDITION}])
BY_CODE = {"type": "code_execution_20250825", "tool_id": ID}


def run(name: str = "web_search", tool_id: str = ID) -> dict[str, Any]:
    return {"type": "server_tool_use", "id": tool_id, "name": name, "input": {}}


def found(kind: str = "web_search_tool_result", tool_id: str = ID) -> dict[str, Any]:
    return {"type": kind, "tool_use_id": tool_id, "content": []}


def said(*turns: tuple[str, Any], tools: Any = (TOOL, SEARCH_TOOL)) -> dict[str, Any]:
    return body("claude-opus-5", tools=[*tools], messages=conversation(*turns))


def unresolved(
    index: int, name: str = "web_search", kind: str = "web_search", end: str = ""
) -> str:
    return (
        f"messages.{index}: `{name}` tool use with id `{ID}` was found without a corresponding "
        f"`{kind}_tool_result` block{end}"
    )


def orphan(path: str, kind: str) -> str:
    return (
        f"{path}: unexpected `tool_use_id` found in `{kind}` blocks: {ID}. Each `{kind}` block must have "
        "a corresponding `server_tool_use` block before it."
    )


MIXED = ("assistant", [run(), call()])
ROWS = [
    accept("server-tool.unresolved", "answered", said(ASK, ("assistant", [run(), found()]), ASK)),
    accept(
        "server-tool.unresolved",
        "other_form_of_id",
        said(ASK, ("assistant", [run(), found(tool_id="toolu_1")]), ASK),
    ),
    accept("server-tool.unresolved", "paused", said(ASK, ("assistant", [run()]))),
    accept("server-tool.unresolved", "only_turn", said(("assistant", [run()]))),
    accept("server-tool.unresolved", "beside_a_call", said(ASK, MIXED, ("user", [result()]))),
    accept(
        "server-tool.unresolved",
        "before_a_system_turn",
        said(ASK, MIXED, ("user", [result()]), ("system", "Be brief")),
    ),
    accept(
        "server-tool.unresolved",
        "answered_in_the_next_turn",
        said(ASK, MIXED, ("user", [result()]), ("assistant", [found(), text("a")]), ASK),
    ),
    accept(
        "server-tool.unresolved",
        "tool_of_a_system_turn",
        said(ASK, ADDED, ("assistant", [run()]), tools=[TOOL]),
    ),
    accept(
        "server-tool.unresolved",
        "code",
        said(ASK, ("assistant", [run("bash_code_execution")]), tools=[CODE_TOOL]),
    ),
    reject(
        "server-tool.unresolved",
        "text_behind_the_results",
        said(ASK, MIXED, ("user", [result(), text("a")])),
        unresolved(1),
    ),
    reject(
        "server-tool.unresolved",
        "earlier_turn",
        said(ASK, ("assistant", [run()]), ASK, ("assistant", "Hi"), ASK),
        unresolved(1),
    ),
    reject(
        "server-tool.unresolved",
        "tool_gone",
        said(ASK, MIXED, ("user", [result()]), tools=[TOOL]),
        unresolved(1, end=" but no `web_search` tool was provided"),
    ),
    reject(
        "server-tool.unresolved",
        "code_tool_gone",
        said(ASK, ("assistant", [run("bash_code_execution")])),
        unresolved(
            1,
            "bash_code_execution",
            "bash_code_execution",
            " but no `code_execution` tool was provided",
        ),
    ),
    accept("server-tool.orphan", "after_its_call", said(ASK, ("assistant", [run(), found()]))),
    accept(
        "server-tool.orphan",
        "other_form_of_id",
        said(ASK, ("assistant", [found(tool_id="toolu_1")])),
    ),
    reject(
        "server-tool.orphan",
        "before_its_call",
        said(ASK, ("assistant", [found(), run()])),
        orphan("messages.1.content.0", "web_search_tool_result"),
    ),
    reject(
        "server-tool.orphan",
        "advisor",
        said(ASK, ("assistant", [text("a"), found("advisor_tool_result")])),
        orphan("messages.1.content.1", "advisor_tool_result"),
    ),
    accept(
        "caller.source",
        "code",
        said(
            ASK, ("assistant", [run("code_execution"), call(caller=BY_CODE)]), ("user", [result()])
        ),
    ),
    accept(
        "caller.source",
        "direct",
        said(ASK, ("assistant", [call(caller={"type": "direct"})]), ("user", [result()])),
    ),
    reject(
        "caller.source",
        "unknown",
        said(ASK, ("assistant", [call(caller=BY_CODE)]), ("user", [result()])),
        "source tool `srvtoolu_1` not found for tool use block `toolu_1`",
    ),
    reject(
        "caller.source",
        "unknown_of_a_result",
        said(ASK, ("assistant", [{**found(tool_id="srvtoolu_2"), "caller": BY_CODE}])),
        "source tool `srvtoolu_1` not found for tool use block `srvtoolu_2`",
    ),
]


@parametrized(ROWS)
def test_server_tools(row: Row) -> None:
    holds(row)


@pytest.mark.parametrize(
    ("name", "tool", "kind"),
    [
        ("web_fetch", "web_fetch", "web_fetch_tool_result"),
        ("advisor", "advisor", "advisor_tool_result"),
        ("text_editor_code_execution", "code_execution", "text_editor_code_execution_tool_result"),
        ("tool_search_tool_bm25", "tool_search_tool_bm25", "tool_search_tool_result"),
    ],
)
def test_a_call_belongs_to_a_tool_and_a_result(name: str, tool: str, kind: str) -> None:
    assert (family(name), result_type(name)) == (tool, kind)
