"""What requests cost is estimated on the safe side, counted and bounded."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts.suite.meter import CeilingReached, Meter, spent, worst
from contracts.suite.transports import Received, Sent

HELLO: dict[str, Any] = {"model": "claude-haiku-4-5", "max_tokens": 1000, "messages": []}


def sent(body: Any = HELLO, path: str = "/v1/messages") -> Sent:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Sent("POST", path, {}, raw)


def received(usage: Any = None, status: int = 200) -> Received:
    return Received(status, {}, json.dumps({"usage": usage}).encode())


USED = {"input_tokens": 100, "cache_read_input_tokens": None, "output_tokens": 200}


@pytest.mark.parametrize(
    ("request_", "least", "most"),
    [
        pytest.param(sent(), 0.005, 0.0051, id="all_its_tokens"),
        pytest.param(sent(path="/v1/messages/count_tokens"), 0, 0, id="counting_is_free"),
        pytest.param(sent({**HELLO, "model": "claude-x"}), 0, 0, id="no_such_model"),
        pytest.param(sent({**HELLO, "max_tokens": "x"}), 0, 0.0001, id="no_number"),
        pytest.param(sent(b"{"), 0, 0, id="no_json"),
        pytest.param(sent([]), 0, 0, id="no_object"),
    ],
)
def test_worst(request_: Sent, least: float, most: float) -> None:
    assert least <= worst(request_) <= most


@pytest.mark.parametrize(
    ("request_", "answer", "usd"),
    [
        pytest.param(sent(), received(USED), 0.0012, id="as_usage_says"),
        pytest.param(sent(), received({"output_tokens": "x"}), 0.0, id="usage_of_no_numbers"),
        pytest.param(sent(), received(), worst(sent()), id="no_usage"),
        pytest.param(sent(), received(USED, 400), 0.0, id="refused"),
        pytest.param(sent(path="/v1/models"), received(USED), 0.0, id="read"),
    ],
)
def test_spent(request_: Sent, answer: Received, usd: float) -> None:
    assert spent(request_, answer) == pytest.approx(usd)


def test_meter_counts_and_stops_at_its_ceilings() -> None:
    meter = Meter(lambda _sent: received(USED), 2, 0.01)
    meter(sent())
    meter(sent())

    assert (meter.requests, meter.usd) == (2, pytest.approx(0.0024))
    with pytest.raises(CeilingReached, match="ceiling of 2 requests"):
        meter(sent())
    with pytest.raises(CeilingReached, match=r"cost ceiling of \$0.01 is reached: \$0.0024 are"):
        meter.reserve(0.008)


def test_meter_sends_nothing_when_all_is_spent() -> None:
    meter = Meter(lambda _sent: received(USED), most_usd=0.001)
    meter(sent())

    with pytest.raises(CeilingReached, match="cost ceiling"):
        meter(sent())
