"""Limits of the model: output tokens and context."""

from __future__ import annotations

from mockserver.request import Request
from mockserver.rules.registry import Refusal, Registry
from mockserver.turns import BATCH_ITEM


def register(registry: Registry) -> None:
    """Add the rules of this module."""

    @registry.rule(
        "max-tokens.limit",
        "`max_tokens` is within the model's limit",
        evidence="reported",
        source="anthropics/claude-code#24451 (2026-02-09); OpenHands/OpenHands#11090",
    )
    def max_tokens_limit(request: Request) -> Refusal | None:
        asked, limit = request.body.get("max_tokens", 0), request.model.max_output_tokens
        if "output-128k-2025-02-19" in request.betas:
            limit = max(limit, 128_000)
        # docs: What's new in Claude Haiku 5.5: batches alone may ask for more under this beta
        if "output-300k-2026-03-24" in request.betas and BATCH_ITEM in request.features.roles:
            limit = max(limit, request.model.max_output_tokens_batch)
        if asked <= limit:
            return None
        return Refusal(
            f"max_tokens: {asked} > {limit}, which is the maximum allowed number of output tokens "
            f"for {request.model.id}"
        )
