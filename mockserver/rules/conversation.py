"""Content of `messages`: what may be empty, and the prefill."""

from __future__ import annotations

from mockserver.request import Request, is_server_block
from mockserver.rules.registry import Refusal, Registry
from mockserver.rules.system_turns import OBSERVED
from mockserver.turns import BATCH_ITEM

NO_PREFILL = "prefill.unsupported"
PREFILL = (
    "This model does not support assistant message prefill. "
    "The conversation must end with a user message."
)


def lacks_prefill(request: Request) -> bool:
    """Whether the conversation ends in a prefill on a model that has none.

    After pause_turn, the turn of the server's tools is sent back as it is (docs: Stop reasons).
    """
    last = request.turns[-1]
    if request.model.prefill or last.role != "assistant" or not last.blocks:
        return False
    return not is_server_block(last.blocks[-1]["type"])


def register(registry: Registry) -> None:
    """Add the rules of this module in the order in which the live API applies them."""
    rule = registry.rule

    @rule(
        "content.empty",
        "Every turn but a final assistant turn has content",
        evidence="recorded",
        source=f"Mirascope/mirascope cassette (2026-01-30); for user turns {OBSERVED}",
        roles=["empty turn"],
    )
    def content_empty(request: Request) -> Refusal | None:
        for run in request.runs:
            if run.role == "system" or any(turn.blocks for turn in run.turns):
                continue
            index = run.turns[0].position
            if run.role == "user":
                return Refusal(f"messages.{index}: user messages must have non-empty content")
            if run is not request.runs[-1]:
                return Refusal(
                    f"messages.{index}: all messages must have non-empty content "
                    "except for the optional final assistant message"
                )
        return None

    @rule(
        "text.empty",
        "A text block is not empty",
        evidence="reported",
        source="anthropics/claude-code#59812 (2026-05-16)",
        blocks=["blank text"],
    )
    def text_empty(request: Request) -> Refusal | None:
        if any(b["type"] == "text" and not b["text"] for t in request.turns for b in t.blocks):
            return Refusal("messages: text content blocks must be non-empty")
        return None

    @rule(
        NO_PREFILL,
        "Models from 4.6 on, and Mythos Preview, have no prefill",
        evidence="recorded",
        source="docs: Claude API errors, Prefill not supported; activeagents cassette (2026-07-13)",
        roles=["final assistant"],
    )
    def prefill_unsupported(request: Request) -> Refusal | None:
        # docs: a conversation may be compacted after any turn, and a credit lets a declined answer be gone on with,
        # but not in a batch, where it is ignored (Compaction on demand, Fallback credit)
        if not lacks_prefill(request) or request.body.get("compaction"):
            return None
        has_credit = request.body.get("fallback_credit_token") is not None
        if has_credit and BATCH_ITEM not in request.features.roles:
            return None
        return Refusal(PREFILL)

    @rule(
        "text.whitespace",
        "A text block is more than white space",
        evidence="reported",
        source="anthropics/claude-code#23440 (2026-02-05); beside a tool_use recorded with 200 (2026-04-05)",
        blocks=["blank text"],
    )
    def text_whitespace(request: Request) -> Refusal | None:
        for turn in request.turns:
            if turn.role == "assistant" and len(turn.blocks) > 1:
                continue
            if any(b["type"] == "text" and b["text"].isspace() for b in turn.blocks):
                return Refusal("messages: text content blocks must contain non-whitespace text")
        return None

    @rule(
        "prefill.whitespace",
        "A prefill does not end in white space",
        evidence="reported",
        source="tailcallhq/forgecode#1872 (2025-11-08); crewAIInc/crewAI#4538 (2026-02-20)",
        roles=["final assistant"],
    )
    def prefill_whitespace(request: Request) -> Refusal | None:
        if request.prefill is None or request.prefill == request.prefill.rstrip():
            return None
        return Refusal("messages: final assistant content cannot end with trailing whitespace")

    @rule(
        "prefill.output-format",
        "A prefill can't be combined with structured output",
        evidence="policy",
        source="docs: Structured outputs say that both can't be used together; the text is ours",
        roles=["final assistant"],
    )
    def prefill_format(request: Request) -> Refusal | None:
        if request.prefill is None or request.output_format is None:
            return None
        return Refusal("output_config.format: prefill cannot be used with structured outputs")
