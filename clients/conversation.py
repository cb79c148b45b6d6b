"""Conversations over an API that remembers nothing: each request carries the whole history.

python -m clients.conversation "What is the capital of France?" "What is its population?"
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence

import anthropic
from anthropic.types import ContentBlockParam, Message, MessageParam
from anthropic.types.message_create_params import MessageCreateParamsBase

from clients import connection
from clients.quickstart import text_of, whole
from clients.streaming import OnText, stream_text


class Conversation:
    """The turns so far and the means to add one; `turns` may be synthetic, and start with any role.

    A question enters the history together with its answer. A request that fails, or that the
    model refuses, leaves the history as it was, so that the next question can still succeed.
    """

    def __init__(
        self,
        client: anthropic.Anthropic,
        *,
        model: str = connection.DEFAULT_MODEL,
        system: str | None = None,
        max_tokens: int = 1024,
        turns: Iterable[MessageParam] = (),
    ) -> None:
        self._client = client
        self._model = model
        self._system = system
        self._max_tokens = max_tokens
        self._turns = list(turns)

    @property
    def turns(self) -> tuple[MessageParam, ...]:
        """The history that the next request will carry."""
        return tuple(self._turns)

    def pretend(self, text: str) -> None:
        """Put words in the assistant's mouth: append a turn that no model wrote."""
        self._turns.append({"role": "assistant", "content": text})

    def say(
        self, content: str | Sequence[ContentBlockParam], *, on_text: OnText | None = None
    ) -> Message:
        """Add a user turn and return the answer, streamed if `on_text` is to have the pieces."""
        question: MessageParam = {"role": "user", "content": content}
        request = self._request([*self._turns, question])
        if on_text is None:
            message = whole(self._client, request)
        else:
            message = stream_text(self._client, request, on_text)
        if message.stop_reason != "refusal":
            self._turns += [question, *turn_of(message)]
        return message

    def _request(self, turns: list[MessageParam]) -> MessageCreateParamsBase:
        request: MessageCreateParamsBase = {
            "model": self._model,
            "max_tokens": self._max_tokens,
            "messages": turns,
        }
        if self._system is not None:
            request["system"] = self._system
        return request


def turn_of(message: Message) -> list[MessageParam]:
    """Return an answer as a turn of the history: all its blocks, not only text; or no turn at all.

    Thinking must come back unchanged, and a tool result needs the tool_use before it.
    """
    # An answer may be empty, or hold a blank text block; sent back, either is a 400.
    content = [block for block in message.content if block.type != "text" or block.text.strip()]
    return [{"role": "assistant", "content": content}] if content else []


def main(argv: Sequence[str] | None = None) -> int:
    """Ask the questions of the command line in one conversation and print the exchange."""
    parser = connection.arguments("Ask several questions in one conversation.")
    parser.add_argument("questions", nargs="*", help="one turn each (default: about France)")
    parser.add_argument("--system", help="system prompt")
    parser.add_argument("--opening", help="an assistant turn to begin with, which you make up")
    parser.add_argument("--stream", action="store_true", help="print answers while they arrive")
    return connection.run(_program, parser.parse_args(argv))


def _program(client: anthropic.Anthropic, options: argparse.Namespace) -> None:
    conversation = Conversation(client, model=options.model, system=options.system)
    if options.opening:
        conversation.pretend(options.opening)
    france = ["What is the capital of France?", "What is its population?"]
    for question in options.questions or france:
        print(f"> {question}")
        if options.stream:
            conversation.say(question, on_text=lambda piece: print(piece, end="", flush=True))
            print()
        else:
            print(text_of(conversation.say(question)))


if __name__ == "__main__":
    sys.exit(main())
