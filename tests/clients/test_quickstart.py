from __future__ import annotations

import anthropic
import pytest

from clients import quickstart
from tests.clients.bodies import Block, answer, text
from tests.clients.stand_in import StandIn

THINKING = {"type": "thinking", "thinking": "", "signature": "c2lnbmVk"}


def test_ask_sends_one_user_message(client: anthropic.Anthropic, stand_in: StandIn) -> None:
    stand_in.answers(answer("Hello!"))

    message = quickstart.ask(client, "Hello, Claude", model="claude-opus-4-7")

    assert quickstart.text_of(message) == "Hello!"
    [request] = stand_in.received
    assert request.json == {
        "model": "claude-opus-4-7",
        "max_tokens": 1024,
        "messages": [{"role": "user", "content": "Hello, Claude"}],
    }


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param([], "", id="no_block"),
        pytest.param([THINKING, text("B")], "B", id="thinking_first"),
        pytest.param([text("A"), text("B")], "AB", id="two_blocks"),
    ],
)
def test_text_of_takes_every_text_block_and_no_other(
    client: anthropic.Anthropic, stand_in: StandIn, content: list[Block], expected: str
) -> None:
    stand_in.answers(answer(*content))

    assert quickstart.text_of(quickstart.ask(client, "?")) == expected
