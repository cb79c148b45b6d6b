"""The journal: what it holds, what it never holds, and that it stays within bounds."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver import journal as module
from mockserver.app import create_app
from mockserver.guard import Guard
from mockserver.intake import CREDENTIAL_HEADERS
from mockserver.journal import Journal, Record, Shelf
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import HEADERS, call
from tests.unit.mockserver.bodies import TODAY, body


def record(size: int = 0, **changes: Any) -> Record:
    given: dict[str, Any] = {
        "request_id": "req_1",
        "at": 0.0,
        "seconds": 0.1,
        "method": "POST",
        "path": "/v1/messages",
        "headers": [],
        "body": b"x" * size,
        "status": 200,
        "answer": b"",
        "ended": "complete",
        "rule": None,
        "script": None,
        "missed": None,
        **changes,
    }
    return Record(**given)


def numbers(journal: Journal) -> list[int]:
    return [each.number for each in journal]


def served() -> tuple[Guard, Journal]:
    guard = create_app(Settings(now=TODAY))
    assert isinstance(guard, Guard)
    return guard, guard.workspaces.of(HEADERS["x-api-key"]).journal


def test_a_request_is_written_when_its_response_ends() -> None:
    app, journal = served()
    asked = body()
    answer = call(app, body=asked)
    (found,) = journal
    assert (found.method, found.path, found.status) == ("POST", "/v1/messages", 200)
    assert found.answer == answer.body
    assert found.body is not None
    assert (found.request_id, found.ended) == (answer.headers["request-id"], "complete")
    assert (found.rule, found.script, found.missed) == (None, None, None)
    assert found.seconds > 0
    assert found.at > 1_700_000_000


def test_a_stream_is_written_as_its_message() -> None:
    app, journal = served()
    call(app, body=body(stream=True))
    (found,) = journal
    assert found.answer is not None
    assert found.answer.startswith(b'{"model":"claude-haiku-4-5')


def test_refusals_are_written_with_their_rule() -> None:
    app, journal = served()
    call(app, body=body(max_tokens="x"))
    call(app, path="/v1/nothing")
    call(app, body=body("claude-nonexistent"))
    assert [(each.status, each.rule) for each in journal] == [
        (400, "shape"),
        (404, None),
        (404, "model.unknown"),
    ]


def test_a_client_that_leaves_is_written() -> None:
    app, journal = served()
    call(app, script=[{"type": "http.disconnect"}])
    (found,) = journal
    assert found.ended == "client left before its request was complete"
    assert (found.status, found.answer, found.body) == (0, None, None)


def test_a_response_that_is_cut_off_by_an_error_says_so() -> None:
    async def broken(scope: Any, _receive: Any, _send: Any) -> None:
        scope["exchange"].started = True
        raise RuntimeError

    app, journal = served()
    guard = Guard(broken, Settings(), app.workspaces)
    with pytest.raises(Exception, match="Internal server error"):
        call(guard)
    assert [each.ended for each in journal] == ["cut off by an error"]


def test_credentials_never_enter() -> None:
    app, journal = served()
    secrets = dict.fromkeys(CREDENTIAL_HEADERS, "sk-secret") | {"x-api-key": HEADERS["x-api-key"]}
    call(app, body=body(), headers=secrets)
    (found,) = journal
    names = {name.decode() for name, _ in found.headers}
    assert names == {"host", "anthropic-version", "content-type"}


def test_the_control_api_is_not_written() -> None:
    app, journal = served()
    call(app, path="/_mock/nothing")
    assert len(journal) == 0


def test_a_journal_is_bounded_by_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_RECORDS", 3)
    shelf = Shelf()
    journal = Journal(shelf)
    for _ in range(20):
        journal.add(record(10))
    assert numbers(journal) == [18, 19, 20]
    assert (journal.dropped, len(journal)) == (17, 3)
    assert journal.size == shelf.size == sum(each.size for each in journal)
    assert len(shelf._records) < 12


def test_a_journal_is_bounded_by_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 5_000)
    journal = Journal(Shelf())
    for _ in range(5):
        journal.add(record(1_000))
    assert numbers(journal) == [4, 5]
    assert journal.size <= 5_000


def test_headers_count_among_the_bytes() -> None:
    app, journal = served()
    call(app, body=body())
    call(app, body=body(), headers={"x-long": "a" * 10_000, **{f"x-{n}": "1" for n in range(50)}})
    short, long = journal
    assert long.size - short.size >= 10_000 + 50 * module.HEADER_BYTES


def test_all_journals_are_bounded_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES_IN_ALL", 10_000)
    shelf = Shelf()
    one, other = Journal(shelf), Journal(shelf)
    for _ in range(3):
        one.add(record(1_000))
        other.add(record(1_000))
    assert (numbers(one), numbers(other)) == ([2, 3], [2, 3])
    one.clear()
    for _ in range(3):
        other.add(record(1_000))
    assert numbers(other) == [3, 4, 5, 6]
    assert shelf.size == other.size
    assert one.size == 0


def test_what_is_too_large_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_BYTES_EACH", 2_000)
    found = record(5_000)
    assert (found.body, found.answer, found.size) == (None, None, module.OWN_BYTES)


def test_a_record_that_went_lets_go_of_its_bytes() -> None:
    journal = Journal(Shelf())
    found = record(10)
    journal.add(found)
    journal.clear()
    assert (found.body, found.answer, found.journal) == (None, None, None)
    journal.add(record())
    assert numbers(journal) == [2]


def test_listeners_are_told() -> None:
    journal = Journal(Shelf())
    heard: list[Record] = []
    journal.listeners.append(heard.append)
    found = record()
    journal.add(found)
    assert heard == [found]
