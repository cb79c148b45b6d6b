"""Conversations with thinking that is bound to what was before it, and the changes that unbind it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from mockserver.binding import preserved, unbound
from mockserver.signing import minted
from tests.unit.mockserver.bodies import TOOL, body, call, conversation, read, result, text

NEW, OLD = "claude-opus-5-5", "claude-opus-5"


def thought(words: str = "Hm") -> dict[str, Any]:
    return {"type": "thinking", "thinking": words, "signature": minted(0, words)}


def asked(**more: Any) -> dict[str, Any]:
    opening = conversation(("user", [text("Hello", cache_control={"type": "ephemeral"})]))
    return body(NEW, **{"messages": opening, "system": "Be brief", "tools": [TOOL], **more})


def replayed() -> dict[str, Any]:
    """Two answers with thinking, each made after the conversation before it, and sent back as they came."""
    asking = asked()
    first = preserved(read(asking), [thought(), text("Let me see"), thought("Oh"), call()])
    asking["messages"] += conversation(("assistant", first), ("user", [result(content="3")]))
    second = preserved(read(asking), [thought("So"), text("Cold")])
    asking["messages"] += conversation(("assistant", second), ("user", "Thanks"))
    return asking


def paths(value: dict[str, Any]) -> list[str]:
    return [found.place.path for found in unbound(read(value))]


def changed(name: str) -> dict[str, Any]:
    value = deepcopy(replayed())
    messages = value["messages"]
    match name:
        case "system":
            value["system"] = "Be long"
        case "tools":
            value["tools"].append({**TOOL, "name": "get_time"})
        case "first message":
            messages[0]["content"][0]["text"] = "Bye"
        case "text before the second thought":
            messages[1]["content"][1]["text"] = "Wait"
        case "result":
            messages[2]["content"][0]["content"] = "4"
        case "inserted turn":
            messages[2:2] = conversation(("user", "And?"), ("assistant", "Hm"))
        case "left out between":
            del messages[1]["content"][2]
        case _:
            raise AssertionError(name)
    return value


def controlled(behavior: str) -> dict[str, Any]:
    config = {"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": behavior}}
    return {**changed("result"), "thinking": config}


def made_by(maker: str, reader: str, **more: Any) -> dict[str, Any]:
    """A conversation that goes on with another model than it was begun with."""
    opening = conversation(("user", "Hello"))
    answer = preserved(read(body(maker, messages=opening)), [thought(), text("Hi")])
    return body(
        reader, messages=[*opening, *conversation(("assistant", answer), ("user", "And?"))], **more
    )
