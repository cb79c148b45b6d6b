"""System turns inside `messages`: on which models, what they hold, and where they may stand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from mockserver.request import Request, Turn, is_server_block
from mockserver.rules.registry import Refusal, Registry

OBSERVED = "seen live 2026-08-31 on claude-sonnet-5: kangminlee-maker/local-OAuth-CLI-API-adapter"
DIRECTIVE = "the directive-only form (content: [] with output_config) is accepted at any position"


def _directive(request: Request, turn: Turn) -> bool:
    return "output_config" in request.body["messages"][turn.position] and not turn.blocks


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
