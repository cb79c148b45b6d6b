"""The fields of a request beside its conversation, as far as model and version take them."""

from __future__ import annotations

from hypothesis import strategies as st

from contracts.derive import VERSIONS
from contracts.findings import Json
from contracts.strategies.asked import Plan
from contracts.strategies.content import text_blocks, texts
from contracts.strategies.tooling import closed_objects

OLD, NEW = VERSIONS
FORCED = ("any", "tool")
LEVELS = ("low", "medium", "high", "xhigh", "max")
LEAST_BUDGET = 1024


@st.composite
def thinking_configs(draw: st.DrawFn, model: Json) -> Json | None:
    """A configuration that the model takes, or none."""
    kinds: list[str | None] = [None, *model["thinking"]]
    kind = draw(st.sampled_from(kinds))
    if kind is None:
        return None
    config: Json = {"type": kind}
    if kind == "enabled":
        config["budget_tokens"] = draw(st.integers(LEAST_BUDGET, LEAST_BUDGET + 100))
    is_shown = draw(st.booleans())
    if is_shown and kind in ("enabled", "adaptive"):
        config["display"] = draw(st.sampled_from(["omitted", "summarized"]))
    return config


@st.composite
def output_configs(draw: st.DrawFn, plan: Plan, *, may_be_structured: bool) -> Json:
    """Effort and format."""
    config: Json = {}
    levels = [level for level in plan.model["effort"] if _is_possible(level, plan)]
    has_effort = draw(st.booleans())
    if levels and has_effort:
        config["effort"] = draw(st.sampled_from(levels))
    if may_be_structured and draw(st.integers(0, 3)) == 0:
        config["format"] = {"type": "json_schema", "schema": draw(closed_objects())}
    return config


def _is_possible(level: str, plan: Plan) -> bool:
    highest = plan.model["thinking_off_max_effort"]
    is_off = plan.thinking in ("disabled", "between_tools")
    return not (is_off and highest) or LEVELS.index(level) <= LEVELS.index(highest)


@st.composite
def tool_choices(draw: st.DrawFn, plan: Plan) -> Json:
    """How tools may be chosen; forced where model and thinking allow it."""
    kinds = ["auto", "none"]
    if plan.callable_names and plan.model["forced_tool_choice"] and plan.thinking != "enabled":
        kinds += FORCED
    choice: Json = {"type": draw(st.sampled_from(kinds))}
    if choice["type"] == "tool":
        choice["name"] = draw(st.sampled_from(plan.callable_names))
    if choice["type"] != "none" and draw(st.booleans()):
        choice["disable_parallel_tool_use"] = draw(st.booleans())
    return choice


@st.composite
def sampling(draw: st.DrawFn, plan: Plan) -> Json:
    """temperature, top_p or top_k, which only the old version has."""
    if plan.version == NEW or draw(st.booleans()):
        return {}
    if plan.model["sampling"] == "default_only":
        return draw(st.sampled_from([{"temperature": 1}, {"temperature": 1.0}]))
    if plan.thinks:
        return draw(st.sampled_from([{"temperature": 1}, {"top_p": 0.95}, {"top_p": 1}]))
    name = draw(st.sampled_from(["temperature", "top_p"]))
    found: Json = {name: draw(st.floats(0, 1))}
    if draw(st.booleans()):
        found["top_k"] = draw(st.integers(1, 500))
    return found


@st.composite
def others(draw: st.DrawFn, plan: Plan) -> Json:
    """Fields that depend on nothing but the model."""
    system = st.one_of(texts(), st.lists(text_blocks(), min_size=1, max_size=2))
    regions = ["us", "global"] if plan.model["inference_geo"] else [None]
    geo = st.sampled_from(regions)
    found = st.fixed_dictionaries(
        {},
        optional={
            "system": system,
            "stop_sequences": st.lists(texts(5), max_size=2),
            "metadata": st.fixed_dictionaries({}, optional={"user_id": st.text(max_size=10)}),
            "service_tier": st.sampled_from(["auto", "standard_only"]),
            "stream": st.booleans(),
            "inference_geo": geo,
            "cache_control": st.just({"type": "ephemeral"}),
        },
    )
    return draw(found)
