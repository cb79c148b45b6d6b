"""What comes before a thinking block, as digests: so that a change is noticed, and can be named.

What may change is left out: thinking, cache marks, the effort of a turn, deferred tools, and keys that say
nothing or that a client need not send back. Turns of one role that follow each other are one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from mockserver.request import Block, Request
from mockserver.signing import digest
from mockserver.thoughts import THOUGHTS

FREE = ("cache_control", "caller")
NOTHING: tuple[Any, ...] = (None, [], "")
PART_BYTES = 6
CONTENT_BYTES = 15
LENGTH_BYTES = 3
BLOCK_BYTES = 3
# Blocks with a digest of their own, by which the first that differs is found; all of them together have one, too.
MOST_BLOCKS = 256

SYSTEM = "The `system` prompt differs from the one this block was created with."
TOOLS = "The `tools` list differs from the one this block was created with."
CONTENT = "Content before this block differs from when it was created, first at `{path}`."


class Bound(NamedTuple):
    """What a thinking block follows. `thought` is the thinking block before it, `length` how many blocks there are
    and `blocks` the short digests of the first of them.
    """

    system: bytes
    tools: bytes
    thought: bytes
    content: bytes
    length: int
    blocks: bytes

    def packed(self) -> bytes:
        """All of it, to be signed."""
        parts = (self.system, self.tools, self.thought, self.content)
        return b"".join(parts) + self.length.to_bytes(LENGTH_BYTES, "big") + self.blocks

    @staticmethod
    def unpacked(raw: bytes) -> Bound:
        """What was packed."""
        sizes = (PART_BYTES, PART_BYTES, PART_BYTES, CONTENT_BYTES, LENGTH_BYTES)
        system, tools, thought, content, length = _slices(raw, sizes)
        blocks = raw[sum(sizes) :]
        return Bound(system, tools, thought, content, int.from_bytes(length, "big"), blocks)


class Prefix:
    """A conversation up to a place, block by block.

    It begins anew at a compaction block (docs: Preserved thinking). A signed one stands for messages that are
    not there any more: thinking that was made after these stays valid, so that only `system` and `tools` are compared
    (docs: Compaction and preserved thinking).
    """

    def __init__(self, request: Request) -> None:
        loaded = [tool for tool in request.tools if not tool.get("defer_loading")]
        self._system = _part([_bare(block) for block in request.system])
        self._tools = _part([_bare(tool) for tool in loaded])
        self._begin(is_known=True)

    def _begin(self, *, is_known: bool) -> None:
        self._is_known = is_known
        self._hash = hashlib.blake2b(digest_size=CONTENT_BYTES)
        self._blocks: list[bytes] = []
        self._paths: list[tuple[int, int]] = []
        self._length = 0
        self._role = ""

    def add(self, role: str, block: Block, place: tuple[int, int]) -> None:
        """Go past a block, which is at these positions of its message and in it."""
        if block["type"] in THOUGHTS or block["type"] == "fallback":
            return
        if block["type"] == "compaction":
            self._begin(is_known="signature" not in block)
        self._enter(role)
        said = _bytes(_bare(block))
        self._hash.update(said)
        self._length += 1
        if self._length <= MOST_BLOCKS:
            self._blocks.append(digest(said, BLOCK_BYTES))
            self._paths.append(place)

    def bound(self, thought: bytes) -> Bound:
        """What an assistant's thinking at this place follows; `thought` is of the thinking block before it."""
        content, blocks = self._content(), b"".join(self._blocks)
        return Bound(self._system, self._tools, thought, content, self._length, blocks)

    def change(self, made: Bound) -> str | None:
        """How this place differs from the one where a block was made: the API's sentence, or None where it doesn't.

        The sentence is empty where its words are not known: content that is missing or new.
        """
        if made.system != self._system:
            return SYSTEM
        if made.tools != self._tools:
            return TOOLS
        if not self._is_known or made.content == self._content():
            return None
        differing = self._differing(made) if made.length == self._length else None
        return CONTENT.format(path=differing) if differing else ""

    def _differing(self, made: Bound) -> str | None:
        for place, then, now in zip(self._paths, _blocks(made), self._blocks, strict=False):
            if then != now:
                return f"messages.{place[0]}.content.{place[1]}"
        return None

    def _content(self) -> bytes:
        self._enter("assistant")
        return self._hash.digest()

    def _enter(self, role: str) -> None:
        if role != self._role:
            self._role = role
            self._hash.update(role.encode())


def _blocks(made: Bound) -> Iterator[bytes]:
    return _slices(made.blocks, (BLOCK_BYTES,) * (len(made.blocks) // BLOCK_BYTES))


def _slices(raw: bytes, sizes: tuple[int, ...]) -> Iterator[bytes]:
    start = 0
    for size in sizes:
        yield raw[start : start + size]
        start += size


def _part(value: object) -> bytes:
    return digest(_bytes(value), PART_BYTES)


def _bare(block: Block) -> Block:
    return {k: v for k, v in block.items() if k not in FREE and v not in NOTHING}


def _bytes(value: object) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
