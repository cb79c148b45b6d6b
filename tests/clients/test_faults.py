"""What the official SDK makes of each fault, how often it asked, and what the clients do about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import anthropic
import httpx2
import pytest
from anthropic.types.message_create_params import MessageCreateParamsBase

from clients import stop_reasons
from clients.outcomes import Interrupted
from mockserver.testing import MockServer

ASKED: MessageCreateParamsBase = {
    "model": "claude-haiku-4-5",
    "max_tokens": 200,
    "messages": [{"role": "user", "content": "Tell me about ancient Rome."}],
}
TIMEOUT = 0.4


class Row(NamedTuple):
    """A fault, what the SDK raises for a stream (None: nothing), and how often it asks."""

    reply: dict[str, Any]
    raised: type[Exception] | None
    requests: int


ONCE, THRICE = 1, 3
BEFORE = {
    "reset": Row({"fault": "reset"}, anthropic.APIConnectionError, THRICE),
    "empty": Row({"fault": "empty"}, anthropic.APIConnectionError, THRICE),
    "garbage": Row({"fault": "garbage"}, anthropic.APIConnectionError, THRICE),
    "stall": Row({"fault": "stall"}, anthropic.APITimeoutError, THRICE),
    "slow": Row({"wire": {"delay": 5}}, anthropic.APITimeoutError, THRICE),
}
IN_STREAM = {
    "stall": Row({"fault": {"kind": "stall", "event": 4}}, httpx2.ReadTimeout, ONCE),
    "reset": Row({"fault": {"kind": "reset", "event": 4}}, httpx2.ReadError, ONCE),
    "cut": Row({"fault": {"kind": "cut", "event": 4}}, httpx2.RemoteProtocolError, ONCE),
    "cut_at_a_byte": Row({"fault": {"kind": "cut", "byte": 700}}, httpx2.RemoteProtocolError, ONCE),
    "bad_chunk": Row(
        {"fault": {"kind": "bad_chunk", "event": 4}}, httpx2.RemoteProtocolError, ONCE
    ),
    "error_event": Row({"fault": {"kind": "error", "event": 4}}, anthropic.APIStatusError, ONCE),
    "bad_json": Row({"fault": {"kind": "bad_json", "event": 4}}, json.JSONDecodeError, ONCE),
    # The worst of all: nothing is raised, and half an answer looks like a whole one.
    "end": Row({"fault": {"kind": "end", "event": 4}}, None, ONCE),
}
HARMLESS = {
    "unknown_event": {"fault": {"kind": "unknown_event", "event": 4}},
    "every_byte_alone": {"wire": {"split": 1}},
    "seven_bytes": {"wire": {"split": 7}},
    "crlf": {"wire": {"crlf": True}},
    "comments": {"wire": {"comments": True}},
    "bandwidth": {"wire": {"bandwidth": 20_000}},
}


def rows(table: dict[str, Any]) -> Any:
    return pytest.mark.parametrize("row", [pytest.param(v, id=k) for k, v in table.items()])


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[httpx2.Request]:
    """The requests that were sent, retries among them; the waits between them are cut short."""
    monkeypatch.setattr("anthropic._base_client.INITIAL_RETRY_DELAY", 0.001)
    return []


@pytest.fixture
def client_of(
    server: MockServer, asked: list[httpx2.Request]
) -> Iterator[Callable[[dict[str, Any]], anthropic.Anthropic]]:
    """An SDK client each of whose requests meets a fault."""
    made: list[anthropic.Anthropic] = []

    def client(reply: dict[str, Any]) -> anthropic.Anthropic:
        made.append(
            anthropic.Anthropic(
                base_url=server.url,
                api_key=server.api_key,
                default_headers={"x-mock-reply": json.dumps(reply)},
                timeout=TIMEOUT,
                http_client=anthropic.DefaultHttpxClient(event_hooks={"request": [asked.append]}),
            )
        )
        return made[-1]

    yield client
    for each in made:
        each.close()


def streamed(client: anthropic.Anthropic) -> anthropic.types.Message:
    with client.messages.stream(**ASKED) as stream:
        return stream.get_final_message()


@rows(BEFORE)
@pytest.mark.parametrize("is_stream", [False, True], ids=["json", "stream"])
def test_before_the_response_the_sdk_retries(
    row: Row, is_stream: bool, client_of: Any, asked: list[Any]
) -> None:
    client = client_of(row.reply)
    assert row.raised is not None
    with pytest.raises(row.raised) as caught:
        streamed(client) if is_stream else client.messages.create(**ASKED)
    assert type(caught.value) is row.raised
    assert len(asked) == row.requests


@rows(IN_STREAM)
def test_in_a_stream_the_sdk_does_not_retry(row: Row, client_of: Any, asked: list[Any]) -> None:
    client = client_of(row.reply)
    if row.raised is None:
        assert streamed(client).stop_reason is None
    else:
        with pytest.raises(row.raised) as caught:
            streamed(client)
        assert type(caught.value) is row.raised
    assert len(asked) == row.requests


@rows(IN_STREAM)
def test_the_clients_ask_again_and_then_say_that_it_broke_off(
    row: Row, client_of: Any, asked: list[Any]
) -> None:
    outcome = stop_reasons.answer(client_of(row.reply), ASKED, stream=True)
    assert isinstance(outcome, Interrupted)
    assert len(asked) == 2


@rows({"cut": {"kind": "cut", "byte": 30}, "reset": {"kind": "reset", "byte": 30}})
def test_half_a_json_answer_is_an_error_of_the_connection(
    row: dict[str, Any], client_of: Any, asked: list[Any]
) -> None:
    with pytest.raises(anthropic.APIConnectionError):
        client_of({"fault": row}).messages.create(**ASKED)
    assert len(asked) == THRICE


@rows(HARMLESS)
def test_what_is_legal_on_the_wire_changes_nothing(row: dict[str, Any], client_of: Any) -> None:
    whole = client_of({"text": "Ahoy, naïve 👩‍🚀 sailor!"})
    same = client_of({"text": "Ahoy, naïve 👩‍🚀 sailor!", **row})
    assert streamed(same).content == streamed(whole).content


def test_an_error_event_has_status_200(client_of: Any) -> None:
    with pytest.raises(anthropic.APIStatusError) as caught:
        streamed(client_of({"fault": {"kind": "error", "event": 4}}))
    assert caught.value.status_code == 200
    assert caught.value.body["error"]["type"] == "overloaded_error"


def test_pings_keep_a_stalled_stream_alive(client_of: Any) -> None:
    """A client that only waits for silence waits for ever; this one leaves by itself."""
    stall = {"kind": "stall", "event": 4, "pings": 0.05}
    kinds: list[str] = []
    with client_of({"fault": stall}).messages.create(**ASKED, stream=True) as events:
        for event in events._iter_events():
            kinds.append(event.event)
            if kinds[-12:] == ["ping"] * 12:
                break
    assert len(kinds) == 4 + 12


STATUSES = [
    pytest.param(400, anthropic.BadRequestError, ONCE, id="400"),
    pytest.param(401, anthropic.AuthenticationError, ONCE, id="401"),
    pytest.param(403, anthropic.PermissionDeniedError, ONCE, id="403"),
    pytest.param(404, anthropic.NotFoundError, ONCE, id="404"),
    pytest.param(409, anthropic.ConflictError, THRICE, id="409"),
    pytest.param(413, anthropic.RequestTooLargeError, ONCE, id="413"),
    pytest.param(429, anthropic.RateLimitError, THRICE, id="429"),
    pytest.param(500, anthropic.InternalServerError, THRICE, id="500"),
    pytest.param(504, anthropic.InternalServerError, THRICE, id="504"),
    pytest.param(529, anthropic.InternalServerError, THRICE, id="529"),
]


@pytest.mark.parametrize(("status", "raised", "requests"), STATUSES)
def test_statuses(
    status: int, raised: type[Exception], requests: int, client_of: Any, asked: list[Any]
) -> None:
    with pytest.raises(raised):
        client_of({"error": status}).messages.create(**ASKED)
    assert len(asked) == requests


@pytest.mark.parametrize(
    ("error", "requests"),
    [
        pytest.param({"status": 429, "headers": {"retry-after": "0.01"}}, THRICE, id="retry_after"),
        pytest.param(
            {"status": 529, "headers": {"retry-after-ms": "20"}}, THRICE, id="retry_after_ms"
        ),
        pytest.param(
            {"status": 500, "headers": {"x-should-retry": "false"}}, ONCE, id="told_not_to"
        ),
        pytest.param({"status": 400, "headers": {"x-should-retry": "true"}}, THRICE, id="told_to"),
    ],
)
def test_headers_of_an_error_steer_the_retries(
    error: dict[str, Any], requests: int, client_of: Any, asked: list[Any]
) -> None:
    with pytest.raises(anthropic.APIStatusError):
        client_of({"error": error}).messages.create(**ASKED)
    assert len(asked) == requests


def test_a_fault_that_cannot_happen_is_told(client_of: Any) -> None:
    with pytest.raises(anthropic.BadRequestError, match="the stream has") as caught:
        streamed(client_of({"fault": {"kind": "end", "event": 400}}))
    assert caught.value.response.headers["x-mock-script"] == "in-band headers"
