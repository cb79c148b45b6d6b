"""Where and how a request is run: speed, region, container."""

from __future__ import annotations

from mockserver.request import Request, is_object
from mockserver.rules.registry import Refusal, Registry

OBSERVED = "seen live 2026-08-31 on claude-sonnet-5: kangminlee-maker/local-OAuth-CLI-API-adapter"
REGIONS = ("global", "us")
CODE_TOOLS = "code_execution"
MOST_SKILLS = 8
STANDARD_INSTEAD = "claude-opus-4-6"  # docs: Fast mode: served at standard speed, without an error


def _runs_code(request: Request) -> bool:
    return any(str(tool.get("type")).startswith(CODE_TOOLS) for tool in request.tools)


def unsupported(request: Request, parameter: str) -> Refusal:
    """What the API says of a body's parameter that the model does not take."""
    return Refusal(f"'{request.model.id}' does not support the `{parameter}` parameter.")


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "inference-geo.unknown",
        "`inference_geo` is a known region",
        evidence="reported",
        source=OBSERVED,
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
        source="docs: Data residency name the limit; the text is made after the one for `speed`",
        keys=["inference_geo"],
    )
    def geo_unsupported(request: Request) -> Refusal | None:
        if request.body.get("inference_geo") is None or request.model.inference_geo:
            return None
        return unsupported(request, "inference_geo")

    @rule(
        "speed.unsupported",
        "The model has a fast mode",
        evidence="reported",
        source="public client code that quotes it for claude-opus-4-5-20251101 and claude-opus-4-7 (2026); "
        "docs: Fast mode",
        keys=["speed"],
    )
    def speed_unsupported(request: Request) -> Refusal | None:
        if request.body.get("speed") != "fast" or request.model.fast_mode:
            return None
        return None if request.model.id == STANDARD_INSTEAD else unsupported(request, "speed")

    @rule(
        "container.without-tool",
        "A container needs the code execution tool",
        evidence="reported",
        source=OBSERVED,
        keys=["container"],
    )
    def container_without_tool(request: Request) -> Refusal | None:
        container = request.body.get("container")
        named = container.get("id") if is_object(container) else container
        if named is None or _runs_code(request):
            return None
        return Refusal(
            "container: Container identifier can only be provided when using the code execution tool"
        )

    @rule(
        "container.skills-need-tool",
        "Skills need the code execution tool",
        evidence="policy",
        source="docs: Using Agent Skills with the API; the text is ours",
        keys=["container"],
    )
    def skills_without_tool(request: Request) -> Refusal | None:
        if not request.loads or _runs_code(request):
            return None
        return Refusal("container.skills: Skills can only be used with the code execution tool")

    @rule(
        "container.too-many-skills",
        "A container loads at most eight skills",
        evidence="policy",
        source="docs: Using Agent Skills with the API; the text is made after that of other lists",
        keys=["container"],
    )
    def too_many_skills(request: Request) -> Refusal | None:
        number = len(request.loads)
        if number <= MOST_SKILLS:
            return None
        return Refusal(
            f"container.skills: List should have at most {MOST_SKILLS} items after validation, not {number}"
        )

    @rule(
        "container.skill-missing",
        "A skill and its version are published by Anthropic or in the workspace",
        evidence="policy",
        source="SDK 2.13, docstrings of skill_params: what there is; the text is ours",
        keys=["container"],
    )
    def skill_missing(request: Request) -> Refusal | None:
        for number, skill in enumerate(request.loads):
            if request.loaded(skill) is None:
                return Refusal(
                    f"container.skills.{number}: there is no skill '{skill['skill_id']}' of the type "
                    f"'{skill['type']}' with the version '{skill.get('version', 'latest')}'"
                )
        return None
