"""Heads with a block: written with the first part of the body, or alone when there is none."""

from __future__ import annotations

from mockserver.wire import _HeadWriter, block


class Transport:
    """Keeps what was written, and whether it was closed."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closed = True


HEAD = b"HTTP/1.1 200 OK\r\ndate: x\r\n\r\n"
WHOLE = b"HTTP/1.1 200 OK\r\ndate: x\r\na: 1\r\n\r\n"


def writer() -> tuple[_HeadWriter, Transport]:
    transport = Transport()
    return _HeadWriter(transport, block([(b"a", b"1")]).lines), transport


def test_head_and_first_part_are_one_write() -> None:
    head, transport = writer()
    head.write(HEAD)
    head.write(b"body")
    head.write(b"more")
    head.flush()

    assert transport.written == [WHOLE + b"body", b"more"]


def test_head_without_a_body_is_written_on_flush() -> None:
    head, transport = writer()
    head.write(HEAD)
    head.flush()
    head.flush()

    assert transport.written == [WHOLE]


def test_head_is_not_lost_when_the_connection_closes() -> None:
    head, transport = writer()
    head.write(HEAD)
    head.close()

    assert (transport.written, transport.closed) == ([WHOLE], True)
