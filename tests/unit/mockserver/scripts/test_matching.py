"""Conditions: each one holds and fails, and says why."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.scripts import reading
from mockserver.scripts.matching import Asked, failures
from tests.unit.mockserver.bodies import TOOL, body, call, conversation, read, result, text

IMAGE = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
HEADERS = ((b"x-tenant", b"acme"),)
CALLED = conversation(
    ("user", "What is the weather?"),
    ("assistant", [call()]),
    ("user", [result(content=[text("rain"), text("4 degrees")])]),
)
BODY = body(
    messages=conversation(("user", "Hello"), ("assistant", "Hi"), ("user", [text("Weather in Rome?"), IMAGE])),
    system="You are kind.",
    tools=[TOOL],
    stream=True,
    metadata={"user_id": "u-1"},
)  # fmt: skip


def why(when: dict[str, Any], value: dict[str, Any] = BODY, **more: Any) -> list[str]:
    entry = reading.entry({"when": when, "reply": "x"}, "rule 1")
    return list(failures(entry.when, Asked(read(value), HEADERS), **more))


HOLD = [
    {},
    {"model": "haiku"},
    {"model": "claude-haiku-4-5-20251001"},
    {"model": {"regex": "^claude-haiku-4-5$"}},
    {"system": "kind"},
    {"user": "Rome"},
    {"user": {"regex": r"(?i)weather.*\?$"}},
    {"turn": 2},
    {"tools": "get_weather"},
    {"result": False},
    {"images": True},
    {"images": 1},
    {"stream": True},
    {"headers": {"X-Tenant": "acme"}},
    {"metadata": {"user_id": "u-"}},
]


@pytest.mark.parametrize("when", HOLD, ids=str)
def test_a_condition_holds(when: dict[str, Any]) -> None:
    assert why(when) == []


FAIL = [
    ({"model": "opus"}, "model: claude-haiku-4-5 is not 'opus'"),
    ({"system": "rude"}, "system: 'rude' is not in 'You are kind.'"),
    ({"user": "Paris"}, "user: 'Paris' is not in 'Weather in Rome?'"),
    ({"user": {"regex": "^rome"}}, "user: /^rome/ is not in 'Weather in Rome?'"),
    ({"turn": 1}, "turn: it is turn 2, not 1"),
    ({"tools": ["get_weather", "b"]}, "tools: b is not among get_weather"),
    ({"result": True}, "result: the last turn brings none"),
    ({"result": "4"}, "result: the last turn brings none"),
    ({"images": False}, "images: there are 1"),
    ({"images": 2}, "images: there are 1"),
    ({"stream": False}, "stream: asked for"),
    ({"headers": {"x-tenant": "b"}}, "headers.x-tenant: 'b' is not in 'acme'"),
    ({"headers": {"x-other": ""}}, "headers.x-other: it is not there"),
    ({"metadata": {"user": "a"}}, "metadata.user: it is not there"),
]


@pytest.mark.parametrize(("when", "reason"), FAIL, ids=str)
def test_a_condition_fails_and_says_why(when: dict[str, Any], reason: str) -> None:
    assert why(when) == [reason]


def test_conditions_of_a_bare_request() -> None:
    assert why({"images": True, "stream": True, "tools": "a", "metadata": {"a": "b"}}, body()) == [
        "tools: a is not among no tools",
        "images: there are none",
        "stream: not asked for",
        "metadata.a: it is not there",
    ]


def test_a_long_text_is_cut() -> None:
    assert why({"user": "b"}, body(messages=conversation(("user", "a" * 100)))) == [
        f"user: 'b' is not in '{'a' * 60}…'"
    ]


def test_tool_results_are_looked_at() -> None:
    value = body(messages=CALLED, tools=[TOOL])
    assert why({"result": True}, value) == []
    assert why({"result": "4 degrees"}, value) == []
    assert why({"result": "sun"}, value) == ["result: 'sun' is not in 'rain\\n4 degrees'"]
    assert why({"result": False}, value) == ["result: the last turn brings one"]
    plain = conversation(("user", "a"), ("assistant", [call()]), ("user", [result(content="ok")]))
    assert why({"result": "ok"}, body(messages=plain, tools=[TOOL])) == []
    empty = conversation(("user", "a"), ("assistant", [call()]), ("user", [result()]))
    assert why({"result": "ok"}, body(messages=empty, tools=[TOOL])) != []


def test_a_turn_of_results_alone_has_no_text_unless_results_are_asked_for() -> None:
    value = body(messages=CALLED, tools=[TOOL])
    assert why({"user": "weather"}, value) == ["user: 'weather' is not in ''"]
    assert why({"user": "weather", "result": True}, value) == []
    assert why({"user": "weather", "turn": 2}, value) == []
    assert why({"user": "weather"}, value, continues=True) == []


def test_a_prefill_is_part_of_its_turn() -> None:
    value = body(messages=conversation(("user", "a"), ("assistant", "b")))
    assert why({"turn": 1, "user": "a", "result": False}, value) == []


def test_a_conversation_without_a_user_has_no_text() -> None:
    value = body(messages=conversation(("assistant", "b")))
    assert why({"user": "a"}, value) == ["user: 'a' is not in ''"]
    assert why({"user": "a", "turn": 1}, value) == ["user: 'a' is not in ''"]
