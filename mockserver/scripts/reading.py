"""Plain values, from YAML, JSON or Python, into the model. Errors name the place and the nearest valid key."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from mockserver import faults
from mockserver.faults import PLAIN, Fault, Wire
from mockserver.scripts import loading
from mockserver.scripts.checking import Checker, Place
from mockserver.scripts.model import (
    Call,
    Entry,
    Failure,
    Json,
    Pacing,
    Reply,
    ScriptError,
    Text,
    When,
    is_list,
    segments,
)

SCHEMA = Path(__file__).with_name("schema.json")


@cache
def schema() -> Json:
    """The JSON Schema of scripts, with descriptions for people and editors."""
    return cast("Json", json.loads(SCHEMA.read_text("utf-8")))


def entry(value: Any, entry_id: str, place: Place = ()) -> Entry:
    """Read an entry. Raises ScriptError."""
    checker().check(value, "Entry", place)
    when, given = value.get("when", {}), value["reply"]
    at = (*place, "reply")
    replies = (
        tuple(_reply(each, (*at, number)) for number, each in enumerate(given))
        if is_list(given)
        else (_reply(given, at),)
    )
    return Entry(
        id=value.get("name", entry_id),
        given=value,
        when=_when(when, (*place, "when")),
        replies=replies,
        segments=segments(replies),
        times=value.get("times"),
    )


def reply(value: Any, place: Place = ()) -> Reply:
    """Read a reply: a text, or an object. Raises ScriptError."""
    if not isinstance(value, str):
        checker().check(value, "Reply", place)
    return _reply(value, place)


@cache
def checker() -> Checker:
    """What judges values by the schema of scripts."""
    return Checker(schema()["$defs"])


def _when(value: Mapping[str, Any], place: Place) -> When:
    texts = {
        name: _text(value[name], (*place, name))
        for name in ("model", "system", "user")
        if name in value
    }
    tools, result = value.get("tools", ()), value.get("result")
    is_text = result is not None and not isinstance(result, bool)
    return When(
        **texts,
        turn=value.get("turn"),
        tools=(tools,) if isinstance(tools, str) else tuple(tools),
        result=_text(result, (*place, "result")) if is_text else result,
        images=value.get("images"),
        stream=value.get("stream"),
        headers={k.lower(): v for k, v in _texts(value, "headers", place).items()},
        metadata=_texts(value, "metadata", place),
    )


def _texts(value: Mapping[str, Any], name: str, place: Place) -> dict[str, Text]:
    return {k: _text(v, (*place, name, k)) for k, v in value.get(name, {}).items()}


def _text(value: Any, place: Place) -> Text:
    if isinstance(value, str):
        return Text(part=value)
    try:
        return Text(pattern=re.compile(value["regex"], re.DOTALL))
    except re.error as error:
        raise ScriptError((*place, "regex"), f"not a regular expression: {error}") from error


def _reply(value: Any, place: Place) -> Reply:
    if isinstance(value, str):
        return Reply(text=value)
    members = dict(cast("Json", value))
    calls = [Call(call["tool"], call.get("input")) for call in members.pop("calls", ())]
    name, given = members.pop("tool", None), members.pop("input", None)
    if name is not None:
        calls.insert(0, Call(name, given))
    elif given is not None:
        raise ScriptError(place, "'input' needs 'tool', the name of the tool to call")
    error = members.pop("error", None)
    blocks, pacing = members.pop("blocks", None), members.pop("pacing", None)
    fault, wire = members.pop("fault", None), members.pop("wire", {})
    found = Reply(
        **members,
        calls=tuple(calls),
        blocks=None if blocks is None else tuple(blocks),
        pacing=None if pacing is None else Pacing(**pacing),
        error=_failure(error),
        fault=_fault(fault, (*place, "fault")),
        wire=Wire(**wire) if wire else PLAIN,
    )
    loading.check(found, place)
    return found


def _fault(value: Any, place: Place) -> Fault | None:
    if value is None:
        return None
    found = Fault(value) if isinstance(value, str) else Fault(**value)
    problem = faults.problem(found)
    if problem is not None:
        raise ScriptError(place, problem)
    return found


def _failure(value: Any) -> Failure | None:
    if value is None:
        return None
    return Failure(status=value) if isinstance(value, int) else Failure(**value)
