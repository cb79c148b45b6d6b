"""Compaction through the official SDK: asked for, streamed or not, sent back, and refused when it was edited."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import anthropic
import pytest
from anthropic.types.beta import BetaCompactionBlock, BetaMessage, BetaMessageParam

from mockserver.testing import MockServer

MODEL = "claude-opus-5-5"
DEMAND = {"betas": ["compact-2026-09-04"], "compaction": {"type": "summarize"}}
HISTORY: list[dict[str, Any]] = [
    {"role": "user", "content": "They walked along the river and talked. " * 6_000},
    {"role": "assistant", "content": "Ok."},
    {"role": "user", "content": "And now?"},
]


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


@pytest.fixture
def client(server: MockServer) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=server.url, api_key=server.fresh_key(), max_retries=0) as sdk:
        yield sdk


def answered(client: anthropic.Anthropic, *, stream: bool, **asked: Any) -> BetaMessage:
    request: dict[str, Any] = {"model": MODEL, "max_tokens": 4096, **asked}
    if not stream:
        return cast("BetaMessage", client.beta.messages.create(**request))
    with client.beta.messages.stream(**request) as events:
        return events.get_final_message()


def by_threshold(**more: Any) -> dict[str, Any]:
    edit = {"type": "compact_20260112", "trigger": {"type": "input_tokens", "value": 50_000}}
    return {
        "betas": ["compact-2026-01-12"],
        "context_management": {"edits": [{**edit, **more}]},
    }


@pytest.mark.parametrize("stream", [False, True])
def test_a_summary_on_demand_stands_for_the_messages(
    client: anthropic.Anthropic, *, stream: bool
) -> None:
    made = answered(client, stream=stream, messages=HISTORY, **DEMAND)
    (block,) = made.content
    assert isinstance(block, BetaCompactionBlock)
    assert block.content
    assert block.signature
    assert made.stop_reason == "compaction"
    assert made.usage.iterations
    kept = cast("BetaMessageParam", {"role": "assistant", "content": made.content})
    after: dict[str, Any] = {
        "messages": [kept, {"role": "user", "content": "Go on"}],
        "betas": DEMAND["betas"],
    }
    assert answered(client, stream=stream, **after).stop_reason == "end_turn"
    block.content += " Changed."
    with pytest.raises(anthropic.BadRequestError, match="does not match its `signature`"):
        answered(client, stream=stream, **after)


@pytest.mark.parametrize("stream", [False, True])
def test_a_threshold_compacts_before_the_answer(
    client: anthropic.Anthropic, *, stream: bool
) -> None:
    made = answered(client, stream=stream, messages=HISTORY, **by_threshold())
    assert [block.type for block in made.content] == ["compaction", "text"]
    assert made.context_management is not None
    assert made.context_management.applied_edits == []
    turns = [*HISTORY, {"role": "assistant", "content": made.content}, HISTORY[-1]]
    again = answered(client, stream=stream, messages=turns, **by_threshold())
    assert [block.type for block in again.content] == ["text"]
    assert again.usage.input_tokens < 1_000


@pytest.mark.parametrize("stream", [False, True])
def test_a_pause_hands_the_summary_back(client: anthropic.Anthropic, *, stream: bool) -> None:
    pause = by_threshold(pause_after_compaction=True)
    made = answered(client, stream=stream, messages=HISTORY, **pause)
    assert [block.type for block in made.content] == ["compaction"]
    assert made.stop_reason == "compaction"
    assert (made.usage.input_tokens, made.usage.output_tokens) == (0, 0)
