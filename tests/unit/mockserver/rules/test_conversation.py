"""Roles, order and content of `messages`, and the prefill."""

from __future__ import annotations

from typing import Any

from mockserver.request import is_server_block
from mockserver.rules.conversation import PREFILL
from tests.unit.mockserver.bodies import body, call, conversation, result, text
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

NEW = "claude-opus-4-8"
MID = frozenset({"mid-conversation-tool-changes-2026-07-01"})
ASK = ("user", "Hello")
SAY = ("assistant", "Hi")
TELL = ("system", "Be brief")
DIRECTIVE = {"role": "system", "content": [], "output_config": {"effort": "low"}}
ANY_POSITION = (
    "the directive-only form (content: [] with output_config) is accepted at any position"
)
FOLLOW = (
    "messages.{}: role 'system' must follow a 'user' message or an 'assistant' message ending in a "
    "server tool result; " + ANY_POSITION
)
PRECEDE = (
    "messages.{}: role 'system' must precede an 'assistant' message or end the array; "
    + ANY_POSITION
)
SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
FOUND = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
SCHEMA = {"format": {"type": "json_schema", "schema": {"type": "object"}}}


def said(*turns: Any, model: str = NEW, **more: Any) -> dict[str, Any]:
    messages = [turn if isinstance(turn, dict) else conversation(turn)[0] for turn in turns]
    return body(model, messages=messages, **more)


def old(*turns: Any, **more: Any) -> dict[str, Any]:
    return said(*turns, model="claude-haiku-4-5", **more)


ROWS = [
    accept("system-turn.unsupported", "on_newer", said(ASK, TELL)),
    accept("system-turn.unsupported", "no_system_turn", old(ASK, SAY)),
    reject(
        "system-turn.unsupported",
        "on_older",
        old(ASK, TELL),
        'messages: Unexpected role "system". The Messages API accepts a top-level `system` parameter, '
        'not "system" as an input message role.',
    ),
    reject(
        "system-turn.unsupported",
        "on_older_with_beta",
        old(ASK, TELL),
        "role 'system' is not supported on this model",
        betas=MID,
    ),
    accept("system-turn.empty", "with_text", said(ASK, TELL)),
    accept("system-turn.empty", "directive", said(ASK, DIRECTIVE)),
    reject(
        "system-turn.empty",
        "no_block",
        said(ASK, ("system", [])),
        "messages.1: system content must contain at least one block",
    ),
    reject(
        "system-turn.empty",
        "empty_text",
        said(ASK, ("system", "")),
        "messages.1: system content must contain at least one block",
    ),
    accept("system-turn.blocks", "text", said(ASK, ("system", [text("a")]))),
    accept("system-turn.blocks", "removal", said(ASK, ("system", [{"type": "tool_removal"}]))),
    reject(
        "system-turn.blocks",
        "tool_result",
        said(ASK, ("system", [text("a"), result()])),
        "messages.1: role 'system' supports text, tool_addition, and tool_removal blocks only",
    ),
    accept("system-turn.first", "second", said(ASK, TELL)),
    accept("system-turn.first", "directive", said(DIRECTIVE, ASK)),
    reject(
        "system-turn.first",
        "first",
        said(TELL, ASK),
        "messages.0: use the top-level 'system' parameter for the initial system prompt; "
        + ANY_POSITION,
    ),
    accept("system-turn.follows", "user", said(ASK, TELL)),
    accept("system-turn.follows", "system", said(ASK, TELL, TELL)),
    accept("system-turn.follows", "server_result", said(ASK, ("assistant", [SEARCH, FOUND]), TELL)),
    accept("system-turn.follows", "directive_anywhere", said(ASK, SAY, DIRECTIVE, ASK)),
    accept("system-turn.follows", "behind_a_directive", said(ASK, DIRECTIVE, TELL)),
    reject("system-turn.follows", "assistant", said(ASK, SAY, TELL), FOLLOW.format(2)),
    reject(
        "system-turn.follows", "empty_turn", said(ASK, ("assistant", []), TELL), FOLLOW.format(2)
    ),
    reject(
        "system-turn.follows",
        "assistant_before_a_directive",
        said(ASK, SAY, DIRECTIVE, TELL),
        FOLLOW.format(3),
    ),
    accept("system-turn.precedes", "end", said(ASK, TELL)),
    accept("system-turn.precedes", "assistant", said(ASK, TELL, SAY, ASK)),
    accept("system-turn.precedes", "directive", said(ASK, DIRECTIVE, ASK)),
    reject("system-turn.precedes", "user", said(ASK, TELL, ASK), PRECEDE.format(1)),
    reject("system-turn.precedes", "run", said(ASK, TELL, TELL, ASK), PRECEDE.format(2)),
    accept("system-turn.whitespace", "text", said(ASK, TELL)),
    accept("system-turn.whitespace", "empty_is_another_rule", said(ASK, ("system", [text("")]))),
    reject(
        "system-turn.whitespace",
        "blank",
        said(ASK, ("system", [text("a"), text(" \n")])),
        "messages.1: system text blocks must contain non-whitespace text",
    ),
    accept("content.empty", "text", old(ASK)),
    accept("content.empty", "final_assistant", old(ASK, ("assistant", ""))),
    accept("content.empty", "beside_a_full_turn", old(("user", ""), ASK)),
    accept("content.empty", "system", said(ASK, ("system", []))),
    reject(
        "content.empty",
        "user_text",
        old(("user", "")),
        "messages.0: user messages must have non-empty content",
    ),
    reject(
        "content.empty",
        "user_blocks",
        old(ASK, SAY, ("user", [])),
        "messages.2: user messages must have non-empty content",
    ),
    reject(
        "content.empty",
        "assistant_between",
        old(ASK, ("assistant", []), ASK),
        "messages.1: all messages must have non-empty content except for the optional final "
        "assistant message",
    ),
    accept("text.empty", "text", old(("user", [text("a")]))),
    accept("text.empty", "blank_is_another_rule", old(("user", [text(" ")]))),
    reject(
        "text.empty",
        "empty",
        old(("user", [text("a"), text("")])),
        "messages: text content blocks must be non-empty",
    ),
    accept("prefill.unsupported", "on_older", old(ASK, SAY)),
    accept("prefill.unsupported", "user_last", said(ASK, SAY, ASK)),
    accept("prefill.unsupported", "empty_last", said(ASK, ("assistant", []))),
    accept("prefill.unsupported", "paused_turn", said(ASK, ("assistant", [SEARCH]))),
    accept("prefill.unsupported", "server_result", said(ASK, ("assistant", [SEARCH, FOUND]))),
    reject("prefill.unsupported", "on_newer", said(ASK, SAY), PREFILL),
    reject("prefill.unsupported", "tool_use", said(ASK, ("assistant", [call()])), PREFILL),
    accept("text.whitespace", "text", old(ASK)),
    accept(
        "text.whitespace",
        "beside_a_tool_use",
        old(ASK, ("assistant", [text("\n"), call()]), ("user", [result()])),
    ),
    reject(
        "text.whitespace",
        "blank_turn",
        old(("user", " \t")),
        "messages: text content blocks must contain non-whitespace text",
    ),
    reject(
        "text.whitespace",
        "blank_block",
        old(("user", [text("a"), text("\n")])),
        "messages: text content blocks must contain non-whitespace text",
    ),
    accept("prefill.whitespace", "text", old(ASK, SAY)),
    accept("prefill.whitespace", "white_space_before_the_end", old(ASK, ("assistant", " Hi"))),
    accept("prefill.whitespace", "user_last", old(ASK, ("assistant", "Hi "), ("user", "Go on "))),
    reject(
        "prefill.whitespace",
        "space",
        old(ASK, ("assistant", "The answer is ")),
        "messages: final assistant content cannot end with trailing whitespace",
    ),
    reject(
        "prefill.whitespace",
        "newline_in_the_last_block",
        old(ASK, ("assistant", [text("a"), text("b\n")])),
        "messages: final assistant content cannot end with trailing whitespace",
    ),
    accept("prefill.output-format", "no_format", old(ASK, SAY)),
    accept("prefill.output-format", "no_prefill", old(ASK, output_config=SCHEMA)),
    reject(
        "prefill.output-format",
        "both",
        old(ASK, SAY, output_config=SCHEMA),
        "output_config.format: prefill cannot be used with structured outputs",
    ),
]


@parametrized(ROWS)
def test_conversation(row: Row) -> None:
    holds(row)


def test_prefill_text_is_the_documented_one() -> None:
    assert PREFILL == (
        "This model does not support assistant message prefill. "
        "The conversation must end with a user message."
    )


def test_server_blocks_are_those_of_tools_that_the_api_runs() -> None:
    kinds = ["server_tool_use", "mcp_tool_use", "mcp_tool_result", "code_execution_tool_result"]
    assert all(map(is_server_block, kinds))
    assert not any(map(is_server_block, ["text", "tool_use", "tool_result", "thinking"]))
