"""Uploads and metadata, over ASGI."""

from __future__ import annotations

import gzip
from typing import Any

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
from tests.unit.mockserver.asgi import HEADERS, Answer, call

LIFE = b'--x\r\nContent-Disposition: form-data; name="expires_in_seconds"\r\n\r\n%b\r\n'
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


def listed(app: ASGIApp, query: str = "", **headers: str) -> Any:
    answer = call(app, method="GET", path=f"/v1/files?{query}", headers=headers)
    assert answer.status == 200, answer.error
    return answer.json


def ids(page: Any) -> list[str]:
    return [file["id"] for file in page["data"]]


@pytest.fixture
def five(app: ASGIApp) -> list[str]:
    return [uploaded(app, part(b"abc")).json["id"] for _ in range(5)][::-1]


def test_pages_follow_each_other_by_cursor(app: ASGIApp, five: list[str]) -> None:
    first = listed(app, "limit=2")
    assert check_resource("file_list", first, "2026-10-21") == []
    second = listed(app, f"limit=2&page={first['next_page']}")
    call(app, method="DELETE", path=f"/v1/files/{five[3]}")
    third = listed(app, f"limit=2&page={second['next_page']}")
    assert [ids(first), ids(second), ids(third)] == [five[:2], five[2:4], five[4:]]
    assert third["next_page"] is None
    assert list(first) == ["data", "next_page"]


def test_files_are_chosen_by_ids(app: ASGIApp, five: list[str]) -> None:
    query = f"ids[]={five[3]}&ids[]=file_x&ids[]={five[1]}&ids[]={five[1]}"
    assert listed(app, query) == {**listed(app, query), "next_page": None}
    assert ids(listed(app, query)) == [five[1], five[3]]


@pytest.mark.parametrize(
    ("query", "headers"),
    [("beta=true&", {}), ("", {"anthropic-beta": "files-api-2025-04-14"})],
)
def test_older_clients_page_by_id(
    app: ASGIApp, five: list[str], query: str, headers: dict[str, str]
) -> None:
    first = listed(app, query + "limit=3", **headers)
    assert (ids(first), first["has_more"]) == (five[:3], True)
    assert (first["first_id"], first["last_id"]) == (five[0], five[2])
    second = listed(app, f"{query}limit=3&after_id={five[2]}", **headers)
    assert (ids(second), second["has_more"], second["next_page"]) == (five[3:], False, None)
    assert ids(listed(app, f"{query}limit=3&page={first['next_page']}", **headers)) == five[3:]
    before = listed(app, f"{query}limit=2&before_id={five[4]}", **headers)
    assert (ids(before), before["has_more"]) == (five[2:4], True)


def test_an_empty_list_has_no_ends(app: ASGIApp) -> None:
    assert listed(app) == {"data": [], "next_page": None}
    assert listed(app, "beta=true") == {
        "data": [],
        "has_more": False,
        "first_id": None,
        "last_id": None,
        "next_page": None,
    }


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=0", "limit: Input should be greater than or equal to 1"),
        ("limit=1001", "limit: Input should be less than or equal to 1000"),
        ("limit=x", "limit: Input should be a valid integer, unable to parse string as an integer"),
        ("page=page_x", "page: 'page_x' is not a cursor of this list"),
        ("page=page_MQ==", "page: 'page_MQ==' is not a cursor of this list"),
        ("page=page_%FF", "page: 'page_\ufffd' is not a cursor of this list"),
        ("ids[]=a&limit=1", "ids: cannot be used together with page or limit"),
        ("ids[]=a&page=page_MQ", "ids: cannot be used together with page or limit"),
        (
            "&".join(f"ids[]={number}" for number in range(101)),
            "ids: List should have at most 100 items after validation, not 101",
        ),
        ("after_id=file_x", "after_id: 'file_x' is not in the list"),
        ("after_id=a&before_id=b", "before_id: cannot be used together with after_id"),
    ],
)
def test_a_bad_query_is_refused(app: ASGIApp, query: str, message: str) -> None:
    answer = call(app, method="GET", path=f"/v1/files?{query}")
    assert (answer.status, answer.error) == (400, message)


@pytest.mark.parametrize(("method", "path"), [("POST", "/v1/files"), ("GET", "/v1/files/file_x")])
def test_files_need_a_key(app: ASGIApp, method: str, path: str) -> None:
    answer = call(app, method=method, path=path, without=["x-api-key"])
    assert (answer.status, answer.error) == (401, "x-api-key header is required")
