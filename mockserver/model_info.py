"""A row of the catalogue as the wire's model object."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from mockserver.catalogue import Model

LIFECYCLES: Final = ("active", "deprecated", "retired")
UNKNOWN: Final = dt.date(1970, 1, 1)  # SDK: an epoch value where the release date is unknown
# recorded 2026-08-02: some models are a day or two older than their announcement
CREATED: Final[Mapping[str, dt.date]] = {
    "claude-sonnet-5": dt.date(2026, 6, 29),
    "claude-fable-5": dt.date(2026, 6, 7),
    "claude-opus-4-7": dt.date(2026, 4, 14),
    "claude-opus-4-6": dt.date(2026, 2, 4),
}
# recorded 2026-08-02: a window that only a beta opened
WINDOWS: Final[Mapping[str, int]] = {
    "claude-sonnet-4-5-20250929": 1_000_000,
    "claude-sonnet-4-20250514": 1_000_000,
}
EFFORTS: Final = ("low", "medium", "high", "xhigh", "max")
THINKING: Final = ("enabled", "adaptive", "disabled", "between_tools")
# recorded 2026: which of the older models lack what
NO_CODE: Final = frozenset(
    {
        "claude-haiku-4-5-20251001",
        "claude-opus-4-1-20250805",
        "claude-opus-4-20250514",
        "claude-sonnet-4-20250514",
    }
)
STRUCTURED_SINCE: Final = dt.date(2025, 8, 5)
COMPACTION_SINCE: Final = dt.date(2026, 2, 4)
TOOLS_SINCE: Final = dt.date(2024, 10, 22)
IMAGES_SINCE: Final = dt.date(2024, 2, 29)
FALLBACKS: Final = ("server-side-fallback-2026-06-01", "server-side-fallback-2026-07-01")
COMPACTION: Final = "compact-2026-09-04"
NO_BETAS: Final[frozenset[str]] = frozenset()
_DATED = re.compile(r"-(20\d\d)(\d\d)(\d\d)$")


def created(model: Model) -> dt.date:
    """The day that `created_at` shows: as recorded, as announced, as in the id, or the epoch."""
    dated = _DATED.search(model.id)
    in_id = dt.date(*map(int, dated.groups())) if dated else UNKNOWN
    return CREATED.get(model.id) or model.released or in_id


def is_released(model: Model, day: dt.date) -> bool:
    """Whether there was such a model on that day."""
    return created(model) <= day


def lifecycle(model: Model, day: dt.date) -> str:
    """Where in its life a model is on that day."""
    if model.is_retired(day):
        return "retired"
    return "deprecated" if model.deprecated_at and model.deprecated_at <= day else "active"


def newest_first(models: Iterable[Model]) -> list[Model]:
    """The order of the list (recorded 2026-08-02)."""
    return sorted(models, key=created, reverse=True)


def model_info(model: Model, day: dt.date, betas: frozenset[str] = NO_BETAS) -> dict[str, Any]:
    """The object on that day. Keys as recorded; where the newer ones stand was never recorded.

    docs: Refusals and fallback: `allowed_fallback_models` is there with a beta of server-side fallbacks. That of
    compaction on demand shows its capability, and for those models that compact at a threshold (policy; SDK 2.14.0 has
    it among the beta's).
    """
    state = lifecycle(model, day)
    is_leaving = state != "active"
    return {
        "type": "model",
        "id": model.id,
        "display_name": model.display_name,
        "created_at": _midnight(created(model)),
        "lifecycle": state,
        "line": model.line,
        "deprecated_at": _midnight(model.deprecated_at) if is_leaving else None,
        "retires_at": _midnight(model.retires_at) if is_leaving else None,
        "max_input_tokens": WINDOWS.get(model.id, model.context_window),
        "max_tokens": model.max_output_tokens,
        **({} if betas.isdisjoint(FALLBACKS) else {"allowed_fallback_models": [*model.fallbacks]}),
        "capabilities": capabilities(model) | (_compaction(model) if COMPACTION in betas else {}),
    }


def capabilities(model: Model) -> dict[str, Any]:
    """What a model can do; recorded for eleven models, inferred from the catalogue for the others."""
    # No release date of Claude Mythos Preview is published, but it is of the time when thinking adapts.
    since = dt.date.max if "adaptive" in model.thinking else created(model)
    tools = since >= TOOLS_SINCE
    context = {
        "clear_tool_uses_20250919": _leaf(tools),
        "clear_thinking_20251015": _leaf(tools),
        "compact_20260112": _leaf(since >= COMPACTION_SINCE),
    }
    return {
        "batch": {"supported": True},
        "citations": _leaf(tools),
        "code_execution": _leaf(tools and model.id not in NO_CODE),
        "context_management": {**_leaf(tools), **context},
        "effort": {**_leaf(bool(model.effort)), **_leaves(EFFORTS, model.effort)},
        "image_input": _leaf(since >= IMAGES_SINCE),
        "pdf_input": _leaf(tools),
        "server_tools": {
            **_leaf(tools),
            "code_execution": _leaf(tools),
            "web_search": _leaf(tools),
        },
        "structured_outputs": _leaf(since >= STRUCTURED_SINCE),
        "thinking": {
            **_leaf(bool(set(model.thinking) - {"disabled"})),
            "types": _leaves(THINKING, model.thinking),
        },
    }


def _compaction(model: Model) -> dict[str, Any]:
    compacts: bool = capabilities(model)["context_management"]["compact_20260112"]["supported"]
    return {"compaction": {"summarize": _leaf(compacts), **_leaf(compacts)}}


def _leaf(is_supported: bool) -> dict[str, Any]:  # noqa: FBT001 # the one thing that it says
    return {"supported": is_supported}


def _leaves(names: Iterable[str], supported: Iterable[str]) -> dict[str, Any]:
    return {name: _leaf(name in supported) for name in names}


def _midnight(day: dt.date | None) -> str | None:
    return None if day is None else f"{day.isoformat()}T00:00:00Z"
