"""What edits a conversation before it is answered: context management and compaction."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.edits import CLEAR_THINKING, COMPACT, edit_of, edits
from mockserver.request import Block, Placed, Request, is_server_block
from mockserver.rules.registry import Refusal, Registry
from mockserver.signing import is_minted, is_summarized, opened

LEAST_TRIGGER = 50_000
COMPACTION = "compaction"
ON_DEMAND = "compact-2026-09-04"
PROBED = "live probes published with request and answer, 2026-09-26 on claude-opus-5-5"
SETTINGS = ("context_management", "stop_sequences")
PAGE = "docs: Compaction on demand, and the SDK's error classes: the code; the text is ours"


def signed(request: Request) -> Iterator[Placed]:
    """The compaction blocks with content that were made on demand: those have a signature."""
    for place in request.placed():
        block = place.block
        if block["type"] == COMPACTION and block.get("signature") and block.get("content"):
            yield place


def summarizes(request: Request) -> bool:
    """Whether compaction is asked for. docs: count_tokens takes the parameter and ignores it."""
    return bool(request.body.get(COMPACTION)) and not request.is_count


def _remaining(request: Request) -> int | None:
    """What a request says is left of its task budget."""
    config: Block = request.body.get("output_config") or {}
    budget: Block = config.get("task_budget") or {}
    return budget.get("remaining")


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "clear-thinking.first",
        "Clearing thinking is the first edit",
        evidence="reported",
        source=f"{PROBED}; docs: Context editing",
        keys=["context_management"],
    )
    def clear_thinking_first(request: Request) -> Refusal | None:
        if all(edit["type"] != CLEAR_THINKING for edit in edits(request)[1:]):
            return None
        return Refusal(
            f"context_management: `{CLEAR_THINKING}` must be the first strategy in "
            "`context_management.edits` when provided"
        )

    @rule(
        "clear-thinking.thinking-off",
        "Clearing thinking needs thinking",
        evidence="reported",
        source="seen live 2026-08-05 and 2026-09-13, quoted in public logs of gateways",
        keys=["context_management"],
    )
    def clear_thinking_thinking_off(request: Request) -> Refusal | None:
        if request.thinking != "disabled":
            return None
        if all(edit["type"] != CLEAR_THINKING for edit in edits(request)):
            return None
        return Refusal(f"`{CLEAR_THINKING}` strategy requires `thinking` to be enabled or adaptive")

    @rule(
        "compact.trigger",
        "Compaction begins at 50,000 tokens or later",
        evidence="reported",
        source=f"{PROBED}, in two repositories; docs: Compaction",
        keys=["context_management"],
    )
    def compact_trigger(request: Request) -> Refusal | None:
        for index, edit in enumerate(edits(request)):
            trigger = edit.get("trigger") if edit["type"] == COMPACT else None
            if trigger and trigger["value"] < LEAST_TRIGGER:
                return Refusal(
                    f"context_management.edits.{index}.{COMPACT}: trigger.value must be at least "
                    f"{LEAST_TRIGGER}"
                )
        return None

    @rule(
        "compaction.unsigned",
        "A compaction block without signature comes with the edit that made it",
        evidence="reported",
        source=f"{PROBED}, with each of the two betas; the second text whole in the tests of another repository",
        blocks=[COMPACTION],
    )
    def compaction_unsigned(request: Request) -> Refusal | None:
        if edit_of(request, COMPACT) is not None:
            return None
        for place in request.placed():
            block = place.block
            if block["type"] != COMPACTION or block.get("signature") or not block.get("content"):
                continue
            if ON_DEMAND in request.betas:
                return Refusal(
                    f"{place.path}: a `{COMPACTION}` block with `content` requires its `signature`: "
                    "send the block exactly as it was returned"
                )
            return Refusal(
                f"`{COMPACTION}` blocks require a `{COMPACT}` strategy in `context_management.edits`."
            )
        return None

    @rule(
        "compaction.signed-beta",
        "A signed compaction block comes with the beta of compaction on demand",
        evidence="reported",
        source=f"{PROBED}; the text's beginning is not quoted",
        blocks=[COMPACTION],
    )
    def compaction_signed_beta(request: Request) -> Refusal | None:
        place = next(signed(request), None)
        if place is None or ON_DEMAND in request.betas:
            return None
        return Refusal(f"{place.path}: `signature` requires anthropic-beta: {ON_DEMAND}")

    @rule(
        "compaction.ambiguous",
        "A conversation has one signed compaction block",
        evidence="policy",
        source=PAGE,
        blocks=[COMPACTION],
    )
    def compaction_ambiguous(request: Request) -> Refusal | None:
        if len(list(signed(request))) <= 1:
            return None
        return Refusal(
            f"messages: more than one `{COMPACTION}` block has content; send the latest only",
            details={"error_code": "compaction_block_ambiguous"},
        )

    @rule(
        "compaction.misplaced",
        "A signed compaction block is the first of the conversation",
        evidence="reported",
        source="a live probe of 2026-09, published with code and text; that the path comes before it is policy",
        blocks=[COMPACTION],
    )
    def compaction_misplaced(request: Request) -> Refusal | None:
        first = next((turn.position for turn in request.turns if turn.role != "system"), 0)
        for place in signed(request):
            if place.path != f"messages.{first}.content.0":
                return Refusal(
                    f"{place.path}: `{COMPACTION}` block must be sent first, in place of the messages it "
                    "summarizes; remove those messages",
                    details={"error_code": "compaction_block_misplaced"},
                )
        return None

    @rule(
        "compaction.signature",
        "A compaction block has its signature as it was given out",
        evidence="policy",
        source=f"{PAGE}. Signatures minted here are judged",
        blocks=[COMPACTION],
    )
    def compaction_signature(request: Request) -> Refusal | None:
        for place in signed(request):
            signature = place.block["signature"]
            if is_minted(signature) and opened(request.seed, signature) is None:
                return Refusal(
                    f"{place.path}: Invalid `signature` in `{COMPACTION}` block",
                    details={"error_code": "compaction_signature_invalid"},
                )
        return None

    @rule(
        "compaction.content",
        "A signed compaction block has its content as it was given out",
        evidence="recorded",
        source="tdavison784/context-runtime (2026-09-26, claude-opus-5-5): a summary with something appended. "
        "Signatures minted here are judged",
        blocks=[COMPACTION],
    )
    def compaction_content(request: Request) -> Refusal | None:
        for place in signed(request):
            content, signature = place.block["content"], place.block["signature"]
            if is_minted(signature) and not is_summarized(request.seed, content, signature):
                return Refusal(
                    f"{place.path}: `{COMPACTION}` block `content` does not match its `signature`",
                    details={"error_code": "compaction_content_mismatch"},
                )
        return None

    @rule(
        "compaction.beside",
        "Beside a signed compaction block are no threshold compaction and no rest of a task budget",
        evidence="policy",
        source="docs: Compaction on demand: neither is taken beside the block; the SDK's tool runner says of the edit "
        "that the API rejects the request; the texts are ours",
        blocks=[COMPACTION],
    )
    def compaction_beside(request: Request) -> Refusal | None:
        place = next(signed(request), None)
        if place is None:
            return None
        if edit_of(request, COMPACT) is not None:
            return Refusal(
                f"{place.path}: a signed `{COMPACTION}` block cannot be combined with a `{COMPACT}` strategy in "
                "`context_management.edits`"
            )
        if _remaining(request) is None:
            return None
        return Refusal(
            f"{place.path}: a signed `{COMPACTION}` block cannot be combined with "
            "output_config.task_budget.remaining"
        )

    @rule(
        "compaction.alone",
        "Compaction on demand takes nothing that it would not follow",
        evidence="policy",
        source="docs: Compaction on demand: what can't be combined with it, without a code; the text is ours",
        keys=[COMPACTION],
    )
    def compaction_alone(request: Request) -> Refusal | None:
        body = request.body
        if not summarizes(request):
            return None
        asked = {
            **{name: body.get(name) for name in SETTINGS},
            "output_config.format": request.output_format,
            "output_config.task_budget.remaining": _remaining(request) is not None,
            f'tool_choice.type "{request.tool_choice}"': request.tool_choice in ("any", "tool"),
        }
        found = next((name for name, value in asked.items() if value), None)
        return Refusal(f"compaction: cannot be combined with {found}") if found else None

    @rule(
        "compaction.nothing",
        "There is something to compact",
        evidence="policy",
        source=PAGE,
        keys=[COMPACTION],
    )
    def compaction_nothing(request: Request) -> Refusal | None:
        if not summarizes(request):
            return None
        if any(turn.role != "system" and turn.blocks for turn in request.turns):
            return None
        return Refusal(
            "messages: there is no `user` or `assistant` content to summarize",
            details={"error_code": "compaction_nothing_to_summarize"},
        )

    @rule(
        "compaction.incomplete",
        "Compaction does not cut into an unfinished assistant turn",
        evidence="policy",
        source=PAGE,
        keys=[COMPACTION],
    )
    def compaction_incomplete(request: Request) -> Refusal | None:
        last = request.turns[-1]
        if not summarizes(request) or last.role != "assistant" or not last.blocks:
            return None
        kind = last.blocks[-1]["type"]
        if kind != "tool_use" and not is_server_block(kind):
            return None
        return Refusal(
            f"messages.{last.position}: compaction cannot follow an unfinished `assistant` turn",
            details={"error_code": "compaction_incomplete_turn"},
        )
