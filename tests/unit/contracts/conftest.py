"""One derivation from the installed SDK for all tests: importing it takes seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts import derive
from contracts.passes import Schema


@pytest.fixture(scope="session")
def fresh() -> dict[Path, Schema]:
    """Every document that the installed SDK gives, by its path below `schemas/`."""
    return dict(derive.documents())
