"""Texts of formats within bounds of length: of each length that the format has, the sample is that long and valid."""

from __future__ import annotations

import pytest

from mockserver.replies.checking import fits_format
from mockserver.replies.formats import FORMATS
from mockserver.replies.lengths import of_length
from mockserver.replies.library_formats import LIBRARY_FORMATS
from mockserver.replies.samples import sample

# A fraction of a second has a digit at least.
LENGTHS = {
    "date-time": [20, *range(22, 60)],
    "date": [10],
    "time": [9, *range(11, 60)],
    "duration": range(3, 24),
    "email": range(6, 254),
    "idn-email": range(6, 254),
    "hostname": range(1, 254),
    "idn-hostname": range(1, 254),
    "uri": range(3, 300),
    "uri-reference": range(1, 300),
    "iri": range(3, 300),
    "iri-reference": range(1, 300),
    "uri-template": range(1, 300),
    "ipv4": range(7, 16),
    "ipv6": range(3, 40),
    "uuid": [36],
    "json-pointer": range(300),
    "relative-json-pointer": range(1, 300),
    "regex": range(1, 300),
}


@pytest.mark.parametrize("form", sorted(FORMATS.keys() - LIBRARY_FORMATS.keys()))
def test_each_length_is_found(form: str) -> None:
    for length in LENGTHS[form]:
        exact = {"type": "string", "format": form, "minLength": length, "maxLength": length}
        text = sample(exact)

        assert len(text) == length, text
        assert fits_format(form, text), text


@pytest.mark.parametrize("form", ["email", "hostname", "uri", "duration", "regex"])
def test_texts_of_one_length_differ(form: str) -> None:
    texts = {of_length(form, 20, turn) for turn in range(100)}

    assert len(texts) == 100
    assert all(text and fits_format(form, text) for text in texts)


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({"minLength": 21}, "2026-01-02T03:04:05.0Z"),
        ({"minLength": 21, "maxLength": 22}, "2026-01-02T03:04:05.0Z"),
        ({"maxLength": 24}, "2026-01-02T03:04:05Z"),
    ],
)
def test_the_nearest_length_that_there_is(bounds: dict[str, int], expected: str) -> None:
    assert sample({"type": "string", "format": "date-time", **bounds}) == expected


def test_where_there_is_none_the_length_is_kept() -> None:
    found = sample({"type": "string", "format": "uuid", "maxLength": 8})

    assert found == "example"
