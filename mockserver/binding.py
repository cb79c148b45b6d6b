"""Preserved thinking: a thinking block is bound to the conversation before it (docs: Preserved thinking).

What may change is left out: earlier thinking, cache marks, the effort of a turn, deferred tools, and keys
that say nothing or that a client need not send back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import orjson

from mockserver import signing
from mockserver.request import Block, Placed, Request

THOUGHTS = ("thinking", "redacted_thinking")
FREE = ("cache_control", "caller")
NOTHING: tuple[Any, ...] = (None, [], "")
DIGEST_BYTES = 16
BETA = "thinking-binding-controls-2026-08-01"


def preserved(request: Request, blocks: list[Block]) -> list[Block]:
    """An answer's blocks; thinking minted here is bound to what it follows, on models that preserve it."""
    if not request.model.preserved_thinking or all(b["type"] != "thinking" for b in blocks):
        return blocks
    before = _Before(request)
    for turn in request.turns:
        before.add(turn.role, turn.blocks)
    return [_bound(before, block) for block in blocks]


def unbound(request: Request) -> Iterator[Placed]:
    """The thinking blocks minted here that follow another conversation than they were made in."""
    before = _Before(request)
    for turn in request.turns:
        for number, block in enumerate(turn.blocks):
            if block["type"] == "thinking" and signing.is_minted(block["signature"]):
                binding = signing.binding(block["signature"])
                if binding and binding != before.digest("assistant"):
                    yield Placed(f"messages.{turn.position}.content.{number}", block)
            before.add(turn.role, [block])


def drops(request: Request) -> bool:
    """Whether blocks that follow another conversation are to be left out of the prompt."""
    config: Block = request.body.get("thinking") or {}
    controls: Block = config.get("block_binding") or {}
    return controls.get("prefix_mismatch_behavior") == "drop_block"


def transformations(request: Request) -> list[Block]:
    """What is told of those blocks (SDK: BetaMessage.input_transformations)."""
    if not request.model.preserved_thinking or "thinking" not in request.features.blocks:
        return []
    kind = "thinking_dropped" if drops(request) else "thinking_mismatch_allowed"
    return [
        {"type": kind, "path": place.path, "reason": "prefix_binding_mismatch"}
        for place in unbound(request)
    ]


class _Before:
    """The conversation up to a place. Turns of one role that follow each other are one."""

    def __init__(self, request: Request) -> None:
        loaded = [tool for tool in request.tools if not tool.get("defer_loading")]
        self._hash = hashlib.blake2b(digest_size=DIGEST_BYTES)
        self._hash.update(_bytes([[_bare(b) for b in request.system], [_bare(t) for t in loaded]]))
        self._role = ""

    def add(self, role: str, blocks: list[Block]) -> None:
        said = [_bare(block) for block in blocks if block["type"] not in THOUGHTS]
        if said:
            self._enter(role)
            self._hash.update(b"".join(map(_bytes, said)))

    def digest(self, role: str) -> bytes:
        """The digest of what a block of this role follows."""
        self._enter(role)
        return self._hash.digest()

    def _enter(self, role: str) -> None:
        if role != self._role:
            self._role = role
            self._hash.update(role.encode())


def _bound(before: _Before, block: Block) -> Block:
    if block["type"] == "thinking" and signing.is_minted(block["signature"]):
        digest = before.digest("assistant")
        return {**block, "signature": signing.bound(block["signature"], digest)}
    before.add("assistant", [block])
    return block


def _bare(block: Block) -> Block:
    return {k: v for k, v in block.items() if k not in FREE and v not in NOTHING}


def _bytes(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
