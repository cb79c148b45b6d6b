"""Calls of tools that a client runs: which, how many at once, and with what input.

- `any` and `tool` always call. `auto` calls what the user's last text asks for (see `asking`), and says so first.
- All that is asked for is called at once. With `disable_parallel_tool_use`, and when the text says `then`, one is
  called after the other, each when the result of the one before has come.
- `weather in Paris, London and Rome` calls a tool with one string to fill in three times.
- A tool is not called again for the same text: after its result the answer is a text.
- A tool by which a client takes the final answer (FINAL_TOOLS) is called in place of that text.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from mockserver.replies.asking import Task, needed_words
from mockserver.replies.drafting import Draft
from mockserver.replies.hints import Hints, kind_of
from mockserver.replies.samples import sample
from mockserver.replies.settling import listed, members
from mockserver.request import Block, Request
from mockserver.rules.strict import is_schema

# Claude Code 2.1 with --json-schema; pydantic-ai with an output type. Both wait for a call that nothing forces.
FINAL_TOOLS = ("StructuredOutput", "final_result")
MOST_CALLS = 8
# Tools of Anthropic that a client runs, by the beginning of their type, and an input that harms nobody.
_PATH = {"type": "string"}
_RUN_BY_CLIENTS: dict[str, Block] = {
    "bash_": {"properties": {"command": {"type": "string"}}, "required": ["command"]},
    "text_editor_": {
        "properties": {"command": {"const": "view"}, "path": _PATH},
        "required": ["command", "path"],
    },
    "memory_": {
        "properties": {"command": {"const": "view"}, "path": {"const": "/memories"}},
        "required": ["command", "path"],
    },
    "computer_2": {"properties": {"action": {"const": "screenshot"}}, "required": ["action"]},
}
_JOINT = re.compile(r"\s*(?:,|,?\s+and\b|&)\s*")


class Call(NamedTuple):
    """A tool and what its input is made of."""

    tool: Block
    hints: Hints


class Offer(NamedTuple):
    """All words by which a request's tools can be asked for; `is_open` where one may be called without."""

    words: frozenset[str]
    is_open: bool


def schema_of(tool: Block) -> Any:
    """The schema of a tool's input; None for a tool that no client runs."""
    if "input_schema" in tool:
        return tool["input_schema"]
    kind = str(tool.get("type"))
    found = (schema for name, schema in _RUN_BY_CLIENTS.items() if kind.startswith(name))
    return next(({"type": "object", **schema} for schema in found), None)


def is_final(tool: Block) -> bool:
    """Whether a client takes its final answer by this tool."""
    return str(tool["name"]).startswith(FINAL_TOOLS)


def callable_tools(request: Request, sought: list[Block]) -> list[Block]:
    """The offered tools with a name that the model may call itself and that clients run."""
    found = {str(tool["name"]) for tool in sought}
    if any(tool.get("defer_loading") for tool in request.tools):
        found |= _found_tools(request)
    return [
        tool
        for tool in request.tools
        if "name" in tool
        and schema_of(tool) is not None
        and (not tool.get("defer_loading") or tool["name"] in found)
        and "direct" in (tool.get("allowed_callers") or ("direct",))
    ]


def _found_tools(request: Request) -> set[str]:
    """The deferred tools that a search has found."""
    found = set[str]()
    for _, block in request.placed():
        if block["type"] == "tool_reference":
            found.add(block["tool_name"])
        elif block["type"] == "tool_search_tool_result":
            references = block["content"].get("tool_references", ())
            found.update(str(reference["tool_name"]) for reference in references)
    return found


def _is_beside(request: Request, task: Task) -> bool:
    """Whether the text has no word by which any tool could be asked for: most turns of an agent have none."""
    offer = request.offered.fact(_offer)
    return not offer.is_open and offer.words.isdisjoint(task.words)


def _offer(tools: list[Block]) -> Offer:
    named = [tool for tool in tools if "name" in tool]
    words = list(map(needed_words, named))
    return Offer(frozenset[str]().union(*words), not all(words) or any(map(is_final, named)))


def planned(request: Request, task: Task, sought: list[Block]) -> list[Call]:
    """The calls of this answer; none for an answer in text. `sought` are tools that it has searched for itself."""
    if request.tool_choice == "auto" and not sought and _is_beside(request, task):
        return []
    choice: Block = request.body.get("tool_choice") or {}
    tools = callable_tools(request, sought)
    if request.tool_choice == "none" or not tools:
        return []
    if request.tool_choice == "tool":
        tools = [tool for tool in tools if tool["name"] == choice["name"]]
        return [Call(tool, task.hints) for tool in tools]
    calls = _open_calls([tool for tool in tools if not is_final(tool)], task)
    if not calls:
        final = [tool for tool in tools if is_final(tool) and not task.called[tool["name"]]]
        calls = [Call(tool, task.hints) for tool in final[:1]]
    if not calls and request.tool_choice == "any":
        calls = [Call(tools[0], task.hints)]
    one_by_one = choice.get("disable_parallel_tool_use") or task.hints.mentions("then")
    return calls[: 1 if one_by_one else MOST_CALLS]


def _open_calls(tools: list[Block], task: Task) -> list[Call]:
    """What the text asks for, less what was called for it already."""
    calls = [call for tool in task.asked_for(tools) for call in _calls(tool, task.hints)]
    made = task.called.copy()
    left: list[Call] = []
    for call in calls:
        if made[call.tool["name"]] > 0:
            made[call.tool["name"]] -= 1
        else:
            left.append(call)
    return left


def _calls(tool: Block, hints: Hints) -> list[Call]:
    things = _listed_names(hints) if _takes_one_name(schema_of(tool)) else []
    if len(things) < 2:  # noqa: PLR2004 # a list has two at least
        return [Call(tool, hints)]
    return [Call(tool, hints.about(thing)) for thing in things]


def _takes_one_name(schema: Any) -> bool:
    properties = members(schema, "properties")
    required = [str(name) for name in listed(schema, "required")]
    if len(required) != 1 or kind_of(required[0]) is not None:
        return False
    wanted = members(properties, required[0])
    return wanted.get("type") == "string" and "enum" not in wanted


def _listed_names(hints: Hints) -> list[str]:
    """The first run of names that only commas and `and` stand between."""
    run: list[str] = []
    for name in sorted(hints.names, key=hints.text.find):
        if run:
            end = hints.text.find(run[-1]) + len(run[-1])
            if not _JOINT.fullmatch(hints.text[end : hints.text.find(name)]):
                if len(run) > 1:
                    break
                run = []
        run.append(name)
    return run[:MOST_CALLS]


def make(draft: Draft, calls: list[Call]) -> None:
    """Add the calls; recorded: `caller` ends each since 2026-03."""
    for call in calls:
        name = str(call.tool["name"])
        given = sample(schema_of(call.tool), call.hints, is_complete=is_final(call.tool))
        given = dict(given) if is_schema(given) else {}
        draft.call("tool_use", "toolu", name, given, {"caller": {"type": "direct"}})
        if draft.is_over:
            return
    draft.end("tool_use")
