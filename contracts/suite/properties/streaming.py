"""Streams and whole messages tell the same."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.findings import Finding, Json
from contracts.suite.properties.bodies import bodies
from contracts.suite.properties.registry import Claim, claims
from contracts.suite.talk import Talk

DOCS = "docs: Streaming messages"
COMPARED = ("model", "role", "content", "stop_reason", "stop_sequence", "stop_details")
COUNTS = ("input_tokens", "output_tokens")


def _register(kind: str) -> Claim:
    @claims(f"streams/{kind}", DOCS, requests=3)
    def same(talk: Talk) -> Iterator[Finding | str]:
        """A stream tells the message that comes without one, where the target answers the same twice."""
        body = bodies()[kind]
        whole = _compared(talk.message(body))
        again = _compared(talk.message(body))
        streamed = _compared(talk.message({**body, "stream": True}))
        for key in whole.keys() & again.keys():
            if whole[key] == again[key] != streamed[key]:
                yield f"{key}: {streamed[key]!r} in a stream, {whole[key]!r} without"

    return same


for _kind in bodies():
    _register(_kind)


def _compared(message: Json) -> Json:
    content = [
        {key: value for key, value in block.items() if key not in ("id", "signature")}
        for block in message.get("content", ())
    ]
    usage = message.get("usage", {})
    counts = {f"usage.{key}": usage.get(key) for key in COUNTS}
    return {**{key: message.get(key) for key in COMPARED}, "content": content, **counts}
