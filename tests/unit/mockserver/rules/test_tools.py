"""Tool definitions, tool_choice, and the pairing of calls with results."""

from __future__ import annotations

from typing import Any

from mockserver.catalogue import Model
from tests.unit.mockserver.bodies import MODELS, TOOL, body, call, conversation, result, text
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

OTHER = {**TOOL, "name": "get_time"}
BASH = {"type": "bash_20250124", "name": "bash"}
NAMELESS = {"type": "computer_toolset_20260801"}
ANY, NAMED = {"type": "any"}, {"type": "tool", "name": "get_weather"}
NOT_FORCED = 'tool_choice: type "tool" and "any" are not supported for this model.'
UNION = "input_schema does not support oneOf, allOf, or anyOf at the top level"
ASK = ("user", "Hello")


def tool(name: str = "get_weather", **schema: Any) -> dict[str, Any]:
    return {"name": name, "input_schema": {"type": "object", **schema}}


def said(*turns: tuple[str, Any]) -> dict[str, Any]:
    return body(tools=[TOOL], messages=conversation(*turns))


def calls(*ids: str) -> tuple[str, Any]:
    return "assistant", [call(tool_id) for tool_id in ids]


def results(*ids: str) -> tuple[str, Any]:
    return "user", [result(tool_id) for tool_id in ids]


def unanswered(index: int, *ids: str) -> str:
    return (
        f"messages.{index}: `tool_use` ids were found without `tool_result` blocks immediately after: "
        f"{', '.join(ids)}. Each `tool_use` block must have a corresponding `tool_result` block in the "
        "next message."
    )


def orphan(path: str, tool_id: str) -> str:
    return (
        f"{path}: unexpected `tool_use_id` found in `tool_result` blocks: {tool_id}. Each `tool_result` "
        "block must have a corresponding `tool_use` block in the previous message."
    )


def forced(model: Model, choice: dict[str, Any]) -> Row:
    asked = body(model.id, tools=[TOOL], tool_choice=choice)
    name = f"{choice['type']}_on_{model.id}"
    if model.forced_tool_choice or choice["type"] in ("auto", "none"):
        return accept("tool-choice.forced", name, asked)
    return reject("tool-choice.forced", name, asked, NOT_FORCED)


CHOICES = [ANY, NAMED, {"type": "auto"}, {"type": "none"}]
ROWS = [
    *(forced(model, choice) for model in MODELS.values() for choice in CHOICES),
    accept("tools.unique", "different", body(tools=[TOOL, OTHER, BASH, NAMELESS])),
    reject(
        "tools.unique",
        "twice",
        body(tools=[TOOL, OTHER, TOOL]),
        "tools: Tool names must be unique.",
    ),
    reject(
        "tools.unique",
        "toolset_twice",
        body(tools=[NAMELESS, TOOL, NAMELESS]),
        "tools: Tool names must be unique.",
    ),
    accept("tools.top-level-union", "below", body(tools=[tool(properties={"a": {"anyOf": []}})])),
    accept("tools.top-level-union", "no_schema", body(tools=[BASH])),
    *(
        reject(
            "tools.top-level-union",
            word,
            body(tools=[TOOL, tool("b", **{word: [{"type": "object"}]})]),
            f"tools.1.custom.input_schema: {UNION}",
        )
        for word in ("oneOf", "allOf", "anyOf")
    ),
    accept("tool-choice.unknown", "offered", body(tools=[TOOL], tool_choice=NAMED)),
    accept("tool-choice.unknown", "any", body(tools=[TOOL], tool_choice=ANY)),
    reject(
        "tool-choice.unknown",
        "absent",
        body(tools=[OTHER], tool_choice=NAMED),
        "Tool 'get_weather' not found in provided tools",
    ),
    reject(
        "tool-choice.unknown",
        "no_tools",
        body(tool_choice=NAMED),
        "Tool 'get_weather' not found in provided tools",
    ),
    accept("tool-choice.without-tools", "with_tools", body(tools=[TOOL], tool_choice=ANY)),
    accept("tool-choice.without-tools", "auto", body(tool_choice={"type": "auto"})),
    accept("tool-choice.without-tools", "none", body(tool_choice={"type": "none"})),
    reject(
        "tool-choice.without-tools",
        "any",
        body(tool_choice=ANY),
        "tool_choice.any may only be specified while providing tools",
    ),
    accept("tool-use.unique", "different", said(ASK, calls("a", "b"), results("a", "b"))),
    accept("tool-use.unique", "unanswered_is_another_rule", said(ASK, calls("a", "b"))),
    accept(
        "tool-use.unique",
        "again_in_a_later_turn",
        said(ASK, calls("a"), results("a"), calls("a"), results("a")),
    ),
    reject(
        "tool-use.unique",
        "twice_in_a_turn",
        said(ASK, ("assistant", [text("a"), call("a"), call("b"), call("a")]), results("a", "b")),
        "messages.1.content.3: `tool_use` ids must be unique",
    ),
    reject(
        "tool-use.unique",
        "twice_in_turns_of_one_role",
        said(ASK, calls("a"), calls("a"), results("a")),
        "messages.2.content.0: `tool_use` ids must be unique",
    ),
    accept("tool-use.unanswered", "answered", said(ASK, calls("a"), results("a"))),
    accept(
        "tool-use.unanswered", "in_another_order", said(ASK, calls("a", "b"), results("b", "a"))
    ),
    accept(
        "tool-use.unanswered",
        "in_two_turns",
        said(ASK, calls("a", "b"), results("b"), results("a")),
    ),
    accept(
        "tool-use.unanswered",
        "text_behind",
        said(ASK, calls("a"), ("user", [result("a"), text("t")])),
    ),
    reject("tool-use.unanswered", "last", said(ASK, calls("a")), unanswered(1, "a")),
    reject(
        "tool-use.unanswered",
        "one_of_two",
        said(ASK, calls("a", "b"), results("a")),
        unanswered(1, "b"),
    ),
    reject("tool-use.unanswered", "both", said(ASK, calls("a", "b"), ASK), unanswered(1, "a", "b")),
    reject(
        "tool-use.unanswered",
        "too_late",
        said(ASK, calls("a"), ASK, ("assistant", "Hm"), results("a")),
        unanswered(1, "a"),
    ),
    reject(
        "tool-use.unanswered",
        "second_of_two_turns",
        said(ASK, ("assistant", "Hm"), calls("a"), ASK),
        unanswered(2, "a"),
    ),
    accept("tool-result.orphan", "answers", said(ASK, calls("a"), results("a"))),
    accept(
        "tool-result.orphan", "unanswered_is_another_rule", said(ASK, calls("a", "b"), results("a"))
    ),
    accept("tool-result.orphan", "none_at_all", said(ASK, calls("a"), ASK)),
    reject("tool-result.orphan", "first", said(results("a")), orphan("messages.0.content.0", "a")),
    reject(
        "tool-result.orphan",
        "unknown",
        said(ASK, calls("a"), ("user", [result("a"), text("t"), result("b")])),
        orphan("messages.2.content.2", "b"),
    ),
    reject(
        "tool-result.orphan",
        "behind_another_turn",
        said(ASK, calls("a"), results("a"), ("assistant", "Hm"), results("a")),
        orphan("messages.4.content.0", "a"),
    ),
    accept("tool-result.unique", "one", said(ASK, calls("a"), results("a"))),
    accept("tool-result.unique", "orphan_is_another_rule", said(ASK, results("b"))),
    reject(
        "tool-result.unique",
        "two",
        said(ASK, calls("a"), results("a", "a")),
        "messages.2.content.1: each tool_use must have a single result. Found multiple `tool_result` "
        "blocks with id: a",
    ),
]


@parametrized(ROWS)
def test_tools(row: Row) -> None:
    holds(row)
