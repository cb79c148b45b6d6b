"""Thinking that comes back: blocks of earlier answers, whole and unedited."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mockserver.request import Placed, Request, Turn
from mockserver.rules.registry import Refusal, Registry
from mockserver.signing import is_minted, is_original


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "thinking.signature",
        "A replayed thinking block has a signature",
        evidence="documented",
        source="docs: Troubleshooting thinking; NousResearch/hermes-agent#24107: a blank one is refused",
        blocks=["thinking"],
    )
    def thinking_signature(request: Request) -> Refusal | None:
        for place in _thoughts(request.turns):
            if not place.block["signature"]:
                return Refusal(f"{place.path}: Invalid `signature` in `thinking` block")
        return None

    @rule(
        "thinking.edited",
        "The thinking of the latest assistant turn comes back as it was",
        evidence="documented",
        source="docs: Claude API errors; anthropics/claude-code#63284 (2026-05-28). Signatures minted here are judged",
        blocks=["thinking"],
    )
    def thinking_edited(request: Request) -> Refusal | None:
        latest = [turn for turn in request.turns if turn.role == "assistant"][-1:]
        for place in _thoughts(latest):
            text, signature = place.block["thinking"], place.block["signature"]
            # docs: a text put into a block whose thinking was omitted is ignored
            if is_minted(signature) and not any(
                is_original(request.seed, original, signature) for original in (text, "")
            ):
                return Refusal(
                    f"{place.path}: `thinking` or `redacted_thinking` blocks in the latest assistant "
                    "message cannot be modified. These blocks must remain as they were in the "
                    "original response."
                )
        return None


def _thoughts(turns: Iterable[Turn]) -> Iterator[Placed]:
    for turn in turns:
        for number, block in enumerate(turn.blocks):
            if block["type"] == "thinking":
                yield Placed(f"messages.{turn.position}.content.{number}", block)
