"""The programs of clients/ under whatever the API may answer."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator

import anthropic
import pytest

from clients import conversation, prefill, quickstart, stop_reasons, streaming, vision
from contracts.suite.values import picture
from mockserver.testing import MockServer, fuzz_client

EXAMPLES = 60
PNG = base64.b64decode(picture(8, 5, "png"))
REQUEST = {
    "model": "claude-opus-4-7",
    "max_tokens": 300,
    "messages": [{"role": "user", "content": "How many words are in 'to be or not to be'?"}],
}
WITH_TOOL = {**REQUEST, "tools": [stop_reasons.WORD_COUNT]}
TOOLBOX = {"word_count": stop_reasons.word_count}
Client = anthropic.Anthropic


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


def ask(client: Client) -> None:
    message = quickstart.ask(client, "Hello")
    quickstart.text_of(message)
    quickstart.summary(message)


def converse(client: Client) -> None:
    talk = conversation.Conversation(client, system="Be short.")
    for question in ("Hi", "Go on", "And then?"):
        talk.say(question)


def converse_in_streams(client: Client) -> None:
    talk = conversation.Conversation(client)
    for question in ("Hi", "Go on"):
        talk.say(question, on_text=len)


def stream(client: Client) -> None:
    streaming.stream_text(client, REQUEST, len)


def stream_raw(client: Client) -> None:
    streaming.accumulate(client, REQUEST, len)


def answer(client: Client) -> None:
    outcome = stop_reasons.answer(client, WITH_TOOL, toolbox=TOOLBOX)
    if isinstance(outcome, stop_reasons.Truncated) and outcome.turns:
        client.messages.create(**stop_reasons.follow_up(WITH_TOOL, outcome))


def answer_in_streams(client: Client) -> None:
    stop_reasons.answer(client, WITH_TOOL, toolbox=TOOLBOX, stream=True)


def choose(client: Client) -> None:
    prefill.answer_choice(client, "Which is prime?", ["4", "7"])


def choose_without_prefill(client: Client) -> None:
    prefill.answer_choice(client, "Which is prime?", ["4", "7"], model="claude-opus-4-7")


def continue_text(client: Client) -> None:
    prefill.continue_from(client, REQUEST, "There are")


def describe(client: Client) -> None:
    quickstart.text_of(vision.describe(client, vision.inline(PNG), "What is it?"))


def upload_and_describe(client: Client) -> None:
    vision.describe(client, vision.uploaded(client, PNG, "a.png"), "What is it?")


@pytest.mark.parametrize(
    ("program", "allowed", "refused"),
    [
        pytest.param(program, allowed, refused, id=program.__name__)
        for program, allowed, refused in [
            (ask, (), False),
            (converse, (), False),
            (converse_in_streams, (), False),
            (stream, (), False),
            (stream_raw, (), False),
            (answer, (), False),
            (answer_in_streams, (), False),
            # A model may name none of the choices.
            (choose, (ValueError,), False),
            (choose_without_prefill, (ValueError,), ["prefill.unsupported"]),
            (continue_text, (), ["prefill.unsupported"]),
            (describe, (), False),
            (upload_and_describe, (), False),
        ]
    ],
)
def test_program_stands_whatever_it_is_answered(
    server: MockServer,
    program: Callable[[Client], None],
    allowed: tuple[type[Exception], ...],
    refused: list[str] | bool,
) -> None:
    fuzz_client(
        program,
        examples=EXAMPLES,
        allowed=(anthropic.AnthropicError, *allowed),
        allow_refused=refused,
        mock=server.access(),
    )
