"""The command that prints what a case sends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.suite.__main__ import main
from tests.unit.contracts.suite.folder import read

ROOT = Path(__file__).parents[4]


def test_body_is_printed() -> None:
    command = [sys.executable, "-m", "contracts.suite", "requests/hello@2026-10-21"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    assert json.loads(done.stdout)["messages"] == [{"role": "user", "content": "Hello"}]


def test_body_of_a_case_of_a_user_is_printed(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    read(tmp_path, "  - {id: one, accepted: true, set: {system: Mine}}\n")

    assert main(["--cases", str(tmp_path), "topic/one@2023-06-01"]) == 0
    assert json.loads(capfdbinary.readouterr().out)["system"] == "Mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            ["requests/helo@2026-10-21"], "did you mean 'requests/hello@2026-10-21'?", id="name"
        ),
        pytest.param(["--cases", "/gone", "a"], "/gone: there is no such folder", id="folder"),
    ],
)
def test_wrong_usage_is_told(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err
