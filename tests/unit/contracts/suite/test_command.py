"""The command that tries cases on a target, and prints what one sends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.models import as_of
from contracts.suite.__main__ import main
from mockserver.testing import MockServer

ROOT = Path(__file__).parents[4]


def test_body_is_printed() -> None:
    name = "requests/hello@2026-10-21"
    command = [sys.executable, "-m", "contracts.suite", "--body", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert json.loads(done.stdout)["messages"] == [{"role": "user", "content": "Hello"}]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            ["requests/helo@2026-10-21"], "did you mean 'requests/hello@2026-10-21'?", id="name"
        ),
        pytest.param(["requests/hello"], "--target is needed", id="target"),
    ],
)
def test_wrong_usage_is_told(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


def test_cases_are_tried_on_a_target(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-any")
    with MockServer(now=as_of()) as server:
        assert main(["--target", server.url, "prefill/trailing", "headers/body-too-large"]) == 0
        assert main(["--target", server.url, "--unsafe", "headers/large-body"]) == 0
    assert capsys.readouterr().out.endswith("1 of 1 trials as expected\n")


def test_what_differs_is_reported(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-any")
    with MockServer(now=as_of(), lenient=True) as server:
        assert main(["--target", server.url, "output/blank-stop-sequence[space]"]) == 1
    shown = capsys.readouterr().out
    assert "expected  400 invalid_request_error: stop_sequences: each stop" in shown
    assert shown.endswith("0 of 2 trials as expected\n")
