"""Server-side fallbacks: the same request to the models that answer in place of one that declines.

Source of all that is not marked otherwise: docs, Refusals and fallback; SDK 2.14.0, BetaFallbackParam.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mockserver.catalogue import Catalogue, Model
from mockserver.model_info import FALLBACKS
from mockserver.request import Block, Request

DEFAULT = "default"
# The beta of the second takes `default` too.
NAMED_ONLY, SINCE_DEFAULT = FALLBACKS
EFFORTS = ("low", "medium", "high", "xhigh", "max")
THINKING_OFF = ("disabled", "between_tools")
# docs: the example of default routing, and public reports of claude-fable-5 (anthropics/claude-code#87727) have
# this category go to the model that is first of the permitted ones. All others go to the last (policy; for bio the
# same reports; claude-opus-5-5 was seen to fall back to claude-opus-5).
TO_THE_FIRST = ("cyber",)


def entries(request: Request) -> list[Block]:
    """The models that may be asked, in their order; those of default routing are one for each permitted target."""
    asked: str | list[Block] = request.body.get("fallbacks") or []
    if isinstance(asked, str):
        return [{"model": name} for name in request.model.fallbacks]
    return asked


def attempt(request: Request, entry: Block) -> Request:
    """The request as it is made to the model of an entry, with what the entry overrides."""
    model = Catalogue.load().example(entry["model"])
    made = Request.read(
        _body(request.body, entry, model),
        model,
        betas=request.betas,
        version=request.version,
        user_profile=request.user_profile,
        seed=request.seed,
        files=request.files,
        thread=request.thread,
        skills=request.skills,
    )
    return replace(made, day=request.day, is_attempt=True)


def in_turn(request: Request, category: str | None) -> list[Request]:
    """The attempts that follow a refusal of this category."""
    if request.body.get("fallbacks") != DEFAULT or not request.attempts:
        return list(request.attempts)
    wanted = request.model.fallbacks[0 if category in TO_THE_FIRST else -1]
    return [each for each in request.attempts if each.model.id == wanted]


def _body(body: Mapping[str, Any], entry: Block, model: Model) -> dict[str, Any]:
    made = {key: value for key, value in body.items() if key != "fallbacks"}
    made["model"] = entry["model"]
    if entry.get("max_tokens") is not None:
        made["max_tokens"] = entry["max_tokens"]
    _put(made, "thinking", _thinking(body.get("thinking"), entry, model))
    _put(made, "speed", entry.get("speed") or _speed(body, entry, model))
    _put(made, "output_config", _output(made, entry, model))
    return made


def _put(body: dict[str, Any], key: str, value: Any) -> None:
    if value is not None:
        body[key] = value
    else:
        body.pop(key, None)


def _thinking(asked: Block | None, entry: Block, model: Model) -> Block | None:
    own: Block | None = entry.get("thinking")
    if own is not None or asked is None:
        return own
    if "thinking" not in entry:
        if asked["type"] in model.thinking:
            return asked
        if asked["type"] == "between_tools" and "disabled" in model.thinking:
            return {"type": "disabled"}
    # The model's own way to think, where what is shown of it is still as asked.
    display = asked.get("display")
    if display is None or model.thinking_default == "off":
        return None
    return {"type": "adaptive", "display": display}


def _speed(body: Mapping[str, Any], entry: Block, model: Model) -> str | None:
    is_fast = body.get("speed") == "fast" and "speed" not in entry and model.fast_mode
    return "fast" if is_fast else None


def _output(body: Mapping[str, Any], entry: Block, model: Model) -> Block | None:
    """`output_config` field by field; `body` has the attempt's thinking already."""
    own: Block | None = entry.get("output_config", {})
    if own is None:
        return None
    asked: Block = body.get("output_config") or {}
    merged = {**asked, **own}
    if "effort" not in own and not _takes(model, asked.get("effort"), body.get("thinking")):
        merged["effort"] = None
    return {key: value for key, value in merged.items() if value is not None} or None


def _takes(model: Model, effort: str | None, thinking: Block | None) -> bool:
    """Whether a model takes a level together with the thinking of the attempt."""
    if effort not in model.effort:
        return False
    highest = model.thinking_off_max_effort
    is_off = thinking is not None and thinking["type"] in THINKING_OFF
    return not is_off or highest is None or EFFORTS.index(effort) <= EFFORTS.index(highest)
