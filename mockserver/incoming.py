"""The body of a request, read within bounds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from starlette.types import Receive, Scope

from mockserver import intake
from mockserver.cycle import WHOLE

CHUNKED = b"chunked"
LENGTH_ALONE = frozenset((b"content-length",))
NO_EXTENSIONS: dict[str, object] = {}


class ClientLeftError(Exception):
    """The client closed the connection before its request was complete."""


class Incoming:
    """What a client sends in one request. `raw` is the body as it was read, None before."""

    __slots__ = ("_receive", "_varying", "_whole", "raw")

    def __init__(self, scope: Scope, receive: Receive, varying: dict[bytes, bytes]) -> None:
        self._whole: Any = scope.get("extensions", NO_EXTENSIONS).get(WHOLE)
        self._receive = receive
        self._varying = varying
        self.raw: bytes | None = None

    @property
    def is_framed(self) -> bool:
        """Whether the body ends where every server on the way agrees that it does."""
        coding = self._varying.get(b"transfer-encoding")
        return coding is None or coding.strip().lower() == CHUNKED

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the length of the body is said of it."""
        return self._varying.keys() <= LENGTH_ALONE

    @property
    def announced(self) -> int:
        """The body's length as the headers say it."""
        length = self._varying.get(b"content-length", b"")
        return int(length) if length.isdigit() else 0

    def whole_body(self, limit: int) -> bytes | None:
        """The body, when the server has it as a whole already. Raises as `body`."""
        there: bytes | None = None if self._whole is None else self._whole.taken()
        if there is None:
            return None
        if len(there) > limit:
            raise intake.too_large()
        self.raw = raw = intake.unpacked(there, self._encoding(), limit) if self._varying else there
        return raw

    async def body(self, limit: int) -> bytes:
        """Read the body. Raises the 413 when it is larger than `limit` bytes."""
        raw = self.whole_body(limit)
        if raw is not None:
            return raw
        whole, is_last = await self._chunk(limit)
        if not is_last:
            chunks, size = [whole], len(whole)
            while not is_last:
                chunk, is_last = await self._chunk(limit - size)
                size += len(chunk)
                chunks.append(chunk)
            whole = b"".join(chunks)
        self.raw = raw = intake.unpacked(whole, self._encoding(), limit)
        return raw

    async def chunks(self, limit: int) -> AsyncIterator[bytes]:
        """The body bit by bit. Raises as `body`; only an encoded one is held in memory whole."""
        if self._encoding() is not None:
            yield await self.body(limit)
            return
        size = 0
        while True:
            chunk, is_last = await self._chunk(limit - size)
            size += len(chunk)
            yield chunk
            if is_last:
                return

    async def _chunk(self, most: int) -> tuple[bytes, bool]:
        message = await self._receive()
        if message["type"] == "http.disconnect":
            raise ClientLeftError
        chunk = message.get("body", b"")
        if len(chunk) > most:
            raise intake.too_large()
        return chunk, not message.get("more_body", False)

    def _encoding(self) -> str | None:
        encoding = self._varying.get(b"content-encoding")
        return None if encoding is None else encoding.decode("latin-1")
