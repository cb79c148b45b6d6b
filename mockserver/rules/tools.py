"""Tool definitions and tool_choice."""

from __future__ import annotations

from mockserver.request import Block, Request
from mockserver.rules.registry import Refusal, Registry
from mockserver.rules.tool_types import names

TOP_LEVEL = frozenset({"oneOf", "allOf", "anyOf"})


def _are_unique(tools: list[Block]) -> bool:
    found = names(tools)
    return len(found) == len(set(found))


def _first_union(tools: list[Block]) -> int | None:
    """The index of the first tool whose schema is a union at its top level."""
    unions = (
        n for n, t in enumerate(tools) if not TOP_LEVEL.isdisjoint(t.get("input_schema") or ())
    )
    return next(unions, None)


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
        if request.offered.fact(_are_unique):
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
        index = request.offered.fact(_first_union)
        if index is None:
            return None
        return Refusal(
            f"tools.{index}.custom.input_schema: input_schema does not support oneOf, "
            "allOf, or anyOf at the top level"
        )

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
            if name in request.offered.fact(names)
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
