"""Speed, region, container."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.clock import Clock
from mockserver.ids import Ids
from mockserver.rules.routing import REGIONS
from mockserver.skills import Skills
from mockserver.store.memory import MemoryStore
from tests.unit.mockserver.bodies import MODELS, TOOL, body
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

NEW = "claude-opus-4-8"
CODE = {"type": "code_execution_20260521", "name": "code_execution"}
PDF = {"type": "anthropic", "skill_id": "pdf"}
SHELF = Skills(Ids(0, "key"), Clock(), MemoryStore(), "me")


def unsupported(model: str, parameter: str) -> str:
    return f"'{model}' does not support the `{parameter}` parameter."


def by_model(rule: str, key: str, value: Any, *supporting: str) -> list[Row]:
    return [
        accept(rule, name, body(name, **{key: value}))
        if name in supporting
        else reject(rule, name, body(name, **{key: value}), unsupported(name, key))
        for name in MODELS
    ]


FAST = ["claude-opus-4-6", *(name for name, model in MODELS.items() if model.fast_mode)]
ROWS = [
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
        "'claude-haiku-4-5-20251001' does not support the `inference_geo` parameter.",
    ),
    accept("container.without-tool", "null", body(container=None)),
    accept("container.without-tool", "with_tool", body(container="c", tools=[CODE])),
    reject(
        "container.without-tool",
        "no_tool",
        body(container="c", tools=[TOOL]),
        "container: Container identifier can only be provided when using the code execution tool",
    ),
    accept("container.without-tool", "skills", body(container={"skills": []})),
    accept("container.skills-need-tool", "none", body(container={"id": "c", "skills": None})),
    accept(
        "container.skills-need-tool", "with_tool", body(container={"skills": [PDF]}, tools=[CODE])
    ),
    reject(
        "container.skills-need-tool",
        "without_tool",
        body(container={"skills": [PDF]}),
        "container.skills: Skills can only be used with the code execution tool",
    ),
    accept("container.too-many-skills", "eight", body(container={"skills": [PDF] * 8})),
    reject(
        "container.too-many-skills",
        "nine",
        body(container={"skills": [PDF] * 9}),
        "container.skills: List should have at most 8 items after validation, not 9",
    ),
    accept("container.skill-missing", "there", body(container={"skills": [PDF]}), skills=SHELF),
    accept("container.skill-missing", "no_shelf", body(container={"skills": [PDF]})),
    reject(
        "container.skill-missing",
        "not_there",
        body(container={"skills": [PDF, {**PDF, "type": "custom"}]}),
        "container.skills.1: there is no skill 'pdf' of the type 'custom' with the version 'latest'",
        skills=SHELF,
    ),
    reject(
        "container.without-tool",
        "id_in_an_object",
        body(container={"id": "c"}),
        "container: Container identifier can only be provided when using the code execution tool",
    ),
    *by_model("speed.unsupported", "speed", "fast", *FAST),
    accept("speed.unsupported", "standard", body(speed="standard")),
]


@parametrized(ROWS)
def test_routing(row: Row) -> None:
    holds(row)


@pytest.mark.parametrize("geo", REGIONS)
def test_regions_are_named_in_the_text(geo: str) -> None:
    assert any(repr(geo) in row.message for row in ROWS if row.message and "mars" in row.id)
