"""Answers that arrive piece by piece, and the refusal to mistake half of one for the whole.

An SDK stream that merely ends early ends like a good one: no error, stop_reason None. A dropped
connection raises an exception of the HTTP library, a malformed frame one of the JSON parser, an
`error` event an APIStatusError with status 200. Here all four are one BrokenStreamError.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import anthropic
from anthropic.types import Message
from anthropic.types.message_create_params import MessageCreateParamsBase

from clients import connection
from clients.assembly import Assembly
from clients.quickstart import summary

OnText = Callable[[str], object]


class BrokenStreamError(anthropic.AnthropicError):
    """A stream that began well and did not end well; the request may be sent again.

    `reason` is the API's error type, if the API named one; `text` is what had arrived.
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(f"the answer broke off after {len(text)} characters: {reason}")
        self.reason = reason
        self.text = text


def stream_text(
    client: anthropic.Anthropic, request: MessageCreateParamsBase, on_text: OnText | None = None
) -> Message:
    """Stream an answer with the SDK's helper, pass each piece of text on, return the whole."""
    with client.messages.stream(**request) as stream:
        _pass_on(texts(stream), on_text)
        return stream.current_message_snapshot


def accumulate(
    client: anthropic.Anthropic, request: MessageCreateParamsBase, on_text: OnText | None = None
) -> Message:
    """Do the same from the raw events, and also refuse events in an order the API never sends."""
    assembly = Assembly()
    with client.messages.create(**request, stream=True) as stream:
        _pass_on(texts(assembly.follow(stream)), on_text)
    return assembly.message


def texts(events: Iterable[Any]) -> Iterator[str]:
    """Yield the text of a stream's events; raise BrokenStreamError if it breaks or is cut short."""
    heard: list[str] = []
    progress = _Progress()
    try:
        for event in events:
            progress.note(event)
            if event.type == "content_block_delta" and event.delta.type == "text_delta":
                heard.append(event.delta.text)
                yield event.delta.text
    # Only SDK code runs in the try, so whatever is raised there is about the stream. The names
    # of the HTTP library's exceptions differ between SDK versions (httpx, httpx2).
    except Exception as error:
        if progress.is_complete:
            return
        raise BrokenStreamError(_reason(error), "".join(heard)) from error
    if not progress.is_complete:
        raise BrokenStreamError("it ended too early", "".join(heard))


def _pass_on(pieces: Iterator[str], on_text: OnText | None) -> None:
    for piece in pieces:
        if on_text is not None:
            on_text(piece)


class _Progress:
    def __init__(self) -> None:
        self._seen: set[str] = set()

    def note(self, event: Any) -> None:
        if event.type != "message_delta" or event.delta.stop_reason is not None:
            self._seen.add(event.type)

    @property
    def is_complete(self) -> bool:
        return {"message_start", "message_delta", "message_stop"} <= self._seen


def _reason(error: Exception) -> str:
    body = getattr(error, "body", None)
    detail = body.get("error") if isinstance(body, dict) else None
    if isinstance(detail, dict) and "type" in detail:
        return str(detail["type"])
    return f"{type(error).__name__}: {error}"


def main(argv: Sequence[str] | None = None) -> int:
    """Print an answer while it arrives."""
    parser = connection.arguments("Print an answer while it arrives.")
    parser.add_argument("prompt", nargs="?", default="Tell me about ancient Rome.")
    parser.add_argument("--raw", action="store_true", help="assemble the raw events ourselves")
    return connection.run(_program, parser.parse_args(argv))


def _program(client: anthropic.Anthropic, options: argparse.Namespace) -> None:
    request: MessageCreateParamsBase = {
        "model": options.model,
        "max_tokens": 1024,
        "messages": [{"role": "user", "content": options.prompt}],
    }
    receive = accumulate if options.raw else stream_text
    message = receive(client, request, lambda piece: print(piece, end="", flush=True))
    print()
    print(summary(message), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
