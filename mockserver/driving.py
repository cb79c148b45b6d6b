"""What a test says to a running server about one key: what to answer, and what happened.

server.reply("Hello")                                   the next request gets it
server.reply(tool="get_weather", input={"city": "Rome"})
server.when(user="weather").reply("Sunny")              whenever it fits
server.requests.last.body                               what the client sent
assert not server.verdict()                             how it behaved when things failed
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypedDict, TypeGuard, TypeVar

from mockserver.control import operations
from mockserver.endpoints.batches import Answers
from mockserver.endpoints.reading import Reader
from mockserver.recorded import Requests
from mockserver.refusals import refusals
from mockserver.scripts import files, reading
from mockserver.scripts.model import Entry, ScriptError, is_object
from mockserver.verdict import Finding, judged

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack  # in typing from Python 3.11 on

    from mockserver.workspace import Workspace, Workspaces

Json = dict[str, Any]
Pattern = str | re.Pattern[str]
Result = TypeVar("Result")
# Dots match line ends in scripts; the other flags are written into the pattern.
FLAGS = {re.IGNORECASE: "i", re.MULTILINE: "m", re.VERBOSE: "x", re.ASCII: "a"}


class ReplyWords(TypedDict, total=False):
    """What a reply can say beside its text; the words are those of a script file."""

    thinking: str
    tool: str
    input: Json
    calls: list[Json]
    blocks: list[Json]
    stop_reason: str
    stop_sequence: str
    stop_details: Json
    usage: Json
    pacing: Json
    error: int | Json
    fault: str | Json
    wire: Json
    force: bool


class Running(Protocol):
    """A server that other threads can ask to do something in its own."""

    def call(self, change: Callable[[Workspaces], Result]) -> Result: ...

    def wait(self, change: Callable[[Workspaces], Coroutine[None, None, Result]]) -> Result: ...


class Controls:
    """The server as one key sees it. Every method may be called from any thread.

    Whatever a script can't mean is refused with ScriptError, or with ApiError where there is too much of it.
    """

    url: str
    api_key: str
    _running: Running

    def reply(self, text: str | None = None, **more: Unpack[ReplyWords]) -> Self:
        """Queue a reply: the next request gets it, whatever it asks; what is left out is improvised.

        With `error`, a status or more of it, the request fails. `force` sends what the live API could not have.
        """
        given = _reply(text, more)
        reading.reply(given)
        self.change(lambda workspace: operations.add(workspace, [given]))
        return self

    def when(
        self,
        *,
        model: Pattern | None = None,
        system: Pattern | None = None,
        user: Pattern | None = None,
        turn: int | None = None,
        tools: str | tuple[str, ...] | list[str] | None = None,
        result: Pattern | bool | None = None,
        images: bool | int | None = None,
        stream: bool | None = None,
        headers: dict[str, Pattern] | None = None,
        metadata: dict[str, Pattern] | None = None,
    ) -> Scripted:
        """Say when an entry applies: `when(user="weather").reply("Sunny")`. All conditions must hold.

        A text is a part of what it is compared with, a compiled pattern is found in it.
        """
        given = {name: value for name, value in locals().items() if value is not None}
        del given["self"]
        if tools is not None and not isinstance(tools, str):
            given["tools"] = list(tools)
        return Scripted(self, {name: _condition(value) for name, value in given.items()})

    def script(self, script: PathLike[str] | str | Sequence[str | Json]) -> Self:
        """Add a whole script: a YAML file, or its entries; an entry without `reply` is queued as a reply.

        Raises ScriptFileError for a file that can't be read, ApiError for an entry.
        """
        if isinstance(script, str | PathLike):
            entries = files.read(Path(script))
            self.change(lambda workspace: workspace.book.add(entries))
        else:
            self.change(lambda workspace: operations.add(workspace, list(script)))
        return self

    @property
    def refused(self) -> Requests:
        """The requests that broke the contract, in which the test's client and not its script was at fault."""
        found = self.requests
        found[:] = refusals(found)
        return found

    @property
    def requests(self) -> Requests:
        """What has happened with this key, oldest first."""
        return self.change(lambda workspace: Requests(workspace.journal))

    def verdict(self, *, truncated: bool = False) -> list[Finding]:
        """What the client did wrong about failures: retries that can't help, or come too soon, or too often.

        With `truncated`, an answer that broke off and was not asked for again is wrong too.
        """
        return self.change(lambda workspace: judged(workspace.journal, truncated=truncated))

    def reset(self) -> None:
        """Be as if this key had never been used."""
        self._running.call(lambda workspaces: workspaces.reset(self.api_key))

    def forward(self, seconds: float | dt.timedelta) -> None:
        """Let time pass for this key: caches, threads and files expire, models retire."""
        passed = seconds.total_seconds() if isinstance(seconds, dt.timedelta) else seconds
        self.change(lambda workspace: workspace.clock.forward(passed))

    def set_time(self, now: dt.datetime | str) -> None:
        """Let it be another time for this key, from which it runs on; without a zone it is UTC."""
        when = operations.moment(now if isinstance(now, str) else now.isoformat())
        self.change(lambda workspace: workspace.clock.set(when))

    def allow(self, *rule_ids: str, lenient: bool = False) -> None:
        """Switch rules off for this key; all others are on."""
        self.change(lambda workspace: operations.allow(workspace, rule_ids, lenient=lenient))

    def advance(self, batch_id: str, items: int | None = None) -> Json:
        """Process some more items of a message batch, or all of them; what it is like then."""

        async def change(workspaces: Workspaces) -> Json:
            settings = workspaces.settings
            own, answers = workspaces.of(self.api_key), Answers(Reader(settings), settings)
            batch = await own.batches.advance(batch_id, answers.of(own), items)
            return own.batches.shown(batch, self.url)

        return self._running.wait(change)

    def snapshot(self) -> str:
        """Keep the state of this key; `restore` brings it back by this name."""
        return self.change(lambda workspace: workspace.snapshot())

    def restore(self, name: str) -> None:
        """Bring back a state. The journal goes on."""
        self.change(lambda workspace: workspace.restore(name))

    def change(self, change: Callable[[Workspace], Result]) -> Result:
        """Do something with the workspace of this key, in the server's thread."""
        return self._running.call(lambda workspaces: change(workspaces.of(self.api_key)))


class Scripted:
    """An entry of a script: conditions, and the replies that it gives one after another, then again."""

    def __init__(self, controls: Controls, when: dict[str, Any]) -> None:
        self._controls = controls
        self._given: dict[str, Any] = {"when": when, "reply": []}
        self._entry: Entry | None = None

    def reply(self, text: str | None = None, **more: Unpack[ReplyWords]) -> Self:
        """Add a reply behind those that the entry has. What follows a tool call answers its result."""
        self._set({**self._given, "reply": [*self._given["reply"], _reply(text, more)]})
        return self

    def times(self, count: int) -> Self:
        """Let the replies be given so many times, each of them; then the entry applies no more."""
        self._set({**self._given, "times": count})
        return self

    @property
    def requests(self) -> Requests:
        """The requests that this entry answered."""
        entry = self._entry
        found = self._controls.requests
        found[:] = [each for each in found if entry is not None and each.script == entry.id]
        return found

    def __repr__(self) -> str:
        return f"<{self._entry.id if self._entry else 'no reply yet'}: {self._given}>"

    def _set(self, given: dict[str, Any]) -> None:
        if not given["reply"]:
            raise ScriptError((), "say what to reply before how many times")
        old = self._entry

        def change(workspace: Workspace) -> Entry:
            book = workspace.book
            new = reading.entry(given, old.id if old else book.next_id("entry"))
            if old is None:
                book.add([new])
            else:
                book.exchange(old, new)
            return new

        self._entry = self._controls.change(change)
        self._given = given


def _reply(text: str | None, more: Mapping[str, Any]) -> dict[str, Any]:
    return {**({} if text is None else {"text": text}), **more}


def _condition(value: Any) -> Any:
    if is_pattern(value):
        return _pattern(value)
    if is_object(value):
        return {name: _condition(each) for name, each in value.items()}
    return value


def is_pattern(value: object) -> TypeGuard[re.Pattern[str]]:
    """Whether a condition is a compiled pattern."""
    return isinstance(value, re.Pattern)


def _pattern(pattern: re.Pattern[str]) -> dict[str, str]:
    letters = "".join(letter for flag, letter in FLAGS.items() if pattern.flags & flag)
    return {"regex": f"(?{letters}){pattern.pattern}" if letters else pattern.pattern}
