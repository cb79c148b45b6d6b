"""Preserved thinking: who may read a thinking block, and what has to be before it (docs: Preserved thinking).

A block that the model can't read is left out of the prompt, on any model. On those that preserve thinking one that
follows another conversation than it was made in is refused, or left out as well, which a request says. Each also
knows the thinking before it: one that is missing between others unbinds those after it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from operator import itemgetter
from typing import Literal, NamedTuple

from mockserver import signing
from mockserver.catalogue import Model
from mockserver.prefix import PART_BYTES, Bound, Prefix
from mockserver.request import Block, Placed, Request
from mockserver.thoughts import SIGNED, THOUGHTS, opened, runs
from mockserver.turns import BATCH_ITEM

BETA = "thinking-binding-controls-2026-08-01"
NO_THOUGHT = bytes(PART_BYTES)
KINDS = frozenset(THOUGHTS)
_kind = itemgetter("type")


class Mismatch(NamedTuple):
    """A thinking block that can't be used as it is, and why. `change` is the sentence that names what differs."""

    place: Placed
    reason: Literal["model_binding_mismatch", "prefix_binding_mismatch"]
    change: str = ""


def preserved(request: Request, blocks: list[Block]) -> list[Block]:
    """An answer's blocks; thinking minted here is signed by its model, with those that it stands among, and bound
    where the model preserves thinking.
    """
    if KINDS.isdisjoint(map(_kind, blocks)):
        return blocks
    walk = _Walk(request)
    for _ in walk.mismatches():
        pass
    stands = {number: (at, len(run)) for run in runs(blocks) for at, (number, _) in enumerate(run)}
    return [walk.signed(block, stands.get(number)) for number, block in enumerate(blocks)]


def mismatches(request: Request) -> Iterator[Mismatch]:
    """The thinking blocks minted here that the model can't read, or that follow another conversation."""
    if request.features.blocks.isdisjoint(THOUGHTS):
        return iter(())
    return _Walk(request).mismatches()


def unbound(request: Request) -> Iterator[Mismatch]:
    """Those of them that follow another conversation than they were made in."""
    return (found for found in mismatches(request) if found.reason == "prefix_binding_mismatch")


def drops(request: Request) -> bool:
    """Whether blocks that follow another conversation are to be left out of the prompt.

    In a batch that is also what happens when nothing is said (docs: Preserved thinking).
    """
    config: Block = request.body.get("thinking") or {}
    controls: Block = config.get("block_binding") or {}
    behavior = controls.get("prefix_mismatch_behavior")
    return behavior == "drop_block" or (behavior is None and BATCH_ITEM in request.features.roles)


def dropped(request: Request) -> Iterator[Block]:
    """The thinking blocks that the model is not shown."""
    walk = _Walk(request, with_prefix=drops(request))
    return (found.place.block for found in walk.mismatches())


def transformations(request: Request) -> list[Block]:
    """What is told of those blocks (SDK: BetaMessage.input_transformations)."""
    drops_unbound = drops(request)
    told: list[Block] = []
    for place, reason, _ in mismatches(request):
        is_dropped = drops_unbound or reason == "model_binding_mismatch"
        kind = "thinking_dropped" if is_dropped else "thinking_mismatch_allowed"
        told.append({"type": kind, "path": place.path, "reason": reason})
    return told


class _Walk:
    """Goes through a conversation; `_thought` is the last thinking block that counts.

    One that follows another conversation doesn't; one that the model can't read does, as it may be read again.
    """

    def __init__(self, request: Request, *, with_prefix: bool = True) -> None:
        self._request = request
        has_prefix = with_prefix and request.model.preserved_thinking
        self._prefix = Prefix(request) if has_prefix else None
        self._thought = NO_THOUGHT

    def mismatches(self) -> Iterator[Mismatch]:
        for turn in self._request.turns:
            for number, block in enumerate(turn.blocks):
                found = self._judged(block)
                if found is not None:
                    place = Placed(f"messages.{turn.position}.content.{number}", block)
                    yield found._replace(place=place)
                if self._prefix is not None:
                    self._prefix.add(turn.role, block, (turn.position, number))

    def _judged(self, block: Block) -> Mismatch | None:
        signed = opened(self._request.seed, block)
        if signed is None:
            return None
        place = Placed("", block)
        change = self._change(signed)
        if signed.maker not in _readable(self._request.model):
            found = Mismatch(place, "model_binding_mismatch")
        elif change is not None:
            return Mismatch(place, "prefix_binding_mismatch", change)
        else:
            found = None
        self._thought = _thought(block)
        return found

    def _change(self, signed: signing.Signed) -> str | None:
        if self._prefix is None or not signed.binding:
            return None
        made = Bound.unpacked(signed.binding)
        change = self._prefix.change(made)
        if change is None and self._thought not in (NO_THOUGHT, made.thought):
            return ""
        return change

    def signed(self, block: Block, stands: tuple[int, int] | None) -> Block:
        """A block of the answer, which comes after the conversation; thinking `stands` somewhere."""
        if stands is None:
            if self._prefix is not None:
                self._prefix.add("assistant", block, (0, 0))
            return block
        said = opened(self._request.seed, block)
        if said is None:
            return block
        place, length = stands
        binding = b"" if self._prefix is None else self._prefix.bound(self._thought).packed()
        said = said._replace(place=place, length=length, binding=binding)
        said = said._replace(maker=_code(self._request.model.id))
        block = {**block, SIGNED[block["type"]]: signing.sealed(self._request.seed, said)}
        self._thought = _thought(block)
        return block


def _readable(model: Model) -> frozenset[bytes]:
    return _codes((model.id, *model.reads_thinking_of))


@lru_cache(maxsize=128)
def _codes(ids: tuple[str, ...]) -> frozenset[bytes]:
    """The makers whose thinking is read; also what was made by nobody, as a rule's test may do."""
    return frozenset(map(_code, ids)) | {signing.NOBODY}


def _code(model_id: str) -> bytes:
    return signing.digest(model_id.encode(), signing.MAKER_BYTES)


def _thought(block: Block) -> bytes:
    return signing.digest(block[SIGNED[block["type"]]].encode(), PART_BYTES)
