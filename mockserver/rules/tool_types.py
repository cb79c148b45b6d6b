"""Anthropic's own tools: which types a model takes, toolsets, and tools that are loaded on demand."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.catalogue import Model
from mockserver.request import Block, Request
from mockserver.rules.registry import Refusal, Registry

FIRST_COMPUTER = "computer_20241022"
# What came out with the first computer tool, and went with it.
FIRST = ("bash_20241022", "text_editor_20241022", FIRST_COMPUTER)
# docs: Tool reference. Every model that has tools of Anthropic's at all takes these.
COMMON = (
    *("bash_20250124", "memory_20250818", "text_editor_20250728"),
    *("code_execution_20250825", "code_execution_20260120", "code_execution_20260521"),
    *("tool_search_tool_bm25_20251119", "tool_search_tool_regex_20251119"),
    *("web_fetch_20250910", "web_fetch_20260209", "web_fetch_20260309", "web_fetch_20260318"),
    *("web_search_20250305", "web_search_20260209", "web_search_20260318"),
)
FIRST_CODE = "code_execution_20250522"
NO_FIRST_CODE = "claude-haiku-5-5"  # docs: its migration guide: code_execution_20250825 or later
FINE_GRAINED = "fine-grained-tool-streaming-2025-05-14"


def is_toolset(tool: Block) -> bool:
    """Whether an entry stands for several tools of Anthropic's."""
    kind = tool.get("type")
    return kind is not None and "_toolset_" in kind


def names(tools: list[Block]) -> list[str]:
    """The names of all tools; a toolset goes by that of its family (docs: Tool reference)."""
    found = [tool["name"] for tool in tools if "name" in tool]
    return found + [str(tool["type"]).split("_", 1)[0] for tool in tools if is_toolset(tool)]


def has_toolset(tools: list[Block]) -> bool:
    """Whether one of the tools is a toolset."""
    return any(map(is_toolset, tools))


def anthropics(tools: list[Block]) -> list[str]:
    """The types of Anthropic's own tools."""
    return [tool["type"] for tool in tools if tool.get("type") not in (None, "custom")]


def taken(model: Model) -> tuple[str, ...]:
    """The types of Anthropic's tools that a model takes, in alphabetical order."""
    if FIRST_COMPUTER in model.computer_tools:
        return FIRST
    return tuple(sorted((*COMMON, *model.computer_tools)))


def refused(model: Model, kinds: Iterable[str]) -> list[str]:
    """Those of the types of a request's tools that the model is known not to take, each once."""
    return [
        kind
        for kind in dict.fromkeys(kinds)
        if _is_judged(model, kind) and kind not in taken(model)
    ]


def _is_judged(model: Model, kind: str) -> bool:
    if kind == FIRST_CODE:
        return model.id == NO_FIRST_CODE
    return kind in FIRST or kind.startswith(("computer_", "browser_"))


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "tools.type",
        "The model takes the types of Anthropic's tools",
        evidence="documented",
        source="docs: Claude API errors; seen live on claude-haiku-4-5 and claude-opus-5-5 (2026). The "
        "full list of the types that the message suggests is not known",
        keys=["tools"],
    )
    def tools_type(request: Request) -> Refusal | None:
        kinds = request.offered.fact(anthropics)
        unknown = refused(request.model, kinds) if kinds else ()
        if not unknown:
            return None
        return Refusal(
            f"'{request.model.id}' does not support tool types: {', '.join(unknown)}. "
            f"Did you mean one of {', '.join(taken(request.model))}?"
        )

    @rule(
        "toolset.fine-grained",
        "Toolsets exclude the beta for fine-grained streaming",
        evidence="policy",
        source="docs: Claude Haiku 5.5 migration guide say that it is a 400; the text is ours",
        keys=["tools"],
    )
    def toolset_fine_grained(request: Request) -> Refusal | None:
        if FINE_GRAINED not in request.betas or not request.offered.fact(has_toolset):
            return None
        return Refusal(f"tools: a toolset cannot be combined with the beta `{FINE_GRAINED}`")

    @rule(
        "toolset.echo",
        "The result of a toolset's tool names the toolset as the call does",
        evidence="policy",
        source="docs: Tool reference say that it must; the text is ours",
        blocks=["toolset_name"],
    )
    def toolset_echo(request: Request) -> Refusal | None:
        owners: dict[str, str | None] = {}
        for turn in request.turns:
            for position, block in enumerate(turn.blocks):
                if block["type"] == "tool_use":
                    owners[block["id"]] = block.get("toolset_name")
                elif block["type"] == "tool_result":
                    owner = owners.get(block["tool_use_id"])
                    if owner is not None and block.get("toolset_name") != owner:
                        return Refusal(
                            f"messages.{turn.position}.content.{position}.tool_result.toolset_name: must "
                            f"be '{owner}', as in the `tool_use` block"
                        )
        return None

    @rule(
        "tools.all-deferred",
        "At least one tool is loaded at once",
        evidence="documented",
        source="docs: Tool search tool, Troubleshooting tool use; with tools defined in messages it is "
        "taken (docs: Mid-conversation tool changes)",
        keys=["defer_loading"],
    )
    def tools_all_deferred(request: Request) -> Refusal | None:
        is_all = request.tools and all(tool.get("defer_loading") for tool in request.tools)
        if not is_all or "tool_addition" in request.features.blocks:
            return None
        return Refusal("All tools have defer_loading set. At least one tool must be non-deferred.")

    @rule(
        "tool-reference.unknown",
        "A tool_reference in a result names an offered tool",
        evidence="reported",
        source="public logs of Claude Code and of gateways (2026), which quote it",
        blocks=["tool_reference"],
    )
    def tool_reference_unknown(request: Request) -> Refusal | None:
        known = request.offered.fact(names)
        for place in request.placed():
            if place.block["type"] == "tool_reference" and place.block["tool_name"] not in known:
                return Refusal(
                    f"Tool reference '{place.block['tool_name']}' not found in available tools"
                )
        return None
