"""The basic request: one user message in, one answer out.

python -m clients.quickstart --base-url http://127.0.0.1:8080 --api-key sk-ant-test "Hello"
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

import anthropic
from anthropic.types import Message
from anthropic.types.message_create_params import MessageCreateParamsBase

from clients import connection


class NoMessageError(anthropic.AnthropicError):
    """What came with a status of 200 is no message: something on the way answered, or cut the answer short."""


def whole(client: anthropic.Anthropic, request: MessageCreateParamsBase, **options: Any) -> Message:
    """Send a request and return its answer; `options` are the SDK's own. Raises NoMessageError.

    The SDK hands a page of HTML on as a string, and leaves half a JSON text to the JSON parser.
    """
    try:
        message: object = client.messages.create(**request, **options)
    except json.JSONDecodeError as error:
        raise NoMessageError(f"the answer is cut short: {error}") from error
    if not isinstance(message, Message):
        raise NoMessageError(f"the answer is no message: {str(message)[:200]!r}")
    return message


def ask(
    client: anthropic.Anthropic,
    prompt: str,
    *,
    model: str = connection.DEFAULT_MODEL,
    max_tokens: int = 1024,
) -> Message:
    """Send one user message and return the answer."""
    request: MessageCreateParamsBase = {
        "model": model,
        "max_tokens": max_tokens,
        "messages": [{"role": "user", "content": prompt}],
    }
    return whole(client, request)


def text_of(message: Message) -> str:
    """Return the text of an answer, which may be in several blocks or in none."""
    # Not content[0].text: thinking may come first, and an answer that stops at once has no block.
    return "".join(block.text for block in message.content if block.type == "text")


def summary(message: Message) -> str:
    """Return one line about an answer: its model, why it stopped, what it cost."""
    usage = message.usage
    return (
        f"[{message.model}: {message.stop_reason}, "
        f"{usage.input_tokens} tokens in, {usage.output_tokens} out]"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Ask the question of the command line and print the answer."""
    parser = connection.arguments("Ask one question and print the answer.")
    parser.add_argument("prompt", nargs="?", default="Hello, Claude", help="what to ask")
    return connection.run(_program, parser.parse_args(argv))


def _program(client: anthropic.Anthropic, options: argparse.Namespace) -> None:
    message = ask(client, options.prompt, model=options.model)
    print(text_of(message))
    print(summary(message), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
