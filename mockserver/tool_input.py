"""The input of a tool call as its stream brings it: in fragments of JSON.

Buffered, as it is without being asked for: an entry of the input is cut when it is complete, so no fragment goes
over the end of one (recorded). Eager: cut as any text is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from mockserver.request import Request

# docs: Fine-grained tool streaming; the header did for all tools what a tool can ask for itself since
EAGER_BETA = "fine-grained-tool-streaming-2025-05-14"
# recorded: fragments of 1 to 12 characters, each length about as often
LONGEST = 12
NOBODY: frozenset[str] = frozenset()
_SIZES = [1 + byte % LONGEST for byte in Random(1).randbytes(4096)]  # noqa: S311 # no secret


def eager_tools(request: Request) -> frozenset[str]:
    """The names of the tools whose input is streamed as it is sampled."""
    tools = request.tools
    if not tools:
        return NOBODY
    everyone = EAGER_BETA in request.betas
    return frozenset(
        tool["name"]
        for tool in tools
        if "name" in tool and (everyone or tool.get("eager_input_streaming"))
    )


def json_text(value: Any) -> str:
    """An input, or a value in it, as the live API writes it: with a space after each comma and colon (recorded)."""
    return json.dumps(value, ensure_ascii=False)


def buffered(value: Mapping[str, Any], position: int) -> Iterator[str]:
    """The fragments of an input, its sizes drawn from a position on."""
    last = len(value) - 1
    for number, (key, inner) in enumerate(value.items()):
        head = ", " if number else "{"
        entry = f"{head}{json_text(key)}: {json_text(inner)}"
        if number == last:
            entry += "}"
        start = 0
        while start < len(entry):
            position += 1
            size = _SIZES[position & 4095]
            yield entry[start : start + size]
            start += size
