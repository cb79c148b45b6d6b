"""The SDK's own middleware for refusals: what it sends to the next model, and that its credit is redeemed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from anthropic import BetaRefusalFallbackMiddleware
from anthropic.types.beta import BetaFallbackBlock, BetaTextBlock

from mockserver.replies.stops import REFUSAL
from mockserver.testing import Access, MockServer
from tests.clients.beta import answered

ASKED, TARGET = "claude-fable-5", "claude-opus-4-8"
HELLO = [{"role": "user", "content": "Hello"}]


@pytest.fixture
def access(mock: MockServer) -> Access:
    return mock.access()


@pytest.fixture
def client(access: Access) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(
        base_url=access.url,
        api_key=access.api_key,
        max_retries=0,
        middleware=[BetaRefusalFallbackMiddleware([{"model": TARGET}])],
    ) as sdk:
        yield sdk


def credited(access: Access) -> tuple[Any, Any]:
    """The body of the last request, and what its answer says of the credit."""
    last = access.requests[-1]
    assert last.status == 200
    return last.body, last.answer["usage"]["fallback_credit"]["status"]


@pytest.mark.parametrize("stream", [False, True])
def test_a_refusal_is_answered_by_the_next_model(
    client: anthropic.Anthropic, access: Access, *, stream: bool
) -> None:
    messages = [{"role": "user", "content": f"Hello {REFUSAL}"}]
    message = answered(client, stream=stream, model=ASKED, messages=messages)
    handed_over, said = message.content
    assert isinstance(handed_over, BetaFallbackBlock)
    assert (handed_over.from_.model, handed_over.to.model) == (ASKED, TARGET)
    assert isinstance(said, BetaTextBlock)
    assert message.stop_reason == "end_turn"
    body, status = credited(access)
    assert body["fallback_credit_token"]["mode"] == "best_effort"
    assert (body["messages"], status) == (messages, {"type": "redeemed"})


@pytest.mark.parametrize(("end", "last"), [("", "assistant"), (" \n", "user")])
def test_a_stream_goes_on_where_it_was_refused(
    client: anthropic.Anthropic, access: Access, end: str, last: str
) -> None:
    """White space at the end is refused in a prefill: the middleware then retries with the same body."""
    access.reply(f"Well, first you{end}", stop_reason="refusal").reply("take water.")
    message = answered(client, stream=True, model=ASKED, messages=HELLO)
    first, handed_over, second = message.content
    assert isinstance(first, BetaTextBlock)
    assert isinstance(handed_over, BetaFallbackBlock)
    assert isinstance(second, BetaTextBlock)
    assert (first.text, second.text) == (f"Well, first you{end}", "take water.")
    body, status = credited(access)
    assert (body["messages"][-1]["role"], status) == (last, {"type": "redeemed"})


def test_a_retry_with_another_body_is_served_without_its_credit(
    client: anthropic.Anthropic, access: Access
) -> None:
    """The middleware switches off a way to think that the next model may not have."""
    access.reply(stop_reason="refusal")
    asked: dict[str, Any] = {"thinking": {"type": "between_tools"}, "messages": HELLO}
    answered(client, model="claude-sonnet-5-5", **asked)
    body, status = credited(access)
    assert body["thinking"] == {"type": "disabled"}
    assert status == {"type": "not_applied", "reason": "body_mismatch"}
