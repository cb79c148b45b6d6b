"""Each row of the table of what must not hurt has a test that bears its id."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.meta.rows import ROWS

ROOT = Path(__file__).parents[2]
# Where rows have their tests; to collect all others takes long.
PLACES = (
    "tests/wire",
    "tests/clients/test_faults.py",
    "tests/stateful/test_kill.py",
    "tests/unit/mockserver/control/test_serving.py",
    "tests/unit/mockserver/test_cli_serving.py",
    "tests/unit/mockserver/test_connections.py",
)
IN_NAME = re.compile(r"::test_([a-f][0-9]+)_")
IN_PARAMETER = re.compile(r"[\[-]([A-F][0-9]+)_")


@pytest.fixture(scope="module")
def borne() -> set[str]:
    """The ids that tests bear."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *PLACES], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = done.stdout
    return {found_id.upper() for found_id in IN_NAME.findall(found) + IN_PARAMETER.findall(found)}


def test_no_test_bears_an_id_that_is_no_row(borne: set[str]) -> None:
    assert borne - ROWS.keys() == set()


def test_every_part_of_the_table_is_there() -> None:
    counts = {part: sum(row[0] == part for row in ROWS) for part in "ABCDEF"}
    assert counts == {"A": 20, "B": 12, "C": 17, "D": 14, "E": 9, "F": 20}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_a_test(borne: set[str], row: str) -> None:
    assert row in borne, f"{row}: {ROWS[row].comes} -> {ROWS[row].follows}"
