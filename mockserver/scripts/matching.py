"""Whether the conditions of an entry hold for a request, and which one is the first that does not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from mockserver.request import TOOL_RESULT, Request, Turn
from mockserver.scripts.model import Text, When

LONGEST_SHOWN = 60
RawHeaders = Sequence[tuple[bytes, bytes]]


class Asked:
    """What conditions look at in a request."""

    def __init__(self, request: Request, raw_headers: RawHeaders) -> None:
        self.request = request
        self._raw_headers = raw_headers

    @cached_property
    def _user(self) -> Turn | None:
        return next((turn for turn in reversed(self.request.turns) if turn.role == "user"), None)

    @cached_property
    def results(self) -> list[Mapping[str, Any]]:
        """The tool results that the last turn brings."""
        turn = self.request.turns[-1]
        return [block for block in turn.blocks if block["type"] == TOOL_RESULT]

    @cached_property
    def words(self) -> str:
        """The text of the last user turn; a turn of tool results alone has none."""
        return _text_of(self._user.blocks) if self._user else ""

    @cached_property
    def question(self) -> str:
        """The last text of the user, before any tool results."""
        texts = (_text_of(t.blocks) for t in reversed(self.request.turns) if t.role == "user")
        return next((text for text in texts if text), "")

    @cached_property
    def system(self) -> str:
        return _text_of(self.request.system)

    @cached_property
    def result(self) -> str:
        """The text of the last tool result."""
        content: Any = self.results[-1].get("content") if self.results else ""
        return content if isinstance(content, str) else _text_of(content or [])

    @cached_property
    def turn(self) -> int:
        """The number of the answer: one more than there are answers; a prefill is part of this one."""
        answers = sum(turn.role == "assistant" for turn in self.request.turns)
        return answers + (self.request.prefill is None)

    @cached_property
    def tools(self) -> list[str]:
        return [tool["name"] for tool in self.request.tools if "name" in tool]

    @cached_property
    def headers(self) -> dict[str, str]:
        return {
            name.decode("latin-1"): value.decode("latin-1") for name, value in self._raw_headers
        }

    @cached_property
    def metadata(self) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", self.request.body.get("metadata") or {})


def failures(when: When, asked: Asked, *, continues: bool = False) -> Iterator[str]:
    """Every condition that does not hold, and why; `continues` for the conversation that a list is in."""
    request = asked.request
    if when.model and not any(map(when.model.is_in, (request.body["model"], request.model.id))):
        yield f"model: {request.body['model']} is not {when.model}"
    yield from _missing("system", when.system, asked.system)
    words = asked.question if continues or when.follows_results else asked.words
    yield from _missing("user", when.user, words)
    if when.turn not in (None, asked.turn):
        yield f"turn: it is turn {asked.turn}, not {when.turn}"
    absent = [name for name in when.tools if name not in asked.tools]
    if absent:
        yield f"tools: {', '.join(absent)} is not among {', '.join(asked.tools) or 'no tools'}"
    yield from _results(when, asked)
    yield from _images(when, len(request.images))
    if when.stream not in (None, bool(request.body.get("stream"))):
        yield f"stream: {'not ' * bool(when.stream)}asked for"
    for name, text in when.headers.items():
        yield from _missing(f"headers.{name}", text, asked.headers.get(name))
    for name, text in when.metadata.items():
        value = asked.metadata.get(name)
        yield from _missing(f"metadata.{name}", text, None if value is None else str(value))


def _missing(name: str, text: Text | None, there: str | None) -> Iterator[str]:
    if text is None:
        return
    if there is None:
        yield f"{name}: it is not there"
    elif not text.is_in(there):
        yield f"{name}: {text} is not in {_short(there)}"


def _results(when: When, asked: Asked) -> Iterator[str]:
    if when.result is None:
        return
    if when.result is False:
        if asked.results:
            yield "result: the last turn brings one"
    elif not asked.results:
        yield "result: the last turn brings none"
    elif isinstance(when.result, Text):
        yield from _missing("result", when.result, asked.result)


def _images(when: When, count: int) -> Iterator[str]:
    wanted = when.images
    if wanted is None:
        return
    if count != wanted if type(wanted) is int else bool(count) != wanted:
        yield f"images: there are {count or 'none'}"


def _text_of(blocks: list[Any]) -> str:
    return "\n".join(block["text"] for block in blocks if block["type"] == "text")


def _short(text: str) -> str:
    return repr(text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…")
