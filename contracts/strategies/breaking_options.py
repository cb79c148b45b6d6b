"""Edits of the other fields that break a rule: model, limits, thinking, tools, schemas, cache breakpoints."""

from __future__ import annotations

from hypothesis import assume
from hypothesis import strategies as st

from contracts.findings import Json
from contracts.strategies.asked import Asked
from contracts.strategies.breaking import breaks
from contracts.strategies.options import FORCED, LEVELS, OLD
from contracts.strategies.valid import markable

MESSAGES = ("messages",)
CLOSED: Json = {"type": "object", "properties": {}, "additionalProperties": False}
CONFIGS: dict[str, Json] = {
    "adaptive": {"type": "adaptive"},
    "enabled": {"type": "enabled", "budget_tokens": 1024},
    "disabled": {"type": "disabled"},
    "between_tools": {"type": "between_tools"},
}
MARK: Json = {"type": "ephemeral"}


def _is_manual(asked: Asked) -> bool:
    config = asked.body.get("thinking")
    return config is not None and config["type"] == "enabled"


def _strict_tool(asked: Asked, schema: Json) -> None:
    asked.body["tools"] = [{"name": "strict", "strict": True, "input_schema": schema}]
    asked.body.pop("tool_choice", None)


@breaks("model.unknown")
def unknown_model(draw: st.DrawFn, asked: Asked) -> str:
    """A model that does not exist."""
    name = draw(st.sampled_from(["claude-opus-9", "claude", "gpt-4", " "]))
    asked.body["model"] = name
    return f"model: {name}"


@breaks("max-tokens.limit", endpoints=MESSAGES)
def too_many_tokens(draw: st.DrawFn, asked: Asked) -> str:
    """More tokens than the model gives."""
    limit = asked.model["max_output_tokens"]
    asked.body["max_tokens"] = limit + draw(st.integers(1, 10**9))
    return f"max_tokens: {asked.body['max_tokens']} > {limit}, which is the maximum"


@breaks("stop-sequences.whitespace", endpoints=MESSAGES)
def blank_stop(draw: st.DrawFn, asked: Asked) -> str:
    """A stop sequence of white space."""
    asked.body["stop_sequences"] = [draw(st.sampled_from(["", " ", "\n\n"]))]
    return "stop_sequences: each stop sequence must contain non-whitespace"


@breaks("inference-geo.unknown", endpoints=MESSAGES)
def unknown_region(_draw: st.DrawFn, asked: Asked) -> str:
    """A region that does not exist."""
    asked.body["inference_geo"] = "mars"
    return "inference_geo: "


@breaks("inference-geo.unsupported", endpoints=MESSAGES, models={"inference_geo": False})
def region(_draw: st.DrawFn, asked: Asked) -> str:
    """A region for a model that takes none."""
    asked.body["inference_geo"] = "us"
    return f"'{asked.model['id']}' does not support the `inference_geo` parameter."


@breaks("thinking.type")
def other_thinking(draw: st.DrawFn, asked: Asked) -> str:
    """A thinking type that the model does not take."""
    kinds = [kind for kind in CONFIGS if kind not in asked.model["thinking"]]
    kind = draw(st.sampled_from(kinds))
    asked.body["thinking"] = dict(CONFIGS[kind])
    return "adaptive thinking is not" if kind == "adaptive" else f'"thinking.type.{kind}" is not'


@breaks("thinking.budget", endpoints=MESSAGES, models={"thinking": "enabled"})
def large_budget(draw: st.DrawFn, asked: Asked) -> str:
    """A thinking budget that leaves nothing to say."""
    assume(_is_manual(asked))
    asked.body["thinking"]["budget_tokens"] = asked.body["max_tokens"] + draw(st.integers(0, 9))
    return "`max_tokens` must be greater than `thinking.budget_tokens`."


@breaks("effort.unsupported")
def other_effort(draw: st.DrawFn, asked: Asked) -> str:
    """An effort that the model does not take."""
    levels = [level for level in LEVELS if level not in asked.model["effort"]]
    assume(levels)
    asked.body["output_config"] = {"effort": draw(st.sampled_from(levels))}
    return "This model does not support"


@breaks("effort.thinking-off", models={"thinking_off_max_effort": "high"})
def high_effort(draw: st.DrawFn, asked: Asked) -> str:
    """A high effort without thinking."""
    kinds = [kind for kind in asked.model["thinking"] if kind != "adaptive"]
    asked.body["thinking"] = {"type": draw(st.sampled_from(kinds))}
    asked.body["output_config"] = {"effort": draw(st.sampled_from(LEVELS[3:]))}
    return "output_config.effort '"


@breaks(
    "sampling.deprecated", versions=(OLD,), endpoints=MESSAGES, models={"sampling": "default_only"}
)
def odd_temperature(draw: st.DrawFn, asked: Asked) -> str:
    """A temperature where only the default is taken."""
    assume("thinking" not in asked.body)  # thinking that is asked for has a say before
    asked.body["temperature"] = draw(st.sampled_from([0, 0.5, 0.99]))
    return "`temperature` is deprecated for this model."


@breaks("sampling.exclusive", versions=(OLD,), endpoints=MESSAGES, models={"sampling": "exclusive"})
def both_samplings(_draw: st.DrawFn, asked: Asked) -> str:
    """temperature and top_p at once."""
    asked.body.update({"temperature": 1, "top_p": 1})
    return "`temperature` and `top_p` cannot both be specified"


@breaks("sampling.thinking", versions=(OLD,), endpoints=MESSAGES, models={"sampling": "exclusive"})
def cool_thinking(_draw: st.DrawFn, asked: Asked) -> str:
    """A temperature for a model that thinks."""
    assume(asked.thinks)
    asked.body.pop("top_p", None)
    asked.body["temperature"] = 0.5
    return "`temperature` may only be set to 1 when thinking is enabled"


@breaks("tools.unique")
def same_names(_draw: st.DrawFn, asked: Asked) -> str:
    """Two tools with one name."""
    asked.body["tools"] = [{"name": "same", "input_schema": {"type": "object"}}] * 2
    asked.body.pop("tool_choice", None)
    return "tools: Tool names must be unique."


@breaks("tools.top-level-union")
def union_at_the_top(draw: st.DrawFn, asked: Asked) -> str:
    """An input schema that is a union."""
    word = draw(st.sampled_from(["oneOf", "allOf", "anyOf"]))
    asked.body["tools"] = [{"name": "a", "input_schema": {"type": "object", word: []}}]
    asked.body.pop("tool_choice", None)
    return "tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf"


@breaks("tool-choice.unknown")
def absent_tool(_draw: st.DrawFn, asked: Asked) -> str:
    """A choice of a tool that is not there."""
    assume(not _is_manual(asked))
    asked.body["tool_choice"] = {"type": "tool", "name": "no such tool"}
    return "Tool 'no such tool' not found in provided tools"


@breaks("tool-choice.without-tools")
def any_of_nothing(_draw: st.DrawFn, asked: Asked) -> str:
    """A choice of any tool without tools."""
    assume(not _is_manual(asked))
    asked.body.pop("tools", None)
    asked.body["tool_choice"] = {"type": "any"}
    return "tool_choice.any may only be specified while providing tools"


@breaks("tool-choice.forced", models={"forced_tool_choice": False})
def forced(draw: st.DrawFn, asked: Asked) -> str:
    """A forced tool for a model that takes none."""
    assume(not _is_manual(asked))
    asked.body["tools"] = [{"name": "a", "input_schema": {"type": "object"}}]
    asked.body["tool_choice"] = {"type": draw(st.sampled_from(FORCED)), "name": "a"}
    if asked.body["tool_choice"]["type"] == "any":
        del asked.body["tool_choice"]["name"]
    return 'tool_choice: type "tool" and "any" are not supported for this model.'


@breaks("thinking.forced-tool", models={"thinking": "enabled"})
def forced_thinker(_draw: st.DrawFn, asked: Asked) -> str:
    """A forced tool with manual thinking."""
    assume(_is_manual(asked))
    asked.body["tools"] = [
        *asked.body.get("tools", ()),
        {"name": "one_tool_more", "input_schema": {"type": "object"}},
    ]
    asked.body["tool_choice"] = {"type": "any"}
    return "Thinking may not be enabled when tool_choice forces tool use."


@breaks("strict.count")
def many_strict_tools(draw: st.DrawFn, asked: Asked) -> str:
    """More strict tools than are compiled."""
    count = draw(st.integers(21, 30))
    asked.body["tools"] = [
        {"name": f"t{number}", "strict": True, "input_schema": CLOSED} for number in range(count)
    ]
    asked.body.pop("tool_choice", None)
    return f"Too many strict tools ({count})."


@breaks("schema.boolean")
def boolean_schema(draw: st.DrawFn, asked: Asked) -> str:
    """A strict schema with one that is a boolean."""
    value = draw(st.booleans())
    _strict_tool(asked, {**CLOSED, "properties": {"a": value}, "required": ["a"]})
    return "tools.0.custom: For 'object' type, property 'properties' is not supported"


@breaks("schema.open-object")
def open_schema(draw: st.DrawFn, asked: Asked) -> str:
    """A strict schema that is open."""
    schema = {**CLOSED, "additionalProperties": True} if draw(st.booleans()) else {"type": "object"}
    _strict_tool(asked, schema)
    return (
        "tools.0.custom: For 'object' type, 'additionalProperties' must be explicitly set to false"
    )


@breaks("schema.unions")
def many_unions(draw: st.DrawFn, asked: Asked) -> str:
    """A strict schema with too many unions."""
    names = [f"p{number}" for number in range(draw(st.integers(17, 20)))]
    union: Json = {"type": ["string", "null"]}
    _strict_tool(asked, {**CLOSED, "properties": dict.fromkeys(names, union), "required": names})
    return f"Schemas contains too many parameters with union types ({len(names)} parameters"


@breaks("schema.optionals")
def many_optionals(draw: st.DrawFn, asked: Asked) -> str:
    """A strict schema with too many optional parameters."""
    names = [f"p{number}" for number in range(draw(st.integers(25, 30)))]
    _strict_tool(asked, {**CLOSED, "properties": {name: {"type": "string"} for name in names}})
    return f"Schemas contains too many optional parameters ({len(names)})"


def _unmark(asked: Asked) -> None:
    asked.body.pop("cache_control", None)
    for place in (*asked.body.get("tools", ()), *markable(asked.body)):
        place.pop("cache_control", None)


@breaks("cache.breakpoints")
def many_marks(draw: st.DrawFn, asked: Asked) -> str:
    """More cache breakpoints than four."""
    _unmark(asked)
    count = draw(st.integers(5, 8))
    asked.body["system"] = [{"type": "text", "text": "a", "cache_control": MARK}] * count
    return f"A maximum of 4 blocks with cache_control may be provided. Found {count}."


@breaks("cache.ttl-order")
def long_after_short(_draw: st.DrawFn, asked: Asked) -> str:
    """A lifetime of an hour behind one of five minutes."""
    _unmark(asked)
    long = {"type": "ephemeral", "ttl": "1h"}
    asked.body["system"] = [
        {"type": "text", "text": "a", "cache_control": mark} for mark in (MARK, long)
    ]
    return "system.1.cache_control.ttl: a ttl='1h' cache_control block must not come after"
