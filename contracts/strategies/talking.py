"""Conversations: who speaks after whom, calls and their results, thinking that is sent back."""

from __future__ import annotations

from hypothesis import strategies as st

from contracts.findings import Json
from contracts.strategies.asked import Plan
from contracts.strategies.content import images, text_blocks, texts, user_blocks

THOUGHT: Json = {"type": "thinking", "thinking": "Hm.", "signature": "c2lnbmVk"}


@st.composite
def conversations(draw: st.DrawFn, plan: Plan) -> list[Json]:
    """Messages that end in a user's turn."""
    turns: list[Json] = []
    calls: list[Json] = []
    for number in range(draw(st.integers(0, 3))):
        turns.append(draw(_user(plan, calls)))
        if not calls and draw(st.integers(0, 4)) == 0:
            turns.append(draw(_user(plan, [])))
        calls = draw(_calls(plan, number))
        turns.append(draw(_assistant(plan, calls, number)))
    turns.append(draw(_user(plan, calls)))
    return turns


@st.composite
def _user(draw: st.DrawFn, plan: Plan, calls: list[Json]) -> Json:
    if not calls and draw(st.booleans()):
        return {"role": "user", "content": draw(texts())}
    results = [draw(_result(plan, call)) for call in draw(st.permutations(calls))]
    rest = draw(st.lists(user_blocks(plan), min_size=0 if results else 1, max_size=3))
    return {"role": "user", "content": [*results, *rest]}


@st.composite
def _result(draw: st.DrawFn, plan: Plan, call: Json) -> Json:
    found: Json = {"type": "tool_result", "tool_use_id": call["id"]}
    kind = draw(st.sampled_from(["none", "text", "blocks", "error"]))
    if kind == "text":
        found["content"] = draw(texts())
    if kind == "blocks":
        found["content"] = draw(st.lists(st.one_of(text_blocks(), images(plan)), max_size=2))
    if kind == "error":
        found |= {"content": draw(texts()), "is_error": True}
    return found


@st.composite
def _calls(draw: st.DrawFn, plan: Plan, number: int) -> list[Json]:
    if not plan.callable_names:
        return []
    names = draw(st.lists(st.sampled_from(plan.callable_names), max_size=2))
    return [
        {"type": "tool_use", "id": f"toolu_{number}_{at}", "name": name, "input": {}}
        for at, name in enumerate(names)
    ]


@st.composite
def _assistant(draw: st.DrawFn, plan: Plan, calls: list[Json], number: int) -> Json:
    if not calls and draw(st.booleans()):
        return {"role": "assistant", "content": draw(texts())}
    blocks = [draw(text_blocks())] if not calls or draw(st.booleans()) else []
    # With manual thinking an open loop must begin with what was thought.
    has_thought = plan.thinking == "enabled" or (plan.thinks and draw(st.booleans()))
    thought = [dict(THOUGHT)] if has_thought else []
    searched = draw(_searches(number)) if plan.offers("web_search") else []
    return {"role": "assistant", "content": [*thought, *searched, *blocks, *calls]}


@st.composite
def _searches(draw: st.DrawFn, number: int) -> list[Json]:
    """A search that the API ran, or none. It failed: what it finds is encrypted, and only the API can make that."""
    if draw(st.booleans()):
        return []
    call = {"id": f"srvtoolu_{number}", "name": "web_search", "input": {"query": draw(texts())}}
    error = {"type": "web_search_tool_result_error", "error_code": "unavailable"}
    result = {"type": "web_search_tool_result", "tool_use_id": call["id"], "content": error}
    return [{"type": "server_tool_use", **call}, result]
