"""Thinking blocks: which stand together, and what their signatures say."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.signing import minted
from mockserver.thoughts import opened, runs
from tests.unit.mockserver.bodies import text

SHOWN = {"type": "thinking", "thinking": "Hm", "signature": minted(0, "Hm", 3)}
HIDDEN = {"type": "redacted_thinking", "data": minted(0, "Hm", 4)}
SAID = text("a")


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ([], []),
        ([SAID], []),
        ([SHOWN, SAID], [[0]]),
        ([SHOWN, HIDDEN, SAID, SHOWN], [[0, 1], [3]]),
        ([SAID, HIDDEN], [[1]]),
    ],
    ids=["none", "no_thinking", "one", "two_runs", "last"],
)
def test_thinking_that_follows_each_other_stands_together(
    blocks: list[dict[str, Any]], expected: list[list[int]]
) -> None:
    assert [[place for place, _ in run] for run in runs(blocks)] == expected


@pytest.mark.parametrize(("block", "tokens"), [(SHOWN, 3), (HIDDEN, 4)], ids=["shown", "hidden"])
def test_the_signature_is_opened_where_the_block_has_it(block: dict[str, Any], tokens: int) -> None:
    signed = opened(0, block)

    assert signed is not None
    assert signed.tokens == tokens


@pytest.mark.parametrize(
    "block",
    [SAID, {**SHOWN, "signature": "c2ln"}, {**HIDDEN, "data": "c2ln"}],
    ids=["text", "foreign", "foreign_data"],
)
def test_nothing_is_said_by_other_blocks_and_foreign_signatures(block: dict[str, Any]) -> None:
    assert opened(0, block) is None
