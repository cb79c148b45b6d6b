"""The twins of the programs in TypeScript's SDK, run by Node against the mock."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from contracts.suite.values import picture
from mockserver.testing import Access, MockServer
from tests.clients.typescript import NEEDS_NODE, folder, node

Run = Callable[..., "subprocess.CompletedProcess[str]"]

pytestmark = NEEDS_NODE


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


@pytest.fixture
def mock(server: MockServer) -> Access:
    return server.access()


@pytest.fixture
def run(mock: Access) -> Run:
    return partial(node, mock)


def shown(done: subprocess.CompletedProcess[str]) -> str:
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_quickstart(run: Run, mock: Access) -> None:
    mock.reply(blocks=[{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}])

    assert shown(run("quickstart.mjs", "Hi")) == "Hello\n"
    assert mock.requests.only.user == "Hi"


def test_an_answer_without_content_is_an_empty_text(run: Run, mock: Access) -> None:
    mock.reply(blocks=[], force=True)

    assert shown(run("quickstart.mjs", "Hi")) == "\n"


def test_conversation_sends_the_history_but_no_empty_turns(run: Run, mock: Access) -> None:
    mock.reply("One").reply(blocks=[], force=True).reply("Three")

    assert shown(run("conversation.mjs", "a", "b", "c")) == "One\n\nThree\n"
    turns = mock.requests.last.body["messages"]
    assert [turn["role"] for turn in turns] == ["user", "assistant", "user", "user"]
    assert mock.refused == []


@pytest.mark.parametrize(("model", "requests"), [("claude-haiku-4-5", 1), ("claude-opus-4-7", 2)])
def test_prefill_by_whichever_means_the_model_allows(
    run: Run, mock: Access, model: str, requests: int
) -> None:
    text = shown(run("prefill.mjs", model, "Which is prime?", "The answer is"))

    assert text.startswith("The answer is")
    assert len(mock.requests) == requests


def test_vision(run: Run, mock: Access) -> None:
    import base64

    (folder() / "image.jpeg").write_bytes(base64.b64decode(picture(8, 5, "png")))
    mock.when(images=1).reply("A picture.")

    assert shown(run("vision.mjs", "image.jpeg")) == "A picture.\n"
    block = mock.requests.last.body["messages"][0]["content"][0]
    assert block["source"]["media_type"] == "image/png"
    assert shown(run("vision.mjs", "https://images.example/a.png")) == "A picture.\n"


def test_tools_are_run_and_budgets_raised(run: Run, mock: Access) -> None:
    mock.when(user="words").reply(tool="word_count", input={"text": "to be or not"}).reply("Four.")

    outcome = json.loads(shown(run("stop_reasons.mjs", "How many words?")))
    assert outcome == {"kind": "finished", "text": "Four."}
    result = mock.requests.last.body["messages"][-1]["content"][0]
    assert result["content"] == "4"


@pytest.mark.parametrize(
    ("reply", "outcome"),
    [
        ({"stop_reason": "refusal"}, {"kind": "refused", "category": None}),
        (
            {"text": "Half", "stop_reason": "model_context_window_exceeded", "force": True},
            {"kind": "truncated", "text": "Half", "limit": "model_context_window_exceeded"},
        ),
        ({"text": "Half", "stop_reason": "max_tokens", "force": True}, {"kind": "finished"}),
    ],
)
def test_each_stop_reason_has_an_outcome(
    run: Run, mock: Access, reply: dict[str, str], outcome: dict[str, object]
) -> None:
    mock.reply(**reply)

    found = json.loads(shown(run("stop_reasons.mjs", "Hi", "512")))
    assert {key: found[key] for key in outcome} == outcome


def test_an_unknown_stop_reason_is_an_error(run: Run, mock: Access) -> None:
    mock.reply(text="Hi", stop_reason="mock_unknown", force=True)

    assert "stop_reason mock_unknown" in run("stop_reasons.mjs", "Hi").stderr


def test_streaming(run: Run, mock: Access) -> None:
    mock.reply("Ahoy there")

    assert shown(run("streaming.mjs", "Hi")) == "Ahoy there\n[end_turn]\n"


@pytest.mark.parametrize("kind", ["cut", "end", "error", "reset"])
def test_half_a_stream_is_not_taken_for_the_whole(run: Run, mock: Access, kind: str) -> None:
    mock.reply("Ahoy there", fault={"kind": kind, "event": 4})
    done = run("streaming.mjs", "Hi")

    assert done.returncode != 0
    assert "the answer broke off after " in done.stderr


def test_programs_need_no_arguments_but_an_image(run: Run, mock: Access) -> None:
    shown(run("conversation.mjs"))
    assert mock.requests.last.user == "What is its population?"
    missing = run("vision.mjs")
    assert (missing.returncode, missing.stderr[:26]) == (2, "usage: node vision.mjs IMA")
