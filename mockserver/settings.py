"""Frozen settings of a server: command line over environment over default."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

MEGABYTE = 1024 * 1024
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a server is started with.

    host, port       where it listens; port 0 takes a free one
    seed             ids and answers follow from it and from the requests
    now              the day on which model lifecycles are judged; None is today
    keys             the only keys that are good; empty lets any non-empty key in
    allowed_hosts    names beside the loopback ones that a Host header may carry
    allowed_rules    ids of rules that are switched off
    batch_ends       when a batch ends: "poll" (when it is asked for next), "step" (only when a test
                     says so), or the seconds that it takes on the server's clock
    data_dir         a folder in which files, batches and skills outlive the server; None keeps them in memory
    rpm, itpm, otpm  requests, input tokens and output tokens per minute of a key; None is no quota
    lenient          switch off every rule that is not about shape
    example          answer every request of good shape, whatever ids, models and betas it names
    script           a YAML file that says what to answer when
    replay           cassettes to answer from, by name or pattern; nothing else answers then
    ignored          dotted paths into a body that do not count when a recording is looked for
    masks            regular expressions for parts of its texts that do not count
    replay_speed     how many times as fast as recorded; None is at once
    strict_replay    let the rules judge what a recording answers
    ttft             seconds to the first token of an answer that no script paces
    tokens_per_second  how fast the others follow; None is at once
    jitter           by which share both vary, from 0 to 1; how they do follows from the seed
    control          whether there is a control API at all
    control_token    what calls of the control API must carry; elsewhere than on loopback none goes without

    Raises ValueError where one of them is empty text: such a host is all addresses, and such a token lets nobody in.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    seed: int = 0
    now: dt.date | None = None
    keys: tuple[str, ...] = ()
    allowed_hosts: tuple[str, ...] = ()
    allowed_rules: tuple[str, ...] = ()
    batch_ends: str | float = "poll"
    data_dir: Path | None = None
    rpm: int | None = None
    itpm: int | None = None
    otpm: int | None = None
    lenient: bool = False
    example: bool = False
    script: Path | None = None
    replay: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ("metadata.user_id",)
    masks: tuple[str, ...] = ()
    replay_speed: float | None = None
    strict_replay: bool = False
    ttft: float = 0.0
    tokens_per_second: float | None = None
    jitter: float = 0.0
    control: bool = True
    control_token: str | None = None
    # docs: Claude API errors, size limits; Files API, storage limits
    max_message_bytes: int = 32 * MEGABYTE
    max_file_bytes: int = 500 * MEGABYTE
    max_batch_bytes: int = 256 * MEGABYTE
    max_stored_bytes: int = 1024 * 1024 * MEGABYTE
    # policy: how long the parts of a request may take, and how many connections there may be
    head_seconds: float = 5.0
    body_seconds: float = 30.0
    most_connections: int = 10_000

    def __post_init__(self) -> None:
        """Refuse empty texts, such as those of environment variables that are not set."""
        given = {
            "host": self.host,
            "keys": all(self.keys),
            "allowed_hosts": all(self.allowed_hosts),
            "control_token": self.control_token is None or self.control_token,
        }
        empty = [name for name, value in given.items() if not value]
        if empty:
            raise ValueError(f"{' and '.join(empty)}: an empty text; give one, or leave it out")

    @property
    def is_only_shape(self) -> bool:
        """Whether no rule is in force but shape."""
        return self.lenient or self.example

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server."""
        return self.host in LOOPBACK or self.host.startswith("127.")

    def body_limit(self, path: str) -> int:
        """How many bytes a request to a path may have."""
        if path.startswith("/v1/files"):
            return self.max_file_bytes
        is_batch = path.startswith("/v1/messages/batches")
        return self.max_batch_bytes if is_batch else self.max_message_bytes
