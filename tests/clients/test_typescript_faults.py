"""The twins in TypeScript under the faults that the programs in Python are tried under (test_faults.py)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from mockserver.testing import MockServer
from tests.clients.test_faults import BEFORE, BETWEEN_EVENTS, HARMLESS, IN_STREAM, SAID
from tests.clients.typescript import NEEDS_NODE, node

pytestmark = NEEDS_NODE

# Milliseconds. What stalls after its first event must have sent that one within the shorter.
TIMEOUT, PATIENT = 2_000, 20_000
WAITING = ("F7_stall", "F7_slow", "F8_stall")
CUT_JSON: dict[str, dict[str, Any]] = {
    "F9_cut": {"fault": {"kind": "cut", "byte": 30}},
    "F9_reset": {"fault": {"kind": "reset", "byte": 30}},
    "F15_html": {"fault": "html"},
    "F15_length_too_small": {"fault": "length_too_small"},
    "F15_length_too_large": {"fault": "length_too_large"},
}


class Row(NamedTuple):
    """A program under a fault, and what must become of it: its result, the error's class, how often it asked."""

    name: str
    program: str
    reply: dict[str, Any]
    result: str | None
    error: str | None
    requests: int

    @property
    def asked(self) -> dict[str, Any]:
        """The row as the driver reads it."""
        timeout = TIMEOUT if self.name in WAITING else PATIENT
        return {"program": self.program, "reply": self.reply, "timeout": timeout}


def before() -> Iterator[Row]:
    """Before the answer begins the SDK tries again, then says what it was."""
    errors = {"F15_html_of_a_gateway": "InternalServerError"}
    errors |= dict.fromkeys(WAITING, "APIConnectionTimeoutError")
    for name, row in BEFORE.items():
        for program in ("ask", "stream"):
            error = errors.get(name, "APIConnectionError")
            yield Row(name, program, row.reply, None, error, row.requests)


def in_stream() -> Iterator[Row]:
    """A stream that breaks off is never taken for the whole; it is asked for once more, then given up."""
    for name, row in IN_STREAM.items():
        yield Row(name, "stream", row.reply, None, "BrokenStreamError", 1)
        yield Row(name, "answerStreamed", row.reply, "interrupted", None, 2)


def cut_json() -> Iterator[Row]:
    """What is no whole message is told as that."""
    for name, reply in CUT_JSON.items():
        for program in ("ask", "converse", "answer"):
            yield Row(name, program, reply, None, "NoMessageError", 1)


def harmless() -> Iterator[Row]:
    """What is legal on the wire changes nothing."""
    for name, reply in HARMLESS.items():
        said = {"text": SAID, **reply}
        yield Row(name, "stream", said, SAID, None, 1)
        # This SDK takes what is not announced as JSON for a text.
        if name == "F15_wrong_type":
            yield Row(name, "ask", said, None, "NoMessageError", 1)
        elif name not in BETWEEN_EVENTS:
            yield Row(name, "ask", said, SAID, None, 1)


ROWS = [*before(), *in_stream(), *cut_json(), *harmless()]


@pytest.fixture(scope="module")
def outcomes() -> list[dict[str, Any]]:
    """What became of each row; all run in one process, side by side."""
    with MockServer() as server:
        done = node(server.access(), "faults.mjs", given=json.dumps([row.asked for row in ROWS]))
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    "number", range(len(ROWS)), ids=[f"{row.name}-{row.program}" for row in ROWS]
)
def test_the_twins_say_what_became_of_it(number: int, outcomes: list[dict[str, Any]]) -> None:
    row = ROWS[number]

    assert outcomes[number] == {
        "result": row.result,
        "error": row.error,
        "requests": row.requests,
    }
