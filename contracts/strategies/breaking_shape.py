"""Edits after which a body has not the shape of a request."""

from __future__ import annotations

from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from contracts.findings import Json, is_array
from contracts.strategies.asked import Asked
from contracts.strategies.breaking import breaks
from contracts.strategies.content import encoded_images, text_blocks
from contracts.strategies.mutating import closed_places
from contracts.strategies.options import NEW

# A value that the field never takes.
WRONG: dict[str, Any] = {
    "model": 7,
    "messages": {"role": "user"},
    "system": 7,
    "tools": 7,
    "tool_choice": "auto",
    "thinking": "adaptive",
    "output_config": "low",
    "cache_control": "ephemeral",
}
NOT_COUNTED: dict[str, Any] = {
    "max_tokens": "5",
    "metadata": 7,
    "stop_sequences": "X",
    "stream": "yes",
    "service_tier": "fast",
}


MADE = {"text": text_blocks(), "image": encoded_images()}


def placed_blocks(asked: Asked, kind: str) -> list[tuple[str, Json]]:
    """Path and block of every block of a kind directly in a turn."""
    return [
        (f"messages.{at}.content.{number}", block)
        for at, turn in enumerate(asked.body["messages"])
        if is_array(turn["content"])
        for number, block in enumerate(turn["content"])
        if block["type"] == kind
    ]


def one_block(draw: st.DrawFn, asked: Asked, kind: str) -> tuple[str, Json]:
    """One of them. Texts and images are put in when there are none; others are assumed."""
    makes = MADE.get(kind)
    places = placed_blocks(asked, kind)
    if makes is not None and not places:
        # One more turn of the user is always accepted: it is taken as one with the next.
        asked.body["messages"].insert(0, {"role": "user", "content": [draw(makes)]})
        places = placed_blocks(asked, kind)
    assume(places)
    return draw(st.sampled_from(places))


@breaks("shape")
def missing_field(draw: st.DrawFn, asked: Asked) -> str:
    """A required field is not there."""
    needed = ["model", "messages", "max_tokens"][: 3 if asked.endpoint == "messages" else 2]
    name = draw(st.sampled_from(needed))
    del asked.body[name]
    return f"{name}: Field required"


@breaks("shape")
def unknown_field(draw: st.DrawFn, asked: Asked) -> str:
    """An object has a field that it does not take."""
    path, place = draw(st.sampled_from(closed_places(asked.body)))
    place["surplus"] = draw(st.none() | st.integers())
    return f"{path}surplus: Extra inputs are not permitted"


@breaks("shape")
def wrong_type(draw: st.DrawFn, asked: Asked) -> str:
    """A field has a value of another type."""
    wrong = WRONG | (NOT_COUNTED if asked.endpoint == "messages" else {})
    name = draw(st.sampled_from(sorted(wrong)))
    asked.body[name] = wrong[name]
    return f"{name}: Input "


@breaks("shape")
def unknown_role(draw: st.DrawFn, asked: Asked) -> str:
    """A turn has a role that does not exist."""
    draw(st.sampled_from(asked.body["messages"]))["role"] = "developer"
    return 'messages: Unexpected role "developer"'


@breaks("shape")
def no_blocks(_draw: st.DrawFn, asked: Asked) -> str:
    """There is no message at all."""
    asked.body["messages"] = []
    return "messages: at least one message is required"


@breaks("shape")
def text_of_number(draw: st.DrawFn, asked: Asked) -> str:
    """A text is a number."""
    found = one_block(draw, asked, "text")
    found[1]["text"] = 7
    return f"{found[0]}.text.text: Input should be a valid string"


@breaks("shape")
def block_without_type(draw: st.DrawFn, asked: Asked) -> str:
    """A block does not say what it is."""
    found = one_block(draw, asked, draw(st.sampled_from(["text", "image", "tool_use"])))
    del found[1]["type"]
    return f"{found[0]}.type: Field required"


@breaks("shape")
def unknown_media_type(draw: st.DrawFn, asked: Asked) -> str:
    """An image is of a type that the API does not read."""
    found = one_block(draw, asked, "image")
    assume(found[1]["source"]["type"] == "base64")
    found[1]["source"]["media_type"] = "image/bmp"
    return f"{found[0]}.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png'"


@breaks("shape")
def wrong_tool_name(draw: st.DrawFn, asked: Asked) -> str:
    """A tool has a name that no tool may have."""
    asked.body.setdefault("tools", [])
    if not asked.body["tools"]:
        asked.body["tools"].append({"input_schema": {"type": "object"}})
    asked.body["tools"][0]["name"] = draw(st.sampled_from(["a b", "a.b", "é", "a" * 129]))
    return "tools.0.custom.name: String should match pattern"


@breaks("shape")
def removed_sampling(draw: st.DrawFn, asked: Asked) -> str:
    """A sampling field where there is none: the new version, and count_tokens."""
    assume(asked.version == NEW or asked.endpoint == "count_tokens")
    name = draw(st.sampled_from(["temperature", "top_p", "top_k"]))
    asked.body[name] = 1
    return f"{name}: Extra inputs are not permitted"


@breaks("shape", endpoints=("messages",))
def out_of_range(draw: st.DrawFn, asked: Asked) -> str:
    """A number outside its range."""
    name = "max_tokens" if asked.version == NEW else draw(st.sampled_from(["temperature", "top_p"]))
    asked.body[name] = -draw(st.integers(1, 9))
    return f"{name}: must be" if name == "max_tokens" else f"{name}: range: 0..1"


@breaks("shape", models={"thinking": "enabled"})
def small_budget(draw: st.DrawFn, asked: Asked) -> str:
    """A thinking budget below the least one."""
    config = asked.body.get("thinking")
    assume(config is not None and config["type"] == "enabled")
    asked.body["thinking"]["budget_tokens"] = draw(st.integers(-5, 1023))
    return "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024"
