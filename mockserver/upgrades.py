"""Requests that ask for another protocol (`Connection: upgrade`, `CONNECT`): answered as if they did not.

The fast parser ends with the head of such a request, and takes what follows for the other protocol. There is none
here, so another parser reads on: it is told how the body is framed, and what it tells goes to the connection.
RFC 9110, 7.8: a server may ignore Upgrade.
"""

from __future__ import annotations

from typing import Any

FRAMING = (b"content-length", b"transfer-encoding")


class Rest:
    """What a parser tells, without the head that it was given so that it knows how the body is framed."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._is_given = True
        self.on_body = connection.on_body
        self.on_message_complete = connection.on_message_complete

    def on_message_begin(self) -> None:
        """A request begins."""
        if not self._is_given:
            self._connection.on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Its target, or a part of it."""
        if not self._is_given:
            self._connection.on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of its headers."""
        if not self._is_given:
            self._connection.on_header(name, value)

    def on_headers_complete(self) -> None:
        """Its head is whole."""
        if self._is_given:
            self._is_given = False
        else:
            self._connection.on_headers_complete()


def read_on(connection: Any) -> None:
    """Give a connection of uvicorn's, whose parser has stopped behind a head, one that reads the body."""
    cycle = connection.cycle
    framing = [header for header in cycle.scope["headers"] if header[0] in FRAMING]
    # The parser that stopped called the request complete.
    cycle.more_body = True
    cycle.message_event.clear()
    parser = connection.parser = type(connection.parser)(Rest(connection))
    parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as uvicorn does
    lines = b"".join(b"%b: %b\r\n" % header for header in framing)
    parser.feed_data(b"POST / HTTP/1.1\r\n" + lines + b"\r\n")
