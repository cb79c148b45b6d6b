"""Stop sequences, warm-up requests and other fields that decide how an answer ends."""

from __future__ import annotations

from mockserver.request import Request
from mockserver.rules.registry import Refusal, Registry

REGIONS = ("global", "us")
CODE_TOOLS = "code_execution"


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
        "inference-geo.unknown",
        "`inference_geo` is a known region",
        evidence="reported",
        source="seen live 2026-08-31 on claude-sonnet-5: kangminlee-maker/local-OAuth-CLI-API-adapter",
        keys=["inference_geo"],
    )
    def geo_unknown(request: Request) -> Refusal | None:
        geo = request.body.get("inference_geo")
        if geo is None or geo in REGIONS:
            return None
        return Refusal(f"inference_geo: must be one of {sorted(REGIONS)}")

    @rule(
        "inference-geo.unsupported",
        "Models before Opus 4.6 take no `inference_geo`",
        evidence="policy",
        source="docs: Data residency name the limit; the text is ours",
        keys=["inference_geo"],
    )
    def geo_unsupported(request: Request) -> Refusal | None:
        if request.body.get("inference_geo") is None or request.model.inference_geo:
            return None
        return Refusal("inference_geo: not supported for this model")

    @rule(
        "container.without-tool",
        "A container needs the code execution tool",
        evidence="reported",
        source="seen live 2026-08-31 on claude-sonnet-5: kangminlee-maker/local-OAuth-CLI-API-adapter",
        keys=["container"],
    )
    def container_without_tool(request: Request) -> Refusal | None:
        runs_code = any(str(t.get("type")).startswith(CODE_TOOLS) for t in request.tools)
        if not isinstance(request.body.get("container"), str) or runs_code:
            return None
        return Refusal(
            "container: Container identifier can only be provided when using the code execution tool"
        )

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
