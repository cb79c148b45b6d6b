"""Run many paced streams at once against one server, and say how long they took and what they cost.

    python -m tests.bench.streams [--streams 1000] [--seconds 10] [--deltas 200]

Everything stays on the loopback interface and ends by itself, after five times the nominal
time and half a minute if need be. Memory is the server's resident set while all streams run, less what it had before, for each stream.
"""

import argparse
import asyncio
import json
import os
import resource
import socket
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

MODEL = "claude-haiku-4-5"  # its deltas are the shortest: nine characters
CHARACTERS = 9
TOKENS = 200
FIRST_TOKEN = 0.5
STEP = 100
SERVE = (
    "import socket, sys; from mockserver.settings import Settings; from mockserver.serving import server_for;"
    "server_for(Settings()).run([socket.socket(fileno=int(sys.argv[1]))])"
)


def request(seconds: float, deltas: int) -> bytes:
    """A request whose answer takes so many seconds, by a script inside it."""
    reply = {
        "text": ("The quick brown fox jumps over the lazy dog. " * deltas)[: CHARACTERS * deltas],
        "usage": {"output_tokens": TOKENS},
        "pacing": {
            "first_token": FIRST_TOKEN,
            "tokens_per_second": TOKENS / (seconds - FIRST_TOKEN),
        },
    }
    content = f"[[mock {json.dumps(reply)}]]"
    body = json.dumps(
        {
            "model": MODEL,
            "max_tokens": 4096,
            "stream": True,
            "messages": [{"role": "user", "content": content}],
        }
    ).encode()
    head = (
        "POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\nx-api-key: sk-ant-bench\r\n"
        "anthropic-version: 2023-06-01\r\ncontent-type: application/json\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body


async def stream(address: tuple[str, int], raw: bytes) -> float:
    """The seconds from the request to the end of its answer."""
    reader, writer = await asyncio.open_connection(*address)
    start = time.perf_counter()
    writer.write(raw)
    end = b""
    while part := await reader.read(1 << 16):
        end = (end + part)[-512:]
    writer.close()
    if b"message_stop" not in end:
        raise SystemExit(f"a stream ended early: {end!r}")
    return time.perf_counter() - start


def resident(pid: int) -> int:
    """Kilobytes of a process in memory."""
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def busy(pid: int) -> float:
    """Processor seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def run(address: tuple[str, int], pid: int, options: argparse.Namespace) -> None:
    """Warm up, measure, report."""
    await stream(address, request(FIRST_TOKEN + 0.1, options.deltas))
    before, busy_before = resident(pid), busy(pid)
    raw = request(options.seconds, options.deltas)
    tasks: list[asyncio.Task[float]] = []
    for number in range(options.streams):
        tasks.append(asyncio.create_task(stream(address, raw)))
        if number % STEP == STEP - 1:  # a backlog is finite
            await asyncio.sleep(0.05)
    await asyncio.sleep(options.seconds / 2)
    each = (resident(pid) - before) / options.streams
    took = sorted(await asyncio.gather(*tasks))
    nominal = options.seconds
    print(f"{options.streams} streams of {nominal} s and {options.deltas} deltas")
    print(f"median {median(took) / nominal:.3f}x nominal, slowest {took[-1] / nominal:.3f}x")
    print(f"memory {each:.1f} KB for each stream")
    print(f"the server's processor {busy(pid) - busy_before:.2f} s in all")


def main(arguments: list[str] | None = None) -> None:
    """Start a server, run the streams, stop it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--streams", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--deltas", type=int, default=200)
    options = parser.parse_args(arguments)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4 * options.streams)), hard))
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        descriptor = listener.fileno()
        with subprocess.Popen(
            [sys.executable, "-c", SERVE, str(descriptor)],
            pass_fds=[descriptor],
            stderr=subprocess.DEVNULL,
        ) as server:
            try:
                work = run(listener.getsockname(), server.pid, options)
                asyncio.run(asyncio.wait_for(work, 5 * options.seconds + 30))
            finally:
                server.terminate()


if __name__ == "__main__":
    main()
