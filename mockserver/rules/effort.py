"""Effort: which levels a model takes, without thinking too, and from which turn on."""

from __future__ import annotations

from mockserver.request import Request
from mockserver.rules.registry import Refusal, Registry

ERRORS_PAGE = "docs: Claude API errors"
LEVELS = ("low", "medium", "high", "xhigh", "max")
THINKING_OFF = ("disabled", "between_tools")


def directives(request: Request) -> list[tuple[int, str]]:
    """Position and level of every system turn that sets an effort."""
    found: list[tuple[int, str]] = []
    for turn in request.turns:
        config = request.body["messages"][turn.position].get("output_config")
        if config and config.get("effort"):
            found.append((turn.position, config["effort"]))
    return found


def highest_without_thinking(request: Request) -> str | None:
    """The highest effort that the model takes now that its thinking is off; None when nothing limits it."""
    return request.model.thinking_off_max_effort if request.thinking in THINKING_OFF else None


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "effort.unsupported",
        "The model takes the effort level",
        evidence="recorded",
        source="pydantic/pydantic-ai cassette on claude-opus-4-6; without any level the text is policy",
        keys=["effort"],
    )
    def effort_unsupported(request: Request) -> Refusal | None:
        effort = request.effort
        if effort is None or effort in request.model.effort:
            return None
        if not request.model.effort:
            return Refusal("This model does not support the effort parameter.")
        levels = ", ".join(sorted(request.model.effort))
        return Refusal(
            f"This model does not support effort level '{effort}'. Supported levels: {levels}."
        )

    @rule(
        "effort.thinking-off",
        "High efforts need thinking",
        evidence="documented",
        source=ERRORS_PAGE,
        keys=["effort"],
    )
    def effort_thinking_off(request: Request) -> Refusal | None:
        highest, effort = highest_without_thinking(request), request.effort
        if highest is None or effort is None or LEVELS.index(effort) <= LEVELS.index(highest):
            return None
        return _too_high(effort, highest)

    @rule(
        "effort.per-turn-unsupported",
        "The model takes an effort in a system turn",
        evidence="documented",
        source="docs: Effort, per-message effort; public logs on claude-sonnet-5 (2026-09-28)",
        roles=["system"],
    )
    def effort_per_turn_unsupported(request: Request) -> Refusal | None:
        if request.model.effort_per_turn or not directives(request):
            return None
        return Refusal(
            "output_config.effort requires a model that supports per-turn effort; this model does not"
        )

    @rule(
        "effort.per-turn-thinking-off",
        "Without thinking the effort of the current turn stays as it was",
        evidence="documented",
        source="docs: Troubleshooting thinking; live tests of a public Rust client (2026-09-29): a change "
        "in an earlier turn is taken",
        roles=["system"],
    )
    def effort_per_turn_thinking_off(request: Request) -> Refusal | None:
        highest = highest_without_thinking(request)
        if highest is None:
            return None
        spoken = max((t.position for t in request.turns if t.role == "assistant"), default=-1)
        before = request.effort or request.model.effort_default
        for position, level in directives(request):
            if LEVELS.index(level) > LEVELS.index(highest):
                return _too_high(level, highest)
            if position > spoken and level != before:
                return Refusal(
                    f"messages.{position}: output_config.effort '{level}' differs from the '{before}' in "
                    "effect before it; effort cannot change when thinking is disabled on this model. "
                    f"Use effort '{before}', or enable thinking."
                )
            before = level
        return None


def _too_high(effort: str, highest: str) -> Refusal:
    return Refusal(
        f"output_config.effort '{effort}' is not supported when thinking is disabled on this "
        f"model. Use effort '{highest}' or below, or enable thinking."
    )
