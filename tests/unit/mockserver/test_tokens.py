"""Prompts: near what was recorded and published."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.signing import minted
from mockserver.tokens import ASSISTANT_FIRST
from tests.unit.mockserver.bodies import call, conversation, result, text
from tests.unit.mockserver.counting import (
    HAIKU,
    OPUS,
    SONNET,
    WEATHER,
    asked,
    extra,
    forget,
    near,
)

# Input tokens recorded with one user message, the same on all models up to the 4.6 generation.
RECORDED = (
    ("Hi", 8),
    ("hello", 8),
    ("Hello!", 9),
    ("Say hi", 9),
    ("Hi there!", 10),
    ("Hello world!", 10),
    ("Hello, world!", 11),
    ('Say "hello"', 11),
    ("Explain quantum computing", 11),
    ('Say "hello world"', 12),
    ("Complex analysis of: test", 12),
    ("How high is the sky?", 13),
    ("Hello, how are you?", 13),
    ("Reply with exactly: FOUR", 13),
    ("What is 2+2?", 14),
    ("What is 3*4?", 14),
    ("what's 2+2?", 14),
    ("What is the capital of France?", 14),
    ("Count from 1 to 5", 15),
    ("What is 5 + 5?", 16),
    ("What is 42 * 10?", 16),
    ("What's 2 + 2?", 16),
    ("Write a very long story about dragons and adventures", 16),
    ("Two names for a pet pelican, be brief", 17),
)
# Recorded with later models, and with a system prompt.
RECORDED_LATER = (
    (SONNET, None, "Hello!", 10),
    (SONNET, None, "Hello, Claude!", 14),
    (SONNET, None, "Write a creative story.", 13),
    (SONNET, None, "What is the Model Context Protocol?", 18),
    (SONNET, "You are an overridden assistant.", "Hello, Claude!", 25),
    (SONNET, "You are a configured assistant with default instructions.", "Hello, Claude!", 29),
    (
        OPUS,
        "You are a concise assistant. Answer directly.",
        "In one or two sentences, explain what Rust programming language is and why memory safety matters.",
        54,
    ),
)
COLORS = {
    "type": "object",
    "properties": {"colors": {"type": "array", "items": {"type": "string"}}},
    "required": ["colors"],
    "additionalProperties": False,
}
DEEP: Any = []
for _ in range(400):
    DEEP = [DEEP]
THOUGHT = {"type": "thinking", "thinking": "Let me think of it. " * 10, "signature": "c2ln"}
REDACTED = {"type": "redacted_thinking", "data": "c2ln"}


LONG_TALK = (("user", "The quick brown fox. " * 200), ("assistant", "Indeed."))


def thought_cost(model: str, *later: tuple[str, Any]) -> int:
    def cost(*blocks: dict[str, Any]) -> int:
        turns = ("user", "Hello"), ("assistant", [*blocks, text("Hi"), call()])
        return asked(model=model, messages=conversation(*turns, *later))

    return cost(REDACTED, THOUGHT) - cost()


@pytest.mark.parametrize("shown", ["", "Hm", "Something else, which is longer"])
def test_thinking_of_the_mock_costs_what_was_thought_whatever_is_shown(shown: str) -> None:
    def cost(*blocks: dict[str, Any]) -> int:
        turns = ("user", "Hello"), ("assistant", [*blocks, text("Hi")]), ("user", "And?")
        return asked(model=OPUS, messages=conversation(*turns))

    block = {"type": "thinking", "thinking": shown, "signature": minted(0, "Hm", 70)}

    assert cost(block) - cost() == 70


@pytest.mark.parametrize(("words", "count"), RECORDED)
def test_short_prompts_cost_what_was_recorded(words: str, count: int) -> None:
    assert asked(words) == near(count)


@pytest.mark.parametrize(("model", "system", "words", "count"), RECORDED_LATER)
def test_later_models_count_as_recorded(
    model: str, system: str | None, words: str, count: int
) -> None:
    assert asked(words, model, system=system or []) == near(count)


@pytest.mark.parametrize("system", ["You are a scientist", [text("You are a scientist")]])
def test_the_published_sample_with_a_system_prompt(system: Any) -> None:
    assert asked("Hello, Claude", system=system) == near(14)


@pytest.mark.parametrize("system", ["", []])
def test_an_empty_system_prompt_costs_nothing(system: Any) -> None:
    assert asked("Hello", system=system) == asked("Hello")


def test_each_further_message_costs_its_text_and_a_little() -> None:
    one = asked(messages=conversation(("user", "Hi")))
    three = asked(messages=conversation(("user", "Hi"), ("assistant", "Hi"), ("user", "Hi")))
    assert three - one == near(8, 0.3)


def test_a_conversation_that_the_assistant_begins_costs_ten_more() -> None:
    turns = ("assistant", "Hi"), ("user", "Hi")
    begun = asked(messages=conversation(*turns))
    assert begun - asked(messages=conversation(*reversed(turns))) == 10


def test_calls_cost_more_with_each_parameter() -> None:
    inputs: tuple[dict[str, Any], ...] = (
        {},
        {"location": "Paris"},
        {"location": "Paris", "days": 3},
    )
    costs = [extra([call(input=each)]) for each in inputs]
    assert costs[0] < costs[1] < costs[2]


@pytest.mark.parametrize("value", ["Paris", 3, 2.5, None, True, ["Paris"], {"city": "Paris"}, DEEP])
def test_parameters_may_be_any_json(value: Any) -> None:
    assert 10 < extra([call(input={"given": value})]) - extra([call(input={})]) < 30


def test_a_call_and_its_result_cost_about_what_was_recorded() -> None:
    turns = (
        ("user", "What's the weather?"),
        ("assistant", [call(input={"location": "San Francisco, CA"})]),
        ("user", [result(content="Sunny, 72 degrees")]),
    )
    both = asked(messages=conversation(*turns), tools=[WEATHER])
    assert 40 < both - asked("What's the weather?", tools=[WEATHER]) < 110


@pytest.mark.parametrize("content", ["It rains in Paris.", [text("It rains in Paris.")]])
def test_results_cost_their_text(content: Any) -> None:
    assert extra([result(content=content)]) == near(extra([text("It rains in Paris.")]))


@pytest.mark.parametrize("more", [{}, {"content": None}, {"content": ""}, {"content": []}])
def test_a_result_may_be_empty(more: dict[str, Any]) -> None:
    assert extra([result(**more)]) == 0


def test_blocks_sent_back_as_they_came_cost_by_their_length() -> None:
    found = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
    result_of = {"type": "web_search_result", "encrypted_content": "E" * 10_000}
    long = extra([{**found, "content": [result_of]}])
    assert long - extra([found]) == near(3000)


@pytest.mark.parametrize(("thinking", "more"), [("enabled", 28), ("disabled", 0)])
def test_enabled_thinking_costs_28(thinking: str, more: int) -> None:
    config = {"type": thinking, **({"budget_tokens": 1024} if more else {})}
    assert asked(thinking=config) - asked() == more


def test_interleaved_thinking_costs_more_with_tools() -> None:
    config = {"type": "enabled", "budget_tokens": 1024}
    beta = ["interleaved-thinking-2025-05-14"]
    assert asked(thinking=config, betas=beta) == asked(thinking=config)
    with_tools = asked(thinking=config, tools=[WEATHER])
    assert asked(thinking=config, tools=[WEATHER], betas=beta) - with_tools == 150
    older = {"model": "claude-3-7-sonnet-20250219", "thinking": config, "tools": [WEATHER]}
    assert asked(**older, betas=beta) == asked(**older)


@pytest.mark.parametrize(
    ("model", "config", "tokens"),
    [
        ("claude-opus-4-6", {"thinking": {"type": "adaptive"}}, 17),
        (OPUS, {"thinking": {"type": "adaptive"}}, 0),
        (HAIKU, {"thinking": {"type": "disabled"}}, 0),
        (OPUS, {"output_config": {"task_budget": {"type": "tokens", "total": 20_000}}}, 38),
    ],
)
def test_settings_cost_what_was_recorded(model: str, config: dict[str, Any], tokens: int) -> None:
    assert asked(model=model, **config) - asked(model=model) == tokens


def test_what_compaction_sums_up_is_not_part_of_the_prompt() -> None:
    summary = {"type": "compaction", "content": "They talked about foxes."}
    history = [*LONG_TALK, ("assistant", [text("Well"), summary]), ("user", "And?")]
    short = conversation(("assistant", [text("They talked about foxes.")]), ("user", "And?"))
    assert asked(messages=conversation(*history)) == asked(messages=short) - ASSISTANT_FIRST
    empty = [{"type": "compaction", "content": None}]
    assert asked(messages=conversation(*LONG_TALK, ("assistant", empty), ("user", "And?"))) < 20


def test_a_compaction_inside_a_result_sums_up_nothing() -> None:
    """No request has one there; the estimate must not fail on it."""
    inner = [{"type": "compaction", "content": "x"}]
    turns = conversation(("user", "a"), ("assistant", [call()]), ("user", [result(content=inner)]))
    assert asked(messages=turns) > 10


def test_thoughts_of_earlier_turns_count_on_models_that_keep_them() -> None:
    later = ("user", [result(content="Done"), text("Go on")])
    assert thought_cost(HAIKU, later) == 0
    assert thought_cost("claude-sonnet-4-6", later) > 40


def test_thoughts_of_the_current_turn_count() -> None:
    assert thought_cost(HAIKU, ("user", [result(content="Done")])) > 40


@pytest.mark.parametrize("model", [HAIKU, SONNET])
def test_an_output_format_costs_about_what_was_recorded(model: str) -> None:
    config = {"format": {"type": "json_schema", "schema": COLORS}}
    count = asked("Return the three primary colors.", model, output_config=config)
    assert count == near(170 if model == HAIKU else 210)


def test_counts_do_not_depend_on_what_was_seen() -> None:
    def count() -> int:
        return asked("Hello " * 100, system="Be kind. " * 100, tools=[WEATHER])

    forget()
    first = count()
    assert count() == first
    forget()
    assert count() == first
