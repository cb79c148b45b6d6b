"""What an item of a batch can't ask for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mockserver.turns import BATCH_ITEM
from tests.unit.mockserver.bodies import body
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

NOT_SUPPORTED = "not supported in a message batch"


def item(row: Row) -> Row:
    """The same row for an item of a batch."""
    features = row.request.features
    features = features._replace(roles=features.roles | {BATCH_ITEM})
    return row._replace(request=replace(row.request, features=features))


def refused(rule: str, name: str, message: str, **changes: Any) -> Row:
    return item(reject(rule, name, body(**changes), message))


ROWS = [
    item(accept("batch.stream", "no_stream", body(stream=False))),
    accept("batch.stream", "stream_alone", body()),
    refused(
        "batch.stream",
        "stream",
        "stream: streaming is not supported in a message batch",
        stream=True,
    ),
    item(accept("batch.max-tokens", "one", body(max_tokens=1))),
    refused(
        "batch.max-tokens",
        "none",
        "max_tokens: must be greater than or equal to 1 in a message batch",
        max_tokens=0,
    ),
    item(accept("batch.parameter", "null", body(speed=None))),
    refused("batch.parameter", "speed", f"speed: {NOT_SUPPORTED}", speed="standard"),
    refused("batch.parameter", "fallbacks", f"fallbacks: {NOT_SUPPORTED}", fallbacks="default"),
]


@parametrized(ROWS)
def test_batches(row: Row) -> None:
    holds(row)
