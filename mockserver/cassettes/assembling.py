"""The message that a recorded stream tells, for the journal and for comparisons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from mockserver.scripts.model import is_list, is_object

Json = dict[str, Any]
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
    """The message of a stream, or its error."""
    message: Json = {}
    for event in told:
        kind = event.get("type")
        if kind == "error":
            return event
        if kind == "message_start":
            message = dict(event["message"])
            message["content"] = list(message["content"])
        elif kind == "message_delta":
            message.update(event.get("delta", {}))
            message["usage"] = {**message.get("usage", {}), **event.get("usage", {})}
        elif kind == "content_block_start":
            message["content"].append(dict(event["content_block"]))
        elif kind == "content_block_delta":
            _add(message["content"][-1], event["delta"])
        elif kind == "content_block_stop":
            _close(message["content"][-1])
    return message


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
