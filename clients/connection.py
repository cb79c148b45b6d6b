"""Where a program's client comes from: the environment and the live API, or a server you name.

Every program of this package takes the same three options: --base-url, --api-key, --model.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

import anthropic

DEFAULT_MODEL = "claude-opus-4-7"

Program = Callable[[anthropic.Anthropic, argparse.Namespace], None]


def arguments(description: str, *, model: str = DEFAULT_MODEL) -> argparse.ArgumentParser:
    """Return a parser with the options that choose a server, a key and a model."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--base-url", help="server to talk to (default: ANTHROPIC_BASE_URL, else the live API)"
    )
    parser.add_argument("--api-key", help="key to send (default: ANTHROPIC_API_KEY)")
    parser.add_argument("--model", default=model, help="model to ask (default: %(default)s)")
    return parser


def connect(options: argparse.Namespace) -> anthropic.Anthropic:
    """Return a client for the parsed options; the SDK fills their gaps from the environment."""
    return anthropic.Anthropic(base_url=options.base_url, api_key=options.api_key)


def run(program: Program, options: argparse.Namespace) -> int:
    """Run a program; return 0, or say on stderr what failed and return 1, without credentials 2."""
    with connect(options) as client:
        if not _has_credentials(client):
            print("no credentials: pass --api-key or set ANTHROPIC_API_KEY", file=sys.stderr)
            return 2
        try:
            program(client, options)
        except (anthropic.AnthropicError, ValueError, OSError) as error:
            print(f"{type(error).__name__}: {error}", file=sys.stderr)
            return 1
    return 0


def _has_credentials(client: anthropic.Anthropic) -> bool:
    # Asked of the client, which looks in more places than the environment. SDKs of 2025 have no
    # attribute `credentials`.
    sources = ("api_key", "auth_token", "credentials")
    return any(getattr(client, source, None) for source in sources)
