"""What a request made goes with it, and does not wait for the garbage collector, which looks seldom in a server."""

from __future__ import annotations

import asyncio
import gc
import json
from typing import Any

import pytest
from starlette.types import ASGIApp, Message

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import HEADERS, body_messages, scope
from tests.unit.mockserver.bodies import TODAY, TOOL, body, call, conversation, result

TIMES = 20
MOST_ROUNDS = 10
MESSAGES = "/v1/messages"
CITY = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "pattern": "^[A-Z][a-z]+$"},
        "days": {"type": "array", "items": {"enum": ["today", "tomorrow"]}},
        "kind": {"anyOf": [{"type": "null"}, {"const": "short"}]},
    },
    "required": ["city", "kind"],
    "additionalProperties": False,
}
CITIES = {**TOOL, "input_schema": CITY}
ANY = {"type": "any"}
SEARCH = {"type": "web_search_20250305", "name": "web_search"}
UPLOAD = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nabc\r\n--x--\r\n'
)


def clean_up() -> None:
    """Collect until nothing is found: what goes may leave others behind, of tests that ran before."""
    for _ in range(MOST_ROUNDS):
        if not gc.collect():
            return


def left(app: ASGIApp, method: str, path: str, headers: dict[str, str], raw: bytes) -> int:
    """How many objects the collector finds after many of the same requests."""

    async def receive_from(messages: list[Message]) -> Message:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def ask() -> None:
        incoming = body_messages([raw])
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        asked: Any = scope(method, path, {**HEADERS, **headers})
        await app(asked, lambda: receive_from(incoming), send)
        assert sent, "an exchange without an answer would show nothing"

    async def ask_often() -> int:
        await ask()  # what is made once may stay
        clean_up()
        gc.disable()
        try:
            for _ in range(TIMES):
                await ask()
            return gc.collect()
        finally:
            gc.enable()

    return asyncio.run(ask_often())


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(body(), id="text"),
        pytest.param(body(stream=True), id="stream"),
        pytest.param(body(tools=[CITIES], tool_choice=ANY), id="call"),
        pytest.param(body(tools=[CITIES], tool_choice=ANY, stream=True), id="call_streamed"),
        pytest.param(
            body(
                tools=[TOOL],
                messages=conversation(
                    ("user", "Hi"), ("assistant", [call()]), ("user", [result()])
                ),
            ),
            id="result",
        ),
        pytest.param(
            body(output_config={"format": {"type": "json_schema", "schema": CITY}}), id="output"
        ),
        pytest.param(body(tools=[SEARCH]), id="server_tool"),
        pytest.param(body(max_tokens="many"), id="wrong_shape"),
        pytest.param(body("claude-none"), id="wrong_model"),
    ],
)
def test_nothing_of_a_message_is_left(asked: dict[str, Any]) -> None:
    app = create_app(Settings(now=TODAY))
    assert left(app, "POST", MESSAGES, {}, json.dumps(asked).encode()) < TIMES


@pytest.mark.parametrize(
    ("method", "path", "headers", "raw"),
    [
        pytest.param("POST", MESSAGES, {}, b"{", id="not_json"),
        pytest.param("GET", "/v1/models", {}, b"", id="models"),
        pytest.param("GET", "/v1/nothing", {}, b"", id="not_found"),
        pytest.param(
            *("POST", f"{MESSAGES}/count_tokens", {}),
            json.dumps({k: v for k, v in body().items() if k != "max_tokens"}).encode(),
            id="count_tokens",
        ),
        pytest.param(
            *("POST", "/v1/files", {"content-type": "multipart/form-data; boundary=x"}),
            UPLOAD,
            id="upload",
        ),
        pytest.param(
            *("POST", f"{MESSAGES}/batches", {}),
            json.dumps({"requests": [{"custom_id": "a", "params": body()}]}).encode(),
            id="batch",
        ),
        pytest.param("GET", "/_mock/requests", {}, b"", id="journal"),
        pytest.param(
            *("POST", MESSAGES, {"x-mock-reply": '{"error": 529}'}),
            json.dumps(body()).encode(),
            id="scripted_error",
        ),
        pytest.param(
            *("POST", MESSAGES, {"x-mock-reply": '{"fault": {"kind": "error", "event": 3}}'}),
            json.dumps(body(stream=True)).encode(),
            id="scripted_fault",
        ),
        pytest.param(
            *(
                "POST",
                MESSAGES,
                {"x-mock-reply": '{"text": "a b c", "pacing": {"tokens_per_second": 1000}}'},
            ),
            json.dumps(body(stream=True)).encode(),
            id="paced",
        ),
    ],
)
def test_nothing_of_a_request_is_left(
    method: str, path: str, headers: dict[str, str], raw: bytes
) -> None:
    assert left(create_app(Settings(now=TODAY)), method, path, headers, raw) < TIMES
