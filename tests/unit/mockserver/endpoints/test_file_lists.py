"""Lists of files: pages by cursor and by id."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.types import ASGIApp

from contracts.resources import check_resource
from tests.unit.mockserver.asgi import call
from tests.unit.mockserver.endpoints.uploading import (
    listed,
    part,
    uploaded,
)


def ids(page: Any) -> list[str]:
    return [file["id"] for file in page["data"]]


@pytest.fixture
def five(app: ASGIApp) -> list[str]:
    return [uploaded(app, part(b"abc")).json["id"] for _ in range(5)][::-1]


def test_pages_follow_each_other_by_cursor(app: ASGIApp, five: list[str]) -> None:
    first = listed(app, "limit=2")
    assert check_resource("file_list", first, "2026-10-21") == []
    second = listed(app, f"limit=2&page={first['next_page']}")
    call(app, method="DELETE", path=f"/v1/files/{five[3]}")
    third = listed(app, f"limit=2&page={second['next_page']}")
    assert [ids(first), ids(second), ids(third)] == [five[:2], five[2:4], five[4:]]
    assert third["next_page"] is None
    assert list(first) == ["data", "next_page"]


def test_files_are_chosen_by_ids(app: ASGIApp, five: list[str]) -> None:
    query = f"ids[]={five[3]}&ids[]=file_x&ids[]={five[1]}&ids[]={five[1]}"
    assert listed(app, query) == {**listed(app, query), "next_page": None}
    assert ids(listed(app, query)) == [five[1], five[3]]


@pytest.mark.parametrize(
    ("query", "headers"),
    [("beta=true&", {}), ("", {"anthropic-beta": "files-api-2025-04-14"})],
)
def test_older_clients_page_by_id(
    app: ASGIApp, five: list[str], query: str, headers: dict[str, str]
) -> None:
    first = listed(app, query + "limit=3", **headers)
    assert (ids(first), first["has_more"]) == (five[:3], True)
    assert (first["first_id"], first["last_id"]) == (five[0], five[2])
    second = listed(app, f"{query}limit=3&after_id={five[2]}", **headers)
    assert (ids(second), second["has_more"], second["next_page"]) == (five[3:], False, None)
    assert ids(listed(app, f"{query}limit=3&page={first['next_page']}", **headers)) == five[3:]
    before = listed(app, f"{query}limit=2&before_id={five[4]}", **headers)
    assert (ids(before), before["has_more"]) == (five[2:4], True)


def test_an_empty_list_has_no_ends(app: ASGIApp) -> None:
    assert listed(app) == {"data": [], "next_page": None}
    assert listed(app, "beta=true") == {
        "data": [],
        "has_more": False,
        "first_id": None,
        "last_id": None,
        "next_page": None,
    }


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=0", "limit: Input should be greater than or equal to 1"),
        ("limit=1001", "limit: Input should be less than or equal to 1000"),
        ("limit=x", "limit: Input should be a valid integer, unable to parse string as an integer"),
        ("page=page_x", "page: 'page_x' is not a cursor of this list"),
        ("page=page_MQ==", "page: 'page_MQ==' is not a cursor of this list"),
        ("page=page_%FF", "page: 'page_\ufffd' is not a cursor of this list"),
        ("ids[]=a&limit=1", "ids: cannot be used together with page or limit"),
        ("ids[]=a&page=page_MQ", "ids: cannot be used together with page or limit"),
        (
            "&".join(f"ids[]={number}" for number in range(101)),
            "ids: List should have at most 100 items after validation, not 101",
        ),
        ("after_id=file_x", "after_id: 'file_x' is not in the list"),
        ("after_id=a&before_id=b", "before_id: cannot be used together with after_id"),
    ],
)
def test_a_bad_query_is_refused(app: ASGIApp, query: str, message: str) -> None:
    answer = call(app, method="GET", path=f"/v1/files?{query}")
    assert (answer.status, answer.error) == (400, message)
