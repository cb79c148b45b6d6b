"""Tools: their prompts, definitions and what Anthropic's own cost."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.recent import LONGEST
from tests.unit.mockserver.bodies import call, result, text
from tests.unit.mockserver.counting import HAIKU, OLDER, OPUS, SONNET, WEATHER, asked, forget, near

PUBLISHED_WEATHER = {
    "name": "get_weather",
    "description": "Get the current weather in a given location",
    "input_schema": {
        "type": "object",
        "properties": {
            "location": {
                "type": "string",
                "description": "The city and state, e.g. San Francisco, CA",
            }
        },
        "required": ["location"],
    },
}
SEARCH = {"type": "tool_search_tool_bm25_20251119", "name": "tool_search_tool_bm25"}
REFERENCE = {"type": "tool_reference", "tool_name": "get_weather"}


@pytest.mark.parametrize(
    ("model", "choice", "count"),
    [
        (SONNET, "auto", 432),
        (SONNET, "none", 432),
        (SONNET, "any", 552),
        (HAIKU, "auto", 558),
        (HAIKU, "any", 650),
    ],
)
def test_a_tool_costs_what_was_recorded(model: str, choice: str, count: int) -> None:
    given = asked("What's the weather?", model, tools=[WEATHER], tool_choice={"type": choice})
    assert given == near(count, 0.03)


def test_the_published_sample_with_a_tool() -> None:
    words = "What's the weather like in San Francisco?"
    assert asked(words, OLDER, tools=[PUBLISHED_WEATHER]) == near(403, 0.05)


def test_models_whose_documentation_is_gone_have_what_it_said() -> None:
    old = asked(model="claude-3-opus-20240229", tools=[WEATHER])
    assert old - asked(model="claude-3-haiku-20240307", tools=[WEATHER]) == 530 - 264


@pytest.mark.parametrize("model", ["claude-opus-5-5", "claude-haiku-5-5"])
def test_models_not_documented_yet_take_the_prompt_of_opus_4_8(model: str) -> None:
    assert asked(model=model, tools=[WEATHER]) == asked(model="claude-opus-4-8", tools=[WEATHER])


@pytest.mark.parametrize(
    ("words", "tool", "count"),
    [
        ("What day is today?", {"type": "web_search_20250305", "name": "web_search"}, 2218),
        ("Where do I live?", {"type": "memory_20250818", "name": "memory"}, 1577),
    ],
)
def test_a_server_tool_costs_what_was_recorded(
    words: str, tool: dict[str, Any], count: int
) -> None:
    assert asked(words, "claude-sonnet-4-5", tools=[tool]) == near(count, 0.02)


@pytest.mark.parametrize(("model", "count"), [(HAIKU, 244), (OPUS, 325)])
def test_bash_costs_what_is_documented(model: str, count: int) -> None:
    with_bash = asked(model=model, tools=[WEATHER, {"type": "bash_20250124", "name": "bash"}])
    assert with_bash - asked(model=model, tools=[WEATHER]) == count


def test_an_unknown_server_tool_costs_nothing() -> None:
    with_tool = asked(tools=[WEATHER, {"type": "tomorrow_20270101", "name": "tomorrow"}])
    assert with_tool == asked(tools=[WEATHER])


@pytest.mark.parametrize(
    ("model", "enabled", "more"), [(HAIKU, True, 484), (SONNET, True, 690), (HAIKU, False, 0)]
)
def test_a_tool_that_cites_costs_more(model: str, *, enabled: bool, more: int) -> None:
    fetch = {"type": "web_fetch_20250910", "name": "web_fetch"}
    citing = {**fetch, "citations": {"enabled": enabled}}
    assert asked(model=model, tools=[citing]) - asked(model=model, tools=[fetch]) == more


def test_servers_cost_something_without_tools() -> None:
    server = {"type": "url", "url": "https://example.com", "name": "one"}
    one = asked("What can you do?", mcp_servers=[server])
    assert one == near(581, 0.03)  # recorded
    assert asked("What can you do?", mcp_servers=[server, server]) - one == 75


def test_tools_that_code_may_call_cost_more() -> None:
    code = {"type": "code_execution_20250825", "name": "code_execution"}
    direct = asked(tools=[code, {**WEATHER, "allowed_callers": ["direct"]}])
    by_code = asked(tools=[code, {**WEATHER, "allowed_callers": ["code_execution_20250825"]}])
    assert by_code - direct == near(970, 0.02)


@pytest.mark.parametrize(("model", "told"), [(HAIKU, 0), (SONNET, 90)])
def test_a_deferred_tool_costs_nothing_until_it_is_found(model: str, told: int) -> None:
    hidden = asked(model=model, tools=[SEARCH, {**WEATHER, "defer_loading": True}])
    assert hidden - asked(model=model, tools=[SEARCH]) == told


def test_a_tool_that_is_not_deferred_costs_its_definition() -> None:
    shown = asked(tools=[SEARCH, {**WEATHER, "defer_loading": False}])
    assert shown - asked(tools=[SEARCH]) > 50


@pytest.mark.parametrize(
    "found",
    [
        pytest.param([result(content=[REFERENCE])], id="by_a_tool_of_one's_own"),
        pytest.param(
            [
                {
                    "type": "tool_search_tool_result",
                    "tool_use_id": "srvtoolu_1",
                    "content": {
                        "type": "tool_search_tool_search_result",
                        "tool_references": [REFERENCE],
                    },
                }
            ],
            id="by_search",
        ),
        pytest.param([call()], id="and_used"),
    ],
)
def test_a_deferred_tool_costs_its_definition_once_it_is_found(found: list[dict[str, Any]]) -> None:
    def cost(**more: Any) -> int:
        return asked([text("Hello"), *found], tools=[SEARCH, {**WEATHER, **more}])

    other = cost(defer_loading=True, name="another")
    assert 30 < cost(defer_loading=True) - other < 100


def test_definitions_of_one_length_are_told_apart() -> None:
    marks, letters = ({**WEATHER, "description": sign * 60} for sign in ("a ", "aa"))
    assert asked(tools=[marks]) > asked(tools=[letters])


def test_long_definitions_are_counted_all_the_same() -> None:
    long = {**WEATHER, "description": "word " * LONGEST}
    forget()
    assert asked(tools=[long]) == near(LONGEST)
