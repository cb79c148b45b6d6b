"""The models endpoint, over ASGI."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from starlette.types import ASGIApp

from contracts.resources import check_resource
from mockserver.app import create_app
from mockserver.catalogue import Catalogue
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import Answer, call

TODAY = dt.date(2026, 11, 22)


@pytest.fixture
def app() -> ASGIApp:
    return create_app(Settings(now=TODAY))


def got(app: ASGIApp, path: str = "", **headers: str) -> Answer:
    return call(app, method="GET", path=f"/v1/models{path}", headers=headers)


def ids(page: Any) -> list[str]:
    return [model["id"] for model in page["data"]]


def test_the_list_has_what_is_not_retired_newest_first(app: ASGIApp) -> None:
    page = got(app).json
    assert check_resource("model_list", page, "2026-10-21") == []
    days = [model["created_at"] for model in page["data"]]
    assert days == sorted(days, reverse=True)
    assert {model["lifecycle"] for model in page["data"]} == {"active", "deprecated"}
    assert "claude-sonnet-4-5-20250929" in ids(page)
    assert "claude-opus-4-1-20250805" not in ids(page)


def test_lifecycles_are_chosen(app: ASGIApp) -> None:
    retired = got(app, "?lifecycle[]=retired&limit=1000").json["data"]
    assert {model["lifecycle"] for model in retired} == {"retired"}
    assert all(model["deprecated_at"] and model["retires_at"] for model in retired)
    both = got(app, "?lifecycle[]=active&lifecycle[]=deprecated&limit=1000").json
    assert both == got(app, "?limit=1000").json


def test_pages_follow_each_other(app: ASGIApp) -> None:
    whole = ids(got(app, "?limit=1000").json)
    first = got(app, "?limit=3").json
    second = got(app, f"?limit=3&after_id={first['last_id']}").json
    back = got(app, f"?limit=3&before_id={second['first_id']}").json
    assert ids(first) + ids(second) == whole[:6]
    assert (first["has_more"], ids(back), back["has_more"]) == (True, whole[:3], False)


@pytest.mark.parametrize("model", Catalogue.load().models, ids=lambda model: model.id)
def test_every_model_is_retrieved(app: ASGIApp, model: Any) -> None:
    for name in (model.id, *model.aliases):
        answer = got(app, f"/{name}")
        assert answer.json["id"] == model.id
        for version in ("2023-06-01", "2026-10-21"):
            assert check_resource("model", answer.json, version) == []


def test_a_model_is_as_recorded(app: ASGIApp) -> None:
    shown = got(app, "/claude-haiku-4-5", **{"x-mock-now": "2026-08-02"}).json
    yes, no = {"supported": True}, {"supported": False}
    recorded = {
        "type": "model",
        "id": "claude-haiku-4-5-20251001",
        "display_name": "Claude Haiku 4.5",
        "created_at": "2025-10-15T00:00:00Z",
        "max_input_tokens": 200_000,
        "max_tokens": 64_000,
    }
    assert {key: shown[key] for key in recorded} == recorded
    capabilities = shown["capabilities"]
    assert capabilities["code_execution"] == no
    assert capabilities["structured_outputs"] == yes
    assert capabilities["context_management"] == {
        "supported": True,
        "clear_tool_uses_20250919": yes,
        "clear_thinking_20251015": yes,
        "compact_20260112": no,
    }
    efforts = ("low", "medium", "high", "xhigh", "max")
    assert capabilities["effort"] == {"supported": False, **dict.fromkeys(efforts, no)}
    assert capabilities["thinking"]["types"]["enabled"] == yes
    assert capabilities["thinking"]["types"]["adaptive"] == no


@pytest.mark.parametrize(
    ("day", "state"),
    [("2026-06-04", "active"), ("2026-06-05", "deprecated"), ("2026-08-05", "retired")],
)
def test_the_day_decides_the_lifecycle(app: ASGIApp, day: str, state: str) -> None:
    shown = got(app, "/claude-opus-4-1", **{"x-mock-now": day}).json
    assert shown["lifecycle"] == state
    assert (shown["deprecated_at"] is None) == (state == "active")


def test_a_model_of_the_future_is_not_there(app: ASGIApp) -> None:
    headers = {"x-mock-now": "2026-08-02"}
    assert "claude-haiku-5-5" not in ids(got(app, "?limit=1000", **headers).json)
    answer = got(app, "/claude-haiku-5-5", **headers)
    assert (answer.status, answer.error) == (404, "model: claude-haiku-5-5")


def test_an_unknown_model_is_not_found(app: ASGIApp) -> None:
    answer = got(app, "/claude-x")
    assert (answer.status, answer.error) == (404, "model: claude-x")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (
            "lifecycle[]=active&lifecycle[]=old",
            "lifecycle.1: Input should be 'active', 'deprecated' or 'retired'",
        ),
        (
            "&".join(["lifecycle[]=active"] * 4),
            "lifecycle: List should have at most 3 items after validation, not 4",
        ),
        ("after_id=claude-x", "after_id: 'claude-x' is not in the list"),
    ],
)
def test_a_bad_query_is_refused(app: ASGIApp, query: str, message: str) -> None:
    answer = got(app, f"?{query}")
    assert (answer.status, answer.error) == (400, message)


def test_betas_show_what_may_answer_in_place_of_a_model_and_what_compacts(app: ASGIApp) -> None:
    betas = "server-side-fallback-2026-06-01,compact-2026-09-04"
    page = got(app, **{"anthropic-beta": betas}).json
    assert check_resource("model_list", page, "2026-10-21", "beta") == []
    shown = {model["id"]: model for model in page["data"]}
    assert shown["claude-opus-5"]["allowed_fallback_models"] == ["claude-opus-4-8"]
    assert shown["claude-opus-4-8"]["allowed_fallback_models"] == []
    no, yes = {"supported": False}, {"supported": True}
    compaction = {name: model["capabilities"]["compaction"] for name, model in shown.items()}
    assert compaction["claude-opus-5"] == {"summarize": yes, **yes}
    assert compaction["claude-haiku-4-5-20251001"] == {"summarize": no, **no}
    one = got(app, "/claude-opus-5", **{"anthropic-beta": betas}).json
    assert one == shown["claude-opus-5"]
    plain = got(app, "/claude-opus-5").json
    assert "allowed_fallback_models" not in plain
    assert "compaction" not in plain["capabilities"]
