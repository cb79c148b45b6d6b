"""The catalogue: every row loads and is consistent; names find models that are alive on the day."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from mockserver import catalogue as module
from mockserver.catalogue import DATA, Catalogue, Model
from mockserver.errors import ApiError
from tests.unit.mockserver.bodies import MODELS, TODAY

EFFORTS = ("low", "medium", "high", "xhigh", "max")
THINKING = {"adaptive", "enabled", "disabled", "between_tools"}
ROWS = json.loads(DATA.read_text("utf-8"))["models"]
EACH = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def test_every_row_loads_once() -> None:
    assert [model.id for model in Catalogue.load().models] == [row["id"] for row in ROWS]
    assert Catalogue.load() is Catalogue.load()


def test_names_are_unique() -> None:
    names = [name for row in ROWS for name in (row["id"], *row["aliases"])]
    assert len(names) == len(set(names))


@EACH
def test_limits_are_consistent(model: Model) -> None:
    assert 0 < model.max_output_tokens <= model.max_output_tokens_batch
    assert model.max_output_tokens <= model.context_window
    assert (
        model.max_images == model.max_pdf_pages == (600 if model.context_window > 200_000 else 100)
    )
    assert model.min_cacheable_tokens > 0
    assert model.display_name.startswith("Claude")
    assert model.sources


@EACH
def test_dates_are_in_order(model: Model) -> None:
    dates = [model.released, model.deprecated_at, model.retires_at]
    known = [date for date in dates if date is not None]
    assert known == sorted(known)


@EACH
def test_thinking_modes_are_consistent(model: Model) -> None:
    assert set(model.thinking) <= THINKING
    assert (model.thinking_default == "always_on") == (
        not {"disabled", "between_tools"} & set(model.thinking)
    )
    if model.thinking_default != "off":
        assert "adaptive" in model.thinking
    if model.thinking_off_max_effort is not None:
        assert model.thinking_off_max_effort in model.effort


@EACH
def test_efforts_are_consistent(model: Model) -> None:
    assert list(model.effort) == [level for level in EFFORTS if level in model.effort]
    assert (model.effort_default in model.effort) or (
        model.effort_default is None and not model.effort
    )


@EACH
def test_prices_are_complete(model: Model) -> None:
    if model.price is None:
        return
    assert set(model.price) >= {"input", "output", "cache_write_5m", "cache_write_1h", "cache_read"}
    assert all(value is None or value > 0 for value in model.price.values())


@pytest.mark.parametrize(
    ("alias", "expected"),
    [
        ("claude-haiku-4-5", "claude-haiku-4-5-20251001"),
        ("claude-sonnet-4-5", "claude-sonnet-4-5-20250929"),
        ("claude-opus-4-5", "claude-opus-4-5-20251101"),
        ("claude-sonnet-4-6", "claude-sonnet-4-6"),
        ("claude-opus-5-5", "claude-opus-5-5"),
    ],
)
def test_find_resolves_aliases_to_dated_ids(alias: str, expected: str) -> None:
    assert Catalogue.load().find(alias, TODAY).id == expected


def test_find_refuses_an_unknown_name() -> None:
    with pytest.raises(ApiError) as caught:
        Catalogue.load().find("claude-sonnet-6", TODAY)
    assert (caught.value.status, caught.value.message) == (404, "model: claude-sonnet-6")
    assert (caught.value.type, caught.value.rule) == ("not_found_error", "model.unknown")


@pytest.mark.parametrize("name", ["claude-sonnet-4-5", "claude-sonnet-4-5-20250929"])
def test_find_refuses_a_model_from_its_last_day_on(name: str) -> None:
    find = Catalogue.load().find
    assert find(name, dt.date(2026, 11, 29)).id == "claude-sonnet-4-5-20250929"
    for day in (dt.date(2026, 11, 30), dt.date(2030, 1, 1)):
        with pytest.raises(ApiError) as caught:
            find(name, day)
        # the name as it was asked for, as in the recorded 404s
        assert (caught.value.status, caught.value.message) == (404, f"model: {name}")
        assert caught.value.rule == "model.retired"


@EACH
def test_retired_follows_the_date_of_the_row(model: Model) -> None:
    if model.retires_at is None:
        assert not model.is_retired(dt.date.max)
        return
    assert model.is_retired(model.retires_at)
    assert not model.is_retired(model.retires_at - dt.timedelta(days=1))


@pytest.mark.parametrize("change", [{"surplus": 1}, {"prefill": ...}], ids=["surplus", "missing"])
def test_a_row_with_other_columns_is_refused(change: dict[str, object]) -> None:
    row = {k: v for k, v in {**ROWS[0], **change}.items() if v is not ...}
    with pytest.raises(ValueError, match="columns differ") as caught:
        module._model(row)
    assert repr(next(iter(change))) in str(caught.value)
    assert row["id"] in str(caught.value)
