"""What the suite says of files, batches, models and their lists that are not as they should be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts.findings import Json
from contracts.resources import RESOURCES, check_resource, check_results
from tests.unit.contracts.samples import message

ID = "01" + "a" * 22
FILE: Json = {
    "type": "file",
    "id": f"file_{ID}",
    "size_bytes": 3,
    "created_at": "2026-11-22T00:00:00.000000Z",
    "filename": "a.txt",
    "mime_type": "text/plain",
    "downloadable": False,
    "expires_at": None,
}
COUNTS: Json = {"processing": 1, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}
BATCH: Json = {
    "id": f"msgbatch_{ID}",
    "type": "message_batch",
    "processing_status": "in_progress",
    "request_counts": COUNTS,
    "ended_at": None,
    "created_at": "2026-11-22T00:00:00.000000+00:00",
    "expires_at": "2026-11-23T00:00:00.000000+00:00",
    "archived_at": None,
    "cancel_initiated_at": None,
    "results_url": None,
}
MESSAGE = message()
BILLED = {**MESSAGE, "usage": {**MESSAGE["usage"], "service_tier": "batch"}}
ERROR: Json = {
    "type": "error",
    "error": {"details": None, "type": "invalid_request_error", "message": "No"},
    "request_id": f"req_{ID}",
}


def page(*items: Json) -> Json:
    ends = {"first_id": items[0]["id"], "last_id": items[-1]["id"]} if items else {}
    return {"data": [*items], "has_more": False, "first_id": None, "last_id": None, **ends}


def rules(name: str, value: object) -> list[str]:
    return [finding.rule for finding in check_resource(name, value, "2026-10-21")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("file", FILE),
        ("file_list", {"data": [FILE], "next_page": None}),
        ("message_batch", BATCH),
        ("message_batch_list", page(BATCH)),
        ("message_batch_list", page()),
        ("deleted_file", {"id": f"file_{ID}", "type": "file_deleted"}),
        (
            "message_batch",
            {
                **BATCH,
                "processing_status": "ended",
                "request_counts": {**COUNTS, "processing": 0, "succeeded": 1},
                "ended_at": BATCH["created_at"],
                "results_url": "http://127.0.0.1/results",
            },
        ),
    ],
)
def test_a_right_answer_has_no_findings(name: str, value: Json) -> None:
    assert rules(name, value) == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("file", [], ["resource.schema"]),
        ("file", {**FILE, "size_bytes": "3"}, ["resource.schema"]),
        ("file", {**FILE, "extra": 1}, ["resource.schema"]),
        ("file", {k: v for k, v in FILE.items() if k != "downloadable"}, ["resource.keys"]),
        ("file", {k: v for k, v in FILE.items() if k != "expires_at"}, ["resource.keys"]),
        ("file", {"id": FILE["id"], **FILE}, ["resource.order"]),
        ("file", {**FILE, "id": "file_1"}, ["resource.id"]),
        ("file_list", {"data": 1, "next_page": None}, ["resource.schema"]),
        ("file_list", {"data": [{**FILE, "id": "f"}], "next_page": None}, ["resource.id"]),
        ("message_batch_list", {**page(BATCH), "last_id": None}, ["page.ends"]),
        ("message_batch_list", {**page(), "data": [1]}, ["resource.schema"]),
        (
            "message_batch",
            {**BATCH, "request_counts": {**COUNTS, "succeeded": 1}},
            ["batch.counts"],
        ),
        ("message_batch", {**BATCH, "request_counts": None}, ["resource.schema"]),
        ("message_batch", {**BATCH, "ended_at": BATCH["created_at"]}, ["batch.ended"]),
        ("message_batch", {**BATCH, "results_url": "/results"}, ["batch.ended"]),
        ("message_batch", {**BATCH, "processing_status": "ended"}, ["batch.counts", "batch.ended"]),
        ("model", {"capabilities": {}}, ["resource.schema"] * 5 + ["resource.keys"] * 2),
        ("model", {"capabilities": None}, ["resource.schema"] * 5 + ["resource.keys"]),
    ],
)
def test_a_wrong_answer_is_found(name: str, value: object, expected: list[str]) -> None:
    found = rules(name, value)
    if name == "model":
        found = [rule for rule in found if rule == "resource.keys"]
        expected = [rule for rule in expected if rule == "resource.keys"]
    assert found == expected


def line(**result: Any) -> bytes:
    return json.dumps({"custom_id": "a", "result": result}).encode() + b"\n"


def test_right_results_have_no_findings() -> None:
    raw = line(type="succeeded", message=BILLED) + line(type="errored", error=ERROR)
    raw += line(type="canceled") + line(type="expired")
    assert check_results(raw, "2026-10-21") == []
    assert check_results(b"", "2026-10-21") == []


@pytest.mark.parametrize(
    ("raw", "path", "rule"),
    [
        (b"{\n", "line 1", "results.line"),
        (line(type="canceled")[:-1], "end", "results.line"),
        (b'{"custom_id": "a", "result": 1}\n', "line 1.result", "resource.schema"),
        (
            line(type="succeeded", message=MESSAGE),
            "line 1.result.message.usage.service_tier",
            "results.line",
        ),
        (
            line(type="succeeded", message={**BILLED, "id": "x"}),
            "line 1.result.message.id",
            "id",
        ),
        (
            line(
                type="errored",
                error={**ERROR, "error": {"type": "invalid_request_error", "message": "No"}},
            ),
            "line 1.result.error.error",
            "resource.keys",
        ),
    ],
)
def test_wrong_results_are_found(raw: bytes, path: str, rule: str) -> None:
    found = check_results(raw, "2026-10-21")
    assert (path, rule) in [(finding.path, finding.rule) for finding in found]


def test_results_without_their_parts_are_the_schemas_business() -> None:
    raw = line(type="succeeded", message={**BILLED, "usage": 1}) + line(type="errored", error={})
    raw += line(type="errored", error={**ERROR, "error": 1})
    assert {finding.rule for finding in check_results(raw, "2026-10-21")} >= {"resource.schema"}


def test_every_rule_has_a_source() -> None:
    assert all(RESOURCES.sources.values())
