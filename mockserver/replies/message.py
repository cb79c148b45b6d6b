"""An answer as the message object of the live API: its keys, their order and their nulls (recorded 2026-09-29)."""

from __future__ import annotations

from typing import Any

from mockserver.binding import BETA, preserved, transformations
from mockserver.clearing import applied
from mockserver.replies.answer import Answer
from mockserver.replies.usage import UNCACHED, Cached, final_usage, opening_usage, usage
from mockserver.request import Request

NO_THINKING = ("disabled",)
CONTEXT_MANAGEMENT_BETA = "context-management-2025-06-27"


def message(
    request: Request,
    answer: Answer,
    message_id: str,
    input_tokens: int,
    *,
    cached: Cached = UNCACHED,
    diagnostics: dict[str, Any] | None = None,
    service_tier: str = "standard",
) -> dict[str, Any]:
    """The whole message, as a JSON response carries it. `input_tokens` are those of the whole prompt."""
    whole = {
        "model": request.model.id,
        "id": message_id,
        "type": "message",
        "role": "assistant",
        "content": preserved(request, answer.blocks),
        "container": answer.container,
        "stop_reason": answer.stop_reason,
        "stop_sequence": answer.stop_sequence,
        "stop_details": answer.stop_details,
        "usage": usage(request, answer, input_tokens, cached, service_tier),
        "diagnostics": diagnostics,
    }
    if "context_management" in request.features.keys or (
        request.betas and CONTEXT_MANAGEMENT_BETA in request.betas
    ):
        whole["context_management"] = {"applied_edits": applied(request)}
    if request.betas and BETA in request.betas and request.model.thinking != NO_THINKING:
        whole["input_transformations"] = transformations(request)
    return whole


def opening(whole: dict[str, Any]) -> dict[str, Any]:
    """The message as message_start carries it: no content yet, and what was sampled by then."""
    opened = whole.copy()
    opened["content"] = []
    opened["stop_reason"] = opened["stop_sequence"] = opened["stop_details"] = None
    opened["usage"] = opening_usage(whole["usage"])
    if "context_management" in opened:  # probed live 2026-09-26: null until the end
        opened["context_management"] = None
    return opened


def closing(whole: dict[str, Any]) -> dict[str, Any]:
    """The event message_delta (recorded; with container in 2026-09)."""
    delta = {
        "stop_reason": whole["stop_reason"],
        "stop_sequence": whole["stop_sequence"],
        "stop_details": whole["stop_details"],
        "container": whole["container"],
    }
    closed = {"type": "message_delta", "delta": delta, "usage": final_usage(whole["usage"])}
    if "context_management" in whole:
        closed["context_management"] = whole["context_management"]
    return closed
