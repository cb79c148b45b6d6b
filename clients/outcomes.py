"""What can become of a request, as types, so that a caller has to look before using the text."""

from __future__ import annotations

from dataclasses import dataclass, field

from anthropic.types import MessageParam


@dataclass(frozen=True)
class Finished:
    """A whole answer; `stop_sequence` is the one that ended it, if one did."""

    text: str
    stop_sequence: str | None = None


@dataclass(frozen=True)
class Truncated:
    """The beginning of an answer, and the limit it ran into: a stop reason, or `rounds`.

    `turns` is the history up to and including that beginning.
    """

    text: str
    limit: str
    turns: tuple[MessageParam, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Refused:
    """No answer; what was streamed before a refusal is not to be used, so it is not kept."""

    category: str | None
    explanation: str | None


@dataclass(frozen=True)
class Interrupted:
    """The beginning of an answer whose stream broke off, and did so again when asked again."""

    text: str
    reason: str


Outcome = Finished | Truncated | Refused | Interrupted
