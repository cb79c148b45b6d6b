"""Which models `fallbacks` may name, what it may say of each, and how a fallback credit is handed in."""

from __future__ import annotations

from mockserver.catalogue import Catalogue
from mockserver.fallbacks import DEFAULT, NAMED_ONLY, SINCE_DEFAULT
from mockserver.request import Block, Request, is_object
from mockserver.rules.registry import Refusal, Registry
from mockserver.rules.routing import unsupported

PAGE = "docs: Refusals and fallback"
OBJECT_CREDIT = "fallback-credit-2026-07-01"
MOST_FALLBACKS = 3
FIELDS = ("model", "max_tokens", "output_config", "speed", "thinking")


def _listed(request: Request) -> list[Block]:
    asked: str | list[Block] = request.body.get("fallbacks") or []
    return [] if isinstance(asked, str) else asked


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "fallbacks.unsupported",
        "The model takes a list of `fallbacks`",
        evidence="reported",
        source="seen live on claude-sonnet-5 (req_011CeQfD9jcBcLEpdiDRjox7, 2026-08-26), "
        'claude-haiku-4-5-20251001 and claude-opus-4-8, for "default" as well; SDK 2.14.0: with "default" the '
        "request now runs on the model alone",
        keys=["fallbacks"],
    )
    def fallbacks_unsupported(request: Request) -> Refusal | None:
        if not _listed(request) or request.model.fallbacks:
            return None
        return unsupported(request, "fallbacks")

    @rule(
        "fallbacks.default",
        "Default routing comes with the beta of 2026-07-01",
        evidence="policy",
        source=f"{PAGE}: that of 2026-06-01 takes only a list; the text is ours",
        keys=["fallbacks"],
    )
    def fallbacks_default(request: Request) -> Refusal | None:
        is_default = request.body.get("fallbacks") == DEFAULT
        if not is_default or SINCE_DEFAULT in request.betas or NAMED_ONLY not in request.betas:
            return None
        return Refusal(
            f"fallbacks: 'default' needs the value `{SINCE_DEFAULT}` of the `anthropic-beta` header"
        )

    @rule(
        "fallbacks.field",
        "An entry overrides nothing but max_tokens, output_config, speed and thinking",
        evidence="recorded",
        source="a public log of probes on claude-opus-5-5, req_011CfW1WzYHTQrw2Frq7X9aJ (2026-09-28)",
        keys=["fallbacks"],
    )
    def fallbacks_field(request: Request) -> Refusal | None:
        for number, entry in enumerate(_listed(request)):
            for key in entry:
                if key not in FIELDS:
                    return Refusal(
                        f"fallbacks.{number}: '{key}' is not a supported field. "
                        f"Supported: {', '.join(FIELDS)}."
                    )
        return None

    @rule(
        "fallbacks.list",
        "Fallbacks are at most three other models, each once",
        evidence="policy",
        source=f"{PAGE}; the texts are ours",
        keys=["fallbacks"],
    )
    def fallbacks_list(request: Request) -> Refusal | None:
        listed = _listed(request)
        if len(listed) > MOST_FALLBACKS:
            return Refusal(f"fallbacks: at most {MOST_FALLBACKS} fallback models may be named")
        tried = {request.body["model"], request.model.id}
        for index, entry in enumerate(listed):
            if entry["model"] in tried:
                return Refusal(
                    f"fallbacks.{index}.model: must differ from the requested model and from the other "
                    "fallbacks"
                )
            tried.add(entry["model"])
        return None

    @rule(
        "fallbacks.target",
        "Fallbacks are models that the requested one permits",
        evidence="recorded",
        source="earendil-works/pi#9294, req_011CemA7oTGzDFh8j2B2EbzT (2026-09-07), for claude-fable-5; the same text on "
        "claude-opus-5-5, req_011CfW1X1LQrn8nXyYFTZb4x (2026-09-28)",
        keys=["fallbacks"],
    )
    def fallbacks_target(request: Request) -> Refusal | None:
        asked = request.model
        for entry in _listed(request):
            model = Catalogue.load().named(entry["model"])
            if model is None or model.id not in asked.fallbacks:
                return Refusal(
                    f"'{entry['model']}' is not a valid fallback target for '{asked.id}'. See this model's "
                    f"`allowed_fallback_models` on GET /v1/models/{asked.id}."
                )
        return None

    @rule(
        "fallback-credit.alone",
        "A fallback credit does not go with `fallbacks`",
        evidence="policy",
        source="SDK 2.14.0, BetaFallbackCreditTokenParam: hard in both modes; the text is ours",
        keys=["fallback_credit_token"],
    )
    def credit_alone(request: Request) -> Refusal | None:
        has_token = request.body.get("fallback_credit_token") is not None
        if not has_token or not request.body.get("fallbacks"):
            return None
        return Refusal("fallback_credit_token: cannot be combined with `fallbacks`")

    @rule(
        "fallback-credit.object",
        "The object form of a fallback credit comes with the beta of 2026-07-01",
        evidence="policy",
        source="SDK 2.14.0, BetaFallbackCreditTokenParam: without it only a string; the text is pydantic's",
        keys=["fallback_credit_token"],
    )
    def credit_object(request: Request) -> Refusal | None:
        token = request.body.get("fallback_credit_token")
        if not is_object(token) or OBJECT_CREDIT in request.betas:
            return None
        return Refusal("fallback_credit_token: Input should be a valid string")
