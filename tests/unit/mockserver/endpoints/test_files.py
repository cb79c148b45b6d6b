"""Uploads and metadata, over ASGI."""

from __future__ import annotations

import gzip

import pytest
from starlette.routing import Router
from starlette.types import ASGIApp

from contracts.resources import check_resource
from mockserver.app import create_app
from mockserver.clock import Clock
from mockserver.endpoints.files import routes
from mockserver.guard import Guard
from mockserver.settings import Settings
from mockserver.workspace import Workspaces
from tests.unit.mockserver.asgi import HEADERS, call
from tests.unit.mockserver.endpoints.uploading import (
    LIFE,
    MULTIPART,
    NOT_MULTIPART,
    found,
    listed,
    part,
    uploaded,
)


def test_an_upload_is_found_again(app: ASGIApp) -> None:
    answer = uploaded(app, part(b"abc"))
    assert answer.status == 200
    assert answer.json["filename"] == "a.txt"
    assert answer.json["mime_type"] == "text/plain"
    assert answer.json["size_bytes"] == 3
    assert found(app, answer.json["id"]).json == answer.json


def test_a_part_without_a_type_is_bytes(app: ASGIApp) -> None:
    assert uploaded(app, part(b"abc", kind="")).json["mime_type"] == "application/octet-stream"


def test_an_answer_is_as_the_contract_says(app: ASGIApp) -> None:
    assert check_resource("file", uploaded(app, part(b"abc")).json, "2026-10-21") == []


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
            NOT_MULTIPART + "it has more than 1000 parts",
            id="reject_1001_fields",
        ),
        pytest.param(
            MULTIPART, [part(b"a", "")], NOT_MULTIPART + "a part has no name", id="reject_no_name"
        ),
        pytest.param(
            MULTIPART,
            [part(bytes(65_537), 'name="other"', "")],
            NOT_MULTIPART + "a field has more than 65536 bytes",
            id="reject_long_field",
        ),
        pytest.param(
            MULTIPART,
            [part(b"a", 'name="file"', "a" * 20_000)],
            NOT_MULTIPART,
            id="reject_long_header",
        ),
        pytest.param(
            MULTIPART,
            [part(b"a"), part(b"b")],
            "file: there is more than one part of this name",
            id="reject_two_files",
        ),
        pytest.param(
            MULTIPART,
            [part(b"a", kind="text/" + "x" * 255)],
            "file: the content type must have at most 255 ASCII characters",
            id="reject_long_type",
        ),
        pytest.param(
            MULTIPART,
            [LIFE % b"soon", part(b"a")],
            "expires_in_seconds: Input should be a valid integer",
            id="reject_life_in_words",
        ),
        pytest.param(
            MULTIPART,
            [LIFE % b"60", part(b"a")],
            "expires_in_seconds: Input should be greater than or equal to 3600",
            id="reject_short_life",
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


def test_a_cut_upload_is_refused(app: ASGIApp) -> None:
    answer = call(app, path="/v1/files", headers=MULTIPART, body=part(b"abc"))
    assert (answer.status, answer.error) == (
        400,
        NOT_MULTIPART + "it ends before its last boundary",
    )
    assert listed(app)["data"] == []


def test_a_client_that_leaves_leaves_nothing(app: ASGIApp) -> None:
    script = [
        {"type": "http.request", "body": part(b"abc"), "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert call(app, path="/v1/files", headers=MULTIPART, script=script).messages == []
    assert listed(app)["data"] == []


def test_a_file_arrives_in_pieces(app: ASGIApp) -> None:
    body = LIFE % b"3600" + part(b"abc", 'name="file"; filename="ä.txt"')
    pieces = [bytes([byte]) for byte in body + b"--x--\r\n"]
    shown = call(app, path="/v1/files", headers=MULTIPART, body=pieces).json
    assert (shown["filename"], shown["size_bytes"]) == ("ä.txt", 3)
    assert shown["expires_at"] is not None


def test_a_name_in_latin_1_is_read(app: ASGIApp) -> None:
    raw = part(b"abc", 'name="file"; filename="?.txt"').replace(b"?", b"\xe4")
    assert uploaded(app, raw).json["filename"] == "ä.txt"


def test_an_encoded_upload_is_decoded(app: ASGIApp) -> None:
    body = gzip.compress(part(b"abc") + b"--x--\r\n")
    headers = {**MULTIPART, "content-encoding": "gzip"}
    assert call(app, path="/v1/files", headers=headers, body=body).json["size_bytes"] == 3


def test_a_body_without_a_length_has_the_limit_too() -> None:
    app = create_app(Settings(max_file_bytes=100))
    pieces = [part(bytes(50)), bytes(60)]
    answer = call(app, path="/v1/files", headers=MULTIPART, body=pieces)
    assert (answer.status, answer.error) == (413, "Request exceeds the maximum size")


def test_an_unknown_file_is_not_found(app: ASGIApp) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/content")):
        answer = call(app, method=method, path=f"/v1/files/file_x{path}")
        assert (answer.status, answer.error) == (404, "File `file_x` not found.")


def test_a_deleted_file_is_not_found(app: ASGIApp) -> None:
    file_id = uploaded(app, part(b"abc")).json["id"]
    gone = call(app, method="DELETE", path=f"/v1/files/{file_id}").json
    assert gone == {"id": file_id, "type": "file_deleted"}
    assert check_resource("deleted_file", gone, "2026-10-21") == []
    assert found(app, file_id).status == 404


def test_an_uploaded_file_is_not_downloadable(app: ASGIApp) -> None:
    file_id = uploaded(app, part(b"abc")).json["id"]
    answer = call(app, method="GET", path=f"/v1/files/{file_id}/content")
    assert (answer.status, answer.error) == (400, f"File '{file_id}' is not downloadable")
    assert answer.json["error"]["details"] == {"error_code": "file_not_downloadable"}


class Shelf:
    """The handlers on a workspace of the test's own."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.workspaces = Workspaces(Settings(), self.clock)
        self.files = self.workspaces.of(HEADERS["x-api-key"]).files
        router = Router([*routes(Settings())])
        self.app = Guard(router, Settings(), self.workspaces)


def test_a_generated_file_is_downloaded() -> None:
    shelf = Shelf()
    stored = shelf.files.add("a.bin", "image/png", bytes(100_000), is_downloadable=True)
    answer = call(shelf.app, method="GET", path=f"/v1/files/{stored.id}/content")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-length"] == "100000"
    assert answer.body == bytes(100_000)


def test_an_expired_file_is_gone_but_known() -> None:
    shelf = Shelf()
    file_id = shelf.files.add("a", "image/png", b"", is_downloadable=True, expires_in=3_600).id
    shelf.clock.forward(3_600)
    answer = call(shelf.app, method="GET", path=f"/v1/files/{file_id}/content")
    assert (answer.status, answer.error) == (404, f"File `{file_id}` has expired.")
    assert answer.json["error"]["details"] == {"error_code": "file_expired"}
    assert call(shelf.app, method="GET", path=f"/v1/files/{file_id}").json["id"] == file_id


@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/files"), ("GET", "/v1/files/file_x")])
def test_files_need_a_key(app: ASGIApp, method: str, path: str) -> None:
    answer = call(app, method=method, path=path, without=["x-api-key"])
    assert (answer.status, answer.error) == (401, "x-api-key header is required")
