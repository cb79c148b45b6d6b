"""The message of an answer, with what it cost."""

from __future__ import annotations

from typing import Any

from mockserver.cachestore import CacheStore
from mockserver.clearing import shown
from mockserver.diagnostics import diagnosed
from mockserver.promptcache import counted
from mockserver.replies.answer import Answer
from mockserver.replies.message import message
from mockserver.replies.usage import UNCACHED
from mockserver.request import MARK, Request
from mockserver.tokens import prompt_tokens


def accounted(
    request: Request, answer: Answer, message_id: str, store: CacheStore
) -> dict[str, Any]:
    """The message of an answer, with what its prompt costs and what the cache has of it."""
    prompt = shown(request)
    tokens = prompt_tokens(prompt)
    keys = request.features.keys
    return message(
        request,
        answer,
        message_id,
        tokens,
        cached=counted(prompt, tokens, store) if MARK in keys else UNCACHED,
        diagnostics=(
            diagnosed(request, tokens, message_id, store) if "diagnostics" in keys else None
        ),
    )
