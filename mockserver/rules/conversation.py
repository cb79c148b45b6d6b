"""Roles, order and content of `messages`, and the prefill."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from mockserver.request import Request, Turn
from mockserver.rules.registry import Refusal, Registry

OBSERVED = "seen live 2026-08-31 on claude-sonnet-5: kangminlee-maker/local-OAuth-CLI-API-adapter"
DIRECTIVE = "the directive-only form (content: [] with output_config) is accepted at any position"
SERVER_BLOCKS = ("server_tool_use", "mcp_tool_use", "mcp_tool_result")
PREFILL = (
    "This model does not support assistant message prefill. "
    "The conversation must end with a user message."
)


def is_server_block(kind: str) -> bool:
    """Whether a block belongs to a tool that the API runs itself."""
    return kind in SERVER_BLOCKS or (kind.endswith("_tool_result") and kind != "tool_result")


def _directive(request: Request, turn: Turn) -> bool:
    return "output_config" in request.body["messages"][turn.position]


def _systems(request: Request) -> Iterator[Turn]:
    return (t for t in request.turns if t.role == "system" and not _directive(request, t))


def _spoken(request: Request) -> list[Turn]:
    return [t for t in request.turns if t.role != "system" or not _directive(request, t)]


def register(registry: Registry) -> None:
    """Add the rules of this module in the order in which the live API applies them."""
    rule = registry.rule

    @rule(
        "system-turn.unsupported",
        "Only newer models take role `system` inside `messages`",
        evidence="reported",
        source="anthropics/claude-agent-sdk-typescript#350 (2026-06-15); anthropics/claude-code#61412",
        roles=["system"],
    )
    def system_unsupported(request: Request) -> Refusal | None:
        if request.model.system_role or all(t.role != "system" for t in request.turns):
            return None
        if any(beta.startswith("mid-conversation-") for beta in request.betas):
            return Refusal("role 'system' is not supported on this model")
        return Refusal(
            'messages: Unexpected role "system". The Messages API accepts a top-level `system` '
            'parameter, not "system" as an input message role.'
        )

    @rule(
        "system-turn.empty",
        "A system turn has at least one block",
        evidence="reported",
        source=OBSERVED,
        roles=["system"],
    )
    def system_empty(request: Request) -> Refusal | None:
        for turn in _systems(request):
            if not turn.blocks:
                return Refusal(
                    f"messages.{turn.position}: system content must contain at least one block"
                )
        return None

    @rule(
        "system-turn.blocks",
        "A system turn holds text and tool changes only",
        evidence="reported",
        source=OBSERVED,
        roles=["system"],
    )
    def system_blocks(request: Request) -> Refusal | None:
        allowed = {"text", "tool_addition", "tool_removal"}
        for turn in _systems(request):
            if any(block["type"] not in allowed for block in turn.blocks):
                return Refusal(
                    f"messages.{turn.position}: role 'system' supports text, tool_addition, "
                    "and tool_removal blocks only"
                )
        return None

    @rule(
        "system-turn.first",
        "The first system prompt belongs into the `system` parameter",
        evidence="reported",
        source=f"{OBSERVED}; LeenHawk/gproxy#209 (2026-09-04)",
        roles=["system"],
    )
    def system_first(request: Request) -> Refusal | None:
        turn = request.turns[0]
        if turn.role != "system" or _directive(request, turn):
            return None
        return Refusal(
            "messages.0: use the top-level 'system' parameter for the initial system prompt; "
            + DIRECTIVE
        )

    @rule(
        "system-turn.follows",
        "A system turn follows a user turn or a server tool's result",
        evidence="reported",
        source="seen live 2026-10-06 on claude-opus-5-5; docs: Mid-conversation system messages",
        roles=["system"],
    )
    def system_follows(request: Request) -> Refusal | None:
        spoken = _spoken(request)
        for before, turn in pairwise(spoken):
            if turn.role != "system" or before.role != "assistant":
                continue
            if not before.blocks or not is_server_block(before.blocks[-1]["type"]):
                return Refusal(
                    f"messages.{turn.position}: role 'system' must follow a 'user' message or an "
                    f"'assistant' message ending in a server tool result; {DIRECTIVE}"
                )
        return None

    @rule(
        "system-turn.precedes",
        "A run of system turns ends the conversation or precedes an assistant turn",
        evidence="reported",
        source=OBSERVED,
        roles=["system"],
    )
    def system_precedes(request: Request) -> Refusal | None:
        spoken = _spoken(request)
        for turn, after in pairwise(spoken):
            if turn.role == "system" and after.role == "user":
                return Refusal(
                    f"messages.{turn.position}: role 'system' must precede an 'assistant' message "
                    f"or end the array; {DIRECTIVE}"
                )
        return None

    @rule(
        "system-turn.whitespace",
        "A system turn's text is more than white space",
        evidence="reported",
        source=OBSERVED,
        roles=["system"],
    )
    def system_whitespace(request: Request) -> Refusal | None:
        for turn in _systems(request):
            if any(
                b["type"] == "text" and b["text"] and not b["text"].strip() for b in turn.blocks
            ):
                return Refusal(
                    f"messages.{turn.position}: system text blocks must contain non-whitespace text"
                )
        return None

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
        "prefill.unsupported",
        "Models from 4.6 on, and Mythos Preview, have no prefill",
        evidence="recorded",
        source="docs: Claude API errors, Prefill not supported; activeagents cassette (2026-07-13)",
        roles=["final assistant"],
    )
    def prefill_unsupported(request: Request) -> Refusal | None:
        last = request.turns[-1]
        if request.model.prefill or last.role != "assistant" or not last.blocks:
            return None
        if is_server_block(last.blocks[-1]["type"]):
            return None  # docs: Stop reasons: after pause_turn the turn is sent back as it is
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
