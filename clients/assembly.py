"""A message put together from the raw events of a stream, in the only order the API sends them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from anthropic.types import (
    ContentBlock,
    Message,
    RawMessageStreamEvent,
    ServerToolUseBlock,
    ToolUseBlock,
)
from anthropic.types.raw_content_block_delta import RawContentBlockDelta

_GROWING = {"text_delta": "text", "thinking_delta": "thinking"}


class Assembly:
    """The message so far; an event out of order raises ValueError, one of a new type is let be."""

    def __init__(self) -> None:
        self._message: Message | None = None
        self._open: int | None = None
        self._input: list[str] = []

    @property
    def message(self) -> Message:
        """The message assembled from the events followed so far."""
        if self._message is None:
            raise ValueError("no message_start")
        return self._message

    def follow(self, events: Iterable[RawMessageStreamEvent]) -> Iterator[RawMessageStreamEvent]:
        """Add each event to the message and pass it on."""
        for event in events:
            self._add(event)
            yield event

    def _add(self, event: RawMessageStreamEvent) -> None:
        if event.type == "message_start":
            self._start(event.message)
        elif event.type == "content_block_start":
            self._open_block(event.index, event.content_block)
        elif event.type == "content_block_delta":
            self._grow(self._block(event.index), event.delta)
        elif event.type == "content_block_stop":
            self._close(self._block(event.index))
        elif event.type == "message_delta":
            _overwrite(self.message, event.delta)
            _overwrite(self.message.usage, event.usage)
        elif event.type == "message_stop" and self._open is not None:
            raise ValueError(f"message_stop inside block {self._open}")

    def _start(self, message: Message) -> None:
        if self._message is not None:
            raise ValueError("a second message_start")
        self._message = message

    def _open_block(self, index: int, block: ContentBlock) -> None:
        if self._open is not None or index != len(self.message.content):
            raise ValueError(f"block {index} starts out of turn")
        self._open, self._input = index, []
        self.message.content.append(block)

    def _block(self, index: int) -> ContentBlock:
        if index != self._open:
            raise ValueError(f"block {index} is not open")
        return self.message.content[index]

    def _grow(self, block: ContentBlock, delta: RawContentBlockDelta) -> None:
        if delta.type in _GROWING:
            name = _GROWING[delta.type]
            setattr(block, name, getattr(block, name) + getattr(delta, name))
        elif delta.type == "input_json_delta":
            self._input.append(delta.partial_json)
        elif delta.type == "signature_delta" and block.type == "thinking":
            block.signature = delta.signature
        elif delta.type == "citations_delta" and block.type == "text":
            block.citations = [*(block.citations or []), delta.citation]

    def _close(self, block: ContentBlock) -> None:
        fragments = "".join(self._input)
        if fragments and isinstance(block, (ToolUseBlock, ServerToolUseBlock)):
            block.input = json.loads(fragments)
        self._open = None


def _overwrite(target: object, news: Iterable[tuple[str, object]]) -> None:
    # Figures of message_delta are cumulative: they replace, and what they leave out stands.
    for name, value in news:
        if value is not None:
            setattr(target, name, value)
