"""A message in which other models answered in place of the one that declined.

Source of all that is not marked otherwise: docs, Refusals and fallback; SDK 2.14.0, BetaFallbackBlock and
BetaFallbackMessageIterationUsage.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

from mockserver.replies.answer import Answer, Block
from mockserver.replies.usage import LoopUsage
from mockserver.request import Request

REFUSAL = "refusal"
SERVED = "fallback_message"
CALLS = ("tool_use", "server_tool_use", "mcp_tool_use")


class Hop(NamedTuple):
    """What one model made of the request: its message is one of its own."""

    request: Request
    answer: Answer
    whole: dict[str, Any]

    @property
    def category(self) -> str | None:
        """Why it declined."""
        details: Block = self.answer.stop_details or {}
        return details.get("category")

    @property
    def declined(self) -> bool:
        """Whether the next model may take over.

        In a stream it may not where a call is open: a refusal whose last block is a call is taken for that (policy).
        """
        if self.answer.stop_reason != REFUSAL:
            return False
        blocks = self.answer.blocks
        is_stream = self.request.body.get("stream")
        return not (is_stream and blocks and blocks[-1]["type"] in CALLS)


def joined(hops: list[Hop]) -> dict[str, Any]:
    """One message of all hops; the last one's when it is the only one.

    Where all decline it is the last one's refusal, behind the blocks that tell who was asked (policy: of this case only
    the usage is documented).
    """
    first, last = hops[0], hops[-1]
    whole = last.whole
    if len(hops) == 1:
        return whole
    usage = whole["usage"]
    usage["iterations"] = _iterations(hops)
    content = [_handed_over(before, after) for before, after in pairwise(hops)]
    if first.request.body.get("stream") and any(hop.answer.blocks for hop in hops[:-1]):
        # What was streamed stays: it began as the message of the model that was asked.
        content = [
            block
            for hop, handed_over in zip(hops, content, strict=False)
            for block in (*hop.whole["content"], handed_over)
        ]
        if first.answer.blocks:
            opening = LoopUsage(usage)
            opening.opening_input = first.whole["usage"]["input_tokens"]
            whole = {**whole, "usage": opening, "model": first.whole["model"]}
    return {**whole, "content": [*content, *whole["content"]]}


def _handed_over(before: Hop, after: Hop) -> Block:
    """The block between two models. The one that was asked is called as the request calls it."""
    asked = before.request
    name = asked.model.id if asked.is_attempt else asked.body["model"]
    return {
        "type": "fallback",
        "from": {"model": name},
        "to": {"model": after.request.model.id},
        "trigger": {"type": REFUSAL, "category": before.category},
    }


def _iterations(hops: list[Hop]) -> list[Block]:
    listed: list[Block] = []
    for hop in hops:
        for entry in hop.whole["usage"]["iterations"]:
            is_model = entry["type"] == "message"
            listed.append({**entry, "model": hop.request.model.id} if is_model else entry)
    listed[-1] = {**listed[-1], "type": SERVED}
    return listed
