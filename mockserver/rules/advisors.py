"""The advisor tool: which model may advise which, and how much it may write."""

from __future__ import annotations

from mockserver.catalogue import Catalogue, Model
from mockserver.request import Block, Request
from mockserver.rules.registry import Refusal, Registry

PAGE = "docs: Advisor tool"
# docs: Advisor tool, Model compatibility (2026-09): an advisor is as capable as who asks it, or more. Who has no rank
# stands in none of its tables, and is not judged.
RANKS = {
    "claude-haiku-4-5-20251001": 0,
    "claude-sonnet-4-6": 1,
    "claude-opus-4-6": 2,
    "claude-sonnet-5": 3,
    "claude-opus-4-7": 4,
    "claude-opus-4-8": 4,
    "claude-opus-5": 5,
    "claude-fable-5": 5,
    "claude-mythos-5": 5,
    "claude-fable-5-1": 6,
    "claude-mythos-5-1": 6,
}
LOWEST_ADVISOR = 1
LEAST_TOKENS = 1024

# An advisor's place among the tools, and the model that it is, as it was named and as it is known.
Advisor = tuple[int, str, Model]


def advisors(tools: list[Block]) -> list[Advisor]:
    """The advisors among tools whose model is known."""
    named = (
        (index, str(tool["model"]))
        for index, tool in enumerate(tools)
        if str(tool.get("type")).startswith("advisor_")
    )
    known = ((index, name, Catalogue.load().named(name)) for index, name in named)
    return [(index, name, model) for index, name, model in known if model is not None]


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "advisor.pair",
        "An advisor is as capable as the model that asks it",
        evidence="recorded",
        source=f"anthropics/claude-code#67764 (2026-06-12), with request ids; {PAGE}, for the pairs",
        keys=["tools"],
    )
    def advisor_pair(request: Request) -> Refusal | None:
        least = RANKS.get(request.model.id)
        if least is None:
            return None
        for index, name, model in request.offered.fact(advisors):
            rank = RANKS.get(model.id)
            if rank is not None and rank < max(least, LOWEST_ADVISOR):
                return Refusal(
                    f"tools.{index}.model: '{name}' cannot be used as an advisor when the request model is "
                    f"'{request.body['model']}'."
                )
        return None

    @rule(
        "advisor.max-tokens",
        "An advisor's `max_tokens` is at least 1024 and within its model's limit",
        evidence="policy",
        source=f"{PAGE}: that it is refused; the texts are those of the request's own max_tokens",
        keys=["tools"],
    )
    def advisor_max_tokens(request: Request) -> Refusal | None:
        for index, _, model in request.offered.fact(advisors):
            asked, limit = request.tools[index].get("max_tokens"), model.max_output_tokens
            if asked is not None and asked < LEAST_TOKENS:
                return Refusal(
                    f"tools.{index}.max_tokens: must be greater than or equal to {LEAST_TOKENS}"
                )
            if asked is not None and asked > limit:
                return Refusal(
                    f"tools.{index}.max_tokens: {asked} > {limit}, which is the maximum allowed number of output "
                    f"tokens for {model.id}"
                )
        return None
