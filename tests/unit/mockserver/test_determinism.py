"""The same seed and the same requests give the same bytes: on every run, platform and version of Python."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

import pytest
from uvicorn.protocols.http import httptools_impl

from mockserver.app import HOT_PATH, create_app
from mockserver.settings import Settings
from mockserver.wire import quick
from tests.unit.mockserver.asgi import HEADERS, call
from tests.unit.mockserver.bodies import TODAY, TOOL, body, conversation, result, text
from tests.unit.mockserver.bodies import call as called
from tests.unit.mockserver.lines import Line, head, on_loop

# What the scripted exchanges below add up to. It changes with the token estimator, with ids and with the framing of
# streams: when that is meant, take the new one from the failure. It must never differ between versions of Python.
DIGEST = "524e43728be4f292ab2df7fb03fbfaf304ec50a4b9ee8954fd2f08eae79e9c0a"
MARK = {"cache_control": {"type": "ephemeral"}}
COUNT = "/v1/messages/count_tokens"
THREADS = {"anthropic-beta": "message-threads-2026-08-12"}
PROSE = "Ünïcode, 12 numbers: 3.14 and 1,000; CamelCase and SHOUTING. 今日は🌊\n" * 60
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False}
Sent = dict[str, Any]


def scripted(reply: Sent, model: str = "claude-opus-5", **more: Any) -> Sent:
    """A request that says itself what the answer is."""
    turns = conversation(("user", f"{PROSE}[[mock {json.dumps(reply)}]]"))
    return body(model, **{"messages": turns, "max_tokens": 4000, **more})


SPOKEN = {"text": "Well. " * 90}
CALLED = {"tool": "get_weather", "input": {"city": "Zürich", "days": [1, 2.5], "x": {"y": None}}}
SCRIPTED: list[tuple[Sent, Sent]] = [
    (scripted(SPOKEN, model, stream=stream), {})
    for model in ("claude-haiku-4-5", "claude-sonnet-4-6", "claude-opus-5", "claude-sonnet-5-5")
    for stream in (False, True)
] + [
    (scripted(CALLED, tools=[TOOL], stream=True), {}),
    (scripted(CALLED, tools=[{**TOOL, "eager_input_streaming": True}], stream=True), {}),
    (scripted({"thinking": "Hm. " * 30, **SPOKEN}, thinking={"type": "adaptive"}, stream=True), {}),
    (scripted({"error": 529}), {}),
    (scripted(SPOKEN, system=[text(PROSE, **MARK)], **MARK), {}),
    (scripted(SPOKEN, system=[text(PROSE, **MARK)], **MARK), {}),
    (scripted(SPOKEN, diagnostics={"previous_message_id": "msg_1"}), {}),
    (scripted(SPOKEN, thread={"type": "create"}), {"headers": THREADS}),
    (scripted(SPOKEN, system=PROSE), {"headers": {"x-api-key": "sk-ant-other"}}),
    (body("claude-nonexistent"), {}),
]
IMPROVISED: list[tuple[Sent, Sent]] = [
    (body("claude-opus-5", stream=True), {}),
    (body("claude-haiku-4-5", tools=[TOOL], tool_choice={"type": "any"}), {}),
    (body("claude-opus-5", thinking={"type": "adaptive"}, max_tokens=400), {}),
    (
        body(
            "claude-opus-5",
            output_config={"format": {"type": "json_schema", "schema": SCHEMA}},
            max_tokens=400,
        ),
        {},
    ),
    (
        body(
            "claude-sonnet-4-6",
            tools=[TOOL],
            messages=conversation(
                ("user", PROSE),
                ("assistant", [called(input={"a": [1, PROSE]})]),
                ("user", [result(content=[text(PROSE)])]),
            ),
        ),
        {},
    ),
]


def digest(exchanges: list[tuple[Sent, Sent]], seed: int = 7) -> str:
    """Of all bodies and request ids, in their order; each request is counted, too."""
    app = create_app(Settings(now=TODAY, seed=seed))
    found = hashlib.sha256()
    for value, more in exchanges:
        counted = {k: v for k, v in value.items() if k not in UNCOUNTED}
        for answer in (call(app, body=value, **more), call(app, path=COUNT, body=counted)):
            found.update(b"%d %b\n" % (answer.status, answer.headers["request-id"].encode()))
            found.update(answer.body)
    return found.hexdigest()


UNCOUNTED = ("max_tokens", "stream", "diagnostics", "thread", "stop_sequences")


@pytest.mark.parametrize("stream", [False, True])
@on_loop
async def test_ids_do_not_hang_on_how_many_requests_come_at_once(stream: bool) -> None:
    async def drawn(together: int) -> list[bytes]:
        app = create_app(Settings(now=TODAY, allowed_hosts=("a",)))
        protocol = quick(httptools_impl, HOT_PATH)
        several = [Line(app, protocol) for _ in range(12)]
        for start in range(0, len(several), together):
            for line in several[start : start + together]:
                line.send(head(*sent, path=HOT_PATH) + raw)
            await several[0].settled()
        return [line.written for line in several]

    asked = body("claude-opus-5", tools=[TOOL], tool_choice={"type": "any"}, stream=stream)
    raw = json.dumps(asked).encode()
    sent = [f"{name}: {value}".encode() for name, value in HEADERS.items() if name != "host"]
    sent.append(b"content-length: %d" % len(raw))
    alone = await drawn(1)

    ids = [set(re.findall(rb"(?:req|msg|toolu)_\w+", written)) for written in alone]
    assert [len(each) for each in ids] == [3] * 12
    together = await drawn(12)
    assert [set(re.findall(rb"(?:req|msg|toolu)_\w+", written)) for written in together] == ids


def test_scripted_exchanges_are_the_same_everywhere() -> None:
    assert digest(SCRIPTED) == DIGEST


@pytest.mark.parametrize("exchanges", [SCRIPTED, IMPROVISED], ids=["scripted", "improvised"])
def test_the_same_twice_and_another_with_another_seed(exchanges: list[tuple[Sent, Sent]]) -> None:
    assert digest(exchanges) == digest(exchanges)
    assert digest(exchanges) != digest(exchanges, seed=8)
