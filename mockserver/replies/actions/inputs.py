"""The inputs of calls: each member from what the text says, else one that harms nobody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.replies.actions import offered, pointing, writing
from mockserver.replies.actions.said import Said
from mockserver.request import Block

Value = Callable[[Said], Any]


def _always(value: Any) -> Value:
    return lambda _said: value


def _yes(_said: Said) -> bool:
    return True


def _spot(point: Value) -> Value:
    return lambda said: pointing.spot(point(said))


def _target(said: Said) -> Block | None:
    return pointing.element(said) or pointing.spot(pointing.first_point(said))


# For each kind of member what the text says, and what stands there when it says nothing.
_KINDS: dict[str, tuple[Value, Value]] = {
    "coordinate": (pointing.first_point, pointing.middle),
    "start_coordinate": (pointing.first_point, pointing.corner),
    "end": (pointing.last_point, pointing.middle),
    "region": (pointing.region, pointing.everything),
    "key": (pointing.key, _always("shift")),
    "modifier": (pointing.modifier, _always("shift")),
    "text": (writing.quoted(0), _always("example")),
    "script": (writing.quoted(0), _always("document.title")),
    "duration": (pointing.seconds, _always(1)),
    "repeat": (pointing.times, _always(1)),
    "scroll_direction": (pointing.direction, _always("down")),
    "scroll_amount": (pointing.clicks, _always(3)),
    "target": (_target, _spot(pointing.middle)),
    "point": (_spot(pointing.first_point), _spot(pointing.middle)),
    "from": (_spot(pointing.first_point), _spot(pointing.corner)),
    "end_point": (_spot(pointing.last_point), _spot(pointing.middle)),
    "element": (pointing.element, _always({"type": "ref", "ref": "ref_1"})),
    "value": (pointing.value, _always("example")),
    "url": (pointing.url, _always("https://example.com/")),
    "tab_id": (pointing.tab, _always("1")),
    "query": (writing.query, _always("example")),
    "filter": (pointing.shown, _always("all")),
    "depth": (pointing.depth, _always(15)),
    "ref": (pointing.ref, _always("ref_1")),
    "paths": (writing.paths, _always(["/tmp/example.txt"])),  # noqa: S108 # nobody opens it here
    "path": (writing.path, _always("/tmp/example.txt")),  # noqa: S108 # as above
    "memory": (writing.memory, _always(writing.MEMORIES)),
    "note": (writing.note(0), _always(f"{writing.MEMORIES}/example.txt")),
    "new_note": (writing.note(1), _always(f"{writing.MEMORIES}/renamed.txt")),
    "view_range": (writing.lines, _always([1, 1])),
    "file_text": (writing.written, _always("example")),
    "old_str": (writing.quoted(0), _always("old")),
    "new_str": (writing.quoted(1), _always("new")),
    "inserted": (writing.written, _always("example")),
    "insert_line": (writing.line, _always(0)),
    "command": (writing.command, _always("echo example")),
    "restart": (_yes, _yes),
}


def given(tool: Block, action: str, words: str) -> Block:
    """The input of a call that does an action, of which the text says these words."""
    said = Said(words, tool)
    values = dict(offered.marked(tool, action))
    for member in offered.actions(tool)[action]:
        tell, default = _KINDS[member.kind]
        value = tell(said)
        if value is None and not member.is_optional:
            value = default(said)
        if value is not None:
            values[member.name] = value
    return values
