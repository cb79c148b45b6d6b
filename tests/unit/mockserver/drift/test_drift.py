"""Drift: what is compared, what is left out, and what is told."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mockserver.app import create_app
from mockserver.cassettes.model import COMPLETE
from mockserver.cli import main
from mockserver.drift.comparing import is_comparable
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import HEADERS, Answer, call
from tests.unit.mockserver.cassettes.test_matching import recording

BODY: dict[str, Any] = {
    "model": "claude-opus-5",
    "max_tokens": 50,
    "messages": [{"role": "user", "content": "Hi"}],
}
SENT = {"anthropic-version": "2026-10-21", "content-type": "application/json", "host": "api"}


def mock(body: Any, path: str = "/v1/messages") -> Answer:
    return call(create_app(Settings()), body=body, path=path, headers=HEADERS)


def line(
    asked: Any,
    response: dict[str, Any],
    path: str = "/v1/messages",
    method: str = "POST",
    at: str = "",
) -> str:
    request = {"method": method, "path": path, "headers": SENT, "json": asked}
    return json.dumps({"at": at, "request": request, "response": response, "ended": COMPLETE})


def whole(answer: Answer, **changed: Any) -> dict[str, Any]:
    headers = {k: v for k, v in answer.headers.items() if k != "content-length"}
    return {"status": answer.status, "headers": headers, "json": {**answer.json, **changed}}


def stream(answer: Answer, old: str = "", new: str = "") -> dict[str, Any]:
    text = answer.body.decode().replace(old, new) if old else answer.body.decode()
    return {"status": 200, "events": [[1, f"{e}\n\n"] for e in text.split("\n\n") if e]}


def ran(tmp_path: Path, lines: list[str], *words: str) -> Result:
    path = tmp_path / "demo.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return CliRunner().invoke(main, ["drift", str(path), *words])


def found(tmp_path: Path, *lines: str, code: int = 0, words: tuple[str, ...] = ()) -> list[Any]:
    result = ran(tmp_path, list(lines), "--json", *words)
    assert result.exit_code == code, result.output
    return [
        (each["kind"], each["recorded"], each["mock"])
        for each in json.loads(result.stdout)["differences"]
    ]


def test_what_the_mock_said_itself_does_not_differ(tmp_path: Path) -> None:
    streamed = {**BODY, "stream": True}
    counting = {k: v for k, v in BODY.items() if k != "max_tokens"}
    lines = [
        line(BODY, whole(mock(BODY))),
        line(streamed, stream(mock(streamed)), at="2026-11-24T09:30:00Z"),
        line(
            counting,
            whole(mock(counting, "/v1/messages/count_tokens")),
            "/v1/messages/count_tokens",
        ),
        line({"model": 1}, whole(mock({"model": 1}))),
    ]
    assert found(tmp_path, *lines, words=("--check",)) == []


def test_verdict_that_differs_is_told_and_fails(tmp_path: Path) -> None:
    error = {"type": "error", "error": {"type": "not_found_error", "message": "model: x"}}
    assert found(tmp_path, line(BODY, {"status": 404, "json": error}), code=1) == [
        ("verdict", "404 not_found_error", "200"),
        ("text", "model: x", ""),
    ]


def test_text_is_compared_without_ids_and_numbers(tmp_path: Path) -> None:
    asked = {**BODY, "max_tokens": 10_000_000}
    answer = mock(asked)
    said = answer.json["error"]["message"]
    same = {"type": "invalid_request_error", "message": said.replace("10000000", "9")}
    other = {"type": "invalid_request_error", "message": "in other words"}
    assert found(tmp_path, line(asked, whole(answer, error=same))) == []
    (difference,) = found(tmp_path, line(asked, whole(answer, error=other)))
    assert difference[:2] == ("text", "in other words")


def test_shape_is_compared_by_keys(tmp_path: Path) -> None:
    answer = mock(BODY)
    usage = {**answer.json["usage"], "extra": 1}
    assert found(tmp_path, line(BODY, whole(answer, new=1, usage=usage))) == [
        ("shape", "keys: new", "keys: -"),
        ("shape", "usage: extra", "usage: -"),
    ]


def test_events_are_compared_by_keys_and_order(tmp_path: Path) -> None:
    asked = {**BODY, "stream": True}
    answer = mock(asked)
    assert found(
        tmp_path,
        line(asked, stream(answer, '"type":"message_stop"', '"type":"message_stop","a":1')),
    ) == [("shape", "message_stop: a", "message_stop: -")]
    events = stream(answer)["events"]
    swapped = {"status": 200, "events": [*events[:-2], events[-1], events[-2]]}
    assert found(tmp_path, line(asked, swapped)) == [
        (
            "shape",
            "events: message_start, content_blocks, message_stop, message_delta",
            "events: message_start, content_blocks, message_delta, message_stop",
        )
    ]


def test_tokens_are_told_and_fail_where_they_are_too_far_off(tmp_path: Path) -> None:
    answer = mock(BODY)
    usage = {**answer.json["usage"], "input_tokens": answer.json["usage"]["input_tokens"] * 2}
    lines = [line(BODY, whole(answer, usage=usage))]
    result = ran(tmp_path, lines)
    assert (result.exit_code, "input tokens: median error 50.0%" in result.stdout) == (0, True)
    result = ran(tmp_path, lines, "--max-token-error", "0.1")
    assert (result.exit_code, "tokens demo.jsonl:1: -50.0%" in result.stdout) == (1, True)


@pytest.mark.parametrize(
    ("asked", "response", "problem"),
    [
        (BODY, {"status": 200, "json": {"id": "msg_1"}}, "type"),
        ({**BODY, "stream": True}, {"status": 200, "events": [[0, "event: x\n\n"]]}, "frame 1"),
        (BODY, {"status": 400, "json": {"type": "error"}}, "error"),
        (BODY, {"status": 400, "text": "no JSON"}, "no JSON object"),
    ],
)
def test_oracle_judges_the_recording(
    tmp_path: Path, asked: Any, response: dict[str, Any], problem: str
) -> None:
    told = [
        each
        for each in found(tmp_path, line(asked, response), code=1, words=("--check",))
        if each[0] == "oracle"
    ]
    assert any(problem in each[1] for each in told)


@pytest.mark.parametrize(
    ("asked", "path", "method", "status"),
    [
        pytest.param(BODY, "/v1/messages", "POST", 529, id="overloaded"),
        pytest.param(BODY, "/v1/messages", "POST", 429, id="quota"),
        pytest.param(BODY, "/v1/messages", "POST", 401, id="key"),
        pytest.param(None, "/v1/messages", "POST", 400, id="no-body"),
        pytest.param(None, "/v1/models", "GET", 200, id="models"),
        pytest.param(
            {**BODY, "thread": {"type": "create"}}, "/v1/messages", "POST", 200, id="thread"
        ),
        pytest.param({**BODY, "a": {"file_id": "file_1"}}, "/v1/messages", "POST", 200, id="file"),
    ],
)
def test_what_hangs_on_an_account_is_left_out(
    asked: Any, path: str, method: str, status: int
) -> None:
    assert not is_comparable(recording("a:1", asked, path, method)._replace(status=status))


def test_table_has_examples_and_says_what_was_left_out(tmp_path: Path) -> None:
    lines = [line(BODY, {"status": 404, "json": {}})] * 5 + [
        line(None, {"status": 200, "json": {}}, "/v1/models", "GET")
    ]
    result = ran(tmp_path, lines)
    assert result.exit_code == 1
    assert "verdict           5         5" in result.stdout
    assert (
        "verdict demo.jsonl:3\n  recorded  404\n  mock      200\n... and 2 more of kind verdict"
        in result.stdout
    )
    assert "1 of 6 recordings hang on the account" in result.stdout


def test_bad_cassette_and_missing_library_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = ran(tmp_path, ["{}"])
    assert result.exit_code == 3
    assert "demo.jsonl:1" in result.stderr
    monkeypatch.setitem(sys.modules, "mockserver.drift.judging", None)
    result = ran(tmp_path, [line(BODY, whole(mock(BODY)))], "--check")
    assert result.exit_code == 3
    assert "--check needs" in result.stderr
