"""Uploads and batches as an attacker, a bad line or a race would have them; what is on the disk afterwards."""

from __future__ import annotations

import errno
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mockserver.store import disk
from mockserver.testing import MockServer
from tests.wire import raw
from tests.wire.test_leaving import becomes

Json = dict[str, Any]
MULTIPART = b"content-type: multipart/form-data; boundary=x\r\n"
NOT_MULTIPART = "The request body is not valid multipart/form-data: "
END = b"--x--\r\n"
MANY = 10_000  # whose results are more than the sockets hold
BATCHES = b"/v1/messages/batches"


@contextmanager
def serving(folder: Path, **settings: Any) -> Iterator[int]:
    with MockServer(data_dir=folder, **settings) as running:
        yield port_of(running)


def port_of(server: MockServer) -> int:
    return int(server.url.rsplit(":", 1)[1])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the server's data is, with room beside it for what must not be there."""
    return tmp_path / "a" / "b" / "data"


@pytest.fixture
def port(folder: Path) -> Iterator[int]:
    with serving(folder) as found:
        yield found


def part(content: bytes, disposition: bytes = b'name="file"; filename="a.txt"') -> bytes:
    head = b"--x\r\nContent-Disposition: form-data; %b\r\nContent-Type: text/plain\r\n\r\n"
    return head % disposition + content + b"\r\n"


def upload(*parts: bytes, kind: bytes = MULTIPART) -> bytes:
    return raw.post(b"".join(parts) + END, path=b"/v1/files").replace(raw.JSON, kind)


def get(port: int, path: bytes, method: bytes = b"GET") -> raw.Response:
    return raw.only(port, raw.head(b"%b %b HTTP/1.1" % (method, path)))


def post(port: int, path: bytes, body: Any = None) -> raw.Response:
    return raw.only(port, raw.post(b"" if body is None else json.dumps(body).encode(), path=path))


def names(folder: Path) -> set[str]:
    """All there is in a folder and below."""
    return {str(each.relative_to(folder)) for each in folder.rglob("*")}


def drafts(folder: Path) -> list[Path]:
    return list((folder / "drafts").iterdir())


NAMES = [
    pytest.param(b"../../etc/passwd", "passwd", id="E1_accept_way_up"),
    pytest.param(b"/etc/passwd", "passwd", id="E1_accept_root"),
    pytest.param(rb"C:\\x", "x", id="E1_accept_drive"),
    pytest.param(b"", "unnamed.txt", id="E1_accept_empty"),
    pytest.param(b"a\0b", None, id="E1_reject_nul"),
    pytest.param(b"n" * 300, None, id="E1_reject_long"),
    pytest.param(b".", ".", id="E1_accept_dot"),
    pytest.param(b"..", "..", id="E1_accept_dots"),
]


@pytest.mark.parametrize(("name", "kept"), NAMES)
def test_a_name_is_a_label(port: int, folder: Path, name: bytes, kept: str | None) -> None:
    above = folder.parents[2]
    before = names(above)
    response = raw.only(port, upload(part(b"abc", b'name="file"; filename="%b"' % name)))
    if kept is None:
        assert response.error[:2] == (400, "invalid_request_error")
    else:
        assert response.json["filename"] == kept
    made = names(above) - before
    own = str((folder / "contents").relative_to(above))
    assert all(each.startswith(f"{own}/file_") for each in made)
    assert len(made) == (kept is not None)


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=f"E2_reject_{name}")
        for name, path in [
            ("escaped_way_up", b"/v1/files/..%2f..%2fx"),
            ("nul", b"/v1/files/%00"),
            ("alphabet", b"/v1/files/file_" + b"-" * 24),
            ("short", b"/v1/files/file_1"),
            ("not_utf_8", b"/v1/files/%ff"),
            ("database", b"/v1/files/store.sqlite3"),
            ("content", b"/v1/files/..%2f..%2fx/content"),
        ]
    ],
)
def test_what_is_no_id_is_not_found(port: int, path: bytes) -> None:
    assert get(port, path).error[:2] == (404, "not_found_error")


FIELD = part(b"", b'name="other"')
NESTED = b'--x\r\nContent-Disposition: form-data; name="file"\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y\r\n\r\nabc\r\n--y--\r\n\r\n'
FORMS = [
    pytest.param(
        [part(b"a")], b"content-type: multipart/form-data\r\n", NOT_MULTIPART, id="E3_reject_no_boundary"
    ),
    pytest.param([FIELD * 1_001], MULTIPART, NOT_MULTIPART, id="E3_reject_1001_parts"),
    pytest.param([part(b"a"), part(b"a")], MULTIPART, "file: ", id="E3_reject_two_files"),
    pytest.param([part(b"a", b"")], MULTIPART, NOT_MULTIPART, id="E3_reject_no_name"),
    pytest.param(
        [part(b"a"), part(bytes(1 << 20), b'name="other"')], MULTIPART, NOT_MULTIPART, id="E3_reject_long_field"
    ),
    pytest.param([b"no part"], MULTIPART, NOT_MULTIPART, id="E3_reject_no_form"),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "kind", "message"), FORMS)
def test_a_bad_form_leaves_nothing(
    port: int, folder: Path, parts: list[bytes], kind: bytes, message: str
) -> None:
    status, error, text = raw.only(port, upload(*parts, kind=kind)).error
    assert (status, error) == (400, "invalid_request_error")
    assert text.startswith(message)
    assert get(port, b"/v1/files").json["data"] == []
    assert drafts(folder) == []


@pytest.mark.parametrize(
    ("form", "filename", "size"),
    [
        pytest.param(part(b"abc", b'name="file"'), "unnamed.txt", 3, id="E3_accept_no_filename"),
        pytest.param(NESTED, None, 19, id="E3_accept_nested_as_bytes"),
    ],
)
def test_an_odd_form_is_a_file(
    port: int, folder: Path, form: bytes, filename: str | None, size: int
) -> None:
    stored = raw.only(port, upload(form)).json
    assert stored["size_bytes"] == size
    assert filename is None or stored["filename"] == filename
    assert drafts(folder) == []


def test_e3_a_field_of_a_gigabyte_is_refused_before_it_comes(port: int, folder: Path) -> None:
    length = b"content-length: %d\r\n" % (1 << 30)
    head = raw.head(b"POST /v1/files HTTP/1.1", length).replace(raw.JSON, MULTIPART)
    response = raw.only(port, [head, part(b"", b'name="other"')[:-2]])
    assert response.error[:2] == (413, "request_too_large")
    assert drafts(folder) == []


@pytest.mark.parametrize("is_reset", [False, True], ids=["E4_closed", "E4_reset"])
def test_half_an_upload_is_none(folder: Path, *, is_reset: bool) -> None:
    whole = upload(part(bytes(1 << 20)))
    with serving(folder) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=raw.DEADLINE) as sock:
            sock.sendall(whole[: len(whole) // 2])
            assert becomes(lambda: len(drafts(folder)) == 1)
            if is_reset:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, raw.RESET)
        assert becomes(lambda: drafts(folder) == [])
        assert get(port, b"/v1/files").json["data"] == []
    with serving(folder) as port:
        assert get(port, b"/v1/files").json["data"] == []
        assert names(folder) <= {"contents", "drafts", "store.sqlite3", "store.sqlite3-wal", "store.sqlite3-shm"}  # fmt: skip


def item(number: int, **changes: Any) -> Json:
    messages = [{"role": "user", "content": f"Item {number} " + "word " * 50}]
    params = {"model": "claude-haiku-4-5", "max_tokens": 200, "messages": messages}
    return {"custom_id": f"item-{number}", "params": {**params, **changes}}


def created(port: int, *items: Json) -> bytes:
    shown = post(port, BATCHES, {"requests": items})
    assert shown.status == 200
    return BATCHES + b"/" + shown.json["id"].encode()


def test_e7_a_batch_that_is_deleted_is_read_to_its_end(port: int) -> None:
    path = created(port, *(item(number) for number in range(MANY)))
    assert becomes(lambda: get(port, path).json["processing_status"] == "ended")
    with socket.create_connection(("127.0.0.1", port), timeout=raw.DEADLINE) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
        sock.sendall(raw.head(b"GET %b/results HTTP/1.1" % path, b"connection: close\r\n"))
        parts = [sock.recv(1)]
        assert get(port, path, b"DELETE").status == 200
        assert get(port, path).status == 404
        parts += iter(lambda: sock.recv(1 << 20), b"")
        (response,) = raw.received(sock, 1, b"".join(parts))
    lines = response.body.splitlines()
    assert [json.loads(line)["custom_id"] for line in lines] == [f"item-{n}" for n in range(MANY)]


def test_e7_states_only_go_on(port: int) -> None:
    """A batch that ends is not canceled any more, and one that is canceled ends as such."""
    ended = created(port, item(1))
    assert get(port, ended + b"/results").error[:2] == (404, "not_found_error")
    assert get(port, ended).json["processing_status"] == "ended"
    message = post(port, ended + b"/cancel").error[2]
    assert message.endswith("has ended and cannot be canceled.")
    assert get(port, ended).json["request_counts"]["succeeded"] == 1

    canceled = created(port, item(1))
    assert post(port, canceled + b"/cancel").json["processing_status"] == "canceling"
    assert get(port, canceled, b"DELETE").error[:2] == (400, "invalid_request_error")
    counts = [get(port, canceled).json for _ in range(2)]
    assert [each["processing_status"] for each in counts] == ["ended", "ended"]
    assert counts[0]["request_counts"] == counts[1]["request_counts"]
    assert counts[0]["request_counts"]["canceled"] == 1


@pytest.mark.parametrize(
    ("requests", "message"),
    [
        pytest.param([item(1), item(1)], "requests", id="E8_reject_equal_ids"),
        pytest.param([], "requests", id="E8_reject_no_request"),
        pytest.param([item(n) for n in range(100_001)], "requests", id="E8_reject_100001"),
    ],
)
def test_a_bad_batch_is_refused_whole(port: int, requests: list[Json], message: str) -> None:
    status, kind, text = post(port, BATCHES, {"requests": requests}).error
    assert (status, kind) == (400, "invalid_request_error")
    assert text.startswith(message)
    assert get(port, BATCHES).json["data"] == []


def test_e8_a_bad_item_spoils_no_other(port: int) -> None:
    path = created(port, item(1), item(2, temperature=7), item(3))
    assert get(port, path).json["processing_status"] == "ended"
    results = [json.loads(line) for line in get(port, path + b"/results").body.splitlines()]
    kinds = [each["result"]["type"] for each in results]
    assert kinds == ["succeeded", "errored", "succeeded"]


@pytest.mark.usefixtures("may_fail")
@pytest.mark.parametrize("place", ["draft", "row"])
def test_e5_a_full_disk_stops_writes_alone(
    port: int, folder: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    first = raw.only(port, upload(part(b"abc"))).json
    with monkeypatch.context() as patched:
        if place == "draft":
            patched.setattr(disk.DiskDraft, "write", full)
        else:
            patched.setattr(disk.DiskStore, "_commit", full)
        status, kind, message = raw.only(port, upload(part(b"abc"))).error
        assert (status, kind) == (500, "api_error")
        assert "space" not in message
        assert get(port, b"/v1/files").json["data"] == [first]
        assert drafts(folder) == []
    second = raw.only(port, upload(part(b"abc"))).json
    assert get(port, b"/v1/files").json["data"] == [second, first]
    assert len(list((folder / "contents").iterdir())) == 2
