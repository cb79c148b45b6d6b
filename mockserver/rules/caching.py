"""Cache breakpoints: how many, where, and in which order of lifetimes."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.request import Block, Placed, Request
from mockserver.rules.registry import Refusal, Registry

MOST_BREAKPOINTS = 4


def marked(request: Request) -> Iterator[Placed]:
    """Every block with cache_control in the order of the prompt: tools, system, messages."""
    for index, tool in enumerate(request.tools):
        yield Placed(f"tools.{index}.{tool.get('type') or 'custom'}", tool)
    for index, block in enumerate(request.system):
        yield Placed(f"system.{index}", block)
    yield from request.placed()


def breakpoints(request: Request) -> list[Placed]:
    """The blocks that carry a cache_control."""
    return [place for place in marked(request) if place.block.get("cache_control")]


def ttl(block: Block) -> str:
    """The lifetime that a breakpoint asks for."""
    return str(block["cache_control"].get("ttl", "5m"))


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "cache.breakpoints",
        "At most four cache breakpoints, the automatic one included",
        evidence="recorded",
        source="aakshintala/fiber on claude-sonnet-5-5 (2026-09-29)",
        keys=["cache_control"],
    )
    def cache_breakpoints(request: Request) -> Refusal | None:
        found = len(breakpoints(request)) + bool(request.body.get("cache_control"))
        if found <= MOST_BREAKPOINTS:
            return None
        return Refusal(
            f"A maximum of {MOST_BREAKPOINTS} blocks with cache_control may be provided. Found {found}."
        )

    @rule(
        "cache.empty-text",
        "An empty text block can't be cached",
        evidence="reported",
        source="anthropics/claude-code#62379 (2026-05-26)",
        keys=["cache_control"],
    )
    def cache_empty_text(request: Request) -> Refusal | None:
        for place in breakpoints(request):
            if place.block.get("type") == "text" and not place.block["text"]:
                return Refusal(
                    f"{place.path}.text: cache_control cannot be set for empty text blocks"
                )
        return None

    @rule(
        "cache.ttl-order",
        "Breakpoints of an hour come before those of five minutes",
        evidence="reported",
        source="headroomlabs-ai/headroom#2939 (2026-08-12)",
        keys=["cache_control"],
    )
    def cache_ttl_order(request: Request) -> Refusal | None:
        short_seen = False
        for place in breakpoints(request):
            if ttl(place.block) == "5m":
                short_seen = True
            elif short_seen:
                return Refusal(
                    f"{place.path}.cache_control.ttl: a ttl='1h' cache_control block must not come "
                    "after a ttl='5m' cache_control block. Note that blocks are processed in the "
                    "following order: tools, system, messages."
                )
        return None
