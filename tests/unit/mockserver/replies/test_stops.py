"""The ends of answers: each of the seven stop reasons is reached without a script."""

from __future__ import annotations

import pytest

from mockserver.ids import Ids
from mockserver.replies.answer import Answer
from mockserver.replies.improvise import improvised
from mockserver.replies.stops import FULL, REFUSAL
from mockserver.replies.thinking import REDACTED
from tests.unit.mockserver.bodies import TOOL, body, call, conversation, read, result, text
from tests.unit.mockserver.replies.judging import judged, kinds

ASK = ("user", "Hello")
NEW = "claude-opus-5"
ON = {"type": "adaptive"}
ENABLED = {"type": "enabled", "budget_tokens": 1024}
LOOP = (
    ("user", "weather"),
    ("assistant", [call("toolu_1")]),
    ("user", [result("toolu_1", content="warm")]),
)


def test_the_published_test_string_is_refused() -> None:
    found = judged(("user", REFUSAL))
    assert (found.blocks, found.stop_reason, found.output_tokens) == ([], "refusal", 0)
    assert found.stop_details == {"type": "refusal", "category": None, "explanation": None}


def test_refusals_go_on_until_the_string_is_gone() -> None:
    turns = (("user", f"Say {REFUSAL}!"), ("assistant", "No."), ASK)
    assert judged(*turns).stop_reason == "refusal"
    assert judged(ASK, ("assistant", REFUSAL), ASK).stop_reason == "end_turn"


def long(words: int) -> Answer:
    request = read(body(max_tokens=64_000, messages=conversation(("user", "word " * words))))
    return improvised(request, Ids(0, "key"), 0)


def test_a_full_context_window_ends_the_answer() -> None:
    found = long(150_000)
    assert found.stop_reason == FULL
    assert 40_000 < found.output_tokens < 60_000


@pytest.mark.parametrize("words", [10_000, 49_000])
def test_a_long_prompt_with_room_left_ends_as_usual(words: int) -> None:
    assert long(words).stop_reason == "end_turn"


def test_blocks_of_other_kinds_are_looked_at_closely() -> None:
    results = [result(f"toolu_{n}", content="warm") for n in range(30)]
    calls = [call(f"toolu_{n}") for n in range(30)]
    found = judged(ASK, ("assistant", calls), ("user", results), tools=[TOOL])
    assert found.stop_reason == "end_turn"


@pytest.mark.parametrize("model", ["claude-haiku-4-5", NEW])
def test_the_other_published_test_string_redacts_thinking(model: str) -> None:
    more = ENABLED if model != NEW else ON
    found = judged(("user", REDACTED), model=model, thinking=more, max_tokens=2048)
    assert kinds(found) == ["redacted_thinking", "text"]
    assert found.thinking_tokens > 0
    assert kinds(judged(("user", REDACTED))) == ["text"]


@pytest.mark.parametrize(
    ("model", "config", "turns", "thinks"),
    [
        ("claude-haiku-4-5", None, LOOP[:1], False),
        ("claude-haiku-4-5", {"type": "disabled"}, LOOP[:1], False),
        ("claude-haiku-4-5", ENABLED, LOOP[:1], True),
        ("claude-haiku-4-5", ENABLED, LOOP, False),
        (NEW, None, LOOP[:1], True),
        (NEW, None, LOOP, False),
        (NEW, None, (ASK,), False),
        (NEW, {"type": "disabled"}, LOOP[:1], False),
        (NEW, ON, LOOP, True),
        ("claude-sonnet-5-5", {"type": "between_tools"}, LOOP[:1], False),
        ("claude-sonnet-5-5", {"type": "between_tools"}, LOOP, False),
    ],
)
def test_thinking_by_model_and_mode(
    model: str, config: object, turns: tuple[tuple[str, object], ...], thinks: bool
) -> None:
    more = {} if config is None else {"thinking": config}
    found = judged(*turns, model=model, tools=[TOOL], max_tokens=2048, **more)
    assert ("thinking" in kinds(found)) is thinks


def test_thinking_between_tools_by_the_older_beta() -> None:
    betas = ["interleaved-thinking-2025-05-14"]
    found = judged(*LOOP, thinking=ENABLED, tools=[TOOL], betas=betas, max_tokens=2048)
    assert kinds(found) == ["thinking", "text"]


def test_a_thought_comes_before_a_text_and_a_call() -> None:
    found = judged(LOOP[0], model=NEW, tools=[TOOL])
    assert kinds(found) == ["thinking", "text", "tool_use"]
    assert found.blocks[1] == text("I'll use get_weather.")
