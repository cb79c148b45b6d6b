"""The models, one row each: ids, dates, limits and modes. The rows live in contracts/models.json, which the suite reads too."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

from mockserver.errors import ApiError

DATA = Path(__file__).parents[1] / "contracts" / "models.json"
# Whose limits a model has that is only a name.
EXAMPLE = "claude-opus-4-6"
_DATES = ("released", "deprecated_at", "retires_at")
_TUPLES = (
    *("aliases", "thinking", "reads_thinking_of", "effort", "computer_tools", "tool_prompt_tokens"),
    *("fallbacks", "sources"),
)


@dataclass(frozen=True, slots=True)
class Model:
    """What is known of one model. Limits are in tokens, prices in USD per million tokens."""

    id: str
    aliases: tuple[str, ...]
    display_name: str
    line: str | None
    released: dt.date | None
    deprecated_at: dt.date | None
    retires_at: dt.date | None
    context_window: int
    max_output_tokens: int
    max_output_tokens_batch: int
    prefill: bool
    forced_tool_choice: bool
    system_role: bool
    inference_geo: bool
    fast_mode: bool
    tool_changes: bool
    effort_per_turn: bool
    preserved_thinking: bool
    fallbacks: tuple[str, ...]
    thinking: tuple[str, ...]
    thinking_default: Literal["off", "on", "always_on"]
    thinking_off_max_effort: str | None
    thinking_display: Literal["omitted", "summarized"]
    thinking_kept: Literal["all", "last_turn"]
    progress_updates: bool
    edited_thinking: Literal["ignored", "refused"]
    reads_thinking_of: tuple[str, ...]
    effort: tuple[str, ...]
    effort_default: str | None
    sampling: Literal["free", "exclusive", "default_only"]
    image_tier: Literal["standard", "high"]
    max_images: int
    max_pdf_pages: int
    computer_tools: tuple[str, ...]
    tokenizer: Literal["2023", "2026"]
    tool_prompt_tokens: tuple[int, int] | None
    min_cacheable_tokens: int
    price: Mapping[str, float | None] | None
    sources: tuple[str, ...]

    def is_retired(self, day: dt.date) -> bool:
        """Whether requests for the model fail on that day."""
        return self.retires_at is not None and self.retires_at <= day


class Catalogue:
    """All models, found by id or alias."""

    def __init__(self, models: Iterable[Model]) -> None:
        self.models = tuple(models)
        self._by_name = {n: m for m in self.models for n in (m.id, *m.aliases)}

    @staticmethod
    @cache
    def load() -> Catalogue:
        """Read the packaged rows once."""
        return Catalogue(_model(row) for row in json.loads(DATA.read_text("utf-8"))["models"])

    def named(self, name: str) -> Model | None:
        """The model of an id or alias, retired or not."""
        return self._by_name.get(name)

    def example(self, name: str) -> Model:
        """The model of an id or alias, or one that is called so and is like another."""
        return self._by_name.get(name) or replace(self._by_name[EXAMPLE], id=name)

    def find(self, name: str, day: dt.date) -> Model:
        """The model of an id or alias, alive on that day. Raises the live 404 (recorded 22 times)."""
        model = self._by_name.get(name)
        if model is None or model.is_retired(day):
            raise ApiError(
                404, f"model: {name}", rule="model.unknown" if model is None else "model.retired"
            )
        return model


def _model(row: dict[str, Any]) -> Model:
    dates = {k: dt.date.fromisoformat(row[k]) for k in _DATES if row[k]}
    tuples = {k: tuple(row[k]) for k in _TUPLES if row[k] is not None}
    known = {field.name for field in fields(Model)}
    if row.keys() != known:
        raise ValueError(
            f"{DATA.name}: {row.get('id')}: columns differ: {sorted(row.keys() ^ known)}"
        )
    columns: dict[str, Any] = {**row, **dates, **tuples}
    return Model(**columns)
