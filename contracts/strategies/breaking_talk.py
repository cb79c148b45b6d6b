"""Edits of the conversation that break a rule: order, content, pairs, images, thinking that is sent back."""

from __future__ import annotations

import copy
from itertools import pairwise

from hypothesis import assume
from hypothesis import strategies as st

from contracts.findings import Json, is_array
from contracts.strategies.asked import Asked
from contracts.strategies.breaking import breaks
from contracts.strategies.breaking_shape import one_block, placed_blocks

IMAGE = "image.source.base64"


def _last(asked: Asked) -> Json:
    found: Json = asked.body["messages"][-1]
    return found


@breaks("content.empty")
def empty_turn(draw: st.DrawFn, asked: Asked) -> str:
    """A conversation of one empty turn."""
    asked.body["messages"] = [{"role": "user", "content": draw(st.sampled_from(["", []]))}]
    return "messages.0: user messages must have non-empty content"


@breaks("text.empty")
def empty_text(draw: st.DrawFn, asked: Asked) -> str:
    """A text block without text."""
    found = one_block(draw, asked, "text")
    found[1]["text"] = ""
    found[1].pop("cache_control", None)
    return "messages: text content blocks must be non-empty"


@breaks("text.whitespace")
def blank_text(draw: st.DrawFn, asked: Asked) -> str:
    """A user's text block of white space."""
    blank = {"type": "text", "text": draw(st.sampled_from([" ", "\n", "\t \r\n"]))}
    asked.body["messages"][0]["content"] = [blank]
    return "messages: text content blocks must contain non-whitespace text"


@breaks("prefill.unsupported", models={"prefill": False})
def prefill(draw: st.DrawFn, asked: Asked) -> str:
    """A prefill for a model that has none."""
    assume(_last(asked)["role"] == "user")
    asked.body["messages"].append({"role": "assistant", "content": draw(st.sampled_from("ab"))})
    return "This model does not support assistant message prefill."


@breaks("prefill.whitespace", models={"prefill": True})
def prefill_with_space(draw: st.DrawFn, asked: Asked) -> str:
    """A prefill that ends in white space."""
    for name in ("thinking", "output_config"):
        asked.body.pop(name, None)
    text = draw(st.sampled_from(["a ", "a\n", "a\t"]))
    asked.body["messages"].append({"role": "assistant", "content": text})
    return "messages: final assistant content cannot end with trailing whitespace"


@breaks("system-turn.unsupported", models={"system_role": False})
def system_turn(_draw: st.DrawFn, asked: Asked) -> str:
    """A system turn for a model that takes none."""
    assume(_last(asked)["role"] == "user")
    asked.body["messages"].append({"role": "system", "content": "a"})
    return 'messages: Unexpected role "system".'


@breaks("system-turn.first", models={"system_role": True})
def first_system_turn(_draw: st.DrawFn, asked: Asked) -> str:
    """A conversation that begins with a system turn."""
    asked.body["messages"] = [{"role": "system", "content": "a"}]
    return "messages.0: use the top-level 'system' parameter"


@breaks("tool-use.unanswered")
def unanswered(draw: st.DrawFn, asked: Asked) -> str:
    """A call whose result is not there."""
    found = one_block(draw, asked, "tool_result")
    path, block = found
    at = int(path.split(".")[1])
    block.clear()
    block.update({"type": "text", "text": "a"})
    turn = asked.body["messages"][at]
    results = [b for b in turn["content"] if b["type"] == "tool_result"]
    turn["content"] = [*results, *(b for b in turn["content"] if b["type"] != "tool_result")]
    return f"messages.{at - 1}: `tool_use` ids were found without `tool_result` blocks"


@breaks("tool-result.orphan")
def orphan(_draw: st.DrawFn, asked: Asked) -> str:
    """A result that answers nothing."""
    turn = asked.body["messages"][0]
    if not is_array(turn["content"]):
        turn["content"] = [{"type": "text", "text": turn["content"]}]
    turn["content"].insert(0, {"type": "tool_result", "tool_use_id": "toolu_lost"})
    return (
        "messages.0.content.0: unexpected `tool_use_id` found in `tool_result` blocks: toolu_lost"
    )


@breaks("tool-use.unique")
def same_ids(draw: st.DrawFn, asked: Asked) -> str:
    """Two calls of a turn with one id."""
    calls = placed_blocks(asked, "tool_use")
    pairs = [pair for pair in pairwise(calls) if _turn(pair[0]) == _turn(pair[1])]
    assume(pairs)
    (_, one), (path, other) = draw(st.sampled_from(pairs))
    other["id"] = one["id"]
    return f"{path}: `tool_use` ids must be unique"


def _turn(place: tuple[str, Json]) -> str:
    return place[0].rsplit(".", 1)[0]


@breaks("tool-result.unique")
def second_result(draw: st.DrawFn, asked: Asked) -> str:
    """A call with two results."""
    found = one_block(draw, asked, "tool_result")
    path, block = found
    at, number = int(path.split(".")[1]), int(path.split(".")[3])
    again = copy.deepcopy(block)
    again.pop("cache_control", None)
    asked.body["messages"][at]["content"].insert(number + 1, again)
    return f"messages.{at}.content.{number + 1}: each tool_use must have a single result."


@breaks("thinking.signature")
def blank_signature(draw: st.DrawFn, asked: Asked) -> str:
    """A thought that is sent back without its signature."""
    found = one_block(draw, asked, "thinking")
    found[1]["signature"] = ""
    return f"{found[0]}: Invalid `signature` in `thinking` block"


def _encoded(draw: st.DrawFn, asked: Asked) -> tuple[str, Json]:
    found = one_block(draw, asked, "image")
    assume(found[1]["source"]["type"] == "base64")
    return found


@breaks("images.media-type")
def other_type(draw: st.DrawFn, asked: Asked) -> str:
    """An image of another type than it says."""
    found = _encoded(draw, asked)
    source = found[1]["source"]
    source["media_type"] = "image/gif" if source["media_type"] != "image/gif" else "image/png"
    return (
        f"{found[0]}.{IMAGE}: The image was specified using the {source['media_type']} media type"
    )


@breaks("images.base64")
def no_base64(draw: st.DrawFn, asked: Asked) -> str:
    """An image that is not base64."""
    found = _encoded(draw, asked)
    found[1]["source"]["data"] = draw(st.sampled_from(["!", "abc", "a b=", "data:image/png,"]))
    return f"{found[0]}.{IMAGE}.data: Invalid base64 data"


@breaks("images.empty")
def no_bytes(draw: st.DrawFn, asked: Asked) -> str:
    """An image without bytes."""
    found = _encoded(draw, asked)
    found[1]["source"]["data"] = ""
    return f"{found[0]}.{IMAGE}: image cannot be empty"


@breaks("images.undecodable")
def no_image(draw: st.DrawFn, asked: Asked) -> str:
    """Bytes that are no image."""
    found = _encoded(draw, asked)
    found[1]["source"]["data"] = draw(st.sampled_from(["AAAA", "bm8gaW1hZ2U="]))
    return "Could not process image"


@breaks("images.url")
def other_scheme(draw: st.DrawFn, asked: Asked) -> str:
    """An image behind what is no web address."""
    found = one_block(draw, asked, "image")
    found[1]["source"] = {
        "type": "url",
        "url": draw(st.sampled_from(["ftp://a/b", "a", "https://"])),
    }
    return f"{found[0]}.image.source.url"


@breaks("images.file-missing", endpoints=("messages",))
def missing_file(draw: st.DrawFn, asked: Asked) -> str:
    """An image in a file that is not there."""
    found = one_block(draw, asked, "image")
    found[1]["source"] = {"type": "file", "file_id": "file_011CNha8iCJcU1wXNR6q4V8w"}
    return "File `file_011CNha8iCJcU1wXNR6q4V8w` not found."
