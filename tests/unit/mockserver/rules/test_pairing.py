"""Which turns hold calls and results, in which order, and what a failed result holds."""

from __future__ import annotations

from typing import Any

from tests.unit.mockserver.bodies import TOOL, body, call, conversation, result, text
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

ASK = ("user", "Hello")
CALL = ("assistant", [call()])
IMAGE = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
THOUGHT = {"type": "thinking", "thinking": "", "signature": "c2ln"}
SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
DIRECTIVE = {"role": "system", "content": [], "output_config": {"effort": "low"}}


def said(*turns: tuple[str, Any]) -> dict[str, Any]:
    return body(tools=[TOOL], messages=conversation(*turns))


def unanswered(index: int, *ids: str) -> str:
    return (
        f"messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: "
        f"{', '.join(ids)}. Each `tool_use` block must have a corresponding `tool_result` block in the "
        "next message."
    )


def failed(content: Any) -> dict[str, Any]:
    return said(ASK, CALL, ("user", [text("a"), result(is_error=True, content=content)]))


ROWS = [
    accept("tool-blocks.role", "as_it_should_be", said(ASK, CALL, ("user", [result()]))),
    accept("tool-blocks.role", "system_is_another_rule", said(ASK, ("system", [result()]))),
    accept("tool-blocks.role", "unanswered_is_another_rule", said(ASK, CALL, ASK)),
    reject(
        "tool-blocks.role",
        "call_of_a_user",
        said(("user", [call()]), ("user", [result()])),
        "messages.0: `tool_use` blocks can only be in `assistant` messages",
    ),
    reject(
        "tool-blocks.role",
        "result_of_an_assistant",
        said(ASK, ("assistant", [text("a"), call(), result()])),
        "messages.1: `tool_result` blocks can only be in `user` messages",
    ),
    reject(
        "tool-blocks.role",
        "roles_exchanged",
        said(("user", [call()]), ("assistant", [result()])),
        "messages.0: `tool_use` blocks can only be in `assistant` messages",
    ),
    accept("assistant-blocks.role", "thinking", said(ASK, ("assistant", [THOUGHT, text("a")]))),
    accept("assistant-blocks.role", "system_is_another_rule", said(ASK, ("system", [THOUGHT]))),
    reject(
        "assistant-blocks.role",
        "thinking_of_a_user",
        said(("user", [text("a"), THOUGHT])),
        "messages.0: `thinking` blocks can only be in `assistant` messages",
    ),
    reject(
        "assistant-blocks.role",
        "search_of_a_user",
        said(("user", [SEARCH])),
        "messages.0: `server_tool_use` blocks can only be in `assistant` messages",
    ),
    accept("tool-result.error-text", "text", failed([text("b")])),
    accept("tool-result.error-text", "string", failed("b")),
    accept("tool-result.error-text", "nothing", failed(None)),
    accept(
        "tool-result.error-text",
        "no_error",
        said(ASK, CALL, ("user", [result(content=[IMAGE])])),
    ),
    reject(
        "tool-result.error-text",
        "image",
        failed([text("b"), IMAGE]),
        "messages.2.content.1.tool_result: all content must be type `text` if `is_error` is true",
    ),
    accept(
        "tool-use.unanswered",
        "directive_between",
        body(
            "claude-opus-5",
            tools=[TOOL],
            messages=[*conversation(ASK, CALL), DIRECTIVE, *conversation(("user", [result()]))],
        ),
    ),
    reject(
        "tool-use.unanswered",
        "result_behind_text",
        said(ASK, CALL, ("user", [text("a"), result()])),
        unanswered(1, "toolu_1"),
    ),
    reject(
        "tool-use.unanswered",
        "second_result_behind_text",
        said(
            ASK,
            ("assistant", [call("a"), call("b")]),
            ("user", [result("a"), text("t"), result("b")]),
        ),
        unanswered(1, "b"),
    ),
    reject(
        "tool-use.unanswered",
        "result_in_a_second_turn_behind_text",
        said(ASK, CALL, ASK, ("user", [result()])),
        unanswered(1, "toolu_1"),
    ),
    reject(
        "tool-use.unanswered",
        "system_turn_between",
        body(
            "claude-opus-5",
            tools=[TOOL],
            messages=conversation(ASK, CALL, ("system", "Be brief"), ("user", [result()])),
        ),
        unanswered(1, "toolu_1"),
    ),
]


@parametrized(ROWS)
def test_pairing(row: Row) -> None:
    holds(row)
