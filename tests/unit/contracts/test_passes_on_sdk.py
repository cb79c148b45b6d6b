"""The passes on the SDK's own types: what would be accepted or refused wrongly without them."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

import pytest
from anthropic.types import ContentBlockParam, message_create_params
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError

from contracts import passes
from contracts.derive import SOURCES, derived, sdk_schema
from contracts.passes import Schema, TripwireError
from contracts.validate import Validator

CREATE_MESSAGE = SOURCES[0]
USER = {"role": "user", "content": "Hello"}
GOOD = {"model": "claude-sonnet-5-5", "max_tokens": 5, "messages": [USER]}
TURN = "messages.0.content"


def user(*content: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": list(content)}]}


def image(**source: Any) -> dict[str, Any]:
    return {"type": "image", "source": {"type": "base64", "media_type": "image/png", **source}}


@cache
def sdk_type(name: str) -> TypeAdapter[Any]:
    """The SDK's own type, as pydantic reads it."""
    return TypeAdapter(getattr(message_create_params, name))


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        pytest.param({"messages": "abc"}, "messages: Input should be a valid array", id="text"),
        pytest.param(
            {"messages": {"a": 1}}, "messages: Input should be a valid array", id="object"
        ),
        pytest.param(
            {"messages": [{"role": "bogus", "content": "x"}]},
            'messages: Unexpected role "bogus". Allowed roles are "user" or "assistant"',
            id="role",
        ),
        pytest.param(user({"type": "text"}), f"{TURN}.0.text.text: Field required", id="block"),
        pytest.param(
            {"messages": [{"role": "user", "content": 5}]},
            f"{TURN}: Input should be a valid array",
            id="content",
        ),
        pytest.param({"zz": 1}, "zz: Extra inputs are not permitted", id="unknown_key"),
        pytest.param(
            user({"type": "text", "text": "a", "zz": 1}),
            f"{TURN}.0.text.zz: Extra inputs are not permitted",
            id="unknown_key_where_a_response_model_would_do",
        ),
        pytest.param(
            {"max_tokens": "5"}, "max_tokens: Input should be a valid integer", id="number_as_text"
        ),
        pytest.param(
            {"max_tokens": 5.0},
            "max_tokens: Input should be a valid integer",
            id="number_with_point",
        ),
        pytest.param(
            {"max_tokens": True}, "max_tokens: Input should be a valid integer", id="true_as_number"
        ),
        pytest.param(
            {"tools": [{"name": "a", "input_schema": {}}]},
            "tools.0.custom.input_schema.type: Field required",
            id="untyped_input_schema",
        ),
        pytest.param(
            {"betas": ["files-api-2025-04-14"]},
            "betas: Extra inputs are not permitted",
            id="header_in_the_body",
        ),
    ],
)
def test_contract_refuses_what_the_sdk_types_accept(edit: dict[str, Any], fault: str) -> None:
    body = {**GOOD, **edit}
    name = "MessageCreateParamsNonStreaming"
    sdk_type(name).validate_python(body)
    sdk_type(name).validate_json(json.dumps(body))
    assert str(Validator.load("create_message", "2026-10-21").fault(body)) == fault


def test_contract_has_one_fault_where_the_sdk_types_have_many() -> None:
    bad = image(media_type="image/bmp", data="x")
    with pytest.raises(ValidationError) as caught:
        TypeAdapter[Any](ContentBlockParam).validate_python(bad)
    assert caught.value.error_count() >= 8
    fault = Validator.load("create_message", "2026-10-21").fault({**GOOD, **user(bad)})
    assert fault is not None
    assert fault.path == f"{TURN}.0.image.source.base64.media_type"


def test_contract_accepts_tool_without_type() -> None:
    body = {**GOOD, "tools": [{"name": "a", "input_schema": {"type": "object"}}]}
    assert Validator.load("create_message", "2026-10-21").fault(body) is None


def test_sdk_types_take_a_path_for_image_data() -> None:
    raw = sdk_schema(CREATE_MESSAGE.stable)
    assert {"format": "path", "type": "string"} in _data_of(raw)["anyOf"]
    assert _data_of(derived(raw, CREATE_MESSAGE, "2026-10-21", "stable")) == {"type": "string"}


def _data_of(document: Schema) -> Schema:
    data: Schema = document["$defs"]["Base64ImageSourceParam"]["properties"]["data"]
    return data


@pytest.fixture(scope="module")
def raw() -> Schema:
    return sdk_schema(CREATE_MESSAGE.stable)


SYSTEM_IMAGE = {"messages": [USER, {"role": "system", "content": [image(data="x")]}]}


@pytest.mark.parametrize(
    ("name", "edit", "is_right"),
    [
        pytest.param("body_only", {"workspace_id": "x"}, False, id="accept_header_in_the_body"),
        pytest.param("closed", {"zz": 1}, False, id="accept_unknown_key"),
        pytest.param("shared_blocks", SYSTEM_IMAGE, True, id="refuse_image_in_system_turn"),
    ],
)
def test_contract_without_pass_is_wrong(
    name: str,
    edit: dict[str, Any],
    is_right: bool,
    raw: Schema,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def is_accepted() -> bool:
        document = derived(copy.deepcopy(raw), CREATE_MESSAGE, "2026-10-21", "stable")
        return Draft202012Validator(document).is_valid({**GOOD, **edit})

    assert is_accepted() == is_right
    monkeypatch.setattr(passes, name, lambda _: None)
    assert is_accepted() != is_right


@pytest.mark.parametrize(
    ("name", "tripped"),
    [
        pytest.param("wire_only", "tagged", id="wire_only"),
        pytest.param("bare", "known", id="bare"),
        pytest.param("open_enums", "tagged", id="open_enums"),
        pytest.param("typed_input", "tagged", id="typed_input"),
        pytest.param("tagged", "limits: .tool_choice", id="tagged"),
    ],
)
def test_pass_left_out_trips_another(
    name: str, tripped: str, raw: Schema, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passes, name, lambda _: None)
    with pytest.raises(TripwireError, match=tripped):
        derived(copy.deepcopy(raw), CREATE_MESSAGE, "2026-10-21", "stable")


def test_tool_changes_need_no_beta_header_in_a_system_turn() -> None:
    change = {"type": "tool_addition", "tool": {"type": "tool_reference", "name": "f"}}
    turns = [{"role": "user", "content": "x"}, {"role": "system", "content": [change]}]
    body = {"model": "m", "max_tokens": 1, "messages": turns}

    assert Validator.load("create_message", "2026-10-21").fault(body) is None


def test_tool_changes_trips_when_the_beta_types_lose_them() -> None:
    system = {
        "properties": {"content": {"anyOf": [{"type": "string"}, {"type": "array", "items": {}}]}}
    }
    document = {"$defs": {"SystemMessageParam": system}}

    with pytest.raises(TripwireError, match="tool_changes"):
        passes.tool_changes(document, {"$defs": {}})
