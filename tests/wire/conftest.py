"""One server on a real socket for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from mockserver.testing import MockServer


@pytest.fixture(scope="session")
def server() -> Iterator[MockServer]:
    """A server whose day is fixed."""
    with MockServer(now="2026-11-22") as running:
        yield running


@pytest.fixture
def port(server: MockServer) -> int:
    """Where the server listens."""
    found = urlsplit(server.url).port
    assert found is not None
    return found
