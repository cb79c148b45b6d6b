"""Thinking blocks: where they have their signature, and which stand together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from mockserver import signing
from mockserver.turns import Block

# Where a block has its signature.
SIGNED = {"thinking": "signature", "redacted_thinking": "data"}
THOUGHTS = tuple(SIGNED)


def opened(seed: int, block: Block) -> signing.Signed | None:
    """What the signature of a block says; None for other blocks, and where it is foreign or altered."""
    key = SIGNED.get(block["type"])
    return None if key is None else signing.opened(seed, block[key])


def runs(blocks: Iterable[Block]) -> Iterator[list[tuple[int, Block]]]:
    """The thinking blocks that follow each other, each with its place among all blocks."""
    for is_thought, run in groupby(enumerate(blocks), lambda each: each[1]["type"] in THOUGHTS):
        if is_thought:
            yield list(run)
