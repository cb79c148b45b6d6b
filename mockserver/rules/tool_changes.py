"""tool_addition and tool_removal: system turns that change which tools there are."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

from mockserver.request import Block, Placed, Request
from mockserver.rules.registry import Refusal, Registry

CHANGES = ("tool_addition", "tool_removal")
BETAS = ("mid-conversation-tool-changes-2026-07-01", "inline-tools-2026-09-15")
GATED_SINCE = dt.date(2026, 9, 15)
PAGE = "docs: Mid-conversation system messages and tool changes"
NOTHING: Block = {}
MOST_TOOLS = 10_000
MOST_BYTES = 4_194_304


def changes(request: Request) -> Iterator[Placed]:
    """Every tool_addition and tool_removal with its path."""
    return (place for place in request.placed() if place.block["type"] in CHANGES)


def definitions(request: Request) -> list[Block]:
    """The tools that the conversation itself defines."""
    if "tool_addition" not in request.features.blocks:
        return []
    changed = (place.block["tool"] for place in changes(request))
    return [tool["definition"] for tool in changed if tool["type"] == "tool_definition"]


def kind(tool: Block) -> str:
    """What kind of tool a definition is: its type without the date."""
    name = str(tool.get("type") or "custom")
    head, _, date = name.rpartition("_")
    return head if date.isdigit() else name


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "tool-change.role",
        "Only system turns change tools",
        evidence="reported",
        source="a public log of Claude Code 2.1.282 (2026-09), which quotes it",
        blocks=CHANGES,
    )
    def tool_change_role(request: Request) -> Refusal | None:
        for turn in request.turns:
            if turn.role != "system" and any(b["type"] in CHANGES for b in turn.blocks):
                return Refusal(
                    f"messages.{turn.position}.content: 'tool_addition'/'tool_removal' blocks are only "
                    'permitted within role: "system" messages'
                )
        return None

    @rule(
        "tool-change.unsupported",
        "The model takes tool changes",
        evidence="reported",
        source="public logs on claude-sonnet-5 (2026-07-28, 2026-09-28)",
        blocks=CHANGES,
    )
    def tool_change_unsupported(request: Request) -> Refusal | None:
        if request.model.tool_changes:
            return None
        return Refusal("tool_addition/tool_removal is not supported on this model")

    @rule(
        "tool-change.beta",
        "Since 2026-09-15 a system turn changes tools only with a beta",
        evidence="recorded",
        source="BerriAI/litellm#44103, with request and answer (2026, Claude Fable): a reference to a deferred "
        "tool; public logs of Claude Code (2026-09-21, 2026-09-26). That the older value is enough: "
        f"{PAGE}; that a removal is refused alike, and since when, is policy: the beta that the text names is of that "
        "day, and on 2026-08-31 system turns needed none",
        blocks=CHANGES,
    )
    def tool_change_beta(request: Request) -> Refusal | None:
        is_gated = request.day >= GATED_SINCE and request.betas.isdisjoint(BETAS)
        place = next(changes(request), None) if is_gated else None
        if place is None:
            return None
        change = place.block["type"]
        return Refusal(f"{place.path}: `{change}` blocks require anthropic-beta: {BETAS[-1]}")

    @rule(
        "tool-change.unresolved",
        "A tool change refers to a tool or MCP server that is defined there",
        evidence="policy",
        source=f"{PAGE}, SDK ToolReferenceUnresolvedError: the code; the text is that for tool results",
        blocks=CHANGES,
    )
    def tool_change_unresolved(request: Request) -> Refusal | None:
        tools = {str(tool.get("name")) for tool in request.tools}
        servers = {str(server["name"]) for server in request.body.get("mcp_servers") or ()}
        for place in changes(request):
            tool = place.block["tool"]
            if tool["type"] == "tool_definition":
                tools.add(str(tool["definition"].get("name")))
            elif not _is_known(tool, tools, servers):
                name = tool.get("server_name") or tool.get("name")
                return Refusal(
                    f"Tool reference '{name}' not found in available tools",
                    details={"error_code": "tool_reference_unresolved"},
                )
        return None

    @rule(
        "tool-change.conflict",
        "A definition does not take the name of a tool of another kind",
        evidence="policy",
        source=f"{PAGE}, SDK ToolNameConflictError: the code; the text is ours",
        blocks=CHANGES,
    )
    def tool_change_conflict(request: Request) -> Refusal | None:
        kinds = {str(tool.get("name")): kind(tool) for tool in request.tools if "name" in tool}
        for place in changes(request):
            new: Block = place.block["tool"].get("definition", NOTHING)
            if "name" not in new:
                continue
            if kinds.setdefault(new["name"], kind(new)) != kind(new):
                return Refusal(
                    f"{place.path}.tool: the name '{new['name']}' belongs to a tool of another kind",
                    details={"error_code": "tool_name_conflict"},
                )
        return None

    @rule(
        "tool-change.limit",
        "The conversation defines at most 10,000 tools of at most 4 MB",
        evidence="policy",
        source=f"{PAGE}: limits and code; the text is ours",
        blocks=["tool_addition"],
    )
    def tool_change_limit(request: Request) -> Refusal | None:
        defined = definitions(request)
        size = sum(len(json.dumps(tool, ensure_ascii=False).encode()) for tool in defined)
        if len(defined) <= MOST_TOOLS and size <= MOST_BYTES:
            return None
        return _too_many(f"{len(defined)} tools of {size} bytes are defined in messages")

    @rule(
        "tools.deferred-limit",
        "At most 10,000 tools are deferred",
        evidence="policy",
        source=f"{PAGE}: limit and code; the text is ours",
        keys=["defer_loading"],
    )
    def tools_deferred_limit(request: Request) -> Refusal | None:
        if len(request.tools) <= MOST_TOOLS:
            return None
        count = sum(bool(tool.get("defer_loading")) for tool in request.tools)
        return _too_many(f"{count} tools are deferred") if count > MOST_TOOLS else None


def _is_known(tool: Block, tools: set[str], servers: set[str]) -> bool:
    if tool["type"] == "tool_reference":
        return tool["name"] in tools
    return tool["server_name"] in servers


def _too_many(what: str) -> Refusal:
    return Refusal(
        f"tools: {what}, which exceeds the limit of {MOST_TOOLS} tools and {MOST_BYTES} bytes",
        details={"error_code": "available_tools_limit_exceeded"},
    )
