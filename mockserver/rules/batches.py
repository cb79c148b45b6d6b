"""What an item of a batch can't ask for."""

from __future__ import annotations

from mockserver.request import Request
from mockserver.rules.registry import Refusal, Registry
from mockserver.turns import BATCH_ITEM

SOURCE = "docs: Batch processing; the words are ours"
# docs: Batch processing; Refusals and fallback. A thread is refused before there is a request to judge
NOT_IN_BATCHES = ("speed", "fallbacks")


def register(registry: Registry) -> None:
    """Add the rules of this module."""

    @registry.rule(
        "batch.stream",
        "An item of a batch can't be streamed",
        evidence="policy",
        source=SOURCE,
        roles=[BATCH_ITEM],
    )
    def batch_stream(request: Request) -> Refusal | None:
        if not request.body.get("stream"):
            return None
        return Refusal("stream: streaming is not supported in a message batch")

    @registry.rule(
        "batch.max-tokens",
        "An item of a batch asks for at least one token",
        evidence="policy",
        source=SOURCE,
        roles=[BATCH_ITEM],
    )
    def batch_max_tokens(request: Request) -> Refusal | None:
        if request.body["max_tokens"] > 0:
            return None
        return Refusal("max_tokens: must be greater than or equal to 1 in a message batch")

    @registry.rule(
        "batch.parameter",
        "An item of a batch has no fast mode, no fallbacks and no thread",
        evidence="policy",
        source=SOURCE,
        roles=[BATCH_ITEM],
    )
    def batch_parameter(request: Request) -> Refusal | None:
        for name in NOT_IN_BATCHES:
            if request.body.get(name) is not None:
                return Refusal(f"{name}: not supported in a message batch")
        return None
