"""Thinking that comes back: blocks of earlier answers, whole and unedited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mockserver.binding import BETA, drops, unbound
from mockserver.request import Block, Placed, Request, Turn
from mockserver.rules.registry import Refusal, Registry
from mockserver.signing import is_minted, is_original
from mockserver.thoughts import SIGNED, opened, runs

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
        "A replayed thinking block has its signature as it was given out",
        evidence="documented",
        source="docs: Troubleshooting thinking; tdavison784/context-runtime (2026-09-26, claude-opus-5-5 and "
        "claude-sonnet-5: one character flipped, also under drop_block); NousResearch/hermes-agent#24107: a blank one. "
        "Of those of other servers only the form is judged",
        blocks=["thinking"],
    )
    def thinking_signature(request: Request) -> Refusal | None:
        return _altered(request, "thinking")

    @rule(
        "redacted-thinking.data",
        "A replayed redacted_thinking block has its data as it was given out",
        evidence="reported",
        source="anthropics/claude-code, changelog of 2.1.282 (2026-09-24); vybestack/llxprt-code#1150. "
        "Of those of other servers only the form is judged",
        blocks=["redacted_thinking"],
    )
    def redacted_thinking_data(request: Request) -> Refusal | None:
        return _altered(request, "redacted_thinking")

    @rule(
        "thinking.edited",
        "On models before Claude 5, the thinking of the latest assistant turn comes back as it was",
        evidence="documented",
        source="docs: Claude API errors, Thinking; anthropics/claude-code#63284 (2026-05-28). claude-opus-5-5 and "
        "claude-sonnet-5 take an edited text and ignore it (tdavison784/context-runtime, 2026-09-26), against the "
        "documentation; that all models since Claude 5 do is policy. Signatures minted here are judged",
        blocks=["thinking"],
    )
    def thinking_edited(request: Request) -> Refusal | None:
        if request.model.edited_thinking == "ignored":
            return None
        for place in _thoughts(_latest(request)):
            text, signature = place.block["thinking"], place.block["signature"]
            # docs: a text put into a block whose thinking was omitted is ignored
            if is_minted(signature) and not any(
                is_original(request.seed, original, signature) for original in (text, "")
            ):
                return _modified(place.path)
        return None

    @rule(
        "thinking.incomplete",
        "Thinking blocks that stood together in the latest assistant turn come back together, in their order",
        evidence="documented",
        source="docs: Claude API errors, Thinking, Troubleshooting thinking: not rearranged, nor left out in part, also "
        "redacted ones; all of them may be. Which block is named is policy. Signatures minted here are judged",
        blocks=["thinking", "redacted_thinking"],
    )
    def thinking_incomplete(request: Request) -> Refusal | None:
        for turn in _latest(request):
            for run in runs(turn.blocks):
                if not _is_whole(request.seed, [block for _, block in run]):
                    return _modified(f"messages.{turn.position}.content.{run[0][0]}")
        return None

    @rule(
        "thinking.prefix",
        "On models that preserve thinking, what came before a thinking block is unchanged",
        evidence="recorded",
        source="docs: Claude API errors, Preserved thinking, Troubleshooting thinking; as for accounts made since "
        "2026-08-31. What has changed is named as on claude-opus-5-5, claude-fable-5-1 and claude-haiku-5-5 "
        "(tdavison784/context-runtime 2026-09-26; pydantic/pydantic-ai and others, 2026-10), the system prompt before "
        "the tools before the content (policy); not where its words are unknown: content or thinking that is missing "
        "or new. The text for redacted_thinking is made after the one for thinking (policy). Signatures minted here "
        "are judged",
        blocks=["thinking", "redacted_thinking"],
    )
    def thinking_prefix(request: Request) -> Refusal | None:
        if drops(request):
            return None
        found = next(unbound(request), None)
        if found is None:
            return None
        kind = found.place.block["type"]
        sentences = [
            f"{found.place.path}: Invalid `{SIGNED[kind]}` in `{kind}` block.",
            "The block is bound to a different conversation.",
            'Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "drop_block".',
            "" if BETA in request.betas else BINDING_HEADER,
            found.change,
        ]
        return Refusal(" ".join(filter(None, sentences)))


def _latest(request: Request) -> list[Turn]:
    return [turn for turn in request.turns if turn.role == "assistant"][-1:]


def _is_whole(seed: int, run: list[Block]) -> bool:
    """Whether blocks that stand together are whole groups of those that stood together, each in its order.

    Groups may come together: an empty text between them can't be sent back. A foreign block may be any of a group.
    """
    due = length = foreign = 0
    for block in run:
        signed = opened(seed, block)
        if signed is None or not signed.length:
            foreign += not due
            due = (due + 1) % length if due else 0
            continue
        begins = not due and signed.place <= foreign
        if not begins and (signed.place, signed.length) != (due, length):
            return False
        due, length, foreign = (signed.place + 1) % signed.length, signed.length, 0
    return not due


def _modified(path: str) -> Refusal:
    return Refusal(
        f"{path}: `thinking` or `redacted_thinking` blocks in the latest assistant message cannot be "
        "modified. These blocks must remain as they were in the original response."
    )


def _altered(request: Request, kind: str) -> Refusal | None:
    key = SIGNED[kind]
    for turn in request.turns:
        for number, block in enumerate(turn.blocks):
            if block["type"] == kind and not _is_genuine(request.seed, block):
                place = f"messages.{turn.position}.content.{number}"
                return Refusal(f"{place}: Invalid `{key}` in `{kind}` block")
    return None


def _is_genuine(seed: int, block: Block) -> bool:
    """Whether a block's signature may be one that was given out, here or by another server."""
    signature = block[SIGNED[block["type"]]]
    if is_minted(signature):
        return opened(seed, block) is not None
    return SIGNATURE.fullmatch(signature) is not None


def _thoughts(turns: Iterable[Turn]) -> Iterator[Placed]:
    for turn in turns:
        for number, block in enumerate(turn.blocks):
            if block["type"] == "thinking":
                yield Placed(f"messages.{turn.position}.content.{number}", block)
