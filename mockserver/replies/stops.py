"""Ends of an answer that no text of its own brings about: refusals, and a full context window."""

from __future__ import annotations

from mockserver.replies.answer import Answer
from mockserver.request import Request
from mockserver.tokens import prompt_tokens

# docs: Streaming refusals, up to 2026-03; newer pages no longer have it, and live models are said to ignore it
# (Vendicated/Vencord#4042). It stays here: tests need a way to a refusal.
REFUSAL = (
    "ANTHROPIC_MAGIC_STRING_TRIGGER_REFUSAL_"
    "1FAEFB6177B4672DEE07F9D3AFC62588CCD2631EDCF22E8CCC1FB35B501C9C86"
)
DETAILS = {"type": "refusal", "category": None, "explanation": None}
FULL = "model_context_window_exceeded"
# A character is rarely more than one token, other blocks than text are rarely more than so many.
LARGEST_BLOCK = 8_000


def is_refused(request: Request) -> bool:
    """Whether a user turn has the provider's published test string; refusals go on until it is gone (docs)."""
    return any(
        block["type"] == "text" and REFUSAL in block["text"]
        for turn in request.turns
        if turn.role == "user"
        for block in turn.blocks
    )


def refusal() -> Answer:
    """A refusal before any output: no content, no output tokens (docs: Refusals and fallback)."""
    return Answer([], "refusal", stop_details=dict(DETAILS))


def room(request: Request, budget: int) -> tuple[int, str]:
    """The tokens that an answer may take, and what its end is called when it takes them all."""
    window = request.model.context_window
    if _longest(request) + budget <= window:
        return budget, "max_tokens"
    left = window - prompt_tokens(request)
    return (budget, "max_tokens") if budget <= left else (max(left, 1), FULL)


def _longest(request: Request) -> int:
    """About as many tokens as the messages may have, without a close look."""
    total = 0
    for turn in request.turns:
        for block in turn.blocks:
            total += len(block["text"]) if block["type"] == "text" else LARGEST_BLOCK
    return total
