"""Context editing through the official SDK: what was cleared, in messages, streams and counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import anthropic
import pytest
from anthropic.types.beta import (
    BetaClearThinking20251015EditResponse,
    BetaClearToolUses20250919EditResponse,
    BetaMessage,
)

from mockserver.testing import MockServer

MODEL, BETAS = "claude-opus-5-5", ["context-management-2025-06-27"]
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


@pytest.fixture
def client() -> Iterator[anthropic.Anthropic]:
    with (
        MockServer() as server,
        anthropic.Anthropic(base_url=server.url, api_key=server.api_key, max_retries=0) as sdk,
    ):
        yield sdk


def answered(client: anthropic.Anthropic, *, stream: bool = False, **asked: Any) -> BetaMessage:
    request: dict[str, Any] = {"model": MODEL, "max_tokens": 4096, "betas": BETAS, **asked}
    if not stream:
        return cast("BetaMessage", client.beta.messages.create(**request))
    with client.beta.messages.stream(**request) as events:
        return events.get_final_message()


def conversation(client: anthropic.Anthropic) -> list[dict[str, Any]]:
    """A turn with thinking, and then two rounds of a tool."""
    messages: list[dict[str, Any]] = [{"role": "user", "content": "Hello"}]
    first = answered(client, messages=messages, tools=[TOOL], thinking={"type": "adaptive"})
    messages.append({"role": "assistant", "content": first.to_dict()["content"]})
    messages.append({"role": "user", "content": "Is it cold?"})
    for number in range(2):
        call = {"type": "tool_use", "id": f"toolu_{number}", "name": "get_weather", "input": {}}
        result = {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": WORDS}
        messages.append({"role": "assistant", "content": [call]})
        messages.append({"role": "user", "content": [result]})
    return messages


@pytest.mark.parametrize("stream", [False, True])
def test_the_sdk_is_told_what_was_cleared(client: anthropic.Anthropic, *, stream: bool) -> None:
    asked: dict[str, Any] = {
        "messages": conversation(client),
        "tools": [TOOL],
        "thinking": {"type": "adaptive"},
    }
    edited = answered(client, stream=stream, context_management=CLEARING, **asked)
    assert edited.context_management is not None
    thinking, tool_uses = edited.context_management.applied_edits
    assert isinstance(thinking, BetaClearThinking20251015EditResponse)
    assert thinking.cleared_thinking_turns == 1
    assert isinstance(tool_uses, BetaClearToolUses20250919EditResponse)
    assert tool_uses.cleared_tool_uses == 1
    cleared = thinking.cleared_input_tokens + tool_uses.cleared_input_tokens
    assert cleared > 1_000
    whole = answered(client, stream=stream, **asked)
    assert edited.usage.input_tokens + cleared == whole.usage.input_tokens
    count = client.beta.messages.count_tokens(
        model=MODEL, betas=BETAS, context_management=cast("Any", CLEARING), **asked
    )
    assert count.input_tokens == edited.usage.input_tokens
    assert count.context_management is not None
    assert count.context_management.original_input_tokens == whole.usage.input_tokens
