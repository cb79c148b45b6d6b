"""What the API may answer: messages, and streams of server-sent events. Legal, however unusual.

With `unknown=True` also what a later API may send, and what its versioning policy tells clients to expect: types of
blocks, stop reasons, events and deltas that nobody knows yet (docs: API versioning).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise

from hypothesis import strategies as st

from contracts.findings import Json

MODEL = "claude-opus-5"
# Line ends that only some parsers know, joined and right-to-left characters, and what looks like framing.
ODD_TEXTS = (
    "",
    " ",
    "\n\n",
    "\u2028\x85",
    "data: [DONE]\n\n",
    "\u0000",
    "e\u0301",
    "👩‍👩‍👧",
    "\u202eabc",
    "```json",
)
REASONS = (
    "end_turn",
    "max_tokens",
    "stop_sequence",
    "refusal",
    "model_context_window_exceeded",
)
CALLING = ("tool_use", "max_tokens", "model_context_window_exceeded", "refusal")
TOOLS = ("get_weather", "x", "a-b_9")
UNKNOWN = "mock_unknown"
MOST_BLOCKS = 6
MOST_PIECES = 4
NUMBERS = st.integers(-(2**63), 2**64 - 1)  # what every parser of JSON holds
COUNT = st.integers(0, 10**6)
DIRECT: Json = {"type": "direct"}


def texts() -> st.SearchStrategy[str]:
    """Texts of an answer: empty and blank ones, and characters that break careless parsers."""
    return st.one_of(
        st.sampled_from(ODD_TEXTS), st.text(max_size=12), st.text(min_size=200, max_size=400)
    )


def inputs() -> st.SearchStrategy[Json]:
    """Inputs of tool calls, empty ones and nested ones too."""
    leaves = st.one_of(st.none(), st.booleans(), NUMBERS, texts())
    values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=2), max_leaves=3)
    return st.dictionaries(st.text(max_size=6), values, max_size=3)


@st.composite
def messages(
    draw: st.DrawFn, *, unknown: bool = False, tools: Sequence[str] = TOOLS, searches: bool = True
) -> Json:
    """Messages as `POST /v1/messages` answers with: no content, many blocks, every stop reason, null fields.

    `tools` are the names of the client's tools that may be called; `searches` lets the API search the web.
    """
    kinds = ["text", "thinking", "redacted_thinking"]
    kinds += [*(["tool_use"] if tools else ()), *(["server_tool_use"] if searches else ())]
    kinds += [UNKNOWN] if unknown else []
    count = draw(st.one_of(st.integers(0, 2), st.integers(0, MOST_BLOCKS)))
    content = [draw(_block(number, kinds, tools)) for number in range(count)]
    calls = any(block["type"] == "tool_use" for block in content)
    reasons = [*(CALLING if calls else REASONS), *([UNKNOWN] if unknown else ())]
    if content and content[-1]["type"] == "server_tool_use":
        reasons.append("pause_turn")
    reason = draw(st.sampled_from(reasons))
    return {
        "model": MODEL,
        "id": _id("msg", draw(COUNT)),
        "type": "message",
        "role": "assistant",
        "content": content,
        "container": None,
        "stop_reason": reason,
        "stop_sequence": draw(st.sampled_from(["END", "\n\n"]))
        if reason == "stop_sequence"
        else None,
        "stop_details": draw(_details()) if reason == "refusal" else None,
        "usage": draw(_usage()),
        "diagnostics": None,
    }


@st.composite
def streams(draw: st.DrawFn, *, unknown: bool = False) -> bytes:
    """Whole streams of a message: cut anywhere, pings anywhere, empty deltas."""
    return draw(streamed(draw(messages(unknown=unknown)), unknown=unknown))


@st.composite
def streamed(draw: st.DrawFn, message: Json, *, unknown: bool = False) -> bytes:
    """Streams of one message."""
    extras: list[Json] = [{"type": "ping"}, *([{"type": UNKNOWN, "data": None}] if unknown else ())]
    events = [_opening(message)]
    for index, block in enumerate(message["content"]):
        deltas = draw(_deltas(block))
        if unknown and draw(st.booleans()):
            deltas.append({"type": f"{UNKNOWN}_delta", "data": None})
        if block["type"] == "thinking":  # nothing comes behind the signature
            deltas.append({"type": "signature_delta", "signature": block["signature"]})
        events += _framed(index, block, deltas)
    events += [_closing(message), {"type": "message_stop"}]
    for place in sorted(draw(st.sets(st.integers(1, len(events) - 1), max_size=3)), reverse=True):
        events.insert(place, draw(st.sampled_from(extras)))
    return b"".join(map(_wire, events))


def _id(prefix: str, number: int) -> str:
    return f"{prefix}_01{number:022}"


@st.composite
def _block(draw: st.DrawFn, number: int, kinds: Sequence[str], tools: Sequence[str]) -> Json:
    kind = draw(st.sampled_from(kinds))
    if kind == "text":
        cited: Json = draw(st.sampled_from([{}, {"citations": None}]))
        return {"type": kind, "text": draw(texts()), **cited}
    if kind == "thinking":
        return {"type": kind, "thinking": draw(texts()), "signature": "c2lnbmVk"}
    if kind == "redacted_thinking":
        return {"type": kind, "data": "cmVkYWN0ZWQ="}
    if kind == UNKNOWN:
        return {"type": kind, "data": draw(inputs())}
    is_own = kind == "tool_use"
    name = draw(st.sampled_from(tools)) if is_own else "web_search"
    prefix = "toolu" if is_own else "srvtoolu"
    found = {"type": kind, "id": _id(prefix, number), "name": name, "input": draw(inputs())}
    return {**found, "caller": dict(DIRECT)}


@st.composite
def _usage(draw: st.DrawFn) -> Json:
    short, long = draw(COUNT), draw(COUNT)
    parts = {"ephemeral_5m_input_tokens": short, "ephemeral_1h_input_tokens": long}
    return {
        "input_tokens": draw(COUNT),
        "cache_creation_input_tokens": short + long,
        "cache_read_input_tokens": draw(st.sampled_from([0, 17, None])),
        "cache_creation": draw(st.sampled_from([parts, None])),
        "output_tokens": draw(COUNT),
        "service_tier": draw(st.sampled_from(["standard", "priority", "batch", None])),
        "inference_geo": draw(st.sampled_from(["global", "us", None])),
    }


@st.composite
def _details(draw: st.DrawFn) -> Json | None:
    category = draw(st.sampled_from([None, "cyber"]))
    return draw(
        st.sampled_from([None, {"type": "refusal", "category": category, "explanation": None}])
    )


def _opening(message: Json) -> Json:
    usage = {**message["usage"], "output_tokens": 1}
    empty: Json = {"content": [], "stop_reason": None, "stop_sequence": None, "stop_details": None}
    return {"type": "message_start", "message": {**message, **empty, "usage": usage}}


def _closing(message: Json) -> Json:
    names = (
        "input_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
        "output_tokens",
    )
    ending = ("stop_reason", "stop_sequence", "stop_details", "container")
    return {
        "type": "message_delta",
        "delta": {name: message[name] for name in ending},
        "usage": {name: message["usage"][name] for name in names},
    }


_EMPTY: dict[str, Json] = {
    "text": {"text": ""},
    "thinking": {"thinking": "", "signature": ""},
    "tool_use": {"input": {}},
    "server_tool_use": {"input": {}},
}


def _framed(index: int, block: Json, deltas: Sequence[Json]) -> Iterator[Json]:
    start = {**block, **_EMPTY.get(block["type"], {})}
    yield {"type": "content_block_start", "index": index, "content_block": start}
    for delta in deltas:
        yield {"type": "content_block_delta", "index": index, "delta": delta}
    yield {"type": "content_block_stop", "index": index}


@st.composite
def _deltas(draw: st.DrawFn, block: Json) -> list[Json]:
    kind = block["type"]
    if kind in ("text", "thinking"):
        pieces = draw(_pieces(block[kind]))
        return [{"type": f"{kind}_delta", kind: piece} for piece in pieces]
    if kind in ("tool_use", "server_tool_use"):
        # recorded: an empty fragment comes first, and alone for an empty input
        whole = json.dumps(block["input"]) if block["input"] else ""
        pieces = draw(_pieces(whole))
        return [{"type": "input_json_delta", "partial_json": piece} for piece in ["", *pieces]]
    return []


@st.composite
def _pieces(draw: st.DrawFn, text: str) -> list[str]:
    places = st.lists(st.integers(0, len(text)), max_size=MOST_PIECES)
    cuts = [0, *sorted(draw(places)), len(text)]
    return [text[start:end] for start, end in pairwise(cuts)]


def _wire(event: Json) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n".encode()
