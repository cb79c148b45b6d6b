"""What tools cost in tokens: the system prompt that explains them, and each definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.recent import Recent
from mockserver.request import Block, Request
from mockserver.text_tokens import SCALES
from mockserver.turns import json_bytes

Pair = tuple[int, int]

# The prompt with tool_choice auto or none, and with any or tool. The catalogue has what the documentation of
# today says; models that it no longer names are here with what it said, or with a fit over recorded counts;
# the newest are not documented yet and take the prompt of Claude Opus 4.8, which fits what is recorded.
TOOL_PROMPTS: dict[str, Pair] = {
    "claude-3-5-sonnet-20240620": (294, 261),
    "claude-3-5-haiku-20241022": (264, 340),
    "claude-3-opus-20240229": (530, 281),
    "claude-3-sonnet-20240229": (159, 235),
    "claude-3-haiku-20240307": (264, 340),
}
DEFAULT_TOOL_PROMPTS: dict[str, Pair] = {"2023": (313, 313), "2026": (290, 410)}

# Tools of Anthropic by the beginning of their type, the longer first: on models of the older tokenizer and of
# the later. bash, text editor, computer and browser: docs, Tool use overview; others: a fit over recorded counts.
SERVER_TOOLS: dict[str, Pair] = {
    "web_search_": (1710, 2425),
    "web_fetch_": (526, 745),
    "code_execution_20250522": (420, 600),
    "code_execution_": (1740, 2470),
    "memory_": (1069, 1520),
    "tool_search_tool_": (178, 265),
    "advisor_": (530, 754),
    "bash_": (244, 325),
    "text_editor_": (700, 700),
    "computer_": (4500, 4500),
    "browser_": (6600, 6600),
}
# What a server's tools cost depends on them. This is the least that was recorded.
MCP_SERVER: Pair = (75, 105)
# recorded: later models are told that there are tools to be found
DEFERRING: Pair = (0, 90)
# recorded: a web_fetch tool with citations costs so much more
CITING_TOOL: Pair = (484, 690)
# recorded: with a tool that code may call
CALLED_BY_CODE: Pair = (970, 1380)
# A fit over recorded counts: each string of a definition costs more than its text.
PER_STRING = 1.2
_recent = {generation: Recent[float]() for generation in SCALES}


def tool_tokens(request: Request) -> float:
    """Estimated tokens of all that `tools` and `mcp_servers` add to the prompt."""
    tools: list[Block] = request.body.get("tools") or []
    servers = request.body.get("mcp_servers") or ()
    if not tools and not servers:
        return 0
    generation = request.model.tokenizer
    is_late = generation == "2026"
    total: float = _prompt(request) + MCP_SERVER[is_late] * len(servers)
    if request.offered.fact(_are_plain):
        return total + definition_tokens(request.offered.json, generation)
    served = [tool for tool in tools if "input_schema" not in tool]
    total += sum(_served_tool(tool)[is_late] for tool in served)
    if any(_is_called_by_code(tool) for tool in tools):
        total += CALLED_BY_CODE[is_late]
    if any(tool.get("defer_loading") for tool in tools):
        total += DEFERRING[is_late]
    return total + definition_tokens(json_bytes(_shown(request, tools)), generation)


def _are_plain(tools: list[Block]) -> bool:
    """Whether a client runs all tools, and the model is told of all from the start."""
    return all("input_schema" in tool and "defer_loading" not in tool for tool in tools)


def definition_tokens(data: bytes, generation: str) -> float:
    """Estimated tokens of a JSON schema, or of definitions with schemas, as JSON."""
    recent = _recent[generation]
    tokens = recent.get(data)
    if tokens is None:
        tokens = SCALES[generation].count(data.decode()) + PER_STRING * data.count(b'"') / 2
        recent.add(data, tokens)
    return tokens


def is_citing(config: Mapping[str, Any] | None) -> bool:
    """Whether a `citations` setting is there and switched on."""
    return config is not None and bool(config.get("enabled"))


def _prompt(request: Request) -> int:
    model = request.model
    documented = model.tool_prompt_tokens or TOOL_PROMPTS.get(model.id)
    prompts = documented or DEFAULT_TOOL_PROMPTS[model.tokenizer]
    return prompts[request.tool_choice in ("any", "tool")]


def _shown(request: Request, tools: list[Block]) -> list[Block]:
    found = _found_tools(request)
    own = (tool for tool in tools if "input_schema" in tool)
    return [tool for tool in own if not tool.get("defer_loading") or tool["name"] in found]


def _found_tools(request: Request) -> set[str]:
    found = set[str]()
    for _, block in request.placed():
        kind = block["type"]
        if kind == "tool_reference":
            found.add(block["tool_name"])
        elif kind == "tool_use":
            found.add(block["name"])
        elif kind == "tool_search_tool_result":
            references = block["content"].get("tool_references", ())
            found.update(reference["tool_name"] for reference in references)
    return found


def _is_called_by_code(tool: Block) -> bool:
    return any(caller != "direct" for caller in tool.get("allowed_callers") or ())


def _served_tool(tool: Block) -> Pair:
    kind = tool["type"]
    cost = next((pair for name, pair in SERVER_TOOLS.items() if kind.startswith(name)), (0, 0))
    if is_citing(tool.get("citations")):
        return cost[0] + CITING_TOOL[0], cost[1] + CITING_TOOL[1]
    return cost
