"""What hunts for disagreements compare: the mock as the reference, and a target that is looser."""

from collections.abc import Iterator

import pytest

from contracts.models import as_of
from contracts.suite.running import Target
from contracts.suite.transports import InProcess, Received, Sent
from mockserver.app import create_app
from mockserver.settings import Settings

LOOSE = ("shape", "model.unknown")


@pytest.fixture(scope="module")
def reference() -> Iterator[Target]:
    transport = InProcess(create_app(Settings(now=as_of())))
    yield Target(transport, "sk-ant-reference")
    transport.close()


@pytest.fixture(scope="module")
def loose(reference: Target) -> Target:
    """The reference, but for some rules that it does not know."""

    def send(sent: Sent) -> Received:
        received = reference.send(sent)
        is_loose = received.headers.get("x-mock-rule", "") in LOOSE
        return Received(200, {}, b"{}") if is_loose else received

    return Target(send, "sk-ant-loose")
