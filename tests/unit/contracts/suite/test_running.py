"""What the runner finds in answers that are not what a case expects, and how it tells it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.suite.errors import CaseError
from contracts.suite.running import Outcome, Target, run
from contracts.suite.transports import Received, Sent
from tests.unit.contracts.suite.folder import trials

REQUEST_ID = "req_01" + "a" * 22
HEADERS = {
    "content-type": "application/json",
    "request-id": REQUEST_ID,
    "x-should-retry": "false",
    "anthropic-organization-id": "o",
}


def answering(status: int, body: Any, **headers: str) -> Callable[[Sent], Received]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _sent: Received(status, {**HEADERS, **more}, raw)


def error(message: str, kind: str = "invalid_request_error", **more: Any) -> dict[str, Any]:
    inner = {"type": kind, "message": message, **more}
    return {"type": "error", "error": inner, "request_id": REQUEST_ID}


def outcome(folder: Path, case: str, send: Callable[[Sent], Received]) -> Outcome:
    return run(trials(folder, case)[0], Target(send, "sk-ant-secret"))


@pytest.mark.parametrize(
    ("case", "send", "differences"),
    [
        pytest.param("refused: no", answering(400, error("no")), [], id="as_expected"),
        pytest.param('refused_like: "n."', answering(400, error("no")), [], id="like"),
        pytest.param(
            "refused: no, details: {a: 1}",
            answering(400, error("no", details={"a": 1})),
            [],
            id="details",
        ),
        pytest.param(
            "refused: no, status: 404",
            answering(404, error("no", "not_found_error")),
            [],
            id="status",
        ),
        pytest.param(
            "refused: no",
            answering(422, error("no")),
            ["status: 422, not 400"],
            id="another_status",
        ),
        pytest.param(
            "refused: no",
            answering(400, error("yes")),
            ["error.message: another text"],
            id="another_text",
        ),
        pytest.param(
            'refused_like: "n."',
            answering(400, error("nope")),
            ["error.message: another text"],
            id="not_like",
        ),
        pytest.param(
            "refused: no, details: {a: 1}",
            answering(400, error("no")),
            ["error.details: null"],
            id="no_details",
        ),
        pytest.param(
            "refused: no", answering(400, b"<html>"), ["body: no error envelope"], id="html"
        ),
        pytest.param("refused: no", answering(400, []), ["body: no error envelope"], id="array"),
        pytest.param("accepted: true", answering(500, {}), ["status: 500, not 200"], id="failed"),
        pytest.param(
            "accepted: true, endpoints: [count_tokens]",
            answering(200, {"input_tokens": 5}),
            [],
            id="count",
        ),
        pytest.param(
            "accepted: true, endpoints: [count_tokens]",
            answering(200, {}),
            ["input_tokens: not a number"],
            id="no_count",
        ),
        pytest.param(
            "path: /v1/models, method: GET, accepted: {data.0.id: a, data.5.id: null}",
            answering(200, {"data": [{"id": "b"}]}),
            ['data.0.id: "b", not "a"'],
            id="another_member",
        ),
    ],
)
def test_differences(
    tmp_path: Path, case: str, send: Callable[[Sent], Received], differences: list[str]
) -> None:
    assert outcome(tmp_path, case, send).differences == differences


def test_another_type_is_a_difference(tmp_path: Path) -> None:
    found = outcome(tmp_path, "refused: no", answering(400, error("no", "api_error")))
    assert found.differences[0] == "error.type: api_error, not invalid_request_error"


def test_the_oracle_judges_refusals(tmp_path: Path) -> None:
    (found,) = outcome(
        tmp_path, "refused: no", answering(400, error("no"), x_should_retry="true")
    ).differences
    assert found.startswith("x-should-retry: true, not false")


@pytest.mark.parametrize(("more", "count"), [("headers: {a: b}, ", 0), ("", 1)])
def test_the_organization_is_judged_for_faults_of_the_body(
    tmp_path: Path, more: str, count: int
) -> None:
    def send(_sent: Sent) -> Received:
        headers = {n: v for n, v in HEADERS.items() if n != "anthropic-organization-id"}
        return Received(400, headers, json.dumps(error("no")).encode())

    assert len(outcome(tmp_path, f"{more}refused: no", send).differences) == count


def test_the_oracle_judges_messages_and_streams(tmp_path: Path) -> None:
    message = outcome(tmp_path, "accepted: true, betas: [b]", answering(200, {}))
    stream = outcome(
        tmp_path, "accepted: true", answering(200, b"data: x\n\n", content_type="text/event-stream")
    )
    assert message.differences
    assert stream.differences


def test_report_shows_case_expectation_answer_and_request(tmp_path: Path) -> None:
    case = 'refused: no, status: 413, set: {system: "its"}, headers: {a: "b c"}'
    report = outcome(tmp_path, case, answering(200, {"a": "x" * 700})).report()

    assert report.startswith(
        f"topic/one@2023-06-01 ({tmp_path}/topic.yaml:4; policy 2026-01-31: s)\n"
    )
    assert "expected  413 request_too_large: no\n" in report
    assert "xxx... (709 bytes)\n  differs   status: 200, not 413\n" in report
    assert 'curl -sS -X POST "$TARGET/v1/messages" -H "x-api-key: $ANTHROPIC_API_KEY"' in report
    assert "-H 'a: b c' --data-binary '{" in report
    assert "sk-ant-secret" not in report


@pytest.mark.parametrize(
    ("case", "line"),
    [
        pytest.param("accepted: true", "200\n", id="accepted"),
        pytest.param("accepted: {a: 1}", '200 with {"a": 1}\n', id="accepted_with"),
        pytest.param(
            'refused_like: "a."', "400 invalid_request_error: like a.\n", id="refused_like"
        ),
    ],
)
def test_report_tells_what_was_expected(tmp_path: Path, case: str, line: str) -> None:
    assert f"expected  {line}" in outcome(tmp_path, case, answering(500, {})).report()


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


@pytest.mark.parametrize(
    ("fields", "body", "differences"),
    [
        pytest.param(
            "accepted: {id: file_1}, shape: deleted_file",
            {"id": "file_" + "1" * 22, "type": "gone"},
            ["resource.schema", "id: "],
            id="object",
        ),
        pytest.param(
            'accepted: {"0.custom_id": b}, shape: message_batch_result',
            b'{"custom_id": "a", "result": {"type": "gone"}}\n',
            ["line 1", "0.custom_id: "],
            id="lines",
        ),
    ],
)
def test_answers_are_judged_by_their_shape(
    tmp_path: Path, fields: str, body: Any, differences: list[str]
) -> None:
    found = outcome(tmp_path, f"{fields}, path: /v1/x, method: GET", answering(200, body))
    assert [each in str(found.differences) for each in differences] == [True, True]


def test_a_failed_earlier_request_is_told(tmp_path: Path) -> None:
    text = r"^topic/one@2023-06-01 \(.*:4\): an earlier request failed: 500 \{\}\n  request   curl"
    with pytest.raises(CaseError, match=text):
        outcome(tmp_path, "accepted: true, first: {system: a}", answering(500, {}))


def test_what_was_expected_is_told_with_what_earlier_answers_gave(tmp_path: Path) -> None:
    case = 'refused: "no ${steps.0.id}", steps: [{path: /v1/x}]'
    report = outcome(tmp_path, case, answering(200, {"id": "abc"})).report()

    assert "expected  400 invalid_request_error: no abc\n" in report


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


def test_a_result_of_a_batch_has_no_headers_to_judge(tmp_path: Path) -> None:
    def send(sent: Sent) -> Received:
        result = {"type": "errored", "error": error("no")}
        url = "http://host/v1/messages/batches/b/results"
        batch = {"id": "b", "processing_status": "ended", "results_url": url}
        value = {"result": result} if sent.path.endswith("/results") else batch
        return Received(200, {}, json.dumps(value).encode())

    assert outcome(tmp_path, "endpoints: [batch], refused: no", send).differences == []
