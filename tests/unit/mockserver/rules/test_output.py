"""Fields that decide how an answer ends."""

from __future__ import annotations

import pytest

from mockserver.rules.output import REGIONS
from tests.unit.mockserver.bodies import TOOL, body
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

NEW = "claude-opus-4-8"
CODE = {"type": "code_execution_20260521", "name": "code_execution"}
SCHEMA = {"format": {"type": "json_schema", "schema": {"type": "object"}}}
WARM_UP = [
    ("stream", {"stream": True}),
    ("thinking.type.enabled", {"thinking": {"type": "enabled", "budget_tokens": 1024}}),
    ("output_config.format", {"output_config": SCHEMA}),
    ("tool_choice", {"tools": [TOOL], "tool_choice": {"type": "any"}}),
    ("tool_choice", {"tools": [TOOL], "tool_choice": {"type": "tool", "name": "get_weather"}}),
]
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
    *(accept("inference-geo.unknown", geo, body(NEW, inference_geo=geo)) for geo in REGIONS),
    accept("inference-geo.unknown", "null", body(NEW, inference_geo=None)),
    reject(
        "inference-geo.unknown",
        "mars",
        body(NEW, inference_geo="mars"),
        "inference_geo: must be one of ['global', 'us']",
    ),
    accept("inference-geo.unsupported", "null", body(inference_geo=None)),
    accept("inference-geo.unsupported", "on_newer", body(NEW, inference_geo="us")),
    reject(
        "inference-geo.unsupported",
        "on_older",
        body(inference_geo="us"),
        "inference_geo: not supported for this model",
    ),
    accept("container.without-tool", "null", body(container=None)),
    accept("container.without-tool", "with_tool", body(container="c", tools=[CODE])),
    reject(
        "container.without-tool",
        "no_tool",
        body(container="c", tools=[TOOL]),
        "container: Container identifier can only be provided when using the code execution tool",
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
]


@parametrized(ROWS)
def test_output(row: Row) -> None:
    holds(row)


@pytest.mark.parametrize("geo", REGIONS)
def test_regions_are_named_in_the_text(geo: str) -> None:
    assert any(repr(geo) in row.message for row in ROWS if row.message and "mars" in row.id)
