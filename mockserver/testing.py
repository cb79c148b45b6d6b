"""The server inside a test: real sockets, a free port, a thread of its own.

with MockServer() as server:
    client = anthropic.Anthropic(base_url=server.url, api_key=server.api_key)
"""

from __future__ import annotations

import datetime as dt
import itertools
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING

from mockserver.clock import day
from mockserver.serving import bound, server_for, url_of
from mockserver.settings import Settings

if TYPE_CHECKING:
    from typing_extensions import Self  # in typing from Python 3.11 on

START_SECONDS = 10.0
DEFAULTS = Settings()


class MockServer:
    """A running server. Its settings are those of `mockserver.settings.Settings`; `now` may be a text.

    `url` is its base URL and `api_key` a key that works; `fresh_key()` gives another one, and with it
    a workspace in which nothing has happened yet. Raises StartError when the port is taken.
    """

    def __init__(
        self,
        *,
        host: str = DEFAULTS.host,
        port: int = 0,
        seed: int = DEFAULTS.seed,
        now: dt.date | str | None = DEFAULTS.now,
        keys: tuple[str, ...] = DEFAULTS.keys,
        allowed_hosts: tuple[str, ...] = DEFAULTS.allowed_hosts,
        allowed_rules: tuple[str, ...] = DEFAULTS.allowed_rules,
        batch_ends: str | float = DEFAULTS.batch_ends,
        lenient: bool = DEFAULTS.lenient,
        ttft: float = DEFAULTS.ttft,
        tokens_per_second: float | None = DEFAULTS.tokens_per_second,
        jitter: float = DEFAULTS.jitter,
        max_message_bytes: int = DEFAULTS.max_message_bytes,
        max_file_bytes: int = DEFAULTS.max_file_bytes,
    ) -> None:
        self.settings = Settings(
            host=host,
            port=port,
            seed=seed,
            now=day(now) if isinstance(now, str) else now,
            keys=keys,
            allowed_hosts=allowed_hosts,
            allowed_rules=allowed_rules,
            batch_ends=batch_ends,
            lenient=lenient,
            ttft=ttft,
            tokens_per_second=tokens_per_second,
            jitter=jitter,
            max_message_bytes=max_message_bytes,
            max_file_bytes=max_file_bytes,
        )
        self._numbers = itertools.count(1)
        self.api_key = self.settings.keys[0] if self.settings.keys else self.fresh_key()
        self.url = ""

    def fresh_key(self) -> str:
        """A key that no test has used: the same ones in the same order on every run."""
        return f"sk-ant-mock-{next(self._numbers):04d}"

    def start(self) -> Self:
        """Serve until `stop`."""
        listener = bound(self.settings)
        self.url = url_of(listener)
        self._server = server_for(self.settings)
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name="messages-mock", daemon=True
        )
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise RuntimeError("the mock server did not start; its log says why")
            time.sleep(0.002)
        return self

    def stop(self) -> None:
        """Stop serving; returns when the port is free again."""
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
