"""Server-side fallbacks through the official SDK: who answered, streamed or not, and a second turn."""

from __future__ import annotations

from typing import Any

import anthropic
import pytest
from anthropic.types.beta import BetaFallbackBlock, BetaTextBlock

from mockserver.replies.stops import REFUSAL
from tests.clients.beta import answered

ASKED, TARGET = "claude-fable-5", "claude-opus-4-8"
ASKING: dict[str, Any] = {
    "model": ASKED,
    "betas": ["server-side-fallback-2026-07-01"],
    "fallbacks": [{"model": TARGET}],
}


@pytest.mark.parametrize("stream", [False, True])
def test_the_fallback_answers_and_the_conversation_goes_on(
    sdk: anthropic.Anthropic, *, stream: bool
) -> None:
    history: list[dict[str, Any]] = [{"role": "user", "content": f"Hello {REFUSAL}"}]
    message = answered(sdk, stream=stream, messages=history, **ASKING)
    handed_over, said = message.content
    assert isinstance(handed_over, BetaFallbackBlock)
    assert (handed_over.from_.model, handed_over.to.model) == (ASKED, TARGET)
    assert isinstance(said, BetaTextBlock)
    assert (message.model, message.stop_reason) == (TARGET, "end_turn")
    declined, served = message.usage.iterations or []
    assert (declined.type, served.type) == ("message", "fallback_message")
    assert (declined.output_tokens, served.output_tokens) == (0, message.usage.output_tokens)

    content = [block.model_dump(by_alias=True) for block in message.content]
    history += [{"role": "assistant", "content": content}, {"role": "user", "content": "And?"}]
    assert answered(sdk, stream=stream, messages=history, **ASKING).model == TARGET
