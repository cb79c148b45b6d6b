"""What is true of every message and every stream event beyond the schema, as lists of findings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contracts import facts
from contracts.facts import Keys
from contracts.findings import Finding, Json, Rulebook, is_array, is_object

ANSWERS = Rulebook(
    {
        "message.keys": facts.MESSAGE_RECORDED,
        "message.order": facts.MESSAGE_RECORDED,
        "usage.keys": facts.USAGE_RECORDED,
        "usage.order": facts.USAGE_RECORDED,
        "usage.cache": facts.USAGE_RECORDED,
        "block.order": facts.BLOCKS_RECORDED,
        "id": facts.IDS_RECORDED,
        "stop.sequence": facts.STOPS_RECORDED,
        "stop.details": facts.STOPS_RECORDED,
        "stop.tool-use": facts.STOPS_RECORDED,
        "ping": facts.FRAMES_RECORDED,
        "start.usage": facts.STREAM_RECORDED,
        "delta.keys": facts.STREAM_RECORDED,
        "delta.order": facts.STREAM_RECORDED,
        "delta.usage.keys": facts.STREAM_RECORDED,
        "delta.usage.order": facts.STREAM_RECORDED,
    }
)


def message_findings(message: Json) -> Iterator[Finding]:
    """What is wrong with a complete message."""
    yield from _keyed(message, "", "message", facts.MESSAGE)
    yield from _content(message, "")
    yield from _stop(message, "")
    types = {block.get("type") for block in _blocks(message)}
    if message.get("stop_reason") == "tool_use" and "tool_use" not in types:
        yield ANSWERS.breach("stop.tool-use", "stop_reason", "no tool_use block")


def event_findings(event: Json, at: str) -> Iterator[Finding]:
    """What is wrong with a stream event that the grammar and the schema accept."""
    kind = event["type"]
    if kind == "ping" and event != {"type": "ping"}:
        yield ANSWERS.breach("ping", at, f"more than a type: {', '.join(event)}")
    if kind in _EVENTS:
        yield from _EVENTS[kind](event, at)


def joined(*parts: str) -> str:
    """A dotted path of the parts that are not empty."""
    return ".".join(part for part in parts if part)


def _keyed(value: Json, at: str, rule: str, keys: Keys) -> Iterator[Finding]:
    missing = keys.missing(value)
    if missing:
        yield ANSWERS.breach(f"{rule}.keys", at, f"no {', '.join(missing)}")
    if not keys.is_ordered(value):
        yield ANSWERS.breach(f"{rule}.order", at, f"keys come as {', '.join(value)}")


def _content(message: Json, at: str) -> Iterator[Finding]:
    yield from _id(message, at)
    usage = message.get("usage")
    if is_object(usage):
        yield from _keyed(usage, joined(at, "usage"), "usage", facts.USAGE)
        yield from _cache(usage, joined(at, "usage"))
    for position, block in enumerate(_blocks(message)):
        yield from _block(block, joined(at, f"content.{position}"))


def _blocks(message: Json) -> list[Json]:
    content = message.get("content")
    return [block for block in content if is_object(block)] if is_array(content) else []


def _block(block: Json, at: str) -> Iterator[Finding]:
    yield from _id(block, at)
    keys = facts.BLOCKS.get(str(block.get("type")))
    if keys and not keys.is_ordered(block):
        yield ANSWERS.breach("block.order", at, f"keys come as {', '.join(block)}")


def _id(value: Json, at: str) -> Iterator[Finding]:
    prefix = facts.ID_PREFIXES.get(str(value.get("type")))
    if prefix and not re.fullmatch(f"{prefix}_{facts.ID_BODY}", str(value.get("id"))):
        yield ANSWERS.breach("id", joined(at, "id"), f"{value.get('id')} is no {prefix}_ id")


def _cache(usage: Json, at: str) -> Iterator[Finding]:
    parts = usage.get("cache_creation")
    whole = usage.get("cache_creation_input_tokens")
    if is_object(parts) and sum(n for n in parts.values() if isinstance(n, int)) != whole:
        yield ANSWERS.breach("usage.cache", at, f"cache_creation does not add up to {whole}")


def _stop(value: Json, at: str) -> Iterator[Finding]:
    reason, sequence = value.get("stop_reason"), value.get("stop_sequence")
    if (reason == "stop_sequence") != (sequence is not None):
        text = f"{sequence!r} with stop_reason {reason}"
        yield ANSWERS.breach("stop.sequence", joined(at, "stop_sequence"), text)
    if value.get("stop_details") is not None and reason != "refusal":
        text = f"not null with stop_reason {reason}"
        yield ANSWERS.breach("stop.details", joined(at, "stop_details"), text)


def _message_start(event: Json, at: str) -> Iterator[Finding]:
    message: Json = event["message"]
    at = joined(at, "message")
    yield from _keyed(message, at, "message", facts.MESSAGE)
    yield from _content(message, at)
    usage = message.get("usage")
    early = [key for key in facts.UNKNOWN_AT_START if is_object(usage) and key in usage]
    if early:
        yield ANSWERS.breach("start.usage", joined(at, "usage"), f"{', '.join(early)} already")


def _content_block_start(event: Json, at: str) -> Iterator[Finding]:
    block = event.get("content_block")
    yield from _block(block, joined(at, "content_block")) if is_object(block) else ()


def _message_delta(event: Json, at: str) -> Iterator[Finding]:
    delta, usage = event.get("delta"), event.get("usage")
    if is_object(delta):
        yield from _keyed(delta, joined(at, "delta"), "delta", facts.DELTA)
        yield from _stop(delta, joined(at, "delta"))
    if is_object(usage):
        yield from _keyed(usage, joined(at, "usage"), "delta.usage", facts.DELTA_USAGE)


_EVENTS = {
    "message_start": _message_start,
    "content_block_start": _content_block_start,
    "message_delta": _message_delta,
}
