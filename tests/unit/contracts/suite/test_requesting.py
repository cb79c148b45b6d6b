"""The requests that a case makes: its edits, forms and headers, and those before it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.suite.errors import CaseError
from contracts.suite.transports import Received, Sent
from tests.unit.contracts.suite.answering import HEADERS, answering, error, outcome


def test_long_body_is_made_by_a_command(tmp_path: Path) -> None:
    case = "accepted: true, set: {system: {$text: 5000}}"
    report = outcome(tmp_path, case, answering(500, {})).report()
    command = f"python -m contracts.suite --cases {tmp_path}/topic.yaml topic/one@2023-06-01 | curl"
    assert command in report
    assert report.endswith("--data-binary @-")


def test_earlier_requests_fill_in_later_ones(tmp_path: Path) -> None:
    sent: list[Sent] = []

    def send(request: Sent) -> Received:
        sent.append(request)
        return Received(200, HEADERS, json.dumps({"id": "file_1", "content": ["c"]}).encode())

    case = (
        "accepted: true, uploads: [{filename: a, media_type: text/plain, base64: YQ==}], "
        'first: {system: "${uploads.0}"}, set: {system: "${answer.content}"}'
    )
    outcome(tmp_path, case, send)

    upload, first, last = sent
    assert (upload.path, b"\r\n\r\na\r\n" in upload.body) == ("/v1/files", True)
    assert json.loads(first.body)["system"] == "file_1"
    assert json.loads(last.body)["system"] == ["c"]


def test_report_fills_in_what_earlier_requests_gave(tmp_path: Path) -> None:
    case = 'status: 404, refused: "no ${uploads.0}", uploads: [{base64: YQ==}]'
    report = outcome(tmp_path, case, answering(200, {"id": "file_1"})).report()

    assert "expected  404 not_found_error: no file_1\n" in report


def test_steps_are_made_in_order_and_filled_in(tmp_path: Path) -> None:
    sent: list[Sent] = []

    def send(request: Sent) -> Received:
        sent.append(request)
        return Received(200, HEADERS, json.dumps({"id": f"id_{len(sent)}"}).encode())

    case = (
        'accepted: {id: id_4}, method: DELETE, path: "/v1/x/${steps.1.id}", '
        'steps: [{path: /v1/a, body: {n: 1}}, {path: "/v1/b/${steps.0.id}"}, {method: POST, path: /v1/c}]'
    )
    assert outcome(tmp_path, case, send).differences == []
    assert [(each.method, each.path, each.body) for each in sent] == [
        ("POST", "/v1/a", b'{"n": 1}'),
        ("GET", "/v1/b/id_1", b""),
        ("POST", "/v1/c", b""),
        ("DELETE", "/v1/x/id_2", b""),
    ]
    assert ["content-type" in each.headers for each in sent] == [True, False, False, False]


def test_form_has_fields_and_files_also_in_a_step(tmp_path: Path) -> None:
    sent: list[Sent] = []

    def send(request: Sent) -> Received:
        sent.append(request)
        return Received(200, HEADERS, json.dumps({"id": f"id_{len(sent)}"}).encode())

    case = (
        'accepted: true, path: /v1/x, form: {a: "${steps.0.id}", "b[]": [{filename: c/d, base64: YQ==}, e]}, '
        "steps: [{path: /v1/y, form: {f: g}}]"
    )
    assert outcome(tmp_path, case, send).differences == []
    assert [each.path for each in sent] == ["/v1/y", "/v1/x"]
    assert b'name="f"\r\n\r\ng\r\n' in sent[0].body
    assert b'name="a"\r\n\r\nid_1\r\n' in sent[1].body
    assert b'name="b[]"; filename="c/d"\r\n\r\na\r\n' in sent[1].body
    assert b'name="b[]"\r\n\r\ne\r\n' in sent[1].body


@pytest.mark.parametrize(
    ("upload", "parts"),
    [
        pytest.param("base64: YQ==", [b'name="file"\r\n\r\na\r\n'], id="plain"),
        pytest.param(
            "base64: YQ==, filename: b, media_type: text/c, expires_in_seconds: 5",
            [
                b'name="file"; filename="b"\r\ncontent-type: text/c\r\n\r\na\r\n',
                b'name="expires_in_seconds"\r\n\r\n5\r\n',
            ],
            id="all",
        ),
    ],
)
def test_a_case_may_be_an_upload(tmp_path: Path, upload: str, parts: list[bytes]) -> None:
    sent = outcome(tmp_path, f"refused: no, upload: {{{upload}}}", answering(400, error("no"))).sent
    assert sent.headers["content-type"].startswith("multipart/form-data; boundary=")
    assert (sent.method, sent.path) == ("POST", "/v1/files")
    assert [part in sent.body for part in parts] == [True] * len(parts)


def test_a_failed_earlier_request_is_told(tmp_path: Path) -> None:
    text = r"^topic/one@2023-06-01 \(.*:4\): an earlier request failed: 500 \{\}\n  request   curl"
    with pytest.raises(CaseError, match=text):
        outcome(tmp_path, "accepted: true, first: {system: a}", answering(500, {}))


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        pytest.param('body: "[1", ', b"[1", id="text"),
        pytest.param("body: [1], ", b"[1]", id="value"),
        pytest.param("body: [1], cut: 1, ", b"[1", id="cut"),
    ],
)
def test_a_case_may_have_a_body_of_its_own(tmp_path: Path, fields: str, body: bytes) -> None:
    assert outcome(tmp_path, f"{fields}refused: x", answering(500, {})).sent.body == body


def test_a_key_of_the_case_is_shown(tmp_path: Path) -> None:
    case = "accepted: true, headers: {x-api-key: sk-ant-invalid}"
    assert "-H 'x-api-key: sk-ant-invalid'" in outcome(tmp_path, case, answering(500, {})).report()


def test_edits_and_headers_make_the_request(tmp_path: Path) -> None:
    case = (
        "accepted: true, model: claude-opus-4-5, betas: [b, c], headers: {content-type: null, x: y}, "
        "remove: [max_tokens], set: {messages.0.content: Hallo}"
    )
    sent = outcome(tmp_path, case, answering(500, {})).sent

    assert json.loads(sent.body) == {
        "model": "claude-opus-4-5",
        "messages": [{"role": "user", "content": "Hallo"}],
    }
    assert sent.headers == {
        "x-api-key": "sk-ant-secret",
        "anthropic-version": "2023-06-01",
        "anthropic-beta": "b,c",
        "x": "y",
    }
