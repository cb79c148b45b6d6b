"""Tool definitions, tool_choice, and the pairing of tool_use with tool_result."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from itertools import zip_longest
from typing import Any

from mockserver.request import NO_RUN, Placed, Request, Run
from mockserver.rules.registry import Refusal, Registry

TOP_LEVEL = ("oneOf", "allOf", "anyOf")


def names(request: Request) -> list[str]:
    """The names of all offered tools that have one of their own."""
    return [tool["name"] for tool in request.tools if "name" in tool]


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "tools.unique",
        "Tool names are unique",
        evidence="reported",
        source="anthropics/claude-code#10687 (2025-10-31); danny-avila/LibreChat#13162 (2026-05-17)",
        keys=["tools"],
    )
    def tools_unique(request: Request) -> Refusal | None:
        if len(names(request)) == len(set(names(request))):
            return None
        return Refusal("tools: Tool names must be unique.")

    @rule(
        "tools.top-level-union",
        "An input schema has no oneOf, allOf or anyOf at its top level",
        evidence="reported",
        source="anthropics/claude-code#5878 (2025-08-15); dearlordylord/huly-mcp#66 (2026-05-26)",
        keys=["tools"],
    )
    def tools_top_level(request: Request) -> Refusal | None:
        for index, tool in enumerate(request.tools):
            schema: Mapping[str, Any] = tool.get("input_schema") or {}
            if any(word in schema for word in TOP_LEVEL):
                return Refusal(
                    f"tools.{index}.custom.input_schema: input_schema does not support oneOf, "
                    "allOf, or anyOf at the top level"
                )
        return None

    @rule(
        "tool-choice.unknown",
        "`tool_choice` names an offered tool",
        evidence="recorded",
        source="aakshintala/fiber on claude-sonnet-5-5 (2026-09-29)",
        keys=["tool_choice"],
    )
    def tool_choice_unknown(request: Request) -> Refusal | None:
        if request.tool_choice != "tool":
            return None
        name = request.body["tool_choice"]["name"]
        return (
            None
            if name in names(request)
            else Refusal(f"Tool '{name}' not found in provided tools")
        )

    @rule(
        "tool-choice.without-tools",
        "`tool_choice` any needs tools",
        evidence="recorded",
        source="aakshintala/fiber on claude-sonnet-5-5 (2026-09-29); auto and none give 200",
        keys=["tool_choice"],
    )
    def tool_choice_without_tools(request: Request) -> Refusal | None:
        if request.tool_choice != "any" or request.tools:
            return None
        return Refusal("tool_choice.any may only be specified while providing tools")

    @rule(
        "tool-choice.forced",
        "Some models take no forced tool use",
        evidence="documented",
        source="docs: Claude API errors (also on count_tokens)",
        keys=["tool_choice"],
    )
    def tool_choice_forced(request: Request) -> Refusal | None:
        if request.tool_choice not in ("any", "tool") or request.model.forced_tool_choice:
            return None
        return Refusal('tool_choice: type "tool" and "any" are not supported for this model.')

    @rule(
        "tool-use.unique",
        "tool_use ids are unique in a turn; a later turn may use one again",
        evidence="reported",
        source="a public log of 2026-05 with its request id; reuse in later turns is recorded with 200",
        blocks=["tool_use"],
    )
    def tool_use_unique(request: Request) -> Refusal | None:
        if request.is_paired:
            return None
        for run in request.runs:
            double = _second(run, run.calls, "tool_use")
            if double is not None:
                return Refusal(f"{double.path}: `tool_use` ids must be unique")
        return None

    @rule(
        "tool-use.unanswered",
        "Every tool_use has its tool_result in the next turn",
        evidence="reported",
        source="docs: Claude API errors; anthropics/claude-code#8210 (2025-09-26), #5989",
        blocks=["tool_use"],
    )
    def tool_use_unanswered(request: Request) -> Refusal | None:
        if request.is_paired:
            return None
        for run, after in zip_longest(request.runs, request.runs[1:]):
            if run.role != "assistant" or not run.calls:
                continue
            answered = after.results if after else ()
            missing = [call for call in run.calls if call not in answered]
            if missing:
                return Refusal(
                    f"messages.{run.turns[-1].position}: `tool_use` ids were found without "
                    f"`tool_result` blocks immediately after: {', '.join(missing)}. Each `tool_use` "
                    "block must have a corresponding `tool_result` block in the next message."
                )
        return None

    @rule(
        "tool-result.orphan",
        "Every tool_result answers a tool_use of the turn before",
        evidence="reported",
        source="anthropics/claude-code#13460 (2025-12-09)",
        blocks=["tool_result"],
    )
    def tool_result_orphan(request: Request) -> Refusal | None:
        if request.is_paired:
            return None
        for before, run in zip([NO_RUN, *request.runs], request.runs, strict=False):
            calls = before.calls if before.role == "assistant" else ()
            if any(result not in calls for result in run.results):
                return _orphan(run, calls)
        return None

    @rule(
        "tool-result.unique",
        "A tool_use has one tool_result",
        evidence="policy",
        source="the live API refuses a second result; its text is not known",
        blocks=["tool_result"],
    )
    def tool_result_unique(request: Request) -> Refusal | None:
        if request.is_paired:
            return None
        for run in request.runs:
            double = _second(run, run.results, "tool_result")
            if double is not None:
                return Refusal(
                    f"{double.path}: each `tool_use` must have a single result. Found multiple "
                    f"`tool_result` blocks with id: {double.block['tool_use_id']}"
                )
        return None


def _blocks(run: Run, kind: str) -> Iterator[Placed]:
    for turn in run.turns:
        for position, block in enumerate(turn.blocks):
            if block["type"] == kind:
                yield Placed(f"messages.{turn.position}.content.{position}", block)


def _second(run: Run, ids: list[str], kind: str) -> Placed | None:
    """The first block whose id was there before; the ids are those of the blocks, in their order."""
    if len(ids) == len(set(ids)):
        return None
    number = next(n for n, found in enumerate(ids) if found in ids[:n])
    return list(_blocks(run, kind))[number]


def _orphan(run: Run, calls: Collection[str]) -> Refusal:
    place = next(p for p in _blocks(run, "tool_result") if p.block["tool_use_id"] not in calls)
    return Refusal(
        f"{place.path}: unexpected `tool_use_id` found in `tool_result` blocks: "
        f"{place.block['tool_use_id']}. Each `tool_result` block must have a corresponding "
        "`tool_use` block in the previous message."
    )
