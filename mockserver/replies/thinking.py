"""Thinking blocks: when there is one, what of it is shown, and its signature.

- `enabled` and `adaptive` think first; `enabled` not again within a turn, after results of tools, unless the
  interleaved beta says so (docs: Thinking).
- Between calls of tools, after results and right before the next call, newer models note how far they are, in a
  block of its own: what `between_tools` has instead of thinking, and what the display `updates` shows (docs: Thinking,
  progress updates; What's new in Claude Sonnet 5.5).
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
NOTE = "The tool has answered. The next call comes now."
REDACTED = (
    "ANTHROPIC_MAGIC_STRING_TRIGGER_REDACTED_THINKING_"
    "46C9A13E193C177646C7398A98432ECCCE4C1253D5E2D82641AC0E52CC2876CB"
)
_INTERLEAVED = "interleaved-thinking-2025-05-14"


def think(draft: Draft, text: str, *, calls: bool) -> bool:
    """Add the thinking blocks of this answer. `text` is the user's; `calls` says whether a tool is called.

    Says whether the call has been told of in a note.
    """
    request = draft.request
    kind = _kind(request, calls=calls)
    if kind is None:
        return False
    follows = any(block["type"] == TOOL_RESULT for block in request.turns[-1].blocks)
    if kind == "adaptive" or (kind == "enabled" and not follows) or _interleaves(request, kind):
        _add(
            draft, THOUGHT, is_redacted=REDACTED in text, is_shown=_display(request) == "summarized"
        )
    notes = kind in ("adaptive", "between_tools") and follows and calls
    if notes and request.model.progress_updates and not draft.is_over:
        shown = kind == "between_tools" or _display(request) in ("summarized", "updates")
        _add(draft, NOTE, is_redacted=False, is_shown=shown)
        return True
    return False


def _kind(request: Request, *, calls: bool) -> str | None:
    """How this answer thinks; None when it doesn't at all."""
    config = request.body.get("thinking")
    if config is None and (request.model.thinking_default == "off" or not calls):
        return None
    if request.tool_choice in ("any", "tool"):
        return None
    return "adaptive" if config is None else str(config["type"])


def _interleaves(request: Request, kind: str) -> bool:
    return kind == "enabled" and _INTERLEAVED in request.betas


def _display(request: Request) -> str:
    config: Block = request.body.get("thinking") or {}
    return str(config.get("display") or request.model.thinking_display)


def _add(draft: Draft, thought: str, *, is_redacted: bool, is_shown: bool) -> None:
    before = draft.answer.output_tokens
    draft.spend(text_tokens(thought, draft.request.model.tokenizer))
    tokens = draft.answer.output_tokens - before
    draft.answer.thinking_tokens += tokens
    if is_redacted:
        block: Block = {"type": "redacted_thinking", "data": minted(draft.seed, thought, tokens)}
    else:
        text = thought if is_shown else ""
        signature = minted(draft.seed, text, tokens)
        block = {"type": "thinking", "thinking": text, "signature": signature}
    draft.answer.blocks.append(block)
