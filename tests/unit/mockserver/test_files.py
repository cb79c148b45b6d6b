"""Files of a workspace: ids, metadata, names that are labels."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from mockserver.clock import Clock
from mockserver.errors import ApiError
from mockserver.files import FORBIDDEN, LONGEST_NAME, Files
from mockserver.ids import Ids
from mockserver.images import NotAnImage


def shelf() -> Files:
    return Files(Ids(0, "key"), Clock(dt.date(2026, 11, 22)))


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
    assert files.find(stored.id) is files.named(stored.id) is stored


def test_an_unknown_file_is_the_documented_404() -> None:
    files = shelf()
    assert files.find("file_x") is None
    with pytest.raises(ApiError) as caught:
        files.named("file_x")
    assert (caught.value.status, caught.value.message) == (404, "File `file_x` not found.")


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        (None, "unnamed"),
        ("", "unnamed"),
        ("photo.png", "photo.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\b.txt", "b.txt"),
        ("folder/", "unnamed"),
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
