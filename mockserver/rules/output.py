"""How an answer ends and what it is made of: stop sequences, warm-up requests, structured output."""

from __future__ import annotations

from mockserver.request import Placed, Request, is_object
from mockserver.rules.registry import Refusal, Registry


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "stop-sequences.whitespace",
        "A stop sequence is more than white space",
        evidence="recorded",
        source="seen live 2026-10-04; also recorded earlier",
        keys=["stop_sequences"],
    )
    def stop_whitespace(request: Request) -> Refusal | None:
        if all(text.strip() for text in request.body.get("stop_sequences") or ()):
            return None
        return Refusal("stop_sequences: each stop sequence must contain non-whitespace")

    @rule(
        "max-tokens.zero",
        "`max_tokens: 0` warms the cache and answers nothing",
        evidence="policy",
        source="docs: Prompt caching, pre-warming, list what it excludes; the text is ours",
    )
    def max_tokens_zero(request: Request) -> Refusal | None:
        if request.body.get("max_tokens") != 0:
            return None
        excluded = {
            "stream": bool(request.body.get("stream")),
            "thinking.type.enabled": request.thinking == "enabled",
            "output_config.format": request.output_format is not None,
            "tool_choice": request.tool_choice in ("any", "tool"),
        }
        found = next((name for name, is_there in excluded.items() if is_there), None)
        return None if found is None else Refusal(f"max_tokens: 0 cannot be combined with {found}")

    @rule(
        "output-format.citations",
        "Structured output excludes citations",
        evidence="policy",
        source="docs: Structured outputs say that it is a 400; the text is ours",
        keys=["format", "output_format"],
    )
    def output_format_citations(request: Request) -> Refusal | None:
        if request.output_format is None or not any(map(_cites, request.placed())):
            return None
        return Refusal("output_config.format: structured outputs cannot be used with citations")


def _cites(place: Placed) -> bool:
    citations = place.block.get("citations")
    return is_object(citations) and bool(citations.get("enabled"))
