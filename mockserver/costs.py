"""What an answer would have cost on the live API, in USD."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import fsum
from typing import Any

from mockserver.catalogue import Catalogue, Model

Usage = Mapping[str, Any]
Price = Mapping[str, float | None]

# docs: Pricing. Of the input price: what cached tokens cost where the model has no price of its own for them.
CACHE_READ, CACHE_WRITE_5M, CACHE_WRITE_1H = 0.1, 1.25, 2.0
BATCH = 0.5
FAST = 2.0
# docs: Data residency
US_ONLY = 1.1
SEARCH = 0.01
MILLION = 1_000_000
SERVED = "fallback_message"
# docs: Refusals and fallback, of September 2026: categories in which a refusal is billed before any output
BILLED = frozenset({"bio", "frontier_llm", "reasoning_extraction"})
_COUNTED = (
    *("input_tokens", "output_tokens"),
    *("cache_creation_input_tokens", "cache_read_input_tokens"),
)
# Fractions of a cent that no bill shows are rounded away, with what floats do to the last digits.
DIGITS = 10


def cost(model: Model, usage: Usage) -> float | None:
    """The price of a message by its usage; None for a model whose prices are not published.

    Batches cost half, fast mode twice, inference in the US alone 1.1 times as much, and a search one cent.
    What compaction and advisors take comes on top of the usage's own counts (docs: Compaction, Advisor tool).
    """
    own = _tokens(model, usage)
    if own is None:
        return None
    iterations: Iterable[Usage] = usage.get("iterations") or ()
    extra = (
        _tokens(_named(iteration.get("model"), model), iteration) or 0.0
        for iteration in iterations
        if iteration["type"] != "message"
    )
    total = fsum((own, *extra)) * _factor(usage)
    tools: Mapping[str, int] = usage.get("server_tool_use") or {}
    searches = tools.get("web_search_requests", 0)
    return round(total + SEARCH * searches, DIGITS)


def message_cost(message: Mapping[str, Any]) -> float | None:
    """The price of a message by itself; None for a model whose prices are not published, or that is unknown.

    Each model that `fallbacks` brought in is paid for what it did, at its own prices. A refusal before any output is
    free but in some categories (docs: Refusals and fallback, How refusals are billed).
    """
    model = Catalogue.load().named(message["model"])
    usage: dict[str, Any] = message["usage"]
    if model is None:
        return None
    iterations: list[Usage] = usage.get("iterations") or []
    if not any(entry["type"] == SERVED for entry in iterations):
        return 0.0 if _is_free(usage, message.get("stop_details")) else cost(model, usage)
    why = {
        block["from"]["model"]: block["trigger"]
        for block in message["content"]
        if block["type"] == "fallback"
    }
    total = 0.0
    for entry in iterations:
        named = _named(entry.get("model"), model)
        told = message.get("stop_details") if entry["type"] == SERVED else _trigger(why, named)
        own = 0.0 if _is_free(entry, told) else _tokens(named, entry)
        if own is None:
            return None
        total += own
    rest = {**usage, "iterations": (), **dict.fromkeys(_COUNTED, 0), "cache_creation": None}
    return round(total * _factor(usage) + (cost(model, rest) or 0.0), DIGITS)


def _trigger(why: Mapping[str, Any], model: Model) -> Any:
    return next((why[name] for name in (model.id, *model.aliases) if name in why), None)


def _is_free(usage: Usage, refusal: Mapping[str, Any] | None) -> bool:
    return (
        refusal is not None and not usage["output_tokens"] and refusal.get("category") not in BILLED
    )


def _tokens(model: Model, usage: Usage) -> float | None:
    price: Price | None = model.price
    if price is None:
        return None
    base = price["input"] or 0.0
    creation: Mapping[str, int] = usage.get("cache_creation") or {}
    hour = creation.get("ephemeral_1h_input_tokens") or 0
    written: int = usage.get("cache_creation_input_tokens") or 0
    read: int = usage.get("cache_read_input_tokens") or 0
    parts = (
        (usage["input_tokens"], base),
        (written - hour, price["cache_write_5m"] or base * CACHE_WRITE_5M),
        (hour, price["cache_write_1h"] or base * CACHE_WRITE_1H),
        (read, price["cache_read"] or base * CACHE_READ),
        (usage["output_tokens"], price["output"] or 0.0),
    )
    total = fsum(tokens * each for tokens, each in parts) / MILLION
    long_prompt = price.get("long_prompt")
    if long_prompt and usage["input_tokens"] + written + read > long_prompt:
        total *= price["long_prompt_factor"] or 1.0
    return total


def _factor(usage: Usage) -> float:
    factor = BATCH if usage.get("service_tier") == "batch" else 1.0
    if usage.get("speed") == "fast":
        factor *= FAST
    if usage.get("inference_geo") == "us":
        factor *= US_ONLY
    return factor


def _named(name: str | None, default: Model) -> Model:
    return next((model for model in Catalogue.load().models if model.id == name), default)
