"""temperature, top_p and top_k under API version 2023-06-01. Version 2026-10-21 has none of them (schema)."""

from __future__ import annotations

from mockserver.request import Request
from mockserver.rules.registry import Refusal, Registry

THINKING = (
    "thinking is enabled or in adaptive mode. Please consult our documentation at "
    "https://platform.claude.com/docs/en/build-with-claude/extended-thinking"
)
# docs: migration guide of Claude Haiku 5.5; that other models from 4.7 on do the same is inferred
LEAST_TOP_P = 0.95
THINKS = ("enabled", "adaptive")
DEFAULTS = {"temperature": (1,), "top_p": (0.99,), "top_k": ()}


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "sampling.thinking",
        "Thinking that is asked for needs temperature 1",
        evidence="recorded",
        source="a committed probe of 2026-08-21: claude-opus-4-8 with adaptive thinking gets this, not the text for "
        "deprecated ones (req_011CeGW3dHhfESHqMhHXtABt), claude-sonnet-5 thinking by default does not; "
        "mnfst/modelparams.dev#214 (2026-08-09)",
        keys=["temperature", "top_p", "top_k"],
    )
    def sampling_thinking(request: Request) -> Refusal | None:
        config = request.body.get("thinking")
        if (
            config is None
            or config["type"] not in THINKS
            or request.body.get("temperature", 1) == 1
        ):
            return None
        return Refusal(f"`temperature` may only be set to 1 when {THINKING}")

    @rule(
        "sampling.deprecated",
        "From Claude 4.7 on only the default values are taken",
        evidence="reported",
        source="docs: Model deprecations, Claude Haiku 5.5 migration guide; text quoted since 2026-08-29",
        keys=["temperature", "top_p", "top_k"],
    )
    def sampling_deprecated(request: Request) -> Refusal | None:
        if request.model.sampling != "default_only":
            return None
        for name, defaults in DEFAULTS.items():
            if name in request.body and request.body[name] not in defaults:
                return Refusal(f"`{name}` is deprecated for this model.")
        return None

    @rule(
        "sampling.exclusive",
        "From Claude 4.1 on temperature and top_p exclude each other",
        evidence="reported",
        source="anomalyco/opencode#28930 (2026-05-23); BerriAI/litellm#15097 (2025-10-01)",
        keys=["temperature", "top_p", "top_k"],
    )
    def sampling_exclusive(request: Request) -> Refusal | None:
        both = "temperature" in request.body and "top_p" in request.body
        if not both or request.model.sampling == "free":
            return None
        return Refusal(
            "`temperature` and `top_p` cannot both be specified for this model. Please use only one."
        )

    @rule(
        "sampling.thinking-top",
        "Thinking excludes top_k and allows top_p from 0.95 to 1",
        evidence="reported",
        source="public logs of 2026 quote the text for top_p up to the mode (opus-4-7: 2026-05-23); the end and the text "
        "for top_k are made after the one for temperature; docs: Thinking",
        keys=["temperature", "top_p", "top_k"],
    )
    def sampling_thinking_top(request: Request) -> Refusal | None:
        if request.thinking not in THINKS:
            return None
        if "top_k" in request.body:
            return Refusal(f"`top_k` must be unset when {THINKING}")
        if not LEAST_TOP_P <= request.body.get("top_p", 1) <= 1:
            return Refusal(
                f"`top_p` must be greater than or equal to 0.95 or unset when {THINKING}"
            )
        return None
