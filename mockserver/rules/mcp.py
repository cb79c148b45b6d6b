"""MCP servers and their toolsets, and the settings of web tools."""

from __future__ import annotations

from mockserver.request import Block, Request
from mockserver.rules.registry import Refusal, Registry
from mockserver.rules.tool_changes import definitions

PAGE = "docs: MCP connector; the text is ours"
# docs: MCP connector: before these values the servers themselves said which tools are offered
WITH_TOOLSETS = frozenset({"mcp-client-2025-11-20", "mcp-client-2026-09-15"})
TOOLSET = "mcp_toolset"


def servers(request: Request) -> list[Block]:
    """The MCP servers of a request."""
    return request.body.get("mcp_servers") or []


def toolsets(request: Request) -> list[tuple[int, str]]:
    """Index and server of every MCP toolset among the tools."""
    tools = enumerate(request.tools)
    return [(n, tool["mcp_server_name"]) for n, tool in tools if tool.get("type") == TOOLSET]


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "mcp.unique",
        "MCP servers have names of their own",
        evidence="policy",
        source=PAGE,
        keys=["mcp_servers"],
    )
    def mcp_unique(request: Request) -> Refusal | None:
        names = [server["name"] for server in servers(request)]
        if len(names) == len(set(names)):
            return None
        return Refusal("mcp_servers: MCP server names must be unique.")

    @rule(
        "mcp.url",
        "An MCP server is reached by https",
        evidence="policy",
        source=PAGE,
        keys=["mcp_servers"],
    )
    def mcp_url(request: Request) -> Refusal | None:
        for index, server in enumerate(servers(request)):
            if not server["url"].startswith("https://"):
                return Refusal(f"mcp_servers.{index}.url: URL must start with https://")
        return None

    @rule(
        "mcp.unknown-server",
        "An MCP toolset names a server of the request",
        evidence="policy",
        source=PAGE,
        keys=["mcp_server_name"],
    )
    def mcp_unknown_server(request: Request) -> Refusal | None:
        names = {server["name"] for server in servers(request)}
        for index, name in toolsets(request):
            if name not in names:
                return Refusal(
                    f"tools.{index}.{TOOLSET}: MCP server '{name}' not found in mcp_servers"
                )
        return None

    @rule(
        "mcp.toolset",
        "Every MCP server has one toolset",
        evidence="policy",
        source=f"{PAGE}. With mcp-client-2025-04-04 none is needed (recorded)",
        keys=["mcp_servers"],
    )
    def mcp_toolset(request: Request) -> Refusal | None:
        if WITH_TOOLSETS.isdisjoint(request.betas):
            return None
        used = [name for _, name in toolsets(request)]
        used += [str(tool.get("mcp_server_name")) for tool in definitions(request)]
        for index, server in enumerate(servers(request)):
            count = used.count(server["name"])
            if count != 1:
                return Refusal(
                    f"mcp_servers.{index}: MCP server '{server['name']}' must be referenced by exactly "
                    f"one {TOOLSET} in tools, but {count} refer to it"
                )
        return None

    @rule(
        "web-tool.domains",
        "A web tool has allowed or blocked domains, not both",
        evidence="policy",
        source="docs: Web search tool, Web fetch tool; the text is ours",
        keys=["allowed_domains"],
    )
    def web_tool_domains(request: Request) -> Refusal | None:
        for index, tool in enumerate(request.tools):
            if tool.get("allowed_domains") and tool.get("blocked_domains"):
                return Refusal(
                    f"tools.{index}.{tool['type']}: only one of allowed_domains and blocked_domains may "
                    "be set"
                )
        return None
