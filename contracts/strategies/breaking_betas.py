"""Edits of what is in beta, and of Anthropic's own tools, that break a rule."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from contracts.findings import Json
from contracts.strategies.asked import Asked
from contracts.strategies.betas import LEAST_TRIGGER
from contracts.strategies.breaking import breaks

MESSAGES = ("messages",)
EDITING = ("context-management-2025-06-27", "compact-2026-01-12")
MCP = ("mcp-client-2025-11-20",)
FALLBACK = ("server-side-fallback-2026-07-01",)
CLEAR_THINKING: Json = {"type": "clear_thinking_20251015"}
CLEAR_RESULTS: Json = {"type": "clear_tool_uses_20250919"}
# Fields of the beta namespace, each with a value that it takes.
IN_BETA: dict[str, Any] = {
    "context_management": {"edits": []},
    "mcp_servers": [],
    "fallbacks": "default",
    "thread": {"type": "create"},
    "output_format": None,
}


def _server(name: str, **more: str) -> Json:
    return {"type": "url", "name": name, "url": "https://mcp.example/", **more}


def _add_tool(asked: Asked, tool: Json) -> int:
    """Add a tool; its index."""
    asked.body["tools"] = [*asked.body.get("tools", ()), tool]
    return len(asked.body["tools"]) - 1


@breaks("beta.header-missing", endpoints=MESSAGES)
def field_without_its_beta(draw: st.DrawFn, asked: Asked) -> str:
    """A field that is in beta, without its value of `anthropic-beta`."""
    name = draw(st.sampled_from(sorted(IN_BETA)))
    asked.body[name] = IN_BETA[name]
    return f"{name}: Extra inputs are not permitted"


@breaks("beta.speed", models={"fast_mode": False})
def speed_without_its_beta(draw: st.DrawFn, asked: Asked) -> str:
    """A speed for a model whose fast mode is in beta."""
    asked.body["speed"] = draw(st.sampled_from(["standard", "fast"]))
    return "speed: Extra inputs are not permitted"


@breaks("speed.unsupported", models={"fast_mode": False}, betas=("fast-mode-2026-02-01",))
def fast(_draw: st.DrawFn, asked: Asked) -> str:
    """The fast mode of a model that has none."""
    # docs: Fast mode: this one answers at its standard speed
    assume(asked.model["id"] != "claude-opus-4-6")
    asked.body["speed"] = "fast"
    return f"'{asked.model['id']}' does not support the `speed` parameter."


@breaks("fallbacks.unsupported", endpoints=MESSAGES, models={"fallbacks": False}, betas=FALLBACK)
def no_fallbacks(_draw: st.DrawFn, asked: Asked) -> str:
    """Fallbacks of a model that has none."""
    asked.body["fallbacks"] = [{"model": "claude-opus-4-8"}]
    return f"'{asked.model['id']}' does not support the `fallbacks` parameter."


@breaks("fallbacks.list", endpoints=MESSAGES, models={"fallbacks": True}, betas=FALLBACK)
def falls_back_to_itself(_draw: st.DrawFn, asked: Asked) -> str:
    """A model that is its own fallback."""
    asked.body["fallbacks"] = [{"model": asked.body["model"]}]
    return "fallbacks.0.model: must differ from the requested model"


@breaks("fallbacks.target", endpoints=MESSAGES, models={"fallbacks": True}, betas=FALLBACK)
def falls_back_elsewhere(draw: st.DrawFn, asked: Asked) -> str:
    """A model that is no fallback of the one that is asked."""
    name = draw(st.sampled_from(["claude-haiku-4-5", "nobody"]))
    asked.body["fallbacks"] = [{"model": name}]
    return f"'{name}' is not a valid fallback target for '{asked.model['id']}'."


@breaks("fallbacks.field", endpoints=MESSAGES, models={"fallbacks": True}, betas=FALLBACK)
def falls_back_with_more(_draw: st.DrawFn, asked: Asked) -> str:
    """An override that there is not."""
    asked.body["fallbacks"] = [{"model": "claude-opus-4-8", "top_k": 1}]
    return "fallbacks.0: 'top_k' is not a supported field."


@breaks("clear-thinking.first", betas=EDITING)
def clears_thinking_later(draw: st.DrawFn, asked: Asked) -> str:
    """An edit before that of thinking."""
    at = draw(st.integers(1, 3))
    edits = [*[CLEAR_RESULTS] * at, CLEAR_THINKING]
    asked.body["context_management"] = {"edits": edits}
    return "context_management: `clear_thinking_20251015` must be the first strategy"


@breaks("clear-thinking.thinking-off", models={"thinking": "disabled"}, betas=EDITING)
def clears_no_thinking(_draw: st.DrawFn, asked: Asked) -> str:
    """Thinking is cleared where there is none."""
    assume(not asked.thinks)
    asked.body["context_management"] = {"edits": [CLEAR_THINKING]}
    return "`clear_thinking_20251015` strategy requires `thinking` to be enabled or adaptive"


@breaks("compact.trigger", betas=EDITING)
def compacts_early(draw: st.DrawFn, asked: Asked) -> str:
    """A compaction of a short conversation."""
    value = draw(st.integers(1, LEAST_TRIGGER - 1))
    edit = {"type": "compact_20260112", "trigger": {"type": "input_tokens", "value": value}}
    asked.body["context_management"] = {"edits": [edit]}
    return "context_management.edits.0.compact_20260112: trigger.value must be at least 50000"


@breaks("mcp.url", endpoints=MESSAGES, betas=MCP)
def plain_http(_draw: st.DrawFn, asked: Asked) -> str:
    """An MCP server that is reached without TLS."""
    asked.body["mcp_servers"] = [_server("a", url="http://mcp.example/")]
    return "mcp_servers.0.url: URL must start with https://"


@breaks("mcp.unique", endpoints=MESSAGES, betas=MCP)
def same_servers(_draw: st.DrawFn, asked: Asked) -> str:
    """Two MCP servers of one name."""
    asked.body["mcp_servers"] = [_server("a"), _server("a")]
    return "mcp_servers: MCP server names must be unique."


@breaks("mcp.unknown-server", endpoints=MESSAGES, betas=MCP)
def absent_server(_draw: st.DrawFn, asked: Asked) -> str:
    """A toolset of an MCP server that is not there."""
    at = _add_tool(asked, {"type": "mcp_toolset", "mcp_server_name": "a"})
    return f"tools.{at}.mcp_toolset: MCP server 'a' not found in mcp_servers"


@breaks("mcp.toolset", endpoints=MESSAGES, betas=MCP)
def server_without_toolset(_draw: st.DrawFn, asked: Asked) -> str:
    """An MCP server whose tools are not offered."""
    asked.body["mcp_servers"] = [_server("a")]
    return "mcp_servers.0: MCP server 'a' must be referenced by exactly one mcp_toolset"


@breaks("tools.type", models={"computer_tools": {"not": "computer_toolset_20260801"}})
def toolset_of_another_model(draw: st.DrawFn, asked: Asked) -> str:
    """A toolset that the model does not take."""
    kind = draw(st.sampled_from(["computer_toolset_20260801", "browser_toolset_20260801"]))
    _add_tool(asked, {"type": kind})
    return f"'{asked.model['id']}' does not support tool types: {kind}."


@breaks("tools.all-deferred")
def nothing_at_once(_draw: st.DrawFn, asked: Asked) -> str:
    """No tool that is loaded at once."""
    asked.body["tools"] = [{"name": "a", "input_schema": {"type": "object"}, "defer_loading": True}]
    asked.body.pop("tool_choice", None)
    return "All tools have defer_loading set."


@breaks("web-tool.domains")
def both_domains(_draw: st.DrawFn, asked: Asked) -> str:
    """Allowed and blocked domains at once."""
    domains = {"allowed_domains": ["a.example"], "blocked_domains": ["b.example"]}
    at = _add_tool(asked, {"type": "web_search_20250305", "name": "web_search", **domains})
    return f"tools.{at}.web_search_20250305: only one of allowed_domains and blocked_domains"


@breaks("container.without-tool", endpoints=MESSAGES)
def container_for_nothing(_draw: st.DrawFn, asked: Asked) -> str:
    """A container in which no code is run."""
    asked.body["container"] = "container_011CNha8iCJcU1wXNR6q4V8w"
    return "container: Container identifier can only be provided when using the code execution tool"
