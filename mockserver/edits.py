"""The edits of context management that a request asks for (docs: Context editing; Threshold compaction)."""

from __future__ import annotations

from mockserver.request import Block, Request

CLEAR_THINKING = "clear_thinking_20251015"
CLEAR_TOOL_USES = "clear_tool_uses_20250919"
COMPACT = "compact_20260112"


def edits(request: Request) -> list[Block]:
    """All of them in their order."""
    config: Block | None = request.body.get("context_management")
    return (config.get("edits") if config else None) or []


def edit_of(request: Request, kind: str) -> Block | None:
    """The first of one kind."""
    return next((edit for edit in edits(request) if edit["type"] == kind), None)


def shows_all_thinking(request: Request) -> bool:
    """Whether the model is shown the thinking of all turns, and not of the latest alone: its way, or an edit's say."""
    return request.model.thinking_kept == "all" or edit_of(request, CLEAR_THINKING) is not None
