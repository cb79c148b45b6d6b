"""Small requests that every property starts from: a small model, few tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from contracts.findings import Json
from contracts.suite.values import picture

MODEL: Final = "claude-haiku-4-5"
WORDS: Final = "Grüße, 你好, שלום, \N{GRINNING FACE}\N{ZERO WIDTH JOINER}\N{FAMILY}"
TOOL: Final[Json] = {
    "name": "get_weather",
    "description": "The weather of a city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}


def asked(content: Any, **more: Any) -> Json:
    """A request with one user turn."""
    turn = {"role": "user", "content": content}
    return {"model": MODEL, "max_tokens": 32, "messages": [turn], **more}


def bodies() -> Mapping[str, Json]:
    """One request of each kind that answers differ by."""
    image = {"type": "base64", "media_type": "image/png", "data": picture(8, 8)}
    weather = "What is the weather in Oslo?"
    return {
        "text": asked("Name a colour."),
        "unicode": asked(f"Say this again: {WORDS}"),
        "system": asked("Hello", system="You are brief."),
        "image": asked([{"type": "image", "source": image}, {"type": "text", "text": "What?"}]),
        "tool": asked(weather, tools=[TOOL], tool_choice={"type": "any"}, max_tokens=64),
        "no-tool": asked(weather, tools=[TOOL], tool_choice={"type": "none"}),
        "stop": asked("Count: one two three four five", stop_sequences=["three"], max_tokens=64),
        "short": asked("Tell a long story of a house, a horse and a hill.", max_tokens=3),
    }
