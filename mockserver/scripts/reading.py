"""Plain values, from YAML, JSON or Python, into the model. Errors name the place and the nearest valid key."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, cast

import orjson

from mockserver import contract, faults
from mockserver.faults import PLAIN, Fault, Wire
from mockserver.scripts import loading
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
    is_object,
    segments,
)

SCHEMA = Path(__file__).with_name("schema.json")
ANNOTATIONS = ("description", "title", "$schema")
Place = tuple[str | int, ...]


@cache
def schema() -> Json:
    """The JSON Schema of scripts, with descriptions for people and editors."""
    return cast("Json", json.loads(SCHEMA.read_text("utf-8")))


def entry(value: Any, entry_id: str, place: Place = ()) -> Entry:
    """Read an entry. Raises ScriptError."""
    check(value, "Entry", place)
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
        check(value, "Reply", place)
    return _reply(value, place)


def check(value: Any, definition: str, place: Place = ()) -> None:
    """Compare a value with a definition of the schema. Raises ScriptError."""
    try:
        orjson.dumps(value)
    except TypeError as error:
        raise ScriptError(place, f"this is not JSON: {error}") from error
    fault = _validator(definition).fault(value)
    if fault is not None:
        raise _explained(fault.path.split(".") if fault.path else [], fault.text, definition, place)


@cache
def _validator(definition: str) -> Any:
    document = {"$ref": f"#/$defs/{definition}", "$defs": schema()["$defs"]}
    return contract.validator_of(_bare(document))


def _bare(value: Any) -> Any:
    """The schema without what only people read; a property may be called like an annotation."""
    if is_list(value):
        return [_bare(part) for part in value]
    if not is_object(value):
        return value
    return {
        k: {name: _bare(part) for name, part in v.items()} if k == "properties" else _bare(v)
        for k, v in value.items()
        if k not in ANNOTATIONS
    }


def _explained(path: list[str], text: str, definition: str, place: Place) -> ScriptError:
    steps = tuple(int(step) if step.isdigit() else step for step in path)
    known = list(_keyed(_node(definition, steps[:-1])).get("properties", ()))
    last = str(steps[-1]) if steps else ""
    if text.startswith("Extra inputs"):
        near = get_close_matches(last, known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]!r}? " if near else ""
        problem = f"there is no key {last!r}; {hint}The keys here are {', '.join(known)}"
        return ScriptError((*place, *steps), problem)
    if text == "Field required":
        return ScriptError((*place, *steps[:-1]), f"the key {last!r} is missing")
    if steps and last[:1].isupper():  # the label of a model that a value did not match
        steps = steps[:-1]
    node = _node(definition, steps)
    about = node.get("description") or _keyed(node).get("description")
    return ScriptError((*place, *steps), f"{text}{f' ({about})' if about else ''}")


def _node(definition: str, steps: Sequence[str | int]) -> Json:
    """The schema at a path, as far as the path leads."""
    node: Json = schema()["$defs"][definition]
    for step in steps:
        node = _step(node, step)
    return node


def _step(node: Json, step: str | int) -> Json:
    found: Any
    if isinstance(step, int):
        branches: list[Json] = node.get("anyOf", [node])
        found = next((branch["items"] for branch in branches if "items" in branch), None)
    else:
        keyed = _keyed(node)
        found = keyed.get("properties", {}).get(step) or keyed.get("additionalProperties")
    return found if is_object(found) else {}


def _keyed(node: Json) -> Json:
    """The object schema behind a reference; of a union the branch with keys."""
    branches: list[Json] = node.get("anyOf", [node])
    reference = next((branch["$ref"] for branch in branches if "$ref" in branch), None)
    return node if reference is None else schema()["$defs"][reference.rsplit("/", 1)[-1]]


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
