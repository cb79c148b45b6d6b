"""Fields that need a beta value on some models."""

from __future__ import annotations

import pytest

from mockserver.rules.betas import FAST_FOR_ALL, FAST_MODE
from tests.unit.mockserver.bodies import MODELS, body
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

EXTRA = "speed: Extra inputs are not permitted"
ROWS = [
    accept("beta.speed", "none", body("claude-sonnet-5")),
    *(
        accept(
            "beta.speed", f"{value}_with_its_value", body(speed=value), betas=frozenset({FAST_MODE})
        )
        for value in ("fast", "standard")
    ),
    *(accept("beta.speed", f"on_{model}", body(model, speed="fast")) for model in FAST_FOR_ALL),
    *(
        reject("beta.speed", f"{value}_on_{model}", body(model, speed=value), EXTRA)
        for model in ("claude-sonnet-5", "claude-opus-5", "claude-opus-4-8")
        for value in ("fast", "standard", None)
    ),
]


@parametrized(ROWS)
def test_betas(row: Row) -> None:
    holds(row)


@pytest.mark.parametrize("model", FAST_FOR_ALL)
def test_models_with_a_fast_mode_for_all_have_one(model: str) -> None:
    assert MODELS[model].fast_mode
