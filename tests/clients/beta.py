"""Messages of the beta namespace, whole or as the SDK puts a stream together."""

from __future__ import annotations

from typing import Any, cast

import anthropic
from anthropic.types.beta import BetaMessage


def answered(client: anthropic.Anthropic, *, stream: bool = False, **asked: Any) -> BetaMessage:
    request: dict[str, Any] = {"max_tokens": 4096, **asked}
    if not stream:
        return cast("BetaMessage", client.beta.messages.create(**request))
    with client.beta.messages.stream(**request) as events:
        return events.get_final_message()
