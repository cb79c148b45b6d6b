"""Lists by pages: after and before an id as models and batches have them, or by an opaque cursor as files."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from starlette.datastructures import QueryParams

from mockserver.errors import invalid

USUAL, MOST = 20, 1_000
CURSOR: Final = "page_"
Item = TypeVar("Item")


def limit_of(query: QueryParams) -> int:
    """How many items a page may have. Raises the 400 outside 1 to 1,000 (SDK: list params)."""
    text = query.get("limit")
    if text is None:
        return USUAL
    try:
        limit = int(text)
    except ValueError:
        raise invalid(
            "limit: Input should be a valid integer, unable to parse string as an integer"
        ) from None
    if limit < 1:
        raise invalid("limit: Input should be greater than or equal to 1")
    if limit > MOST:
        raise invalid(f"limit: Input should be less than or equal to {MOST}")
    return limit


def page_by_id(
    items: Sequence[Item],
    query: QueryParams,
    id_of: Callable[[Item], str],
    shown: Callable[[Item], dict[str, Any]],
) -> dict[str, Any]:
    """The page that `after_id`, `before_id` and `limit` ask for, as the wire has it."""
    limit = limit_of(query)
    after, before = query.get("after_id"), query.get("before_id")
    if after is not None and before is not None:
        raise invalid("before_id: cannot be used together with after_id")
    ids = [id_of(item) for item in items]
    if before is not None:
        end = _place(ids, "before_id", before)
        start = max(0, end - limit)
        page, has_more = items[start:end], start > 0
    else:
        start = 0 if after is None else _place(ids, "after_id", after) + 1
        page, has_more = items[start : start + limit], start + limit < len(items)
    return {
        "data": [shown(item) for item in page],
        "has_more": has_more,
        "first_id": id_of(page[0]) if page else None,
        "last_id": id_of(page[-1]) if page else None,
    }


def _place(ids: list[str], name: str, wanted: str) -> int:
    # What the live API says to an id that is not there is not known.
    if wanted not in ids:
        raise invalid(f"{name}: {wanted!r} is not in the list")
    return ids.index(wanted)


def page_by_cursor(
    items: Sequence[Item],
    query: QueryParams,
    number_of: Callable[[Item], int],
    shown: Callable[[Item], dict[str, Any]],
) -> dict[str, Any]:
    """The page that `page` and `limit` ask for, as the wire has it. `items` have falling numbers."""
    limit = limit_of(query)
    if page := query.get("page"):
        before = row_before(page)
        items = [item for item in items if number_of(item) < before]
    data = [shown(item) for item in items[:limit]]
    return {"data": data, "next_page": next_page(items, limit, number_of)}


def next_page(items: Sequence[Item], shown: int, number_of: Callable[[Item], int]) -> str | None:
    """The cursor behind so many items, if there are more."""
    return cursor(number_of(items[shown - 1])) if 0 < shown < len(items) else None


def cursor(number: int) -> str:
    """The opaque name of the page behind a row (SDK: it begins with `page_`)."""
    return CURSOR + base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")


def row_before(text: str) -> int:
    """The row that a cursor names. Raises the 400 for a cursor that was never given."""
    letters = text.removeprefix(CURSOR)
    try:
        number = int(base64.urlsafe_b64decode(letters + "=" * (-len(letters) % 4)))
    except (ValueError, binascii.Error):
        number = 0
    if text != cursor(number):
        raise invalid(f"page: {text!r} is not a cursor of this list")
    return number
