"""Limits of the model."""

from __future__ import annotations

from mockserver.catalogue import Model
from tests.unit.mockserver.bodies import MODELS, body
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

LONG = frozenset({"output-128k-2025-02-19"})


def matrix(model: Model) -> list[Row]:
    limit = model.max_output_tokens
    return [
        accept("max-tokens.limit", f"limit_of_{model.id}", body(model.id, max_tokens=limit)),
        reject(
            "max-tokens.limit",
            f"over_limit_of_{model.id}",
            body(model.id, max_tokens=limit + 1),
            f"max_tokens: {limit + 1} > {limit}, which is the maximum allowed number of output "
            f"tokens for {model.id}",
        ),
    ]


COUNTED = {k: v for k, v in body().items() if k != "max_tokens"}
ROWS = [
    *(row for model in MODELS.values() for row in matrix(model)),
    accept("max-tokens.limit", "count_tokens", COUNTED),
    accept("max-tokens.limit", "long_beta", body(max_tokens=128_000), betas=LONG),
    reject(
        "max-tokens.limit",
        "long_beta",
        body(max_tokens=128_001),
        "max_tokens: 128001 > 128000, which is the maximum allowed number of output tokens for "
        "claude-haiku-4-5-20251001",
        betas=LONG,
    ),
    reject(
        "max-tokens.limit",
        "alias",
        body("claude-opus-4-5", max_tokens=128_001),
        "max_tokens: 128001 > 64000, which is the maximum allowed number of output tokens for "
        "claude-opus-4-5-20251101",
    ),
]


@parametrized(ROWS)
def test_limits(row: Row) -> None:
    holds(row)
