"""An answer before it is a message: its blocks, why it stopped and how many tokens it took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]


@dataclass
class Answer:
    """What the model is made to say. `thinking_tokens` are part of `output_tokens`."""

    blocks: list[Block]
    stop_reason: str = "end_turn"
    stop_sequence: str | None = None
    stop_details: dict[str, Any] | None = None
    output_tokens: int = 0
    thinking_tokens: int = 0
    container: dict[str, Any] | None = None
