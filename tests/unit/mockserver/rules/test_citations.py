"""Who may cite, what may be cited, and which blocks an assistant can't have said."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.mockserver.bodies import NEW, OLD, body, call, conversation, result, text
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

ON, OFF = {"citations": {"enabled": True}}, {"citations": {"enabled": False}}
QUOTE = {
    "type": "char_location",
    "cited_text": "a",
    "document_index": 0,
    "document_title": None,
    "start_char_index": 0,
    "end_char_index": 1,
}
CITING = text("a", citations=[QUOTE])
IMAGE = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
UPLOAD = {"type": "container_upload", "file_id": "file_x"}


def document(**more: Any) -> dict[str, Any]:
    source = {"type": "text", "media_type": "text/plain", "data": "a"}
    return {"type": "document", "source": source, **more}


def hit(*content: dict[str, Any], **more: Any) -> dict[str, Any]:
    found = list(content) or [text("a")]
    return {"type": "search_result", "source": "a", "title": "b", "content": found, **more}


def asked(*blocks: dict[str, Any]) -> dict[str, Any]:
    return body(messages=conversation(("user", list(blocks))))


def said(*blocks: dict[str, Any]) -> dict[str, Any]:
    return body(messages=conversation(("user", "a"), ("assistant", list(blocks)), ("user", "b")))


def returned(*blocks: dict[str, Any]) -> dict[str, Any]:
    answer = result(content=list(blocks))
    return body(messages=conversation(("user", "a"), ("assistant", [call()]), ("user", [answer])))


FETCHED = {
    "type": "web_fetch_tool_result",
    "tool_use_id": "srvtoolu_1",
    "content": {"type": "web_fetch_result", "url": "https://example.com", "content": document()},
}
NOT_SAID = "messages.1.content: '{}' blocks are not permitted within assistant turns."
NO_CITING = "{}.text.citations: citations are not permitted in user turns"
UNEVEN = "{}.{}.citations: all {} of a request must have the same setting"
NO_TEXT = "{}.search_result.content: text blocks that are not empty are required"

ROWS = [
    accept("blocks.assistant", "image_of_a_user", asked(IMAGE)),
    accept("blocks.assistant", "image_in_a_tool_result", returned(IMAGE)),
    reject("blocks.assistant", "image", said(text("a"), IMAGE), NOT_SAID.format("image")),
    reject("blocks.assistant", "upload", said(UPLOAD), NOT_SAID.format("container_upload")),
    accept("documents.assistant", "old_version", said(document()), version=OLD),
    accept("documents.assistant", "of_a_user", asked(document()), version=NEW),
    accept("documents.assistant", "fetched", said(FETCHED), version=NEW),
    reject(
        "documents.assistant", "direct", said(document()), NOT_SAID.format("document"), version=NEW
    ),
    accept("citations.user", "old_version", asked(CITING), version=OLD),
    accept("citations.user", "of_an_assistant", said(CITING), version=NEW),
    accept("citations.user", "none", asked(text("a", citations=[]), text("b")), version=NEW),
    accept("citations.user", "null", asked(text("a", citations=None)), version=NEW),
    accept("citations.user", "switched_on", asked(document(**ON), hit(**ON)), version=NEW),
    reject(
        "citations.user",
        "direct",
        asked(text("a"), CITING),
        NO_CITING.format("messages.0.content.1"),
        version=NEW,
    ),
    reject(
        "citations.user",
        "search_result",
        asked(hit(text("a"), CITING)),
        NO_CITING.format("messages.0.content.0.search_result.content.1"),
        version=NEW,
    ),
    reject(
        "citations.user",
        "tool_result",
        returned(hit(CITING)),
        NO_CITING.format("messages.2.content.0.tool_result.content.0.search_result.content.0"),
        version=NEW,
    ),
    accept("citations.documents", "all", asked(document(**ON), document(**ON))),
    accept(
        "citations.documents", "none", asked(document(), document(**OFF), document(citations=None))
    ),
    accept("citations.documents", "no_document", asked(hit(**ON), text("a"))),
    reject(
        "citations.documents",
        "first_only",
        asked(document(**ON), document()),
        UNEVEN.format("messages.0.content.1", "document", "documents"),
    ),
    reject(
        "citations.documents",
        "last_only",
        asked(document(**OFF), document(**ON)),
        UNEVEN.format("messages.0.content.1", "document", "documents"),
    ),
    accept("citations.search-results", "all", asked(hit(**ON), hit(**ON), document())),
    accept("citations.search-results", "none", asked(hit(**OFF), hit())),
    reject(
        "citations.search-results",
        "in_a_tool_result",
        returned(hit(**ON), hit()),
        UNEVEN.format(
            "messages.2.content.0.tool_result.content.1", "search_result", "search results"
        ),
    ),
    accept("search-results.content", "text", asked(hit())),
    reject(
        "search-results.content",
        "nothing",
        asked({**hit(), "content": []}),
        NO_TEXT.format("messages.0.content.0"),
    ),
    reject(
        "search-results.content",
        "empty_text",
        asked(text("a"), hit(text("a"), text(""))),
        NO_TEXT.format("messages.0.content.1"),
    ),
]


@parametrized(ROWS)
def test_citations(row: Row) -> None:
    holds(row)


@pytest.mark.parametrize("block", [CITING, hit(CITING)])
def test_only_the_newest_version_minds(block: dict[str, Any]) -> None:
    holds(accept("citations.user", "either", asked(block), version=OLD))
