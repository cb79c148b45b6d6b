"""The SDK's own helpers on message threads, against the mock: what they send, and how they recover."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
from anthropic import beta_tool

from mockserver.testing import MockServer

MODEL = "claude-opus-5"


class Wire:
    """A client, and the bodies that it sent."""

    def __init__(self, mock: MockServer) -> None:
        self.bodies: list[dict[str, Any]] = []
        hooks: Any = {"request": [lambda request: self.bodies.append(json.loads(request.content))]}
        self.client = anthropic.Anthropic(
            base_url=mock.url,
            api_key=mock.fresh_key(),
            max_retries=0,
            http_client=anthropic.DefaultHttpxClient(event_hooks=hooks),
        )


@pytest.fixture
def wire(mock: MockServer) -> Iterator[Wire]:
    found = Wire(mock)
    with found.client:
        yield found


@beta_tool
def get_weather(location: str) -> str:
    """Get the weather of a place.

    Args:
        location: The place.

    """
    return f"Sunny in {location}"


def kinds(wire: Wire) -> list[str]:
    return [body["thread"]["type"] if "thread" in body else "none" for body in wire.bodies]


@pytest.mark.parametrize("stream", [False, True])
def test_the_tool_runner_sends_what_is_new(wire: Wire, stream: bool) -> None:  # a parameter
    runner: Any = wire.client.beta.messages.tool_runner(
        model=MODEL,
        max_tokens=500,
        tools=[get_weather],
        tool_choice={"type": "any"},
        messages=[{"role": "user", "content": "How is the weather in Paris?"}],
        max_iterations=3,
        stream=stream,
    )
    counts = [(r.get_final_message() if stream else r).usage.input_tokens for r in runner]

    assert kinds(wire) == ["create", "continue", "continue"]
    assert ["tools" in body for body in wire.bodies] == [True, False, False]
    assert [len(body["messages"]) for body in wire.bodies] == [1, 1, 1]
    assert counts == sorted(counts)
    assert counts[2] - counts[1] == pytest.approx(counts[1] - counts[0], abs=5)


def test_a_thread_is_replayed_when_the_server_lost_it(mock: MockServer, wire: Wire) -> None:
    thread = wire.client.beta.messages.thread(model=MODEL, max_tokens=100, system="Be brief")
    thread.send({"role": "user", "content": "One"})
    wire.client.api_key = mock.fresh_key()
    thread.send({"role": "user", "content": "Two"})

    assert kinds(wire) == ["create", "continue", "create"]
    assert [len(body["messages"]) for body in wire.bodies] == [1, 1, 3]


def test_a_request_that_cannot_be_threaded_goes_on_without(wire: Wire) -> None:
    reply = wire.client.beta.messages.thread(
        model=MODEL,
        max_tokens=100,
        context_management={"edits": [{"type": "clear_tool_uses_20250919"}]},
        betas=["context-management-2025-06-27"],
        unsupported_request_behavior="continue_unthreaded",
    ).send({"role": "user", "content": "One"})

    assert kinds(wire) == ["create", "none"]
    assert reply.stop_reason == "end_turn"
