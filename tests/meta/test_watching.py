"""The watch over all tests can fail: it sees what a test leaves, and answers that are not as they must be."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver import journal
from mockserver.app import create_app
from mockserver.errors import ApiError
from mockserver.exchange import Exchange
from mockserver.guard import Guard
from mockserver.ids import Ids
from mockserver.settings import Settings
from mockserver.workspace import Workspaces
from tests import watching
from tests.unit.mockserver.asgi import HEADERS, call
from tests.unit.mockserver.bodies import body
from tests.watching import Watch


@pytest.fixture
def own(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """Another watch, inside that of the run, which forgets what is done here on purpose."""
    monkeypatch.setattr(watching, "PATIENCE", 0.05)
    found = Watch()
    with found.installed():
        found.begin()
        yield found
    watch.begin()


def answering(error: Exception) -> Guard:
    async def app(_scope: Any, _receive: Any, _send: Any) -> None:
        raise error

    settings = Settings()
    return Guard(app, settings, create_app(settings).workspaces)


def test_what_is_as_it_must_be_is_not_blamed(own: Watch) -> None:
    app = create_app(Settings())
    call(app, body=body())
    call(app, body=body(max_tokens="many"))
    call(app, body=body(), headers={"x-mock-reply": '{"error": 529}'})
    assert own.problems("") == []


def test_an_unscripted_failure_is_blamed(own: Watch) -> None:
    call(answering(ApiError(500, "Oh")))
    assert own.problems("") == ["POST /v1/messages: an unscripted 500"]
    assert own.problems("", may_fail=True) == []


def test_a_key_in_an_answer_or_a_log_is_blamed(own: Watch) -> None:
    key = HEADERS["x-api-key"]
    call(answering(ApiError(400, f"{key} is wrong")))
    found = own.problems(f"asked with {key}")
    assert found == [
        f"POST /v1/messages: the answer has the key {key!r}",
        f"the log has the key {key!r}",
    ]


def test_a_key_in_the_journal_is_blamed(own: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_CREDENTIALS", frozenset())
    app = create_app(Settings())
    call(app, body=body())
    assert [text for text in own.problems("") if "the journal has the key" in text]


def test_an_error_of_another_shape_is_blamed(own: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    written = Exchange.written

    def spoilt(exchange: Exchange, method: str, path: str) -> None:
        exchange.answer = b'{"type":"error"}'
        written(exchange, method, path)

    monkeypatch.setattr(Exchange, "written", spoilt)
    call(create_app(Settings()), body=body(max_tokens="many"))
    assert own.problems("")


def test_a_request_that_is_never_done_is_blamed(own: Watch) -> None:
    app = create_app(Settings())
    waiting = app(
        {"type": "http", "method": "POST", "path": "/v1/messages", "headers": []},
        asyncio.Event().wait,  # type: ignore[arg-type]
        asyncio.Event().wait,  # type: ignore[arg-type]
    )
    own._enter(app, 1)
    waiting.close()  # type: ignore[attr-defined]
    assert own.problems("") == ["1 requests are still worked on"]
    own._enter(app, -1)
    assert own.problems("") == []


@pytest.mark.skipif(not watching.DESCRIPTORS.exists(), reason="the system does not tell")
def test_what_stays_open_is_blamed(own: Watch, tmp_path: Path) -> None:
    with (tmp_path / "a").open("w"):
        (found,) = (text for text in own.problems("") if "descriptors" in text)
        assert str(tmp_path / "a") in found
        own.begin()
        assert own.problems("") == []


def test_a_journal_beyond_its_bound_is_blamed(own: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(Settings())
    assert isinstance(app.workspaces, Workspaces)
    for _ in range(2):
        call(app, body=body())
    monkeypatch.setattr(journal, "MOST_RECORDS", 1)
    monkeypatch.setattr(journal, "MOST_BYTES_IN_ALL", 1)
    assert len(own.problems("")) == 2


def test_an_id_of_another_test_is_blamed(own: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(Settings())
    monkeypatch.setattr(Ids, "next", lambda _ids, prefix: f"{prefix}_011CAbCdEfGhIjKlMnOpQrSt")
    call(app, body=body())
    assert own.problems("") == []
    own.begin()
    call(app, body=body())
    blamed = "the request id 'req_011CAbCdEfGhIjKlMnOpQrSt' is told twice"
    assert own.problems("") == [f"POST /v1/messages: {blamed}"]
    own.begin()
    call(app, body=body(), headers={"x-api-key": "sk-ant-another"})
    assert own.problems("") == [f"POST /v1/messages: {blamed}"]


def test_ids_that_are_meant_to_come_again_are_not_blamed(own: Watch) -> None:
    app = create_app(Settings())
    assert isinstance(app.workspaces, Workspaces)
    key = HEADERS["x-api-key"]
    name = app.workspaces.of(key).snapshot()
    call(app, body=body())
    app.workspaces.of(key).restore(name)
    call(app, body=body())
    app.workspaces.reset(key)
    call(app, body=body())
    call(create_app(Settings()), body=body())
    assert own.problems("") == []
