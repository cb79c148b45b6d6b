"""The prompt and the model's window."""

from __future__ import annotations

from mockserver.clearing import shown_tokens
from mockserver.edits import COMPACT, edit_of
from mockserver.request import Request
from mockserver.rules.registry import Refusal, Registry

# docs: Context windows: from Claude Sonnet 3.7 on input and max_tokens together are refused; from the
# generation 4.5 on the answer stops with model_context_window_exceeded instead, as before with the beta.
SUMMED = ("claude-3-7-", "claude-opus-4-20250514", "claude-sonnet-4-20250514", "claude-opus-4-1-")
STOPS_INSTEAD = "model-context-window-exceeded-2025-08-26"


def _is_measured(request: Request) -> bool:
    """Whether what context editing leaves of the prompt must fit (policy). A count says how long it is (policy), and
    at a threshold it is summed up; for compaction on demand all of it must fit (docs: Compaction on demand).
    """
    return not request.is_count and edit_of(request, COMPACT) is None


def register(registry: Registry) -> None:
    """Add the rules of this module. They come last: to count tokens takes longest on the live API, too."""
    rule = registry.rule

    @rule(
        "context.prompt",
        "The prompt is not longer than the model's window",
        evidence="recorded",
        source="crmne/ruby_llm on claude-haiku-4-5 (2026-08-19); the count is an estimate here",
    )
    def context_prompt(request: Request) -> Refusal | None:
        tokens, most = shown_tokens(request), request.model.context_window
        if tokens <= most or not _is_measured(request):
            return None
        return Refusal(f"prompt is too long: {tokens} tokens > {most} maximum")

    @rule(
        "context.sum",
        "Before the generation 4.5 the prompt and `max_tokens` together fit into the window",
        evidence="reported",
        source="docker/docker-agent#569 (2025-10-21); anthropics/claude-code#228 (2025-02-28); docs: Context windows",
    )
    def context_sum(request: Request) -> Refusal | None:
        if not request.model.id.startswith(SUMMED) or STOPS_INSTEAD in request.betas:
            return None
        tokens, most = shown_tokens(request), request.model.context_window
        asked = request.body.get("max_tokens", 0)
        if tokens + asked <= most or not _is_measured(request):
            return None
        return Refusal(
            f"input length and `max_tokens` exceed context limit: {tokens} + {asked} > {most}, "
            "decrease input length or `max_tokens` and try again"
        )
