"""Record, replay: the SDK on a proxy in front of a server that stands in for the live API, then on the cassette."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import anthropic
import pytest

from mockserver.testing import MockServer
from tests.unit.mockserver.recording.proxying import lines, recording

KEY = "sk-ant-api03-a-real-looking-key-0001"
LENT = "sk-ant-api03-a-key-that-is-lent-0002"
ASKED = {
    "model": "claude-opus-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "Say it again – ü €"}],
}
TOOL = {
    "name": "get_weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}


def streamed(client: anthropic.Anthropic) -> object:
    with client.messages.with_streaming_response.create(**ASKED, stream=True) as response:
        return b"".join(response.iter_bytes())


def told(client: anthropic.Anthropic) -> object:
    turns = [{"role": "user", "content": f"My key is {KEY}, say it again, {KEY}"}]
    with client.messages.stream(**{**ASKED, "messages": turns}) as stream:
        return stream.get_final_text()


def created(client: anthropic.Anthropic) -> object:
    raw = client.messages.with_raw_response.create(**ASKED)
    return raw.http_response.content


def called(client: anthropic.Anthropic) -> object:
    with client.beta.messages.stream(
        model="claude-opus-5",
        max_tokens=100,
        tools=[TOOL],
        messages=[{"role": "user", "content": "weather in Paris"}],
    ) as stream:
        return stream.get_final_message().model_dump_json()


def refused(client: anthropic.Anthropic) -> object:
    with pytest.raises(anthropic.NotFoundError) as caught:
        client.messages.create(**{**ASKED, "model": "claude-nonexistent"})
    return caught.value.response.content


def counted(client: anthropic.Anthropic) -> object:
    return client.messages.count_tokens(
        model="claude-opus-5", messages=[{"role": "user", "content": "Hi"}]
    ).input_tokens


def listed(client: anthropic.Anthropic) -> object:
    return client.models.list(limit=2).model_dump_json()


CALLS: list[Callable[[anthropic.Anthropic], object]] = [
    streamed,
    told,
    created,
    called,
    refused,
    counted,
    listed,
]


def clean(answer: object) -> object:
    """An answer as a cassette may have it: without the key."""
    return answer.replace(KEY, "[removed]") if isinstance(answer, str) else answer


def client_of(url: str, key: str) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=url, api_key=key, max_retries=0)


def test_what_was_recorded_is_replayed_to_the_byte_and_holds_no_key(tmp_path: Path) -> None:
    out = tmp_path / "demo.jsonl"
    with MockServer(keys=(KEY, LENT)) as live, recording(live.url, out, LENT) as url:
        first = [clean(call(client_of(url, KEY))) for call in CALLS]
        lent = [clean(call(client_of(url, "sk-ant-mock-0001"))) for call in CALLS]

    written = out.read_bytes()
    assert KEY.encode() not in written
    assert LENT.encode() not in written
    assert b"sk-ant" not in written
    assert len(lines(out)) == 2 * len(CALLS)
    with MockServer(replay=out) as server:
        client = client_of(server.url, server.api_key)
        assert [call(client) for call in CALLS] == first
        assert [call(client) for call in CALLS] == lent
        with pytest.raises(
            anthropic.BadRequestError, match=r"nearest is demo\.jsonl:\d+: max_tokens"
        ) as caught:
            client.messages.create(**{**ASKED, "max_tokens": 99})
    assert caught.value.response.headers["x-mock-replay"] == "miss"


def test_events_are_the_same_bytes_as_the_upstream_sent(tmp_path: Path) -> None:
    out = tmp_path / "demo.jsonl"
    asked = {**ASKED, "messages": [{"role": "user", "content": "Tell me something – ü €"}]}

    def events(client: anthropic.Anthropic) -> bytes:
        with client.messages.with_streaming_response.create(**asked, stream=True) as response:
            return b"".join(response.iter_bytes())

    with MockServer() as live:
        with recording(live.url, out) as url:
            passed = events(client_of(url, "sk-ant-some"))
        live.access("sk-ant-some").reset()
        direct = events(client_of(live.url, "sk-ant-some"))
    with MockServer(replay=out) as server:
        replayed = events(client_of(server.url, server.api_key))

    assert direct == passed == replayed
    assert passed == "".join(text for _, text in lines(out)[0]["response"]["events"]).encode()
