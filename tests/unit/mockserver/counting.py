"""What a request costs in tokens, and what a block adds to it."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver import media_tokens, text_tokens, tool_tokens
from mockserver.files import Files
from mockserver.tokens import prompt_tokens
from tests.unit.mockserver.bodies import body, conversation, read, text

HAIKU, SONNET, OPUS, OLDER = (
    "claude-haiku-4-5",
    "claude-sonnet-5",
    "claude-opus-4-7",
    "claude-sonnet-4-0",
)
WEATHER = {
    "name": "get_weather",
    "description": "Get weather",
    "input_schema": {
        "type": "object",
        "properties": {"location": {"type": "string"}},
        "required": ["location"],
    },
}


def asked(
    content: Any = "Hello", model: str = HAIKU, *, files: Files | None = None, **more: Any
) -> int:
    """The tokens of a request with one user message, or with the `messages` given."""
    messages = more.pop("messages", None) or conversation(("user", content))
    betas = frozenset(more.pop("betas", ()))
    return prompt_tokens(read(body(model, messages=messages, **more), betas=betas, files=files))


def extra(content: list[dict[str, Any]], model: str = HAIKU, files: Files | None = None) -> int:
    """What blocks add to a message that is a text without them."""
    return asked([text("Hello"), *content], model, files=files) - asked([text("Hello")], model)


def near(count: int, share: float = 0.1) -> Any:
    """Equal within a share of the count, or one token."""
    return pytest.approx(count, rel=share, abs=1)


def forget() -> None:
    """Let nothing have been seen before."""
    for scale in text_tokens.SCALES.values():
        scale.clear()
    for recent in tool_tokens._recent.values():
        recent.clear()
    media_tokens._pages.clear()
