"""pytest fixtures, found without configuration.

messages_mock_server   one server for the whole run
messages_mock          the same server with a fresh key, and the SDK's environment variables pointing at it
claude, async_claude   SDK clients that talk to it with that key
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import anthropic

    from mockserver.testing import Access, MockServer

MISSING = "the fixtures claude and async_claude need the SDK: pip install 'messages-mock[clients]'"


@pytest.fixture(scope="session")
def messages_mock_server() -> Iterator[MockServer]:
    """One running server for all tests."""
    # Imported on use: a run that asks for no server must not pay for one, nor meet a foreign `contracts`.
    from mockserver.testing import MockServer  # noqa: PLC0415 # on use

    with MockServer() as server:
        yield server


@pytest.fixture
def messages_mock(messages_mock_server: MockServer, monkeypatch: pytest.MonkeyPatch) -> Access:
    """A fresh workspace to script and look at; `anthropic.Anthropic()` without arguments talks to it."""
    access = messages_mock_server.access()
    monkeypatch.setenv("ANTHROPIC_BASE_URL", access.url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", access.api_key)
    monkeypatch.delenv("ANTHROPIC_AUTH_TOKEN", raising=False)
    return access


@pytest.fixture
def claude(messages_mock: Access) -> Iterator[anthropic.Anthropic]:
    """An SDK client of the test's own workspace."""
    with _sdk().Anthropic(base_url=messages_mock.url, api_key=messages_mock.api_key) as client:
        yield client


@pytest.fixture
def async_claude(messages_mock: Access) -> anthropic.AsyncAnthropic:
    """An asynchronous SDK client of the test's own workspace, for any event loop."""
    # Which loop the test uses is not known here, so nothing can be closed in it: no connection is kept.
    found: anthropic.AsyncAnthropic = _sdk().AsyncAnthropic(
        base_url=messages_mock.url,
        api_key=messages_mock.api_key,
        default_headers={"connection": "close"},
    )
    return found


def _sdk() -> Any:
    try:
        import anthropic  # noqa: PLC0415 # on use
    except ImportError as error:
        raise pytest.UsageError(MISSING) from error
    return anthropic
