"""Record, replay and drift by the command line, with a second server that stands in for the live API."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from contracts.suite.transports import Http, Sent

COMMAND = [sys.executable, "-m", "mockserver"]
ROOT = Path(__file__).parents[2]
KEY = "sk-ant-api03-the-key-of-a-client-0001"
LENT = "sk-ant-api03-a-key-that-is-lent-0002"
KEYS = (KEY, LENT)
SECONDS = 60
ASKED: dict[str, Any] = {
    "model": "claude-opus-5",
    "max_tokens": 400,
    "messages": [{"role": "user", "content": "Say it again – ü €: what is the weather in Paris?"}],
}
TOOL = {
    "name": "get_weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}
THINKING = {"type": "enabled", "budget_tokens": 1024}
REQUESTS: list[dict[str, Any]] = [
    ASKED,
    {**ASKED, "tools": [TOOL], "tool_choice": {"type": "any"}},
    {**ASKED, "model": "claude-haiku-4-5", "max_tokens": 2000, "thinking": THINKING},
    {**ASKED, "model": "claude-nonexistent"},
    {**ASKED, "max_tokens": "many"},
]
TELLING = {**ASKED, "messages": [{"role": "user", "content": f"Repeat {KEY} and {LENT}, please"}]}


@contextmanager
def running(*words: str, **environment: str) -> Iterator[str]:
    """A command that serves, by its URL. It is stopped as a user stops it, ends well, and prints no key."""
    process = subprocess.Popen(
        [*COMMAND, *words, "--port", "0"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"on (http://\S+) \(Ctrl", line)
        assert found, line
        yield found[1]
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=SECONDS)
        assert (process.returncode, err) == (0, "")
        assert [key for key in KEYS if key in line + out] == []
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()


def answers(url: str, key: str, requests: list[dict[str, Any]]) -> list[tuple[int, bytes]]:
    """Status and bytes of all answers, each request asked for JSON and then for a stream."""
    headers = {
        "x-api-key": key,
        "anthropic-version": "2023-06-01",
        "content-type": "application/json",
    }
    found: list[tuple[int, bytes]] = []
    with closing(Http(url)) as api:
        for asked in requests:
            for body in (asked, {**asked, "stream": True}):
                raw = json.dumps(body).encode()
                received = api(Sent("POST", "/v1/messages", headers, raw))
                found.append((received.status, received.body))
    return found


def drift(cassette: Path) -> tuple[int, Any]:
    command = [*COMMAND, "drift", "--json", "--check", str(cassette)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def holding(folder: Path, secret: str) -> list[Path]:
    """The files in a tree that have a text, in their names or inside."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [f for f in files if secret in str(f) or secret.encode() in f.read_bytes()]


def test_what_was_recorded_is_replayed_and_compared_and_no_key_is_written(tmp_path: Path) -> None:
    cassette = tmp_path / "out" / "demo.jsonl"
    cassette.parent.mkdir()
    # Whatever a command writes by itself is written here, too.
    home = {"HOME": str(tmp_path), "TMPDIR": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)}
    live = ["serve", "--key", KEY, "--key", LENT]
    with running(*live, **home) as url:
        direct = answers(url, KEY, REQUESTS)
    with running(*live, **home) as url:
        record = ["record", "--upstream", url, "--out", str(cassette)]
        with running(*record, **home, ANTHROPIC_API_KEY=LENT) as proxy:
            passed = answers(proxy, KEY, REQUESTS)
            told = answers(proxy, KEY, [TELLING])
            lent = answers(proxy, "sk-ant-mock-0001", [TELLING])
    with running("serve", "--replay", str(cassette), **home) as url:
        replayed = answers(url, "sk-ant-another", REQUESTS)
        cleaned = answers(url, "sk-ant-another", [TELLING])

    assert direct == passed == replayed
    assert [status for status, _ in passed] == [200] * 6 + [404, 404, 400, 400]
    assert all(KEY.encode() in body for _, body in (told[0], lent[0]))
    assert [status for status, _ in cleaned] == [200, 200]
    assert [key for key in KEYS for _, body in cleaned if key.encode() in body] == []

    code, found = drift(cassette)
    assert (code, found["differences"]) == (0, [])
    assert found["recordings"] == found["compared"] == len(passed) + len(told) + len(lent)

    assert holding(tmp_path, "claude-opus-5") == [cassette]
    assert holding(tmp_path, "sk-ant-") == []
