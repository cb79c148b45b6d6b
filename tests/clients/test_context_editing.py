"""Context editing through the official SDK: what was cleared, in messages, streams and counts."""

from __future__ import annotations

from typing import Any, cast

import anthropic
import pytest
from anthropic.types.beta import (
    BetaClearThinking20251015EditResponse,
    BetaClearToolUses20250919EditResponse,
)

from tests.clients.beta import answered

ASKING: dict[str, Any] = {
    "model": "claude-opus-5-5",
    "betas": ["context-management-2025-06-27"],
}
WORDS = "It rains in Oslo today. " * 200
CLEARING = {
    "edits": [
        {"type": "clear_thinking_20251015", "keep": {"type": "thinking_turns", "value": 1}},
        {
            "type": "clear_tool_uses_20250919",
            "trigger": {"type": "input_tokens", "value": 500},
            "keep": {"type": "tool_uses", "value": 1},
        },
    ]
}
TOOL = {"name": "get_weather", "input_schema": {"type": "object", "properties": {}}}


def conversation(sdk: anthropic.Anthropic) -> list[dict[str, Any]]:
    """A turn with thinking, and then two rounds of a tool."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": "Hello"}]
    first = answered(sdk, **ASKING, messages=messages, tools=[TOOL], thinking={"type": "adaptive"})
    messages.append({"role": "assistant", "content": first.to_dict()["content"]})
    messages.append({"role": "user", "content": "Is it cold?"})
    for number in range(2):
        call = {"type": "tool_use", "id": f"toolu_{number}", "name": "get_weather", "input": {}}
        result = {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": WORDS}
        messages.append({"role": "assistant", "content": [call]})
        messages.append({"role": "user", "content": [result]})
    return messages


@pytest.mark.parametrize("stream", [False, True])
def test_the_sdk_is_told_what_was_cleared(sdk: anthropic.Anthropic, *, stream: bool) -> None:
    asked: dict[str, Any] = {
        "messages": conversation(sdk),
        "tools": [TOOL],
        "thinking": {"type": "adaptive"},
    }
    edited = answered(sdk, **ASKING, stream=stream, context_management=CLEARING, **asked)
    assert edited.context_management is not None
    thinking, tool_uses = edited.context_management.applied_edits
    assert isinstance(thinking, BetaClearThinking20251015EditResponse)
    assert thinking.cleared_thinking_turns == 1
    assert isinstance(tool_uses, BetaClearToolUses20250919EditResponse)
    assert tool_uses.cleared_tool_uses == 1
    cleared = thinking.cleared_input_tokens + tool_uses.cleared_input_tokens
    assert cleared > 1_000
    whole = answered(sdk, **ASKING, stream=stream, **asked)
    assert edited.usage.input_tokens + cleared == whole.usage.input_tokens
    count = sdk.beta.messages.count_tokens(
        **ASKING, context_management=cast("Any", CLEARING), **asked
    )
    assert count.input_tokens == edited.usage.input_tokens
    assert count.context_management is not None
    assert count.context_management.original_input_tokens == whole.usage.input_tokens
