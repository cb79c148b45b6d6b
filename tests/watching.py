"""What every test leaves behind, seen from inside this process: its exchanges and descriptors; and whether ids of one test come again in another.

Servers in other processes, and responses as they are on the wire, are `tests.guards.broken`'s.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import orjson
import uvicorn

from contracts.oracle import check_error
from mockserver import journal
from mockserver.exchange import Exchange
from mockserver.guard import Guard
from mockserver.ids import Ids
from mockserver.intake import credential
from tests.repeats import Told

DESCRIPTORS = Path("/proc/self/fd")
PATIENCE = 3.0  # seconds in which a server sees that its clients have gone
FIRST_ERROR, FIRST_FAILURE = 400, 500
SHORTEST_KEY = 8
MOST_LOOKED = 100  # answers of a test that are looked at closely: some have ten thousand
# What is refused before its key is known has no organization; some statuses only the servers of the web have.
EXEMPT = ("[error.organization;", "not a documented status")
SENT = {"content-type": "application/json"}  # with every error


class Watch:
    """All servers of this process. `problems` says what was wrong since `begin`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: list[tuple[str, bool]] = []
        self._keys: set[str] = set()
        self._running = self._looked = 0
        self._told = Told()  # in all tests: `begin` does not forget it
        self._guards: WeakKeyDictionary[Guard, None] = WeakKeyDictionary()
        # The first of the loops opens a pipe for all of them.
        make_loop = uvicorn.Config("").get_loop_factory()
        if make_loop is not None:
            make_loop().close()
        self._open = open_now()
        self._most = len(self._open)

    def begin(self) -> None:
        """Forget what was before."""
        with self._lock:
            self._found.clear()
            self._keys.clear()
            self._looked = 0
        self._open = open_now()
        self._most = max(self._most, len(self._open))

    def problems(self, log: str, *, may_fail: bool = False) -> list[str]:
        """What is wrong, now that a test is over; `may_fail` says that it asked for failures."""
        found: list[str] = []
        if not becomes(lambda: self._running == 0):
            found.append(f"{self._running} requests are still worked on")
        if not becomes(lambda: not self._left()):
            found.append(f"descriptors stay open: {self._left()}")
        with self._lock:
            found += (text for text, is_failure in self._found if not (is_failure and may_fail))
            found += (f"the log has the key {key!r}" for key in self._keys if key in log)
            found += (text for guard in self._guards for text in overfull(guard))
            self._guards.clear()
        return found

    def _left(self) -> list[str]:
        now = open_now()
        # A client of all tests may have closed a connection in one of them, and open it again in another.
        return sorted(map(named, now - self._open)) if len(now) > self._most else []

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Look at every exchange of every server."""
        call, written, restore = Guard.__call__, Exchange.written, Ids.restore

        async def counted(guard: Guard, scope: Any, receive: Any, send: Any) -> None:
            self._enter(guard, 1)
            try:
                await call(guard, scope, receive, send)
            finally:
                self._enter(guard, -1)

        def seen(exchange: Exchange, method: str, path: str) -> None:
            written(exchange, method, path)
            self._look(exchange, f"{method} {path}")

        def restored(ids: Ids, earlier: Ids) -> None:
            restore(ids, earlier)
            with self._lock:
                self._told.again(ids)

        Guard.__call__, Exchange.written = counted, seen  # type: ignore[method-assign]
        Ids.restore = restored  # type: ignore[method-assign]
        try:
            yield
        finally:
            Guard.__call__, Exchange.written = call, written  # type: ignore[method-assign]
            Ids.restore = restore  # type: ignore[method-assign]

    def _enter(self, guard: Guard, step: int) -> None:
        with self._lock:
            self._running += step
            self._guards[guard] = None

    def _look(self, exchange: Exchange, what: str) -> None:
        key = credential(exchange.headers)[0]
        with self._lock:
            is_failure = exchange.status >= FIRST_FAILURE
            if is_failure and exchange.script is None:
                self._found.append((f"{what}: an unscripted {exchange.status}", True))
            if self._told.is_repeated(exchange):
                self._found.append(
                    (f"{what}: the request id {exchange.request_id!r} is told twice", False)
                )
            self._looked += 1
            if self._looked <= MOST_LOOKED:
                self._found += ((f"{what}: {text}", is_failure) for text in unsound(exchange, key))
            if len(key) >= SHORTEST_KEY:
                self._keys.add(key)


def unsound(exchange: Exchange, key: str) -> Iterator[str]:
    """What is wrong with an error as it was answered, and with the record of an exchange."""
    answer = exchange.answer or b""
    # Without advice it is none of the server's own errors, but one out of a recording.
    if exchange.status >= FIRST_ERROR and exchange.told and exchange.script is None:
        body = orjson.loads(answer)
        # Whether the header is there is seen on the wire; it is where the body has the id.
        name = {"request-id": exchange.request_id} if body.get("request_id") else {}
        wrong = check_error(body, exchange.status, {**SENT, **name, **exchange.told})
        yield from (text for text in map(str, wrong) if not any(map(text.__contains__, EXEMPT)))
    if len(key) < SHORTEST_KEY:
        return
    if key.encode() in answer and key.encode() not in (exchange.raw or b""):
        yield f"the answer has the key {key!r}"
    records = exchange.workspace.journal._records
    if records and any(key.encode() in value for _, value in records[-1].headers):
        yield f"the journal has the key {key!r}"


def overfull(guard: Guard) -> Iterator[str]:
    """Journals beyond their bounds."""
    spaces = guard.workspaces
    if spaces._shelf.size > journal.MOST_BYTES_IN_ALL:
        yield f"all journals together have {spaces._shelf.size} bytes"
    for each in spaces._by_key.values():
        if len(each.journal) > journal.MOST_RECORDS:
            yield f"a journal has {len(each.journal)} records"


def open_now() -> set[str]:
    """The descriptors of this process, where the system tells."""
    if not DESCRIPTORS.exists():
        return set()
    listed = list(DESCRIPTORS.iterdir())
    return {path.name for path in listed if path.is_symlink()}  # the listing's own is gone by now


def named(descriptor: str) -> str:
    """A descriptor and what it is open on."""
    try:
        return f"{descriptor} -> {(DESCRIPTORS / descriptor).readlink()}"
    except OSError:
        return descriptor


def becomes(check: Callable[[], bool]) -> bool:
    """Whether something is true, within some time and when what can be freed is freed."""
    if check():
        return True
    gc.collect()
    end = time.monotonic() + PATIENCE
    while not check():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True
