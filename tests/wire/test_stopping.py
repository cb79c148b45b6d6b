"""The end of a server by a signal: who is waited for, who is told, and when it is over at once."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from click.testing import CliRunner

from mockserver import serving
from mockserver.cli import COULD_NOT_START, main
from mockserver.serving import GRACE_SECONDS
from tests.unit.mockserver.test_cli_serving import port_of, served
from tests.wire import raw

HALF = raw.head(b"POST /v1/messages HTTP/1.1", b"content-length: 100\r\n") + b"{"
STOPPING = {"type": "api_error", "message": "The server is shutting down"}
PATIENCE = GRACE_SECONDS + 10  # machines differ
SLOW, QUICK = 1, 40


class Open(NamedTuple):
    """A server with three connections, as far as they have come."""

    process: subprocess.Popen[str]
    port: int
    idle: socket.socket
    uploading: socket.socket
    streaming: socket.socket


def streamed(tokens_per_second: float) -> bytes:
    pacing = {"tokens_per_second": tokens_per_second}
    reply = json.dumps({"text": "word " * 20, "pacing": pacing}).encode()
    body = raw.BODY.replace(b"{", b'{"stream":true,', 1)
    return raw.post(body, b"x-mock-reply: %b\r\n" % reply)


@contextmanager
def opened(tokens_per_second: float) -> Iterator[Open]:
    with served("--port", "0") as process, ExitStack() as stack:
        port = port_of(process)
        idle, uploading, streaming = (
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE))
            for _ in range(3)
        )
        idle.sendall(raw.post())
        assert raw.received(idle, 1)[0].status == 200
        uploading.sendall(HALF)
        streaming.sendall(streamed(tokens_per_second))
        assert streaming.recv(1) == b"H"  # it has begun
        yield Open(process, port, idle, uploading, streaming)


def rest(sock: socket.socket) -> bytes:
    return b"".join(iter(lambda: sock.recv(1 << 16), b""))


def frames(stream: bytes) -> list[dict[str, object]]:
    return [json.loads(line[6:]) for line in stream.decode().split("\n") if line[:6] == "data: "]


def test_f19_no_one_new_comes_and_the_idle_go_at_once() -> None:
    with opened(QUICK) as server:
        server.process.send_signal(signal.SIGTERM)
        assert rest(server.idle) == b""
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)


def test_f19_a_stream_that_ends_in_time_ends_whole() -> None:
    with opened(QUICK) as server:
        server.uploading.close()
        server.process.send_signal(signal.SIGTERM)
        assert frames(rest(server.streaming))[-1] == {"type": "message_stop"}
        out, err = server.process.communicate(timeout=PATIENCE)
    assert (server.process.returncode, out, err) == (0, "", "")


@pytest.mark.usefixtures("may_fail")
def test_f19_who_is_not_done_when_the_grace_is_over_is_told() -> None:
    with opened(SLOW) as server:
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        stream = rest(server.streaming)
        (upload,) = raw.received(server.uploading, 2)
        assert time.monotonic() - began > GRACE_SECONDS - 1
        out, err = server.process.communicate(timeout=PATIENCE)
    assert frames(stream)[-1]["error"] == {"details": None, **STOPPING}
    assert stream.endswith(b"\n\n\r\n0\r\n\r\n")
    assert upload.error == (503, *STOPPING.values())
    assert upload.header("connection") == "close"
    assert (server.process.returncode, out) == (0, "")
    assert "Traceback" not in err


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_f19_a_second_signal_ends_it_at_once(second: signal.Signals) -> None:
    with opened(SLOW) as server:
        began = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert rest(server.idle) == b""  # the first one has arrived
        server.process.send_signal(second)
        out, err = server.process.communicate(timeout=PATIENCE)
        took = time.monotonic() - began
        assert frames(rest(server.streaming))[-1]["error"] == {"details": None, **STOPPING}
    assert (server.process.returncode, out, err) == (0, "", "")
    assert took < GRACE_SECONDS


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_f20_a_signal_while_it_starts_stops_it(
    monkeypatch: pytest.MonkeyPatch, stop: signal.Signals
) -> None:
    monkeypatch.setattr(serving, "server_for", lambda _: signal.raise_signal(stop))
    before = {s: signal.getsignal(s) for s in (signal.SIGTERM, signal.SIGINT)}
    try:
        result = CliRunner().invoke(main, ["serve", "--port", "0"])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert (result.exit_code, result.output) == (0, "")


def in_a_file(path: Path) -> Path:
    (path / "file").write_text("")
    return path / "file" / "data"


def not_a_store(path: Path) -> Path:
    (path / "store.sqlite3").write_bytes(b"something else " * 100)
    return path


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        pytest.param(in_a_file, "Not a directory", id="F20_in_a_file"),
        pytest.param(not_a_store, "file is not a database", id="F20_not_a_store"),
    ],
)
def test_a_bad_data_directory_exits_with_3_and_one_line(
    tmp_path: Path, spoilt: object, why: str
) -> None:
    assert callable(spoilt)
    with served("--port", "0", "--data-dir", str(spoilt(tmp_path))) as process:
        out, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (COULD_NOT_START, "")
    assert err.startswith("messages-mock: cannot use ")
    assert why in err
    assert err.count("\n") == 1
