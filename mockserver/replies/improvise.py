"""The answer to a request that nobody scripted: deterministic by seed and request, and useful to look at.

What comes in which order: thinking, calls of tools, or structured output, or text. Each has a module of its own,
which says when it happens.
"""

from __future__ import annotations

import orjson

from mockserver.ids import Ids
from mockserver.replies import tool_calls
from mockserver.replies.answer import Answer
from mockserver.replies.asking import Task
from mockserver.replies.drafting import Draft
from mockserver.replies.samples import sample
from mockserver.replies.speaking import spoken
from mockserver.request import Request
from mockserver.signing import minted
from mockserver.tokens import text_tokens

THOUGHT = "The user wants an answer to the last turn of this conversation."


def improvised(request: Request, ids: Ids, seed: int) -> Answer:
    """Answer a request without a script."""
    budget = int(request.body["max_tokens"])
    draft = Draft(request, ids, seed, budget, "max_tokens")
    if budget == 0:
        draft.end("max_tokens")
        return draft.answer
    _think(draft)
    if not draft.is_over:
        _answer(draft)
    return draft.answer


def _answer(draft: Draft) -> None:
    request = draft.request
    schema = request.output_format
    if not request.tools and schema is None:
        draft.say(spoken(request))
        return
    task = Task(request)
    calls = tool_calls.planned(request, task)
    if calls:
        if request.tool_choice == "auto":
            draft.say(f"I'll use {' and '.join(dict.fromkeys(c.tool['name'] for c in calls))}.")
        tool_calls.make(draft, calls)
    elif schema is not None:
        value = sample(schema["schema"], task.hints, is_complete=True)
        draft.say(orjson.dumps(value).decode())
    else:
        draft.say(spoken(request))


def _think(draft: Draft) -> None:
    """Thinking that was asked for comes first; models that may think unasked do not, so that answers stay short."""
    request = draft.request
    config = request.body.get("thinking")
    if config is None:
        return
    forced = request.tool_choice in ("any", "tool")
    if config["type"] not in ("enabled", "adaptive") or forced:
        return
    cost = text_tokens(THOUGHT, request.model.tokenizer)
    draft.spend(cost)
    draft.answer.thinking_tokens = draft.answer.output_tokens
    shown = config.get("display") or request.model.thinking_display
    text = THOUGHT if shown == "summarized" else ""
    draft.answer.blocks.append(
        {"type": "thinking", "thinking": text, "signature": minted(draft.seed, text)}
    )
