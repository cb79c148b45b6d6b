"""Server-side fallbacks through the official SDK: who answered, streamed or not, and a second turn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import anthropic
import pytest
from anthropic.types.beta import BetaFallbackBlock, BetaMessage, BetaTextBlock

from mockserver.replies.stops import REFUSAL
from mockserver.testing import MockServer

ASKED, TARGET = "claude-fable-5", "claude-opus-4-8"
BETAS = ["server-side-fallback-2026-07-01"]


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


@pytest.fixture
def client(server: MockServer) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=server.url, api_key=server.fresh_key(), max_retries=0) as sdk:
        yield sdk


def answered(client: anthropic.Anthropic, *, stream: bool, **asked: Any) -> BetaMessage:
    request: dict[str, Any] = {"model": ASKED, "max_tokens": 1024, "betas": BETAS, **asked}
    if not stream:
        return cast("BetaMessage", client.beta.messages.create(**request))
    with client.beta.messages.stream(**request) as events:
        return events.get_final_message()


@pytest.mark.parametrize("stream", [False, True])
def test_the_fallback_answers_and_the_conversation_goes_on(
    client: anthropic.Anthropic, *, stream: bool
) -> None:
    history: list[dict[str, Any]] = [{"role": "user", "content": f"Hello {REFUSAL}"}]
    named = [{"model": TARGET}]
    message = answered(client, stream=stream, messages=history, fallbacks=named)
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
    assert answered(client, stream=stream, messages=history, fallbacks=named).model == TARGET
