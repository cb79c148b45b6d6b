"""Uploads and metadata, over ASGI."""

from __future__ import annotations

import pytest
from starlette.types import ASGIApp

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import Answer, call

MULTIPART = {"content-type": "multipart/form-data; boundary=x"}
NOT_MULTIPART = "The request body is not valid multipart/form-data: "


@pytest.fixture
def app() -> ASGIApp:
    return create_app(Settings())


def part(
    content: bytes, disposition: str = 'name="file"; filename="a.txt"', kind: str = "text/plain"
) -> bytes:
    announced = f"Content-Type: {kind}\r\n" if kind else ""
    head = f"--x\r\nContent-Disposition: form-data; {disposition}\r\n{announced}\r\n"
    return head.encode() + content + b"\r\n"


def uploaded(app: ASGIApp, *parts: bytes, headers: dict[str, str] | None = None) -> Answer:
    body = b"".join(parts) + b"--x--\r\n"
    return call(app, path="/v1/files", headers=headers or MULTIPART, body=body)


def found(app: ASGIApp, file_id: str) -> Answer:
    return call(app, method="GET", path=f"/v1/files/{file_id}")


def test_an_upload_is_found_again(app: ASGIApp) -> None:
    answer = uploaded(app, part(b"abc"))
    assert answer.status == 200
    assert answer.json["filename"] == "a.txt"
    assert answer.json["mime_type"] == "text/plain"
    assert answer.json["size_bytes"] == 3
    assert found(app, answer.json["id"]).json == answer.json


def test_a_part_without_a_type_is_bytes(app: ASGIApp) -> None:
    assert uploaded(app, part(b"abc", kind="")).json["mime_type"] == "application/octet-stream"


def test_a_part_without_a_file_name_is_unnamed(app: ASGIApp) -> None:
    shown = uploaded(app, part("é".encode(), 'name="file"', "")).json
    assert (shown["filename"], shown["size_bytes"]) == ("unnamed", 2)


def test_a_large_part_is_read_whole(app: ASGIApp) -> None:
    assert uploaded(app, part(bytes(3_000_000))).json["size_bytes"] == 3_000_000


@pytest.mark.parametrize(
    ("headers", "parts", "message"),
    [
        pytest.param(
            {"content-type": "application/json"},
            [],
            "content-type: must be multipart/form-data",
            id="reject_json",
        ),
        pytest.param(
            MULTIPART,
            [part(b"a", 'name="other"', "")],
            "file: Field required",
            id="reject_other_field",
        ),
        pytest.param(MULTIPART, [], "file: Field required", id="reject_no_part"),
        pytest.param(
            {"content-type": "multipart/form-data"},
            [part(b"a")],
            NOT_MULTIPART,
            id="reject_no_boundary",
        ),
        pytest.param(MULTIPART, [b"no part"], NOT_MULTIPART, id="reject_no_multipart"),
        pytest.param(
            MULTIPART,
            [part(b"a", f'name="f{number}"', "") for number in range(1_001)],
            NOT_MULTIPART,
            id="reject_1001_fields",
        ),
        pytest.param(
            MULTIPART,
            [part(b"a", 'name="file"; filename="a?b"')],
            "file: the file name must have 1 to 255 characters",
            id="reject_name",
        ),
    ],
)
def test_a_bad_upload_is_refused(
    app: ASGIApp, headers: dict[str, str], parts: list[bytes], message: str
) -> None:
    answer = uploaded(app, *parts, headers=headers)
    assert answer.status == 400
    assert answer.error.startswith(message)


def test_an_upload_has_a_limit_of_its_own() -> None:
    app = create_app(Settings(max_file_bytes=100))
    answer = uploaded(app, part(bytes(100)))
    assert (answer.status, answer.headers["connection"]) == (413, "close")


def test_an_unknown_file_is_not_found(app: ASGIApp) -> None:
    answer = found(app, "file_x")
    assert (answer.status, answer.error) == (404, "File `file_x` not found.")


@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/files"), ("GET", "/v1/files/file_x")])
def test_files_need_a_key(app: ASGIApp, method: str, path: str) -> None:
    answer = call(app, method=method, path=path, without=["x-api-key"])
    assert (answer.status, answer.error) == (401, "x-api-key header is required")
