"""Efforts that system turns set."""

from __future__ import annotations

from typing import Any

from tests.unit.mockserver.bodies import MODELS, body, conversation
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

OPUS, SONNET = "claude-opus-5", "claude-sonnet-5-5"
OFF = {"claude-opus-5": "disabled", "claude-sonnet-5-5": "between_tools"}
ASK, SAY = ({"role": role, "content": "a"} for role in ("user", "assistant"))
RULE = "effort.per-turn-thinking-off"


def effort(level: str | None) -> dict[str, Any]:
    return {"role": "system", "content": [], "output_config": {"effort": level}}


def said(*turns: dict[str, Any], model: str = OPUS, **more: Any) -> dict[str, Any]:
    return body(model, messages=[*turns], **more)


def off(*turns: dict[str, Any], level: str | None = "low", model: str = OPUS) -> dict[str, Any]:
    config = {} if level is None else {"output_config": {"effort": level}}
    return said(*turns, model=model, thinking={"type": OFF[model]}, **config)


def differs(index: int, level: str, before: str) -> str:
    return (
        f"messages.{index}: output_config.effort '{level}' differs from the '{before}' in effect before "
        "it; effort cannot change when thinking is disabled on this model. Use effort "
        f"'{before}', or enable thinking."
    )


UNSUPPORTED = (
    "output_config.effort requires a model that supports per-turn effort; this model does not"
)
ROWS = [
    *(
        accept("effort.per-turn-unsupported", name, said(ASK, effort("low"), model=name))
        if model.effort_per_turn
        else reject(
            "effort.per-turn-unsupported", name, said(ASK, effort("low"), model=name), UNSUPPORTED
        )
        for name, model in MODELS.items()
    ),
    accept(
        "effort.per-turn-unsupported",
        "without_effort",
        body("claude-opus-4-8", messages=conversation(("user", "a"), ("system", "b"))),
    ),
    accept(RULE, "thinking_on", said(ASK, SAY, effort("max"), ASK)),
    accept(RULE, "same_level", off(ASK, SAY, effort("low"), ASK)),
    accept(RULE, "no_level", off(ASK, SAY, effort(None), ASK)),
    accept(RULE, "in_an_earlier_turn", off(ASK, SAY, effort("medium"), ASK, SAY, ASK)),
    reject(
        RULE,
        "documented",
        off(ASK, SAY, effort("low"), ASK, level="high", model=SONNET),
        differs(2, "low", "high"),
    ),
    reject(
        RULE,
        "back_from_an_earlier_change",
        off(ASK, SAY, effort("medium"), ASK, SAY, effort("low"), ASK),
        differs(5, "low", "medium"),
    ),
    reject(
        RULE,
        "from_the_models_default",
        off(effort("low"), ASK, level=None),
        differs(0, "low", "high"),
    ),
    reject(
        RULE,
        "too_high",
        off(effort("xhigh"), ASK, level="high"),
        "output_config.effort 'xhigh' is not supported when thinking is disabled on this model. Use "
        "effort 'high' or below, or enable thinking.",
    ),
]


@parametrized(ROWS)
def test_effort(row: Row) -> None:
    holds(row)
