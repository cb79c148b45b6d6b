"""Ends of an answer that no text of its own brings about: refusals, and a full context window."""

from __future__ import annotations

from mockserver.clearing import shown_tokens
from mockserver.replies.answer import Answer
from mockserver.request import Request

# docs: Streaming refusals, up to 2026-03; newer pages no longer have it, and live models are said to ignore it
# (Vendicated/Vencord#4042). It stays here: tests need a way to a refusal.
REFUSAL = (
    "ANTHROPIC_MAGIC_STRING_TRIGGER_REFUSAL_"
    "1FAEFB6177B4672DEE07F9D3AFC62588CCD2631EDCF22E8CCC1FB35B501C9C86"
)
DETAILS = {"type": "refusal", "category": None, "explanation": None}
FULL = "model_context_window_exceeded"


def refusal() -> Answer:
    """A refusal before any output: no content, no output tokens (docs: Refusals and fallback)."""
    return Answer([], "refusal", stop_details=dict(DETAILS))


def is_refused(request: Request) -> bool:
    """Whether a user turn has the published test string: refusals go on until it is gone (docs)."""
    # All texts are looked at on the way of every request, so whose they are is asked last.
    for text in request.survey.texts:
        if REFUSAL in text:
            return _is_asked_for(request)
    return False


def _is_asked_for(request: Request) -> bool:
    if request.is_attempt or request.credit is not None:
        return False  # policy: so that fallbacks can be tried out, the string is refused by the first model only
    return any(
        block["type"] == "text" and REFUSAL in block["text"]
        for turn in request.turns
        if turn.role == "user"
        for block in turn.blocks
    )


def room(request: Request, budget: int) -> tuple[int, str]:
    """The tokens that an answer may take, and what its end is called when it takes them all."""
    left = request.model.context_window - shown_tokens(request)
    return (budget, "max_tokens") if budget <= left else (max(left, 1), FULL)
