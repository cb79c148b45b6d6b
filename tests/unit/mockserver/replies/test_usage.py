"""Usage: several samplings for one message, the server's tools, tier and speed."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from mockserver.replies.answer import Answer
from mockserver.replies.usage import Cached, final_usage, opening_usage, usage
from tests.unit.mockserver.bodies import body, read, text

ADVISOR = {"type": "advisor_20260301", "name": "advisor", "model": "claude-opus-5"}
COMPACT = {"edits": [{"type": "compact_20260112"}]}
PROMPT = 1000


def counts(
    blocks: list[dict[str, Any]],
    *,
    cached: Cached = Cached(),  # noqa: B008 # immutable
    tokens: int = 50,
    model: str = "claude-sonnet-4-6",
    **more: Any,
) -> dict[str, Any]:
    answer = Answer(blocks, output_tokens=tokens)
    request = read(body(model, **more), betas=frozenset(["a-beta"]))
    return usage(request, answer, PROMPT, cached)


def served(name: str = "web_search") -> dict[str, Any]:
    return {"type": "server_tool_use", "id": "srvtoolu_1", "name": name, "input": {"query": "x"}}


def found(kind: str = "web_search") -> dict[str, Any]:
    return {"type": f"{kind}_tool_result", "tool_use_id": "srvtoolu_1", "content": []}


LOOP = [text("Let me see."), served(), found(), text("Here it is.")]
ADVICE = {
    "type": "advisor_tool_result",
    "tool_use_id": "srvtoolu_1",
    "content": {"type": "advisor_result", "text": "Begin with the walls."},
}
ADVISED = [text("I ask."), {**served("advisor"), "input": {}}, ADVICE, text("Here it is.")]
SAMPLED = [
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
    "cache_creation",
    "type",
]


def test_a_plain_answer_is_one_sampling() -> None:
    assert counts([text("Hi")])["input_tokens"] == PROMPT
    assert "iterations" not in counts([text("Hi")])


def test_a_tool_of_the_server_makes_the_model_read_the_prompt_again() -> None:
    sent = counts(LOOP)
    assert 2 * PROMPT < sent["input_tokens"] < 2 * PROMPT + 200
    assert sent["output_tokens"] == 50
    assert list(sent)[-1] == "server_tool_use"
    assert "iterations" not in sent


def test_results_together_are_one_round_and_a_pause_begins_none() -> None:
    parallel = [served(), served(), found(), found(), text("Done")]
    paused = [served(), found(), served(), found()]
    assert counts(parallel)["input_tokens"] < 3 * PROMPT
    assert counts(paused)["input_tokens"] < 3 * PROMPT


@pytest.mark.parametrize(
    ("names", "searches", "fetches"),
    [(["web_search", "web_search", "web_fetch"], 2, 1), (["bash_code_execution"], 0, 0)],
)
def test_searches_and_fetches_are_counted(names: list[str], searches: int, fetches: int) -> None:
    sent = counts([served(name) for name in names])
    expected = {"web_search_requests": searches, "web_fetch_requests": fetches}
    assert sent["server_tool_use"] == expected


def test_a_stream_opens_with_the_first_sampling_and_ends_with_all() -> None:
    sent = counts(LOOP)
    opened, closed = opening_usage(sent), final_usage(sent)
    assert opened["input_tokens"] == PROMPT
    assert "server_tool_use" not in opened
    assert closed["input_tokens"] == sent["input_tokens"]
    assert list(closed)[-2:] == ["output_tokens", "server_tool_use"]


def test_the_next_sampling_reads_what_the_first_one_cached() -> None:
    sent = counts(LOOP, cached=Cached(600, 300, 0))
    assert sent["cache_read_input_tokens"] == 600 + 900
    assert sent["cache_creation_input_tokens"] == 300
    assert sent["cache_creation"]["ephemeral_5m_input_tokens"] == 300
    assert 200 < sent["input_tokens"] < 400
    assert opening_usage(sent)["input_tokens"] == 100


# recorded 2026-08
def test_iterations_are_listed_with_an_advisor() -> None:
    sent = counts(LOOP, tools=[ADVISOR])
    assert list(sent)[4:6] == ["iterations", "output_tokens"]
    first, second = sent["iterations"]
    assert list(first) == SAMPLED
    assert first["input_tokens"] + second["input_tokens"] == sent["input_tokens"]
    assert first["output_tokens"] + second["output_tokens"] == sent["output_tokens"]
    assert orjson.loads(orjson.dumps(sent)) == sent


# recorded 2026-07: what an advisor reads is the conversation so far and 1280 tokens of its own
def test_what_an_advisor_takes_is_only_in_the_list() -> None:
    sent = counts(ADVISED, tools=[ADVISOR])
    first, asked, last = sent["iterations"]
    assert list(asked) == [*SAMPLED, "model"]
    assert (asked["type"], asked["model"]) == ("advisor_message", ADVISOR["model"])
    assert asked["input_tokens"] == first["input_tokens"] + first["output_tokens"] + 1280
    assert asked["output_tokens"] > 0
    assert sent["input_tokens"] == first["input_tokens"] + last["input_tokens"]
    assert sent["output_tokens"] == first["output_tokens"] + last["output_tokens"]


def test_an_advice_that_nobody_was_offered_costs_nothing_more() -> None:
    assert "iterations" not in counts(ADVISED)


def test_compaction_is_only_in_the_list() -> None:
    summary = {"type": "compaction", "content": "They talked. " * 10}
    sent = counts([summary, text("Go on")], context_management=COMPACT)
    assert [entry["type"] for entry in sent["iterations"]] == ["compaction", "message"]
    assert sent["iterations"][0]["input_tokens"] == PROMPT
    assert 100 < sent["input_tokens"] < 200


def test_a_pause_after_compaction_has_no_input_of_its_own() -> None:
    summary = {"type": "compaction", "content": "They talked."}
    sent = counts([summary], context_management=COMPACT)
    assert sent["input_tokens"] == 0
    assert [entry["type"] for entry in sent["iterations"]] == ["compaction"]


def test_nothing_is_listed_without_a_beta() -> None:
    request = read(body(tools=[ADVISOR]))
    assert "iterations" not in usage(request, Answer([]), PROMPT)


def test_other_edits_list_nothing() -> None:
    edits = {"edits": [{"type": "clear_tool_uses_20250919"}]}
    assert "iterations" not in counts([text("Hi")], context_management=edits)


@pytest.mark.parametrize(
    ("model", "asked", "expected"),
    [
        ("claude-opus-5", "fast", "fast"),
        ("claude-opus-5", "standard", "standard"),
        ("claude-opus-4-6", "fast", "standard"),
    ],
)
def test_speed_is_said_when_asked(model: str, asked: str, expected: str) -> None:
    assert counts([], model=model, speed=asked)["speed"] == expected
    assert "speed" not in counts([], model=model)


def test_the_tier_of_a_batch() -> None:
    request = read(body())
    assert usage(request, Answer([]), 9)["service_tier"] == "standard"
    assert usage(request, Answer([]), 9, service_tier="batch")["service_tier"] == "batch"
