"""Fields that are in beta, as far as model and conversation take them. Each adds itself to a body, with the values of
`anthropic-beta` that it needs; contracts/gates.json has their sources.
"""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from contracts.findings import Json
from contracts.strategies.asked import Plan
from contracts.strategies.content import texts

# A feature changes the body and returns what it needs; nothing, when it does not fit.
Feature = Callable[[st.DrawFn, Plan, Json], list[str]]
MOST_FEATURES = 3
LEAST_TASK, LEAST_TRIGGER = 20_000, 50_000
CODE_EXECUTION: Json = {"type": "code_execution_20250825", "name": "code_execution"}
FEATURES: list[Feature] = []


def feature(own: Feature) -> Feature:
    """Register a feature."""
    FEATURES.append(own)
    return own


@st.composite
def beta_fields(draw: st.DrawFn, plan: Plan, body: Json) -> list[str]:
    """Put some features into a body. Returns the values of `anthropic-beta` that they need."""
    features = st.sampled_from(FEATURES)
    wishes = draw(st.lists(features, min_size=1, max_size=MOST_FEATURES, unique=True))
    # What one feature did, another may look at: the order is always the same.
    return [beta for each in FEATURES if each in wishes for beta in each(draw, plan, body)]


@feature
def context_edits(draw: st.DrawFn, plan: Plan, body: Json) -> list[str]:
    """Thinking and tool results are cleared, or the conversation is compacted when it is long."""
    edits: list[Json] = []
    betas = ["context-management-2025-06-27"]
    if plan.thinks and draw(st.booleans()):
        keep = draw(st.sampled_from(["all", {"type": "thinking_turns", "value": 2}]))
        edits.append({"type": "clear_thinking_20251015", "keep": keep})
    if draw(st.booleans()):
        edits.append(draw(_cleared_results()))
    if draw(st.booleans()):
        value = draw(st.integers(LEAST_TRIGGER, 2 * LEAST_TRIGGER))
        edits.append(
            {"type": "compact_20260112", "trigger": {"type": "input_tokens", "value": value}}
        )
        betas.append("compact-2026-01-12")
    body["context_management"] = {"edits": edits}
    return betas


@st.composite
def _cleared_results(draw: st.DrawFn) -> Json:
    optional: dict[str, st.SearchStrategy[object]] = {
        "trigger": st.just({"type": "input_tokens", "value": 30_000}),
        "keep": st.just({"type": "tool_uses", "value": 3}),
        "clear_at_least": st.just({"type": "input_tokens", "value": 5_000}),
        "exclude_tools": st.just(["web_search"]),
        "clear_tool_inputs": st.booleans(),
    }
    kind = st.just("clear_tool_uses_20250919")
    return draw(st.fixed_dictionaries({"type": kind}, optional=optional))


@feature
def task_budget(draw: st.DrawFn, _plan: Plan, body: Json) -> list[str]:
    """The tokens of a whole task."""
    total = draw(st.integers(LEAST_TASK, 10 * LEAST_TASK))
    body.setdefault("output_config", {})["task_budget"] = {"type": "tokens", "total": total}
    return ["task-budgets-2026-03-13"]


@feature
def fallbacks(draw: st.DrawFn, plan: Plan, body: Json) -> list[str]:
    """Models that answer in place of one that refuses."""
    if not plan.model["fallbacks"]:
        return []
    names = draw(st.lists(st.sampled_from(plan.model["fallbacks"]), min_size=1, unique=True))
    listed = [{"model": name} for name in names]
    body["fallbacks"] = draw(st.sampled_from(["default", listed]))
    return ["server-side-fallback-2026-07-01"]


@feature
def fast_mode(draw: st.DrawFn, plan: Plan, body: Json) -> list[str]:
    """How fast the answer comes."""
    body["speed"] = draw(
        st.sampled_from(["standard", "fast"] if plan.model["fast_mode"] else ["standard"])
    )
    return ["fast-mode-2026-02-01"]


@feature
def mcp_servers(draw: st.DrawFn, _plan: Plan, body: Json) -> list[str]:
    """Tools of MCP servers, a toolset for each."""
    names = draw(st.lists(st.sampled_from(["calendar", "mail"]), min_size=1, unique=True))
    token = {"authorization_token": "t"} if draw(st.booleans()) else {}
    body["mcp_servers"] = [
        {"type": "url", "name": name, "url": f"https://mcp.example/{name}", **token}
        for name in names
    ]
    toolsets = [{"type": "mcp_toolset", "mcp_server_name": name} for name in names]
    body["tools"] = [*body.get("tools", ()), *toolsets]
    return [draw(st.sampled_from(["mcp-client-2025-11-20", "mcp-client-2026-09-15"]))]


@feature
def skills(draw: st.DrawFn, plan: Plan, body: Json) -> list[str]:
    """Skills in the container in which code is run."""
    code = [] if plan.offers("code_execution") else [dict(CODE_EXECUTION)]
    body["tools"] = [*body.get("tools", ()), *code]
    ids = draw(st.lists(st.sampled_from(["pptx", "xlsx"]), min_size=1, unique=True))
    listed = [{"type": "anthropic", "skill_id": name, "version": "latest"} for name in ids]
    body["container"] = {"skills": listed}
    return ["skills-2025-10-02"]


@feature
def bound_thinking(_draw: st.DrawFn, _plan: Plan, body: Json) -> list[str]:
    """What becomes of thinking that belongs to another conversation."""
    if body.get("thinking", {}).get("type") != "adaptive":
        return []
    body["thinking"]["block_binding"] = {"prefix_mismatch_behavior": "drop_block"}
    return ["thinking-binding-controls-2026-08-01"]


@feature
def effort_of_a_turn(draw: st.DrawFn, plan: Plan, body: Json) -> list[str]:
    """A system turn that sets the effort from there on."""
    if not plan.model["effort_per_turn"] or not plan.thinks:
        return []
    if body["messages"][-1]["role"] != "system":
        body["messages"].append({"role": "system", "content": draw(texts())})
    effort = draw(st.sampled_from(plan.model["effort"]))
    body["messages"][-1]["output_config"] = {"effort": effort}
    return ["mid-conversation-output-config-2026-07-01"]


@feature
def thread(_draw: st.DrawFn, _plan: Plan, body: Json) -> list[str]:
    """A conversation that the server keeps; not one that it edits."""
    if "context_management" in body:
        return []
    body["thread"] = {"type": "create"}
    return ["message-threads-2026-08-12"]
