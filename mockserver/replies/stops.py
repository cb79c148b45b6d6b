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
# Tokens that blocks of other kinds than text and calls of tools hardly ever exceed.
LARGEST_BLOCK = 8_000
LARGEST_VALUE = 500


def refusal() -> Answer:
    """A refusal before any output: no content, no output tokens (docs: Refusals and fallback)."""
    return Answer([], "refusal", stop_details=dict(DETAILS))


def looked_over(request: Request) -> tuple[int, bool]:
    """About as many tokens as the messages have at most, and whether a user turn has the published test string.

    Refusals go on until it is gone (docs). This is the way of every request, so it looks at each block once.
    """
    total, is_refused = 0, False
    for _, role, blocks in request.turns:
        for block in blocks:
            kind = block["type"]
            if kind == "text":
                text = block["text"]
                total += len(text)
                if role == "user" and REFUSAL in text:
                    is_refused = True
            elif kind == "tool_use":
                for value in block["input"].values():
                    total += len(value) if type(value) is str else LARGEST_VALUE
            elif kind == "tool_result" and type(content := block.get("content")) is str:
                total += len(content)
            else:
                total += LARGEST_BLOCK
    return total, is_refused


def room(request: Request, budget: int, longest: int) -> tuple[int, str]:
    """The tokens that an answer may take, and what its end is called when it takes them all."""
    window = request.model.context_window
    if longest + budget <= window:
        return budget, "max_tokens"
    left = window - prompt_tokens(request)
    return (budget, "max_tokens") if budget <= left else (max(left, 1), FULL)
