"""Headers that are the same on many responses, encoded once.

uvicorn checks and encodes every header of every response, which for the fifteen constant ones of a message
takes longer than to decide the answer. A response may therefore carry a `Block`: header lines that are
ready for the wire, which `BlockCycle` writes behind uvicorn's own. Servers without it get the same headers
one by one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    # At run time they are there only if their C parser is.
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

RawHeaders = Sequence[tuple[bytes, bytes]]
EXTENSION = "messages-mock.block"


class Block(NamedTuple):
    """Headers as ASGI has them, and as lines."""

    raw: RawHeaders
    lines: bytes


def block(raw: RawHeaders) -> Block:
    """Encode headers once. They are the server's own; nothing of a request may get in here."""
    return Block(tuple(raw), b"".join(b"%b: %b\r\n" % header for header in raw))


NO_HEADERS = block(())


class _HeadWriter:
    """Stands in for a transport from a response's head to its first part: one system call writes both."""

    __slots__ = ("_lines", "_waiting", "transport")

    def __init__(self, transport: Any, lines: bytes) -> None:
        self.transport = transport
        self._lines = lines
        self._waiting = b""

    def write(self, data: bytes) -> None:
        if self._lines:  # the first write is uvicorn's head, and ends with its blank line
            data, self._lines = data[:-2] + self._lines + b"\r\n", b""
            self._waiting = data
        else:
            self.transport.write(self._waiting + data)
            self._waiting = b""

    def flush(self) -> None:
        """Write a head that no part followed: the answer to HEAD has none."""
        if self._waiting:
            self.transport.write(self._waiting)
            self._waiting = b""

    def close(self) -> None:
        self.flush()
        self.transport.close()


def with_blocks(
    protocol: type[HttpToolsProtocol], cycle: type[RequestResponseCycle]
) -> type[HttpToolsProtocol]:
    """uvicorn's httptools protocol whose responses may carry a block."""

    class BlockCycle(cycle):  # type: ignore[misc, valid-type] # a class that is chosen at run time
        """One request and response of uvicorn's."""

        async def send(self, message: Any) -> None:
            lines = message.get(EXTENSION)
            if lines is not None:
                self.transport: Any = _HeadWriter(self.transport, lines)
                await super().send(message)
                return
            await super().send(message)
            if type(self.transport) is _HeadWriter:
                self.transport.flush()
                self.transport = self.transport.transport

    class BlockProtocol(protocol):  # type: ignore[misc, valid-type] # as above
        """A connection of uvicorn's."""

        def on_headers_complete(self) -> None:
            super().on_headers_complete()
            # The request's task has not run yet; uvicorn names the class in its code, so it is exchanged here.
            self.cycle.__class__ = BlockCycle
            self.scope.setdefault("extensions", {})[EXTENSION] = {}

    return BlockProtocol
