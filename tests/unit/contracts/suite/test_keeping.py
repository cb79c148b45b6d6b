"""Where a hunt's examples are kept, and what becomes of the hunt when that place goes away."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fakeredis import TcpFakeServer
from hypothesis.database import ExampleDatabase, MultiplexedDatabase

from contracts.suite.disagreeing import hunted
from contracts.suite.keeping import KeepingError, Lost, database
from contracts.suite.running import Target


@contextmanager
def redis_served() -> Iterator[str]:
    server = TcpFakeServer(("127.0.0.1", 0), server_type="redis")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"redis://127.0.0.1:{server.server_address[1]}/0"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def unexpected(text: str) -> None:
    raise AssertionError(text)


def kept(url: str, lost: Lost = unexpected) -> ExampleDatabase | None:
    return database(None, url, lost)


def test_databases_are_those_of_hypothesis(tmp_path: Path) -> None:
    assert database(None, None, unexpected) is None
    assert isinstance(database(tmp_path / "new", None, unexpected), MultiplexedDatabase)
    assert list((tmp_path / "new").iterdir()) == []


def test_a_missing_package_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    with pytest.raises(KeepingError, match="pip install redis"):
        database(tmp_path, "redis://127.0.0.1:1", unexpected)


def test_a_folder_that_can_not_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(KeepingError, match=r"--corpus .*can't be written: Not a directory"):
        database(tmp_path / "file" / "corpus", None, unexpected)


def test_a_url_that_is_none_is_told() -> None:
    with pytest.raises(KeepingError, match="--redis nonsense: Redis URL must"):
        kept("nonsense")


def test_a_redis_server_that_is_not_there_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{free.getsockname()[1]}/0"
        with pytest.raises(KeepingError, match="the Redis server does not answer: "):
            kept(url)


def test_machines_share_what_they_found_in_redis(reference: Target, loose: Target) -> None:
    with redis_served() as url:
        found = hunted(reference, loose, 1, examples=20, kept=kept(url)).found
        again = hunted(reference, loose, 99, examples=1, kept=kept(url)).found

    assert found.keys() & again.keys()
    assert hunted(reference, loose, 99, examples=1).found == {}


def test_a_redis_server_that_goes_away_is_told_once_and_the_hunt_goes_on(
    reference: Target, loose: Target
) -> None:
    told: list[str] = []
    with redis_served() as url:
        examples = kept(url, told.append)
        assert examples is not None
    hunt = hunted(reference, loose, 1, examples=20, kept=examples)

    assert hunt.found
    assert hunt.examples >= 20
    assert [text.partition(":")[0] for text in told] == [
        "the Redis server went away, nothing is kept there any more"
    ]


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda db: db.save(b"key", b"1"), id="save"),
        pytest.param(lambda db: db.delete(b"key", b"1"), id="delete"),
        pytest.param(lambda db: db.move(b"key", b"other", b"1"), id="move"),
        pytest.param(lambda db: list(db.fetch(b"key")), id="fetch"),
    ],
)
def test_every_use_of_a_lost_server_does_without(use: Callable[[ExampleDatabase], object]) -> None:
    told: list[str] = []
    with redis_served() as url:
        examples = kept(url, told.append)
        assert examples is not None
        examples.save(b"key", b"0")
        assert list(examples.fetch(b"key")) == [b"0"]
        use(examples)
    use(examples)
    use(examples)

    assert len(told) == 1
