"""A workspace whose prompts are cached, and what it counts."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple

from mockserver.cachestore import CacheStore
from mockserver.clearing import shown
from mockserver.clock import Clock
from mockserver.promptcache import counted
from mockserver.tokens import prompt_tokens
from tests.unit.mockserver.bodies import body, conversation, read, text

SONNET = "claude-sonnet-4-5"  # 1024 tokens at least
MARK = {"cache_control": {"type": "ephemeral"}}
HOUR = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
MINUTE = 60
LONG = "The quick brown fox jumps over the lazy dog. " * 200
SYSTEM = [text(LONG, **MARK)]
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PNG}}


class Counters(NamedTuple):
    """The input side of a usage, and what count_tokens says of the same request."""

    left: int
    read: int
    written: int
    total: int


class Workspace:
    """A prompt cache with a clock that stands."""

    def __init__(self) -> None:
        self.clock = Clock(dt.date(2026, 11, 22))
        self.store = CacheStore(self.clock)

    def send(self, **changes: Any) -> Counters:
        request = shown(read(body(**{"model": SONNET, **changes})))
        total = prompt_tokens(request)
        read_, short, long = counted(request, total, self.store)
        return Counters(total - read_ - short - long, read_, short + long, total)


def blocks(count: int, *marks: int, words: str = "") -> list[dict[str, Any]]:
    """So many blocks of which some are marked, counted from 1; `words` change the first one."""
    return [
        text(f"Block {n} {LONG[:720]} {words if n == 1 else ''}", **(MARK if n in marks else {}))
        for n in range(1, count + 1)
    ]


def said(content: list[dict[str, Any]]) -> dict[str, Any]:
    return {"messages": conversation(("user", content))}
