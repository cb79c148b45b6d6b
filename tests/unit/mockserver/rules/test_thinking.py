"""Thinking modes and efforts, for every model."""

from __future__ import annotations

from typing import Any

from mockserver.binding import preserved
from mockserver.catalogue import Model
from mockserver.signing import minted
from tests.unit.mockserver.bodies import MODELS, TOOL, body, call, conversation, read, result, text
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

OLD, NEW = "claude-haiku-4-5", "claude-opus-5"
INTERLEAVED = frozenset({"interleaved-thinking-2025-05-14"})
CONFIGS: dict[str, dict[str, Any]] = {
    "adaptive": {"type": "adaptive"},
    "enabled": {"type": "enabled", "budget_tokens": 1024},
    "disabled": {"type": "disabled"},
    "between_tools": {"type": "between_tools"},
}
ENABLED, DISABLED = CONFIGS["enabled"], CONFIGS["disabled"]
LEVELS = ("low", "medium", "high", "xhigh", "max")
USE_ADAPTIVE = (
    'Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'
)
BUDGET = (
    "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation at "
    "https://docs.claude.com/en/docs/build-with-claude/extended-thinking"
    "#max-tokens-and-context-window-size"
)
THOUGHT = {"type": "thinking", "thinking": "", "signature": "c2ln"}
REDACTED = {"type": "redacted_thinking", "data": "x"}
# docs: Claude API errors, "disabled" by model
ALWAYS_ON = f'"thinking.type.disabled" is not supported for this model. {USE_ADAPTIVE}'
DISABLED_TEXTS = {
    "claude-mythos-preview": (
        '"thinking.type.disabled" is not supported for this model. Thinking defaults to adaptive mode '
        'when not specified; use "thinking.type.enabled" with "budget_tokens" for extended thinking.'
    ),
    "claude-sonnet-5-5": (
        '"thinking.type.disabled" is not supported for this model. Use "thinking.type.between_tools" '
        'for the lowest thinking setting, or "thinking.type.adaptive" and "output_config.effort" to '
        "control thinking behavior."
    ),
}


def refused_type(model: Model, kind: str) -> str:
    """The documented text for a thinking type that the model does not take."""
    if kind == "adaptive":
        return "adaptive thinking is not supported on this model"
    if kind == "disabled":
        return DISABLED_TEXTS.get(model.id, ALWAYS_ON)
    plain = f'"thinking.type.{kind}" is not supported for this model.'
    has_remedy = kind == "enabled" and "adaptive" in model.thinking
    return f"{plain} {USE_ADAPTIVE}" if has_remedy else plain


def types(model: Model) -> list[Row]:
    rows: list[Row] = []
    for kind, config in CONFIGS.items():
        asked, name = body(model.id, max_tokens=2048, thinking=config), f"{kind}_on_{model.id}"
        if kind in model.thinking:
            rows.append(accept("thinking.type", name, asked))
        else:
            rows.append(reject("thinking.type", name, asked, refused_type(model, kind)))
    return rows


def efforts(model: Model) -> list[Row]:
    rows: list[Row] = []
    for level in LEVELS:
        asked, name = body(model.id, output_config={"effort": level}), f"{level}_on_{model.id}"
        if level in model.effort:
            rows.append(accept("effort.unsupported", name, asked))
            continue
        levels = ", ".join(sorted(model.effort))
        message = (
            f"This model does not support effort level '{level}'. Supported levels: {levels}."
            if levels
            else "This model does not support the effort parameter."
        )
        rows.append(reject("effort.unsupported", name, asked, message))
    return rows


def efforts_without_thinking(model: Model) -> list[Row]:
    highest = model.thinking_off_max_effort
    off = next((kind for kind in ("disabled", "between_tools") if kind in model.thinking), None)
    if highest is None or off is None:
        return []
    rows: list[Row] = []
    for level in model.effort:
        asked = body(model.id, thinking=CONFIGS[off], output_config={"effort": level})
        name = f"{level}_{off}_on_{model.id}"
        if LEVELS.index(level) <= LEVELS.index(highest):
            rows.append(accept("effort.thinking-off", name, asked))
        else:
            message = (
                f"output_config.effort '{level}' is not supported when thinking is disabled on this "
                f"model. Use effort '{highest}' or below, or enable thinking."
            )
            rows.append(reject("effort.thinking-off", name, asked, message))
    return rows


def forced(choice: dict[str, Any], thinking: dict[str, Any] | None) -> dict[str, Any]:
    more = {} if thinking is None else {"thinking": thinking}
    return body(OLD, max_tokens=2048, tools=[TOOL], tool_choice=choice, **more)


def thought(*turns: tuple[str, Any], thinking: dict[str, Any] = ENABLED) -> dict[str, Any]:
    return body(
        OLD, max_tokens=2048, messages=conversation(*turns), thinking=thinking, tools=[TOOL]
    )


def first_block(index: int, kind: str) -> str:
    return (
        f"messages.{index}.content.0.type: Expected `thinking` or `redacted_thinking`, but found "
        f"`{kind}`. When `thinking` is enabled, a final `assistant` message must start with a thinking "
        "block (preceeding the lastmost set of `tool_use` and `tool_result` blocks). We recommend you "
        "include thinking blocks from previous turns. To avoid this requirement, disable `thinking`. "
        "Please consult our documentation at "
        "https://docs.claude.com/en/docs/build-with-claude/extended-thinking"
    )


ASK, ANSWER = ("user", "Hello"), ("user", [result()])
FORCED = "Thinking may not be enabled when tool_choice forces tool use."
ANY, NAMED = {"type": "any"}, {"type": "tool", "name": "get_weather"}
EDITED = (
    "messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message "
    "cannot be modified. These blocks must remain as they were in the original response."
)


def replayed(thinking: str, signature: str) -> list[tuple[str, Any]]:
    """A conversation that sends a thinking block back."""
    block = {"type": "thinking", "thinking": thinking, "signature": signature}
    return [ASK, ("assistant", [block, text("a")]), ASK]


def moved(model: str = "claude-opus-5-5", behavior: str | None = None) -> dict[str, Any]:
    """A conversation whose first turn was another one when its thinking was made."""
    [block] = preserved(
        read(body("claude-opus-5-5")), [{**THOUGHT, "signature": minted(0, ""), "thinking": ""}]
    )
    turns = conversation(("user", "Bye"), ("assistant", [block, text("a")]), ASK)
    config = {"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": behavior}}
    return body(model, messages=turns, **({} if behavior is None else {"thinking": config}))


PREFIX = (
    "messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different "
    "conversation. Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "
    '"drop_block".'
)
HEADER = " That setting requires the `thinking-binding-controls-2026-08-01` value in the `anthropic-beta` header."
UNBOUND = conversation(*replayed("x", minted(0, "x")))
CONTROLS = frozenset({"thinking-binding-controls-2026-08-01"})
ROWS = [
    accept("thinking.prefix", "foreign", thought(*replayed("x", "c2ln"))),
    accept("thinking.prefix", "on_a_model_that_does_not_check", moved("claude-opus-5")),
    accept("thinking.prefix", "dropped", moved(behavior="drop_block"), betas=CONTROLS),
    accept("thinking.prefix", "unbound", body("claude-opus-5-5", messages=UNBOUND)),
    reject("thinking.prefix", "changed", moved(), PREFIX + HEADER),
    reject("thinking.prefix", "changed_under_the_beta", moved(), PREFIX, betas=CONTROLS),
    reject("thinking.prefix", "error", moved(behavior="error"), PREFIX, betas=CONTROLS),
    *(row for model in MODELS.values() for row in types(model)),
    *(row for model in MODELS.values() for row in efforts(model)),
    *(row for model in MODELS.values() for row in efforts_without_thinking(model)),
    accept("thinking.type", "null", body(NEW, thinking=None)),
    accept("effort.unsupported", "null", body(output_config={"effort": None})),
    accept("effort.unsupported", "null_config", body(output_config=None)),
    accept("effort.thinking-off", "thinking_on", body(NEW, output_config={"effort": "max"})),
    accept(
        "effort.thinking-off",
        "model_without_limit",
        body("claude-sonnet-5", thinking=DISABLED, output_config={"effort": "max"}),
    ),
    accept("thinking.budget", "below", body(OLD, max_tokens=1025, thinking=ENABLED)),
    accept("thinking.budget", "adaptive", body(NEW, thinking={"type": "adaptive"})),
    accept("thinking.budget", "null", body(NEW, thinking=None)),
    accept(
        "thinking.budget",
        "count_tokens",
        {k: v for k, v in body(OLD, thinking=ENABLED).items() if k != "max_tokens"},
    ),
    accept(
        "thinking.budget",
        "interleaved",
        body(OLD, max_tokens=1024, thinking=ENABLED, tools=[TOOL]),
        betas=INTERLEAVED,
    ),
    reject("thinking.budget", "equal", body(OLD, max_tokens=1024, thinking=ENABLED), BUDGET),
    reject(
        "thinking.budget",
        "interleaved_without_tools",
        body(OLD, max_tokens=1024, thinking=ENABLED),
        BUDGET,
        betas=INTERLEAVED,
    ),
    accept("thinking.forced-tool", "auto", forced({"type": "auto"}, ENABLED)),
    accept("thinking.forced-tool", "none", forced({"type": "none"}, ENABLED)),
    accept("thinking.forced-tool", "no_thinking", forced(ANY, None)),
    accept("thinking.forced-tool", "disabled", forced(ANY, DISABLED)),
    accept(
        "thinking.forced-tool",
        "adaptive_by_default",
        body(NEW, tools=[TOOL], tool_choice=ANY),
    ),
    reject("thinking.forced-tool", "any", forced(ANY, ENABLED), FORCED),
    reject("thinking.forced-tool", "tool", forced(NAMED, ENABLED), FORCED),
    accept("thinking.edited", "of_this_seed", thought(*replayed("x", minted(7, "x"))), seed=7),
    accept("thinking.edited", "no_assistant_turn", thought(ASK, ("user", [THOUGHT]))),
    reject(
        "thinking.edited",
        "of_another_seed",
        thought(*replayed("x", minted(7, "x"))),
        EDITED,
        seed=8,
    ),
    accept("thinking.first-block", "user_last", thought(ASK, ("assistant", "Hi"), ASK)),
    accept(
        "thinking.first-block", "disabled", thought(ASK, ("assistant", "Hi"), thinking=DISABLED)
    ),
    accept(
        "thinking.first-block", "thinking", thought(ASK, ("assistant", [THOUGHT, call()]), ANSWER)
    ),
    accept(
        "thinking.first-block", "redacted", thought(ASK, ("assistant", [REDACTED, call()]), ANSWER)
    ),
    accept("thinking.first-block", "empty_last", thought(ASK, ("assistant", []))),
    accept("thinking.first-block", "no_assistant", thought(ANSWER)),
    reject(
        "thinking.first-block", "prefill", thought(ASK, ("assistant", "Hi")), first_block(1, "text")
    ),
    reject(
        "thinking.first-block",
        "tool_loop",
        thought(ASK, ("assistant", [call()]), ANSWER),
        first_block(1, "tool_use"),
    ),
    reject(
        "thinking.first-block",
        "last_of_two_loops",
        thought(
            ASK,
            ("assistant", [THOUGHT, call()]),
            ANSWER,
            ("assistant", [text("a"), call("toolu_2")]),
            ("user", [result("toolu_2")]),
        ),
        first_block(3, "text"),
    ),
    accept("thinking.signature", "foreign", thought(*replayed("x", "Zm9yZWlnbg=="))),
    reject(
        "thinking.signature",
        "blank",
        thought(*replayed("x", "")),
        "messages.1.content.0: Invalid `signature` in `thinking` block",
    ),
    reject(
        "thinking.signature",
        "not_of_the_form",
        thought(*replayed("x", "no base64")),
        "messages.1.content.0: Invalid `signature` in `thinking` block",
    ),
    accept("thinking.blank", "omitted", thought(*replayed("", "c2ln"))),
    accept("thinking.blank", "unsigned_is_another_rule", thought(*replayed("x", ""))),
    reject(
        "thinking.blank",
        "nothing",
        thought(*replayed("", "")),
        "messages.1.content.0.thinking: each thinking block must contain thinking",
    ),
    accept(
        "redacted-thinking.data",
        "base64",
        thought(ASK, ("assistant", [THOUGHT, REDACTED, text("a")])),
    ),
    reject(
        "redacted-thinking.data",
        "empty",
        thought(ASK, ("assistant", [THOUGHT, {**REDACTED, "data": ""}, text("a")])),
        "messages.1.content.1: Invalid `data` in `redacted_thinking` block",
    ),
    accept("thinking.edited", "original", thought(*replayed("x", minted(0, "x")))),
    accept("thinking.edited", "text_for_an_omitted_one", thought(*replayed("x", minted(0, "")))),
    accept("thinking.edited", "foreign", thought(*replayed("x", "Zm9yZWlnbg=="))),
    accept(
        "thinking.edited",
        "earlier_turn",
        thought(*replayed("x", minted(0, "y")), ("assistant", "Hi"), ASK),
    ),
    reject("thinking.edited", "latest_turn", thought(*replayed("x", minted(0, "y"))), EDITED),
]


@parametrized(ROWS)
def test_thinking(row: Row) -> None:
    holds(row)


def test_thinking_in_force_is_the_models_default() -> None:
    defaults = {name: read(body(name)).thinking for name in MODELS}
    assert defaults == {
        name: "disabled" if model.thinking_default == "off" else "adaptive"
        for name, model in MODELS.items()
    }
