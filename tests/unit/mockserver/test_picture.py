"""Pictures as base64: what is no base64, and what is remembered of those that were inspected."""

from __future__ import annotations

import base64
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mockserver import images
from mockserver.images import (
    InvalidBase64,
    NotAnImage,
    Picture,
    decoded,
    inspected,
    picture,
)

if TYPE_CHECKING:
    from collections.abc import Callable

from tests.unit.mockserver.pictures import SIZE, saved

pytestmark = pytest.mark.filterwarnings("error")


BASE64 = [
    pytest.param("", b"", id="accept_empty"),
    pytest.param("AAAA", bytes(3), id="accept_unpadded_triple"),
    pytest.param("AAA=", bytes(2), id="accept_one_pad"),
    pytest.param("AA==", bytes(1), id="accept_two_pads"),
    pytest.param("+/+/", b"\xfb\xff\xbf", id="accept_standard_alphabet"),
    pytest.param("AB==", bytes(1), id="accept_unused_bits"),
]
NOT_BASE64 = [
    pytest.param("AAA", id="reject_missing_padding"),
    pytest.param("A===", id="reject_three_pads"),
    pytest.param("AAAA====", id="reject_surplus_padding"),
    pytest.param("AAAA=", id="reject_pad_after_whole_group"),
    pytest.param("AA==AAAA", id="reject_data_after_padding"),
    pytest.param("=AAA", id="reject_leading_padding"),
    pytest.param("-_-_", id="reject_url_alphabet"),
    pytest.param("AAAA\n", id="reject_newline"),
    pytest.param("AA AA===", id="reject_space"),
    pytest.param("data:image/png;base64,AAAA", id="reject_data_url"),
    pytest.param("AAA\u0661", id="reject_foreign_digit"),
    pytest.param("AAA\ud800", id="reject_lone_surrogate"),
]


@pytest.mark.parametrize(("text", "data"), BASE64)
def test_decoded_accepts(text: str, data: bytes) -> None:
    assert decoded(text) == data


@pytest.mark.parametrize("text", NOT_BASE64)
@pytest.mark.parametrize("read", [decoded, picture])
def test_decoded_rejects(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(InvalidBase64):
        read(text)


@given(st.binary())
def test_decoded_inverts_encoding(data: bytes) -> None:
    assert decoded(base64.b64encode(data).decode()) == data


@given(st.binary(), st.characters(exclude_characters="+/="), st.data())
def test_decoded_rejects_one_foreign_character(
    data: bytes, foreign: str, draw: st.DataObject
) -> None:
    assume(not (foreign.isascii() and foreign.isalnum()))
    text = base64.b64encode(data).decode()
    place = draw.draw(st.integers(0, len(text)))
    with pytest.raises(InvalidBase64):
        decoded(text[:place] + foreign + text[place:])


@pytest.fixture
def inspections(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Start with nothing remembered, remember two, and list what gets inspected."""
    seen: list[bytes] = []

    def spy(data: bytes) -> Picture:
        seen.append(data)
        return inspected(data)

    monkeypatch.setattr(images, "inspected", spy)
    monkeypatch.setattr(images, "_findings", {})
    monkeypatch.setattr(images, "REMEMBERED_PICTURES", 2)
    return seen


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_picture_inspects_a_repeated_text_once(inspections: list[bytes]) -> None:
    text = encoded(saved("PNG"))
    assert picture(text) == picture(text) == Picture("image/png", *SIZE)
    assert len(inspections) == 1


def test_picture_remembers_refusals(inspections: list[bytes]) -> None:
    refusals = []
    for _ in range(2):
        with pytest.raises(NotAnImage, match="unknown bytes") as caught:
            picture(encoded(b"hello"))
        refusals.append(caught.value)
    assert len(inspections) == 1
    # One exception raised twice would drag along the frames of the first request.
    assert refusals[0] is not refusals[1]


def test_picture_forgets_the_least_recently_used(inspections: list[bytes]) -> None:
    first, second, third = (saved("GIF", size=(side, side)) for side in (1, 2, 3))
    for data in (first, second, first, third, first, second):
        picture(encoded(data))
    assert inspections == [first, second, third, second]


def test_picture_may_be_asked_by_many_threads(inspections: list[bytes]) -> None:
    texts = [encoded(saved("PNG", size=(side, 5))) for side in range(1, 9)] * 20
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(picture, texts))
    assert [each.width for each in found] == list(range(1, 9)) * 20
    assert set(inspections) == {decoded(text) for text in texts}


def test_pillow_is_imported_at_first_use() -> None:
    program = "import sys, mockserver.images; sys.exit('PIL' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
