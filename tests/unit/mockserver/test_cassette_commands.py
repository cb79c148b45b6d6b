"""The commands about cassettes, as processes and in this one."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mockserver import cassette_commands
from mockserver.cli import main
from mockserver.contract import OURS
from mockserver.running import COULD_NOT_START
from mockserver.testing import MockServer


def ran(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), prog_name="messages-mock")


def test_record_serves_until_it_is_stopped_and_leaves_a_cut_line(tmp_path: Path) -> None:
    out = tmp_path / "demo.jsonl"
    out.write_text('{"cut', "utf-8")
    command = [sys.executable, "-m", "mockserver", "record", "--port", "0", "--out", str(out)]
    with MockServer() as api:
        process = subprocess.Popen(
            [*command, "--upstream", api.url],
            cwd=OURS.parent,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        line = process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=20)

    assert re.fullmatch(
        rf"messages-mock \S+ records {api.url} to {out} on http://127\.0\.0\.1:\d+ \(Ctrl\+C stops it\)\n",
        line,
    )
    assert process.returncode == 0
    assert told == f"messages-mock: {out}: the last line is cut off; it was left as it is\n"
    assert out.read_text("utf-8") == '{"cut\n'


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # not listened on
def test_key_of_the_environment_is_lent_on_loopback_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: str
) -> None:
    seen: list[str | None] = []
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-lent")
    from mockserver.recording import upstream

    def made(_url: str, key: str | None) -> None:
        seen.append(key)
        raise upstream.UpstreamError("enough")

    monkeypatch.setattr(upstream, "Upstream", made)
    result = ran("record", "--host", host, "--out", str(tmp_path / "a"))
    assert (result.exit_code, result.stderr) == (COULD_NOT_START, "messages-mock: enough\n")
    assert seen == ["sk-ant-lent" if host == "127.0.0.1" else None]


def test_record_in_this_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def run(server: Any, listener: Any) -> None:
        listener.close()
        server.config.app._app._cassette.close()

    monkeypatch.setattr(cassette_commands, "run", run)
    monkeypatch.setattr(cassette_commands, "stoppable", lambda server: None)
    result = ran("record", "--port", "0", "--out", str(tmp_path / "a.jsonl"))
    assert result.exit_code == 0
    assert "records https://api.anthropic.com to" in result.stdout
