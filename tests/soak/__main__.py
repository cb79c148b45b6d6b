"""Load a server for a while with all that clients do, and see whether anything grows or fails.

    python -m tests.soak [--minutes 10] [--streams 200] [--rate 40]

Small requests, an agent's, streams, files, batches, wrong requests, and scripted faults in one of twenty, beside
paced streams that are always open. Loopback only; it ends by itself. Prints the statuses, the growth of the server's
memory per minute after a warm-up that fills the journals, and its descriptors. Exits with 1 when memory grows by
a megabyte a minute or more, descriptors grow, or an answer is a 5xx that no script asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

MEGABYTE = 1024 * 1024
PAGE = os.sysconf("SC_PAGE_SIZE")
DEADLINE = 30.0
SETTLING = 15.0  # seconds until all paced streams have been open once
FAULTS = ("reset", "empty", "garbage", "cut", "end", "error", "bad_json", "bad_chunk")
IN_STREAM = ("cut", "end", "error", "bad_json", "bad_chunk")
FAULT_SHARE = 0.05
SCRIPTED = "scripted"
KEYS = 2
WARM_UP = 2_400  # exchanges that fill the journals of all keys, so that they no longer grow
WORKERS = 8
TOOL = {
    "name": "get_weather",
    "description": "Current weather of a city",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}


class Sample(NamedTuple):
    """The server at one time: seconds since the start, bytes in memory, open descriptors."""

    at: float
    resident: int
    descriptors: int


class Load:
    """All clients of one server."""

    def __init__(self, port: int, seed: int) -> None:
        self._port = port
        self._random = random.Random(seed)
        self.statuses: Counter[str] = Counter()
        self.unscripted: list[str] = []

    async def one(self) -> None:
        """One exchange of some kind."""
        kind = self._random.choice((self.small, self.small, self.agent, self.stream, self.file))
        if self._random.random() < FAULT_SHARE:
            kind = self.fault
        elif self._random.random() < FAULT_SHARE:
            kind = self._random.choice((self.batch, self.wrong))
        await kind()

    async def small(self) -> None:
        await self.call("POST", "/v1/messages", message("Hello"))

    async def wrong(self) -> None:
        await self.call("POST", "/v1/messages", {"model": "claude-haiku-4-5"})

    async def stream(self) -> None:
        await self.call("POST", "/v1/messages", message("Tell me of Rome", stream=True))

    async def agent(self) -> None:
        asked = message("Read the weather in Paris. " * 200, tools=[TOOL])
        asked["messages"] = [*asked["messages"], *turns(20), *asked["messages"]]
        await self.call("POST", "/v1/messages", asked)

    async def file(self) -> None:
        key = self._key()
        made = await self.call("POST", "/v1/files", upload(self._random.randbytes(20_000)), key=key)
        found = re.search(rb'"id":"(file_[A-Za-z0-9]+)"', made)
        if found is not None:
            path = f"/v1/files/{found[1].decode()}"
            await self.call("GET", path, None, key=key)
            await self.call("DELETE", path, None, key=key)

    async def batch(self) -> None:
        key = self._key()
        items = [{"custom_id": f"n{n}", "params": message("Hello")} for n in range(20)]
        made = await self.call("POST", "/v1/messages/batches", {"requests": items}, key=key)
        found = re.search(rb'"id":"(msgbatch_[A-Za-z0-9]+)"', made)
        if found is not None:
            path = f"/v1/messages/batches/{found[1].decode()}"
            await self.call("GET", path, None, key=key)
            await self.call("GET", f"{path}/results", None, key=key)
            await self.call("DELETE", path, None, key=key)

    async def fault(self) -> None:
        kind = self._random.choice((*FAULTS, "status"))
        if kind == "status":
            reply: dict[str, object] = {"error": self._random.choice((429, 500, 503, 529))}
        else:
            where = {"event": 4} if kind in IN_STREAM else {}
            reply = {"fault": {"kind": kind, **where}}
        asked = message("Tell me of Rome", stream=True)
        await self.call("POST", "/v1/messages", asked, reply=reply)

    async def paced(self, seconds: float) -> None:
        """A stream that takes so many seconds; every tenth client leaves in its midst."""
        reply = {"text": "word " * 60, "pacing": {"tokens_per_second": 60 / seconds}}
        leaves = self._random.random() < 2 * FAULT_SHARE
        asked = message("Tell me of Rome", stream=True)
        deadline = seconds / 2 if leaves else seconds + DEADLINE
        await self.call("POST", "/v1/messages", asked, reply=reply, deadline=deadline)

    def _key(self) -> str:
        return f"sk-ant-soak-{self._random.randrange(KEYS)}"

    async def call(
        self,
        method: str,
        path: str,
        body: object,
        *,
        key: str | None = None,
        reply: object = None,
        deadline: float = DEADLINE,
    ) -> bytes:
        """One request on a connection of its own; what came of it is counted."""
        answer = b""
        is_faulty = isinstance(reply, dict) and bool({"fault", "error"} & set(reply))
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
            try:
                writer.write(request(method, path, body, key or self._key(), reply))
                answer = await asyncio.wait_for(reader.read(-1), deadline)
            finally:
                writer.close()
        except asyncio.TimeoutError:
            self.statuses["left" if deadline < DEADLINE else "too slow"] += 1
            return b""
        except OSError:
            self.statuses[f"{SCRIPTED} end" if is_faulty else "connection error"] += 1
            return b""
        self._count(answer, path, is_faulty=is_faulty)
        return answer

    def _count(self, answer: bytes, path: str, *, is_faulty: bool) -> None:
        status = answer[9:12].decode("latin-1") if answer.startswith(b"HTTP/1.1 ") else "none"
        self.statuses[f"{SCRIPTED} {status}" if is_faulty else status] += 1
        if not is_faulty and (status >= "500" or status == "none"):
            self.unscripted.append(f"{path}: {answer[:300]!r}")


def message(text: str, **more: object) -> dict[str, object]:
    user = {"role": "user", "content": text}
    return {"model": "claude-haiku-4-5", "max_tokens": 200, "messages": [user], **more}


def turns(count: int) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for number in range(count):
        call = {"type": "tool_use", "id": f"toolu_{number}", "name": "get_weather"}
        result = {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": "Sunny"}
        found.append({"role": "assistant", "content": [{**call, "input": {"city": "Paris"}}]})
        found.append({"role": "user", "content": [result]})
    return found


def upload(content: bytes) -> bytes:
    head = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n'
    return head + b"content-type: text/plain\r\n\r\n" + content.hex().encode() + b"\r\n--x--\r\n"


def request(method: str, path: str, body: object, key: str, reply: object) -> bytes:
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    kind = "multipart/form-data; boundary=x" if isinstance(body, bytes) else "application/json"
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", f"x-api-key: {key}"]
    lines += ["anthropic-version: 2023-06-01", f"content-type: {kind}", "connection: close"]
    lines += [
        f"content-length: {len(raw)}",
        *([f"x-mock-reply: {json.dumps(reply)}"] if reply else []),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + raw


def sample(pid: int, began: float) -> Sample:
    resident = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * PAGE
    return Sample(time.monotonic() - began, resident, len(list(Path(f"/proc/{pid}/fd").iterdir())))


def slope(samples: list[Sample]) -> float:
    """Megabytes a minute, by least squares."""
    mean_at = sum(s.at for s in samples) / len(samples)
    mean = sum(s.resident for s in samples) / len(samples)
    over = sum((s.at - mean_at) * (s.resident - mean) for s in samples)
    return 60 * over / sum((s.at - mean_at) ** 2 for s in samples) / MEGABYTE


def verdict(samples: list[Sample], streams: int, unscripted: list[str]) -> list[str]:
    """What is wrong, if anything, with the samples behind the warm-up."""
    found = [f"an answer that no script asked for: {each}" for each in unscripted[:5]]
    if slope(samples) >= 1:
        found.append(f"memory grows by {slope(samples):.2f} MB a minute")
    half = len(samples) // 2
    first, second = (max(s.descriptors for s in part) for part in (samples[:half], samples[half:]))
    if second > first + streams // 4:
        found.append(f"descriptors grow from {first} to {second}")
    return found


async def warm_up(load: Load) -> None:
    async def work() -> None:
        for _ in range(WARM_UP // WORKERS):
            await load.one()

    await asyncio.gather(*(work() for _ in range(WORKERS)))


async def drive(load: Load, pid: int, options: argparse.Namespace) -> list[Sample]:
    """Load the server, and look at it once a second."""
    await warm_up(load)
    began = time.monotonic()
    end = began + 60 * options.minutes
    samples: list[Sample] = []

    async def keep(work: object, pause: float) -> None:
        while time.monotonic() < end:
            start = time.monotonic()
            await work()  # type: ignore[operator]
            await asyncio.sleep(max(0.0, pause - (time.monotonic() - start)))

    async def measure() -> None:
        samples.append(await asyncio.to_thread(sample, pid, began))

    async def paced() -> None:
        await load.paced(load._random.uniform(5, 15))

    jobs = [keep(load.one, WORKERS / options.rate) for _ in range(WORKERS)]
    jobs += [keep(paced, 0.5) for _ in range(options.streams)]
    await asyncio.gather(*jobs, keep(measure, 1.0))
    return samples


def main(arguments: list[str] | None = None) -> int:
    """Start a server, load it, stop it, report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--rate", type=float, default=40, help="exchanges a second beside them")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r":(\d+) ", server.stdout.readline())
            assert found is not None
            load = Load(int(found[1]), options.seed)
            samples = asyncio.run(drive(load, server.pid, options))
        finally:
            server.terminate()
    return report(samples, load, options)


def report(samples: list[Sample], load: Load, options: argparse.Namespace) -> int:
    """Print the figures; the code to exit with."""
    steady = [each for each in samples if each.at > SETTLING] or samples
    print(f"{options.minutes} minutes, {options.streams} paced streams open, seed {options.seed}")
    for status, count in sorted(load.statuses.items()):
        print(f"  {status:>16} {count}")
    print(
        f"memory {steady[0].resident / MEGABYTE:.1f} MB after the warm-up, "
        f"{steady[-1].resident / MEGABYTE:.1f} MB at the end: {slope(steady):+.2f} MB a minute"
    )
    counts = [each.descriptors for each in steady]
    print(f"descriptors {min(counts)} to {max(counts)}, {counts[-1]} at the end")
    problems = verdict(steady, options.streams, load.unscripted)
    print("\n".join(problems) or "nothing grows, nothing fails")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
