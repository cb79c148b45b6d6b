"""Models chosen by their columns."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from contracts.models import WishError, as_of, chosen, last_day, models, named


def ids(wishes: dict[str, Any], day: dt.date | None = None) -> set[str]:
    return {row["id"] for row in chosen(wishes, day or as_of())}


def test_wishes_are_asked_of_columns() -> None:
    assert ids({"thinking": "between_tools"}) == {"claude-sonnet-5-5"}
    assert ids({"line": "haiku"}) == {"claude-haiku-5-5", "claude-haiku-4-5-20251001"}
    assert ids({"line": "haiku", "thinking": {"not": "adaptive"}}) == {"claude-haiku-4-5-20251001"}
    assert ids({"line": "haiku", "max_images": {"least": 101}}) == {"claude-haiku-5-5"}
    assert ids({"line": "haiku", "max_images": {"most": 100}}) == {"claude-haiku-4-5-20251001"}


def test_lifecycle_is_judged_by_the_day() -> None:
    sonnet = "claude-sonnet-4-5-20250929"
    assert sonnet in ids({})
    assert sonnet not in ids({}, dt.date(2026, 11, 30))
    assert sonnet in ids({"lifecycle": "retired"}, dt.date(2026, 11, 30))
    assert ids({"lifecycle": "any"}) == {row["id"] for row in models()}


@pytest.mark.parametrize(
    "wishes",
    [
        pytest.param({"prefil": True}, id="reject_unknown_column"),
        pytest.param({"lifecycle": "dead"}, id="reject_unknown_lifecycle"),
        pytest.param({"prefill": {"is": True}}, id="reject_unknown_comparison"),
        pytest.param({"prefill": {}}, id="reject_empty_comparison"),
    ],
)
def test_wrong_wish_is_told(wishes: dict[str, Any]) -> None:
    with pytest.raises(WishError):
        chosen(wishes, as_of())


def test_named_finds_ids_and_aliases() -> None:
    assert named("claude-haiku-4-5")["id"] == "claude-haiku-4-5-20251001"
    with pytest.raises(WishError, match="did you mean 'claude-opus-5-5'"):
        named("claude-opus-55")


def test_last_day_is_one_on_which_the_model_lives() -> None:
    for row in models():
        assert row in chosen({}, dt.date.fromisoformat(last_day(row)))
