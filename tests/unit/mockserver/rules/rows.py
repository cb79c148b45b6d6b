"""The form of a row of the tables here: a request, and what a rule says of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from mockserver.request import Request
from mockserver.rules import RULES
from mockserver.rules.registry import Refusal
from tests.unit.mockserver.bodies import read


class Row(NamedTuple):
    """A request and the exact text with which the rule refuses it; None when it accepts it."""

    rule: str
    id: str
    request: Request
    message: str | None
    status: int = 400


def accept(rule: str, name: str, body: dict[str, Any], **more: Any) -> Row:
    """A request that the rule accepts."""
    return Row(rule, f"{rule}:accept_{name}", read(body, **more), None)


def reject(
    rule: str, name: str, body: dict[str, Any], message: str, status: int = 400, **more: Any
) -> Row:
    """A request that the rule refuses."""
    return Row(rule, f"{rule}:reject_{name}", read(body, **more), message, status)


def parametrized(rows: list[Row]) -> pytest.MarkDecorator:
    """One test for each row, under the row's id."""
    return pytest.mark.parametrize("row", [pytest.param(row, id=row.id) for row in rows])


def judged(row: Row) -> Refusal | None:
    """What the row's rule says: nothing when the request has not what the rule looks at."""
    rule = RULES.named(row.rule)
    return rule.check(row.request) if rule.can_refuse(row.request.features) else None


def holds(row: Row) -> None:
    """Assert that the rule says what the row says."""
    refusal = judged(row)
    if row.message is None:
        assert refusal is None
    else:
        assert refusal is not None
        assert (refusal.message, refusal.status) == (row.message, row.status)
