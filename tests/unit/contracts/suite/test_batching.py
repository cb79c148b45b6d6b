"""A request as the only item of a batch."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from contracts.suite import batching
from contracts.suite.batching import through_batch
from contracts.suite.errors import CaseError
from contracts.suite.transports import Received, Sent

SENT = Sent("POST", "/v1/messages", {"x-api-key": "k", "content-type": "c"}, b'{"a": 1}')


def serving(looks: int, result: Any) -> tuple[list[Sent], Callable[[Sent], Received]]:
    """A target whose batch ends after some looks at it."""
    sent: list[Sent] = []

    def send(request: Sent) -> Received:
        sent.append(request)
        if request.path.endswith("/results"):
            return Received(200, {}, json.dumps({"custom_id": "case", "result": result}).encode())
        status = "ended" if len(sent) > looks else "in_progress"
        url = "http://elsewhere/v1/messages/batches/b/results"
        batch = {"id": "b", "processing_status": status, "results_url": url}
        return Received(200, {}, json.dumps(batch).encode())

    return sent, send


def test_a_result_is_an_answer() -> None:
    sent, send = serving(2, {"type": "succeeded", "message": {"id": "m"}})
    received = through_batch(SENT, send)

    assert (received.status, json.loads(received.body)) == (200, {"id": "m"})
    assert json.loads(sent[0].body)["requests"][0]["params"] == {"a": 1}
    assert [request.path for request in sent[1:]] == [
        "/v1/messages/batches/b",
        "/v1/messages/batches/b",
        "/v1/messages/batches/b/results",
    ]
    assert sent[1] == Sent("GET", "/v1/messages/batches/b", {"x-api-key": "k"}, b"")


@pytest.mark.parametrize(
    ("result", "status"),
    [
        ({"type": "errored", "error": {"error": {"type": "not_found_error"}}}, 404),
        ({"type": "errored", "error": {"error": {"type": "invalid_request_error"}}}, 400),
        ({"type": "expired"}, 0),
    ],
)
def test_an_error_has_the_status_of_its_type(result: Any, status: int) -> None:
    assert through_batch(SENT, serving(0, result)[1]).status == status


def test_a_refused_batch_is_the_answer() -> None:
    refused = Received(400, {}, b"no")
    assert through_batch(SENT, lambda _sent: refused) is refused


def test_a_batch_that_does_not_end_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batching, "POLLS", 3)
    with pytest.raises(CaseError, match="the batch b has not ended after 3 looks at it"):
        through_batch(SENT, serving(99, {})[1])
