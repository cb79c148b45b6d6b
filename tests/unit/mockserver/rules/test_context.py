"""The prompt and the model's window."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mockserver.rules import RULES
from mockserver.tokens import prompt_tokens
from tests.unit.mockserver.bodies import body, call, conversation, read, result
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

SMALL, LARGE = "claude-haiku-4-5", "claude-opus-4-6"
SONNET_4, OPUS_4_1, OLDEST = (
    "claude-sonnet-4-20250514",
    "claude-opus-4-1-20250805",
    "claude-3-5-sonnet-20240620",
)
STOPS = frozenset({"model-context-window-exceeded-2025-08-26"})


def saying(words: int, model: str = SMALL, **more: Any) -> dict[str, Any]:
    return body(model, messages=conversation(("user", "hello " * words)), **more)


def tokens(value: dict[str, Any]) -> int:
    return prompt_tokens(read(value))


def too_long(value: dict[str, Any], most: int = 200_000) -> str:
    return f"prompt is too long: {tokens(value)} tokens > {most} maximum"


def too_much(value: dict[str, Any]) -> str:
    return (
        f"input length and `max_tokens` exceed context limit: {tokens(value)} + {value['max_tokens']} > 200000, "
        "decrease input length or `max_tokens` and try again"
    )


LONG = saying(300_000)
VERY_LONG = saying(1_200_000, LARGE)
HALF = saying(150_000, SONNET_4, max_tokens=64_000)
COUNTED = {k: v for k, v in LONG.items() if k != "max_tokens"}
SUMMED_UP = {**LONG, "compaction": {"type": "summarize"}}
UNEDITED = {**LONG, "context_management": {"edits": []}}
SUMMED_UP_THEN = {**LONG, "context_management": {"edits": [{"type": "compact_20260112"}]}}
LOOP = conversation(
    ("user", "Go on."), ("assistant", [call()]), ("user", [result(content="hello " * 300_000)])
)
CLEARED = body(
    messages=LOOP,
    context_management={
        "edits": [{"type": "clear_tool_uses_20250919", "keep": {"type": "tool_uses", "value": 0}}]
    },
)
KEPT = body(messages=LOOP, context_management={"edits": [{"type": "clear_tool_uses_20250919"}]})

ROWS = [
    accept("context.prompt", "short", body()),
    accept("context.prompt", "long_on_a_large_window", saying(300_000, LARGE)),
    accept("context.prompt", "count", COUNTED),
    accept("context.prompt", "to_be_summed_up", SUMMED_UP_THEN),
    accept("context.prompt", "cleared", CLEARED),
    reject("context.prompt", "not_cleared", KEPT, too_long(KEPT)),
    reject("context.prompt", "unedited", UNEDITED, too_long(LONG)),
    reject("context.prompt", "long", LONG, too_long(LONG)),
    reject("context.prompt", "long_to_sum_up", SUMMED_UP, too_long(LONG)),
    reject("context.prompt", "long_on_a_large_window", VERY_LONG, too_long(VERY_LONG, 1_000_000)),
    accept("context.sum", "short", body(SONNET_4)),
    accept("context.sum", "stops_instead", HALF, betas=STOPS),
    accept("context.sum", "of_a_later_model", saying(150_000, SMALL, max_tokens=64_000)),
    accept("context.sum", "of_an_older_model", saying(196_000, OLDEST, max_tokens=8_192)),
    accept("context.sum", "count", {k: v for k, v in HALF.items() if k != "max_tokens"}),
    reject("context.sum", "half", HALF, too_much(HALF)),
]


@parametrized(ROWS)
def test_context(row: Row) -> None:
    holds(row)


@pytest.mark.parametrize("model", [SONNET_4, OPUS_4_1, "claude-3-7-sonnet-latest"])
def test_the_sum_is_limited_on_models_of_its_time(model: str) -> None:
    rule = RULES.named("context.sum")
    assert rule.check is not None
    assert rule.check(read(saying(180_000, model, max_tokens=32_000))) is not None


def test_a_copy_is_counted_anew() -> None:
    request = read(LONG)
    count = prompt_tokens(request)
    assert prompt_tokens(request) == count
    shorter = replace(request, turns=request.turns[:0], body=body())
    assert shorter.tokens is None
