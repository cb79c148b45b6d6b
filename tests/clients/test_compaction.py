"""Compaction through the official SDK: asked for, streamed or not, sent back, and refused when it was edited."""

from __future__ import annotations

from typing import Any, cast

import anthropic
import pytest
from anthropic.types.beta import BetaCompactionBlock, BetaMessageParam

from tests.clients.beta import answered

MODEL = "claude-opus-5-5"
DEMAND = {"betas": ["compact-2026-09-04"], "compaction": {"type": "summarize"}}
HISTORY: list[dict[str, Any]] = [
    {"role": "user", "content": "They walked along the river and talked. " * 6_000},
    {"role": "assistant", "content": "Ok."},
    {"role": "user", "content": "And now?"},
]


def by_threshold(**more: Any) -> dict[str, Any]:
    edit = {"type": "compact_20260112", "trigger": {"type": "input_tokens", "value": 50_000}}
    return {
        "betas": ["compact-2026-01-12"],
        "context_management": {"edits": [{**edit, **more}]},
    }


@pytest.mark.parametrize("stream", [False, True])
def test_a_summary_on_demand_stands_for_the_messages(
    sdk: anthropic.Anthropic, *, stream: bool
) -> None:
    made = answered(sdk, model=MODEL, stream=stream, messages=HISTORY, **DEMAND)
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
    assert answered(sdk, model=MODEL, stream=stream, **after).stop_reason == "end_turn"
    block.content += " Changed."
    with pytest.raises(anthropic.BadRequestError, match="does not match its `signature`"):
        answered(sdk, model=MODEL, stream=stream, **after)


@pytest.mark.parametrize("stream", [False, True])
def test_a_threshold_compacts_before_the_answer(sdk: anthropic.Anthropic, *, stream: bool) -> None:
    made = answered(sdk, model=MODEL, stream=stream, messages=HISTORY, **by_threshold())
    assert [block.type for block in made.content] == ["compaction", "text"]
    assert made.context_management is not None
    assert made.context_management.applied_edits == []
    turns = [*HISTORY, {"role": "assistant", "content": made.content}, HISTORY[-1]]
    again = answered(sdk, model=MODEL, stream=stream, messages=turns, **by_threshold())
    assert [block.type for block in again.content] == ["text"]
    assert again.usage.input_tokens < 1_000


@pytest.mark.parametrize("stream", [False, True])
def test_a_pause_hands_the_summary_back(sdk: anthropic.Anthropic, *, stream: bool) -> None:
    pause = by_threshold(pause_after_compaction=True)
    made = answered(sdk, model=MODEL, stream=stream, messages=HISTORY, **pause)
    assert [block.type for block in made.content] == ["compaction"]
    assert made.stop_reason == "compaction"
    assert (made.usage.input_tokens, made.usage.output_tokens) == (0, 0)
