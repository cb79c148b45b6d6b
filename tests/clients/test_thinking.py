"""Thinking that goes back through the SDK, whole and streamed: taken as it came, refused when it was changed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import anthropic
import pytest

from mockserver.testing import MockServer

BETA = "thinking-binding-controls-2026-08-01"
SHOWN = {"type": "adaptive", "display": "summarized"}
ENABLED = {"type": "enabled", "budget_tokens": 1024}
Turns = list[Any]
Ask = Callable[..., Any]


@pytest.fixture(params=["whole", "streamed"])
def ask(request: pytest.FixtureRequest, sdk: anthropic.Anthropic) -> Ask:
    """Send a request and give the message, in the words of the SDK's own types."""

    def whole(**asked: Any) -> Any:
        return sdk.beta.messages.create(max_tokens=2000, **asked)

    def streamed(**asked: Any) -> Any:
        with sdk.beta.messages.stream(max_tokens=2000, **asked) as stream:
            return stream.get_final_message()

    return whole if request.param == "whole" else streamed


def talk(ask: Ask, **asked: Any) -> Turns:
    """A conversation of two answers, each sent back as it came."""
    turns: Turns = []
    for words in ("Hello", "And now?"):
        turns.append({"role": "user", "content": words})
        turns.append({"role": "assistant", "content": _sent_back(ask(messages=turns, **asked))})
    return [*turns, {"role": "user", "content": "Thanks"}]


def _sent_back(message: Any) -> Turns:
    blocks: Turns = message.model_dump(mode="json", exclude_none=True)["content"]
    assert blocks[0]["type"] == "thinking"
    return blocks


def refusal(ask: Ask, **asked: Any) -> str:
    with pytest.raises(anthropic.BadRequestError) as caught:
        ask(**asked)
    assert isinstance(caught.value.body, dict)
    return str(caught.value.body["error"]["message"])


@pytest.mark.parametrize(
    ("model", "thinking"),
    [
        ("claude-haiku-4-5", ENABLED),
        ("claude-opus-5", SHOWN),
        ("claude-opus-5-5", SHOWN),
        ("claude-fable-5-2", {"type": "adaptive"}),
    ],
)
def test_thinking_goes_back_as_it_came(ask: Ask, model: str, thinking: Any) -> None:
    turns = talk(ask, model=model, thinking=thinking)

    answer = ask(model=model, thinking=thinking, messages=turns, betas=[BETA])

    assert answer.input_transformations == []


@pytest.mark.parametrize("model", ["claude-opus-5-5", "claude-sonnet-5"])
def test_an_altered_signature_is_refused(ask: Ask, model: str) -> None:
    turns = talk(ask, model=model, thinking=SHOWN)
    signature = turns[1]["content"][0]["signature"]
    turns[1]["content"][0]["signature"] = signature[:20] + "abcd" + signature[24:]

    text = refusal(ask, model=model, thinking=SHOWN, messages=turns)

    assert text == "messages.1.content.0: Invalid `signature` in `thinking` block"


def test_an_edited_text_is_refused_on_models_before_claude_5(ask: Ask) -> None:
    turns = talk(ask, model="claude-haiku-4-5", thinking=ENABLED)
    turns[3]["content"][0]["thinking"] += " And more."

    text = refusal(ask, model="claude-haiku-4-5", thinking=ENABLED, messages=turns)

    assert text == (
        "messages.3.content.0: `thinking` or `redacted_thinking` blocks in the latest assistant message "
        "cannot be modified. These blocks must remain as they were in the original response."
    )


@pytest.mark.parametrize("model", ["claude-opus-5-5", "claude-sonnet-5"])
def test_an_edited_text_is_ignored_since_claude_5(ask: Ask, model: str) -> None:
    turns = talk(ask, model=model, thinking=SHOWN)
    unchanged = ask(model=model, thinking=SHOWN, messages=turns)
    turns[3]["content"][0]["thinking"] += " And more."

    edited = ask(model=model, thinking=SHOWN, messages=turns)

    assert edited.usage.input_tokens == unchanged.usage.input_tokens


def test_thinking_that_is_not_shown_costs_as_much_as_if_it_were(ask: Ask) -> None:
    def cost(display: str) -> int:
        thinking = {"type": "adaptive", "display": display}
        turns = talk(ask, model="claude-opus-5-5", thinking=thinking)
        found = ask(model="claude-opus-5-5", thinking=thinking, messages=turns)
        return int(found.usage.input_tokens)

    assert cost("omitted") == cost("summarized")


START = (
    "messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different "
    "conversation. Remove the block, or set `thinking.block_binding.prefix_mismatch_behavior` to "
    '"drop_block". '
)
TOOL = {"name": "one", "input_schema": {"type": "object"}}


@pytest.mark.parametrize(
    ("more", "words", "expected"),
    [
        (
            {"system": "Be brief."},
            "Hello",
            "The `system` prompt differs from the one this block was created with.",
        ),
        (
            {"tools": [TOOL]},
            "Hello",
            "The `tools` list differs from the one this block was created with.",
        ),
        (
            {},
            "Hi",
            "Content before this block differs from when it was created, first at `messages.0.content.0`.",
        ),
    ],
    ids=["system", "tools", "content"],
)
def test_a_changed_beginning_is_refused_and_named(
    ask: Ask, more: Any, words: str, expected: str
) -> None:
    asked = {"model": "claude-opus-5-5", "thinking": SHOWN}
    turns = talk(ask, **asked)
    turns[0]["content"] = words

    assert refusal(ask, **asked, messages=turns, betas=[BETA], **more) == START + expected


def test_dropped_thinking_is_told_and_costs_nothing(ask: Ask) -> None:
    asked = {"model": "claude-opus-5-5", "thinking": SHOWN}
    turns = talk(ask, **asked)
    kept = ask(**asked, messages=turns, betas=[BETA])
    control = {**SHOWN, "block_binding": {"prefix_mismatch_behavior": "drop_block"}}
    turns[0]["content"] = "Howdy"

    dropped = ask(model="claude-opus-5-5", thinking=control, messages=turns, betas=[BETA])

    told = [(each.type, each.path, each.reason) for each in dropped.input_transformations]
    assert told == [
        ("thinking_dropped", f"messages.{turn}.content.0", "prefix_binding_mismatch")
        for turn in (1, 3)
    ]
    assert dropped.usage.input_tokens < kept.usage.input_tokens


def test_thinking_of_another_model_is_dropped_and_told(ask: Ask) -> None:
    turns = talk(ask, model="claude-opus-5-5", thinking=SHOWN)

    answer = ask(model="claude-sonnet-5", thinking=SHOWN, messages=turns, betas=[BETA])

    assert [(each.path, each.reason) for each in answer.input_transformations] == [
        (f"messages.{turn}.content.0", "model_binding_mismatch") for turn in (1, 3)
    ]


def test_an_older_account_lets_changed_beginnings_through_and_tells_of_them() -> None:
    """docs: Preserved thinking: accounts made before 2026-08-31, which are had by switching the rule off."""
    with (
        MockServer(allowed_rules=("thinking.prefix",)) as server,
        anthropic.Anthropic(base_url=server.url, api_key=server.api_key, max_retries=0) as sdk,
    ):
        ask: Ask = functools.partial(sdk.beta.messages.create, max_tokens=2000)
        turns = talk(ask, model="claude-opus-5-5", thinking=SHOWN)
        turns[0]["content"] = "Howdy"

        answer = ask(model="claude-opus-5-5", thinking=SHOWN, messages=turns, betas=[BETA])

        assert [(each.type, each.path) for each in answer.input_transformations] == [
            ("thinking_mismatch_allowed", f"messages.{turn}.content.0") for turn in (1, 3)
        ]
