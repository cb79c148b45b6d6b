"""Which requests of a journal broke the contract, and what of them is told."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.errors import ApiError
from mockserver.refusals import place_of, refusals, told
from mockserver.testing import Access, MockServer

ASKED = {
    "model": "claude-haiku-4-5",
    "max_tokens": 9,
    "messages": [{"role": "user", "content": "Hi"}],
}
BETAS = "message-threads-2026-08-12,context-management-2025-06-27"


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


@pytest.fixture
def access(server: MockServer) -> Access:
    return server.access()


def ask(access: Access, **more: Any) -> int:
    headers = {
        "x-api-key": access.api_key,
        "anthropic-version": "2023-06-01",
        "anthropic-beta": BETAS,
    }
    headers["content-type"] = "application/json"
    raw = json.dumps({**ASKED, **more}).encode()
    request = urllib.request.Request(f"{access.url}/v1/messages?beta=true", raw, headers)
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return response.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.parametrize(
    ("wrong", "status", "rule"),
    [
        ({"zz": 1}, 400, "shape"),
        ({"model": "claude-none"}, 404, "model.unknown"),
    ],
)
def test_refusals_of_rules_and_of_shape_are_the_clients_fault(
    access: Access, wrong: dict[str, Any], status: int, rule: str
) -> None:
    assert ask(access) == 200
    assert ask(access, **wrong) == status

    assert [each.rule for each in access.refused] == [rule]
    assert refusals(access.requests, [rule]) == []


def test_scripted_errors_are_not(access: Access) -> None:
    access.reply(error=404).reply(fault={"kind": "cut", "event": 3})

    assert [ask(access), ask(access)] == [404, 400]
    assert access.refused == []


def test_a_thread_that_the_clients_give_up_by_themselves_is_not(access: Access) -> None:
    edits = {"edits": [{"type": "clear_tool_uses_20250919"}]}
    ask(access, thread={"type": "create"}, context_management=edits)

    assert access.requests.last.rule == "thread.unsupported-request"
    assert access.refused == []


def test_a_paragraph_leads_to_the_source(access: Access) -> None:
    ask(access, zz=1)

    assert told(access.refused).splitlines()[:4] == [
        "request 1: POST /v1/messages was refused with 400",
        "  said     zz: Extra inputs are not permitted",
        "  place    zz",
        "  rule     shape: The body has the shape of the SDK's types",
    ]


@pytest.mark.parametrize(
    ("message", "place"),
    [
        ("messages.0.content.1.image.source.base64: invalid", "messages.0.content.1.image.source.base64"),
        ("max_tokens: 9 > 8", "max_tokens"),
        ("This model does not support: that", None),
        ("", None),
    ],
)  # fmt: skip
def test_place_is_what_a_message_begins_with(message: str, place: str | None) -> None:
    assert place_of(message) == place


def test_script_takes_entries_or_a_file(access: Access, tmp_path: Path) -> None:
    file = tmp_path / "script.yaml"
    file.write_text("- reply: From the file\n", "utf-8")
    access.script(["First"]).script(file)

    assert [ask(access), ask(access)] == [200, 200]
    assert [each.text for each in access.requests] == ["First", "From the file"]
    with pytest.raises(ApiError, match=r"0\.txt: there is no key 'txt'"):
        access.script([{"txt": "Hi"}])
