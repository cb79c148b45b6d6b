"""What a fuzzed client is told: the smallest script that it can't stand, the exception, the seed."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from typing import Any

import anthropic
import pytest
import yaml

from contracts import fuzzing
from mockserver import contract
from mockserver.testing import MockServer, fuzz_client

QUESTION: dict[str, Any] = {
    "model": "claude-opus-4-7",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "Hi"}],
}


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


def first_text(client: anthropic.Anthropic) -> str:
    return client.messages.create(**QUESTION).content[0].text


def known_reason(client: anthropic.Anthropic) -> None:
    reason = client.messages.create(**QUESTION).stop_reason
    assert reason in ("end_turn", "max_tokens", "stop_sequence", "tool_use", "refusal")


def text_of(client: anthropic.Anthropic) -> str:
    content = client.messages.create(**QUESTION).content
    return "".join(block.text for block in content if block.type == "text")


def found(function: Any, server: MockServer, **options: Any) -> str:
    with pytest.raises(fuzzing.ClientError) as caught:
        fuzz_client(function, mock=server.access(), seed=7, examples=200, **options)
    return str(caught.value)


def script_in(report: str) -> Any:
    return yaml.safe_load(re.split(r"\(seed \d+\):\n", report)[1])


def test_the_smallest_answer_is_shown_as_a_script_that_reproduces_it(server: MockServer) -> None:
    report = found(first_text, server, faults=False, unknown=False)

    assert report.startswith("first_text could not stand an answer:\n  IndexError: list index out")
    assert re.search(r"at .*test_fuzz_client.py:\d+ in first_text\n", report)
    assert "(seed 7)" in report
    (entry,) = script_in(report)
    assert entry["reply"][-1]["blocks"] == []
    access = server.access().script([entry])
    with anthropic.Anthropic(base_url=access.url, api_key=access.api_key) as client:
        for _ in entry["reply"][1:]:
            first_text(client)
        with pytest.raises(IndexError):
            first_text(client)


def test_what_only_a_later_api_sends_is_found_unless_it_is_left_out(server: MockServer) -> None:
    report = found(known_reason, server, faults=False)

    reasons = [reply["stop_reason"] for reply in script_in(report)[0]["reply"]]
    assert reasons[-1] in ("mock_unknown", "model_context_window_exceeded")


def test_a_client_that_stands_everything_passes_with_a_server_of_its_own() -> None:
    fuzz_client(text_of, examples=20, seed=1)


def test_failures_are_no_answers(server: MockServer) -> None:
    report = found(text_of, server, allowed=anthropic.APIStatusError)

    assert "APIConnectionError" in report
    assert "fault: " in report or "kind: " in report


def test_streams_that_break_off_are_found(server: MockServer) -> None:
    def streams(client: anthropic.Anthropic) -> None:
        with client.messages.stream(**QUESTION) as stream:
            for _ in stream.text_stream:
                pass

    report = found(streams, server)

    assert script_in(report)[0]["when"] == {"stream": True}


def test_a_request_that_breaks_the_contract_is_a_finding(server: MockServer) -> None:
    def replays(client: anthropic.Anthropic) -> None:
        answer = client.messages.create(**QUESTION)
        turns = [*QUESTION["messages"], {"role": "assistant", "content": answer.content}]
        turns.append({"role": "user", "content": "And?"})
        client.messages.create(**{**QUESTION, "messages": turns})

    report = found(replays, server, faults=False, unknown=False)

    assert "sent what it must not:\n  request " in report
    assert "  rule     " in report
    fuzz_client(replays, mock=server.access(), faults=False, examples=20, allow_refused=True)


def test_what_fails_with_ordinary_answers_is_said_so(server: MockServer) -> None:
    def broken(client: anthropic.Anthropic) -> None:
        client.messages.create(**{**QUESTION, "max_tokens": -1})

    assert "There is no script: all answers were ordinary." in found(broken, server)
    fuzz_client(broken, mock=server.access(), examples=3, allow_refused=["shape"])


def test_tools_that_the_client_offers_are_called(server: MockServer) -> None:
    def agent(client: anthropic.Anthropic) -> None:
        tool = {"name": "look", "input_schema": {"type": "object"}}
        search = {"type": "web_search_20250305", "name": "web_search"}
        answer = client.messages.create(**QUESTION, tools=[tool, search])
        assert all(block.type != "tool_use" for block in answer.content)

    (block,) = [
        block
        for reply in script_in(found(agent, server, faults=False, unknown=False))[0]["reply"]
        for block in reply["blocks"]
        if block["type"] == "tool_use"
    ]
    assert block["name"] == "look"


def test_functions_may_be_coroutines_and_have_clients_of_their_own(
    server: MockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token-of-the-developer")
    seen: list[Any] = []

    async def given(client: anthropic.AsyncAnthropic) -> None:
        seen.append(await client.messages.create(**QUESTION))

    async def own() -> None:
        async with anthropic.AsyncAnthropic(max_retries=0) as client:
            seen.append(await client.messages.create(**QUESTION))

    def own_too(question: Any = QUESTION) -> None:
        assert "ANTHROPIC_AUTH_TOKEN" not in os.environ
        with anthropic.Anthropic(max_retries=0) as client:
            seen.append(client.messages.create(**question))

    for function in (given, own, own_too):
        before = len(seen)
        fuzz_client(function, mock=server.access(), examples=5)
        assert len(seen) > before
    assert os.environ["ANTHROPIC_AUTH_TOKEN"] == "token-of-the-developer"


def test_a_client_that_behaves_differently_each_time_is_told_by_hypothesis(
    server: MockServer,
) -> None:
    calls: list[int] = []

    def moody(_: anthropic.Anthropic) -> None:
        calls.append(1)
        assert len(calls) != 3

    with pytest.raises(fuzzing.ClientError, match="moody could not stand"):
        fuzz_client(moody, mock=server.access(), examples=5, seed=1)


def test_errors_of_the_mock_are_no_findings(server: MockServer) -> None:
    with pytest.raises(RuntimeError, match="has not been started"):
        fuzz_client(text_of, mock=MockServer())


def test_without_the_packages_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    for name in [name for name in sys.modules if name.startswith("contracts.fuzzing")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr("contracts.fuzzing", raising=False)

    with pytest.raises(ImportError, match=r"fuzzing needs hypothesis: pip install 'messages-mock\[suite\]'"):  # fmt: skip
        contract.fuzzing()
