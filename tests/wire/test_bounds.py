"""What large and hostile bodies cost a server: memory, and the time in which it answers nobody else."""

from __future__ import annotations

import gzip
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mockserver.settings import MEGABYTE
from tests.unit.mockserver.test_cli_serving import port_of, served
from tests.wire import raw

LIMIT = 32 * MEGABYTE
HEALTH = b"GET /_mock/health HTTP/1.1\r\n" + raw.HOST + b"connection: close\r\n\r\n"
CHUNKED = b"transfer-encoding: chunked\r\n"
GZIPPED = b"content-encoding: gzip\r\n"

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="memory is measured on Linux"
)


class Measured:
    """A server in a process of its own, and what it takes."""

    def __init__(self, port: int, pid: int) -> None:
        self.port = port
        self._process = Path(f"/proc/{pid}")

    def growth(self, work: Callable[[], None]) -> float:
        """Megabytes by which its memory grows at the most while something is done."""
        (self._process / "clear_refs").write_text("5", "ascii")
        before = self._memory("VmRSS")
        work()
        return (self._memory("VmHWM") - before) / 1024

    def _memory(self, name: str) -> int:
        found = re.search(rf"{name}:\s+(\d+)", (self._process / "status").read_text("ascii"))
        assert found is not None
        return int(found[1])


@pytest.fixture(scope="module")
def measured() -> Iterator[Measured]:
    with served("--port", "0") as process:
        found = Measured(port_of(process), process.pid)
        assert raw.only(found.port, raw.post()).status == 200
        yield found


def refused(port: int, status: int, parts: bytes | list[bytes]) -> Callable[[], None]:
    def ask() -> None:
        assert raw.only(port, parts).error[0] == status

    return ask


def test_c7_a_gzip_bomb_takes_little_memory(measured: Measured) -> None:
    bomb = raw.post(gzip.compress(bytes(200 * MEGABYTE)), GZIPPED)
    assert len(bomb) < MEGABYTE
    assert measured.growth(refused(measured.port, 413, bomb)) < 48


def test_c2_chunks_over_the_limit_take_no_more_than_the_limit(measured: Measured) -> None:
    piece = b" " * (4 * MEGABYTE)
    chunk = b"%x\r\n%b\r\n" % (len(piece), piece)
    head = raw.head(b"POST /v1/messages HTTP/1.1", CHUNKED)
    parts = [head, *[chunk] * (LIMIT // len(piece)), b"1\r\n \r\n"]
    # All that was read, and what the parser and the socket hold.
    assert measured.growth(refused(measured.port, 413, parts)) < 32 + 8


def wide() -> bytes:
    """31 MB of empty objects, which as objects take thirty times as much."""
    body = raw.BODY.replace(b'"Hello, wire"', b"[" + b"{}," * (10 * MEGABYTE) + b"{}]")
    return raw.post(body)


def test_c14_many_values_take_little_memory(measured: Measured) -> None:
    request = wide()
    # The body as it comes, as one, and without its strings.
    assert measured.growth(refused(measured.port, 400, request)) < 4 * 32


def test_c14_others_are_answered_meanwhile(measured: Measured) -> None:
    request = wide()
    waits: list[float] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            began = time.perf_counter()
            assert raw.only(measured.port, HEALTH).status == 200
            waits.append(time.perf_counter() - began)

    looking = threading.Thread(target=look)
    looking.start()
    response = raw.only(measured.port, request)
    done.set()
    looking.join()
    assert response.error == (
        400,
        "invalid_request_error",
        "The request body has more than 1000000 values",
    )
    # Many are answered while the one is read and judged; how quickly says more of the machine.
    assert len(waits) > 3
