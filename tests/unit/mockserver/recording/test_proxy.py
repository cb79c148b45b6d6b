"""The proxy: what it passes on, what it passes back, and what it writes."""

from __future__ import annotations

import asyncio
import http.client
import json
import socket
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from mockserver.cassettes.writing import Cassette
from mockserver.recording import proxy
from mockserver.recording.upstream import Upstream
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import scope
from tests.unit.mockserver.recording.proxying import lines, recording, sse, whole
from tests.unit.mockserver.recording.proxying import upstream as stand_in

KEY = "sk-ant-api03-very-secret-0001"
EVENT = b'event: ping\ndata: {"type": "ping"}\n\n'
HEADERS = {"x-api-key": KEY, "content-type": "application/json"}


def asked(
    url: str,
    body: bytes = b'{"a":1}',
    method: str = "POST",
    path: str = "/v1/messages",
    headers: dict[str, str] = HEADERS,
) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    try:
        return response.status, {n.lower(): v for n, v in response.getheaders()}, response.read()
    finally:
        connection.close()


def test_response_passes_as_it_came_and_is_written_to_the_byte(tmp_path: Path) -> None:
    out = tmp_path / "demo.jsonl"
    answer = b'{"id":1, "text":"\\u00fc"}'
    with stand_in(whole(b"200 OK", answer)) as api, recording(api, out) as url:
        status, headers, body = asked(url, path="/v1/messages?beta=true")
        written = out.read_bytes()

    assert (status, body) == (200, answer)
    assert headers["content-length"] == str(len(answer))
    assert b'"json":' + answer in written
    assert KEY.encode() not in written
    (line,) = lines(out)
    assert line["request"]["path"] == "/v1/messages?beta=true"
    assert line["request"]["json"] == {"a": 1}
    assert "x-api-key" not in line["request"]["headers"]
    assert line["response"]["ms"] > 0
    assert "ended" not in line


@pytest.mark.parametrize(
    ("answer", "kind", "written"),
    [
        pytest.param(b'{\n "a": 1\n}', b"application/json", {"text": '{\n "a": 1\n}'}, id="lines"),
        pytest.param(b'{"a":1}\n{"a":2}\n', b"text/x", {"text": '{"a":1}\n{"a":2}\n'}, id="text"),
        pytest.param(
            b"\xff" + KEY.encode(), b"image/png", {"base64": "/1tyZW1vdmVkXQ=="}, id="bytes"
        ),
        pytest.param(
            json.dumps({"said": KEY}).encode(),
            b"application/json",
            {"json": {"said": "[removed]"}},
            id="secret",
        ),
    ],
)
def test_other_bodies_are_written_without_loss_but_of_secrets(
    tmp_path: Path, answer: bytes, kind: bytes, written: dict[str, object]
) -> None:
    out = tmp_path / "demo.jsonl"
    with stand_in(whole(b"200 OK", answer, kind)) as api, recording(api, out) as url:
        assert asked(url)[2] == answer

    (line,) = lines(out)
    assert written.items() <= line["response"].items()


def test_body_that_is_no_json_is_named_only(tmp_path: Path) -> None:
    out = tmp_path / "demo.jsonl"
    with stand_in(whole(b"200 OK", b"{}")) as api, recording(api, out) as url:
        asked(url, b"--x", headers={"content-type": "multipart/form-data; boundary=x"})

    assert lines(out)[0]["request"]["omitted"] == "multipart/form-data, 3 bytes"


def test_request_without_a_body_has_none(tmp_path: Path) -> None:
    out = tmp_path / "demo.jsonl"
    with stand_in(whole(b"404 Not Found", b"{}")) as api, recording(api, out) as url:
        assert asked(url, b"", "GET", "/v1/models")[0] == 404

    assert not {"json", "text", "omitted"} & lines(out)[0]["request"].keys()


def test_stream_passes_event_by_event_and_keeps_its_times(tmp_path: Path) -> None:
    out = tmp_path / "demo.jsonl"
    may_end = threading.Event()

    def act(connection: socket.socket, request: bytes) -> None:
        sse(EVENT, EVENT[:9], whole=False)(connection, request)
        assert may_end.wait(10)
        time.sleep(0.05)
        rest = EVENT[9:]
        connection.sendall(b"%x\r\n%b\r\n4\r\nrest\r\n0\r\n\r\n" % (len(rest), rest))

    with stand_in(act) as api, recording(api, out) as url:
        parts = urlsplit(url)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
        connection.request("POST", "/v1/messages", b"{}", HEADERS)
        response = connection.getresponse()
        first = response.read(len(EVENT))  # it is here while the upstream has not ended
        may_end.set()
        rest = response.read()
        connection.close()

    assert first + rest == EVENT * 2 + b"rest"
    (line,) = lines(out)
    times, texts = zip(*line["response"]["events"], strict=True)
    assert texts == (EVENT.decode(), EVENT.decode(), "rest")
    assert times[1] - times[0] >= 50
    assert line["response"]["headers"] == {
        "content-type": "text/event-stream; charset=utf-8",
        "request-id": "req_1",
    }


def test_stream_that_is_not_text_is_kept_as_bytes(tmp_path: Path) -> None:
    out = tmp_path / "demo.jsonl"
    with stand_in(sse(b"\xff\n\n")) as api, recording(api, out) as url:
        assert asked(url)[2] == b"\xff\n\n"

    assert lines(out)[0]["response"]["base64"] == "/woK"


def test_foreign_host_has_no_way_through(tmp_path: Path) -> None:
    with recording("http://127.0.0.1:1", tmp_path / "demo.jsonl") as url:
        assert asked(url, headers={**HEADERS, "host": "evil.example"})[0] == 403


def test_control_calls_pass_but_are_not_written(tmp_path: Path) -> None:
    out = tmp_path / "demo.jsonl"
    with stand_in(whole(b"200 OK", b"{}")) as api, recording(api, out) as url:
        assert asked(url, path="/_mock/reset")[0] == 200

    assert out.read_bytes() == b""


@pytest.mark.parametrize(
    ("sent", "lent", "seen"),
    [
        pytest.param({"x-api-key": KEY}, "sk-ant-lent-00", KEY, id="own"),
        pytest.param(
            {"x-api-key": "sk-ant-mock-0001"}, "sk-ant-lent-00", "sk-ant-lent-00", id="mock"
        ),
        pytest.param(
            {"authorization": "Bearer sk-ant-mock"}, "sk-ant-lent-00", "sk-ant-lent-00", id="bearer"
        ),
        pytest.param({}, "sk-ant-lent-00", "sk-ant-lent-00", id="none"),
        pytest.param(
            {"x-api-key": "sk-ant-mock-0001"}, None, "sk-ant-mock-0001", id="nothing-lent"
        ),
        pytest.param({}, "", None, id="no-key-at-all"),
    ],
)
def test_own_key_is_passed_on_and_another_lent_to_who_has_none(
    sent: dict[str, str], lent: str | None, seen: str | None
) -> None:
    headers = Upstream("http://127.0.0.1", lent).headers({**sent, "host": "localhost", "te": "x"})
    assert headers == {"accept-encoding": "identity"} | ({"x-api-key": seen} if seen else {})


def test_line_is_written_before_the_end_of_the_answer_goes(tmp_path: Path) -> None:
    out = tmp_path / "demo.jsonl"
    written: list[int] = []

    async def run(url: str) -> None:
        api = Upstream(url)
        await api.open()
        body = iter([{"type": "http.request", "body": b"{}", "more_body": False}])

        async def receive() -> Any:
            return next(body, None) or await asyncio.Event().wait()

        async def send(_message: Any) -> None:
            written.append(len(lines(out)))

        with closing(Cassette(out)) as cassette:
            app = proxy.recorder(Settings(), api, cassette)
            await app(scope("POST", "/v1/messages", {"host": "localhost"}), receive, send)
        await api.close()

    with stand_in(sse(EVENT)) as api:
        asyncio.run(run(api))

    assert written == [0, 0, 1]
