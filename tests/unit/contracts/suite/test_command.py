"""The command that prints a trial's body."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.suite.__main__ import main

ROOT = Path(__file__).parents[4]


def test_body_is_printed() -> None:
    name = "requests/hello@2026-10-21"
    done = subprocess.run(
        [sys.executable, "-m", "contracts.suite", name], cwd=ROOT, capture_output=True, check=True
    )
    assert json.loads(done.stdout)["messages"] == [{"role": "user", "content": "Hello"}]


@pytest.mark.parametrize("arguments", [[], ["requests/helo@2026-10-21"]])
def test_unknown_trial_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "there is no trial" in capsys.readouterr().err
