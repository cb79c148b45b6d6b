"""Thinking that comes back: blocks of earlier answers, whole and unedited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mockserver.binding import BETA, drops, unbound
from mockserver.request import Placed, Request, Turn
from mockserver.rules.registry import Refusal, Registry
from mockserver.signing import is_minted, is_original

BINDING_HEADER = f"That setting requires the `{BETA}` value in the `anthropic-beta` header."
SIGNATURE = re.compile("[A-Za-z0-9+/_-]+={0,2}")


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "thinking.blank",
        "A replayed thinking block without signature has thinking",
        evidence="reported",
        source="public logs of 2026, beside the refusal of a signature in the same conversation",
        blocks=["thinking"],
    )
    def thinking_blank(request: Request) -> Refusal | None:
        for place in _thoughts(request.turns):
            if not place.block["thinking"] and not place.block["signature"]:
                return Refusal(f"{place.path}.thinking: each thinking block must contain thinking")
        return None

    @rule(
        "thinking.signature",
        "A replayed thinking block has a signature of the form of base64",
        evidence="documented",
        source="docs: Troubleshooting thinking; NousResearch/hermes-agent#24107: a blank one is refused. "
        "Those of other servers can't be verified here",
        blocks=["thinking"],
    )
    def thinking_signature(request: Request) -> Refusal | None:
        for place in _thoughts(request.turns):
            if not SIGNATURE.fullmatch(place.block["signature"]):
                return Refusal(f"{place.path}: Invalid `signature` in `thinking` block")
        return None

    @rule(
        "redacted-thinking.data",
        "A replayed redacted_thinking block has data of the form of base64",
        evidence="policy",
        source="docs: Thinking: it comes back as it was; the text is made after the one for thinking",
        blocks=["redacted_thinking"],
    )
    def redacted_thinking_data(request: Request) -> Refusal | None:
        for place in request.placed():
            block = place.block
            if block["type"] == "redacted_thinking" and not SIGNATURE.fullmatch(block["data"]):
                return Refusal(f"{place.path}: Invalid `data` in `redacted_thinking` block")
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

    @rule(
        "thinking.prefix",
        "On models that preserve thinking, what came before a thinking block is unchanged",
        evidence="documented",
        source="docs: Claude API errors, Preserved thinking; as for accounts made since 2026-08-31. "
        "Signatures minted here are judged; the last sentence, which varies, is left out",
        blocks=["thinking"],
    )
    def thinking_prefix(request: Request) -> Refusal | None:
        if not request.model.preserved_thinking or drops(request):
            return None
        place = next(unbound(request), None)
        if place is None:
            return None
        header = "" if BETA in request.betas else f" {BINDING_HEADER}"
        return Refusal(
            f"{place.path}: Invalid `signature` in `thinking` block. The block is bound to a different "
            "conversation. Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` "
            f'to "drop_block".{header}'
        )


def _thoughts(turns: Iterable[Turn]) -> Iterator[Placed]:
    for turn in turns:
        for number, block in enumerate(turn.blocks):
            if block["type"] == "thinking":
                yield Placed(f"messages.{turn.position}.content.{number}", block)
