"""Scripts inside a request: `[[mock ...]]` in the last user text, and x-mock- headers.

[[mock reply: Hello]]                      the text of the answer
[[mock tool: get_weather {"city": "Rome"}]]  a tool call; the input may be left out; repeatable
[[mock thinking: Let me see]]   [[mock stop_reason: refusal]]   [[mock stop_sequence: END]]   [[mock error: 529]]
[[mock fault: reset]]                      what goes wrong on the way
[[mock {"text": "Hello", "usage": {"output_tokens": 7}}]]   a whole reply as JSON

Several marks make one reply. The headers x-mock-reply (a text, or a reply as JSON), x-mock-tool, x-mock-thinking,
x-mock-stop-reason, x-mock-stop-sequence, x-mock-error and x-mock-fault say the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple, cast

from mockserver.scripts import reading
from mockserver.scripts.model import Entry, Json, ScriptError

MARK = "[[mock"
END = "]]"
HEADERS = {
    "x-mock-reply": "reply",
    "x-mock-tool": "tool",
    "x-mock-thinking": "thinking",
    "x-mock-stop-reason": "stop_reason",
    "x-mock-stop-sequence": "stop_sequence",
    "x-mock-error": "error",
    "x-mock-fault": "fault",
}
WORDS = tuple(HEADERS.values())
_HEAD = re.compile(r"\[\[mock\s*(?:([a-z_]+)\s*:\s*|(?=\{))")
_TOOL = re.compile(r"([A-Za-z0-9_-]+)\s*")
_DECODER = json.JSONDecoder()


class Said(NamedTuple):
    """One word of an in-band script: a key of a reply (none for a whole one) and its value."""

    word: str
    value: Any


def in_headers(headers: Mapping[str, str]) -> Entry | None:
    """The reply that headers ask for. Raises ScriptError."""
    if HEADERS.keys().isdisjoint(headers):
        return None
    said = [_header(name, headers[name]) for name in HEADERS if name in headers]
    return _entry("headers", said)


def in_text(text: str) -> Entry | None:
    """The reply that marks in a text ask for. Raises ScriptError."""
    said = list(_marks(text))
    return _entry("text", said) if said else None


def _header(name: str, value: str) -> Said:
    word = HEADERS[name]
    if word == "reply" and value.startswith("{"):
        return Said("", _json(value, 0, name)[0])
    if word == "tool":
        return Said("tool", _tool(value, 0, name)[0])
    return Said(word, value)


def _marks(text: str) -> Iterator[Said]:
    position = text.find(MARK)
    while position >= 0:
        head = _HEAD.match(text, position)
        if head is None:
            raise ScriptError(("[[mock ]]",), f"write [[mock reply: text]]; {_known()}")
        said, end = _said(head[1] or "", text, head.end())
        yield said
        position = text.find(MARK, end)


def _said(word: str, text: str, start: int) -> tuple[Said, int]:
    place = f"[[mock {word}]]".replace(" ]", "]")
    value: Any
    if not word:
        value, end = _json(text, start, place)
    elif word == "tool":
        value, end = _tool(text, start, place)
    else:
        end = text.find(END, start)
        value = text[start:end].strip()
    if end < 0 or not text.startswith(END, _past_space(text, end)):
        raise ScriptError((place,), f"it does not end with {END}")
    if word and word not in WORDS:
        near = get_close_matches(word, WORDS, n=1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        raise ScriptError((place,), f"there is no {word!r}; {hint}{_known()}")
    return Said(word, value), end


def _known() -> str:
    return f"The words are {', '.join(WORDS)}, or a reply as JSON"


def _past_space(text: str, position: int) -> int:
    while text[position : position + 1].isspace():
        position += 1
    return position


def _json(text: str, start: int, place: str) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, start)
    except ValueError as error:
        raise ScriptError((place,), f"not JSON: {error}") from error


def _tool(text: str, start: int, place: str) -> tuple[Json, int]:
    name = _TOOL.match(text, start)
    if name is None:
        raise ScriptError((place,), "name the tool, as in `tool: get_weather {}`")
    if not text.startswith("{", name.end()):
        return {"tool": name[1]}, name.end()
    value, end = _json(text, name.end(), place)
    return {"tool": name[1], "input": value}, end


def _entry(where: str, said: list[Said]) -> Entry:
    reply: Json = {}
    for word, value in said:
        if word == "tool":
            reply.setdefault("calls", []).append(value)
        elif word == "":
            reply.update(cast("Json", value) if isinstance(value, dict) else {"text": str(value)})
        else:
            key = "text" if word == "reply" else word
            reply[key] = int(value) if word == "error" and value.isdigit() else value
    return reading.entry({"reply": reply}, f"in-band {where}")
