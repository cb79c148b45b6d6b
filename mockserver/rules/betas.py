"""Fields that need a value of `anthropic-beta` on some models only; contracts/gates.json has those of all models."""

from __future__ import annotations

from mockserver.request import Request
from mockserver.rules.registry import Refusal, Registry

FAST_MODE = "fast-mode-2026-02-01"
# docs: Fast mode: on the others it is a research preview
FAST_FOR_ALL = ("claude-opus-5-5", "claude-fable-5-2", "claude-mythos-5-2")


def register(registry: Registry) -> None:
    """Add the rules of this module."""

    @registry.rule(
        "beta.speed",
        "`speed`, whatever its value, comes with the beta of the fast mode on models where it is in beta",
        evidence="reported",
        source="kangminlee-maker/local-OAuth-CLI-API-adapter docs/conformance-matrix.md A-29, seen live without "
        "a beta on claude-sonnet-5 (2026-08-31); docs: Fast mode name the models; SDK 2.12.0: for any value",
        keys=["speed"],
    )
    def beta_speed(request: Request) -> Refusal | None:
        if "speed" not in request.body or FAST_MODE in request.betas:
            return None
        is_free = request.model.id in FAST_FOR_ALL
        return None if is_free else Refusal("speed: Extra inputs are not permitted")
