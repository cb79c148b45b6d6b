"""The model of a script: an entry holds conditions and the replies that it gives."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from mockserver.faults import PLAIN, Fault, Wire

Json = dict[str, Any]
NOTHING: Mapping[str, Any] = {}


def is_object(value: object) -> TypeGuard[Json]:
    """Whether a value is a JSON object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a value is a JSON array."""
    return isinstance(value, list)


class ScriptError(ValueError):
    """A script says something that can't be meant. `path` leads to it from the top, such as `0.reply.text`."""

    def __init__(self, path: tuple[str | int, ...], problem: str) -> None:
        super().__init__(f"{'.'.join(map(str, path))}: {problem}" if path else problem)
        self.path = path
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Text:
    """A part that a text must have, or a pattern that must be found in it."""

    part: str | None = None
    pattern: re.Pattern[str] | None = None

    def is_in(self, text: str) -> bool:
        """Whether the text has it."""
        return bool(self.pattern.search(text)) if self.pattern else (self.part or "") in text

    def __str__(self) -> str:
        return f"/{self.pattern.pattern}/" if self.pattern else repr(self.part)


@dataclass(frozen=True, slots=True)
class When:
    """The conditions of an entry; None, or empty, is no condition."""

    model: Text | None = None
    system: Text | None = None
    user: Text | None = None
    turn: int | None = None
    tools: tuple[str, ...] = ()
    result: Text | bool | None = None
    images: bool | int | None = None
    stream: bool | None = None
    headers: Mapping[str, Text] = field(default_factory=dict[str, Text])
    metadata: Mapping[str, Text] = field(default_factory=dict[str, Text])

    @property
    def follows_results(self) -> bool:
        """Whether it speaks of the turns that bring tool results, so that `user` is the question before them."""
        return self.turn is not None or bool(self.result)


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call; an input of None is improvised."""

    tool: str
    input: Json | None = None


@dataclass(frozen=True, slots=True)
class Pacing:
    """How fast a stream comes: seconds to the first token, tokens per second from there, jitter as a share."""

    first_token: float = 0.0
    tokens_per_second: float | None = None
    jitter: float = 0.0


@dataclass(frozen=True, slots=True)
class Failure:
    """An error to answer with. Without a message it is the live API's."""

    status: int
    message: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    details: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply. None is left to improvisation; `blocks` stands for the whole content."""

    text: str | None = None
    thinking: str | None = None
    calls: tuple[Call, ...] = ()
    blocks: tuple[Json, ...] | None = None
    stop_reason: str | None = None
    stop_sequence: str | None = None
    stop_details: Json | None = None
    usage: Mapping[str, Any] = field(default_factory=dict[str, Any])
    pacing: Pacing | None = None
    error: Failure | None = None
    fault: Fault | None = None
    wire: Wire = PLAIN
    force: bool = False

    @property
    def calls_tools(self) -> bool:
        """Whether a client will come back with results."""
        blocks = self.blocks or ()
        return bool(self.calls) or any(block["type"] == "tool_use" for block in blocks)


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What to answer when. `id` names it in the journal; `given` is what it was read from.

    `segments` are the positions in `replies` at which a fresh question may come in: what follows a tool
    call belongs to the conversation that the call was made in.
    """

    id: str
    given: Json
    when: When
    replies: tuple[Reply, ...]
    segments: tuple[int, ...]
    times: int | None = None


def segments(replies: tuple[Reply, ...]) -> tuple[int, ...]:
    """Where in a list of replies fresh questions come in."""
    starts = [0]
    for position, reply in enumerate(replies[:-1]):
        # An error in the middle of a tool loop is met again by the same conversation.
        is_followed = reply.calls_tools or (reply.error is not None and starts[-1] < position)
        if not is_followed:
            starts.append(position + 1)
    return tuple(starts)
