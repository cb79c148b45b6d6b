"""Who may call the control API, and the journal as it is written."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from starlette.types import Message

from mockserver.app import create_app
from mockserver.control import serving
from mockserver.guard import Guard
from mockserver.journal import Record
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import HEADERS, body_messages, call, scope
from tests.unit.mockserver.bodies import TODAY, body

REPLIES = "/_mock/replies"
ELSEWHERE = {"host": "0.0.0.0", "allowed_hosts": ("127.0.0.1",)}


def server(**settings: Any) -> Guard:
    return create_app(Settings(**{"now": TODAY, **settings}))


def test_a_call_names_its_workspace_by_a_good_key() -> None:
    app = server(keys=("good",))
    nameless = call(app, method="GET", path=REPLIES, without=["x-api-key"])
    assert nameless.status == 401
    assert nameless.error.startswith("Name the workspace by its API key")
    strange = call(app, method="GET", path=REPLIES)
    assert (strange.status, strange.error) == (
        401,
        "This API key has no workspace: the server does not let it in",
    )
    bearer = {"authorization": "Bearer good"}
    assert (
        call(app, method="GET", path=REPLIES, headers=bearer, without=["x-api-key"]).status == 200
    )
    assert call(app, method="GET", path="/_mock/health", without=["x-api-key"]).status == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_b12_a_form_post_is_forbidden(kind: str) -> None:
    answer = call(server(), path="/_mock/reset", headers={"content-type": kind})
    assert (answer.status, answer.error) == (403, "content-type: must be application/json")
    bare = call(server(), path="/_mock/reset", without=["content-type"])
    assert bare.status == 403


def test_b11_elsewhere_nothing_goes_without_the_token() -> None:
    app = server(**ELSEWHERE, control_token="token")
    for path in ("/_mock/health", REPLIES):
        for headers in ({}, {"x-mock-token": "wrong"}, {"x-mock-token": "tökén"}):
            answer = call(app, method="GET", path=path, headers=headers)
            assert answer.status == 401
            assert "needs the header x-mock-token" in answer.error
        right = call(app, method="GET", path=path, headers={"x-mock-token": "token"})
        assert right.status == 200
    assert call(app, body=body()).status == 200


def test_b11_elsewhere_without_a_token_nothing_goes_at_all() -> None:
    app = server(**ELSEWHERE)
    for headers in ({}, {"x-mock-token": ""}, {"x-mock-token": "guess"}):
        assert call(app, method="GET", path=REPLIES, headers=headers).status == 401


def test_a_token_that_was_set_is_asked_for_on_loopback_too() -> None:
    app = server(control_token="token")
    assert call(app, method="GET", path=REPLIES).status == 401


def test_there_may_be_no_control_api_at_all() -> None:
    app = server(control=False)
    for method, path in (("GET", "/_mock/health"), ("GET", REPLIES), ("POST", "/_mock/reset")):
        answer = call(app, method=method, path=path)
        assert (answer.status, answer.error) == (404, "Not Found")
    assert call(app, body=body()).status == 200


@pytest.mark.parametrize(
    ("host", "is_local"), [("127.0.0.2", True), ("::1", True), ("0.0.0.0", False)]
)
def test_what_is_loopback(host: str, is_local: bool) -> None:
    assert Settings(host=host).is_local is is_local


def test_a_page_on_another_site_is_refused() -> None:
    answer = call(server(), path="/_mock/reset", headers={"origin": "https://evil.example"})
    assert answer.status == 403


def test_other_methods_are_told() -> None:
    answer = call(server(), method="PATCH", path=REPLIES)
    assert answer.status == 405


async def followed(app: Guard, before: list[Record], most: int) -> list[str]:
    """What a reader of the live journal sees while `most` requests are made."""
    sent: asyncio.Queue[Message] = asyncio.Queue()
    left = asyncio.Event()

    async def receive() -> Message:
        await left.wait()
        return {"type": "http.disconnect"}

    reader = asyncio.create_task(
        app(scope("GET", "/_mock/requests/live", HEADERS), receive, sent.put)  # type: ignore[arg-type] # a coroutine here
    )
    seen = [await sent.get(), await sent.get()]
    journal = app.workspaces.of(HEADERS["x-api-key"]).journal
    for record in before:
        journal.add(record)
    seen += [await sent.get() for _ in range(most)]
    left.set()
    await reader
    assert journal.listeners == []
    assert seen[0]["headers"]
    return [message["body"].decode() for message in seen[1:]]


def record(path: str) -> Record:
    return Record(
        "req_1", 0.0, 0.1, "GET", path, [], None, 200, b"{}", "complete", None, None, None
    )


def test_the_journal_is_followed_live() -> None:
    seen = asyncio.run(followed(server(), [record("/a"), record("/b")], 2))
    assert seen[0] == ": listening\n\n"
    names, shown = zip(*(part.split("\ndata: ") for part in seen[1:]), strict=True)
    assert set(names) == {"event: request"}
    assert [json.loads(each)["path"] for each in shown] == ["/a", "/b"]


def test_a_slow_reader_misses_some(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "MOST_WAITING", 2)
    seen = asyncio.run(followed(server(), [record(f"/{n}") for n in range(5)], 2))
    assert [json.loads(each.split("data: ")[1])["path"] for each in seen[1:]] == ["/0", "/1"]


def test_a_body_is_bounded() -> None:
    answer = call(server(max_message_bytes=10), path=REPLIES, script=body_messages([b"x" * 11]))
    assert answer.status == 413
