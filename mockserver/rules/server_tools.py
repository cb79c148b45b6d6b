"""Tools that the API runs itself: their calls, their results, and calls that code made."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.request import Block, Placed, Request, Turn, is_server_result
from mockserver.rules.registry import Refusal, Registry
from mockserver.rules.tool_changes import definitions

CALL = "server_tool_use"
RESULTS = (
    "advisor_tool_result",
    "bash_code_execution_tool_result",
    "code_execution_tool_result",
    "text_editor_code_execution_tool_result",
    "tool_search_tool_result",
    "web_fetch_tool_result",
    "web_search_tool_result",
)
ID_PREFIX = "srvtoolu_"
NO_CALLER: Block = {}


def result_type(name: str) -> str:
    """The type of the block that answers a call of this name."""
    return "tool_search_tool_result" if name.startswith("tool_search") else f"{name}_tool_result"


def family(name: str) -> str:
    """What the type of the tool that runs a call of this name begins with."""
    return "code_execution" if name.endswith("code_execution") else name


def calls(request: Request) -> Iterator[tuple[Turn, Block]]:
    """Every server_tool_use with its turn."""
    for turn in request.turns:
        for block in turn.blocks:
            if block["type"] == CALL:
                yield turn, block


def is_offered(request: Request, name: str) -> bool:
    """Whether the request offers the server tool of a call."""
    tools = [*request.tools, *definitions(request)]
    return any(str(tool.get("type")).startswith(family(name)) for tool in tools)


def open_turns(request: Request) -> range:
    """The positions of the turns that the answer goes on from.

    That is the last assistant turn, alone (docs: Stop reasons, pause_turn) or with nothing behind it but
    the results of the caller's own tools (docs: Stop reasons, tool_use).
    """
    runs = [run for run in request.runs if run.role != "system"]
    if runs[-1].role == "user" and len(runs) > 1:
        if any(b["type"] != "tool_result" for turn in runs[-1].turns for b in turn.blocks):
            return range(0)
        runs.pop()
    last = runs[-1]
    return range(last.turns[0].position, last.turns[-1].position + 1)


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "server-tool.unresolved",
        "A call of a server tool has its result, unless the answer goes on from there",
        evidence="reported",
        source="docs: Stop reasons, Troubleshooting tool use; public logs with request ids (2025, 2026)",
        blocks=[CALL],
    )
    def server_tool_unresolved(request: Request) -> Refusal | None:
        results = [b for t in request.turns for b in t.blocks if is_server_result(b["type"])]
        answered = {b.get("tool_use_id") for b in results}
        unjudged = {b["type"] for b in results if b["type"] in RESULTS and not _is_server_id(b)}
        for turn, block in calls(request):
            if block["id"] in answered or result_type(block["name"]) in unjudged:
                continue
            is_open = turn.position in open_turns(request)
            if is_open and is_offered(request, block["name"]):
                continue
            # docs: the message then ends so; how the two parts are joined is not shown
            end = f" but no `{family(block['name'])}` tool was provided" if is_open else ""
            return Refusal(
                f"messages.{turn.position}: `{block['name']}` tool use with id `{block['id']}` was found "
                f"without a corresponding `{result_type(block['name'])}` block{end}"
            )
        return None

    @rule(
        "server-tool.orphan",
        "A result of a server tool comes after its call",
        evidence="reported",
        source="anthropics/claude-code#64383 (2026-06-01). Only ids of the form srvtoolu_ are judged",
        blocks=RESULTS,
    )
    def server_tool_orphan(request: Request) -> Refusal | None:
        seen: set[str] = set()
        for place in request.placed():
            kind, block = place.block["type"], place.block
            if kind == CALL:
                seen.add(block["id"])
            elif kind in RESULTS and block["tool_use_id"] not in seen and _is_server_id(block):
                return _orphan(place)
        return None

    @rule(
        "caller.source",
        "The caller of a call is a server tool's call in the conversation",
        evidence="recorded",
        source="aakshintala/fiber on claude-sonnet-5-5 (2026-09-29)",
        blocks=["caller"],
    )
    def caller_source(request: Request) -> Refusal | None:
        known = {block["id"] for _, block in calls(request)}
        for place in request.placed():
            caller: Block = place.block.get("caller", NO_CALLER)
            source = caller.get("tool_id")
            if source is not None and source not in known:
                name = place.block.get("id") or place.block.get("tool_use_id")
                return Refusal(f"source tool `{source}` not found for tool use block `{name}`")
        return None


def _is_server_id(block: Block) -> bool:
    return str(block["tool_use_id"]).startswith(ID_PREFIX)


def _orphan(place: Placed) -> Refusal:
    kind = place.block["type"]
    return Refusal(
        f"{place.path}: unexpected `tool_use_id` found in `{kind}` blocks: "
        f"{place.block['tool_use_id']}. Each `{kind}` block must have a corresponding "
        f"`{CALL}` block before it."
    )
