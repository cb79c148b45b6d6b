"""Whether the live API could have sent a scripted reply to this request; if not, the answer is a 400 that says why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from mockserver.errors import invalid
from mockserver.replies.actions.offered import actions, family
from mockserver.replies.answer import Answer
from mockserver.replies.checking import validator
from mockserver.request import Request
from mockserver.rules.tool_types import is_toolset
from mockserver.scripts.model import Reply

FORCE = "Correct the script, or add `force: true` to send it all the same."
# An answer that ends like this is cut off: nothing in it need be complete.
CUT = ("max_tokens", "refusal", "model_context_window_exceeded")

# Calls of what the server runs.
SERVED = ("server_tool_use", "mcp_tool_use")


def check(request: Request, reply: Reply, answer: Answer) -> None:
    """Raise the 400 for the first thing in an answer that the live API could not have sent."""
    fault = next(_faults(request, reply, answer), None)
    if fault is not None:
        raise invalid(f"The scripted reply can't be sent: {fault}. {FORCE}")


def _faults(request: Request, reply: Reply, answer: Answer) -> Iterator[str]:
    calls = [block for block in answer.blocks if block["type"] == "tool_use"]
    yield from _tools(request, calls)
    # A toolset is chosen by its family's name.
    yield from _choice(
        request, answer, [call.get("toolset_name") or call["name"] for call in calls]
    )
    yield from _ending(request, reply, answer)
    yield from _thinking(request, answer)
    yield from _format(request, answer)


def _tools(request: Request, calls: list[dict[str, Any]]) -> Iterator[str]:
    offered = {tool["name"]: tool for tool in request.tools if "name" in tool}
    for call in calls:
        if "toolset_name" in call:
            yield from _member(request, call)
            continue
        tool = offered.get(call["name"])
        if tool is None:
            yield f"the tool {call['name']!r} is not offered; offered: {', '.join(offered) or 'none'}"
        elif "input_schema" in tool:
            yield from _invalid(call["input"], tool["input_schema"], f"the input of {call['name']}")


def _member(request: Request, call: dict[str, Any]) -> Iterator[str]:
    name = call["toolset_name"]
    toolsets = {family(tool): tool for tool in request.tools if is_toolset(tool)}
    if name not in toolsets:
        yield f"the toolset {name!r} is not offered; offered: {', '.join(toolsets) or 'none'}"
    elif call["name"] not in actions(toolsets[name]):
        on = ", ".join(actions(toolsets[name])) or "none"
        yield f"the toolset {name!r} offers no {call['name']!r}; offered: {on}"


def _invalid(value: Any, schema: Any, name: str) -> Iterator[str]:
    judge = validator(schema)
    for error in () if judge is None else judge.iter_errors(value):
        at = ".".join(map(str, error.instance_path))
        yield f"{name} is not valid under the schema{f' at {at}' if at else ''}: {error.message}"


def _choice(request: Request, answer: Answer, called: list[str]) -> Iterator[str]:
    choice = request.body.get("tool_choice") or {"type": request.tool_choice}
    kind = choice["type"]
    if kind == "none" and called and request.tools:
        yield "tool_choice none allows no tool call"
    if kind in ("any", "tool") and answer.stop_reason not in CUT:
        if not called and not any(block["type"] in SERVED for block in answer.blocks):
            yield f"tool_choice {kind} asks for a tool call"
        elif answer.blocks[0]["type"] == "text":
            yield f"with tool_choice {kind} no text comes before the tool call"
    if kind == "tool" and any(name != choice["name"] for name in called):
        yield f"tool_choice asks for a call of {choice['name']!r} only"
    if choice.get("disable_parallel_tool_use") and len(called) > 1:
        yield "disable_parallel_tool_use allows one tool call"


def _ending(request: Request, reply: Reply, answer: Answer) -> Iterator[str]:
    budget = int(request.body["max_tokens"])
    tokens = max(answer.output_tokens, int(reply.usage.get("output_tokens") or 0))
    if tokens > budget:
        yield f"it has {tokens} output tokens, more than max_tokens {budget}"
    if answer.stop_reason == "tool_use" and not any(
        block["type"] == "tool_use" for block in answer.blocks
    ):
        yield "stop_reason tool_use needs a tool call"
    if answer.stop_reason == "stop_sequence":
        stops: list[str] = request.body.get("stop_sequences") or []
        if answer.stop_sequence not in stops:
            yield f"the stop sequence {answer.stop_sequence!r} is not among {stops}"


def _thinking(request: Request, answer: Answer) -> Iterator[str]:
    has_thought = any(b["type"] in ("thinking", "redacted_thinking") for b in answer.blocks)
    if has_thought and request.thinking == "disabled":
        yield "thinking is off in this request"


def _format(request: Request, answer: Answer) -> Iterator[str]:
    schema = request.output_format
    texts = [block["text"] for block in answer.blocks if block["type"] == "text"]
    if schema is None or answer.stop_reason in (*CUT, "stop_sequence") or not texts:
        return
    try:
        value = orjson.loads("".join(texts))
    except orjson.JSONDecodeError as error:
        yield f"the output format asks for JSON, and the text is none ({error})"
    else:
        yield from _invalid(value, schema["schema"], "the text")
