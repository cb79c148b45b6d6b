"""An answer in the making: blocks are added while there are tokens for them, and until something ends it."""

from __future__ import annotations

import json
from bisect import bisect_right
from typing import Any

from mockserver.ids import Ids
from mockserver.replies.answer import Answer, Block
from mockserver.replies.cutting import spoken
from mockserver.request import Request
from mockserver.tokens import text_tokens

# What stands around the input of a call, in tokens (policy).
CALL_TOKENS = 12


class Draft:
    """The blocks of one answer. Nothing is added once it `is_over`: at the last token, or at a stop sequence."""

    def __init__(self, request: Request, ids: Ids, seed: int, budget: int, limit: str) -> None:
        self.request = request
        self.ids = ids
        self.seed = seed
        self.answer = Answer([])
        self.is_over = False
        self._budget = budget
        self._limit = limit

    @property
    def left(self) -> int:
        """How many tokens the answer may still take."""
        return self._budget - self.answer.output_tokens

    def spend(self, tokens: int) -> bool:
        """Take so many tokens, or all that are left, which ends the answer. Says whether there were enough."""
        if tokens > self.left or self.is_over:
            self.answer.output_tokens = max(self._budget, self.answer.output_tokens)
            self.end(self._limit)
            return False
        self.answer.output_tokens += tokens
        return True

    def end(self, reason: str, sequence: str | None = None) -> None:
        """Stop here. What ended an answer first has ended it."""
        if not self.is_over:
            self.answer.stop_reason, self.answer.stop_sequence = reason, sequence
            self.is_over = True

    def say(self, text: str, citations: list[Block] | None = None) -> None:
        """Add a text block, cut where the answer ends."""
        if self.is_over or self.left <= 0:
            self.end(self._limit)
            return
        stops = self.request.body.get("stop_sequences") or ()
        said = spoken(text, stops, self.left, self.request.model.tokenizer)
        self.answer.output_tokens += said.tokens
        if said.text:
            cited = {"citations": citations} if citations else {}
            self.answer.blocks.append({**cited, "type": "text", "text": said.text})
        if said.is_cut:
            self.end(self._limit)
        elif said.sequence is not None:
            self.end("stop_sequence", said.sequence)

    def call(self, kind: str, prefix: str, name: str, given: Any, more: Block) -> Block | None:
        """Add a call of a tool. Without the tokens for all of its input it has the members that fit (policy)."""
        if not self.spend(CALL_TOKENS):
            return None
        block: Block = {"type": kind, "id": self.ids.next(prefix), "name": name}
        self.answer.blocks.append(block)
        block["input"], is_whole = self._input(given)
        block.update(more)
        return block if is_whole else None

    def _input(self, given: Any) -> tuple[Block, bool]:
        cost = self._cost(given)
        if cost <= self.left:
            return given, self.spend(cost)
        members = list(given.items())
        counts = range(1, len(members))
        fitting = bisect_right(counts, self.left, key=lambda n: self._cost(dict(members[:n])))
        return dict(members[:fitting]), self.spend(cost)

    def _cost(self, given: Any) -> int:
        written = json.dumps(given, ensure_ascii=False) if given else ""
        return text_tokens(written, self.request.model.tokenizer)
