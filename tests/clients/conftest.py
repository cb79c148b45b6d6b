"""Fixtures: the mock, a stand-in whose script must come out even, and a client that talks to either."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import anthropic
import pytest

from mockserver.testing import MockServer
from tests.clients.stand_in import StandIn


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide the developer's own key and profile from the SDK."""
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    """A stand-in server; fails the test if a reply went unused or a request had none."""
    with StandIn() as server:
        yield server
    assert not server.script
    assert server.unscripted == 0


@pytest.fixture
def client(stand_in: StandIn) -> Iterator[anthropic.Anthropic]:
    """An SDK client of the stand-in that does not retry."""
    with anthropic.Anthropic(base_url=stand_in.url, api_key="sk-ant-test", max_retries=0) as sdk:
        yield sdk


@pytest.fixture(scope="module")
def mock() -> Iterator[MockServer]:
    """One mock for the tests of a module, each of which takes its own key."""
    with MockServer() as server:
        yield server


@pytest.fixture
def sdk(mock: MockServer) -> Iterator[anthropic.Anthropic]:
    """An SDK client of the mock that does not retry."""
    with anthropic.Anthropic(base_url=mock.url, api_key=mock.fresh_key(), max_retries=0) as client:
        yield client
