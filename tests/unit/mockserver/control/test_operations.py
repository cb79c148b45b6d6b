"""The control API, operation by operation, and its document held true."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mockserver.app import create_app
from mockserver.control.openapi import document
from mockserver.control.routes import OPERATIONS
from mockserver.guard import Guard
from mockserver.scripts import reading
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import Answer, call
from tests.unit.mockserver.bodies import TODAY, body, conversation

REPLIES = "/_mock/replies"
PREFILLED = body("claude-opus-5", messages=conversation(("user", "a"), ("assistant", "b")))


def server(**settings: Any) -> Guard:
    return create_app(Settings(**{"now": TODAY, **settings}))


@pytest.fixture
def app() -> Guard:
    return server()


def get(app: Guard, path: str, **more: Any) -> Answer:
    return call(app, method="GET", path=path, **more)


def ask(app: Guard, words: str = "Hello", **more: Any) -> Answer:
    return call(app, body=body(messages=conversation(("user", words))), **more)


def batch(app: Guard, *texts: str) -> str:
    """The id of a new batch."""
    items = [
        {"custom_id": f"item-{number}", "params": body(messages=conversation(("user", words)))}
        for number, words in enumerate(texts or ("a", "b"))
    ]
    return str(call(app, path="/v1/messages/batches", body={"requests": items}).json["id"])


def said(answer: Answer) -> str:
    return str(answer.json["content"][0]["text"])


# Bodies that the document says are accepted, for each operation that has one.
BODIES: dict[tuple[str, str], list[Any]] = {
    ("POST", REPLIES): [
        "Hello",
        {"text": "Hello", "stop_reason": "max_tokens"},
        {"when": {"user": "a"}, "reply": ["b", {"tool": "c"}], "times": 2},
        ["a", {"text": "b"}, {"reply": "c"}],
    ],
    ("PUT", "/_mock/rules"): [{}, {"allow": ["prefill.unsupported"]}, {"lenient": True}],
    ("POST", "/_mock/clock"): [{"forward": 1.5}, {"now": "2027-01-01T00:00:00Z"}, {"now": "2027-01-01"}],
    ("POST", "/_mock/batches/{id}/advance"): [{"items": 1}, {}],
    ("POST", "/_mock/reset"): [{}, None],
    ("POST", "/_mock/snapshot"): [{}, None],
    ("POST", "/_mock/restore"): [{"snapshot": "snapshot-1"}],
}  # fmt: skip
PLAIN = [operation for operation in OPERATIONS if operation.handler is not None]


def is_valid(value: Any, name: str) -> bool:
    schema = {"$ref": f"#/components/schemas/{name}", "components": document()["components"]}
    return jsonschema.Draft202012Validator(schema).is_valid(value)


@pytest.mark.parametrize("operation", PLAIN, ids=lambda each: f"{each.method} {each.path}")
def test_an_operation_does_what_the_document_says(operation: Any, app: Guard) -> None:
    ask(app, "first")
    call(app, path=REPLIES, body={"when": {"user": "x"}, "reply": "y"})
    call(app, path="/_mock/snapshot")
    path = operation.path.replace("{number}", "1").replace("{id}", batch(app))
    described = document()["paths"][operation.path][operation.method.lower()]
    for given in BODIES.get((operation.method, operation.path), [None]):
        raw = b"" if given is None else json.dumps(given).encode()
        assert ("requestBody" in described) == (operation.body is not None)
        assert given is None or is_valid(given, operation.body)
        answer = call(app, method=operation.method, path=path, body=raw)
        assert answer.status == 200, answer.json
        assert is_valid(answer.json, operation.answer), answer.json


def test_the_document_names_every_route_and_no_other() -> None:
    described = {(m.upper(), p) for p, methods in document()["paths"].items() for m in methods}
    assert described == {(operation.method, operation.path) for operation in OPERATIONS}
    assert {key for key, _ in BODIES.items()} == {(o.method, o.path) for o in OPERATIONS if o.body}


def test_the_document_is_served_and_sound(app: Guard) -> None:
    answer = get(app, "/_mock/openapi.json", without=["x-api-key"])
    assert answer.json == document()
    for schema in document()["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    for name in reading.schema()["$defs"]:
        assert name in document()["components"]["schemas"]


def test_every_refusal_is_valid_against_the_document(app: Guard) -> None:
    for path in ("/_mock/requests/99", "/_mock/nothing", "/_mock/requests?after=x"):
        assert is_valid(get(app, path).json, "Error")


def test_replies_are_queued_and_entries_added(app: Guard) -> None:
    answer = call(
        app,
        path=REPLIES,
        body=[b'["one", {"text": "two"}, {"when": {"user": "x"}, "reply": "rule"}]'],
    )
    shown = answer.json
    assert [(each["source"], each["entry"]) for each in shown["queue"]] == [
        ("queue", {"reply": "one"}),
        ("queue", {"reply": {"text": "two"}}),
    ]
    assert [(each["source"], each["answered"]) for each in shown["entries"]] == [("own", 0)]
    assert [said(ask(app, "x")) for _ in range(3)] == ["one", "two", "rule"]
    assert get(app, REPLIES).json["entries"][0]["answered"] == 1
    emptied = call(app, method="DELETE", path=REPLIES).json
    assert emptied == {"queue": [], "entries": [], "problem": None}


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"txet": "a"}, "txet: there is no key 'txet'; did you mean 'text'?"),
        (["a", {"txet": "a"}], "1.txet: there is no key 'txet'"),
        ([{"reply": {"stop_reason": "x"}}], "0.reply.stop_reason: Input should be 'end_turn'"),
        (3, "Input does not match the expected shape. (One reply."),
    ],
)
def test_a_wrong_script_is_refused_whole(app: Guard, given: Any, problem: str) -> None:
    answer = call(app, path=REPLIES, body=[json.dumps(given).encode()])
    assert (answer.status, answer.error[: len(problem)]) == (400, problem)
    assert get(app, REPLIES).json["queue"] == []


def test_a_script_file_is_shown_with_its_problem(tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    path.write_text("- reply: from the file\n")
    app = server(script=path)
    (shown,) = get(app, REPLIES).json["entries"]
    assert (shown["id"], shown["source"]) == ("script.yaml:1", "file")
    path.write_text("- reply: [\n")
    assert "script.yaml:2: not YAML" in get(app, REPLIES).json["problem"]


def test_keys_do_not_meet(app: Guard) -> None:
    other = {"x-api-key": "sk-ant-other"}
    call(app, path=REPLIES, body={"reply": "mine"})
    call(app, path="/_mock/clock", body={"forward": 60})
    assert said(ask(app)) == "mine"
    assert "You said: Hello" in said(ask(app, headers=other))
    assert get(app, REPLIES, headers=other).json["entries"] == []
    assert get(app, "/_mock/clock", headers=other).json["shift"] == 0
    assert get(app, "/_mock/requests", headers=other).json["total"] == 1


def test_rules_are_switched_for_a_key(app: Guard) -> None:
    other = {"x-api-key": "sk-ant-other"}
    assert call(app, body=PREFILLED).status == 400
    changed = call(app, method="PUT", path="/_mock/rules", body={"allow": ["prefill.unsupported"]})
    assert changed.json == {"allow": ["prefill.unsupported"], "lenient": False}
    assert call(app, body=PREFILLED).status == 200
    assert call(app, body=PREFILLED, headers=other).status == 400
    call(app, method="PUT", path="/_mock/rules", body={"lenient": True})
    assert call(app, body=PREFILLED).status == 200
    back = call(app, method="DELETE", path="/_mock/rules").json
    assert back == {"allow": [], "lenient": False}
    assert call(app, body=PREFILLED).status == 400


@pytest.mark.parametrize("rule", ["prefil.unsupported", "shape"])
def test_a_rule_that_cannot_be_switched_is_named(app: Guard, rule: str) -> None:
    answer = call(app, method="PUT", path="/_mock/rules", body={"allow": [rule]})
    assert answer.status == 400
    assert (
        answer.error.startswith("allow: the") or "did you mean prefill.unsupported?" in answer.error
    )


def test_time_passes_and_is_set(app: Guard) -> None:
    assert call(app, body=body("claude-sonnet-4-5")).status == 200
    moved = call(app, path="/_mock/clock", body={"now": "2027-01-01T00:00:00+02:00"}).json
    assert moved["now"].startswith("2026-12-31T22:00:00")
    assert call(app, body=body("claude-sonnet-4-5")).status == 404
    before = get(app, "/_mock/clock").json["shift"]
    assert call(app, path="/_mock/clock", body={"forward": 60}).json["shift"] == before + 60


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({}, "Give `forward`, in seconds, or `now`"),
        ({"forward": 1, "now": "2027-01-01"}, "Give `forward`"),
        ({"now": "soon"}, "now: 'soon' is not a time such as 2026-11-22T10:00:00Z"),
        ({"forward": -1}, "forward: Input should be greater than or equal to 0 (Seconds to let pass.)"),
        ({"forwards": 1}, "forwards: there is no key 'forwards'; did you mean 'forward'?"),
    ],
)  # fmt: skip
def test_a_wrong_time_is_refused(app: Guard, given: Any, problem: str) -> None:
    answer = call(app, path="/_mock/clock", body=given)
    assert (answer.status, answer.error[: len(problem)]) == (400, problem)


def test_the_journal_is_read_in_pages_and_parts(app: Guard) -> None:
    for words in ("a", "b", "c"):
        ask(app, words)
    call(app, body=body(max_tokens="x"))
    page = get(app, "/_mock/requests?limit=2").json
    assert [each["number"] for each in page["requests"]] == [1, 2]
    assert (page["next"], page["total"], page["dropped"]) == (2, 4, 0)
    page = get(app, "/_mock/requests?limit=2&after=2").json
    assert ([each["number"] for each in page["requests"]], page["next"]) == ([3, 4], None)
    for query, numbers in (
        ("status=400", [4]),
        ("rule=shape", [4]),
        ("path=/v1/messages&model=claude-haiku-4-5&status=200", [1, 2, 3]),
        ("script=none", []),
        ("ended=complete", [1, 2, 3, 4]),
        ("ended=comp&method=POST", [1, 2, 3, 4]),
        ("ended=client", []),
        ("method=GET", []),
        ("model=other", []),
    ):
        found = get(app, f"/_mock/requests?{query}").json["requests"]
        assert [each["number"] for each in found] == numbers, query
    assert get(app, "/_mock/requests/4").json["rule"]["id"] == "shape"
    call(app, method="DELETE", path="/_mock/requests")
    assert get(app, "/_mock/requests").json["requests"] == []


@pytest.mark.parametrize(
    ("path", "query", "status", "problem"),
    [
        ("/_mock/requests", "limit=0", 400, "limit: must be 1 to 1000"),
        ("/_mock/requests", "limit=1001", 400, "limit: must be 1 to 1000"),
        ("/_mock/requests", "after=x", 400, "after: 'x' is not a number"),
        ("/_mock/requests", "after=" + "9" * 50, 400, "after: '999"),
        ("/_mock/requests", "stats=1", 400, "There is no query parameter 'stats'; did you mean status?"),
        ("/_mock/clock", "zzz=1", 400, "There is no query parameter 'zzz'"),
        ("/_mock/requests/9", "", 404, "The journal holds no request 9"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_told(
    app: Guard, path: str, query: str, status: int, problem: str
) -> None:
    answer = get(app, f"{path}?{query}")
    assert (answer.status, answer.error[: len(problem)]) == (status, problem)


def test_a_batch_is_stepped_through() -> None:
    app = server(batch_ends="step")
    path = f"/_mock/batches/{batch(app)}/advance"
    assert call(app, path=path, body={"items": 1}).json["processing_status"] == "in_progress"
    ended = call(app, path=path, body={})
    assert ended.json["request_counts"]["succeeded"] == 2
    assert ended.json["results_url"].startswith("http://127.0.0.1:8080/v1/messages/batches/")
    assert call(app, path="/_mock/batches/x/advance", body={}).status == 404
    assert call(app, path=path, body={"items": 0}).status == 400


def test_reset_forgets_everything(app: Guard) -> None:
    first = ask(app).json["id"]
    call(app, path=REPLIES, body={"reply": "scripted"})
    call(app, path="/_mock/clock", body={"forward": 60})
    assert call(app, path="/_mock/reset").json == {}
    assert get(app, "/_mock/requests").json["total"] == 0
    assert get(app, "/_mock/clock").json["shift"] == 0
    assert ask(app).json["id"] == first


def test_a_snapshot_is_restored(app: Guard) -> None:
    call(app, path=REPLIES, body=[b'["a", "b"]'])
    name = call(app, path="/_mock/snapshot").json["snapshot"]
    assert said(ask(app)) == "a"
    assert call(app, path="/_mock/restore", body={"snapshot": name}).status == 200
    assert said(ask(app)) == "a"
    wrong = call(app, path="/_mock/restore", body={"snapshot": "x"})
    assert (wrong.status, wrong.error) == (404, f"There is no snapshot 'x'; there are: {name}")


def test_the_client_is_judged(app: Guard) -> None:
    for _ in range(2):
        call(app, body=PREFILLED)

    found = get(app, "/_mock/verdict").json["findings"]
    assert [(each["kind"], each["requests"]) for each in found] == [("retried-refusal", [1, 2])]
    assert get(app, "/_mock/verdict?truncated=true").json["findings"] == found
    answer = get(app, "/_mock/verdict?truncated=yes")
    assert answer.error == "truncated: 'yes' is neither true nor false"
