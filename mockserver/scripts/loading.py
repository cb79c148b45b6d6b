"""What can be known of a reply before any request: whether the live API could ever have sent it."""

from __future__ import annotations

from typing import Any

from mockserver import contract
from mockserver.faults import PLAIN
from mockserver.scripts.model import Json, Reply, ScriptError

VERSION = "2026-10-21"
FORCE = "or add `force: true` to send it all the same"
Place = tuple[str | int, ...]
# Left out of a scripted block they are filled in; here they only stand for it.
STAND_INS: dict[str, Json] = {
    "text": {},
    "thinking": {"signature": ""},
    "tool_use": {"id": "", "input": {}},
    "server_tool_use": {"id": "", "input": {}},
    "mcp_tool_use": {"id": "", "input": {}},
}
BLANK: Json = {
    "id": "",
    "type": "message",
    "role": "assistant",
    "model": "",
    "content": [],
    "stop_reason": None,
    "usage": {"input_tokens": 0, "output_tokens": 0},
}


def check(reply: Reply, place: Place) -> None:
    """Raise ScriptError for a reply that contradicts itself or that no request could have got."""
    _check_members(reply, place)
    if reply.force or reply.error is not None:
        return
    blocks = [{**STAND_INS.get(block["type"], {}), **block} for block in reply.blocks or ()]
    message: dict[str, Any] = {
        **BLANK,
        "content": blocks,
        "stop_reason": reply.stop_reason,
        "stop_details": reply.stop_details,
        "usage": {**BLANK["usage"], **reply.usage},
    }
    fault = contract.answer_validator("message", VERSION, is_beta=True).fault(message)
    if fault is not None:
        steps = [int(step) if step.isdigit() else step for step in fault.path.split(".")]
        if steps[0] == "content":
            steps[0] = "blocks"
        raise ScriptError((*place, *steps), f"{fault.text}; correct it, {FORCE}")
    _check_ending(reply, place)


def _check_members(reply: Reply, place: Place) -> None:
    content = reply.text is not None or reply.thinking is not None or bool(reply.calls)
    if reply.blocks is not None and content:
        raise ScriptError(
            place, "'blocks' is the whole content: leave out text, thinking and calls"
        )
    more = content or reply.blocks is not None or reply.stop_reason or reply.stop_sequence
    disturbed = reply.fault is not None or reply.wire != PLAIN
    if reply.error is not None and (more or reply.usage or disturbed):
        raise ScriptError(place, "an 'error' is answered without a message: leave the rest out")


def _check_ending(reply: Reply, place: Place) -> None:
    reason = reply.stop_reason
    if reply.stop_sequence is not None and reason not in (None, "stop_sequence"):
        raise ScriptError(
            place, f"stop_sequence goes with stop_reason stop_sequence; drop one, {FORCE}"
        )
    if reply.stop_details is not None and reason != "refusal":
        raise ScriptError(place, f"stop_details goes with stop_reason refusal; set it, {FORCE}")
    has_content = reply.text is not None or reply.blocks is not None
    if reason == "tool_use" and has_content and not reply.calls_tools:
        raise ScriptError(place, f"stop_reason tool_use goes with a tool call; add one, {FORCE}")
    if reply.calls_tools and reason in ("end_turn", "stop_sequence"):
        raise ScriptError(place, f"a tool call ends with stop_reason tool_use; drop it, {FORCE}")
