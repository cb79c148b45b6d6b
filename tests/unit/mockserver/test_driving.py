"""Scripting and watching a running server from a test, also from many threads."""

from __future__ import annotations

import datetime as dt
import json
import re
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mockserver import testing
from mockserver.driving import Controls
from mockserver.errors import ApiError
from mockserver.scripts.model import ScriptError
from mockserver.serving import workspaces_of
from mockserver.testing import MockServer
from tests.unit.mockserver.asgi import HEADERS
from tests.unit.mockserver.bodies import TODAY, TOOL, body, conversation, result

PREFILLED = conversation(("user", "a"), ("assistant", "b"))


@pytest.fixture(scope="module")
def running() -> Iterator[MockServer]:
    with MockServer(now=TODAY) as server:
        yield server


@pytest.fixture
def mock(running: MockServer) -> Controls:
    return running.access()


def ask(
    mock: Controls,
    words: Any = "Hello",
    model: str = "claude-haiku-4-5",
    timeout: float = 10,
    **more: Any,
) -> Any:
    """The status of an error, or the content of the answer."""
    turns = conversation(("user", words)) if isinstance(words, str) else words
    asked = body(model, messages=turns, tools=[TOOL], **more)
    headers = {k: v for k, v in HEADERS.items() if k != "host"} | {"x-api-key": mock.api_key}
    request = urllib.request.Request(  # ours
        f"{mock.url}/v1/messages", json.dumps(asked).encode(), headers
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:  # ours
            return json.load(response)["content"]
    except urllib.error.HTTPError as error:
        with error:
            return error.status


def said(mock: Controls, words: Any = "Hello", **more: Any) -> str:
    return str(ask(mock, words, **more)[0]["text"])


def test_replies_are_queued(mock: Controls) -> None:
    mock.reply("one").reply(text="two", stop_reason="max_tokens")
    mock.reply(tool="get_weather", input={})
    mock.reply(error=529)
    assert (said(mock), said(mock)) == ("one", "two")
    assert ask(mock)[0]["name"] == "get_weather"
    assert ask(mock) == 529
    assert "You said: Hello" in said(mock)


def test_entries_apply_when_they_fit(mock: Controls) -> None:
    mock.when(user="weather", tools=("get_weather",)).reply("substring")
    mock.when(user=re.compile("^NEWS", re.IGNORECASE), tools="get_weather").reply("pattern")
    mock.when(headers={"anthropic-version": re.compile("^2026")}, turn=1).reply("header")
    assert [said(mock, words) for words in ("weather?", "news!", "else")] == [
        "substring",
        "pattern",
        "header",
    ]


def test_a_tool_conversation(mock: Controls) -> None:
    entry = mock.when(user="weather").reply(tool="get_weather", input={}).reply("Sunny")
    (call,) = ask(mock, "weather?")
    turns = conversation(
        ("user", "weather?"), ("assistant", [call]), ("user", [result(call["id"])])
    )
    assert said(mock, turns) == "Sunny"
    assert [each.script for each in entry.requests] == [entry.requests[0].script] * 2
    assert "weather" in repr(entry)


def test_times(mock: Controls) -> None:
    entry = mock.when().reply("once").times(1)
    assert said(mock) == "once"
    assert "You said" in said(mock)
    assert (
        mock.requests.last.missed
        == f"{entry.requests.only.script}: times: it answered 1 times already"
    )


def test_what_can_not_be_meant_is_told(mock: Controls) -> None:
    words: dict[str, Any] = {"txet": "a"}
    with pytest.raises(ScriptError, match="txet: there is no key 'txet'; did you mean 'text'"):
        mock.reply(**words)
    with pytest.raises(
        ScriptError, match=r"when\.turn: Input should be greater than or equal to 1"
    ):
        mock.when(turn=0).reply("x")
    unsaid = mock.when(user="a")
    with pytest.raises(ScriptError, match="say what to reply before how many times"):
        unsaid.times(2)
    assert unsaid.requests == []
    assert repr(unsaid).startswith("<no reply yet")


def test_requests_are_seen_at_once(mock: Controls) -> None:
    for number in range(20):
        ask(mock, f"question {number}")
        assert mock.requests.last.user == f"question {number}"
    assert len(mock.requests) == 20


def test_a_client_that_leaves_a_stream_is_seen(mock: Controls) -> None:
    mock.reply("a b c d e f g h", pacing={"first_token": 0.01, "tokens_per_second": 2})
    ended = threading.Event()
    mock.change(lambda own: own.journal.listeners.append(lambda _: ended.set()))
    asked = json.dumps(body(stream=True)).encode()
    headers = {k: v for k, v in HEADERS.items() if k != "host"} | {"x-api-key": mock.api_key}
    request = urllib.request.Request(f"{mock.url}/v1/messages", asked, headers)
    with urllib.request.urlopen(request, timeout=10) as response:  # ours
        response.readline()
    assert ended.wait(10)
    found = mock.requests.only
    assert re.fullmatch(r"client left at event [1-9]\d*", found.ended)
    assert (found.status, found.text) == (200, "a b c d e f g h")


def test_a_client_that_leaves_before_its_answer_is_seen(mock: Controls) -> None:
    mock.reply("a", pacing={"first_token": 60})
    ended = threading.Event()
    mock.change(lambda own: own.journal.listeners.append(lambda _: ended.set()))
    with pytest.raises(TimeoutError):
        ask(mock, timeout=0.2)
    assert ended.wait(10)
    assert mock.requests.only.ended == "client left before its response began"


def test_reset_and_snapshots(mock: Controls) -> None:
    mock.when().reply("a")
    name = mock.snapshot()
    mock.reset()
    assert "You said" in said(mock)
    with pytest.raises(ApiError, match="no snapshot"):
        mock.restore(name)
    mock.reply("b")
    name = mock.snapshot()
    assert [said(mock), mock.restore(name), said(mock)] == ["b", None, "b"]


def test_time(mock: Controls, running: MockServer) -> None:
    assert ask(mock, model="claude-sonnet-4-5") != 404
    mock.forward(dt.timedelta(days=365))
    mock.forward(1)
    assert ask(mock, model="claude-sonnet-4-5") == 404
    mock.set_time("2026-11-22")
    assert ask(mock, model="claude-sonnet-4-5") != 404
    mock.set_time(dt.datetime(2028, 1, 1, tzinfo=dt.timezone.utc))
    assert ask(mock, model="claude-sonnet-4-5") == 404
    assert ask(running.access(), model="claude-sonnet-4-5") != 404


def test_a_batch_is_stepped_through() -> None:
    with MockServer(batch_ends="step") as server:
        item = {"custom_id": "a", "params": body()}
        asked = json.dumps({"requests": [item, {**item, "custom_id": "b"}]}).encode()
        headers = {k: v for k, v in HEADERS.items() if k != "host"} | {"x-api-key": server.api_key}
        request = urllib.request.Request(f"{server.url}/v1/messages/batches", asked, headers)
        with urllib.request.urlopen(request, timeout=10) as response:  # ours
            batch_id = json.load(response)["id"]
        assert server.advance(batch_id, 1)["processing_status"] == "in_progress"
        assert server.advance(batch_id)["request_counts"]["succeeded"] == 2


def test_the_server_may_be_looked_at_from_its_own_thread(mock: Controls) -> None:
    seen: list[int] = []
    mock.change(lambda own: own.journal.listeners.append(lambda _: seen.append(len(mock.requests))))
    ask(mock)
    assert len(mock.requests) == 1
    assert seen == [1]


def test_rules(mock: Controls, running: MockServer) -> None:
    model = "claude-opus-5"
    assert ask(mock, PREFILLED, model) == 400
    mock.allow("prefill.unsupported")
    assert ask(mock, PREFILLED, model) != 400
    assert ask(running.access(), PREFILLED, model) == 400
    mock.allow()
    assert ask(mock, PREFILLED, model) == 400
    mock.allow(lenient=True)
    assert ask(mock, PREFILLED, model) != 400


def test_keys_do_not_meet_in_parallel(running: MockServer) -> None:
    def run(number: int) -> list[str]:
        own = running.access()
        own.when(user="question").reply(f"rule {number}")
        own.reply(f"queued {number}")
        answers = [said(own, f"question {turn}") for turn in range(5)]
        assert [each.user for each in own.requests] == [f"question {turn}" for turn in range(5)]
        own.reset()
        assert own.requests == []
        return answers

    with ThreadPoolExecutor(8) as pool:
        for number, answers in enumerate(pool.map(run, range(24))):
            assert answers == [f"queued {number}"] + [f"rule {number}"] * 4


def test_many_threads_script_one_key(running: MockServer) -> None:
    own = running.access()
    start = threading.Barrier(8)

    def queue(number: int) -> None:
        start.wait()
        for turn in range(10):
            own.reply(f"{number}.{turn}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(queue, range(8)))
        answers = list(pool.map(lambda _: said(own), range(80)))
    assert sorted(answers) == sorted(f"{n}.{t}" for n in range(8) for t in range(10))
    assert len(own.requests) == 80


def test_a_server_that_was_not_started_says_so() -> None:
    server = MockServer()
    with pytest.raises(RuntimeError, match="has not been started: use `with` or start"):
        server.reply("a")
    with pytest.raises(RuntimeError, match="has not been started"):
        server.advance("msgbatch_1")
    server.stop()


def test_what_was_recorded_can_be_read_after_the_end() -> None:
    with MockServer() as server:
        server.reply("Hello")
        assert said(server) == "Hello"
    assert server.requests.only.text == "Hello"


def test_a_script_file_serves_an_embedded_server(tmp_path: Any) -> None:
    path = tmp_path / "script.yaml"
    path.write_text("- reply: from the file\n")
    with MockServer(script=str(path)) as server:
        assert said(server) == "from the file"


def test_another_server_has_no_workspaces() -> None:
    class Other:
        class config:  # noqa: N801 # uvicorn's name
            app = None

    with pytest.raises(TypeError, match="none of ours"):
        workspaces_of(Other())  # type: ignore[arg-type] # that is the point
    assert testing.CALL_SECONDS > 1


def test_a_client_that_behaves_has_no_findings(mock: Controls) -> None:
    mock.reply(error=529).reply("Hello")
    assert ask(mock) == 529
    assert said(mock) == "Hello"
    assert not mock.verdict()


def test_a_client_that_comes_too_soon_is_found_out(mock: Controls) -> None:
    mock.reply(error={"status": 429, "headers": {"retry-after": "30"}})
    assert ask(mock) == 429
    ask(mock)
    assert [finding.kind for finding in mock.verdict()] == ["ignored-retry-after"]


def test_half_an_answer_that_is_taken_for_a_whole_one_is_found_out(mock: Controls) -> None:
    mock.reply("Hello", fault={"kind": "end", "byte": 9})
    with pytest.raises(json.JSONDecodeError):
        ask(mock)
    assert not mock.verdict()
    (finding,) = mock.verdict(truncated=True)
    assert finding.kind == "truncated-accepted"
    assert "fault end" in str(finding)
