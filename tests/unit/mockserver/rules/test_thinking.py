"""Thinking modes and efforts, for every model."""

from __future__ import annotations

from typing import Any

from mockserver.catalogue import Model
from mockserver.signing import minted
from tests.unit.mockserver.bodies import MODELS, TOOL, body, call, read, result, text
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject
from tests.unit.mockserver.rules.thinking_texts import (
    ANSWER,
    ANY,
    ASK,
    BUDGET,
    CONFIGS,
    CONTROLS,
    DISABLED,
    EDITED,
    EDITED_TEXT,
    ENABLED,
    FIRST,
    FLIPPED,
    FORCED,
    FOREIGN,
    HEADER,
    INTERLEAVED,
    INVALID,
    LEVELS,
    NAMED,
    NEW,
    OLD,
    PREFIX,
    REDACTED,
    THOUGHT,
    UNBOUND,
    first_block,
    hidden,
    moved,
    refused_type,
    replayed,
    thought,
    together,
)


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


ROWS = [
    accept("thinking.prefix", "foreign", thought(*replayed("x", "c2ln"))),
    accept("thinking.prefix", "on_a_model_that_does_not_check", moved("claude-opus-5")),
    accept("thinking.prefix", "dropped", moved(behavior="drop_block"), betas=CONTROLS),
    accept("thinking.prefix", "unbound", body("claude-opus-5-5", messages=UNBOUND)),
    reject("thinking.prefix", "changed", moved(), PREFIX + HEADER + FIRST),
    reject("thinking.prefix", "changed_under_the_beta", moved(), PREFIX + FIRST, betas=CONTROLS),
    reject("thinking.prefix", "error", moved(behavior="error"), PREFIX + FIRST, betas=CONTROLS),
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
        "thinking.signature",
        "of_another_seed",
        thought(*replayed("x", minted(7, "x"))),
        INVALID,
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
    accept("thinking.signature", "minted", thought(*replayed("x", minted(0, "x")))),
    reject("thinking.signature", "cut", thought(*replayed("x", minted(0, "x")[:-1])), INVALID),
    reject("thinking.signature", "altered", thought(*replayed("x", FLIPPED)), INVALID),
    reject(
        "thinking.signature",
        "altered_in_an_earlier_turn",
        thought(*replayed("x", FLIPPED), ("assistant", "Hi"), ASK),
        INVALID,
    ),
    reject(
        "thinking.signature",
        "blank",
        thought(*replayed("x", "")),
        INVALID,
    ),
    reject(
        "thinking.signature",
        "not_of_the_form",
        thought(*replayed("x", "no base64")),
        INVALID,
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
    accept(
        "thinking.edited",
        "on_a_model_that_ignores_it",
        body(NEW, messages=EDITED_TEXT),
    ),
    reject("thinking.edited", "latest_turn", thought(*replayed("x", minted(0, "y"))), EDITED),
    accept(
        "redacted-thinking.data",
        "minted",
        thought(ASK, ("assistant", [hidden(minted(0, "x"))]), ASK),
    ),
    reject(
        "redacted-thinking.data",
        "altered",
        thought(ASK, ("assistant", [hidden(FLIPPED)]), ASK),
        "messages.1.content.0: Invalid `data` in `redacted_thinking` block",
    ),
    accept("thinking.prefix", "made_by_another_model", moved("claude-sonnet-5-5")),
    reject(
        "thinking.prefix",
        "hidden",
        moved(block={"type": "redacted_thinking", "data": minted(0, "x")}),
        PREFIX.replace("`signature` in `thinking`", "`data` in `redacted_thinking`")
        + HEADER
        + FIRST,
    ),
    accept("thinking.incomplete", "whole", together(0, 1, 2)),
    accept("thinking.incomplete", "none", together()),
    accept("thinking.incomplete", "earlier_turn", together(0, turns=2)),
    accept("thinking.incomplete", "foreign", thought(*replayed("x", "c2ln"))),
    accept("thinking.incomplete", "not_signed_together", thought(*replayed("x", minted(0, "x")))),
    accept("thinking.incomplete", "foreign_among_them", together(0, FOREIGN, 2)),
    accept("thinking.incomplete", "foreign_first", together(FOREIGN, 1, 2)),
    accept("thinking.incomplete", "groups_that_come_together", together(0, 1, 2, 0, 1, 2)),
    reject("thinking.incomplete", "foreign_in_excess", together(0, 1, 2, FOREIGN, 2), EDITED),
    reject("thinking.incomplete", "a_group_in_another", together(0, 0, 1, 2, 1, 2), EDITED),
    reject("thinking.incomplete", "rearranged", together(1, 0, 2), EDITED),
    reject("thinking.incomplete", "first_missing", together(1, 2), EDITED),
    reject("thinking.incomplete", "redacted_missing", together(0, 1), EDITED),
    reject("thinking.incomplete", "twice", together(0, 1, 2, 2), EDITED),
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
