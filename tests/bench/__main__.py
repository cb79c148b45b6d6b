"""Measure the server beside a bare endpoint in the same run, and print ratios.

    python -m tests.bench [--rounds 3] [--requests 3000]

Sixteen clients ask at once, again and again. What counts is the processor time of the server process for each
request, the kernel's part included, so that the load generator, which is slower than the servers, does not blur
it. A ratio of 0.5 means twice the time of the bare endpoint, which parses the same body, checks nothing and sends
an answer of about the same size that is ready. `stream` asks for one text again and again, `streams` for another one
each time. Each pair of runs gives a ratio, and the median of them is shown: other work on the machine changes how fast
it is from one minute to the next.
"""

import argparse
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import cycle
from statistics import median

from tests.bench import requests

CONNECTIONS = 16
KINDS: dict[str, Callable[[], list[requests.Body]]] = {
    "small": lambda: [requests.small()],
    "agent": lambda: [requests.agent()],
    "stream": lambda: [requests.stream()],
    # More texts than any that the server remembers.
    "streams": lambda: [requests.stream(first) for first in range(100)],
}
# As `messages-mock serve` does, on a socket that is already open, and on a day on which no model asked was retired.
SERVE = (
    "import socket, sys; from mockserver.settings import Settings;"
    "from contracts.models import as_of; from mockserver.serving import server_for, settle;"
    "server = server_for(Settings(now=as_of())); settle(); server.run([socket.socket(fileno=int(sys.argv[1]))])"
)
SERVERS = {"bare": ["-m", "tests.bench.bare"], "messages-mock": ["-c", SERVE]}


def seconds(command: list[str], asked: list[bytes], count: int) -> float:
    """Processor seconds of a server from its start to its end, with `count` requests between."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        descriptor = listener.fileno()
        with subprocess.Popen(
            [sys.executable, *command, str(descriptor)],
            pass_fds=[descriptor],
            stderr=subprocess.DEVNULL,
        ) as server:
            try:
                send(listener.getsockname(), asked, count)
            finally:
                server.terminate()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def send(address: tuple[str, int], asked: list[bytes], count: int) -> None:
    """Send the requests in turn, over as many connections at once as there may be; read all answers."""
    turn = cycle(asked)
    with ExitStack() as stack:
        connections = [
            stack.enter_context(socket.create_connection(address, timeout=30))
            for _ in range(min(count, CONNECTIONS))
        ]
        for start in range(0, count, CONNECTIONS):
            asking = connections[: count - start]
            for connection in asking:
                connection.sendall(next(turn))
            for connection in asking:
                read_answer(connection)


def read_answer(connection: socket.socket) -> None:
    """Read an answer to its end. Ends the program for one that is no success."""
    answer = connection.recv(1 << 16)
    if not answer.startswith(b"HTTP/1.1 200"):
        raise SystemExit(f"unexpected answer: {answer[:300]!r}")
    while not is_whole(answer):
        answer += connection.recv(1 << 16)


def is_whole(answer: bytes) -> bool:
    """Whether a response is complete, in chunks or with a length."""
    head, _, body = answer.partition(b"\r\n\r\n")
    length = next((h for h in head.split(b"\r\n") if h.startswith(b"content-length:")), None)
    return (
        body.endswith(b"0\r\n\r\n") if length is None else len(body) >= int(length.split(b":")[1])
    )


def microseconds(command: list[str], asked: list[bytes], count: int) -> float:
    """Processor time for one request, the server's start taken off."""
    return (seconds(command, asked, count) - seconds(command, asked, 1)) / (count - 1) * 1e6


def main(argv: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=3000)
    options = parser.parse_args(argv)
    started = time.monotonic()
    for kind, bodies in KINDS.items():
        asked = [requests.encoded(body) for body in bodies()]
        found = {name: [] for name in SERVERS}
        for _ in range(options.rounds):
            for name, command in SERVERS.items():
                found[name].append(microseconds(command, asked, options.requests))
        bare, ours = (median(found[name]) for name in SERVERS)
        ratio = median(b / o for b, o in zip(*found.values(), strict=True))
        print(f"{kind:8} bare {bare:7.0f} us   messages-mock {ours:7.0f} us   ratio {ratio:.2f}")
    print(
        f"{options.rounds} rounds of {options.requests} requests, {time.monotonic() - started:.0f} s"
    )


if __name__ == "__main__":
    main()
