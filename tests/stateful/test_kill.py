"""The kill test, a little of it; the whole is a command: python -m tests.stateful.kill."""

from __future__ import annotations

from tests.stateful import kill


def test_e6_what_was_acknowledged_survives_a_kill() -> None:
    assert sum(kill.rounds(1)) > 0
