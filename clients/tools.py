"""Running the tools a model asks for, so that every call gets a result, if only an error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from anthropic.types import Message, MessageParam, ToolResultBlockParam, ToolUseBlock

Tool = Callable[[Mapping[str, Any]], str]
Toolbox = Mapping[str, Tool]


class ToolError(Exception):
    """Raised by a tool to tell the model that a call failed, and why."""


def results(message: Message, toolbox: Toolbox) -> MessageParam:
    """Run the calls of an answer; return the user turn with one result for each of them.

    All results belong in the one turn that follows the answer; the API refuses to go on otherwise.
    """
    calls = [block for block in message.content if block.type == "tool_use"]
    return {"role": "user", "content": [_result(call, toolbox) for call in calls]}


def _result(call: ToolUseBlock, toolbox: Toolbox) -> ToolResultBlockParam:
    try:
        content, failed = _run(call, toolbox), False
    # What a tool raises on input the model got wrong. Anything else is a bug in the tool.
    except (ToolError, LookupError, TypeError, ValueError) as error:
        content, failed = f"{type(error).__name__}: {error}", True
    return {
        "type": "tool_result",
        "tool_use_id": call.id,
        "content": content,
        "is_error": failed,
    }


def _run(call: ToolUseBlock, toolbox: Toolbox) -> str:
    if call.name not in toolbox:
        raise ToolError(f"there is no tool {call.name!r}")
    return toolbox[call.name](call.input)
