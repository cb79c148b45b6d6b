"""The tools of a request that the model may call and a client runs, and whether a text may ask for one at all."""

from __future__ import annotations

from typing import NamedTuple

from mockserver.replies.actions.offered import actions, deferred, family
from mockserver.replies.asking import Task, needed_words
from mockserver.request import Block, Request

# Claude Code 2.1 with --json-schema; pydantic-ai with an output type. Both wait for a call that nothing forces.
FINAL_TOOLS = ("StructuredOutput", "final_result")


class Offer(NamedTuple):
    """All words by which a request's tools can be asked for; `is_open` where one may be called without."""

    words: frozenset[str]
    is_open: bool


def is_final(tool: Block) -> bool:
    """Whether a client takes its final answer by this tool."""
    return str(tool.get("name")).startswith(FINAL_TOOLS)


def callable_tools(request: Request, sought: list[Block]) -> list[Block]:
    """The offered tools that the model may call itself and that clients run."""
    found = {str(tool["name"]) for tool in sought}
    if any(map(deferred, request.tools)):
        found |= _found(request)
    return [
        tool
        for tool in request.tools
        if ("input_schema" in tool or actions(tool))
        and (not deferred(tool) or name_of(tool) in found)
        and "direct" in (tool.get("allowed_callers") or ("direct",))
    ]


def name_of(tool: Block) -> str:
    """The name by which a tool is chosen; a toolset goes by that of its family."""
    return str(tool.get("name") or family(tool))


def _found(request: Request) -> set[str]:
    """The deferred tools that a search has found."""
    found = set[str]()
    for _, block in request.placed():
        if block["type"] == "tool_reference":
            found.add(block["tool_name"])
        elif block["type"] == "tool_search_tool_result":
            references = block["content"].get("tool_references", ())
            found.update(str(reference["tool_name"]) for reference in references)
    return found


def is_beside(request: Request, task: Task) -> bool:
    """Whether the text has no word by which any tool could be asked for: most turns of an agent have none."""
    offer = request.offered.fact(_offer)
    return not offer.is_open and offer.words.isdisjoint(task.words)


def _offer(tools: list[Block]) -> Offer:
    named = [tool for tool in tools if "name" in tool]
    words = list(map(needed_words, named))
    is_open = not all(words) or any(map(is_final, named)) or any(map(actions, tools))
    return Offer(frozenset[str]().union(*words), is_open)
