"""Cache breakpoints."""

from __future__ import annotations

from typing import Any

from tests.unit.mockserver.bodies import TOOL, body, call, conversation, read, result, text
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

SHORT: dict[str, Any] = {"cache_control": {"type": "ephemeral"}}
MINUTES: dict[str, Any] = {"cache_control": {"type": "ephemeral", "ttl": "5m"}}
HOUR: dict[str, Any] = {"cache_control": {"type": "ephemeral", "ttl": "1h"}}
ORDER = (
    "{}.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' "
    "cache_control block. Note that blocks are processed in the following order: tools, system, messages."
)


def marked(
    *marks: dict[str, Any],
    tools: list[dict[str, Any]] | None = None,
    system: list[dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A body whose user turn has a block for each mark."""
    blocks = [text("a", **mark) for mark in marks] or [text("a")]
    prompt = {key: value for key, value in (("tools", tools), ("system", system)) if value}
    return body(messages=conversation(("user", blocks)), **prompt, **more)


def too_many(found: int) -> str:
    return f"A maximum of 4 blocks with cache_control may be provided. Found {found}."


TOOL_1H, TOOL_5M = {**TOOL, **HOUR}, {**TOOL, **SHORT}
NESTED = conversation(
    ("user", "a"),
    ("assistant", [call()]),
    ("user", [result(content=[text("r", **SHORT)], **SHORT)]),
)
THOUGHT_ONLY = body(
    messages=conversation(
        ("user", []), ("assistant", [{"type": "thinking", "thinking": "a", "signature": "b"}])
    )
)
OTHER_TTL = (
    "messages.0.content.{}.cache_control.ttl: this block has another ttl than the top-level "
    "cache_control"
)
ROWS = [
    accept("cache.breakpoints", "four", marked(SHORT, SHORT, SHORT, SHORT)),
    accept("cache.breakpoints", "null_mark", marked(*[{"cache_control": None}] * 5)),
    accept("cache.breakpoints", "three_and_automatic", marked(SHORT, SHORT, SHORT, **SHORT)),
    reject("cache.breakpoints", "five", marked(*[SHORT] * 5), too_many(5)),
    reject("cache.breakpoints", "four_and_automatic", marked(*[SHORT] * 4, **SHORT), too_many(5)),
    reject(
        "cache.breakpoints",
        "everywhere",
        marked(
            SHORT, SHORT, tools=[TOOL_5M, {**TOOL_5M, "name": "b"}], system=[text("s", **SHORT)] * 2
        ),
        too_many(6),
    ),
    accept("cache.empty-text", "text", marked(SHORT)),
    accept(
        "cache.empty-text", "empty_without_mark", body(messages=conversation(("user", [text("")])))
    ),
    reject(
        "cache.empty-text",
        "empty",
        body(messages=conversation(("user", [text("a"), text("", **SHORT)]))),
        "messages.0.content.1.text: cache_control cannot be set for empty text blocks",
    ),
    reject(
        "cache.empty-text",
        "empty_system",
        marked(system=[text("", **SHORT)]),
        "system.0.text: cache_control cannot be set for empty text blocks",
    ),
    accept("cache.deferred-tool", "deferred", marked(tools=[{**TOOL, "defer_loading": True}])),
    accept("cache.deferred-tool", "marked", marked(tools=[{**TOOL_5M, "defer_loading": False}])),
    reject(
        "cache.deferred-tool",
        "both",
        marked(tools=[TOOL, {**TOOL_5M, "defer_loading": True}]),
        "Tool 'get_weather' cannot have both defer_loading=true and cache_control set. Tools with "
        "defer_loading cannot use prompt caching.",
    ),
    accept("cache.automatic-ttl", "no_automatic", marked(HOUR)),
    accept("cache.automatic-ttl", "same", marked(HOUR, **HOUR)),
    accept("cache.automatic-ttl", "same_by_default", marked(SHORT, **MINUTES)),
    accept("cache.automatic-ttl", "not_on_the_last", marked(HOUR, {}, **SHORT)),
    accept("cache.automatic-ttl", "nothing_to_cache", {**THOUGHT_ONLY, **SHORT}),
    reject("cache.automatic-ttl", "longer", marked(SHORT, **HOUR), OTHER_TTL.format(0)),
    reject("cache.automatic-ttl", "shorter", marked({}, HOUR, **SHORT), OTHER_TTL.format(1)),
    reject(
        "cache.automatic-ttl",
        "before_what_can_not_be_cached",
        {**body(messages=conversation(("user", [text("a", **HOUR), text("")]))), **SHORT},
        OTHER_TTL.format(0),
    ),
    accept("cache.ttl-order", "automatic_same", marked(HOUR, {}, **HOUR)),
    accept("cache.ttl-order", "automatic_shorter", marked(HOUR, {}, **SHORT)),
    reject(
        "cache.ttl-order",
        "automatic_longer",
        marked(SHORT, {}, **HOUR),
        ORDER.format("messages.0.content.1"),
    ),
    accept("cache.ttl-order", "hour_first", marked(HOUR, HOUR, MINUTES, SHORT)),
    accept("cache.ttl-order", "hour_in_tools", marked(SHORT, tools=[TOOL_1H])),
    reject(
        "cache.ttl-order", "hour_last", marked(SHORT, HOUR), ORDER.format("messages.0.content.1")
    ),
    reject(
        "cache.ttl-order", "explicit", marked(MINUTES, HOUR), ORDER.format("messages.0.content.1")
    ),
    reject(
        "cache.ttl-order",
        "tools_first",
        marked(tools=[TOOL_5M], system=[text("s", **HOUR)]),
        ORDER.format("system.0"),
    ),
]


@parametrized(ROWS)
def test_caching(row: Row) -> None:
    holds(row)


def test_breakpoints_come_in_the_order_of_the_prompt() -> None:
    request = read(body(tools=[TOOL_1H], system=[text("s", **SHORT)], messages=NESTED))
    assert [place.path for place in request.breakpoints] == [
        "tools.0.custom",
        "system.0",
        "messages.2.content.0",
        "messages.2.content.0.tool_result.content.0",
    ]


def test_an_anthropic_tool_has_its_type_in_the_path() -> None:
    tool = {"type": "bash_20250124", "name": "bash", **SHORT}
    (place,) = read(body(tools=[tool])).breakpoints
    assert place.path == "tools.0.bash_20250124"
