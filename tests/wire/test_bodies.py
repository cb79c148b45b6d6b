"""Bodies: their size, their encoding, their bytes."""

from __future__ import annotations

import gzip
import json
import time

import pytest

from mockserver.settings import MEGABYTE
from mockserver.testing import MockServer
from tests.wire import raw

LIMIT = 32 * MEGABYTE
POST = b"POST /v1/messages HTTP/1.1"
TOO_LARGE = (413, "request_too_large", "Request exceeds the maximum size")
CHUNKED = b"transfer-encoding: chunked\r\n"
NOT_JSON = "The request body is not valid JSON: "
BAD_KEY = b"x-api-key: invalid\r\n"


def announced(size: int, *more: bytes) -> bytes:
    return raw.head(POST, b"content-length: %d\r\n" % size, *more)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(announced(LIMIT + 1), id="C1_reject_announced"),
        pytest.param(announced(10**17), id="C1_reject_absurd"),
        pytest.param(
            announced(LIMIT + 1, b"expect: 100-continue\r\n"), id="A17_reject_without_100"
        ),
    ],
)
def test_an_announced_size_is_refused_before_a_byte_is_read(
    port: int, head: bytes, parts: raw.Parts
) -> None:
    (response,) = raw.exchange(port, parts(head), count=2)
    assert response.error == TOO_LARGE
    assert response.header("connection") == "close"


def test_c1_a_body_over_the_limit_is_refused_while_it_is_sent(port: int, parts: raw.Parts) -> None:
    body = b" " * (40 * MEGABYTE)
    response = raw.only(port, parts(announced(len(body)) + body))
    assert response.error == TOO_LARGE


def test_c2_chunks_over_the_limit_are_refused(port: int, parts: raw.Parts) -> None:
    pieces = [b" " * (4 * MEGABYTE)] * 8
    request = raw.head(POST, CHUNKED) + raw.chunked(*pieces, b" ")
    (response,) = raw.exchange(port, parts(request), count=2)
    assert response.error == TOO_LARGE
    assert response.header("connection") == "close"


def test_c3_the_limit_itself_is_accepted(port: int, parts: raw.Parts) -> None:
    body = raw.BODY + b" " * (LIMIT - len(raw.BODY))
    assert raw.only(port, parts(raw.post(body))).status == 200


def test_c4_a_gzip_body_is_read(port: int, parts: raw.Parts) -> None:
    request = raw.post(gzip.compress(raw.BODY), b"content-encoding: gzip\r\n")
    assert raw.only(port, parts(request)).status == 200


@pytest.mark.parametrize(
    ("encoding", "body", "status", "code"),
    [
        pytest.param(
            b"gzip",
            gzip.compress(raw.BODY)[:-3],
            400,
            "request_body_encoding_invalid",
            id="C5_reject_cut",
        ),
        pytest.param(b"gzip", raw.BODY, 400, "request_body_encoding_invalid", id="C5_reject_plain"),
        pytest.param(
            b"zstd", raw.BODY, 400, "request_body_encoding_unsupported", id="C6_reject_zstd"
        ),
        pytest.param(b"br", raw.BODY, 400, "request_body_encoding_unsupported", id="C6_reject_br"),
        pytest.param(
            b"gzip, gzip", raw.BODY, 400, "request_body_encoding_unsupported", id="C6_reject_twice"
        ),
        pytest.param(
            b"gzip",
            gzip.compress(bytes(LIMIT + 1)),
            413,
            "request_body_too_large_after_decoding",
            id="C7_reject_bomb",
        ),
    ],
)
def test_a_bad_encoding_is_refused(
    port: int, encoding: bytes, body: bytes, status: int, code: str, parts: raw.Parts
) -> None:
    request = raw.post(body, b"content-encoding: %b\r\n" % encoding)
    response = raw.only(port, parts(request))
    assert response.error[0] == status
    assert response.json["error"]["details"] == {"error_code": code}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="C8_reject_empty"),
        pytest.param(b" \r\n", id="C8_reject_white_space"),
        pytest.param(b"\xef\xbb\xbf" + raw.BODY, id="C9_reject_byte_order_mark"),
        pytest.param(raw.BODY.decode().encode("utf-16"), id="C9_reject_utf_16"),
        pytest.param(raw.BODY.replace(b"Hello", b"\xff"), id="C9_reject_latin_1"),
        pytest.param(raw.BODY.replace(b"Hello", b"\xc0\xaf"), id="C9_reject_overlong"),
        pytest.param(raw.BODY.replace(b"Hello", b"\xed\xa0\x80"), id="C9_reject_raw_surrogate"),
        pytest.param(raw.BODY.replace(b"Hello", b"\\ud800"), id="C10_reject_lone_surrogate"),
        pytest.param(raw.BODY.replace(b"Hello", b"\\udc00\\ud800"), id="C10_reject_swapped"),
        pytest.param(raw.BODY.replace(b"64", b"NaN"), id="C11_reject_nan"),
        pytest.param(raw.BODY.replace(b"64", b"-Infinity"), id="C11_reject_infinity"),
        pytest.param(raw.BODY.replace(b"64", b"1e999"), id="C11_reject_infinite_number"),
        pytest.param(
            raw.BODY.replace(b'"Hello, wire"', b'[{"type":"tool_use","input":{"a":NaN}}]'),
            id="C11_reject_nan_in_an_input",
        ),
        pytest.param(raw.BODY.replace(b"64", b"1e400"), id="C12_reject_huge_exponent"),
        pytest.param(raw.BODY.replace(b"64", b"+64"), id="C16_reject_plus"),
        pytest.param(raw.BODY.replace(b'"', b"'"), id="C16_reject_single_quotes"),
        pytest.param(raw.BODY[:-1] + b"/**/}", id="C16_reject_comment"),
        pytest.param(raw.BODY.replace(b"64", b"1" * 5_000), id="C12_reject_endless_integer"),
        pytest.param(raw.BODY.replace(b'"Hello, wire"', b"[" * 100_000), id="C13_reject_depth"),
        pytest.param(raw.BODY.replace(b"64", b"064"), id="C16_reject_leading_zero"),
        pytest.param(raw.BODY.replace(b"64", b"64,"), id="C16_reject_double_comma"),
        pytest.param(raw.BODY[:-1] + b",}", id="C16_reject_trailing_comma"),
        pytest.param(raw.BODY + b"x", id="C16_reject_trailing_data"),
        pytest.param(raw.BODY.replace(b"Hello", b"a\nb"), id="C16_reject_control_character"),
    ],
)
def test_a_body_that_is_not_json_is_refused(port: int, body: bytes, parts: raw.Parts) -> None:
    request = raw.post(body)
    status, kind, message = raw.only(port, parts(request)).error
    assert (status, kind) == (400, "invalid_request_error")
    assert message.startswith(NOT_JSON)
    assert message.endswith(")")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"null", id="C8_reject_null"),
        pytest.param(b"[]", id="C8_reject_array"),
        pytest.param(b'"x"', id="C8_reject_string"),
        pytest.param(b"1", id="C8_reject_number"),
        pytest.param(raw.BODY.replace(b"64", b"1" * 30), id="C12_reject_large_integer"),
        pytest.param(raw.BODY.replace(b"64", b"64.5"), id="D3_reject_fraction"),
        pytest.param(raw.BODY.replace(b"64", b"true"), id="D3_reject_bool"),
        pytest.param(raw.BODY.replace(b"64", b'"64"'), id="D3_reject_text"),
        pytest.param(
            raw.BODY.replace(b'"Hello, wire"', b"[" * 201 + b"]" * 201),
            id="C13_reject_nested_content",
        ),
    ],
)
def test_json_of_another_shape_is_refused(port: int, body: bytes, parts: raw.Parts) -> None:
    response = raw.only(port, parts(raw.post(body)))
    assert response.error[:2] == (400, "invalid_request_error")
    assert response.header("x-mock-rule") == "shape"


def test_c15_the_last_of_equal_keys_wins(port: int, parts: raw.Parts) -> None:
    body = raw.BODY.replace(b'"max_tokens"', b'"model":"claude-opus-5","max_tokens"')
    assert raw.only(port, parts(raw.post(body))).json["model"] == "claude-opus-5"


WORDS = [
    pytest.param("a\0b", id="C17_accept_nul"),
    pytest.param("\u202ea", id="C17_accept_direction"),
    pytest.param("👩‍👩‍👧‍👦 é\u0301", id="C17_accept_emoji"),
    pytest.param('"\\\n\t', id="C17_accept_escapes"),
]


@pytest.mark.parametrize("words", WORDS)
def test_a_text_comes_back_as_it_was(port: int, words: str, parts: raw.Parts) -> None:
    body = raw.BODY.replace(b'"Hello, wire"', json.dumps(words).encode())
    message = raw.only(port, parts(raw.post(body))).json
    assert message["content"][0]["text"].endswith(f"You said: {words}")


@pytest.mark.parametrize("words", WORDS)
def test_a_stream_never_splits_a_character(port: int, words: str, parts: raw.Parts) -> None:
    body = raw.BODY.replace(b'"Hello, wire"', json.dumps(words * 9).encode()).replace(b"64", b"640")
    request = raw.post(body.replace(b"{", b'{"stream":true,', 1))
    streamed = raw.only(port, parts(request)).body
    frames = [json.loads(line[6:]) for line in streamed.decode().split("\n") if line[:5] == "data:"]
    texts = [frame["delta"]["text"] for frame in frames if frame["type"] == "content_block_delta"]
    assert all(text.encode().decode() == text for text in texts)
    assert "".join(texts).endswith(f"You said: {words * 9}")


def test_c14_a_wide_body_does_not_stop_the_others(port: int, parts: raw.Parts) -> None:
    """31 MB of empty objects is refused, and the server answers the next request at once."""
    wide = raw.BODY.replace(b'"Hello, wire"', b"[" + b"{}," * (10 * MEGABYTE) + b"{}]")
    assert raw.only(port, parts(raw.post(wide))).error[:2] == (400, "invalid_request_error")
    began = time.process_time()
    assert raw.only(port, raw.post()).status == 200
    assert time.process_time() - began < 2


def test_a_bad_key_is_refused_without_its_body(port: int) -> None:
    head = raw.head(POST, b"content-length: 1000\r\n").replace(raw.KEY, BAD_KEY)
    assert raw.only(port, head).error == (401, "authentication_error", "invalid x-api-key")


def test_the_size_is_refused_before_the_key() -> None:
    with MockServer(max_message_bytes=10) as small:
        at = int(small.url.rsplit(":", 1)[1])
        assert raw.only(at, raw.post()).error == TOO_LARGE
        assert raw.only(at, raw.post().replace(raw.KEY, BAD_KEY)).error == TOO_LARGE
