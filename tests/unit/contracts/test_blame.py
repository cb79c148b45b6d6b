"""The independent judge names the place inside the alternative that was meant."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.blame import blamed
from tests.unit.contracts.samples import message, usage

VERSION = "2026-10-21"
ERRONEOUS = {"type": "web_search_tool_result_error", "error_code": "unavailable"}


def search_result(**changes: Any) -> dict[str, Any]:
    result = {
        "type": "web_search_tool_result",
        "tool_use_id": "srvtoolu_1",
        "content": ERRONEOUS,
        "caller": {"type": "direct"},
    }
    return {**result, **changes}


@pytest.mark.parametrize(
    ("value", "path", "text"),
    [
        pytest.param(
            message(content=[{"type": "text", "text": 1}]),
            "content.0.text",
            "1 is not of type 'string'",
            id="inside_the_tagged_alternative",
        ),
        pytest.param(
            message(content=[{"type": "image"}]),
            "content.0",
            "{'type': 'image'} is not valid under any of the given schemas",
            id="tag_of_no_alternative",
        ),
        pytest.param(
            message(content=[{"type": ["text"]}]),
            "content.0",
            "{'type': ['text']} is not valid under any of the given schemas",
            id="tag_that_is_no_text",
        ),
        pytest.param(
            message(content=[7]),
            "content.0",
            "7 is not valid under any of the given schemas",
            id="number_where_a_union",
        ),
        pytest.param(
            message(stop_sequence=7),
            "stop_sequence",
            "7 is not valid under any of the given schemas",
            id="number_where_text_or_null",
        ),
        pytest.param(
            message(usage=usage(cache_creation={"ephemeral_5m_input_tokens": 1})),
            "usage.cache_creation",
            "'ephemeral_1h_input_tokens' is a required property",
            id="object_that_is_not_null",
        ),
        pytest.param(
            message(content=[search_result(content=[{"type": "web_search_result"}])]),
            "content.0.content.0",
            "'encrypted_content' is a required property",
            id="deepest_place_of_an_array",
        ),
    ],
)
def test_blamed_names_the_place(value: Any, path: str, text: str) -> None:
    first, *_ = blamed(value, "message", VERSION, "stable")
    assert (first.path, first.text) == (path, text)


def test_blamed_names_every_place_in_order() -> None:
    value = message(stop_sequence=7, content=[7], role="user")
    assert [b.path for b in blamed(value, "message", VERSION, "stable")] == [
        "content.0",
        "role",
        "stop_sequence",
    ]


def test_blamed_has_nothing_against_alternatives() -> None:
    assert list(blamed(message(content=[search_result()]), "message", VERSION, "stable")) == []
    assert (
        list(blamed(message(content=[search_result(content=[])]), "message", VERSION, "beta")) == []
    )


def test_blamed_text_is_bounded() -> None:
    (blame,) = blamed(message(content="x" * 10_000), "message", VERSION, "stable")
    assert len(blame.text) == 300


def test_blamed_uses_the_default_tag_of_tools() -> None:
    request = {"model": "m", "max_tokens": 1, "messages": [{"role": "user", "content": "x"}]}
    tools = [{"name": "f", "input_schema": {"type": "string"}}]
    (blame,) = blamed({**request, "tools": tools}, "create_message", VERSION, "stable")
    assert blame.path == "tools.0.input_schema.type"


def test_unknown_document_is_an_error() -> None:
    with pytest.raises(FileNotFoundError, match="no_such"):
        list(blamed({}, "no_such", VERSION, "stable"))
