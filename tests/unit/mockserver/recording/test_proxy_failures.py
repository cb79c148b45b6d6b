"""The proxy when something fails: the upstream, a client that leaves, a file that can't be written."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mockserver.cassettes.writing import Cassette
from mockserver.recording import proxy, upstream
from mockserver.recording.upstream import Upstream, UpstreamError
from tests.unit.mockserver.recording.proxying import lines, recording, sse, whole
from tests.unit.mockserver.recording.proxying import upstream as stand_in
from tests.unit.mockserver.recording.test_proxy import EVENT, asked


def test_stream_cut_by_the_upstream_is_cut_for_the_client_and_marked(tmp_path: Path) -> None:
    out = tmp_path / "demo.jsonl"
    with (
        stand_in(sse(EVENT, whole=False)) as api,
        recording(api, out) as url,
        pytest.raises(http.client.IncompleteRead),
    ):
        asked(url)

    assert lines(out)[0]["ended"] == "cut off by the upstream"


STOP = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'


@pytest.mark.parametrize(("event", "ended"), [(EVENT, "the client left"), (STOP, None)])
def test_client_that_leaves_ends_the_request_of_the_upstream(
    tmp_path: Path, event: bytes, ended: str | None
) -> None:
    out = tmp_path / "demo.jsonl"
    is_closed = threading.Event()

    def act(connection: socket.socket, request: bytes) -> None:
        sse(event, whole=False)(connection, request)
        if connection.recv(1) == b"":
            is_closed.set()

    with stand_in(act) as api, recording(api, out) as url:
        parts = urlsplit(url)
        with socket.create_connection((parts.hostname or "", parts.port or 0)) as client:
            client.sendall(
                b"POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}"
            )
            seen = b""
            while event[:-2] not in seen:
                seen += client.recv(65536)
        assert is_closed.wait(10)
        deadline = time.monotonic() + 10
        while not out.stat().st_size and time.monotonic() < deadline:
            time.sleep(0.01)

    assert lines(out)[0].get("ended") == ended


def test_client_that_leaves_before_the_head_leaves_no_line(tmp_path: Path) -> None:
    out = tmp_path / "demo.jsonl"
    is_closed = threading.Event()

    def act(connection: socket.socket, _request: bytes) -> None:
        if connection.recv(1) == b"":
            is_closed.set()

    with stand_in(act) as api, recording(api, out) as url:
        parts = urlsplit(url)
        with socket.create_connection((parts.hostname or "", parts.port or 0)) as client:
            client.sendall(
                b"POST /v1/messages HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}"
            )
            time.sleep(0.1)
        assert is_closed.wait(10)

    assert out.read_bytes() == b""


@pytest.mark.usefixtures("may_fail")
def test_upstream_that_is_not_there_is_a_502_in_the_envelope(tmp_path: Path) -> None:
    out = tmp_path / "demo.jsonl"
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with recording(f"http://127.0.0.1:{port}", out) as url:
        status, _, body = asked(url)

    error = json.loads(body)
    assert status == 502
    assert error["error"]["type"] == "api_error"
    assert error["error"]["message"].startswith(f"The upstream http://127.0.0.1:{port} did not ")
    assert out.read_bytes() == b""


@pytest.mark.usefixtures("may_fail")
def test_upstream_that_is_silent_for_too_long_is_a_504(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream, "ANSWER_SECONDS", 0.05)

    def act(connection: socket.socket, _request: bytes) -> None:
        connection.recv(1)

    with stand_in(act) as api, recording(api, tmp_path / "demo.jsonl") as url:
        assert asked(url)[0] == 504


@pytest.mark.parametrize("act", [whole(b"200 OK", b"x" * 50), sse(b"x" * 50)])
def test_answer_that_is_too_large_passes_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, act: object
) -> None:
    monkeypatch.setattr(proxy, "MOST_BYTES", 40)
    out = tmp_path / "demo.jsonl"
    with stand_in(act) as api, recording(api, out) as url:  # type: ignore[arg-type]
        assert asked(url)[2] == b"x" * 50

    assert out.read_bytes() == b""
    assert "was not recorded" in caplog.text


def test_line_that_cannot_be_written_is_told_and_the_answer_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(_file: int, _data: object) -> int:
        raise OSError(28, "No space left on device")

    with stand_in(whole(b"200 OK", b"{}")) as api, recording(api, tmp_path / "demo.jsonl") as url:
        monkeypatch.setattr("mockserver.cassettes.writing.os.write", full)
        assert asked(url)[0] == 200

    assert "No space left" in caplog.text


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("api.anthropic.com", "no http or https URL"),
        ("ftp://a", "no http or https URL"),
        ("https://key:secret@a", "without credentials"),
        ("https://a?key=1", "without credentials"),
    ],
)
def test_upstream_that_is_no_url_is_refused(url: str, problem: str) -> None:
    with pytest.raises(UpstreamError, match=problem) as caught:
        Upstream(url)
    assert "secret" not in str(caught.value)


def test_missing_client_is_named_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "httpx2", None)
    with pytest.raises(UpstreamError, match=r"pip install 'messages-mock\[record\]'"):
        Upstream("http://127.0.0.1")


def test_file_is_appended_to_and_a_cut_line_is_left(tmp_path: Path) -> None:
    out = tmp_path / "demo.jsonl"
    whole = b'{"request": {"method": "GET", "path": "/"}, "response": {"status": 200}}\n'
    out.write_bytes(whole + b'{"b"')
    cassette = Cassette(out)
    assert cassette.is_cut
    cassette.append(b"{}")
    cassette.close()

    assert out.read_bytes() == whole + b'{"b"\n{}\n'
