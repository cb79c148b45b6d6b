"""Marks on blocks that can't carry one: the live API finds them while it reads the block, before all else."""

from __future__ import annotations

from mockserver.request import MARK, Request
from mockserver.rules.registry import Refusal, Registry


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "cache.empty-text",
        "An empty text block can't be cached",
        evidence="reported",
        source="anthropics/claude-code#62379 (2026-05-26): in a message, where empty text is refused, too",
        keys=[MARK],
    )
    def cache_empty_text(request: Request) -> Refusal | None:
        for place in request.breakpoints:
            if place.block.get("type") == "text" and not place.block["text"]:
                return Refusal(
                    f"{place.path}.text: cache_control cannot be set for empty text blocks"
                )
        return None
