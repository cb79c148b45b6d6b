"""A server that a hunt finds something on: the mock, but for the shape of requests, at which it does not look."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from contracts.models import as_of
from contracts.suite.transports import InProcess, Received, Sent
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.mutants.serving import served


@contextmanager
def loose() -> Iterator[str]:
    """Its base URL."""
    right = InProcess(create_app(Settings(now=as_of())))

    def send(sent: Sent) -> Received:
        received = right(sent)
        is_loose = received.headers.get("x-mock-rule") == "shape"
        return Received(200, {"content-type": "application/json"}, b"{}") if is_loose else received

    with served(send) as url:
        yield url
    right.close()
