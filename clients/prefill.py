"""Prefill: write the beginning of the answer, and what to do with models that don't allow it.

    python -m clients.prefill --model claude-opus-4-7 "Which is prime?" 4 6 7 9

Claude Haiku 4.5, Opus 4.5 and Sonnet 4.5 take a prefill; later models answer 400. Those get a
system prompt that asks for the same beginning, or structured output where the answer is a choice.
"""

from __future__ import annotations

import argparse
import json
import string
import sys
from collections.abc import Sequence

import anthropic
from anthropic.types import MessageParam
from anthropic.types.message_create_params import MessageCreateParamsBase

from clients import connection
from clients.quickstart import text_of, whole

PREFILL_MODEL = "claude-haiku-4-5"
# The API names no error code for this, so its sentence is all there is to go by.
PREFILL_REFUSAL = "This model does not support assistant message prefill."


def continue_from(
    client: anthropic.Anthropic, request: MessageCreateParamsBase, prefill: str
) -> str:
    """Return an answer that begins with the prefill, by whichever means the model allows."""
    start = prefill.rstrip()
    if not start:
        raise ValueError("a prefill needs text")
    try:
        return start + _continuation(client, request, start)
    except anthropic.BadRequestError as error:
        if not is_prefill_refusal(error):
            raise
    answer = text_of(whole(client, _instructed(request, start)))
    return answer if answer.startswith(start) else f"{start} {answer}"


def answer_choice(
    client: anthropic.Anthropic,
    question: str,
    choices: Sequence[str],
    *,
    model: str = PREFILL_MODEL,
) -> str:
    """Return the letter of the choice the model takes; ValueError if it takes none."""
    letters = list(string.ascii_uppercase[: len(choices)])
    listed = "\n".join(f"{letter}) {text}" for letter, text in zip(letters, choices, strict=True))
    request: MessageCreateParamsBase = {
        "model": model,
        "max_tokens": 1,
        "messages": [{"role": "user", "content": f"{question}\n{listed}"}],
    }
    try:
        letter = _continuation(client, request, "The correct answer is (").strip()
    except anthropic.BadRequestError as error:
        if not is_prefill_refusal(error):
            raise
        letter = _structured_choice(client, request, letters)
    if letter not in letters:
        raise ValueError(f"the model named no choice but {letter!r}")
    return letter


def is_prefill_refusal(error: anthropic.BadRequestError) -> bool:
    """Tell whether a request failed because its model takes no prefill."""
    return PREFILL_REFUSAL in str(error)


def _continuation(client: anthropic.Anthropic, request: MessageCreateParamsBase, start: str) -> str:
    # No white space at the end of `start`: the API refuses it, and tokens begin with their space.
    prefill: MessageParam = {"role": "assistant", "content": start}
    prefilled: MessageCreateParamsBase = {**request, "messages": [*request["messages"], prefill]}
    return text_of(whole(client, prefilled))


def _instructed(request: MessageCreateParamsBase, start: str) -> MessageCreateParamsBase:
    order = f"Begin your answer with exactly this text and go on from there: {start}"
    system = request.get("system", "")
    if isinstance(system, str):
        system = f"{system}\n\n{order}".strip()
    else:
        system = [*system, {"type": "text", "text": order}]
    # The beginning is now part of the answer, and it has at most one token per byte.
    budget = request["max_tokens"] + len(start.encode())
    return {**request, "system": system, "max_tokens": budget}


def _structured_choice(
    client: anthropic.Anthropic, request: MessageCreateParamsBase, letters: list[str]
) -> str:
    schema = {
        "type": "object",
        "properties": {"choice": {"type": "string", "enum": letters}},
        "required": ["choice"],
        "additionalProperties": False,
    }
    roomy: MessageCreateParamsBase = {**request, "max_tokens": 1024}
    # In extra_body, because SDKs of 2025 have no argument `output_config`.
    output_config = {"format": {"type": "json_schema", "schema": schema}}
    answer = whole(client, roomy, extra_body={"output_config": output_config})
    return str(json.loads(text_of(answer))["choice"])


def main(argv: Sequence[str] | None = None) -> int:
    """Put a multiple choice question and print the letter of the answer."""
    parser = connection.arguments("Put a multiple choice question.", model=PREFILL_MODEL)
    parser.add_argument("question", nargs="?", default="Which of these numbers is prime?")
    parser.add_argument("choices", nargs="*", help="the choices (default: 4 6 7 9)")
    return connection.run(_program, parser.parse_args(argv))


def _program(client: anthropic.Anthropic, options: argparse.Namespace) -> None:
    choices = options.choices or ["4", "6", "7", "9"]
    print(answer_choice(client, options.question, choices, model=options.model))


if __name__ == "__main__":
    sys.exit(main())
