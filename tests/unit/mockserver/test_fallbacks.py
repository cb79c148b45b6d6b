"""What an attempt of fallbacks is made of: the request, what its entry overrides, and what its model takes."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.fallbacks import attempt
from tests.unit.mockserver.bodies import body, read

ASKED, FIRST, SECOND = "claude-opus-5-5", "claude-opus-4-8", "claude-opus-5"
ADAPTIVE, OFF, BETWEEN = ({"type": kind} for kind in ("adaptive", "disabled", "between_tools"))
BUDGET = {"type": "tokens", "total": 20_000}
FORMAT = {"type": "json_schema", "schema": {}}


@pytest.mark.parametrize(
    ("given", "entry", "expected"),
    [
        pytest.param({}, {"max_tokens": None}, {}, id="nothing"),
        pytest.param({}, {"max_tokens": 5}, {"max_tokens": 5}, id="max_tokens"),
        pytest.param({"thinking": ADAPTIVE}, {}, {"thinking": ADAPTIVE}, id="thinking"),
        pytest.param({"thinking": ADAPTIVE}, {"thinking": OFF}, {"thinking": OFF}, id="its_own"),
        pytest.param({"thinking": ADAPTIVE}, {"thinking": None}, {}, id="the_model_s_own"),
        pytest.param({"thinking": BETWEEN}, {}, {"thinking": OFF}, id="between_tools"),
        pytest.param(
            {"thinking": {"type": "enabled", "budget_tokens": 1024}}, {}, {}, id="unsupported"
        ),
        pytest.param(
            {"thinking": {"type": "enabled", "display": "summarized"}},
            {"model": SECOND},
            {"thinking": {"type": "adaptive", "display": "summarized"}},
            id="display",
        ),
        pytest.param(
            {"thinking": {**BETWEEN, "display": "omitted"}},
            {"model": "claude-mythos-preview"},
            {"thinking": {"type": "adaptive", "display": "omitted"}},
            id="no_way_to_switch_off",
        ),
        pytest.param(
            {"thinking": {"type": "enabled", "display": "omitted"}}, {}, {}, id="display_of_none"
        ),
        pytest.param({"speed": "fast"}, {}, {"speed": "fast"}, id="fast"),
        pytest.param({"speed": "fast"}, {"speed": None}, {}, id="standard"),
        pytest.param({"speed": "fast"}, {"model": "claude-opus-4-7"}, {}, id="no_fast_mode"),
        pytest.param({}, {"speed": "standard"}, {"speed": "standard"}, id="speed"),
        pytest.param(
            {"output_config": {"effort": "high", "format": FORMAT, "task_budget": BUDGET}},
            {},
            {"output_config": {"effort": "high", "format": FORMAT, "task_budget": BUDGET}},
            id="output",
        ),
        pytest.param(
            {"output_config": {"effort": "high", "format": FORMAT}},
            {"output_config": {"effort": None, "format": None, "task_budget": BUDGET}},
            {"output_config": {"task_budget": BUDGET}},
            id="fields",
        ),
        pytest.param(
            {"output_config": {"effort": "low"}}, {"output_config": None}, {}, id="no_output"
        ),
        pytest.param(
            {"output_config": {"effort": "xhigh"}}, {"model": "claude-opus-4-6"}, {}, id="level"
        ),
        pytest.param(
            {"output_config": {"effort": "max"}},
            {"model": SECOND, "thinking": OFF},
            {"thinking": OFF},
            id="level_without_thinking",
        ),
        pytest.param(
            {"output_config": {"effort": "low"}},
            {"model": SECOND, "thinking": OFF},
            {"thinking": OFF, "output_config": {"effort": "low"}},
            id="low_level_without_thinking",
        ),
        pytest.param(
            {"output_config": {"effort": "max"}},
            {"thinking": OFF},
            {"thinking": OFF, "output_config": {"effort": "max"}},
            id="any_level_without_thinking",
        ),
    ],
)
def test_what_an_attempt_is_made_of(
    given: dict[str, Any], entry: dict[str, Any], expected: dict[str, Any]
) -> None:
    made = attempt(read(body(ASKED, fallbacks=[], **given)), {"model": FIRST, **entry})
    assert made.is_attempt
    assert made.body == body(made.model.id, **expected)
