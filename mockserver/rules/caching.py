"""Cache breakpoints: how many, where, and in which order of lifetimes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.request import MARK, Block, Placed, Request
from mockserver.rules.registry import Refusal, Registry

MOST_BREAKPOINTS = 4
# docs: Prompt caching: what an automatic breakpoint passes over
UNCACHED = ("thinking", "redacted_thinking")


def ttl(block: Mapping[str, Any]) -> str:
    """The lifetime that a breakpoint asks for."""
    return str(block[MARK].get("ttl", "5m"))


def last_cacheable(request: Request) -> Placed | None:
    """The block on which the automatic breakpoint falls: the last one of the prompt that can be cached."""
    for turn in reversed(request.turns):
        for number, block in reversed([*enumerate(turn.blocks)]):
            if _is_cacheable(block):
                return Placed(f"messages.{turn.position}.content.{number}", block)
    return None


def _is_cacheable(block: Block) -> bool:
    kind = block.get("type")
    return kind not in UNCACHED and not (kind == "text" and not block["text"])


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "cache.breakpoints",
        "At most four cache breakpoints, the automatic one included",
        evidence="recorded",
        source="aakshintala/fiber on claude-sonnet-5-5 (2026-09-29)",
        keys=[MARK],
    )
    def cache_breakpoints(request: Request) -> Refusal | None:
        found = len(request.breakpoints) + bool(request.body.get("cache_control"))
        if found <= MOST_BREAKPOINTS:
            return None
        return Refusal(
            f"A maximum of {MOST_BREAKPOINTS} blocks with cache_control may be provided. Found {found}."
        )

    @rule(
        "cache.deferred-tool",
        "A tool that is deferred can't be cached",
        evidence="reported",
        source="anthropics/claude-code#30920; seen live with request ids of 2026-08",
        keys=["defer_loading"],
    )
    def cache_deferred_tool(request: Request) -> Refusal | None:
        for tool in request.tools:
            if tool.get("defer_loading") and tool.get(MARK):
                return Refusal(
                    f"Tool '{tool.get('name')}' cannot have both defer_loading=true and cache_control set. "
                    "Tools with defer_loading cannot use prompt caching."
                )
        return None

    @rule(
        "cache.automatic-ttl",
        "The automatic breakpoint does not fall on a block with another lifetime",
        evidence="policy",
        source="docs: Prompt caching give the status; the text is ours",
        keys=[MARK],
    )
    def cache_automatic_ttl(request: Request) -> Refusal | None:
        automatic = request.body.get(MARK)
        last = last_cacheable(request) if automatic else None
        if last is None or not last.block.get(MARK) or ttl(last.block) == ttl(request.body):
            return None
        return Refusal(
            f"{last.path}.cache_control.ttl: this block has another ttl than the top-level cache_control"
        )

    @rule(
        "cache.ttl-order",
        "Breakpoints of an hour come before those of five minutes",
        evidence="reported",
        source="headroomlabs-ai/headroom#2939 (2026-08-12)",
        keys=[MARK],
    )
    def cache_ttl_order(request: Request) -> Refusal | None:
        short_seen = False
        for path, lifetime in _lifetimes(request):
            if lifetime == "5m":
                short_seen = True
            elif short_seen:
                return Refusal(
                    f"{path}.cache_control.ttl: a ttl='1h' cache_control block must not come "
                    "after a ttl='5m' cache_control block. Note that blocks are processed in the "
                    "following order: tools, system, messages."
                )
        return None


def _lifetimes(request: Request) -> Iterator[tuple[str, str]]:
    """Path and lifetime of every breakpoint, the automatic one last (policy: that it counts here)."""
    for place in request.breakpoints:
        yield place.path, ttl(place.block)
    last = last_cacheable(request) if request.body.get(MARK) else None
    if last and not last.block.get(MARK):
        yield last.path, ttl(request.body)
