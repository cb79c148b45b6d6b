"""`messages-mock upgrade`: requests of the past, and what another version or model does to them."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mockserver import migration
from mockserver.cli import main
from mockserver.testing import MockServer

Json = dict[str, Any]
HELLO: Json = {
    "model": "claude-haiku-4-5",
    "max_tokens": 9,
    "messages": [{"role": "user", "content": "Hi"}],
}
SAMPLED = {**HELLO, "temperature": 0.5}
PREFILLED = {
    **HELLO,
    "messages": [*HELLO["messages"], {"role": "assistant", "content": "Well"}],
}
TO_NEW = ("--to", "2026-10-21", "--now", "2026-11-22")


def upgrade(file: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["upgrade", str(file), *arguments])
    return done.exit_code, done.output


def lines(folder: Path, *values: Any) -> Path:
    file = folder / "requests.jsonl"
    file.write_text("\n".join([json.dumps(value) for value in values] + ["", ""]), "utf-8")
    return file


def test_refusals_are_counted_by_rule_with_the_place_of_the_first(tmp_path: Path) -> None:
    file = lines(tmp_path, HELLO, {**SAMPLED, "stream": True}, SAMPLED, {**HELLO, "max_tokens": -1})
    code, shown = upgrade(file, "--from", "2023-06-01", *TO_NEW)

    assert code == 1
    row = next(line for line in shown.splitlines() if "requests.jsonl:2" in line)
    assert row.split()[1] == "2"
    assert "requests.jsonl:2, temperature" in row
    assert "4 requests: 2 would be refused, 0 answered otherwise" in shown
    assert "1 were refused before already and are not counted" in shown


def test_another_model_refuses_and_changes(tmp_path: Path) -> None:
    other = {**HELLO, "model": "claude-opus-4-5"}
    asked = "Which unbelievably long-winded explanation would internationalisation specialists appreciate?"
    long = {**HELLO, "messages": [{"role": "user", "content": asked}]}
    file = lines(tmp_path, PREFILLED, long, other)
    code, shown = upgrade(
        file, "--model", "claude-haiku-4-5", "--to-model", "claude-opus-4-7", "--now", "2026-11-22"
    )

    assert code == 1
    assert "prefill.unsupported" in shown
    assert "input tokens" in shown
    assert "2 requests: 1 would be refused, 1 answered otherwise" in shown


def test_nothing_to_tell_is_a_success(tmp_path: Path) -> None:
    code, shown = upgrade(lines(tmp_path, HELLO), *TO_NEW)

    assert (code, shown) == (0, "1 requests: 0 would be refused, 0 answered otherwise\n")


def test_a_journal_is_read_as_it_is_exported(tmp_path: Path) -> None:
    with MockServer(now="2026-11-22") as server:
        for path, body in (("/v1/messages?beta=true", SAMPLED), ("/v1/messages/count_tokens", {k: v for k, v in HELLO.items() if k != "max_tokens"})):  # fmt: skip
            headers = {
                "x-api-key": server.api_key,
                "anthropic-version": "2023-06-01",
                "anthropic-beta": "context-management-2025-06-27",
                "content-type": "application/json",
            }
            request = urllib.request.Request(server.url + path, json.dumps(body).encode(), headers)
            urllib.request.urlopen(request, timeout=5).close()
        models = urllib.request.Request(server.url + "/v1/models", headers=headers)
        urllib.request.urlopen(models, timeout=5).close()
        journal = urllib.request.Request(server.url + "/_mock/requests", headers=headers)
        with urllib.request.urlopen(journal, timeout=5) as response:
            (tmp_path / "journal.json").write_bytes(response.read())
    code, shown = upgrade(tmp_path / "journal.json", *TO_NEW)

    assert code == 1
    assert "journal.json: request 1, temperature" in shown
    assert "2 requests: 1 would be refused" in shown


def test_one_body_or_an_array_will_do(tmp_path: Path) -> None:
    file = tmp_path / "one.json"
    for value, count in ((SAMPLED, 1), ([SAMPLED, HELLO], 2)):
        file.write_text(json.dumps(value), "utf-8")
        assert f"{count} requests: 1 would" in upgrade(file, *TO_NEW)[1]


def test_blocks_that_come_or_go_are_changes() -> None:
    before: Json = {"input_tokens": 3, "usage": {"input_tokens": 3}, "content": [{"type": "text"}]}
    after: Json = {**before, "content": [{"type": "thinking"}, {"type": "text"}]}

    assert list(migration.differences(before, after)) == [("blocks", "text", "text, thinking")]
    assert list(migration.differences(before, {**before, "stop_reason": None})) == [
        ("members", "none", "stop_reason")
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", ":1: Expecting property name"),
        ('{"a": 1}', "no request to /v1/messages"),
        ("\xff", "can't be read"),
    ],
)
def test_files_that_are_none_are_told(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "x.jsonl"
    file.write_bytes(text.encode("latin-1"))
    code, shown = upgrade(file, *TO_NEW)

    assert code == 2
    assert told in shown


def test_a_cassette_will_do(tmp_path: Path) -> None:
    exchange = {"request": {"path": "/v1/messages", "json": SAMPLED}, "response": {"status": 200}}

    assert "1 requests: 1 would" in upgrade(lines(tmp_path, {"about": "x"}, exchange), *TO_NEW)[1]


def test_a_model_that_no_request_names_is_told(tmp_path: Path) -> None:
    file = lines(tmp_path, HELLO, {**HELLO, "model": "claude-opus-4-5"}, HELLO)
    code, shown = upgrade(file, "--model", "claude-opus-4-8", "--to-model", "claude-opus-5")

    assert code == 2
    assert (
        f"{file}: no request to the model claude-opus-4-8 is in it, "
        "but to claude-haiku-4-5, claude-opus-4-5" in shown
    )


def test_where_to_must_be_said(tmp_path: Path) -> None:
    assert "say where to: --to VERSION" in upgrade(lines(tmp_path, HELLO))[1]
