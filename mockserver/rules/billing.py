"""Who pays for a request."""

from __future__ import annotations

from mockserver.request import Block, Request
from mockserver.rules.registry import Refusal, Registry
from mockserver.turns import BATCH_ITEM

ASKED = "billing_policy"


def _bills_a_profile(request: Request) -> bool:
    policy: Block = request.body.get(ASKED) or {}
    return policy.get("bill_to") == "user_profile"


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "billing.batch",
        "The customer behind a user profile can't be billed for an item of a batch",
        evidence="policy",
        source="SDK 2.12.0, docstring of billing_policy; the text is ours",
        keys=[ASKED],
    )
    def billing_batch(request: Request) -> Refusal | None:
        if BATCH_ITEM not in request.features.roles or not _bills_a_profile(request):
            return None
        return Refusal("billing_policy.bill_to: 'user_profile' is not supported in a message batch")

    @rule(
        "billing.user-profile",
        "A request that bills a user profile names it in `anthropic-user-profile-id`",
        evidence="policy",
        source="SDK 2.12.0, user_profile_required; the text is ours",
        keys=[ASKED],
    )
    def billing_user_profile(request: Request) -> Refusal | None:
        if request.user_profile or not _bills_a_profile(request):
            return None
        return Refusal(
            "billing_policy.bill_to: 'user_profile' needs the header anthropic-user-profile-id",
            details={"error_code": "user_profile_required"},
        )
