"""Which models `fallbacks` may name, and what it may say of each."""

from __future__ import annotations

from typing import Any

from mockserver.model_info import FALLBACKS as BETAS
from mockserver.rules.falling import FIELDS
from tests.unit.mockserver.bodies import MODELS, body
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

LISTED = [{"model": "claude-opus-4-8"}]
OTHER = "must differ from the requested model and from the other fallbacks"


def falling(*models: str, model: str = "claude-opus-5-5", **more: Any) -> dict[str, Any]:
    return body(model, fallbacks=[{"model": name, **more} for name in models])


def by_model() -> list[Row]:
    rule = "fallbacks.unsupported"
    return [
        accept(rule, name, body(name, fallbacks=LISTED))
        if model.fallbacks
        else reject(
            rule,
            name,
            body(name, fallbacks=LISTED),
            f"'{name}' does not support the `fallbacks` parameter.",
        )
        for name, model in MODELS.items()
    ]


def invalid(target: str, model: str) -> str:
    return (
        f"'{target}' is not a valid fallback target for '{model}'. See this model's "
        f"`allowed_fallback_models` on GET /v1/models/{model}."
    )


ROWS = [
    *by_model(),
    accept("fallbacks.unsupported", "null", body(fallbacks=None)),
    accept("fallbacks.unsupported", "none", body(fallbacks=[])),
    accept("fallbacks.unsupported", "default", body(fallbacks="default")),
    *(
        accept("fallbacks.default", f"by_{number}", body(fallbacks="default"), betas=frozenset(has))
        for number, has in enumerate((BETAS[1:], BETAS, ()))
    ),
    accept("fallbacks.default", "list", body(fallbacks=LISTED), betas=frozenset(BETAS[:1])),
    reject(
        "fallbacks.default",
        "older",
        body(fallbacks="default"),
        "fallbacks: 'default' needs the value `server-side-fallback-2026-07-01` of the `anthropic-beta` header",
        betas=frozenset(BETAS[:1]),
    ),
    accept("fallbacks.field", "all", body(fallbacks=[dict.fromkeys(FIELDS)])),
    reject(
        "fallbacks.field",
        "another",
        falling("claude-opus-4-8", temperature=1),
        "fallbacks.0: 'temperature' is not a supported field. Supported: model, max_tokens, "
        "output_config, speed, thinking.",
    ),
    accept("fallbacks.list", "null", body(fallbacks=None)),
    accept("fallbacks.list", "default", body("claude-opus-5", fallbacks="default")),
    accept("fallbacks.list", "two", falling("claude-opus-4-8", "claude-opus-5")),
    reject("fallbacks.list", "itself", falling("claude-opus-5-5"), f"fallbacks.0.model: {OTHER}"),
    reject("fallbacks.list", "twice", falling("a", "a"), f"fallbacks.1.model: {OTHER}"),
    reject(
        "fallbacks.list",
        "four",
        falling("a", "b", "c", "d"),
        "fallbacks: at most 3 fallback models may be named",
    ),
    accept("fallbacks.target", "null", body(fallbacks=None)),
    accept("fallbacks.target", "two", falling("claude-opus-4-8", "claude-opus-5")),
    reject(
        "fallbacks.target",
        "recorded",
        falling("claude-sonnet-5"),
        invalid("claude-sonnet-5", "claude-opus-5-5"),
    ),
    reject(
        "fallbacks.target",
        "second",
        falling("claude-opus-4-8", "nobody"),
        invalid("nobody", "claude-opus-5-5"),
    ),
    accept("fallback-credit.alone", "null", body(fallback_credit_token=None, fallbacks="default")),
    accept("fallback-credit.alone", "alone", body(fallback_credit_token="t")),
    reject(
        "fallback-credit.alone",
        "both",
        body(fallback_credit_token="t", fallbacks="default"),
        "fallback_credit_token: cannot be combined with `fallbacks`",
    ),
    accept("fallback-credit.object", "string", body(fallback_credit_token="t")),
    accept(
        "fallback-credit.object",
        "in_its_beta",
        body(fallback_credit_token={"token": "t"}),
        betas=frozenset({"fallback-credit-2026-07-01"}),
    ),
    reject(
        "fallback-credit.object",
        "in_the_older_beta",
        body(fallback_credit_token={"token": "t"}),
        "fallback_credit_token: Input should be a valid string",
        betas=frozenset({"fallback-credit-2026-06-01"}),
    ),
]


@parametrized(ROWS)
def test_falling(row: Row) -> None:
    holds(row)
