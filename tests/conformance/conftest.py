"""The targets that every case runs on: the mock in this process, and the mock behind a socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contracts.models import as_of
from contracts.suite.clocks import clock_of
from contracts.suite.running import Target
from contracts.suite.transports import Http, InProcess
from mockserver.app import create_app
from mockserver.settings import Settings
from mockserver.testing import MockServer


@pytest.fixture(scope="session")
def in_process() -> Iterator[Target]:
    transport = InProcess(create_app(Settings(now=as_of())))
    key = "sk-ant-suite"
    yield Target(transport, key, clock=clock_of(transport, key))
    transport.close()


@pytest.fixture(scope="session")
def socket() -> Iterator[Target]:
    with MockServer(now=as_of()) as server:
        transport = Http(server.url)
        yield Target(transport, server.api_key, clock=clock_of(transport, server.api_key))
        transport.close()


@pytest.fixture(params=["in_process", "socket"])
def target(request: pytest.FixtureRequest, in_process: Target, socket: Target) -> Target:
    return in_process if request.param == "in_process" else socket
