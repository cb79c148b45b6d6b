"""What must hold in every test, whatever it is about: no connection leaves this machine.

`broken` says what is wrong with the responses of a test.
`only_loopback` replaces socket's connect for a whole run, so that a fetch of a URL out of a request fails loudly.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from contracts.oracle import check_error, has_request_id
from tests.wire.raw import Response


class EgressError(AssertionError):
    """Something tried to reach another machine."""


def is_loopback(family: int, address: Any) -> bool:
    """Whether an address is this machine's own; names are, where they are numbers or `localhost`."""
    if family not in (socket.AF_INET, socket.AF_INET6):
        return True  # sockets of the file system and of the kernel
    host = address[0]
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def needs_asking(host: Any) -> bool:
    """Whether another machine has to be asked for the address of a host."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return False
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return True
    return False


@contextmanager
def only_loopback() -> Iterator[None]:
    """Let no socket of this process connect to another machine, and look up no name."""
    kept = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex")}
    look_up = socket.getaddrinfo

    def guarded(name: str) -> Any:
        def connect(self: socket.socket, address: Any) -> Any:
            if not is_loopback(self.family, address):
                raise EgressError(f"a test connects to {address!r}: only loopback is allowed")
            return kept[name](self, address)

        return connect

    def looked_up(host: Any, *more: Any, **named: Any) -> Any:
        if needs_asking(host):
            raise EgressError(f"a test looks up {host!r}: only localhost is allowed")
        return look_up(host, *more, **named)

    for name in kept:
        setattr(socket.socket, name, guarded(name))
    socket.getaddrinfo = looked_up
    try:
        yield
    finally:
        socket.getaddrinfo = look_up
        for name, method in kept.items():
            setattr(socket.socket, name, method)


def broken(seen: list[tuple[int, Response]], *, may_fail: bool = False) -> list[str]:
    """What no response may be: a failure that no test asked for, an error without the envelope, an id told twice."""
    found: list[str] = []
    ids: set[tuple[int, str]] = set()
    for port, response in seen:
        if response.status < 200:
            continue
        name = response.header("request-id")
        # Those that have none are refusals, which are looked at below.
        if name is None and (
            response.status < 400 or has_request_id(response.json, response.status)
        ):
            found.append("the request id is missing")
        if name is not None and port:
            if (port, name) in ids:
                found.append(f"the request id {name!r} is told twice")
            ids.add((port, name))
        if response.status >= 500 and not may_fail:
            found.append(f"an unscripted {response.status}: {response.body!r}")
        if response.status >= 400:
            # What is refused before its key is known has no organization, whatever its status.
            wrong = map(str, check_error(response.json, response.status, dict(response.headers)))
            found += (each for each in wrong if "[error.organization;" not in each)
    return found
