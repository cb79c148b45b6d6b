"""Which thinking modes a model takes, and what they exclude."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mockserver.request import Request
from mockserver.rules.registry import Refusal, Registry

USE_ADAPTIVE = (
    'Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
)
ERRORS_PAGE = "docs: Claude API errors"


def _unsupported(kind: str, remedy: str = "") -> str:
    return f'"thinking.type.{kind}" is not supported for this model.{remedy and " " + remedy}'


def _remedy_for_disabled(request: Request) -> str:
    if "enabled" in request.model.thinking:
        return (
            'Thinking defaults to adaptive mode when not specified; use "thinking.type.enabled" '
            'with "budget_tokens" for extended thinking.'
        )
    if "between_tools" in request.model.thinking:
        return (
            'Use "thinking.type.between_tools" for the lowest thinking setting, or '
            '"thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
        )
    return USE_ADAPTIVE


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "thinking.type",
        "The model takes the thinking type",
        evidence="recorded",
        source=f"{ERRORS_PAGE}; aakshintala/fiber (2026-09-29) for enabled",
        keys=["thinking"],
    )
    def thinking_type(request: Request) -> Refusal | None:
        config = request.body.get("thinking")
        if config is None or config["type"] in request.model.thinking:
            return None
        kind = config["type"]
        if kind == "adaptive":
            return Refusal("adaptive thinking is not supported on this model")
        remedies = {
            "enabled": USE_ADAPTIVE if "adaptive" in request.model.thinking else "",
            "disabled": _remedy_for_disabled(request),
        }
        return Refusal(_unsupported(kind, remedies.get(kind, "")))

    @rule(
        "thinking.budget",
        "`max_tokens` is larger than the thinking budget",
        evidence="reported",
        source="ProfSynapse/nexus#17 (2026-02-06); the interleaved beta lifts it (docs: Thinking)",
        keys=["thinking"],
    )
    def thinking_budget(request: Request) -> Refusal | None:
        config: Mapping[str, Any] = request.body.get("thinking") or {}
        budget = config.get("budget_tokens")
        if budget is None or "max_tokens" not in request.body:
            return None
        interleaved = request.tools and "interleaved-thinking-2025-05-14" in request.betas
        if interleaved or request.body["max_tokens"] > budget:
            return None
        return Refusal(
            "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our "
            "documentation at https://docs.claude.com/en/docs/build-with-claude/extended-thinking"
            "#max-tokens-and-context-window-size"
        )

    @rule(
        "thinking.forced-tool",
        "Manual thinking and a forced tool exclude each other",
        evidence="reported",
        source="workglow-dev/libs#746 (2026-08-13, probed live on claude-haiku-4-5)",
        keys=["tool_choice"],
    )
    def thinking_forced_tool(request: Request) -> Refusal | None:
        if request.thinking == "enabled" and request.tool_choice in ("any", "tool"):
            return Refusal("Thinking may not be enabled when tool_choice forces tool use.")
        return None

    @rule(
        "thinking.first-block",
        "With manual thinking, a final assistant turn begins with a thinking block",
        evidence="reported",
        source="pydantic/pydantic-ai#2075 (2025-06-25); anthropics/claude-code#11978 (2025-11-19)",
        keys=["thinking"],
    )
    def thinking_first_block(request: Request) -> Refusal | None:
        if request.thinking != "enabled":
            return None
        place = _final_assistant(request)
        if place is None:
            return None
        index, kind = place
        if kind in ("thinking", "redacted_thinking"):
            return None
        return Refusal(
            f"messages.{index}.content.0.type: Expected `thinking` or `redacted_thinking`, but found "
            f"`{kind}`. When `thinking` is enabled, a final `assistant` message must start with a "
            "thinking block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We "
            "recommend you include thinking blocks from previous turns. To avoid this requirement, "
            "disable `thinking`. Please consult our documentation at "
            "https://docs.claude.com/en/docs/build-with-claude/extended-thinking"
        )


def _final_assistant(request: Request) -> tuple[int, str] | None:
    """Index and first block of the assistant turn that the answer goes on from: a prefill or an open tool loop."""
    last = request.turns[-1]
    if last.role == "user" and any(b["type"] == "tool_result" for b in last.blocks):
        last = next((t for t in reversed(request.turns) if t.role == "assistant"), last)
    if last.role != "assistant" or not last.blocks:
        return None
    return last.position, str(last.blocks[0]["type"])
