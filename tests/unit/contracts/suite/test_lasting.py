"""What the properties of files and batches say of servers that get one thing wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from contracts.models import as_of
from contracts.suite.check import checked
from contracts.suite.meter import Meter
from contracts.suite.properties import PROPERTIES, part_of
from contracts.suite.session import Session
from contracts.suite.transports import InProcess, Received, Sent
from mockserver.app import create_app
from mockserver.settings import Settings


def why(name: str, edit: Callable[[Any], object]) -> str:
    """What a property says of a server whose JSON answers are edited."""
    mock = InProcess(create_app(Settings(now=as_of())))

    def send(sent: Sent) -> Received:
        received = mock(sent)
        if sent.path.endswith("/results"):
            lines = [json.loads(line) for line in received.body.splitlines()]
            edit(lines)
            return received._replace(body=b"".join(json.dumps(x).encode() + b"\n" for x in lines))
        value = json.loads(received.body)
        edit(value)
        return received._replace(body=json.dumps(value).encode())

    (own,) = [each for each in PROPERTIES if each.id == name]
    report = checked([part_of(own, is_live=False)], Session(Meter(send), "key", as_of()))
    mock.close()
    return report.results[0].why


def of_ended(**changes: Any) -> Callable[[Any], object]:
    def edit(value: Any) -> None:
        if isinstance(value, dict) and value.get("processing_status") == "ended":
            value.update(changes)

    return edit


def of_lines(edit: Callable[[list[Any]], object]) -> Callable[[Any], object]:
    return lambda value: edit(value) if isinstance(value, list) else None


def of_lists(edit: Callable[[list[Any]], object]) -> Callable[[Any], object]:
    return lambda value: (
        edit(value["data"]) if isinstance(value, dict) and "data" in value else None
    )


@pytest.mark.parametrize(
    ("name", "edit", "expected"),
    [
        pytest.param(
            "lifecycles/results",
            of_ended(results_url="/v1/messages/batches/x/results"),
            "results_url: '/v1/messages/batches/x/results' is no URL of these results\n"
            "  differs   no results: status 404",
            id="url",
        ),
        pytest.param(
            "lifecycles/results",
            of_lines(lambda lines: lines.append(lines[0])),
            "results: [('item-0', 'succeeded'), ('item-1', 'errored'), ('item-2', 'succeeded'), ('item-0', 'succeeded')]",
            id="twice",
        ),
        pytest.param(
            "lifecycles/results",
            of_ended(request_counts={"processing": 0, "succeeded": 3}),
            "request_counts: {'succeeded': 3}, not {'succeeded': 2, 'errored': 1}",
            id="counts",
        ),
        pytest.param(
            "lifecycles/times",
            of_ended(ended_at="2020-01-01T00:00:00+00:00"),
            "ended_at: 2020-01-01T00:00:00+00:00, of a batch from 2026-11-2",
            id="ended_before_it_began",
        ),
        pytest.param(
            "lifecycles/times",
            of_ended(expires_at="2027-01-01T00:00:00+00:00"),
            ", then 2027-01-01T00:00:00+00:00",
            id="expiry_that_moves",
        ),
        pytest.param(
            "lifecycles/times",
            lambda value: value.update(expires_at=value["created_at"]),
            "expires_at: 0:00:00 after created_at",
            id="no_life",
        ),
        pytest.param("lifecycles/gone", of_lists(list.clear), "the list has []", id="batches"),
        pytest.param("files/gone", of_lists(list.clear), "the list has []", id="files"),
        pytest.param(
            "files/expires",
            lambda value: value.update(expires_at=None),
            "expires_at: None after created_at, not 3600 seconds",
            id="life",
        ),
    ],
)
def test_what_is_wrong_is_told(name: str, edit: Callable[[Any], object], expected: str) -> None:
    assert expected in why(name, edit)


@pytest.mark.parametrize("own", [p for p in PROPERTIES if p.claim.__module__.endswith("lasting")])
def test_server_that_is_right_passes(own: Any) -> None:
    assert why(own.id, lambda _: None) == ""
