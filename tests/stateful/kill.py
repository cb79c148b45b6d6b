"""Kill a server amid uploads, batches and skills, start it again, and look for what it had acknowledged.

python -m tests.stateful.kill --rounds 30
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import io
import itertools
import json
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
HEADERS = {"x-api-key": "sk-ant-kill", "anthropic-version": "2026-10-21"}
IN_FLIGHT, WORKERS = 200, 16
LISTENS = re.compile(r"http://127\.0\.0\.1:(\d+)")


class Server:
    """A server process on a data directory."""

    def __init__(self, folder: Path) -> None:
        words = ["serve", "--port", "0", "--data-dir", str(folder)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "mockserver", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        match = LISTENS.search(self._process.stdout.readline())
        assert match, "the server did not start"
        self.port = int(match[1])
        self.process_id = self._process.pid

    def call(self, method: str, path: str, body: bytes | None = None, kind: str = "") -> Any:
        """One request on a connection of its own. Raises OSError or HTTPException when the server is gone."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, body, {**HEADERS, "content-type": kind})
            response = connection.getresponse()
            raw = response.read()
            assert response.status == 200, raw
            return raw if path.endswith(("/results", "/content")) else json.loads(raw)
        finally:
            connection.close()

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()


def content_of(number: int) -> bytes:
    """What the file of a number holds: from nothing to some hundred kilobytes."""
    return random.Random(number).randbytes(number * 37 % 200_000)


def upload(server: Server, number: int) -> str:
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{number}"\r\n\r\n'
    body = head.encode() + content_of(number) + b"\r\n--x--\r\n"
    answer = server.call("POST", "/v1/files", body, "multipart/form-data; boundary=x")
    return str(answer["id"])


def batch(server: Server, number: int) -> str:
    params = {
        "model": "claude-haiku-4-5",
        "max_tokens": 16,
        "messages": [{"role": "user", "content": str(number)}],
    }
    requests = [{"custom_id": f"{number}-{n}", "params": params} for n in range(number % 5 + 1)]
    body = json.dumps({"requests": requests}).encode()
    answer = server.call("POST", "/v1/messages/batches", body, "application/json")
    return str(answer["id"])


def skill(server: Server, number: int) -> str:
    """A skill with two versions; it is acknowledged with the second one."""
    head = '--x\r\nContent-Disposition: form-data; name="files[]"; filename="pen/{}"\r\n\r\n'
    manifest = f"{head.format('SKILL.md')}---\ndescription: '{number}'\n---\n\r\n"
    body = manifest.encode() + head.format("a").encode() + content_of(number) + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    made = server.call("POST", "/v1/skills", body, kind)
    version = server.call("POST", f"/v1/skills/{made['id']}/versions", body, kind)
    return str(version["skill_id"])


SENDERS = (batch, upload, skill, upload)


def crashed(folder: Path, delay: float) -> dict[str, int]:
    """Send everything, kill the server after a delay, and return the ids that it acknowledged."""
    server = Server(folder)
    acknowledged: dict[str, int] = {}
    begun = threading.Event()

    def send(number: int) -> None:
        begun.set()
        # When the server is gone: whatever this was, it was not acknowledged.
        with contextlib.suppress(OSError, http.client.HTTPException):
            acknowledged[SENDERS[number % len(SENDERS)](server, number)] = number

    with ThreadPoolExecutor(WORKERS) as pool:
        sent = [pool.submit(send, number) for number in range(IN_FLIGHT)]
        begun.wait()
        time.sleep(delay)
        server.kill()
    for each in sent:
        each.result()  # raises when the server refused one
    return acknowledged


def checked(folder: Path, acknowledged: dict[str, int]) -> None:
    """Start again; what was acknowledged must be there, and what is there must be whole."""
    server = Server(folder)
    try:
        files = {file["id"]: file for file in listed(server, "/v1/files?beta=true&limit=1000")}
        batches = {each["id"]: each for each in listed(server, "/v1/messages/batches?limit=1000")}
        skills = server.call("GET", "/v1/skills?source=custom&limit=1000")["data"]
        lost = acknowledged.keys() - files.keys() - batches.keys() - {each["id"] for each in skills}
        assert not lost, f"acknowledged and lost: {sorted(lost)}"
        for file_id, file in files.items():
            expected = content_of(int(file["filename"]))
            assert file["size_bytes"] == len(expected)
            assert (folder / "contents" / f"{file_id}.content").read_bytes() == expected
        for batch_id, each in batches.items():
            raw = server.call("GET", f"/v1/messages/batches/{batch_id}/results")
            assert len(raw.splitlines()) == each["request_counts"]["succeeded"] > 0
        for each in skills:
            check_versions(server, each, is_acknowledged=each["id"] in acknowledged)
        assert not list((folder / "drafts").iterdir())
    finally:
        server.kill()


def check_versions(server: Server, skill: Any, *, is_acknowledged: bool) -> None:
    """Each version that is there must be whole, and all of a skill that was acknowledged."""
    path = f"/v1/skills/{skill['id']}/versions"
    versions = server.call("GET", path)["data"]
    assert versions[0]["id"] == skill["latest_version_id"]
    assert len(versions) == 2 or not is_acknowledged
    for each in versions:
        raw = server.call("GET", f"{path}/{each['id']}/content")
        with zipfile.ZipFile(io.BytesIO(raw)) as opened:
            assert opened.read("pen/a") == content_of(int(each["description"]))


def listed(server: Server, path: str) -> list[Any]:
    """All pages of a list."""
    found: list[Any] = []
    after = ""
    while True:
        page = server.call("GET", path + after)
        found += page["data"]
        if not page["has_more"]:
            return found
        after = f"&after_id={page['last_id']}"


def rounds(number: int, seed: int = 0) -> list[int]:
    """Crash and check so often; how many were acknowledged before each crash."""
    chance = random.Random(seed)
    survived = []
    for _ in range(number):
        with tempfile.TemporaryDirectory() as name:
            acknowledged: dict[str, int] = {}
            for _ in range(2):  # the second time on what the first left behind
                acknowledged |= crashed(Path(name), chance.uniform(0.0, 1.5))
                checked(Path(name), acknowledged)
            survived.append(len(acknowledged))
    return survived


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.stateful.kill", description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    for number in itertools.count(1):
        if number > asked.rounds:
            break
        (survived,) = rounds(1, asked.seed + number)
        print(f"round {number}: {survived} acknowledged, none lost, nothing half-written")


if __name__ == "__main__":
    main()
