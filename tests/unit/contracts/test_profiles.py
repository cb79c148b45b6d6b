"""What the API may do without notice is drift under the tolerant profile, and a failure under the strict one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts.findings import Finding
from contracts.oracle import check_message, check_stream
from contracts.profiles import STRICT, TOLERANT, judged
from contracts.resources import check_resource
from tests.unit.contracts.samples import STOPPED, delta, message, started, text_block, wire

VERSION = "2026-10-21"


def reordered(value: dict[str, Any]) -> dict[str, Any]:
    return dict(reversed(value.items()))


@pytest.mark.parametrize(
    ("findings", "is_drift"),
    [
        pytest.param(check_message(message(mood="calm"), VERSION), True, id="unknown_field"),
        pytest.param(
            check_message(message(content=[{"type": "song"}]), VERSION), True, id="unknown_block"
        ),
        pytest.param(
            check_message(message(stop_reason="bored"), VERSION), True, id="unknown_value"
        ),
        pytest.param(check_message(reordered(message()), VERSION), True, id="another_order"),
        pytest.param(check_message(message(stop_reason=7), VERSION), False, id="no_text"),
        pytest.param(check_message(message(content=[7]), VERSION), False, id="no_block"),
        pytest.param(
            check_message(message(content=[{"type": 7}]), VERSION), False, id="tag_of_no_text"
        ),
        pytest.param(
            check_message(message(content=[{"type": "text"}]), VERSION), False, id="missing_field"
        ),
        pytest.param(
            check_resource(
                "deleted_file",
                {"id": "file_01" + "a" * 22, "type": "file_deleted", "x": 1},
                VERSION,
            ),
            True,
            id="unknown_field_of_a_resource",
        ),
    ],
)
def test_drift(findings: list[Finding], is_drift: bool) -> None:
    assert findings
    assert judged(findings, STRICT) == (findings, [])
    assert judged(findings, TOLERANT) == (([], findings) if is_drift else (findings, []))


def test_unknown_event_is_drift_inside_a_stream_alone() -> None:
    events = [{"type": "weather"}, {"type": "message_stop"}]
    raw = "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events).encode()

    assert [finding.is_drift for finding in check_stream(raw, VERSION)] == [False]


def test_unknown_event_is_passed_over_inside_a_stream() -> None:
    raw = wire([started(), {"type": "weather"}, *text_block(), delta(), STOPPED])

    assert [(f.path, f.is_drift) for f in check_stream(raw, VERSION)] == [("event 2", True)]
