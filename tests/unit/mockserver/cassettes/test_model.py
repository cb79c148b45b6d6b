"""Cassettes are read whole; what is wrong is told with file, line, key and remedy."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from mockserver.cassettes.model import CassetteError, Event, load, read
from mockserver.cassettes.writing import Cassette

REQUEST: dict[str, Any] = {"method": "post", "path": "/v1/messages", "json": {"a": 1}}


def text(request: Any = REQUEST, response: Any = None, **more: Any) -> str:
    response = {"status": 200, "json": {}} if response is None else response
    return json.dumps({"request": request, "response": response, **more})


def written(path: Path, *lines: str, end: str = "\n") -> Path:
    path.write_text("\n".join(lines) + end, "utf-8")
    return path


def test_line_is_read(tmp_path: Path) -> None:
    response = {"status": 400, "headers": {"Request-Id": "req_1"}, "ms": 1500, "text": "ü"}
    path = written(tmp_path / "a.jsonl", "", text(response=response, at="2026-11-24T09:30:00Z"))
    (found,) = read(path)

    assert found.place == "a.jsonl:2"
    assert (found.method, found.path, found.asked) == ("POST", "/v1/messages", {"a": 1})
    assert (found.status, found.headers, found.seconds) == (400, {"request-id": "req_1"}, 1.5)
    assert (found.body, found.is_stream, found.at) == ("ü".encode(), False, "2026-11-24T09:30:00Z")


def test_json_is_kept_to_the_byte(tmp_path: Path) -> None:
    line = '{"request":{"method":"GET","path":"/"},"response":{"status":200,"json":{ "a":1.0 }}}'
    (found,) = read(written(tmp_path / "a.jsonl", line))
    assert (found.body, found.asked) == (b'{ "a":1.0 }', None)


def test_events_and_bytes_are_read(tmp_path: Path) -> None:
    events = {"status": 200, "events": [[1.5, "event: a\n\n"], [2500, "rest"]]}
    encoded = {"status": 200, "base64": "/woK"}
    one, other = read(
        written(tmp_path / "a.jsonl", text(response=events), text(response=encoded), end="")
    )
    assert one.events == (Event(0.0015, "event: a\n\n"), Event(2.5, "rest"))
    assert (one.body, one.is_stream) == (b"event: a\n\nrest", True)
    assert other.body == b"\xff\n\n"


def test_what_did_not_end_is_left_out_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = written(tmp_path / "a.jsonl", text(ended="the client left"), text(), '{"requ', end="")
    assert [found.place for found in read(path)] == ["a.jsonl:2"]
    assert "2 exchanges did not end" in caplog.text
    assert f"{path}:3: the last line is cut off" in caplog.text


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param('{"requ', "not JSON .*can only be deleted", id="cut"),
        pytest.param("[]", "Expected `object`, got `array`.*correct the line", id="list"),
        pytest.param("{}", "missing required field `request`", id="empty"),
        pytest.param(text(response={}), r"field `status` - at `\$.response`", id="status"),
        pytest.param(
            text(response={"status": 99}), r">= 200 - at `\$.response.status`", id="range"
        ),
        pytest.param(text(response={"status": 200}), "has 0 bodies; give one of", id="no-body"),
        pytest.param(
            text(response={"status": 200, "json": 1, "text": "a"}), "has 2 bodies", id="bodies"
        ),
        pytest.param(
            text(response={"status": 500, "events": [[0, "a"]]}),
            "only .* 200 is a stream",
            id="500",
        ),
        pytest.param(
            text(response={"status": 200, "events": [["a", "b"]]}),
            r"\$.response.events\[0\]\[0\]",
            id="event",
        ),
        pytest.param(
            text(response={"status": 200, "base64": "a"}), "response.base64: .*again", id="base64"
        ),
        pytest.param(text(extra=1), "unknown field `extra`", id="unknown"),
        pytest.param(text(at="yesterday"), r"\$.at", id="day"),
    ],
)
def test_bad_line_is_told_with_its_place_and_a_remedy(
    tmp_path: Path, line: str, problem: str
) -> None:
    path = written(tmp_path / "a.jsonl", text(), line)
    with pytest.raises(CassetteError, match=problem) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}:2: ")


def test_line_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"at": "\xff"}\n')
    with pytest.raises(CassetteError, match="a.jsonl:1: not JSON"):
        read(path)


def test_files_are_meant_by_name_or_pattern(tmp_path: Path) -> None:
    for name in ("b.jsonl", "a.jsonl", "[c].jsonl"):
        written(tmp_path / name, text())
    found = load([str(tmp_path / "[c].jsonl"), str(tmp_path / "?.jsonl")])
    assert [each.place for each in found] == ["[c].jsonl:1", "a.jsonl:1", "b.jsonl:1"]


def test_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match="there is no such file; `messages-mock record --out"):
        load([str(tmp_path / "*.jsonl")])
    with pytest.raises(CassetteError, match="can't be read: Is a directory"):
        load([str(tmp_path)])


def test_cassettes_without_an_exchange_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("", "utf-8")
    (tmp_path / "b.jsonl").write_text('{"cut', "utf-8")
    with pytest.raises(CassetteError, match=r"a\.jsonl, .*b\.jsonl: no whole exchange is in it"):
        load([str(tmp_path / "*.jsonl")])


def test_cassette_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(CassetteError, match=r"a\.jsonl: can't be written: No such file"):
        Cassette(tmp_path / "nowhere" / "a.jsonl")


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("# Notes\n", id="text"),
        pytest.param("no line end", id="text_without_end"),
        pytest.param('{"name": "app", "version": 1}', id="json"),
        pytest.param('{\n "name": "app"\n}\n', id="json_of_lines"),
        pytest.param("\n- reply: Hello\n", id="script"),
        pytest.param("\x00\xff", id="bytes"),
    ],
)
def test_file_that_is_no_cassette_is_not_touched(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a"
    path.write_text(content, "latin-1")
    with pytest.raises(CassetteError, match=r"a: is no cassette: .*; name another file"):
        Cassette(path)
    assert path.read_text("latin-1") == content


@pytest.mark.parametrize(
    ("content", "kept"),
    [
        pytest.param("", "", id="empty"),
        pytest.param("\n", "\n", id="blank"),
        pytest.param(text() + "\n", text() + "\n", id="whole"),
        pytest.param("\n" + text(), "\n" + text() + "\n", id="whole_without_end"),
        pytest.param('{"at": "2026-', '{"at": "2026-\n', id="cut"),
    ],
)
def test_cassette_is_appended_to(tmp_path: Path, content: str, kept: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(content, "utf-8")
    cassette = Cassette(path)
    cassette.append(b"{}")
    cassette.close()
    assert path.read_text("utf-8") == kept + "{}\n"


def test_line_goes_out_in_one_write_or_in_what_the_disk_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    cassette = Cassette(tmp_path / "a.jsonl")
    monkeypatch.setattr(os, "write", lambda file, data: write(file, data[:2]))
    cassette.append(b"{1234}")
    monkeypatch.undo()
    cassette.close()
    assert (tmp_path / "a.jsonl").read_bytes() == b"{1234}\n"
