"""What to do when an answer stops, for each reason the API gives and for the lack of one.

end_turn, stop_sequence        the answer is whole
max_tokens                     ask again with a larger budget, up to a ceiling
model_context_window_exceeded  no budget helps: hand over what there is, marked as truncated
tool_use                       run the tools, send the results, go on
pause_turn                     send the answer back as it is, and the model goes on
refusal                        hand over the category; the same history would be refused again
(the stream breaks off)        send the same request again, once, then give up
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import anthropic
from anthropic.types import Message, MessageParam, ToolParam
from anthropic.types.message_create_params import MessageCreateParamsBase

from clients import connection, tools
from clients.conversation import turn_of
from clients.outcomes import Finished, Interrupted, Outcome, Refused, Truncated
from clients.quickstart import text_of, whole
from clients.streaming import BrokenStreamError, stream_text

# The SDK refuses to wait for more than about 21,000 tokens without streaming.
CEILING = 16_384

WORD_COUNT: ToolParam = {
    "name": "word_count",
    "description": "Count the words of a text.",
    "input_schema": {
        "type": "object",
        "properties": {"text": {"type": "string"}},
        "required": ["text"],
        "additionalProperties": False,
    },
}


class UnknownStopReasonError(anthropic.AnthropicError):
    """Raised for a stop reason newer than this program, which can't know what it asks for."""


def answer(
    client: anthropic.Anthropic,
    request: MessageCreateParamsBase,
    *,
    toolbox: tools.Toolbox | None = None,
    ceiling: int = CEILING,
    rounds: int = 10,
    stream: bool = False,
) -> Outcome:
    """Send a request, and whatever its stop reasons call for, until there is an outcome."""
    text = ""
    for _ in range(rounds):
        try:
            message = _reply(client, request, stream=stream)
        except BrokenStreamError as error:
            return Interrupted(text + error.text, error.reason)
        reason, said = message.stop_reason, text + text_of(message)
        if reason in ("end_turn", "stop_sequence"):
            return Finished(said, message.stop_sequence)
        if reason == "refusal":
            return _refused(message)
        if reason == "max_tokens" and request["max_tokens"] < ceiling:
            request = {**request, "max_tokens": min(2 * request["max_tokens"], ceiling)}
        elif reason in ("max_tokens", "model_context_window_exceeded"):
            return Truncated(said, str(reason), _history(request, message))
        elif reason == "tool_use":
            text = ""  # What comes before a call announces it; the answer comes after the result.
            request = _longer(request, message, tools.results(message, toolbox or {}))
        elif reason == "pause_turn":
            text = said
            request = _longer(request, message)
        else:
            raise UnknownStopReasonError(f"stop_reason {reason!r}")
    return Truncated(text, "rounds", tuple(request["messages"]))


def follow_up(request: MessageCreateParamsBase, outcome: Truncated) -> MessageCreateParamsBase:
    """Return the request that asks for the rest of a truncated answer, on models of any age."""
    please: MessageParam = {"role": "user", "content": "Go on exactly where you stopped."}
    return {**request, "messages": [*outcome.turns, please]}


def _reply(
    client: anthropic.Anthropic, request: MessageCreateParamsBase, *, stream: bool
) -> Message:
    if not stream:
        return whole(client, request)
    try:
        return stream_text(client, request)
    except BrokenStreamError:
        # The SDK retries what fails before the answer begins, and nothing after.
        return stream_text(client, request)


def _longer(
    request: MessageCreateParamsBase, message: Message, *turns: MessageParam
) -> MessageCreateParamsBase:
    return {**request, "messages": [*request["messages"], *turn_of(message), *turns]}


def _history(request: MessageCreateParamsBase, message: Message) -> tuple[MessageParam, ...]:
    # Text only: a call that was cut off can have no result, and a call without one is a 400.
    said = text_of(message).rstrip()
    beginning: list[MessageParam] = [{"role": "assistant", "content": said}] if said else []
    return (*request["messages"], *beginning)


def _refused(message: Message) -> Refused:
    # Read from the plain form, because SDKs of 2025 have no attribute `stop_details`. Blocks of types that are
    # newer than the SDK are no reason to warn.
    details = message.to_dict(warnings=False).get("stop_details")
    found: Mapping[str, Any] = details if isinstance(details, dict) else {}
    return Refused(found.get("category"), found.get("explanation"))


def word_count(arguments: Mapping[str, Any]) -> str:
    """Answer a call of the tool `word_count`."""
    return str(len(arguments["text"].split()))


def main(argv: Sequence[str] | None = None) -> int:
    """Ask with a tool at hand and print the outcome."""
    parser = connection.arguments("Ask with a tool at hand and say how the answer ended.")
    parser.add_argument("prompt", nargs="?", default="How many words are in 'to be or not to be'?")
    parser.add_argument("--max-tokens", type=int, default=1024, help="first budget")
    parser.add_argument("--ceiling", type=int, default=CEILING, help="largest budget")
    parser.add_argument("--stop", action="append", help="stop sequence, repeatable")
    parser.add_argument("--stream", action="store_true", help="stream, and resend if cut off")
    return connection.run(_program, parser.parse_args(argv))


def _program(client: anthropic.Anthropic, options: argparse.Namespace) -> None:
    request: MessageCreateParamsBase = {
        "model": options.model,
        "max_tokens": options.max_tokens,
        "messages": [{"role": "user", "content": options.prompt}],
        "tools": [WORD_COUNT],
    }
    if options.stop:
        request["stop_sequences"] = options.stop
    toolbox = {"word_count": word_count}
    print(answer(client, request, toolbox=toolbox, ceiling=options.ceiling, stream=options.stream))


if __name__ == "__main__":
    sys.exit(main())
