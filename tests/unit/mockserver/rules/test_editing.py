"""Context management and compaction."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.edits import CLEAR_THINKING, COMPACT
from mockserver.rules.editing import ON_DEMAND
from mockserver.signing import minted, minted_summary
from tests.unit.mockserver.bodies import TOOL, body, call, conversation, read, refusal, text
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

OLD, NEW = "claude-haiku-4-5", "claude-opus-5-5"
ASK, SAY = ("user", "Hello"), ("assistant", "Hi")
CLEAR = {"type": CLEAR_THINKING}
TOOL_USES = {"type": "clear_tool_uses_20250919", "trigger": {"type": "input_tokens", "value": 10}}
SUMMARIZE = {"type": "summarize"}
SEARCH = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
DEMAND = frozenset({ON_DEMAND})
MISPLACED = (
    "`compaction` block must be sent first, in place of the messages it summarizes; "
    "remove those messages"
)
MINTED = minted_summary(0, "All")
BUDGET = {"type": "tokens", "total": 20_000}


def edited(*edits: dict[str, Any], model: str = NEW, **more: Any) -> dict[str, Any]:
    return body(model, context_management={"edits": [*edits]}, **more)


def at(value: int) -> dict[str, Any]:
    return {"type": COMPACT, "trigger": {"type": "input_tokens", "value": value}}


def summary(content: str | None = "All", signature: str | None = "c2ln") -> dict[str, Any]:
    return {"type": "compaction", "content": content, "signature": signature}


def summed(*blocks: dict[str, Any]) -> dict[str, Any]:
    return said(("assistant", [*blocks]), ASK)


def beside(**more: Any) -> dict[str, Any]:
    """A signed summary, and something beside it."""
    return {**summed(summary()), **more}


def said(*turns: tuple[str, Any], **more: Any) -> dict[str, Any]:
    return body(NEW, messages=conversation(*turns), **more)


def compacted(*turns: tuple[str, Any]) -> dict[str, Any]:
    return said(*turns, compaction=SUMMARIZE)


ROWS = [
    accept("clear-thinking.first", "first", edited(CLEAR, TOOL_USES)),
    accept("clear-thinking.first", "null", body(context_management=None)),
    accept("clear-thinking.first", "no_edits", body(context_management={})),
    reject(
        "clear-thinking.first",
        "second",
        edited(TOOL_USES, CLEAR),
        f"context_management: `{CLEAR_THINKING}` must be the first strategy in "
        "`context_management.edits` when provided",
    ),
    accept("clear-thinking.thinking-off", "by_default_on", edited(CLEAR)),
    accept(
        "clear-thinking.thinking-off",
        "enabled",
        edited(CLEAR, model=OLD, thinking={"type": "enabled", "budget_tokens": 1024}),
    ),
    accept("clear-thinking.thinking-off", "other_edit", edited(TOOL_USES, model=OLD)),
    reject(
        "clear-thinking.thinking-off",
        "by_default_off",
        edited(CLEAR, model=OLD),
        f"`{CLEAR_THINKING}` strategy requires `thinking` to be enabled or adaptive",
    ),
    accept("compact.trigger", "least", edited(at(50_000))),
    accept("compact.trigger", "by_default", edited({"type": COMPACT})),
    accept("compact.trigger", "of_another_edit", edited(TOOL_USES)),
    reject(
        "compact.trigger",
        "too_early",
        edited(TOOL_USES, at(49_999)),
        f"context_management.edits.1.{COMPACT}: trigger.value must be at least 50000",
    ),
    accept("compaction.unsigned", "signed", summed(summary()), betas=DEMAND),
    accept("compaction.unsigned", "empty", summed(summary(content=None, signature=None))),
    accept(
        "compaction.unsigned",
        "with_its_edit",
        {**summed(summary(signature=None)), "context_management": {"edits": [{"type": COMPACT}]}},
    ),
    reject(
        "compaction.unsigned",
        "without_its_edit",
        summed(text("a"), summary(signature=None)),
        f"`compaction` blocks require a `{COMPACT}` strategy in `context_management.edits`.",
    ),
    reject(
        "compaction.unsigned",
        "on_demand",
        summed(text("a"), summary(signature=None)),
        "messages.0.content.1: a `compaction` block with `content` requires its `signature`: "
        "send the block exactly as it was returned",
        betas=DEMAND,
    ),
    accept("compaction.signed-beta", "with_its_value", summed(summary()), betas=DEMAND),
    accept("compaction.signed-beta", "unsigned", summed(summary(signature=None))),
    reject(
        "compaction.signed-beta",
        "without_its_value",
        summed(summary()),
        f"messages.0.content.0: `signature` requires anthropic-beta: {ON_DEMAND}",
    ),
    accept("compaction.misplaced", "first", said(("assistant", [summary()]), ASK)),
    accept(
        "compaction.misplaced",
        "by_threshold",
        said(ASK, ("assistant", [text("a"), summary(signature=None)]), ASK),
    ),
    reject(
        "compaction.misplaced",
        "second_turn",
        said(ASK, ("assistant", [summary()]), ASK),
        f"messages.1.content.0: {MISPLACED}",
    ),
    reject(
        "compaction.misplaced",
        "second_block",
        said(("user", [text("a"), summary()])),
        f"messages.0.content.1: {MISPLACED}",
    ),
    accept("compaction.ambiguous", "one", said(("user", [summary(), summary(content=None)]))),
    reject(
        "compaction.ambiguous",
        "two",
        said(("user", [summary(), summary()])),
        "messages: more than one `compaction` block has content; send the latest only",
    ),
    accept("compaction.signature", "minted", summed(summary(signature=MINTED))),
    accept("compaction.signature", "of_another_server", summed(summary())),
    reject(
        "compaction.signature",
        "altered",
        summed(summary(signature=MINTED[:-16] + "AAAAAAAA" + MINTED[-8:])),
        "messages.0.content.0: Invalid `signature` in `compaction` block",
    ),
    accept("compaction.content", "as_it_was", summed(summary(signature=MINTED))),
    accept("compaction.content", "of_another_server", summed(summary("Not all"))),
    reject(
        "compaction.content",
        "edited",
        summed(summary("All of it", signature=MINTED)),
        "messages.0.content.0: `compaction` block `content` does not match its `signature`",
    ),
    reject(
        "compaction.content",
        "signature_of_a_thought",
        summed(summary(signature=minted(0, "All"))),
        "messages.0.content.0: `compaction` block `content` does not match its `signature`",
    ),
    accept("compaction.beside", "clearing", beside(context_management={"edits": [TOOL_USES]})),
    accept("compaction.beside", "whole_budget", beside(output_config={"task_budget": BUDGET})),
    accept(
        "compaction.beside",
        "unsigned",
        {**summed(summary(signature=None)), "context_management": {"edits": [{"type": COMPACT}]}},
    ),
    reject(
        "compaction.beside",
        "threshold",
        beside(context_management={"edits": [TOOL_USES, {"type": COMPACT}]}),
        f"messages.0.content.0: a signed `compaction` block cannot be combined with a `{COMPACT}` strategy in "
        "`context_management.edits`",
    ),
    reject(
        "compaction.beside",
        "rest_of_a_budget",
        beside(output_config={"task_budget": {**BUDGET, "remaining": 0}}),
        "messages.0.content.0: a signed `compaction` block cannot be combined with "
        "output_config.task_budget.remaining",
    ),
    accept("compaction.alone", "alone", said(ASK, compaction=SUMMARIZE, stop_sequences=[])),
    accept("compaction.alone", "null", said(ASK, compaction=None, stop_sequences=["a"])),
    accept(
        "compaction.alone",
        "whole_budget",
        said(ASK, compaction=SUMMARIZE, output_config={"task_budget": BUDGET}),
    ),
    *(
        reject(
            "compaction.alone",
            name,
            said(ASK, compaction=SUMMARIZE, **more),
            f"compaction: cannot be combined with {name}",
        )
        for name, more in {
            "context_management": {"context_management": {"edits": []}},
            "stop_sequences": {"stop_sequences": ["a"]},
            "output_config.format": {
                "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}
            },
            "output_config.task_budget.remaining": {
                "output_config": {"task_budget": {**BUDGET, "remaining": 0}}
            },
            'tool_choice.type "any"': {"tools": [TOOL], "tool_choice": {"type": "any"}},
        }.items()
    ),
    accept("compaction.nothing", "something", compacted(ASK)),
    accept("compaction.nothing", "null", said(("system", "a"), compaction=None)),
    reject(
        "compaction.nothing",
        "system_turn_only",
        compacted(("system", "a")),
        "messages: there is no `user` or `assistant` content to summarize",
    ),
    accept("compaction.incomplete", "finished", compacted(ASK, SAY)),
    accept("compaction.incomplete", "user_last", compacted(ASK)),
    accept("compaction.incomplete", "empty_last", compacted(ASK, ("assistant", []))),
    accept("compaction.incomplete", "null", said(ASK, ("assistant", [call()]), compaction=None)),
    reject(
        "compaction.incomplete",
        "open_call",
        compacted(ASK, ("assistant", [call()])),
        "messages.1: compaction cannot follow an unfinished `assistant` turn",
    ),
    reject(
        "compaction.incomplete",
        "paused",
        compacted(ASK, ("assistant", [text("a"), SEARCH])),
        "messages.1: compaction cannot follow an unfinished `assistant` turn",
    ),
]


@parametrized(ROWS)
def test_editing(row: Row) -> None:
    holds(row)


@pytest.mark.parametrize(
    "more",
    [{"compaction": SUMMARIZE}, {"fallback_credit_token": "t"}],
    ids=lambda more: next(iter(more)),
)
def test_some_requests_may_end_in_an_assistant_turn_where_there_is_no_prefill(
    more: dict[str, Any],
) -> None:
    assert refusal(read(said(ASK, SAY))) is not None
    assert refusal(read(said(ASK, SAY, **more))) is None
