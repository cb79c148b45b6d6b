"""MCP servers, their toolsets, and the domains of web tools."""

from __future__ import annotations

from typing import Any

from mockserver.rules.mcp import WITH_TOOLSETS
from tests.unit.mockserver.bodies import TOOL, body, conversation
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

OLD = frozenset({"mcp-client-2025-04-04"})


def server(name: str = "wiki", url: str = "https://example.com/mcp") -> dict[str, Any]:
    return {"type": "url", "name": name, "url": url}


def toolset(name: str = "wiki") -> dict[str, Any]:
    return {"type": "mcp_toolset", "mcp_server_name": name}


def connected(servers: Any = (), tools: Any = (), **more: Any) -> dict[str, Any]:
    return body("claude-opus-5-5", mcp_servers=[*servers], tools=[TOOL, *tools], **more)


def web(**domains: Any) -> dict[str, Any]:
    tool = {"type": "web_search_20250305", "name": "web_search", **domains}
    return body(tools=[TOOL, tool])


def references(index: int, count: int) -> str:
    return (
        f"mcp_servers.{index}: MCP server 'wiki' must be referenced by exactly one mcp_toolset in tools, "
        f"but {count} refer to it"
    )


ADDED = {"type": "tool_addition", "tool": {"type": "tool_definition", "definition": toolset()}}
LATER = conversation(("user", "Hello"), ("system", [ADDED]))
ROWS = [
    accept("mcp.unique", "two", connected([server(), server("mail")])),
    reject(
        "mcp.unique",
        "twice",
        connected([server(), server()]),
        "mcp_servers: MCP server names must be unique.",
    ),
    accept("mcp.url", "https", connected([server()])),
    reject(
        "mcp.url",
        "http",
        connected([server(), server("mail", "http://example.com")]),
        "mcp_servers.1.url: URL must start with https://",
    ),
    accept("mcp.unknown-server", "known", connected([server()], [toolset()])),
    reject(
        "mcp.unknown-server",
        "unknown",
        connected([server()], [toolset("mail")]),
        "tools.1.mcp_toolset: MCP server 'mail' not found in mcp_servers",
    ),
    accept("mcp.toolset", "one", connected([server()], [toolset()]), betas=WITH_TOOLSETS),
    accept(
        "mcp.toolset",
        "in_a_system_turn",
        connected([server()], messages=LATER),
        betas=WITH_TOOLSETS,
    ),
    accept("mcp.toolset", "oldest_beta", connected([server()]), betas=OLD),
    reject("mcp.toolset", "none", connected([server()]), references(0, 0), betas=WITH_TOOLSETS),
    reject(
        "mcp.toolset",
        "two",
        connected([server()], [toolset(), toolset()]),
        references(0, 2),
        betas=WITH_TOOLSETS,
    ),
    accept("web-tool.domains", "allowed", web(allowed_domains=["a.com"])),
    accept("web-tool.domains", "one_is_null", web(allowed_domains=["a.com"], blocked_domains=None)),
    reject(
        "web-tool.domains",
        "both",
        web(allowed_domains=["a.com"], blocked_domains=["b.com"]),
        "tools.1.web_search_20250305: only one of allowed_domains and blocked_domains may be set",
    ),
]


@parametrized(ROWS)
def test_mcp(row: Row) -> None:
    holds(row)
