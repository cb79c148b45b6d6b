"""Helpers and variables of case values, and edits by path."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader

from contracts.suite.edits import put, take
from contracts.suite.errors import CaseError
from contracts.suite.values import document, picture, resolved


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("${n}", 3, id="number"),
        pytest.param("${n + 2}", 5, id="sum"),
        pytest.param("${row.n - 1}", 6, id="difference"),
        pytest.param("a ${n} b ${row.n}", "a 3 b 7", id="in_a_text"),
        pytest.param("${list.1}", "a", id="index"),
        pytest.param("${list}", ["b", "a"], id="list"),
        pytest.param("${list}!", "a, b!", id="joined"),
        pytest.param({"${n}": ["${n}"]}, {"3": [3]}, id="inside"),
        pytest.param({}, {}, id="empty"),
        pytest.param({"$ref": "#"}, {"$ref": "#"}, id="other_dollar"),
        pytest.param({"$text": 3}, "aaa", id="text"),
        pytest.param({"$text": 5, "of": "xy"}, "xyxyx", id="text_of"),
        pytest.param({"$base64": "a"}, "YQ==", id="base64"),
        pytest.param({"$list": 2, "of": {"n": "t${i}"}}, [{"n": "t0"}, {"n": "t1"}], id="copies"),
        pytest.param({"$object": 2, "key": "k${i}", "of": "${i}"}, {"k0": 0, "k1": 1}, id="object"),
        pytest.param(
            {"$nested": 2, "key": "a", "in": {"t": 1}, "of": 0},
            {"t": 1, "a": {"t": 1, "a": 0}},
            id="nested",
        ),
    ],
)
def test_value_is_filled_in(value: Any, expected: Any) -> None:
    assert resolved(value, {"n": 3, "row": {"n": 7}, "list": ["b", "a"]}) == expected


@pytest.mark.parametrize("name", ["m", "n.x", "list.x", "list.9"])
def test_unknown_variable_is_told(name: str) -> None:
    with pytest.raises(CaseError, match=rf"\$\{{{name}\}}: there is no"):
        resolved(f"${{{name}}}", {"n": 3, "list": []})


def test_image_has_its_size_form_and_length() -> None:
    wish = {"width": 9, "height": 4, "format": "jpeg", "bytes": 5000}
    raw = base64.b64decode(resolved({"$image": wish}, {}))
    with Image.open(io.BytesIO(raw)) as image:
        assert (image.size, image.format, len(raw)) == ((9, 4), "JPEG", 5000)
    assert resolved({"$image": {"width": 1, "height": 1}}, {}) == picture(1, 1)


def test_document_has_its_pages() -> None:
    raw = base64.b64decode(resolved({"$pdf": {"pages": 2}}, {}))
    assert len(PdfReader(io.BytesIO(raw)).pages) == 2
    assert PdfReader(io.BytesIO(base64.b64decode(document(1, "x")))).is_encrypted


def body() -> dict[str, Any]:
    return {"a": [{"b": 1}, {"b": 2}]}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("c", {"a": [{"b": 1}, {"b": 2}], "c": 0}, id="member"),
        pytest.param("a.0.b", {"a": [{"b": 0}, {"b": 2}]}, id="inner"),
        pytest.param("a.-1", {"a": [{"b": 1}, 0]}, id="last"),
        pytest.param("a.+", {"a": [{"b": 1}, {"b": 2}, 0]}, id="append"),
    ],
)
def test_put_sets_one_place(path: str, expected: Any) -> None:
    value = body()
    put(value, path, 0)
    assert value == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("a", {}, id="member"),
        pytest.param("a.0", {"a": [{"b": 2}]}, id="entry"),
        pytest.param("a.1.b", {"a": [{"b": 1}, {}]}, id="inner"),
    ],
)
def test_take_removes_one_place(path: str, expected: Any) -> None:
    value = body()
    take(value, path)
    assert value == expected


@pytest.mark.parametrize("path", ["x", "a.2", "a.x", "x.y", "a.5.b", "a.0.b.c", "a.0.b.c.d"])
def test_take_tells_a_wrong_path(path: str) -> None:
    with pytest.raises(CaseError, match=path):
        take(body(), path)
