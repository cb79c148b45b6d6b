"""Estimated prompt tokens: near what was recorded, growing with what is sent, and remembered within bounds."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfWriter

from mockserver import media_tokens, text_tokens, tool_tokens
from mockserver.clock import Clock
from mockserver.files import Files
from mockserver.ids import Ids
from mockserver.text_tokens import RATES, Scale, json_bytes
from mockserver.tokens import prompt_tokens
from tests.unit.mockserver.bodies import TOOL, body, call, conversation, read, result, text

OLD, NEW = "claude-haiku-4-5", "claude-sonnet-5"


def tokens(model: str = OLD, **changes: Any) -> int:
    return prompt_tokens(read(body(model, **changes)))


def said(*content: Any, model: str = OLD, **more: Any) -> int:
    """The tokens of one user turn."""
    turn = content[0] if len(content) == 1 and isinstance(content[0], str) else list(content)
    return tokens(model, messages=conversation(("user", turn)), **more)


# Recorded on models up to the 4.6 generation, and on claude-sonnet-5.
@pytest.mark.parametrize(
    ("model", "words", "recorded"),
    [
        pytest.param(OLD, "Hi", 8, id="hi"),
        pytest.param(OLD, "Hello!", 9, id="hello"),
        pytest.param(OLD, "Hello world!", 10, id="hello_world"),
        pytest.param(OLD, "What is 2+2?", 14, id="sum"),
        pytest.param(OLD, "Count from 1 to 5", 15, id="count"),
        pytest.param(OLD, "What is the capital of France?", 14, id="capital"),
        pytest.param(OLD, "Tell me a brief fact about Paris", 14, id="paris"),
        pytest.param(NEW, "Hello!", 10, id="hello_2026"),
        pytest.param(NEW, "Tell me a story.", 13, id="story_2026"),
        pytest.param(NEW, "What is the Model Context Protocol?", 18, id="protocol_2026"),
    ],
)
def test_short_prompts_are_near_the_recorded_counts(model: str, words: str, recorded: int) -> None:
    assert said(words, model=model) == pytest.approx(recorded, abs=max(2, 0.15 * recorded))


def test_later_models_take_more_tokens_for_a_long_text() -> None:
    words = "An example of prose that goes on for a while, with some words and marks. " * 50
    assert 1.1 < said(words, model=NEW) / said(words) < 1.6


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"system": "You are terse."}, id="system"),
        pytest.param({"system": [text("You are terse.")]}, id="system_blocks"),
        pytest.param({"tools": [TOOL]}, id="tools"),
        pytest.param(
            {"mcp_servers": [{"name": "a"}], "tools": [{"type": "mcp_toolset"}]}, id="mcp"
        ),
        pytest.param({"thinking": {"type": "enabled", "budget_tokens": 1024}}, id="thinking"),
        pytest.param(
            {"output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}}},
            id="format",
        ),
        pytest.param(
            {"tools": [{"type": "web_search_20250305", "name": "web_search"}]}, id="served"
        ),
    ],
)
def test_everything_that_is_sent_costs(more: dict[str, Any]) -> None:
    assert tokens(**more) > tokens()


def test_an_empty_system_prompt_costs_nothing() -> None:
    assert tokens(system="") == tokens()


def test_a_forced_tool_has_a_longer_prompt() -> None:
    offered = tokens(tools=[TOOL])
    assert tokens(tools=[TOOL], tool_choice={"type": "any"}) == offered + 588 - 496  # documented


def test_an_assistant_turn_first_costs_its_opening() -> None:
    first = conversation(("assistant", "Hi"), ("user", "Hello"))
    assert tokens(messages=first) > tokens(messages=first[::-1])


def test_interleaved_thinking_costs_with_tools() -> None:
    asked = body(tools=[TOOL], thinking={"type": "enabled", "budget_tokens": 1024})
    interleaved = read(asked, betas=frozenset({"interleaved-thinking-2025-05-14"}))
    assert prompt_tokens(interleaved) > prompt_tokens(read(asked))


def test_deferred_tools_cost_when_they_were_found() -> None:
    deferred = {**TOOL, "defer_loading": True, "description": "Tells the weather. " * 20}
    search = {"type": "tool_search_tool_bm25_20251119", "name": "search"}
    tools = [search, deferred]
    found = [
        {"type": "server_tool_use", "id": "srvtoolu_1", "name": "search", "input": {}},
        {
            "type": "tool_search_tool_result",
            "tool_use_id": "srvtoolu_1",
            "content": {
                "tool_references": [{"type": "tool_reference", "tool_name": "get_weather"}]
            },
        },
        text("found"),
    ]
    ask = ("user", "Hello")
    unseen = tokens(tools=tools)
    searched = conversation(ask, ("assistant", found), ask)
    called = conversation(ask, ("assistant", [call()]), ("user", [result(content="x")]))
    named = {"type": "tool_reference", "tool_name": "get_weather"}
    referred = conversation(
        ask, ("assistant", [call(name="search")]), ("user", [result(content=[named])])
    )

    for turns in (searched, called, referred):
        hidden = tokens(tools=[search, {**deferred, "name": "other"}], messages=turns)
        assert tokens(tools=tools, messages=turns) > hidden > unseen


def test_tool_calls_and_results_cost_by_their_texts() -> None:
    def loop(value: Any, answer: Any) -> int:
        turns = [
            ("user", "a"),
            ("assistant", [call(input={"a": value})]),
            ("user", [result(content=answer)]),
        ]
        return tokens(messages=conversation(*turns))

    assert loop("word " * 50, "x") > loop("word", "x")
    assert loop({"deep": ["word"] * 50}, "x") > loop({}, "x")
    assert loop(7, [text("word " * 50)]) > loop(7, "word")
    assert loop(7, "word") == loop(7, [text("word")])


def test_thinking_of_earlier_turns_is_counted_by_model() -> None:
    thought = {"type": "thinking", "thinking": "word " * 100, "signature": "c2ln"}
    hidden = {"type": "redacted_thinking", "data": "x"}
    earlier = conversation(
        ("user", "a"), ("assistant", [thought, hidden, text("b")]), ("user", "c")
    )
    loop = conversation(
        ("user", "a"), ("assistant", [thought, call()]), ("user", [result(content="c")])
    )
    plain = conversation(("user", "a"), ("assistant", "b"), ("user", "c"))

    assert tokens(OLD, messages=earlier) == tokens(
        OLD, messages=plain
    )  # keeps the last turn's only
    assert tokens(NEW, messages=earlier) > tokens(NEW, messages=plain) + 50  # keeps them all
    assert tokens(OLD, messages=loop) > tokens(OLD, messages=plain) + 50


def picture(width: int, height: int) -> dict[str, Any]:
    data = io.BytesIO()
    Image.new("L", (width, height)).save(data, "PNG")
    encoded = base64.b64encode(data.getvalue()).decode()
    return {
        "type": "image",
        "source": {"type": "base64", "media_type": "image/png", "data": encoded},
    }


def test_images_cost_by_their_size_and_the_models_tier() -> None:
    large = picture(1920, 1080)
    assert said(picture(200, 200), text("x")) - said(text("x")) == 64 + 3
    assert said(large, text("x")) - said(text("x")) == 1560 + 3
    assert said(large, text("x"), model=NEW) - said(text("x"), model=NEW) == 2691 + 3
    assert said(large, picture(200, 200), text("x")) == said(large, text("x")) + 64 + 3


def test_an_image_that_is_not_seen_is_of_a_usual_size() -> None:
    behind = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
    assert said(behind, text("x")) - said(text("x")) == media_tokens.UNKNOWN_IMAGE


def document(source: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "document", "source": source, **more}


def pdf(pages: int) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    data = io.BytesIO()
    writer.write(data)
    return data.getvalue()


def encoded(data: bytes) -> dict[str, Any]:
    return {
        "type": "base64",
        "media_type": "application/pdf",
        "data": base64.b64encode(data).decode(),
    }


def test_pdfs_cost_by_page() -> None:
    one, three = said(document(encoded(pdf(1)))), said(document(encoded(pdf(3))))
    assert three - one == 2 * media_tokens.PDF_PAGE
    assert said(document(encoded(b"junk"))) == one
    assert said(document({**encoded(b""), "data": "%"})) == one
    assert said(document({"type": "url", "url": "https://example.com/a.pdf"})) == one


def test_counts_of_pdfs_are_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_tokens, "REMEMBERED_PDFS", 1)
    monkeypatch.setattr(media_tokens, "_pages", {})
    for pages in (1, 2, 2):
        said(document(encoded(pdf(pages))))
    assert len(media_tokens._pages) == 1


def test_stored_files_cost_like_their_content() -> None:
    files = Files(Ids(0, "a"), Clock())
    paper = files.add("a.pdf", "application/pdf", pdf(3)).id
    notes = files.add("a.txt", "text/plain", b"word " * 50).id

    def stored(file_id: str) -> int:
        source = {"type": "file", "file_id": file_id}
        turns = conversation(("user", [document(source)]))
        return prompt_tokens(read(body(messages=turns), files=files))

    assert stored(paper) == said(document(encoded(pdf(3))))
    plain = {"type": "text", "media_type": "text/plain", "data": "word " * 50}
    assert stored(notes) == said(document(plain))


def test_documents_cost_by_their_text_and_citations() -> None:
    words = document({"type": "text", "media_type": "text/plain", "data": "word " * 50})
    short = document({"type": "content", "content": "word"})
    blocks = document({"type": "content", "content": [text("word")]})
    assert said(words) > said(short)
    assert said(blocks) == said(short)
    assert said({**words, "title": "A long title of it"}) > said(words)
    assert said({**words, "citations": {"enabled": True}}) > said(words)
    assert said({**words, "citations": {"enabled": False}}) == said(words)


def test_tools_that_code_calls_cost_more() -> None:
    run = {"type": "code_execution_20260120", "name": "code_execution"}
    direct = {**TOOL, "allowed_callers": ["direct"]}
    by_code = {**TOOL, "allowed_callers": ["code_execution_20260120"]}
    assert tokens(tools=[run, by_code]) > tokens(tools=[run, direct]) + 30


def test_scripts_without_spaces_cost_by_character() -> None:
    one, many = "\u4f60\u597d", "\u4f60\u597d" * 20
    assert said(many) > said(one) + 20
    assert said("\U0001f600" * 20) > said("\U0001f600") + 20


def test_tools_that_cite_cost_more() -> None:
    fetch = {"type": "web_fetch_20250910", "name": "web_fetch"}
    assert tokens(tools=[{**fetch, "citations": {"enabled": True}}]) > tokens(tools=[fetch])


def test_definitions_are_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tool_tokens, "REMEMBERED_DEFINITIONS", 1)
    monkeypatch.setattr(tool_tokens, "_latest", {})
    for name in ("a", "bb", "bb"):
        tokens(tools=[{**TOOL, "name": name}])
    huge = {**TOOL, "description": "word " * tool_tokens.LONGEST_REMEMBERED}
    tokens(tools=[huge])
    assert len(tool_tokens._latest) == 1


def test_texts_are_remembered_within_bounds() -> None:
    scale = Scale(RATES["2023"], most=5_000)
    weights = {word: scale[word] for word in ("a " * 300, "b " * 400, "c " * 500, "d " * 2000)}
    assert sum(len(found) for found in scale) < 5_000
    assert {word: scale.sum([word]) for word in weights} == weights
    assert {word: scale.count(word) for word in weights} == weights


def test_very_long_texts_are_weighed_in_stretches_and_not_kept() -> None:
    scale = Scale(RATES["2023"])
    long = "word " * text_tokens.LONGEST_REMEMBERED
    assert scale[long] == pytest.approx(
        scale.count("word ") * text_tokens.LONGEST_REMEMBERED, rel=0.01
    )
    assert len(scale) == 0
    scale["a"]
    scale.clear()
    assert len(scale) == 0


def test_values_too_deep_for_the_encoder_cost_nothing() -> None:
    deep: list[Any] = []
    for _ in range(2_000):
        deep = [deep]
    assert json_bytes(deep) == b""
