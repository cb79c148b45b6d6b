"""Records as people read them: parts, cost, and a line for each."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from mockserver.journal import Journal, Record, Shelf
from mockserver.recorded import Recorded, Requests
from mockserver.scripts import reading
from mockserver.scripts.book import Miss
from tests.unit.mockserver.bodies import body, call, conversation, result, text

MESSAGE = {
    "model": "claude-haiku-4-5-20251001",
    "type": "message",
    "content": [text("Let me see."), {**call(), "input": {"city": "Rome"}}],
    "usage": {"input_tokens": 1_000_000, "output_tokens": 0},
}
ERROR = {"type": "error", "error": {"type": "invalid_request_error", "message": "No"}}
ENTRY = reading.entry({"when": {"user": "x"}, "reply": "y"}, "entry 1")


def recorded(asked: Any = None, answer: Any = None, **changes: Any) -> Recorded:
    return Recorded(record(asked, answer, **changes))


def record(asked: Any = None, answer: Any = None, **changes: Any) -> Record:
    given: dict[str, Any] = {
        "request_id": "req_1",
        "at": 0.5,
        "seconds": 0.12345678,
        "method": "POST",
        "path": "/v1/messages",
        "headers": [(b"host", b"a")],
        "body": asked if isinstance(asked, bytes) or asked is None else json.dumps(asked).encode(),
        "status": 200,
        "answer": None if answer is None else json.dumps(answer).encode(),
        "ended": "complete",
        "rule": None,
        "script": None,
        "missed": None,
        **changes,
    }
    return Record(**given)


def test_a_message_is_read() -> None:
    found = recorded(body(stream=True), MESSAGE, script="entry 1")
    assert (found.model, found.user, found.is_stream) == ("claude-haiku-4-5", "Hello", True)
    assert (found.text, [each["name"] for each in found.calls]) == ("Let me see.", ["get_weather"])
    assert (found.usage, found.cost) == (MESSAGE["usage"], 1.0)
    assert (found.error, found.missed, found.script) == (None, None, "entry 1")
    assert found.at == dt.datetime(1970, 1, 1, 0, 0, 0, 500_000, tzinfo=dt.timezone.utc)
    assert found.headers == {"host": "a"}


def test_an_error_is_read() -> None:
    found = recorded(body(), ERROR, status=400, rule="prefill.unsupported")
    assert (found.error, found.text, found.calls, found.cost) == ("No", "", [], None)
    shown = found.as_json()["rule"]
    assert list(shown) == ["id", "source", "evidence"]


@pytest.mark.parametrize(
    ("asked", "user"),
    [
        (body(messages=conversation(("user", [result(), text("a"), text("b")]))), "a\nb"),
        (body(messages=conversation(("user", "a"), ("assistant", "b"))), "a"),
        ({"messages": [{"role": "assistant"}]}, ""),
        ({"messages": ["x"]}, ""),
        (b"no json", ""),
        ([], ""),
        (None, ""),
    ],
)
def test_any_body_has_a_user_text(asked: Any, user: str) -> None:
    assert recorded(asked).user == user


def test_a_body_that_is_no_json_is_a_text() -> None:
    assert recorded(b"no json \xff").body == "no json \ufffd"
    assert recorded(b"").body is None
    assert recorded(None).body is None


LINES = [
    (recorded(body(), MESSAGE, script="entry 1"), '<0: POST /v1/messages claude-haiku-4-5 \'Hello\' -> 200 \'Let me see.\' get_weather({"city":"Rome"}) [script entry 1]>'),
    (recorded(body(), ERROR, status=400, rule="shape"), "<0: POST /v1/messages claude-haiku-4-5 'Hello' -> 400 'No' [rule shape]>"),
    (recorded(body(messages=conversation(("user", "a" * 99))), MESSAGE, missed=Miss(ENTRY, "user: no")), f"<0: POST /v1/messages claude-haiku-4-5 '{'a' * 60}…' -> 200 'Let me see.' get_weather({{\"city\":\"Rome\"}}) [missed entry 1: user: no]>"),
    (recorded(None, None, status=0, ended="client left"), "<0: POST /v1/messages -> no answer [client left]>"),
]  # fmt: skip


@pytest.mark.parametrize(("found", "line"), LINES, ids=range(len(LINES)))
def test_a_record_is_one_line(found: Recorded, line: str) -> None:
    assert repr(found) == line


def test_requests_are_a_list_with_words_for_failed_tests() -> None:
    none = Requests([])
    assert repr(none) == "no requests"
    with pytest.raises(AssertionError, match="no request has reached the server with this key"):
        _ = none.last
    one = Requests([record(body(), MESSAGE)])
    assert one.only is one.last is one[0]
    two = Requests([record(path="/a"), record(path="/b")])
    assert repr(two) == "<0: POST /a -> 200>\n<0: POST /b -> 200>"
    with pytest.raises(AssertionError, match="there are 2 requests, not one:\n<0: POST /a -> 200>"):
        _ = two.only


def test_what_was_read_stays_when_the_journal_lets_go() -> None:
    journal = Journal(Shelf())
    journal.add(record(body(), MESSAGE))
    found = Requests(journal)
    journal.clear()
    assert (found.only.user, found.only.text) == ("Hello", "Let me see.")
