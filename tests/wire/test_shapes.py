"""Requests of another shape than the API's, and those that break one of its rules: what is refused, and which place is blamed."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from contracts.suite.values import picture
from tests.unit.mockserver.pictures import png
from tests.wire import raw

Json = dict[str, Any]
Path = tuple[str | int, ...]
PNG = picture(8, 5, "png")
# A head that promises 2,500 million pixels, in fewer bytes than this line has.
BOMB = png(50_000, 50_000, b"")
REQUIRED = "Field required"
SURPLUS = "Extra inputs are not permitted"


def image(media_type: str = "image/png", data: str = PNG) -> Json:
    source = {"type": "base64", "media_type": media_type, "data": data}
    return {"type": "image", "source": source}


def tool(name: str = "a", **schema: Any) -> Json:
    return {"name": name, "input_schema": {"type": "object", **schema}}


def user(content: Any = "Hi") -> Json:
    return {"role": "user", "content": content}


def whole() -> Json:
    """A good request with an object of each common kind."""
    return {
        "model": "claude-sonnet-4-5",
        "max_tokens": 2_048,
        "system": [{"type": "text", "text": "Be short."}],
        "thinking": {"type": "enabled", "budget_tokens": 1_024},
        "tools": [tool()],
        "tool_choice": {"type": "auto"},
        "metadata": {"user_id": "1"},
        "messages": [
            user([{"type": "text", "text": "Look:"}, image()]),
            {"role": "assistant", "content": [call()]},
            user([{"type": "tool_result", "tool_use_id": "toolu_1", "content": "b"}]),
            {"role": "assistant", "content": "c"},
            user(),
        ],
    }


def call() -> Json:
    return {"type": "tool_use", "id": "toolu_1", "name": "a", "input": {}}


def asked(port: int, body: Json) -> raw.Response:
    return raw.only(port, raw.post(json.dumps(body).encode()))


def refused(port: int, body: Json) -> str:
    """The words of the 400."""
    status, kind, message = asked(port, body).error
    assert (status, kind) == (400, "invalid_request_error")
    return message


def simple(**changes: Any) -> Json:
    return {"model": "claude-opus-5", "max_tokens": 64, "messages": [user()], **changes}


def objects(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where the objects are that have a shape; the input of a call and a tool's schema have any."""
    if isinstance(value, dict):
        yield path
        for name, member in value.items():
            if name not in ("input", "input_schema"):
                yield from objects(member, (*path, name))
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from objects(member, (*path, number))


def at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def blames(message: str, path: Path, problem: str) -> bool:
    """Whether a place is named, between whose steps the kinds of unions may stand."""
    place, found, text = message.partition(": ")
    steps = iter(place.split("."))
    return bool(found) and text == problem and all(str(step) in steps for step in path)


# What the API does without, in the order in which the request has it.
OPTIONAL = {"system", "thinking", "tools", "tool_choice", "metadata", "user_id"}
OPTIONAL_IN = {("tool_result", "content"), ("tool_result", "is_error")}
MEMBERS = [
    (*place, name)
    for place in objects(whole())
    for name in at(whole(), place)
    if name not in OPTIONAL and (at(whole(), place).get("type"), name) not in OPTIONAL_IN
]


def dotted(path: Path) -> str:
    return "_".join(map(str, path)) or "request"


def test_the_whole_request_is_answered(port: int) -> None:
    assert asked(port, whole()).status == 200


@pytest.mark.parametrize("path", [pytest.param(p, id=f"D1_reject_{dotted(p)}") for p in MEMBERS])
def test_what_is_required_is_missed(port: int, path: Path) -> None:
    body = whole()
    del at(body, path[:-1])[path[-1]]
    assert blames(refused(port, body), path, REQUIRED)


@pytest.mark.parametrize(
    "path", [pytest.param(p, id=f"D2_reject_in_{dotted(p)}") for p in objects(whole())]
)
def test_what_nobody_knows_is_not_permitted(port: int, path: Path) -> None:
    body = whole()
    at(body, path)["surplus"] = 1
    assert blames(refused(port, body), (*path, "surplus"), SURPLUS)


NUMBERS = [("max_tokens",), ("thinking", "budget_tokens")]
VALUES = {"bool": True, "fraction": 64.5, "text": "64", "null": None}


@pytest.mark.parametrize("value", [pytest.param(v, id=f"D3_reject_{k}") for k, v in VALUES.items()])
@pytest.mark.parametrize("path", NUMBERS, ids=dotted)
def test_a_number_is_a_whole_number(port: int, path: Path, value: Any) -> None:
    body = whole()
    at(body, path[:-1])[path[-1]] = value
    assert refused(port, body).partition(": ")[0].split(".")[-1] == path[-1]


BASE64 = "messages.0.content.0.image.source.base64"
CALLED = {"role": "assistant", "content": [call()]}
BLAMED = [
    ("D4_reject_unknown_type", [{"type": "nope"}], "messages.0.content.0: Input tag 'nope' found"),
    ("D4_reject_no_type", [{"text": "a"}], f"messages.0.content.0.type: {REQUIRED}"),
    (
        "D5_reject_media_type",
        [image("image/tiff")],
        f"{BASE64}.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
    ),
    ("D6_reject_empty", [image(data="")], f"{BASE64}: image cannot be empty"),
    ("D6_reject_alphabet", [image(data="!!!!")], f"{BASE64}.data: Invalid base64 data"),
    (
        "D6_reject_another_type",
        [image("image/jpeg")],
        f"{BASE64}: The image was specified using the image/jpeg media type",
    ),
    (
        "D10_reject_empty_text",
        [{"type": "text", "text": ""}],
        "messages: text content blocks must be non-empty",
    ),
]


@pytest.mark.parametrize(
    ("content", "message"), [pytest.param(*each, id=name) for name, *each in BLAMED]
)
def test_the_place_of_a_bad_block_is_blamed(port: int, content: Any, message: str) -> None:
    assert refused(port, simple(messages=[user(content)])).startswith(message)


def test_d7_an_image_bomb_is_refused_by_its_head(port: int) -> None:
    assert len(BOMB) < 200
    body = simple(messages=[user([image(data=base64.b64encode(BOMB).decode())])])
    response = asked(port, body)
    assert response.status == 400
    details = response.json["error"]["details"]
    assert details["error_code"] == "image_dimensions_too_large"


RULES = [
    (
        "D9_reject_no_result",
        {"messages": [user(), CALLED, user()], "tools": [tool()]},
        "messages.1: `tool_use` ids were found without `tool_result` blocks immediately after: toolu_1",
    ),
    ("D11_reject_no_message", {"messages": []}, "messages: at least one message is required"),
    (
        "D11_reject_prefill",
        {"messages": [user(), {"role": "assistant", "content": "b"}]},
        "This model does not support assistant message prefill.",
    ),
    ("D11_reject_equal_names", {"tools": [tool(), tool()]}, "tools: Tool names must be unique."),
    (
        "D11_reject_unknown_choice",
        {"tools": [tool()], "tool_choice": {"type": "tool", "name": "z"}},
        "Tool 'z' not found in provided tools",
    ),
    (
        "D11_reject_negative_budget",
        {"max_tokens": -1},
        "max_tokens: must be greater than or equal to 0",
    ),
    ("D11_reject_large_budget", {"max_tokens": 10**7}, "max_tokens: 10000000 > 128000"),
    (
        "D13_reject_100001_messages",
        {"messages": [user()] * 100_001},
        "messages: List should have at most 100000 items",
    ),
    (
        "D13_reject_long_name",
        {"tools": [tool("a" * 10**6)]},
        "tools.0.custom.name: String should match pattern",
    ),
]


@pytest.mark.parametrize(
    ("changes", "message"), [pytest.param(*each, id=name) for name, *each in RULES]
)
def test_who_breaks_a_rule_is_told_which(port: int, changes: Json, message: str) -> None:
    response = asked(port, simple(**changes))
    assert response.error[:2] == (400, "invalid_request_error")
    assert response.error[2].startswith(message)
    assert response.header("x-mock-rule")


def test_d11_a_budget_of_nothing_warms_the_cache(port: int) -> None:
    response = asked(port, simple(max_tokens=0))
    assert (response.status, response.json["content"]) == (200, [])


def test_d12_an_unknown_model_is_not_found(port: int) -> None:
    error = asked(port, simple(model="claude-nothing")).error
    assert error == (404, "not_found_error", "model: claude-nothing")


def required(schema: Json, **more: Any) -> Json:
    return tool(properties={"a": schema}, required=["a"], **more)


ODD_TOOLS = [
    pytest.param([tool(f"t{n}") for n in range(10_000)], id="D13_accept_10000_tools"),
    pytest.param([required({"type": "string", "pattern": "^(a+)+$"})], id="D13_accept_hostile"),
    pytest.param([tool(**{"$ref": "#"})], id="D14_accept_itself"),
    pytest.param(
        [required({"$ref": "#/$defs/b"}, **{"$defs": {"b": {"$ref": "#/$defs/c"}, "c": {"$ref": "#/$defs/b"}}})],
        id="D14_accept_circle",
    ),
    pytest.param(
        [required({"$ref": "http://169.254.169.254/schema.json"})], id="D14_accept_remote"
    ),
]  # fmt: skip


@pytest.mark.parametrize("tools", ODD_TOOLS)
def test_a_schema_is_read_with_care(port: int, tools: list[Json]) -> None:
    """Nothing is fetched (no test may), nothing goes round in circles, and the answer comes in time."""
    body = simple(
        tools=tools, tool_choice={"type": "any"}, messages=[user("a" * 60 + "!")], max_tokens=2_000
    )
    response = asked(port, body)
    assert response.status == 200
    assert response.json["stop_reason"] == "tool_use"
