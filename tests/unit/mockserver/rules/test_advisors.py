"""The advisor tool's model and its cap."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.rules.advisors import RANKS
from tests.unit.mockserver.bodies import MODELS, body
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

EXECUTOR, ADVISOR = "claude-sonnet-5", "claude-opus-4-8"
BETAS = frozenset({"advisor-tool-2026-03-01"})


def asking(model: str, advisor: str, **more: Any) -> dict[str, Any]:
    tool = {"type": "advisor_20260301", "name": "advisor", "model": advisor, **more}
    return body(model, tools=[tool])


def unfit(advisor: str, model: str) -> str:
    return f"tools.0.model: '{advisor}' cannot be used as an advisor when the request model is '{model}'."


# docs: Advisor tool, Model compatibility (2026-09), with recorded pairs and refusals (2026-05 to 2026-09)
FIT = [
    ("claude-haiku-4-5", "claude-sonnet-4-6"),
    ("claude-sonnet-5", "claude-opus-4-7"),
    ("claude-opus-4-6", "claude-sonnet-5"),
    ("claude-opus-4-7", "claude-opus-4-8"),
    ("claude-opus-4-8", "claude-opus-4-7"),
    ("claude-fable-5", "claude-opus-5"),
    ("claude-opus-5", "claude-mythos-5"),
    ("claude-mythos-5-1", "claude-fable-5-1"),
]
UNFIT = [
    ("claude-haiku-4-5", "claude-haiku-4-5"),
    ("claude-sonnet-5", "claude-opus-4-6"),
    ("claude-opus-4-7", "claude-sonnet-5"),
    ("claude-opus-4-7", "claude-sonnet-4-6"),
    ("claude-fable-5", "claude-opus-4-8"),
    ("claude-fable-5-1", "claude-fable-5"),
    ("claude-fable-5-1", "claude-opus-5"),
]
ROWS = [
    *(accept("advisor.pair", f"{a}_for_{m}", asking(m, a), betas=BETAS) for m, a in FIT),
    *(
        reject("advisor.pair", f"{a}_for_{m}", asking(m, a), unfit(a, m), betas=BETAS)
        for m, a in UNFIT
    ),
    *(
        accept("advisor.pair", f"unjudged_{a}_for_{m}", asking(m, a), betas=BETAS)
        for m, a in [
            ("claude-opus-5-5", "claude-haiku-4-5"),
            (EXECUTOR, "claude-haiku-5-5"),
            (EXECUTOR, "claude-nobody"),
        ]
    ),
    *(
        accept("advisor.max-tokens", str(n), asking(EXECUTOR, ADVISOR, max_tokens=n), betas=BETAS)
        for n in (None, 1024, 128_000)
    ),
    reject(
        "advisor.max-tokens",
        "few",
        asking(EXECUTOR, ADVISOR, max_tokens=1023),
        "tools.0.max_tokens: must be greater than or equal to 1024",
        betas=BETAS,
    ),
    reject(
        "advisor.max-tokens",
        "many",
        asking(EXECUTOR, ADVISOR, max_tokens=128_001),
        "tools.0.max_tokens: 128001 > 128000, which is the maximum allowed number of output tokens for "
        "claude-opus-4-8",
        betas=BETAS,
    ),
]


@parametrized(ROWS)
def test_advisors(row: Row) -> None:
    holds(row)


@pytest.mark.parametrize("model", RANKS)
def test_ranks_are_of_models(model: str) -> None:
    assert model in MODELS
