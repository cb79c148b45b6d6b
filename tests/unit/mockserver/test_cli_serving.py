"""The command `serve` in a process of its own: how it starts, is stopped, and what keeps it from starting."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from mockserver import serving
from mockserver.cli import COULD_NOT_START, with_token
from mockserver.contract import OURS
from mockserver.settings import Settings
from tests.unit.mockserver.test_cli import ran

COMMAND = [sys.executable, "-m", "mockserver"]
STARTED = re.compile(
    r"messages-mock \S+ listens on http://127\.0\.0\.1:(\d+) \(Ctrl\+C stops it\)\n"
)


@contextmanager
def served(*words: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own; it is gone when the block ends."""
    process = subprocess.Popen(
        [*COMMAND, "serve", *words],
        cwd=OURS.parent,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def port_of(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    line = process.stdout.readline()
    match = STARTED.fullmatch(line)
    assert match, line
    return int(match[1])


def test_f20_a_taken_port_exits_with_3_and_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with served("--port", str(port)) as process:
            out, err = process.communicate(timeout=20)
    assert process.returncode == COULD_NOT_START == 3
    assert out == ""
    assert err == (
        f"messages-mock: cannot listen on 127.0.0.1 port {port}: Address already in use; "
        "choose another with --port (0 takes a free one)\n"
    )


def test_e9_a_taken_data_directory_exits_with_3_and_one_line(tmp_path: Path) -> None:
    words = ("--port", "0", "--data-dir", str(tmp_path))
    with served(*words) as first:
        port_of(first)
        with served(*words) as second:
            out, err = second.communicate(timeout=20)
        first.send_signal(signal.SIGTERM)
        assert first.communicate(timeout=20) == ("", "")
    assert (second.returncode, out) == (COULD_NOT_START, "")
    assert err == (
        f"messages-mock: {tmp_path} is in use by another server; "
        "stop that one or use another --data-dir\n"
    )


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_server_with_0(stop: signal.Signals) -> None:
    with served("--port", "0") as process:
        port = port_of(process)
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            process.send_signal(stop)
            out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_before_the_server_runs_stops_it(
    monkeypatch: pytest.MonkeyPatch, stop: signal.Signals
) -> None:
    class Starting:
        should_exit = False

        def run(self, sockets: list[socket.socket]) -> None:
            signal.raise_signal(stop)
            sockets[0].close()

    server = Starting()
    monkeypatch.setattr(serving, "server_for", lambda _: server)
    before = {s: signal.getsignal(s) for s in (signal.SIGTERM, signal.SIGINT)}
    try:
        result = ran("serve", "--port", "0")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert (result.exit_code, server.should_exit) == (0, True)


def test_options_come_from_the_environment() -> None:
    environment = {"MESSAGES_MOCK_SERVE_PORT": "0", "MESSAGES_MOCK_SERVE_KEYS": "secret"}
    with served(**environment) as process:
        port = port_of(process)
        with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
            sock.sendall(
                b"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nx-api-key: other\r\n"
                b"Connection: close\r\ncontent-length: 0\r\n\r\n"
            )
            assert b"invalid x-api-key" in b"".join(iter(lambda: sock.recv(4096), b""))


def test_a_foreign_contracts_exits_with_3_and_one_line(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "__init__.py").touch()
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{OURS.parent}"}
    done = subprocess.run(
        [*COMMAND, "serve", "--port", "0"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stdout) == (COULD_NOT_START, "")
    assert done.stderr.startswith(
        "messages-mock: messages-mock needs its own package `contracts` at"
    )
    assert str(tmp_path / "contracts") in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_script_that_cannot_be_read_exits_with_3_and_one_line(tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    path.write_text("- reply: {txet: a}\n")
    result = ran("serve", "--port", "0", "--script", str(path))
    assert result.exit_code == COULD_NOT_START
    assert f"messages-mock: {path}:1: reply.txet: there is no key 'txet'" in result.output
    assert len(result.output.splitlines()) == 1
    missing = ran("serve", "--script", str(tmp_path / "none.yaml"))
    assert missing.exit_code == 2
    assert "does not exist" in missing.output


def test_a_token_is_made_and_printed_where_others_can_call(
    capsys: pytest.CaptureFixture[str],
) -> None:
    local = Settings()
    assert with_token(local) is local
    given = Settings(host="0.0.0.0", control_token="token")
    assert with_token(given) is given
    without = Settings(host="0.0.0.0", control=False)
    assert with_token(without) is without
    assert capsys.readouterr().out == ""
    made = with_token(Settings(host="0.0.0.0")).control_token
    assert made is not None
    assert len(made) >= 32
    assert capsys.readouterr().out == f"The control API needs the header x-mock-token: {made}\n"
