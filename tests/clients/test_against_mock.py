"""The programs against a healthy server: what the guide promises, nothing about the mock's style.

Of an improvised answer these tests know only that it quotes the last user text.
"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import anthropic
import pytest
from anthropic.types import ImageBlockParam, Message
from anthropic.types.message_create_params import MessageCreateParamsBase
from PIL import Image

import clients
from clients import prefill, quickstart, stop_reasons, streaming, tools, vision
from clients.conversation import Conversation, turn_of
from clients.outcomes import Finished, Truncated
from clients.quickstart import text_of
from tests.clients.bodies import PREFILL_REFUSED

if TYPE_CHECKING:
    from mockserver.testing import MockServer

ROME = "Tell me about ancient Rome."
OLD_MODEL = "claude-sonnet-4-5"
NEW_MODEL = "claude-opus-4-7"
DAY = "2026-10-21"  # neither was retired


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    """One mock for the module; its state is per key, and every test has the same."""
    from mockserver.testing import MockServer

    with MockServer(now=DAY) as server:
        yield server


@pytest.fixture
def client(server: MockServer) -> Iterator[anthropic.Anthropic]:
    """An SDK client of the mock."""
    with anthropic.Anthropic(base_url=server.url, api_key=server.api_key) as sdk:
        yield sdk


def request_for(words: str, model: str = NEW_MODEL) -> MessageCreateParamsBase:
    return {
        "model": model,
        "max_tokens": 1024,
        "messages": [{"role": "user", "content": words}],
    }


def picture(kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(buffer, format=kind)
    return buffer.getvalue()


def test_quickstart_runs_as_a_script(server: MockServer) -> None:
    command = [sys.executable, "-m", "clients.quickstart", "--base-url", server.url]
    root = Path(clients.__path__[0]).parent

    done = subprocess.run(
        [*command, "--api-key", server.api_key, "Hello, Claude"],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "Hello, Claude" in done.stdout


def test_quickstart_gets_a_whole_message(client: anthropic.Anthropic) -> None:
    message = quickstart.ask(client, "Hello, Claude")

    assert "Hello, Claude" in text_of(message)
    assert (message.role, message.model) == ("assistant", NEW_MODEL)
    assert (message.stop_reason, message.stop_sequence) == ("end_turn", None)
    assert message.usage.input_tokens > 0
    assert message.usage.output_tokens > 0


def test_quickstart_is_told_of_an_unknown_model(client: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.NotFoundError, match="model: claude-nothing"):
        quickstart.ask(client, "Hello", model="claude-nothing")


def test_conversation_costs_more_with_every_turn(client: anthropic.Anthropic) -> None:
    conversation = Conversation(client)

    first = conversation.say("What is the capital of France?")
    second = conversation.say("What is its population?")

    assert "What is its population?" in text_of(second)
    assert second.usage.input_tokens > first.usage.input_tokens


def test_conversation_may_be_streamed(client: anthropic.Anthropic) -> None:
    conversation = Conversation(client)
    pieces: list[str] = []

    conversation.say("What is the capital of France?", on_text=pieces.append)
    conversation.say("What is its population?", on_text=pieces.append)

    assert "What is the capital of France?" in "".join(pieces)
    assert [turn["role"] for turn in conversation.turns] == ["user", "assistant"] * 2


@pytest.mark.parametrize(
    "question", [pytest.param([], id="first_turn"), pytest.param([ROME], id="second_turn")]
)
def test_conversation_may_contain_synthetic_turns(
    client: anthropic.Anthropic, question: list[str]
) -> None:
    conversation = Conversation(
        client, turns=[{"role": "user", "content": words} for words in question]
    )
    conversation.pretend("Let me focus on Roman engineering.")

    message = conversation.say("What were their most impressive structures?")

    assert "What were their most impressive structures?" in text_of(message)


def test_old_model_goes_on_from_a_prefill(client: anthropic.Anthropic) -> None:
    request = request_for("Which one is right?", OLD_MODEL)

    with pytest.warns(DeprecationWarning, match=OLD_MODEL):
        answer = prefill.continue_from(client, request, "The correct answer is ")

    assert answer.startswith("The correct answer is")
    assert answer.count("The correct answer is") == 1
    assert len(answer) > len("The correct answer is")


def test_old_model_refuses_a_prefill_that_ends_in_white_space(client: anthropic.Anthropic) -> None:
    with (
        pytest.warns(DeprecationWarning, match=OLD_MODEL),
        pytest.raises(anthropic.BadRequestError, match="trailing whitespace"),
    ):
        client.messages.create(
            model=OLD_MODEL,
            max_tokens=1,
            messages=[
                {"role": "user", "content": "Which one is right?"},
                {"role": "assistant", "content": "The correct answer is "},
            ],
        )


def test_new_model_refuses_a_prefill(client: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.BadRequestError) as caught:
        client.messages.create(
            model=NEW_MODEL,
            max_tokens=1,
            messages=[
                {"role": "user", "content": "Which one is right?"},
                {"role": "assistant", "content": "The correct answer is"},
            ],
        )

    assert PREFILL_REFUSED in str(caught.value)
    assert prefill.is_prefill_refusal(caught.value)


def test_new_model_begins_as_told_by_the_system_prompt(client: anthropic.Anthropic) -> None:
    answer = prefill.continue_from(client, request_for(ROME), "The correct answer is")

    assert answer.startswith("The correct answer is")
    assert ROME in answer


def test_new_model_chooses_by_structured_output(client: anthropic.Anthropic) -> None:
    choices = ["1", "2", "3", "4"]

    letter = prefill.answer_choice(client, "Which is even and prime?", choices, model=NEW_MODEL)

    assert letter in {"A", "B", "C", "D"}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_vision_sends_bytes_of_every_format(client: anthropic.Anthropic, kind: str) -> None:
    message = vision.describe(client, vision.inline(picture(kind)), "What is in this image?")

    assert "What is in this image?" in text_of(message)


def test_vision_sends_a_link(client: anthropic.Anthropic) -> None:
    image = vision.linked("https://example.com/photo.jpg")

    assert "Describe it." in text_of(vision.describe(client, image, "Describe it."))


def test_vision_refers_to_an_uploaded_file_more_than_once(client: anthropic.Anthropic) -> None:
    image = vision.uploaded(client, picture(), "photo.png")

    assert "What is it?" in text_of(vision.describe(client, image, "What is it?"))
    assert "And now?" in text_of(vision.describe(client, image, "And now?"))


def test_vision_with_a_wrong_media_type_is_refused(client: anthropic.Anthropic) -> None:
    png = vision.inline(picture("PNG"))
    data = png["source"]["data"] if png["source"]["type"] == "base64" else ""
    image: ImageBlockParam = {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/jpeg", "data": data},
    }

    with pytest.raises(anthropic.BadRequestError, match="appears to be a image/png image"):
        vision.describe(client, image, "What is it?")


def test_max_tokens_cuts_the_answer(client: anthropic.Anthropic) -> None:
    message = quickstart.ask(client, ROME, max_tokens=1)

    assert message.stop_reason == "max_tokens"
    assert message.usage.output_tokens == 1


def test_answer_raises_the_budget_until_it_is_enough(client: anthropic.Anthropic) -> None:
    outcome = stop_reasons.answer(client, {**request_for(ROME), "max_tokens": 1})

    assert isinstance(outcome, Finished)
    assert ROME in outcome.text


def test_truncated_answer_can_be_followed_up(client: anthropic.Anthropic) -> None:
    request = request_for(ROME)
    request["max_tokens"] = 2

    outcome = stop_reasons.answer(client, request, ceiling=2)
    assert isinstance(outcome, Truncated)
    rest = stop_reasons.answer(client, stop_reasons.follow_up(request, outcome))

    assert outcome.limit == "max_tokens"
    assert isinstance(rest, Finished)


@pytest.mark.parametrize("is_streamed", [False, True])
def test_stop_sequence_ends_the_answer_and_is_not_in_it(
    client: anthropic.Anthropic, is_streamed: bool
) -> None:
    request = request_for("alpha bravo charlie delta")
    request["stop_sequences"] = ["charlie"]

    outcome = stop_reasons.answer(client, request, stream=is_streamed)

    assert isinstance(outcome, Finished)
    assert outcome.stop_sequence == "charlie"
    assert outcome.text.endswith("alpha bravo ")


def test_forced_tool_is_called_and_its_result_accepted(client: anthropic.Anthropic) -> None:
    request = request_for(ROME)
    request["tools"] = [stop_reasons.WORD_COUNT]
    forced: MessageCreateParamsBase = {**request, "tool_choice": {"type": "any"}}

    call = client.messages.create(**forced)
    result = tools.results(call, {"word_count": stop_reasons.word_count})
    request["messages"] = [*request["messages"], *turn_of(call), result]
    after = client.messages.create(**request)

    assert call.stop_reason == "tool_use"
    assert after.stop_reason == "end_turn"


@pytest.mark.parametrize("receive", [streaming.stream_text, streaming.accumulate])
def test_stream_arrives_in_pieces_and_is_whole(
    client: anthropic.Anthropic, receive: Callable[..., Message]
) -> None:
    pieces: list[str] = []

    message = receive(client, request_for(ROME), pieces.append)

    assert len(pieces) > 1
    assert "".join(pieces) == text_of(message)
    assert ROME in text_of(message)
    assert message.stop_reason == "end_turn"
