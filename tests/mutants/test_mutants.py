"""The suite alone notices every wrong server, and none that is right."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants.catching import caught
from tests.mutants.every import MUTANTS
from tests.mutants.mutant import Mutant

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant_is_caught_where_it_must_be(mutant: Mutant) -> None:
    found = caught(mutant)

    assert found.by, f"nothing noticed: {mutant.about}"
    assert found.by[0].partition("/")[0] in mutant.topics
    assert found.because


def test_there_are_enough_mutants() -> None:
    assert len(MUTANTS) >= 25
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


def test_report_says_what_caught_which() -> None:
    command = [sys.executable, "-m", "tests.mutants", "one-id-for-all"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    assert "one-id-for-all  ids/unique   ids of messages come twice" in done.stdout
    assert done.stdout.endswith("1 of 1 caught\n")
