"""An answer as the message object of the live API: its keys, their order and their nulls (recorded 2026-09-29)."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from mockserver.replies.answer import Answer
from mockserver.request import Request

Usage = dict[str, Any]
# docs: release notes of 2026-05-28 bring output_tokens_details; older models have it only when they thought (recorded)
DETAILS_SINCE = dt.date(2026, 5, 28)


class Cached(NamedTuple):
    """Tokens of a prompt that were read from the cache, and written for five minutes or an hour."""

    read: int = 0
    written_5m: int = 0
    written_1h: int = 0


UNCACHED = Cached()


def message(
    request: Request,
    answer: Answer,
    message_id: str,
    input_tokens: int,
    *,
    cached: Cached = UNCACHED,
    diagnostics: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The whole message, as a JSON response carries it. `input_tokens` are those of the whole prompt."""
    return {
        "model": request.model.id,
        "id": message_id,
        "type": "message",
        "role": "assistant",
        "content": answer.blocks,
        "container": None,
        "stop_reason": answer.stop_reason,
        "stop_sequence": answer.stop_sequence,
        "stop_details": answer.stop_details,
        "usage": usage(request, answer, input_tokens, cached),
        "diagnostics": diagnostics,
    }


def opening(whole: dict[str, Any]) -> dict[str, Any]:
    """The message as message_start carries it: no content yet, and what was sampled by then."""
    counts = {k: v for k, v in whole["usage"].items() if k != "output_tokens_details"}
    counts["output_tokens"] = min(counts["output_tokens"], 1)
    blank: dict[str, Any] = {
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "stop_details": None,
    }
    return {**whole, **blank, "usage": counts}


def final_usage(whole: dict[str, Any]) -> Usage:
    """The usage of message_delta: cumulative counts, without tier and region (recorded since 2025-08)."""
    kept = (
        "input_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
        "output_tokens",
        "output_tokens_details",
    )
    return {k: whole["usage"][k] for k in kept if k in whole["usage"]}


def usage(request: Request, answer: Answer, input_tokens: int, cached: Cached = UNCACHED) -> Usage:
    """The usage object of a message. Its `input_tokens` are what the cache has no part in (recorded)."""
    read, written_5m, written_1h = cached
    counts: Usage = {
        "input_tokens": input_tokens - read - written_5m - written_1h,
        "cache_creation_input_tokens": written_5m + written_1h,
        "cache_read_input_tokens": read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": written_5m,
            "ephemeral_1h_input_tokens": written_1h,
        },
        "output_tokens": answer.output_tokens,
    }
    released = request.model.released
    if answer.thinking_tokens or (released is not None and released >= DETAILS_SINCE):
        counts["output_tokens_details"] = {"thinking_tokens": answer.thinking_tokens}
    counts["service_tier"] = "standard"
    counts["inference_geo"] = _region(request)
    return counts


def _region(request: Request) -> str:
    if not request.model.inference_geo:
        return "not_available"  # recorded: claude-3 to the 4.5 generation
    return str(request.body.get("inference_geo") or "global")
