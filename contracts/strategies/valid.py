"""Requests that the API accepts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from contracts.derive import VERSIONS
from contracts.findings import Json, is_array
from contracts.models import as_of, chosen
from contracts.strategies.anthropic_tools import anthropic_tools, betas_of, deferred
from contracts.strategies.asked import Asked, Files, Plan, thinking_in_force
from contracts.strategies.betas import beta_fields
from contracts.strategies.content import texts
from contracts.strategies.options import (
    others,
    output_configs,
    sampling,
    thinking_configs,
    tool_choices,
)
from contracts.strategies.talking import conversations
from contracts.strategies.tooling import own_tools

# docs: Token counting has none of the others
COUNTED = frozenset(
    {
        *("model", "messages", "system", "tools", "tool_choice", "thinking", "output_config"),
        *("cache_control", "context_management", "mcp_servers", "speed"),
    }
)
MOST_MARKS = 4
ENDPOINTS = ("messages", "count_tokens")


@st.composite
def requests(
    draw: st.DrawFn,
    models: Mapping[str, Any] | None = None,
    day: dt.date | None = None,
    endpoints: Sequence[str] = ENDPOINTS,
    versions: Sequence[str] = VERSIONS,
    files: Files | None = None,
    *,
    is_plain: bool = False,
) -> Asked:
    """Requests that the API accepts.

    `models` are wishes as in a case (contracts/cases/README.md), judged on `day`. `files` are such as the target
    holds, for sources of images and documents. With `is_plain` there are no tools of Anthropic's, and nothing that
    is in beta. Raises WishError.
    """
    model = draw(st.sampled_from(chosen(models or {}, day or as_of())))
    config = draw(thinking_configs(model))
    version = draw(st.sampled_from(versions))
    tools = draw(own_tools()) if is_plain else draw(_tools(model))
    in_force = thinking_in_force(config, model)
    plan = Plan(model, version, in_force, tools, draw(st.booleans()), files)
    body = draw(_body(plan, config))
    betas = betas_of(tools)
    if not is_plain and draw(st.booleans()):
        betas += draw(beta_fields(plan, body))
    endpoint = draw(st.sampled_from(endpoints))
    if endpoint == "count_tokens":
        body = {name: value for name, value in body.items() if name in COUNTED}
    return Asked(endpoint, version, body, model, tuple(dict.fromkeys(betas)))


@st.composite
def _tools(draw: st.DrawFn, model: Json) -> list[Json]:
    others = draw(anthropic_tools(model)) if draw(st.booleans()) else []
    return [*draw(deferred(draw(own_tools()), others)), *others]


@st.composite
def _body(draw: st.DrawFn, plan: Plan, thinking: Json | None) -> Json:
    body: Json = {
        "model": draw(st.sampled_from([plan.model["id"], *plan.model["aliases"]])),
        "max_tokens": draw(st.integers(1, 300)) + (thinking or {}).get("budget_tokens", 0),
        "messages": draw(conversations(plan)),
        **draw(others(plan)),
        **draw(sampling(plan)),
    }
    if thinking is not None:
        body["thinking"] = thinking
    if draw(st.booleans()) or plan.tools:
        body["tools"] = plan.tools
    if draw(st.booleans()):
        body["tool_choice"] = draw(tool_choices(plan))
    is_prefilled = draw(_last_turn(plan, body["messages"]))
    is_free = not (is_prefilled or plan.has_citations)
    output = draw(output_configs(plan, may_be_structured=is_free))
    if output:
        body["output_config"] = output
    draw(_marks(body))
    return body


@st.composite
def _last_turn(draw: st.DrawFn, plan: Plan, turns: list[Json]) -> bool:
    """Add a prefill or a system turn where the model takes one. Returns whether it is a prefill."""
    if draw(st.integers(0, 3)):
        return False
    if plan.model["system_role"]:
        turns.append({"role": "system", "content": draw(texts())})
        return False
    if plan.model["prefill"] and plan.thinking == "disabled":
        turns.append({"role": "assistant", "content": draw(texts())})
        return True
    return False


@st.composite
def _marks(draw: st.DrawFn, body: Json) -> None:
    """Put cache breakpoints on some blocks, four at most with the automatic one, all of one lifetime."""
    most = MOST_MARKS - bool(body.get("cache_control"))
    if draw(st.booleans()):
        return
    # docs: Tool search tool: what is loaded on demand is not part of the cached prefix
    tools = [tool for tool in body.get("tools", ()) if not tool.get("defer_loading")]
    places = [*tools, *markable(body)]
    mark = draw(st.sampled_from([{"type": "ephemeral"}, {"type": "ephemeral", "ttl": "5m"}]))
    numbers = st.lists(st.integers(0, max(0, len(places) - 1)), unique=True, max_size=most)
    for number in draw(numbers) if places else ():
        places[number]["cache_control"] = dict(mark)


def markable(body: Json) -> list[Json]:
    """The blocks of system and messages that may carry a cache breakpoint."""
    system = body.get("system")
    found: list[Json] = list(system) if is_array(system) else []
    for turn in body["messages"]:
        content = turn["content"]
        found += [b for b in content if b["type"] != "thinking"] if is_array(content) else []
    return found
