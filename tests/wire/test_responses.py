"""Responses on the wire: headers of answers and errors, streams, workspaces, and the same bytes again."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import pytest

from contracts.oracle import check_error, check_message, check_stream
from mockserver import blocks
from mockserver.app import create_app
from mockserver.exchange import WRITE_BYTES
from mockserver.settings import Settings
from mockserver.testing import MockServer
from tests.unit.mockserver import asgi
from tests.wire import raw

STREAM = raw.BODY.replace(b'"max_tokens"', b'"stream":true,"max_tokens"')
OLD = "2023-06-01"
COUNTED = raw.BODY.replace(b'"max_tokens":64,', b"")
FAMILIES = ("requests", "tokens", "input-tokens", "output-tokens")
LIMITS = {
    f"anthropic-ratelimit-{f}-{part}" for f in FAMILIES for part in ("limit", "remaining", "reset")
}
IDENTITY = {"anthropic-organization-id", "anthropic-workspace-id"}
COMMON = {"date", "content-type", "content-length", "request-id"}
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}"


def names(response: raw.Response) -> set[str]:
    assert len(response.headers) == len({name for name, _ in response.headers})
    return {name for name, _ in response.headers}


def text_of(response: raw.Response, name: str) -> str:
    value = response.header(name)
    assert value is not None, name
    return value


def upload(port: int, key: bytes = raw.KEY) -> str:
    form = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        b"Content-Type: text/plain\r\n\r\nabc\r\n--x--\r\n"
    )
    request = raw.post(form, path=b"/v1/files").replace(
        raw.JSON, b"content-type: multipart/form-data; boundary=x\r\n"
    )
    return str(raw.only(port, request.replace(raw.KEY, key)).json["id"])


def test_a_message_has_all_headers(port: int) -> None:
    response = raw.only(port, raw.post())
    assert names(response) == COMMON | IDENTITY | LIMITS
    assert response.header("content-type") == "application/json"
    assert re.fullmatch(r"req_011C[A-Za-z0-9]{20}", text_of(response, "request-id"))
    assert re.fullmatch(UUID, text_of(response, "anthropic-organization-id"))
    assert re.fullmatch(r"wrkspc_01[A-Za-z0-9]{22}", text_of(response, "anthropic-workspace-id"))
    assert check_message(response.json, OLD) == []


def test_rate_limits_add_up(port: int) -> None:
    response = raw.only(port, raw.post())
    limits = {f: int(text_of(response, f"anthropic-ratelimit-{f}-limit")) for f in FAMILIES}
    left = {f: int(text_of(response, f"anthropic-ratelimit-{f}-remaining")) for f in FAMILIES}
    assert limits["tokens"] == limits["input-tokens"] + limits["output-tokens"]
    assert left == {**limits, "requests": limits["requests"] - 1}
    for family in FAMILIES:
        reset = text_of(response, f"anthropic-ratelimit-{family}-reset")
        assert re.fullmatch(r"2026-11-\d\dT\d\d:\d\d:\d\dZ", reset)


def test_a_stream_has_all_headers_and_nothing_wrong(port: int) -> None:
    response = raw.only(port, raw.post(STREAM))
    own = {"cache-control", "transfer-encoding"}
    assert names(response) == (COMMON - {"content-length"}) | own | IDENTITY | LIMITS
    assert response.header("content-type") == "text/event-stream; charset=utf-8"
    assert response.header("cache-control") == "no-cache"
    assert check_stream(response.body, OLD) == []


def test_a_long_stream_arrives_whole(port: int) -> None:
    words = "word " * 60_000
    body = STREAM.replace(b"Hello, wire", words.encode()).replace(
        b'"max_tokens":64', b'"max_tokens":64000'
    )
    response = raw.only(port, raw.post(body))
    assert response.body.endswith(b"\n\n")
    assert b"event: message_stop" in response.body
    assert len(response.body) > 2 * WRITE_BYTES


def test_counting_has_no_rate_limits(port: int) -> None:
    response = raw.only(port, raw.post(COUNTED, path=b"/v1/messages/count_tokens"))
    assert names(response) == COMMON | IDENTITY
    assert list(response.json) == ["input_tokens"]
    message = raw.only(port, raw.post())
    assert response.json["input_tokens"] == message.json["usage"]["input_tokens"]


def test_a_file_has_no_rate_limits(port: int) -> None:
    found = raw.only(port, raw.head(b"GET /v1/files/" + upload(port).encode() + b" HTTP/1.1"))
    assert names(found) == COMMON | IDENTITY


ERRORS = [
    pytest.param(raw.post(b"{"), 400, {"x-mock-rule"}, id="json"),
    pytest.param(raw.post(b"{}"), 400, {"x-mock-rule"}, id="shape"),
    pytest.param(
        raw.post(raw.BODY.replace(b"haiku", b"nothing")), 404, {"x-mock-rule"}, id="model"
    ),
    pytest.param(raw.post().replace(raw.KEY, b""), 401, {"x-mock-rule"}, id="key"),
]


@pytest.mark.parametrize(("request_bytes", "status", "more"), ERRORS)
def test_an_error_has_the_recorded_headers(
    port: int, request_bytes: bytes, status: int, more: set[str]
) -> None:
    response = raw.only(port, request_bytes)
    assert response.error[0] == status
    identity = set() if status == 401 else IDENTITY
    assert names(response) == COMMON | {"x-should-retry"} | identity | more
    assert check_error(response.json, status, dict(response.headers)) == []


def test_a_key_is_never_echoed(port: int) -> None:
    secret = b"x-api-key: sk-ant-invalid-secret\r\n"
    response = raw.only(port, raw.post().replace(raw.KEY, secret))
    assert response.status == 401
    assert b"secret" not in response.body
    assert not any("secret" in value for _, value in response.headers)


def test_two_keys_are_refused(port: int) -> None:
    response = raw.only(port, raw.post(raw.BODY, raw.KEY))
    assert response.error == (401, "authentication_error", "API key is invalid.")


def test_a_bearer_token_is_a_key(port: int) -> None:
    token = b"Authorization: Bearer sk-ant-raw\r\n"
    one, other = raw.only(port, raw.post()), raw.only(port, raw.post().replace(raw.KEY, token))
    assert other.status == 200
    assert one.header("anthropic-workspace-id") == other.header("anthropic-workspace-id")


def test_workspaces_do_not_share_files(port: int) -> None:
    file_id = upload(port)
    theirs = raw.KEY.replace(b"raw", b"other")
    get = raw.head(b"GET /v1/files/" + file_id.encode() + b" HTTP/1.1")
    assert raw.only(port, get).json["filename"] == "a.txt"
    assert raw.only(port, get.replace(raw.KEY, theirs)).error == (
        404,
        "not_found_error",
        f"File `{file_id}` not found.",
    )
    image = json.dumps([{"type": "image", "source": {"type": "file", "file_id": file_id}}])
    shown = raw.post(raw.BODY.replace(b'"Hello, wire"', image.encode()))
    assert raw.only(port, shown).error[2].endswith("the file is not an image")
    assert raw.only(port, shown.replace(raw.KEY, theirs)).error[0] == 404


def test_the_same_seed_and_requests_give_the_same_bytes() -> None:
    requests = [
        raw.post(),
        raw.post(STREAM),
        raw.post(b"{}"),
        raw.post(COUNTED, path=b"/v1/messages/count_tokens"),
    ]
    runs = []
    for seed in (7, 7, 8):
        with MockServer(seed=seed, now="2026-11-22") as server:
            port = int(server.url.rsplit(":", 1)[1])
            runs.append([_without_time(raw.only(port, request)) for request in requests])
    assert runs[0] == runs[1]
    assert all(one != other for one, other in zip(runs[0][:3], runs[2][:3], strict=True))


def _without_time(response: raw.Response) -> tuple[int, list[tuple[str, str]], bytes]:
    kept = [(n, v) for n, v in response.headers if n != "date" and not n.endswith("-reset")]
    return response.status, kept, response.body


ASKED = {
    "message": ("/v1/messages", raw.BODY),
    "stream": ("/v1/messages", STREAM),
    "count": ("/v1/messages/count_tokens", COUNTED),
    "error": ("/v1/messages", b"{}"),
}


@pytest.mark.parametrize("name", ASKED)
def test_headers_are_the_same_with_and_without_blocks(name: str) -> None:
    """The quick protocol gets them as lines; any other server gets them one by one."""
    path, body = ASKED[name]
    plain = asgi.call(
        create_app(Settings()),
        path=path,
        headers={"x-api-key": "sk-ant-raw", "anthropic-version": OLD},
        body=body,
    )
    with MockServer() as server:
        port = int(server.url.rsplit(":", 1)[1])
        wired = raw.only(port, raw.post(body, path=path.encode()))
    own = {"date", "transfer-encoding"}
    sent = {n: v for n, v in wired.headers if n not in own and not n.endswith("-reset")}
    assert sent == {n: v for n, v in plain.headers.items() if not n.endswith("-reset")}
    assert wired.body == plain.body


def test_a_block_holds_its_headers_in_both_forms() -> None:
    made = blocks.block([(b"a", b"1"), (b"b", b"2")])
    assert made.lines == b"a: 1\r\nb: 2\r\n"
    assert made.raw == ((b"a", b"1"), (b"b", b"2"))
    assert blocks.NO_HEADERS.lines == b""


def test_requests_at_once_get_their_own_answers(port: int) -> None:
    async def one(word: str) -> str:
        body = raw.BODY.replace(b"Hello, wire", word.encode())
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(raw.post(body, b"connection: close\r\n"))
        answer = await asyncio.wait_for(reader.read(), raw.DEADLINE)
        writer.close()
        found: Any = json.loads(answer.split(b"\r\n\r\n", 1)[1])
        return str(found["content"][0]["text"])

    async def all_of(words: list[str]) -> list[str]:
        return await asyncio.gather(*map(one, words))

    words = [f"word-{number}" for number in range(100)]
    answers = asyncio.run(all_of(words))
    assert [answer.rsplit(" ", 1)[1] for answer in answers] == words
