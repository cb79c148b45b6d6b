"""Anthropic's own tools, as far as the model takes them, and the value of `anthropic-beta` that each needs."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import strategies as st

from contracts.findings import Json

# docs: Tool reference. Every living model takes these; their names are fixed.
COMMON: tuple[Json, ...] = (
    {"type": "bash_20250124", "name": "bash"},
    {"type": "memory_20250818", "name": "memory"},
    {"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"},
    {"type": "text_editor_20250728", "name": "str_replace_based_edit_tool", "max_characters": 9000},
    {"type": "code_execution_20250825", "name": "code_execution"},
    {"type": "web_search_20250305", "name": "web_search"},
    {"type": "web_search_20250305", "name": "web_search", "max_uses": 3},
    {"type": "web_search_20250305", "name": "web_search", "allowed_domains": ["docs.example"]},
    {
        "type": "web_search_20250305",
        "name": "web_search",
        "user_location": {"type": "approximate", "city": "Oslo", "country": "NO"},
    },
    {"type": "web_fetch_20250910", "name": "web_fetch", "max_content_tokens": 1000},
    {"type": "web_fetch_20250910", "name": "web_fetch", "blocked_domains": ["ads.example"]},
    {"type": "tool_search_tool_bm25_20251119", "name": "tool_search_tool_bm25"},
    {"type": "tool_search_tool_regex_20251119", "name": "tool_search_tool_regex"},
)
SCREEN: Json = {"name": "computer", "display_width_px": 1024, "display_height_px": 768}
# docs: Computer use tool
BETAS: Mapping[str, str] = {
    "computer_20250124": "computer-use-2025-01-24",
    "computer_20251124": "computer-use-2025-11-24",
}
SEARCH = "tool_search"
MOST = 3


@st.composite
def anthropic_tools(draw: st.DrawFn, model: Json) -> list[Json]:
    """Tools of Anthropic's, each of another name."""
    entries = [*COMMON, *map(_computer, model["computer_tools"])]
    chosen = draw(st.lists(st.sampled_from(entries), max_size=MOST, unique_by=_name))
    return [dict(tool) for tool in chosen]


@st.composite
def deferred(draw: st.DrawFn, tools: list[Json], others: list[Json]) -> list[Json]:
    """Tools of the client's, some of them loaded on demand where one of the others is there to search them."""
    if not any(tool["type"].startswith(SEARCH) for tool in others):
        return tools
    return [{**tool, "defer_loading": True} if draw(st.booleans()) else tool for tool in tools]


def betas_of(tools: list[Json]) -> list[str]:
    """The values of `anthropic-beta` that some tools need."""
    kinds = [str(tool.get("type")) for tool in tools]
    return [BETAS[kind] for kind in kinds if kind in BETAS]


def _computer(kind: str) -> Json:
    # A toolset has neither a name nor a screen.
    return {"type": kind, **SCREEN} if kind in BETAS else {"type": kind}


def _name(tool: Json) -> str:
    # A toolset goes by the name of its family.
    return str(tool.get("name") or tool["type"].partition("_")[0])
