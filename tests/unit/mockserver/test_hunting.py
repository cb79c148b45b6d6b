"""`messages-mock fuzz`: what it prints, the exit codes, the case files."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver.cli import main
from mockserver.testing import MockServer
from tests.unit.mockserver.loose import loose


def fuzz(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["fuzz", *arguments])
    return done.exit_code, done.output


def test_a_server_that_takes_any_shape_disagrees(tmp_path: Path) -> None:
    out, corpus = tmp_path / "cases", tmp_path / "corpus"
    with loose() as url:
        code, shown = fuzz(
            *("--target", url, "--seed", "2", "--examples", "40"),
            *("--out", str(out), "--corpus", str(corpus)),
        )

    assert code == 1
    assert shown.startswith("seed 2\n")
    assert "% of " in shown
    assert "only the contract refuses: " in shown
    assert list(out.glob("disagreement-*.yaml"))
    assert any(corpus.iterdir())


def test_the_mock_agrees_and_busy_targets_have_no_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with MockServer(now="2026-11-22") as server:
        server.script([{"reply": {"error": 529}, "times": 2}])
        code, shown = fuzz(
            *("--target", server.url, "--examples", "20", "--minutes", "5", "--seed", "1"),
            *("--key", server.api_key),
        )

    assert code == 0
    assert "no disagreement" in shown
    assert "got no verdict from the target" in shown
    assert not (tmp_path / "disagreements").exists()


def test_targets_that_can_not_be_reached_are_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        code, shown = fuzz("--target", url, "--examples", "3")

    assert code == 3
    assert f"messages-mock: {url}: " in shown
    assert fuzz("--target", "ftp://x")[0] == 3


def test_without_hypothesis_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "contracts.suite.disagreeing", None)
    monkeypatch.delattr("contracts.suite.disagreeing", raising=False)
    code, shown = fuzz("--target", "http://127.0.0.1:1")

    assert code == 3
    assert "pip install 'messages-mock[suite]'" in shown


def test_a_folder_that_can_not_be_written_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    unreachable = ("--target", "http://127.0.0.1:1")
    code, shown = fuzz(*unreachable, "--out", str(tmp_path / "file" / "cases"))

    assert code == 2
    assert "file is no folder that can be written" in shown
    code, shown = fuzz(*unreachable, "--corpus", str(tmp_path / "file" / "corpus"))
    assert code == 3
    assert "corpus: can't be written: Not a directory" in shown


def test_what_was_found_is_shown_where_it_can_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("contracts.suite.writing.written", full)
    with loose() as url:
        code, shown = fuzz(
            *("--target", url, "--seed", "2", "--examples", "40"), "--out", str(tmp_path)
        )

    assert code == 2
    assert "only the contract refuses: " in shown
    assert "No space left on device" in shown
