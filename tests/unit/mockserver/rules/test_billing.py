"""Who pays for a request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mockserver.turns import BATCH_ITEM
from tests.unit.mockserver.bodies import body
from tests.unit.mockserver.rules.rows import Row, accept, holds, judged, parametrized, reject

PROFILE = "uprof_1"
NEEDS = "billing_policy.bill_to: 'user_profile' needs the header anthropic-user-profile-id"
NOT_IN_A_BATCH = "billing_policy.bill_to: 'user_profile' is not supported in a message batch"


def billing(payer: str | None) -> dict[str, Any]:
    named = {} if payer is None else {"bill_to": payer}
    return body(billing_policy={"type": "billing_policy", **named})


def item(row: Row) -> Row:
    """The same row for an item of a batch."""
    features = row.request.features
    features = features._replace(roles=features.roles | {BATCH_ITEM})
    return row._replace(request=replace(row.request, features=features))


ROWS = [
    accept("billing.user-profile", "self", billing("self")),
    accept("billing.user-profile", "by_default", billing(None)),
    accept("billing.user-profile", "no_policy", body(billing_policy=None)),
    accept("billing.user-profile", "named", billing("user_profile"), user_profile=PROFILE),
    reject("billing.user-profile", "unnamed", billing("user_profile"), NEEDS),
    accept("billing.batch", "alone", billing("user_profile"), user_profile=PROFILE),
    item(accept("billing.batch", "self", billing("self"))),
    item(reject("billing.batch", "profile", billing("user_profile"), NOT_IN_A_BATCH)),
]


@parametrized(ROWS)
def test_billing(row: Row) -> None:
    holds(row)


def test_the_missing_profile_has_an_error_code() -> None:
    refusal = judged(reject("billing.user-profile", "code", billing("user_profile"), NEEDS))
    assert refusal is not None
    assert refusal.details == {"error_code": "user_profile_required"}
