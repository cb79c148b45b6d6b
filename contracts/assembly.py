"""A stream's events put together to the message that they tell, as clients do it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from typing import Any

from contracts.findings import Json


def assembled(events: Iterable[Json]) -> Json:
    """The message of a stream that check_stream finds nothing wrong with. Raises ValueError for no message."""
    message: Json = {}
    for event in events:
        match event["type"]:
            case "message_start":
                message = copy.deepcopy(event["message"])
            case "content_block_start":
                message["content"].append(copy.deepcopy(event["content_block"]))
            case "content_block_delta":
                _grow(message["content"][event["index"]], event["delta"])
            case "content_block_stop":
                _close(message["content"][event["index"]])
            case "message_delta":
                _settle(message, event)
            case _:
                pass
    if not message:
        raise ValueError("no message_start")
    return message


def _grow(block: Json, delta: Json) -> None:
    match delta["type"]:
        case "text_delta":
            block["text"] += delta["text"]
        case "thinking_delta":
            block["thinking"] += delta["thinking"]
        case "signature_delta":
            block["signature"] = delta["signature"]
        case "input_json_delta":
            block["input"] = (block["input"] or "") + delta["partial_json"]
        case "citations_delta":
            block["citations"] = [*(block.get("citations") or []), delta["citation"]]
        case _:
            block.update({key: value for key, value in delta.items() if key != "type"})


def _close(block: Json) -> None:
    text: Any = block.get("input")
    if isinstance(text, str):
        block["input"] = json.loads(text or "{}")


def _settle(message: Json, event: Json) -> None:
    message.update(event["delta"])
    # docs: Streaming messages: the counts of message_delta are cumulative
    message["usage"].update(event["usage"])
    message.update({key: value for key, value in event.items() if key == "context_management"})
