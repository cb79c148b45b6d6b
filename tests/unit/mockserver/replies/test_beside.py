"""A text that has none of the words that tools need asks for no tool, and only such a text is passed over."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mockserver.replies.asking import Task, needed_words
from tests.unit.mockserver.bodies import body, read

NAMES = [
    "get_weather",
    "Read",
    "mcp__files__list-files",
    "a",
    "--",
    "toolS",
    "sendMails",
    "x9_find",
]
SAYINGS = [
    *("weather", "get weather", "Get_Weather", "reads", "Read", "read", "list-files", "list files"),
    *(
        "file",
        "A",
        "--",
        "mail",
        "send",
        "tools",
        "x9",
        "find",
        "mountain peaks",
        "sorted by height",
    ),
    *("mountains", "peak", "ﬀ", "İ", "no", ".", "\n"),
]
DESCRIPTIONS = ["Mountain peaks sorted by height. More", "Returns files", "", None]
TOOLS = st.builds(
    lambda name, told: {"name": name, "description": told, "input_schema": {"type": "object"}},
    st.sampled_from(NAMES),
    st.sampled_from(DESCRIPTIONS),
)


def task(text: str, tools: list[dict[str, Any]]) -> Task:
    messages = [{"role": "user", "content": text or "."}]
    return Task(read(body(messages=messages, tools=tools)))


@given(st.lists(st.sampled_from(SAYINGS), max_size=4), st.lists(TOOLS, min_size=1, max_size=3))
def test_what_is_asked_for_has_a_needed_word(said: list[str], tools: list[dict[str, Any]]) -> None:
    asking = task(" ".join(said), tools)
    words = set(asking.words)
    for tool in asking.asked_for(tools):
        needed = needed_words(tool)
        assert not needed or not words.isdisjoint(needed)
