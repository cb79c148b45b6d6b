"""What the official SDK makes of each fault, how often it asked, and what the clients do about it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import anthropic
import httpx2
import pytest

from clients import prefill, quickstart, stop_reasons, vision
from clients.conversation import Conversation
from clients.outcomes import Finished, Interrupted
from clients.quickstart import NoMessageError
from contracts.suite.values import picture
from mockserver.testing import MockServer
from tests.clients.failing import (
    ASKED,
    BEFORE,
    BETWEEN_EVENTS,
    HARMLESS,
    IN_STREAM,
    ONCE,
    SAID,
    STATUSES,
    THRICE,
    Row,
    becomes,
    streamed,
)

TIMEOUT = 1.0  # seconds; also what a loaded machine has for an answer that comes
PNG = base64.b64decode(picture(8, 5, "png"))


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


@rows(BEFORE)
def test_before_the_response_the_clients_leave_it_to_the_sdk(
    row: Row, client_of: Any, asked: list[Any]
) -> None:
    assert row.raised is not None
    with pytest.raises(row.raised):
        stop_reasons.answer(client_of(row.reply), ASKED, stream=True)
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


def test_f15_a_missing_byte_behind_a_whole_answer(client_of: Any, asked: list[Any]) -> None:
    """The SDK loses the answer over it; the clients have seen its end and don't mind."""
    client = client_of({"fault": "length_too_large"})
    with pytest.raises(httpx2.RemoteProtocolError):
        streamed(client)
    assert isinstance(stop_reasons.answer(client, ASKED, stream=True), Finished)
    assert len(asked) == 2 * ONCE


@rows(
    {
        "F9_cut": {"kind": "cut", "byte": 30},
        "F9_reset": {"kind": "reset", "byte": 30},
        "F15_length_too_large": {"kind": "length_too_large"},
    }
)
def test_half_a_json_answer_is_an_error_of_the_connection(
    row: dict[str, Any], client_of: Any, asked: list[Any]
) -> None:
    with pytest.raises(anthropic.APIConnectionError):
        client_of({"fault": row}).messages.create(**ASKED)
    assert len(asked) == THRICE


@pytest.mark.parametrize(
    ("row", "is_stream"),
    [
        pytest.param(row, is_stream, id=f"{name}-{'stream' if is_stream else 'json'}")
        for name, row in HARMLESS.items()
        for is_stream in (False, True)
        if is_stream or name not in BETWEEN_EVENTS
    ],
)
def test_what_is_legal_on_the_wire_changes_nothing(
    row: dict[str, Any], is_stream: bool, client_of: Any, asked: list[Any]
) -> None:
    same = client_of({"text": SAID, **row})
    answer = streamed(same) if is_stream else same.messages.create(**ASKED)
    assert [block.text for block in answer.content] == [SAID]
    assert stop_reasons.answer(same, ASKED, stream=is_stream) == Finished(SAID)
    assert len(asked) == 2 * ONCE


@rows({"slow": {"wire": {"bandwidth": 1_000}}})
def test_f16_a_slow_line_is_waited_for(
    row: dict[str, Any], client_of: Any, server: MockServer
) -> None:
    """No pause is as long as the client's patience, which begins again with each piece."""
    server.reset()
    assert streamed(client_of({"text": SAID, **row})).content[0].text == SAID
    assert becomes(lambda: len(server.requests) == 1)
    first_byte, seconds = server.requests.only.first_byte, server.requests.only.seconds
    assert first_byte is not None
    assert first_byte + 0.5 < seconds


@pytest.mark.parametrize("delay", [0.0, 0.2, 2.0])
@pytest.mark.parametrize("is_stream", [False, True], ids=["json", "stream"])
def test_f16_the_journal_says_when_the_first_byte_left(
    delay: float, is_stream: bool, client_of: Any, server: MockServer
) -> None:
    server.reset()
    client = client_of({"text": SAID, "wire": {"delay": delay, "slow_close": 0.1}})
    client.with_options(timeout=20).messages.create(**ASKED, stream=is_stream)
    assert becomes(lambda: len(server.requests) == 1)
    first_byte, seconds = server.requests.only.first_byte, server.requests.only.seconds
    assert first_byte is not None
    assert delay <= first_byte < seconds


@rows({"F15_html": "html"})
def test_a_page_of_html_is_no_message(row: str, client_of: Any, asked: list[Any]) -> None:
    """The SDK does not complain: without a stream it hands over the page, and in one it finds no events."""
    client = client_of({"fault": row})
    page: object = client.messages.create(**ASKED)
    assert isinstance(page, str)
    assert page.startswith("<!doctype html>")
    assert list(client.messages.create(**ASKED, stream=True)) == []
    assert len(asked) == 2 * ONCE


@rows({"F15_length_too_small": "length_too_small"})
def test_half_a_json_answer_that_claims_to_be_whole_is_no_json(
    row: str, client_of: Any, asked: list[Any]
) -> None:
    with pytest.raises(json.JSONDecodeError):
        client_of({"fault": row}).messages.create(**ASKED)
    assert len(asked) == ONCE


@rows({"F15_html": "html", "F15_length_too_small": "length_too_small"})
def test_the_clients_say_that_it_is_no_message(row: str, client_of: Any, asked: list[Any]) -> None:
    client = client_of({"fault": row})
    programs: list[Callable[[], object]] = [
        lambda: stop_reasons.answer(client, ASKED),
        lambda: Conversation(client).say("Hello"),
        lambda: quickstart.ask(client, "Hello", model=ASKED["model"]),
        lambda: prefill.continue_from(client, ASKED, "Rome"),
        lambda: vision.describe(client, vision.inline(PNG), "What is it?", model=ASKED["model"]),
    ]
    for program in programs:
        with pytest.raises(NoMessageError):
            program()
    assert len(asked) == len(programs)


def test_f11_an_error_event_has_status_200(client_of: Any) -> None:
    with pytest.raises(anthropic.APIStatusError) as caught:
        streamed(client_of({"fault": {"kind": "error", "event": 4}}))
    assert caught.value.status_code == 200
    assert caught.value.body["error"]["type"] == "overloaded_error"


def test_f14_pings_keep_a_stalled_stream_alive(client_of: Any) -> None:
    """A client that only waits for silence waits for ever; this one leaves by itself."""
    stall = {"kind": "stall", "event": 4, "pings": 0.05}
    kinds: list[str] = []
    with client_of({"fault": stall}).messages.create(**ASKED, stream=True) as events:
        for event in events._iter_events():
            kinds.append(event.event)
            if kinds[-12:] == ["ping"] * 12:
                break
    assert len(kinds) == 4 + 12


@pytest.mark.parametrize(("status", "raised", "requests"), STATUSES)
def test_statuses(
    status: int,
    raised: type[anthropic.APIStatusError],
    requests: int,
    client_of: Any,
    asked: list[Any],
) -> None:
    client = client_of({"error": status})
    for ask in (
        lambda: client.messages.create(**ASKED),
        lambda: stop_reasons.answer(client, ASKED),
    ):
        with pytest.raises(raised) as caught:
            ask()
        assert caught.value.status_code == status
    assert len(asked) == 2 * requests


@pytest.mark.parametrize(
    ("error", "requests"),
    [
        pytest.param(
            {"status": 429, "headers": {"retry-after": "0.01"}}, THRICE, id="F1_retry_after"
        ),
        pytest.param(
            {"status": 529, "headers": {"retry-after-ms": "20"}}, THRICE, id="F1_retry_after_ms"
        ),
        pytest.param(
            {"status": 500, "headers": {"x-should-retry": "false"}}, ONCE, id="F3_told_not_to"
        ),
        pytest.param(
            {"status": 400, "headers": {"x-should-retry": "true"}}, THRICE, id="F3_told_to"
        ),
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
