"""A client's code driven with everything that it may be answered: legal but unusual messages, and failures.

The answers go through a mock that takes a script. Whatever the client can't stand is shrunk by Hypothesis and told as
the script that reproduces it. Each script is followed by ordinary answers, so that loops come to an end.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import os
import random
import traceback
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, cast
from unittest.mock import patch

import anthropic
import yaml
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st

from contracts.findings import Json
from contracts.strategies.replies import messages

MOST_STEPS = 3
LONGEST = 600  # characters of an exception that are shown
SECONDS = 10.0  # after which an answer is late
# Statuses that any request may meet, whatever it says.
STATUSES = (401, 403, 429, 500, 503, 504, 529)
BEFORE = ("reset", "empty", "garbage")
IN_BODY = ("reset", "cut")
IN_STREAM = ("error", "bad_json", "reset", "cut", "end", "bad_chunk")
FEWEST_EVENTS = 4  # of the stream of a text
SEARCH = "web_search"
SAID = "An answer that breaks off somewhere in the middle."
SOON = {"retry-after-ms": "1"}


EVERY: tuple[HealthCheck, ...] = tuple(cast("Any", HealthCheck))
Allowed = type[Exception] | tuple[type[Exception], ...]


class Mock(Protocol):
    """A mock as the fuzzer needs it: one workspace, and what it has to complain about."""

    @property
    def url(self) -> str: ...
    @property
    def api_key(self) -> str: ...
    def reset(self) -> object: ...
    def script(self, script: Sequence[str | Json]) -> object: ...
    def offered(self) -> list[str]:
        """The names of the tools in all requests."""
        ...

    def complaints(self) -> list[str]: ...


class ClientError(AssertionError):
    """A client could not stand what it was answered; the message holds the script and the seed."""


class _Complaints(Exception):
    """What a client sent was wrong, or should not have been sent."""


@st.composite
def answers(draw: st.DrawFn, *, unknown: bool = True, tools: Sequence[str] = ()) -> Json:
    """Replies of a script: legal messages, however unusual, in odd pieces, to requests that offer some tools."""
    message = draw(messages(unknown=unknown, tools=tools, searches=SEARCH in tools))
    names = ("stop_reason", "stop_sequence", "stop_details")
    for block in message["content"]:
        block.pop("signature", None)  # the mock's own are good in the next request
    reply: Json = {"blocks": message["content"], "force": True}
    reply |= {name: message[name] for name in names if message[name] is not None}
    nothing = {name: None for name, value in message["usage"].items() if value is None}
    if nothing:
        reply["usage"] = nothing
    wire = draw(st.fixed_dictionaries({}, optional=_WIRE))
    return {**reply, "wire": wire} if wire else reply


_WIRE: dict[str, st.SearchStrategy[Any]] = {
    "split": st.integers(1, 40),
    "crlf": st.just(value=True),
    "comments": st.just(value=True),
}


@st.composite
def failures(draw: st.DrawFn) -> list[Json]:
    """Entries of a script with one failure: an error, or an answer that breaks off."""
    kind = draw(st.sampled_from(["status", "before", "within"]))
    if kind == "status":
        error = {"status": draw(st.sampled_from(STATUSES)), "headers": dict(SOON)}
        return [{"reply": {"error": error}, "times": 1}]
    if kind == "before":
        return [{"reply": {"fault": draw(st.sampled_from(BEFORE))}, "times": 1}]
    is_stream = draw(st.booleans())
    if is_stream:
        fault = {
            "kind": draw(st.sampled_from(IN_STREAM)),
            "event": draw(st.integers(1, FEWEST_EVENTS)),
        }
    else:
        fault = {"kind": draw(st.sampled_from(IN_BODY)), "byte": draw(st.integers(1, 200))}
    reply = {"text": SAID, "force": True, "fault": fault}
    return [{"when": {"stream": is_stream}, "reply": reply, "times": 1}]


def scripts(
    *, faults: bool = True, unknown: bool = True, tools: Sequence[str] = ()
) -> st.SearchStrategy[list[Json]]:
    """Scripts of a few answers to requests that offer some tools; with `faults` also of a failure."""
    several = st.lists(answers(unknown=unknown, tools=tools), min_size=1, max_size=MOST_STEPS)
    answered = several.map(lambda replies: [{"reply": replies, "times": 1}])
    return st.one_of(answered, failures()) if faults else answered


def fuzz(
    function: Callable[..., object],
    mock: Mock,
    *,
    examples: int = 100,
    number: int | None = None,
    allowed: Allowed | None = None,
    faults: bool = True,
    unknown: bool = True,
) -> None:
    """Call a function with generated scripts in force. Raises ClientError for the smallest that it can't stand.

    `allowed` are the exceptions by which it may say that an answer was no good; `number` is the seed.
    """
    chosen = _seed() if number is None else number
    with calling(function, mock.url, mock.api_key) as call:
        trial = _Trial(call, mock, allowed or anthropic.AnthropicError)
        try:
            trial.run([])  # ordinary answers, which show what tools the client offers
            strategy = scripts(faults=faults, unknown=unknown, tools=mock.offered())
            _searched(trial.run, strategy, examples, chosen)
        except Exception:
            if trial.found is None:
                raise
            # The last one that Hypothesis tries is the smallest.
            script, cause = trial.found
            name = getattr(function, "__qualname__", repr(function))
            raise ClientError(_told(name, script, cause, chosen)) from cause


class _Trial:
    """Runs a client under a script; `found` is the latest script that it could not stand, and why."""

    def __init__(self, call: Callable[[], object], mock: Mock, allowed: Allowed) -> None:
        self._call = call
        self._mock = mock
        self._allowed = allowed if isinstance(allowed, tuple) else (allowed,)
        self.found: tuple[list[Json], Exception] | None = None

    def run(self, script: list[Json]) -> None:
        self._mock.reset()
        self._mock.script(script)
        try:
            with contextlib.suppress(*self._allowed):
                self._call()
            _complain(self._mock.complaints())
        except Exception as error:
            self.found = script, error
            raise


def _complain(complaints: list[str]) -> None:
    if complaints:
        raise _Complaints("\n".join(complaints))


def _searched(
    holds: Callable[[list[Json]], None],
    strategy: st.SearchStrategy[list[Json]],
    examples: int,
    number: int,
) -> None:
    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        phases=(Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        suppress_health_check=EVERY,
        verbosity=Verbosity.quiet,
    )
    @given(strategy)
    def run(script: list[Json]) -> None:
        holds(script)

    run()


@contextmanager
def calling(
    function: Callable[..., object], url: str, key: str
) -> Generator[Callable[[], object], None, None]:
    """A call of a function without arguments: what it takes is an SDK client; its own ones find the mock by themselves."""
    takes_client = any(
        each.default is each.empty
        and each.kind in (each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD)
        for each in inspect.signature(function).parameters.values()
    )
    # Retries only repeat what happened, and a fuzzer has no time to wait.
    options: Json = {"base_url": url, "api_key": key, "max_retries": 0, "timeout": SECONDS}
    environment = {"ANTHROPIC_BASE_URL": url, "ANTHROPIC_API_KEY": key}
    with patch.dict(os.environ, environment):
        os.environ.pop("ANTHROPIC_AUTH_TOKEN", None)
        if inspect.iscoroutinefunction(function):
            yield lambda: asyncio.run(_awaited(function, options if takes_client else None))
        elif takes_client:
            with anthropic.Anthropic(**options) as client:
                yield lambda: function(client)
        else:
            yield function


async def _awaited(function: Callable[..., Any], options: Json | None) -> None:
    if options is None:
        await function()
        return
    async with anthropic.AsyncAnthropic(**options) as client:
        await function(client)


def _seed() -> int:
    """A new one each time; the same where the profile of Hypothesis wants the same examples on every run."""
    profile = cast("Any", settings).default
    return 0 if profile.derandomize else random.randrange(10**6)  # noqa: S311 # no secret


def _told(name: str, script: list[Json], cause: Exception, number: int) -> str:
    if isinstance(cause, _Complaints):
        what = f"{name} sent what it must not:\n{_indented(str(cause))}"
    else:
        last = traceback.extract_tb(cause.__traceback__)[-1]
        where = f"{last.filename}:{last.lineno} in {last.name}"
        what = f"{name} could not stand an answer:\n  {type(cause).__name__}: {str(cause)[:LONGEST]}\n  at {where}"
    if not script:
        return f"{what}\nThere is no script: all answers were ordinary."
    shown = yaml.safe_dump(script, sort_keys=False, allow_unicode=True)
    return f"{what}\nThe script that reproduces it (seed {number}):\n{_indented(shown)}"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())
