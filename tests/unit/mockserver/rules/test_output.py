"""Fields that decide how an answer ends."""

from __future__ import annotations

from typing import Any

from tests.unit.mockserver.bodies import TOOL, body, conversation, text
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

NEW = "claude-opus-4-8"
SCHEMA = {"format": {"type": "json_schema", "schema": {"type": "object"}}}
WARM_UP = [
    ("stream", {"stream": True}),
    ("thinking.type.enabled", {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
    ("output_config.format", {"output_config": SCHEMA}),
    ("tool_choice", {"tools": [TOOL], "tool_choice": {"type": "any"}}),
    ("tool_choice", {"tools": [TOOL], "tool_choice": {"type": "tool", "name": "get_weather"}}),
]


def quoting(*, enabled: bool) -> list[dict[str, Any]]:
    source = {"type": "text", "media_type": "text/plain", "data": "a"}
    document = {"type": "document", "source": source, "citations": {"enabled": enabled}}
    return conversation(("user", [document, text("a")]))


ROWS = [
    accept("stop-sequences.whitespace", "none", body(stop_sequences=[])),
    accept("stop-sequences.whitespace", "text", body(stop_sequences=["\n\nHuman:", " a "])),
    *(
        reject(
            "stop-sequences.whitespace",
            f"blank_{number}",
            body(stop_sequences=["a", blank]),
            "stop_sequences: each stop sequence must contain non-whitespace",
        )
        for number, blank in enumerate(["", " ", "\n\n"])
    ),
    accept("max-tokens.zero", "plain", body(max_tokens=0)),
    accept("max-tokens.zero", "adaptive", body(NEW, max_tokens=0, thinking={"type": "adaptive"})),
    accept("max-tokens.zero", "no_warm_up", body(max_tokens=1, stream=True)),
    *(
        reject(
            "max-tokens.zero",
            f"with_{name}_{number}",
            body(max_tokens=0, **more),
            f"max_tokens: 0 cannot be combined with {name}",
        )
        for number, (name, more) in enumerate(WARM_UP)
    ),
    accept("output-format.citations", "no_format", body(messages=quoting(enabled=True))),
    accept(
        "output-format.citations",
        "off",
        body(output_config=SCHEMA, messages=quoting(enabled=False)),
    ),
    accept("output-format.citations", "null", body(output_config={"format": None})),
    accept(
        "output-format.citations",
        "of_an_answer",
        body(output_config=SCHEMA, messages=conversation(("assistant", [text("a", citations=[])]))),
    ),
    reject(
        "output-format.citations",
        "both",
        body(output_config=SCHEMA, messages=quoting(enabled=True)),
        "output_config.format: structured outputs cannot be used with citations",
    ),
]


@parametrized(ROWS)
def test_output(row: Row) -> None:
    holds(row)
