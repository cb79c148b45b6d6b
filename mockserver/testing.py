"""The server inside a test: real sockets, a free port, a thread of its own.

with MockServer() as server:
    client = anthropic.Anthropic(base_url=server.url, api_key=server.api_key)
"""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Sequence
from concurrent.futures import Future
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from mockserver import contract
from mockserver.clock import day
from mockserver.driving import Controls, Result, Running
from mockserver.refusals import refusals, told
from mockserver.scripts.model import is_object
from mockserver.serving import bound, server_for, url_of, workspaces_of
from mockserver.settings import Settings
from mockserver.workspace import Workspaces

if TYPE_CHECKING:
    import uvicorn
    from typing_extensions import Self, Unpack  # in typing from Python 3.11 on

START_SECONDS = 10.0
UNKNOWN = "mock_unknown"
CALL_SECONDS = 30.0
NOT_STARTED = "the mock server has not been started: use `with` or start()"


File: TypeAlias = PathLike[str] | str


class Options(TypedDict, total=False):
    """Settings that are passed on as they are; `mockserver.settings.Settings` says what they mean."""

    host: str
    seed: int
    keys: tuple[str, ...]
    allowed_hosts: tuple[str, ...]
    allowed_rules: tuple[str, ...]
    batch_ends: str | float
    rpm: int | None
    itpm: int | None
    otpm: int | None
    lenient: bool
    example: bool
    ignored: tuple[str, ...]
    masks: tuple[str, ...]
    replay_speed: float | None
    strict_replay: bool
    ttft: float
    tokens_per_second: float | None
    jitter: float
    control: bool
    control_token: str | None
    head_seconds: float
    body_seconds: float
    most_connections: int
    max_message_bytes: int
    max_file_bytes: int
    max_batch_bytes: int
    max_stored_bytes: int


def _names(files: File | Iterable[File]) -> tuple[str, ...]:
    one_or_more = [files] if isinstance(files, str | PathLike) else files
    return tuple(str(Path(file)) for file in one_or_more)


class Access(Controls):
    """A server as one key sees it: `url`, `api_key`, and all that `Controls` has."""

    def __init__(self, url: str, api_key: str, running: Running) -> None:
        self.url = url
        self.api_key = api_key
        self._running = running


class MockServer(Controls):
    """A running server. Its settings are those of `mockserver.settings.Settings`; `now` may be a text.

    `url` is its base URL and `api_key` a key that works; `fresh_key()` gives another one, and with it
    a workspace in which nothing has happened yet; `access` shows the server as that key sees it. What is
    scripted and recorded by the server itself is that of `api_key`. Raises StartError when the port is
    taken, StoreError when the data directory is, ScriptFileError for a script that can't be read,
    CassetteError for a cassette.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        now: dt.date | str | None = None,
        script: PathLike[str] | str | None = None,
        replay: File | Iterable[File] = (),
        data_dir: PathLike[str] | str | None = None,
        **more: Unpack[Options],
    ) -> None:
        self.settings = Settings(
            port=port,
            now=day(now) if isinstance(now, str) else now,
            script=None if script is None else Path(script),
            replay=_names(replay),
            data_dir=None if data_dir is None else Path(data_dir),
            **more,
        )
        self._numbers = itertools.count(1)
        self.api_key = self.settings.keys[0] if self.settings.keys else self.fresh_key()
        self.url = ""
        self._running = self
        self._server: uvicorn.Server | None = None

    def fresh_key(self) -> str:
        """A key that no test has used: the same ones in the same order on every run."""
        return f"sk-ant-mock-{next(self._numbers):04d}"

    def access(self, api_key: str | None = None) -> Access:
        """The server as another key sees it: the given one, or a fresh one."""
        return Access(self.url, api_key or self.fresh_key(), self)

    def call(self, change: Callable[[Workspaces], Result]) -> Result:
        """Do something in the server's thread, after what it has begun; what it raises is raised here."""
        server = self._started()
        workspaces = workspaces_of(server)
        if not self._thread.is_alive() or threading.current_thread() is self._thread:
            return change(workspaces)
        done: Future[Result] = Future()

        def run() -> None:
            try:
                done.set_result(change(workspaces))
            except Exception as error:  # noqa: BLE001 # raised where the call was made
                done.set_exception(error)

        _loop(server).call_soon_threadsafe(run)
        return done.result(CALL_SECONDS)

    def wait(self, change: Callable[[Workspaces], Coroutine[None, None, Result]]) -> Result:
        """Do something in the server's thread that takes its time."""
        going = asyncio.run_coroutine_threadsafe(self.call(change), _loop(self._started()))
        return going.result(CALL_SECONDS)

    def _started(self) -> uvicorn.Server:
        if self._server is None:
            raise RuntimeError(NOT_STARTED)
        return self._server

    def start(self) -> Self:
        """Serve until `stop`."""
        server = server_for(self.settings)
        try:
            listener = bound(self.settings)
        except BaseException:
            workspaces_of(server).close()
            raise
        self.url = url_of(listener)
        self._server = server
        self._thread = threading.Thread(
            target=server.run, args=([listener],), name="messages-mock", daemon=True
        )
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise RuntimeError("the mock server did not start; its log says why")
            time.sleep(0.002)
        return self

    def stop(self) -> None:
        """Stop serving; returns when the port is free again. What was recorded can still be read."""
        if self._server is not None:
            self._server.should_exit = True
            self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


def _loop(server: uvicorn.Server) -> asyncio.AbstractEventLoop:
    return server.servers[0].get_loop()


class _Watched:
    """A workspace whose complaints are those of its server about a client's requests and retries."""

    def __init__(self, controls: Controls, allow_refused: Sequence[str] | bool) -> None:  # noqa: FBT001 # as in the marker
        self.url, self.api_key = controls.url, controls.api_key
        self._controls = controls
        self._allowed = allow_refused
        self.reset = controls.reset
        self.script = controls.script

    def offered(self) -> list[str]:
        bodies: list[Any] = [each.body for each in self._controls.requests]
        tools = [tool for body in bodies if is_object(body) for tool in body.get("tools") or ()]
        return list(dict.fromkeys(tool["name"] for tool in tools if "name" in tool))

    def complaints(self) -> list[str]:
        allowed = self._allowed
        names = () if isinstance(allowed, bool) else tuple(allowed)
        refused = [] if allowed is True else refusals(self._controls.requests, names)
        # A block that only a later API knows is its to take back; this one refuses it.
        wrong = [each for each in refused if UNKNOWN not in (each.error or "")]
        return [*(told([each]) for each in wrong), *map(str, self._controls.verdict())]


def fuzz_client(
    function: Callable[..., object],
    *,
    examples: int = 100,
    seed: int | None = None,
    allowed: type[Exception] | tuple[type[Exception], ...] | None = None,
    allow_refused: Sequence[str] | bool = False,
    faults: bool = True,
    unknown: bool = True,
    mock: Controls | None = None,
) -> None:
    """Call a function again and again while the API answers in legal but unusual ways, and fails.

    It is given an SDK client, an asynchronous one if it is a coroutine function, and nothing if it takes nothing:
    then ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY, which are set meanwhile, lead its own client to the mock. Raises
    AssertionError with the smallest script that it can't stand: an exception that is not in `allowed` (by default
    those of the SDK), a request that the contract refuses (but for the rules in `allow_refused`), or a retry that
    it should not have made. Without `faults` nothing fails; without `unknown` there is nothing that only a later
    API may send. `seed` gives the same examples again. Needs the SDK and Hypothesis: `messages-mock[suite]`.
    """
    if mock is None:
        with MockServer() as server:
            fuzz_client(
                function, examples=examples, seed=seed, allowed=allowed, allow_refused=allow_refused,
                faults=faults, unknown=unknown, mock=server,
            )  # fmt: skip
        return
    contract.fuzzing().fuzz(
        function, _Watched(mock, allow_refused), examples=examples, number=seed, allowed=allowed,
        faults=faults, unknown=unknown,
    )  # fmt: skip
