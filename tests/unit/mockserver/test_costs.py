"""Costs: the documented prices, multipliers and bands."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.costs import cost
from tests.unit.mockserver.bodies import MODELS

HAIKU, OPUS = "claude-haiku-5-5", "claude-opus-5"


def spent(input_tokens: int = 0, output_tokens: int = 0, **more: Any) -> dict[str, Any]:
    return {"input_tokens": input_tokens, "output_tokens": output_tokens, **more}


def price(model: str, *counts: int, **more: Any) -> float | None:
    return cost(MODELS[model], spent(*counts, **more))


def test_input_and_output() -> None:
    assert price(OPUS, 1_000_000, 100_000) == 7.5


def test_cached_tokens() -> None:
    writes = {"ephemeral_5m_input_tokens": 200_000, "ephemeral_1h_input_tokens": 100_000}
    counts = {
        "cache_creation_input_tokens": 300_000,
        "cache_read_input_tokens": 1_000_000,
        "cache_creation": writes,
    }
    assert price(OPUS, **counts) == 0.2 * 6.25 + 0.1 * 10 + 0.5


def test_a_read_without_a_price_of_its_own_costs_a_tenth() -> None:
    assert MODELS["claude-fable-5-2"].price is not None
    assert price("claude-fable-5-2", cache_read_input_tokens=1_000_000) == 0.8


# docs: Claude Haiku 5.5 has one price up to 100,000 tokens of prompt, and another for all of a longer one
@pytest.mark.parametrize(
    ("given", "read", "expected"),
    [(100_000, 0, 0.0105), (100_001, 0, 0.05250050), (1000, 100_000, 0.008)],
)
def test_haiku_has_two_bands(given: int, read: int, expected: float) -> None:
    assert price(HAIKU, given, 1000, cache_read_input_tokens=read) == expected


@pytest.mark.parametrize(
    ("more", "factor"),
    [
        ({"service_tier": "standard"}, 1),
        ({"service_tier": "batch"}, 0.5),
        ({"speed": "fast"}, 2),
        ({"speed": "standard"}, 1),
        ({"inference_geo": "us"}, 1.1),
        ({"inference_geo": "global"}, 1),
        ({"speed": "fast", "inference_geo": "us"}, 2.2),
    ],
)
def test_multipliers_stack(more: dict[str, Any], factor: float) -> None:
    assert price(OPUS, 100_000, **more) == pytest.approx(0.5 * factor)


def test_a_search_costs_a_cent() -> None:
    assert price(OPUS, server_tool_use={"web_search_requests": 3}) == 0.03
    assert price(OPUS, server_tool_use=None) == 0


def test_compaction_and_advisors_come_on_top() -> None:
    iterations = [
        {"type": "message", **spent(1_000_000)},
        {"type": "compaction", **spent(1_000_000)},
        {"type": "advisor_message", "model": "claude-fable-5", **spent(1_000_000)},
        {"type": "advisor_message", "model": "claude-mythos-preview", **spent(1_000_000)},
    ]
    assert price(OPUS, 1_000_000, iterations=iterations) == 5 + 5 + 10


def test_a_model_without_prices_has_no_cost() -> None:
    assert price("claude-mythos-preview", 100) is None
