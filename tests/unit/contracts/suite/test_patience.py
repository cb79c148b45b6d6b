"""A busy target is asked again, later each time."""

from __future__ import annotations

import pytest

from contracts.suite.patience import Patient
from contracts.suite.transports import Received, Sent

SENT = Sent("POST", "/v1/messages", {}, b"{}")


@pytest.mark.parametrize(
    ("answers", "pauses", "status"),
    [
        pytest.param([(200, "")], [], 200, id="not_busy"),
        pytest.param([(429, "7"), (200, "")], [7.0], 200, id="as_long_as_it_asks"),
        pytest.param([(429, "900"), (400, "")], [60.0], 400, id="not_forever"),
        pytest.param([(529, "")] * 9, [2.0, 4.0, 8.0], 529, id="gives_up"),
    ],
)
def test_patient(answers: list[tuple[int, str]], pauses: list[float], status: int) -> None:
    received = iter(Received(code, {"retry-after": wish}, b"") for code, wish in answers)
    slept: list[float] = []

    assert Patient(lambda _sent: next(received), slept.append)(SENT).status == status
    assert slept == pauses
