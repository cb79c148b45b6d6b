"""What requests with thinking look like, and what is said of those that are refused."""

from __future__ import annotations

from typing import Any

from mockserver.binding import preserved
from mockserver.catalogue import Model
from mockserver.signing import minted
from tests.unit.mockserver.bodies import TOOL, body, conversation, read, result, text

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
INVALID = "messages.1.content.0: Invalid `signature` in `thinking` block"
FLIPPED = minted(0, "x").replace("A", "B")
EDITED = (
    "messages.1.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message "
    "cannot be modified. These blocks must remain as they were in the original response."
)


def replayed(thinking: str, signature: str) -> list[tuple[str, Any]]:
    """A conversation that sends a thinking block back."""
    block = {"type": "thinking", "thinking": thinking, "signature": signature}
    return [ASK, ("assistant", [block, text("a")]), ASK]


OMITTED = {**THOUGHT, "signature": minted(0, "")}


def hidden(data: str) -> dict[str, Any]:
    return {"type": "redacted_thinking", "data": data}


def moved(
    model: str = "claude-opus-5-5",
    behavior: str | None = None,
    block: dict[str, Any] = OMITTED,
) -> dict[str, Any]:
    """A conversation whose first turn was another one when its thinking was made."""
    [block] = preserved(read(body("claude-opus-5-5")), [block])
    turns = conversation(("user", "Bye"), ("assistant", [block, text("a")]), ASK)
    config = {"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": behavior}}
    return body(model, messages=turns, **({} if behavior is None else {"thinking": config}))


PREFIX = (
    "messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different "
    "conversation. Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "
    '"drop_block".'
)
FIRST = (
    " Content before this block differs from when it was created, first at `messages.0.content.0`."
)
HEADER = " That setting requires the `thinking-binding-controls-2026-08-01` value in the `anthropic-beta` header."
EDITED_TEXT = conversation(*replayed("x", minted(0, "y")))
UNBOUND = conversation(*replayed("x", minted(0, "x")))
CONTROLS = frozenset({"thinking-binding-controls-2026-08-01"})


# What `together` sends for this one was made elsewhere.
FOREIGN = 4


def together(*kept: int, turns: int = 1) -> dict[str, Any]:
    """A conversation that sends back these of two thinking blocks and a redacted one, that stood together."""
    made = [{"type": "thinking", "thinking": w, "signature": minted(0, w)} for w in ("x", "y")]
    answer = preserved(read(body(OLD)), [*made, hidden(minted(0, "")), text("a")])
    answer.append({"type": "thinking", "thinking": "z", "signature": "c2ln"})
    spoken = [ASK, ("assistant", [*(answer[number] for number in kept), text("a")]), ASK]
    return thought(*spoken, *[("assistant", "Hi"), ASK] * (turns - 1))
