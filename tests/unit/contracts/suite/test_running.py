"""What the runner finds in answers that are not what a case expects, and how it tells it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.suite.transports import Received, Sent
from tests.unit.contracts.suite.answering import HEADERS, answering, error, outcome


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


def test_what_was_expected_is_told_with_what_earlier_answers_gave(tmp_path: Path) -> None:
    case = 'refused: "no ${steps.0.id}", steps: [{path: /v1/x}]'
    report = outcome(tmp_path, case, answering(200, {"id": "abc"})).report()

    assert "expected  400 invalid_request_error: no abc\n" in report


def test_a_result_of_a_batch_has_no_headers_to_judge(tmp_path: Path) -> None:
    def send(sent: Sent) -> Received:
        result = {"type": "errored", "error": error("no")}
        url = "http://host/v1/messages/batches/b/results"
        batch = {"id": "b", "processing_status": "ended", "results_url": url}
        value = {"result": result} if sent.path.endswith("/results") else batch
        return Received(200, {}, json.dumps(value).encode())

    assert outcome(tmp_path, "endpoints: [batch], refused: no", send).differences == []
