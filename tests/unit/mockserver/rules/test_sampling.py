"""temperature, top_p and top_k under version 2023-06-01, for every model; 2026-10-21 has none of them."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.validate import Fault, Validator
from mockserver.catalogue import Model
from tests.unit.mockserver.bodies import MODELS, NEW, OLD, body
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

HAIKU = "claude-haiku-4-5"
BOTH = "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
TEMPERATURE = (
    "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode. Please consult "
    "our documentation at https://platform.claude.com/docs/en/build-with-claude/extended-thinking"
)
WHILE_THINKING = TEMPERATURE.partition(" when ")[2]
TOP_K = f"`top_k` must be unset when {WHILE_THINKING}"
TOP_P = f"`top_p` must be greater than or equal to 0.95 or unset when {WHILE_THINKING}"
# docs: migration guide of Claude Haiku 5.5
NOT_DEFAULT = {"temperature": 0.5, "top_p": 0.98, "top_k": 40}
DEFAULT = {"temperature": 1.0, "top_p": 0.99}


def deprecated(model: Model) -> list[Row]:
    rule = "sampling.deprecated"
    rows = [
        accept(rule, f"default_{k}_on_{model.id}", body(model.id, **{k: v}))
        for k, v in DEFAULT.items()
    ]
    for name, value in NOT_DEFAULT.items():
        asked, row_id = body(model.id, **{name: value}), f"{name}_on_{model.id}"
        if model.sampling == "default_only":
            rows.append(reject(rule, row_id, asked, f"`{name}` is deprecated for this model."))
        else:
            rows.append(accept(rule, row_id, asked))
    return rows


def exclusive(model: Model) -> Row:
    asked, name = body(model.id, **DEFAULT), f"both_on_{model.id}"
    if model.sampling == "free":
        return accept("sampling.exclusive", name, asked)
    return reject("sampling.exclusive", name, asked, BOTH)


def thinking(**more: Any) -> dict[str, Any]:
    return body(HAIKU, max_tokens=2048, thinking={"type": "enabled", "budget_tokens": 1024}, **more)


ROWS = [
    *(row for model in MODELS.values() for row in deprecated(model)),
    *(exclusive(model) for model in MODELS.values()),
    accept("sampling.exclusive", "temperature_alone", body(HAIKU, temperature=0.5)),
    accept("sampling.exclusive", "top_p_alone", body(HAIKU, top_p=0.5, top_k=5)),
    accept("sampling.thinking", "off", body(HAIKU, temperature=0)),
    accept("sampling.thinking", "one", thinking(temperature=1)),
    accept("sampling.thinking", "unset", thinking(top_p=0.99)),
    reject("sampling.thinking", "enabled", thinking(temperature=0.5), TEMPERATURE),
    reject(
        "sampling.thinking",
        "adaptive",
        body("claude-opus-4-6", thinking={"type": "adaptive"}, temperature=0),
        TEMPERATURE,
    ),
    reject(
        "sampling.thinking",
        "before_deprecated",
        body("claude-opus-4-8", thinking={"type": "adaptive"}, temperature=0),
        TEMPERATURE,
    ),
    accept("sampling.thinking", "by_default", body("claude-sonnet-5", temperature=0)),
    reject(
        "sampling.deprecated",
        "thinking_by_default",
        body("claude-sonnet-5", temperature=0),
        "`temperature` is deprecated for this model.",
    ),
    accept("sampling.thinking-top", "off", body(HAIKU, top_k=5, top_p=0.1)),
    *(accept("sampling.thinking-top", f"top_p_{p}", thinking(top_p=p)) for p in (0.95, 0.99, 1)),
    reject("sampling.thinking-top", "top_k", thinking(top_k=5), TOP_K),
    reject("sampling.thinking-top", "top_p", thinking(top_p=0.94), TOP_P),
]


@parametrized(ROWS)
def test_sampling(row: Row) -> None:
    holds(row)


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("name", NOT_DEFAULT)
def test_the_newest_version_has_no_sampling(model: str, name: str) -> None:
    asked = body(model, **{name: 1})
    assert Validator.load("create_message", NEW).fault(asked) == Fault(
        name, "Extra inputs are not permitted"
    )
    assert Validator.load("create_message", OLD).fault(asked) is None
