"""Calls of tools that a client runs: which, how many at once, and with what input.

- `any` and `tool` always call. `auto` calls what the user's last text asks for (see `asking`), and says so first.
- All that is asked for is called at once. With `disable_parallel_tool_use`, and when the text says `then`, one is
  called after the other, each when the result of the one before has come.
- `weather in Paris, London and Rome` calls a tool with one string to fill in three times.
- A tool is not called again for the same text: after its result the answer is a text.
- A tool by which a client takes the final answer (FINAL_TOOLS) is called in place of that text.
- Anthropic's own tools are called for each action that the text asks of them (see `actions`), in its order.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from mockserver.replies.actions.inputs import given
from mockserver.replies.actions.offered import actions, default, family
from mockserver.replies.actions.words import asked
from mockserver.replies.asking import Task, called_as
from mockserver.replies.callables import callable_tools, is_beside, is_final, name_of
from mockserver.replies.drafting import Draft
from mockserver.replies.hints import Hints, kind_of
from mockserver.replies.samples import sample
from mockserver.replies.settling import listed, members
from mockserver.request import Block, Request
from mockserver.rules.strict import is_schema
from mockserver.rules.tool_types import is_toolset

MOST_CALLS = 8
_JOINT = re.compile(r"\s*(?:,|,?\s+and\b|&)\s*")


class Call(NamedTuple):
    """A call to be made, and what makes its input. `toolset` is that of a member."""

    name: str
    given: Callable[[], Any]
    toolset: str | None = None

    def made(self) -> Block:
        """The input, made now."""
        value = self.given()
        return dict(value) if is_schema(value) else {}


def planned(request: Request, task: Task, sought: list[Block], *, is_served: bool) -> list[Call]:
    """The calls of this answer; none for an answer in text.

    `sought` are tools that it has searched for itself; `is_served` says that it calls a tool that the server runs.
    """
    if request.tool_choice == "auto" and not sought and is_beside(request, task):
        return []
    choice: Block = request.body.get("tool_choice") or {}
    tools = callable_tools(request, sought)
    if request.tool_choice == "none" or not tools:
        return []
    if request.tool_choice == "tool":
        return [_forced(tool, task) for tool in tools if name_of(tool) == choice["name"]]
    calls = asked_calls([tool for tool in tools if not is_final(tool)], task)
    if not calls:
        final = [tool for tool in tools if is_final(tool) and not task.called[tool["name"]]]
        calls = [_own_call(tool, task.hints) for tool in final[:1]]
    if not calls and request.tool_choice == "any" and not is_served:
        calls = [_forced(tools[0], task)]
    return at_once(calls, task)


def at_once(calls: list[Call], task: Task) -> list[Call]:
    """As many as are made by one answer."""
    choice: Block = task.request.body.get("tool_choice") or {}
    one_by_one = choice.get("disable_parallel_tool_use") or task.hints.mentions("then")
    return calls[: 1 if one_by_one else MOST_CALLS]


def asked_calls(tools: list[Block], task: Task) -> list[Call]:
    """The calls of these tools that the text asks for and that were not made for it yet."""
    return _left(_asked(tools, task), task)


def some(request: Request, task: Task) -> Call | None:
    """A call of the first tool that can be called."""
    tools = callable_tools(request, [])
    return _forced(tools[0], task) if tools else None


def named(request: Request, task: Task, name: str) -> Call | None:
    """The call of the tool, or of the toolset's member, with a name; None where no client runs one with it."""
    for tool in request.tools:
        if tool.get("name") == name and ("input_schema" in tool or actions(tool)):
            return _forced(tool, task)
    members = (tool for tool in request.tools if is_toolset(tool) and name in actions(tool))
    return next((_act(tool, name, task.hints.text) for tool in members), None)


def _asked(tools: list[Block], task: Task) -> list[Call]:
    """What the text asks for, in its order."""
    if not task.text or task.declines_tools:
        return []
    placed = [place for tool in tools if "input_schema" not in tool for place in _acts(tool, task)]
    own = [tool for tool in tools if "input_schema" in tool]
    for tool in task.asked_for(own, only_named=bool(placed)):
        position = task.position(str(tool["name"]))
        placed += [(position, call) for call in _calls(tool, task.hints)]
    return [call for _, call in sorted(placed, key=itemgetter(0))]


def _acts(tool: Block, task: Task) -> list[tuple[int, Call]]:
    """The calls of a tool of Anthropic's that the text asks for, each with its place."""
    text, name = task.hints.text, name_of(tool)
    placed = [(each.start, _act(tool, each.name, each.words)) for each in asked(text, tool)]
    if not placed and task.is_named(name):
        return [(task.position(name), _act(tool, default(tool), text))]
    return placed


def _forced(tool: Block, task: Task) -> Call:
    """The call of a tool that must be called, whatever the text says."""
    if "input_schema" in tool:
        return _own_call(tool, task.hints)
    left = _left([call for _, call in _acts(tool, task)], task)
    return left[0] if left else _act(tool, default(tool), task.hints.text)


def _left(calls: list[Call], task: Task) -> list[Call]:
    """The calls without those that were made for this text already."""
    made = task.called.copy()
    left: list[Call] = []
    for call in calls:
        key = called_as(call.name, call.toolset)
        if made[key] > 0:
            made[key] -= 1
        else:
            left.append(call)
    return left


def _calls(tool: Block, hints: Hints) -> list[Call]:
    things = _listed_names(hints) if _takes_one_name(tool["input_schema"]) else []
    if len(things) < 2:  # noqa: PLR2004 # a list has two at least
        return [_own_call(tool, hints)]
    return [_own_call(tool, hints.about(thing)) for thing in things]


def _own_call(tool: Block, hints: Hints) -> Call:
    def value() -> Any:
        return sample(tool["input_schema"], hints, is_complete=is_final(tool))

    return Call(str(tool["name"]), value)


def _act(tool: Block, action: str, words: str) -> Call:
    value = partial(given, tool, action, words)
    if is_toolset(tool):
        return Call(action, value, family(tool))
    return Call(str(tool["name"]), value)


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
        more: Block = {} if call.toolset is None else {"toolset_name": call.toolset}
        draft.call(
            "tool_use", "toolu", call.name, call.made(), {**more, "caller": {"type": "direct"}}
        )
        if draft.is_over:
            return
    draft.end("tool_use")
