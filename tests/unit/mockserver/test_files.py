"""Files of a workspace: ids, metadata, names that are labels."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mockserver.clock import Clock
from mockserver.errors import ApiError
from mockserver.files import FORBIDDEN, LONGEST_NAME, Files
from mockserver.ids import Ids
from mockserver.images import NotAnImage

HOUR, DAY = 3_600, 86_400


def shelf(clock: Clock | None = None, **more: Any) -> Files:
    return Files(Ids(0, "key"), clock or Clock(dt.date(2026, 11, 22)), **more)


def test_metadata_has_the_recorded_keys_in_order() -> None:
    shown = shelf().add("a.txt", "text/plain", b"abc").metadata()
    assert list(shown) == [
        "type",
        "id",
        "size_bytes",
        "created_at",
        "filename",
        "mime_type",
        "downloadable",
        "expires_at",
    ]
    assert re.fullmatch(r"file_011C[A-Za-z0-9]{20}", shown.pop("id"))
    assert re.fullmatch(r"2026-11-22T00:00:\d\d\.\d{6}Z", shown.pop("created_at"))
    assert shown == {
        "type": "file",
        "size_bytes": 3,
        "filename": "a.txt",
        "mime_type": "text/plain",
        "downloadable": False,
        "expires_at": None,
    }


def test_files_are_found_by_id() -> None:
    files = shelf()
    stored = files.add("a.txt", "text/plain", b"abc")
    assert files.find(stored.id) == files.named(stored.id) == stored


def test_an_unknown_file_is_the_documented_404() -> None:
    files = shelf()
    assert files.find("file_x") is None
    with pytest.raises(ApiError) as caught:
        files.named("file_x")
    assert (caught.value.status, caught.value.message) == (404, "File `file_x` not found.")


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        (None, "unnamed.txt"),
        ("", "unnamed.txt"),
        ("photo.png", "photo.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\b.txt", "b.txt"),
        ("folder/", "unnamed.txt"),
        ("..", ".."),
        ("ü 猫.png", "ü 猫.png"),
        ("a" * LONGEST_NAME, "a" * LONGEST_NAME),
    ],
)
def test_a_name_keeps_its_last_component(given_name: str | None, kept: str) -> None:
    assert shelf().add(given_name, "text/plain", b"").filename == kept


@pytest.mark.parametrize(
    "name", ["a\0b", "a\nb", "a:b", "a?b", 'a"b', "a|b", "<a>", "*", "a" * 256]
)
def test_a_name_that_the_api_does_not_take_is_refused(name: str) -> None:
    files = shelf()
    with pytest.raises(
        ApiError, match=r"^file: the file name must have 1 to 255 characters"
    ) as caught:
        files.add(name, "text/plain", b"")
    assert caught.value.status == 400


@given(st.text())
def test_a_kept_name_is_no_path(name: str) -> None:
    try:
        kept = shelf().add(name, "text/plain", b"").filename
    except ApiError:
        assert len(name) > LONGEST_NAME or FORBIDDEN.search(name)
    else:
        assert 1 <= len(kept) <= LONGEST_NAME
        assert not FORBIDDEN.search(kept)


def test_picture_reads_an_image_file() -> None:
    file = io.BytesIO()
    Image.new("RGB", (31, 17)).save(file, "PNG")
    picture = shelf().add("a.png", "image/png", file.getvalue()).picture()
    assert (picture.media_type, picture.width, picture.height) == ("image/png", 31, 17)


def test_picture_of_another_file_is_refused() -> None:
    stored = shelf().add("a.png", "image/png", b"no image")
    with pytest.raises(NotAnImage):
        stored.picture()


@pytest.mark.parametrize(
    ("mime_type", "name"),
    [
        ("application/pdf", "unnamed.pdf"),
        ("application/octet-stream", "unnamed"),
        ("application/x-nobody-knows", "unnamed"),
    ],
)
def test_an_empty_name_gets_the_extension_of_its_type(mime_type: str, name: str) -> None:
    assert shelf().add(None, mime_type, b"").filename == name


def test_content_is_read_as_often_as_one_likes() -> None:
    stored = shelf().add("a", "text/plain", b"abc" * 1_000_000)
    assert stored.content == stored.content == b"abc" * 1_000_000


def test_listed_are_the_newest_first() -> None:
    files = shelf()
    added = [files.add("a.txt", "text/plain", b"").id for _ in range(3)]
    assert [file.id for file in files.listed()] == added[::-1]


def test_a_removed_file_is_gone() -> None:
    files = shelf()
    file_id = files.add("a.txt", "text/plain", b"").id
    files.remove(file_id)
    assert files.listed() == []
    with pytest.raises(ApiError, match="not found"):
        files.remove(file_id)


def test_a_file_expires_and_is_forgotten_30_days_later() -> None:
    clock = Clock(dt.date(2026, 11, 22))
    files = shelf(clock)
    stored = files.add("a.txt", "text/plain", b"abc", expires_in=HOUR)
    assert re.match(r"2026-11-22T01:00:00\.\d{6}Z$", stored.metadata()["expires_at"])
    assert files.find(stored.id) == stored
    assert not files.is_expired(stored)
    clock.forward(HOUR)
    assert files.find(stored.id) is None
    assert files.named(stored.id) == stored
    assert files.listed() == [stored]
    clock.forward(30 * DAY)
    assert files.listed() == []
    with pytest.raises(ApiError, match="not found"):
        files.named(stored.id)
    kept = files.add("b.txt", "text/plain", b"")
    assert list(files.store.rows("file", "")) == [kept.id]


@pytest.mark.parametrize(
    ("seconds", "message"),
    [
        (3_599, "expires_in_seconds: Input should be greater than or equal to 3600"),
        (7_776_001, "expires_in_seconds: Input should be less than or equal to 7776000"),
    ],
)
def test_a_life_has_bounds(seconds: int, message: str) -> None:
    with pytest.raises(ApiError) as caught:
        shelf().add("a", "text/plain", b"", expires_in=seconds)
    assert (caught.value.status, caught.value.message) == (400, message)


@pytest.mark.parametrize("seconds", [3_600, 7_776_000])
def test_a_life_within_bounds_is_taken(seconds: int) -> None:
    assert shelf().add("a", "text/plain", b"", expires_in=seconds).metadata()["expires_at"]


def test_storage_has_a_quota() -> None:
    files = shelf(most_bytes=5)
    files.add("a", "text/plain", b"abc")
    with pytest.raises(ApiError) as caught:
        files.add("b", "text/plain", b"def")
    assert caught.value.status == 400
    assert caught.value.details == {"error_code": "storage_quota_exceeded"}
    assert len(files.listed()) == 1


def test_an_id_that_is_taken_is_not_drawn_again() -> None:
    first = shelf()
    again = shelf(store=first.store)
    assert first.add("a", "text/plain", b"").id != again.add("b", "text/plain", b"").id
    assert len(first.listed()) == 2
