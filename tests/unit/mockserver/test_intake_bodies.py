"""Bytes: the JSON value of a body, and its content-encoding."""

from __future__ import annotations

import gzip
import zlib

import pytest

from mockserver.errors import ApiError
from mockserver.intake import json_value, unpacked

NOT_JSON = "The request body is not valid JSON: "


def test_json_value_reads_any_value() -> None:
    assert json_value('{"a":[1,2.5,true,null,"é"]}'.encode()) == {"a": [1, 2.5, True, None, "é"]}


def test_json_value_keeps_the_last_of_equal_keys() -> None:
    assert json_value(b'{"model":"a","model":"b"}') == {"model": "b"}


def test_json_value_keeps_nul_and_marks_of_direction() -> None:
    assert json_value('["\\u0000", "\u202e", "👩‍👩‍👧"]'.encode()) == ["\x00", "\u202e", "👩‍👩‍👧"]


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        pytest.param(
            b'{"model":"',
            "unexpected end of data: line 1 column 11 (char 10)",
            id="reject_cut_string",
        ),
        pytest.param(
            b'{"model"', "unexpected end of data: line 1 column 9 (char 8)", id="reject_cut_object"
        ),
        pytest.param(
            b'{"a":"b\nc"}',
            "unexpected control character in string: line 1 column 8 (char 7)",
            id="reject_control_character",
        ),
        pytest.param(
            b'{"a":\n "\\ud800"}',
            "no low surrogate in string: line 2 column 3 (char 8)",
            id="reject_lone_surrogate",
        ),
        pytest.param(b"", None, id="reject_empty"),
        pytest.param(b" \r\n", None, id="reject_white_space"),
        pytest.param(b"\xef\xbb\xbf{}", None, id="reject_byte_order_mark"),
        pytest.param("{}".encode("utf-16"), None, id="reject_utf_16"),
        pytest.param(b'"\xff"', None, id="reject_latin_1"),
        pytest.param(b'"\xc0\xaf"', None, id="reject_overlong"),
        pytest.param(b'"\xed\xa0\x80"', None, id="reject_raw_surrogate"),
        pytest.param(b'"\\udc00\\ud800"', None, id="reject_swapped_surrogates"),
        pytest.param(b"NaN", None, id="reject_nan"),
        pytest.param(b"-Infinity", None, id="reject_infinity"),
        pytest.param(b"[1,]", None, id="reject_trailing_comma"),
        pytest.param(b"{} {}", None, id="reject_trailing_data"),
        pytest.param(b"// no\n{}", None, id="reject_comment"),
        pytest.param(b"01", None, id="reject_leading_zero"),
        pytest.param(b"+1", None, id="reject_plus"),
        pytest.param(b"{'a':1}", None, id="reject_single_quotes"),
        pytest.param(b"[" * 100_000, None, id="reject_depth"),
        pytest.param(b'{"a":1e999}', None, id="reject_infinite_number"),
    ],
)
def test_json_value_refuses_with_the_parsers_reason(raw: bytes, reason: str | None) -> None:
    with pytest.raises(ApiError) as caught:
        json_value(raw)
    assert (caught.value.status, caught.value.type) == (400, "invalid_request_error")
    assert caught.value.message.startswith(NOT_JSON)
    assert "(char " in caught.value.message
    assert reason is None or caught.value.message == NOT_JSON + reason


def test_unpacked_leaves_plain_bodies_alone() -> None:
    assert unpacked(b"abc", None, 3) == unpacked(b"abc", " Identity ", 3) == b"abc"


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"abc")),
        ("GZIP", gzip.compress(b"abc")),
        ("deflate", zlib.compress(b"abc")),
    ],
    # Packed bytes hold the second in which they were packed.
    ids=["gzip", "upper_case", "deflate"],
)
def test_unpacked_undoes_the_encoding(encoding: str, packed: bytes) -> None:
    assert unpacked(packed, encoding, 3) == b"abc"


@pytest.mark.parametrize(
    ("encoding", "raw", "code", "message"),
    [
        pytest.param(
            "gzip",
            gzip.compress(b"abc")[:-4],
            "request_body_encoding_invalid",
            "the body is not one whole gzip stream",
            id="reject_truncated",
        ),
        pytest.param(
            "gzip",
            b"",
            "request_body_encoding_invalid",
            "the body is not one whole gzip stream",
            id="reject_nothing",
        ),
        pytest.param(
            "gzip",
            gzip.compress(b"abc") + gzip.compress(b"def"),
            "request_body_encoding_invalid",
            "the body is not one whole gzip stream",
            id="reject_data_behind_the_end",
        ),
        pytest.param(
            "gzip",
            b"{}{}{}{}",
            "request_body_encoding_invalid",
            "the body is not valid gzip",
            id="reject_plain_as_gzip",
        ),
        pytest.param(
            "deflate",
            gzip.compress(b"abc"),
            "request_body_encoding_invalid",
            "the body is not valid deflate",
            id="reject_gzip_as_deflate",
        ),
        *(
            pytest.param(
                encoding,
                b"",
                "request_body_encoding_unsupported",
                f"content-encoding {encoding} is not supported",
                id=f"reject_{encoding or 'empty'}",
            )
            for encoding in ("br", "zstd", "gzip, gzip", "compress", "")
        ),
    ],
)
def test_unpacked_refuses(encoding: str, raw: bytes, code: str, message: str) -> None:
    with pytest.raises(ApiError) as caught:
        unpacked(raw, encoding, 100)
    assert (caught.value.status, caught.value.message) == (400, message)
    assert caught.value.details == {"error_code": code}


def test_unpacked_stops_at_the_limit_of_a_bomb() -> None:
    bomb = gzip.compress(b"\0" * 1_000_000)
    assert len(bomb) < 2_000
    with pytest.raises(ApiError) as caught:
        unpacked(bomb, "gzip", 999_999)
    assert (caught.value.status, caught.value.closes) == (413, True)
    assert caught.value.details == {"error_code": "request_body_too_large_after_decoding"}
    assert len(unpacked(bomb, "gzip", 1_000_000)) == 1_000_000
