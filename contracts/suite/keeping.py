"""Where a hunt's examples are kept between runs: a folder, a Redis server, or both."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from hypothesis.database import DirectoryBasedExampleDatabase, ExampleDatabase, MultiplexedDatabase

PATIENCE = 5  # seconds that a Redis server has to answer, unless its URL says otherwise
T = TypeVar("T")
Lost = Callable[[str], object]


class KeepingError(Exception):
    """Examples can't be kept; the message says why and what to do."""


def database(folder: Path | None, redis_url: str | None, lost: Lost) -> ExampleDatabase | None:
    """What the options ask for; `lost` is told, once, when the Redis server goes away later.

    Raises KeepingError when the folder can't be written, the package `redis` is missing, the URL is none, or the
    server does not answer.
    """
    found: list[ExampleDatabase] = []
    if folder is not None:
        found.append(_folder(folder))
    if redis_url is not None:
        found.append(_redis(redis_url, lost))
    return MultiplexedDatabase(*found) if found else None


def _folder(folder: Path) -> ExampleDatabase:
    # Hypothesis says nothing when it can't write.
    try:
        folder.mkdir(parents=True, exist_ok=True)
        trial = folder / ".messages-mock"
        trial.touch()
        trial.unlink()
    except OSError as error:
        raise KeepingError(f"--corpus {folder}: can't be written: {error.strerror}") from error
    return DirectoryBasedExampleDatabase(folder)


def _redis(url: str, lost: Lost) -> ExampleDatabase:
    try:
        module = importlib.import_module("redis")
        extra: Any = importlib.import_module("hypothesis.extra.redis")
    except ModuleNotFoundError as error:
        raise KeepingError("--redis needs the package redis: pip install redis") from error
    try:
        client = module.Redis.from_url(
            url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE
        )
        client.ping()
    except ValueError as error:
        raise KeepingError(f"--redis {url}: {error}") from error
    except module.RedisError as error:
        raise KeepingError(f"--redis: the Redis server does not answer: {error}") from error
    return _WhileItLasts(extra.RedisExampleDatabase(client), module.RedisError, lost)


class _WhileItLasts(ExampleDatabase):
    """A database that may fail: from then on nothing is kept there, and the hunt goes on without it."""

    def __init__(self, inner: ExampleDatabase, failure: type[Exception], lost: Lost) -> None:
        super().__init__()
        self._inner = inner
        self._failure = failure
        self._lost = lost
        self._is_there = True

    def _tried(self, call: Callable[[], T], otherwise: T) -> T:
        if not self._is_there:
            return otherwise
        try:
            return call()
        except self._failure as error:
            self._is_there = False
            self._lost(f"the Redis server went away, nothing is kept there any more: {error}")
            return otherwise

    def fetch(self, key: bytes) -> Iterable[bytes]:
        """The examples of a key; none once the server is gone."""
        return self._tried(lambda: list(self._inner.fetch(key)), [])

    def save(self, key: bytes, value: bytes) -> None:
        """Keep an example."""
        self._tried(lambda: self._inner.save(key, value), None)

    def delete(self, key: bytes, value: bytes) -> None:
        """Forget an example."""
        self._tried(lambda: self._inner.delete(key, value), None)

    def move(self, src: bytes, dest: bytes, value: bytes) -> None:
        """Keep an example under another key."""
        self._tried(lambda: self._inner.move(src, dest, value), None)
