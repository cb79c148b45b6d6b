"""Compaction: a block that sums the conversation up, alone or before the answer.

On demand it comes alone and signed, and stands for the messages that were sent (docs: Compaction on demand). By
threshold it comes unsigned, once the prompt has so many tokens, and the answer follows unless a pause is asked for
(docs: Threshold compaction; probed live on claude-opus-5-5, 2026-09-26).
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.clearing import shown_tokens
from mockserver.edits import COMPACT, edit_of
from mockserver.replies.answer import Answer, Block
from mockserver.request import Request
from mockserver.signing import minted_summary
from mockserver.tokens import text_tokens

COMPACTION = "compaction"
USUAL_TRIGGER = 150_000
MOST_QUOTED = 200


def compacted(request: Request, seed: int) -> Answer | None:
    """The compaction that a request brings about: all of its answer, or what the answer begins with.

    It is all of it unless the answer has a block and another stop_reason than `compaction`.
    """
    if request.body.get(COMPACTION):
        return _on_demand(request, seed)
    edit = edit_of(request, COMPACT)
    if edit is None or shown_tokens(request) < _trigger(edit):
        return None
    text = summary(request)
    reason = COMPACTION if edit.get("pause_after_compaction") else "end_turn"
    block: Block = {"type": COMPACTION, "content": text}
    return Answer([block], reason, output_tokens=text_tokens(text, request.model.tokenizer))


def summary(request: Request) -> str:
    """What is said of a conversation: how it began, and what came last (policy)."""
    said = [*_said(request)]
    first, last = (text[:MOST_QUOTED] for text in (said[0], said[-1])) if said else ("", "")
    return (
        f"Summary of {len(request.turns)} messages of a mock conversation. It began with: {first}\n"
        f"It came to: {last}"
    )


def _on_demand(request: Request, seed: int) -> Answer:
    text, budget = summary(request), int(request.body["max_tokens"])
    tokens = text_tokens(text, request.model.tokenizer)
    if tokens > budget:  # docs: a summary that was cut off is none
        return Answer([], "max_tokens", output_tokens=budget)
    block = {"type": COMPACTION, "content": text, "signature": minted_summary(seed, text)}
    return Answer([block], COMPACTION, output_tokens=tokens)


def _trigger(edit: Block) -> int:
    trigger: Block = edit.get("trigger") or {}
    return int(trigger.get("value", USUAL_TRIGGER))


def _said(request: Request) -> Iterator[str]:
    for turn in request.turns:
        for block in turn.blocks:
            text = block.get("text") or block.get("content")
            if block["type"] in ("text", COMPACTION) and text:
                yield text
