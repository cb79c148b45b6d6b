"""pytest fixtures, found without configuration.

messages_mock_server   one server for the whole run
messages_mock          the same server with a fresh key, and the SDK's environment variables pointing at it
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mockserver.testing import MockServer


@dataclass(frozen=True)
class Access:
    """Where a test finds its server, and the key to a workspace of its own."""

    url: str
    api_key: str


@pytest.fixture(scope="session")
def messages_mock_server() -> Iterator[MockServer]:
    """One running server for all tests."""
    # Imported on use: a run that asks for no server must not pay for one, nor meet a foreign `contracts`.
    from mockserver.testing import MockServer  # noqa: PLC0415 # on use

    with MockServer() as server:
        yield server


@pytest.fixture
def messages_mock(messages_mock_server: MockServer, monkeypatch: pytest.MonkeyPatch) -> Access:
    """A fresh workspace; `anthropic.Anthropic()` without arguments talks to it."""
    access = Access(messages_mock_server.url, messages_mock_server.fresh_key())
    monkeypatch.setenv("ANTHROPIC_BASE_URL", access.url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", access.api_key)
    monkeypatch.delenv("ANTHROPIC_AUTH_TOKEN", raising=False)
    return access
