"""Thinking blocks: when there is one, what of it is shown, and its signature.

- `enabled` and `adaptive` think first; `enabled` not again within a turn, after results of tools, unless the
  interleaved beta says so (docs: Thinking). `between_tools` thinks only after results.
- Asked for nothing, models that think by default do so before they call a tool, and otherwise answer at once:
  recorded on claude-sonnet-5 are 19 of 44 answers with tools and 8 of 54 without.
- No thinking comes before a forced call (docs: migration guide of Haiku 4.5's successor).
- The provider's published test string gives a redacted block where there is thinking at all (docs: Thinking; recorded).
"""

from __future__ import annotations

from mockserver.replies.answer import Block
from mockserver.replies.drafting import Draft
from mockserver.request import TOOL_RESULT, Request
from mockserver.signing import minted
from mockserver.tokens import text_tokens

THOUGHT = "The user wants an answer to the last turn of this conversation."
REDACTED = (
    "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_"
    "46C9A13E193C177646C7398A98432ECCCE4C1253D5E2D82641AC0E52CC2876CB"
)
_INTERLEAVED = "interleaved-thinking-2025-05-14"


def think(draft: Draft, text: str, *, calls: bool) -> None:
    """Add a thinking block if this answer has one. `text` is the user's; `calls` says whether a tool is called."""
    request = draft.request
    if not _thinks(request, calls=calls):
        return
    before = draft.answer.output_tokens
    draft.spend(text_tokens(THOUGHT, request.model.tokenizer))
    draft.answer.thinking_tokens = draft.answer.output_tokens - before
    is_redacted = REDACTED in text
    draft.answer.blocks.append(_redacted(draft.seed) if is_redacted else _block(draft))


def _thinks(request: Request, *, calls: bool) -> bool:
    config = request.body.get("thinking")
    if config is None and (request.model.thinking_default == "off" or not calls):
        return False
    if request.tool_choice in ("any", "tool"):
        return False
    follows = any(block["type"] == TOOL_RESULT for block in request.turns[-1].blocks)
    kind = "adaptive" if config is None else config["type"]
    if kind == "enabled":
        return not follows or _INTERLEAVED in request.betas
    return kind == "adaptive" or (kind == "between_tools" and follows)


def _block(draft: Draft) -> Block:
    request = draft.request
    config: Block = request.body.get("thinking") or {}
    shown = config.get("display") or request.model.thinking_display
    text = THOUGHT if shown == "summarized" else ""
    signature = minted(draft.seed, text, draft.answer.thinking_tokens)
    return {"type": "thinking", "thinking": text, "signature": signature}


def _redacted(seed: int) -> Block:
    return {"type": "redacted_thinking", "data": minted(seed, THOUGHT)}
