"""One server on a real socket for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from mockserver.testing import MockServer
from tests.guards import broken
from tests.wire import raw


@pytest.fixture(scope="session")
def server() -> Iterator[MockServer]:
    """A server whose day is fixed."""
    with MockServer(now="2026-11-22") as running:
        yield running
        records = running.access("sk-ant-raw").requests
        assert len(records) > 0
        assert "sk-ant-" not in str([record.headers for record in records])


@pytest.fixture
def port(server: MockServer) -> int:
    """Where the server listens."""
    found = urlsplit(server.url).port
    assert found is not None
    return found


@pytest.fixture(params=["at_once", "byte_by_byte"])
def parts(request: pytest.FixtureRequest) -> raw.Parts:
    """How a request is sent: in one write, or one byte per write; large ones in 10,000 writes."""
    return (lambda whole: [whole]) if request.param == "at_once" else raw.sliced


@pytest.fixture(autouse=True)
def sound(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Whatever a test is about, its responses are sound and no key is logged."""
    raw.SEEN.clear()
    yield
    assert broken(raw.SEEN, may_fail="may_fail" in request.fixturenames) == []
    assert "sk-ant-" not in caplog.text
