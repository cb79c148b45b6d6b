"""A server that answers from cassettes."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import orjson
import pytest

from mockserver.app import create_app
from mockserver.cassettes.model import CassetteError
from mockserver.guard import Guard
from mockserver.settings import Settings
from mockserver.testing import MockServer
from tests.unit.mockserver.asgi import HEADERS, call

BODY: dict[str, Any] = {
    "model": "claude-opus-5",
    "max_tokens": 9,
    "messages": [{"role": "user", "content": "Hi"}],
}
BAD = {"model": "claude-nonexistent", "anything": True}
FRAMES = [
    'event: message_start\ndata: {"type":"message_start","message":{"content":[],"usage":{}}   }\n\n',
    'event: message_stop\ndata: {"type":"message_stop"  }\n\n',
]


def line(asked: Any, response: dict[str, Any], path: str = "/v1/messages") -> str:
    request = {"method": "POST", "path": path, "json": asked}
    return json.dumps({"request": request, "response": response})


def app(tmp_path: Path, *lines: str, **settings: Any) -> Guard:
    path = tmp_path / "demo.jsonl"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return create_app(Settings(replay=(str(path),), **settings))


JSON = {
    "status": 200,
    "headers": {"content-type": "application/json", "request-id": "req_1", "x-a": "ü€"},
    "json": {"id": 1},
}
STREAM = {
    "status": 200,
    "headers": {"content-type": "text/event-stream; charset=utf-8"},
    "ms": 20,
    "events": [[30, FRAMES[0]], [60, FRAMES[1]]],
}


def test_recording_answers_what_every_rule_would_refuse(tmp_path: Path) -> None:
    answer = call(
        app(tmp_path, line(BAD, JSON)), body=BAD, without=["x-api-key", "anthropic-version"]
    )
    assert (answer.status, answer.body) == (200, b'{"id": 1}')
    assert answer.headers["request-id"] == "req_1"
    assert answer.headers["x-a"] == "ü?"
    assert answer.headers["x-mock-replay"] == "demo.jsonl:1"
    assert "anthropic-organization-id" not in answer.headers


def test_miss_is_a_400_that_names_the_nearest(tmp_path: Path) -> None:
    answer = call(app(tmp_path, line(BODY, JSON)), body={**BODY, "max_tokens": 10})
    assert answer.status == 400
    assert answer.headers["x-mock-replay"] == "miss"
    assert answer.headers["x-should-retry"] == "false"
    assert answer.error == (
        "No recording answers this request. The nearest is demo.jsonl:1: "
        "max_tokens: 9 was recorded, 10 is asked"
    )


def test_query_counts(tmp_path: Path) -> None:
    replaying = app(tmp_path, line(BODY, JSON, "/v1/messages?beta=true"))
    assert call(replaying, body=BODY).status == 400
    assert call(replaying, body=BODY, path="/v1/messages?beta=true").status == 200


def test_stream_comes_to_the_byte(tmp_path: Path) -> None:
    answer = call(app(tmp_path, line(BODY, STREAM)), body=BODY)
    assert answer.body.decode() == "".join(FRAMES)
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"


@pytest.mark.parametrize("strict", [False, True])
def test_strict_lets_the_rules_judge_first(tmp_path: Path, *, strict: bool) -> None:
    replaying = app(tmp_path, line(BAD, JSON), line(BODY, JSON), strict_replay=strict)
    assert call(replaying, body=BAD).status == (400 if strict else 200)
    assert call(replaying, body=BODY).status == 200


def test_strict_leaves_threads_as_they_were(tmp_path: Path) -> None:
    body = {**BODY, "thread": {"type": "create"}}
    replaying = app(tmp_path, line(body, JSON), strict_replay=True)
    headers = {**HEADERS, "anthropic-beta": "message-threads-2026-08-12"}
    assert call(replaying, body=body, headers=headers).status == 200


def test_keys_of_the_server_count(tmp_path: Path) -> None:
    replaying = app(tmp_path, line(BODY, JSON), keys=("sk-ant-good",))
    assert call(replaying, body=BODY).status == 401
    assert call(replaying, body=BODY, headers={**HEADERS, "x-api-key": "sk-ant-good"}).status == 200


def test_place_in_a_series_is_that_of_the_key_and_ends_with_a_reset(tmp_path: Path) -> None:
    other = {**JSON, "json": {"id": 2}}
    path = tmp_path / "demo.jsonl"
    path.write_text(f"{line(BODY, JSON)}\n{line(BODY, other)}\n", "utf-8")
    import http.client

    def asked(server: MockServer, key: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]))
        headers = {"x-api-key": key, "content-type": "application/json"}
        connection.request("POST", "/v1/messages", orjson.dumps(BODY), headers)
        value = json.loads(connection.getresponse().read())
        connection.close()
        return value["id"]

    with MockServer(replay=[path]) as server:
        assert [asked(server, server.api_key) for _ in range(3)] == [1, 2, 2]
        assert asked(server, "sk-ant-other") == 1
        server.reset()
        assert asked(server, server.api_key) == 1
        assert server.requests.last.script == "demo.jsonl:1"
        assert "demo.jsonl:1" in repr(server.requests.last)


def test_time_is_as_recorded_or_faster(tmp_path: Path) -> None:
    import http.client

    path = tmp_path / "demo.jsonl"
    path.write_text(f"{line(BODY, STREAM)}\n{line(BODY, {**JSON, 'ms': 40})}\n", "utf-8")
    with MockServer(replay=str(path), replay_speed=0.5) as server:
        connection = http.client.HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]))
        headers = {"x-api-key": server.api_key, "content-type": "application/json"}
        for least, expected in ((0.115, "".join(FRAMES)), (0.075, '{"id": 1}')):
            began = time.perf_counter()
            connection.request("POST", "/v1/messages", orjson.dumps(BODY), headers)
            body = connection.getresponse().read().decode()
            assert time.perf_counter() - began >= least
            assert body == expected
        connection.close()
        assert server.requests[0].answer["usage"] == {}


def test_control_api_stays(tmp_path: Path) -> None:
    answer = call(app(tmp_path, line(BODY, JSON)), method="GET", path="/_mock/health")
    assert answer.status == 200


def test_bad_cassette_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match=r"demo\.jsonl:1"):
        app(tmp_path, "{}")


def test_bad_mask_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="--mask: '\\(' is no regular expression"):
        app(tmp_path, line(BODY, JSON), masks=("(",))
