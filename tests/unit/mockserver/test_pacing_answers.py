"""The server's own answers at their pace, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from starlette.types import Message

from contracts.oracle import check_stream
from mockserver import pacing as module
from mockserver.app import create_app
from mockserver.settings import Settings
from mockserver.streaming import frames
from tests.unit.mockserver.asgi import HEADERS, Answer, body_messages, call, scope
from tests.unit.mockserver.bodies import NEW, TODAY, body
from tests.unit.mockserver.test_pacing import Virtual

Pulses = list[Virtual]


@pytest.fixture
def pulses(monkeypatch: pytest.MonkeyPatch) -> Pulses:
    """Virtual time for the server's own answers."""
    made: Pulses = []

    def virtual(_left: Callable[[], Awaitable[None]], _spent: float) -> Virtual:
        made.append(Virtual())
        return made[-1]

    monkeypatch.setattr(module, "Pulse", virtual)
    return made


def asked(settings: Settings, **more: Any) -> Answer:
    return call(create_app(settings), body=body("claude-opus-5", **more))


SLOW = Settings(now=TODAY, ttft=2.0, tokens_per_second=10.0)


def test_a_paced_stream_has_the_bytes_of_any_other(pulses: Pulses) -> None:
    slow, fast = asked(SLOW, stream=True), asked(Settings(now=TODAY), stream=True)
    assert slow.body == fast.body
    assert check_stream(slow.body, NEW) == []
    assert len(slow.messages) > 3
    assert pulses[0].time > 2
    assert pulses[0].is_stopped


def test_an_answer_in_one_piece_waits_as_long(pulses: Pulses) -> None:
    usage = asked(SLOW).json["usage"]
    assert pulses[0].time == pytest.approx(2 + usage["output_tokens"] / 10)


def test_a_first_token_alone_may_be_slow(pulses: Pulses) -> None:
    asked(Settings(now=TODAY, ttft=1.5))
    assert pulses[0].time == pytest.approx(1.5)


def test_a_script_paces_its_own_answer(pulses: Pulses) -> None:
    reply = '{"text": "Hello", "pacing": {"first_token": 7}}'
    asked(SLOW, messages=[{"role": "user", "content": f"[[mock {reply}]]"}])
    assert pulses[0].time == pytest.approx(7)
    at_once = '{"text": "Hello", "pacing": {}}'
    asked(SLOW, messages=[{"role": "user", "content": f"[[mock {at_once}]]"}])
    assert len(pulses) == 1


def test_a_thread_is_held_when_the_stream_ends(pulses: Pulses) -> None:
    app = create_app(SLOW)
    headers = {"anthropic-beta": "message-threads-2026-08-12"}
    create = body("claude-opus-5", thread={"type": "create"}, stream=True)
    start = call(app, body=create, headers=headers)
    previous = start.body.partition(b'"id":"')[2].partition(b'"')[0].decode()
    thread = {"type": "continue", "previous_message_id": previous}
    turn = body("claude-opus-5", thread=thread)
    assert call(app, body=turn, headers=headers).status == 200
    assert len(pulses) == 2


def test_a_stream_stops_when_the_connection_closes() -> None:
    app = create_app(Settings(now=TODAY, ttft=3600))
    outgoing: list[Message] = []
    begun = asyncio.Event()

    async def run() -> None:
        incoming: AsyncIterator[Message] = received()

        async def receive() -> Message:
            return await anext_(incoming)

        async def send(message: Message) -> None:
            outgoing.append(message)
            if message["type"] == "http.response.body":
                begun.set()

        await app(scope("POST", "/v1/messages", HEADERS), receive, send)

    async def received() -> AsyncIterator[Message]:
        sent_body = b'{"model":"claude-opus-5","max_tokens":9,"stream":true,"messages":[{"role":"user","content":"Hi"}]}'
        for message in body_messages([sent_body]):
            yield message
        yield {"type": "http.request", "body": b"", "more_body": False}
        await begun.wait()
        yield {"type": "http.disconnect"}

    asyncio.run(run())
    assert outgoing[0]["status"] == 200
    assert frames(outgoing[1]["body"])[-1] == module.PING
    assert outgoing[-1]["more_body"], "the response has no end"


async def anext_(messages: AsyncIterator[Message]) -> Message:
    return await messages.__anext__()
