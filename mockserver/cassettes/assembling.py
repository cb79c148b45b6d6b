"""The message that a recorded stream tells, for the journal and for comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

import orjson

from mockserver.scripts.model import is_list, is_object

Json = dict[str, Any]
# What comes of an event without what it should have, or of another type: a cassette may hold any API's events.
MISFITS = (AttributeError, IndexError, KeyError, TypeError, ValueError)
# The member that a delta adds to, by the member that it has.
ADDS = {"text": "text", "thinking": "thinking", "signature": "signature", "partial_json": "input"}


def events(texts: Iterable[str]) -> Iterator[Json]:
    """The data of events; what is no JSON object is passed over."""
    for text in texts:
        data = [line[5:] for line in text.splitlines() if line.startswith("data:")]
        try:
            value = orjson.loads("\n".join(data))
        except orjson.JSONDecodeError:
            continue
        if is_object(value):
            yield value


def assembled(told: Iterable[Json]) -> Json:
    """The message of a stream, or its error. An event that doesn't fit those before it is passed over."""
    message: Json = {}
    for event in told:
        if event.get("type") == "error":
            return event
        with suppress(*MISFITS):
            _take(message, event)
    return message


def _take(message: Json, event: Json) -> None:
    kind = event.get("type")
    if kind == "message_start":
        begun = {**event["message"], "content": list(event["message"]["content"])}
        message.clear()
        message.update(begun)
    elif kind == "message_delta":
        message.update(event.get("delta", {}))
        message["usage"] = {**message.get("usage", {}), **event.get("usage", {})}
    elif kind == "content_block_start":
        message["content"].append(dict(event["content_block"]))
    elif kind == "content_block_delta":
        _add(message["content"][-1], event["delta"])
    elif kind == "content_block_stop":
        _close(message["content"][-1])


def _add(block: Json, delta: Json) -> None:
    for name, value in delta.items():
        if name in ADDS and isinstance(value, str):
            held = block.get(ADDS[name])
            block[ADDS[name]] = (held if isinstance(held, str) else "") + value
        elif name == "citation":
            cited = block.get("citations")
            block["citations"] = [*(cited if is_list(cited) else []), value]


def _close(block: Json) -> None:
    held = block.get("input")
    if isinstance(held, str):
        try:
            block["input"] = orjson.loads(held) if held else {}
        except orjson.JSONDecodeError:
            return
