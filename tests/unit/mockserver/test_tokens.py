"""Token counts: near what was recorded and published, and alike whether a text was seen before or not."""

from __future__ import annotations

import base64
import datetime as dt
import io
from collections.abc import Callable, Iterator
from sys import getsizeof
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfWriter

from mockserver import media_tokens, text_tokens, tool_tokens
from mockserver.clock import Clock
from mockserver.files import Files
from mockserver.ids import Ids
from mockserver.text_tokens import ENTRY, LONG, LONGEST_REMEMBERED, RATES, Scale
from mockserver.tokens import prompt_tokens
from mockserver.tokens import text_tokens as tokens_of
from tests.unit.mockserver.bodies import body, call, conversation, read, result, text

HAIKU, SONNET, OPUS, OLDER = (
    "claude-haiku-4-5",
    "claude-sonnet-5",
    "claude-opus-4-7",
    "claude-sonnet-4-0",
)
GENERATIONS = tuple(RATES)

# Input tokens recorded with one user message, the same on all models up to the 4.6 generation.
RECORDED = (
    ("Hi", 8),
    ("hello", 8),
    ("Hello!", 9),
    ("Say hi", 9),
    ("Hi there!", 10),
    ("Hello world!", 10),
    ("Hello, world!", 11),
    ('Say "hello"', 11),
    ("Explain quantum computing", 11),
    ('Say "hello world"', 12),
    ("Complex analysis of: test", 12),
    ("How high is the sky?", 13),
    ("Hello, how are you?", 13),
    ("Reply with exactly: FOUR", 13),
    ("What is 2+2?", 14),
    ("What is 3*4?", 14),
    ("what's 2+2?", 14),
    ("What is the capital of France?", 14),
    ("Count from 1 to 5", 15),
    ("What is 5 + 5?", 16),
    ("What is 42 * 10?", 16),
    ("What's 2 + 2?", 16),
    ("Write a very long story about dragons and adventures", 16),
    ("Two names for a pet pelican, be brief", 17),
)
# Recorded with later models, and with a system prompt.
RECORDED_LATER = (
    (SONNET, None, "Hello!", 10),
    (SONNET, None, "Hello, Claude!", 14),
    (SONNET, None, "Write a creative story.", 13),
    (SONNET, None, "What is the Model Context Protocol?", 18),
    (SONNET, "You are an overridden assistant.", "Hello, Claude!", 25),
    (SONNET, "You are a configured assistant with default instructions.", "Hello, Claude!", 29),
    (
        OPUS,
        "You are a concise assistant. Answer directly.",
        "In one or two sentences, explain what Rust programming language is and why memory safety matters.",
        54,
    ),
)
WEATHER = {
    "name": "get_weather",
    "description": "Get weather",
    "input_schema": {
        "type": "object",
        "properties": {"location": {"type": "string"}},
        "required": ["location"],
    },
}
PUBLISHED_WEATHER = {
    "name": "get_weather",
    "description": "Get the current weather in a given location",
    "input_schema": {
        "type": "object",
        "properties": {
            "location": {
                "type": "string",
                "description": "The city and state, e.g. San Francisco, CA",
            }
        },
        "required": ["location"],
    },
}
COLORS = {
    "type": "object",
    "properties": {"colors": {"type": "array", "items": {"type": "string"}}},
    "required": ["colors"],
    "additionalProperties": False,
}
DEEP: Any = []
for _ in range(400):
    DEEP = [DEEP]


@pytest.fixture(autouse=True)
def nothing_seen() -> Iterator[None]:
    forget()
    yield
    forget()


def forget() -> None:
    for scale in text_tokens.SCALES.values():
        scale.clear()
    tool_tokens._latest.clear()
    media_tokens._pages.clear()


def asked(
    content: Any = "Hello", model: str = HAIKU, *, files: Files | None = None, **more: Any
) -> int:
    messages = more.pop("messages", None) or conversation(("user", content))
    betas = frozenset(more.pop("betas", ()))
    return prompt_tokens(read(body(model, messages=messages, **more), betas=betas, files=files))


def extra(content: list[dict[str, Any]], model: str = HAIKU, files: Files | None = None) -> int:
    """What blocks add to a message that is a text without them."""
    return asked([text("Hello"), *content], model, files=files) - asked([text("Hello")], model)


def shelf() -> Files:
    return Files(Ids(0, "key"), Clock(dt.date(2026, 11, 22)))


def pdf(pages: int) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def png(width: int, height: int) -> str:
    file = io.BytesIO()
    Image.new("RGB", (width, height)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def image(source: dict[str, Any]) -> dict[str, Any]:
    return {"type": "image", "source": source}


def document(kind: str, **source: Any) -> dict[str, Any]:
    return {"type": "document", "source": {"type": kind, **source}}


def encoded_pdf(data: bytes) -> dict[str, Any]:
    encoded = base64.b64encode(data).decode()
    return document("base64", media_type="application/pdf", data=encoded)


def near(count: int, share: float = 0.1) -> Any:
    return pytest.approx(count, rel=share, abs=1)


@pytest.mark.parametrize(("words", "count"), RECORDED)
def test_short_prompts_cost_what_was_recorded(words: str, count: int) -> None:
    assert asked(words) == near(count)


@pytest.mark.parametrize(("model", "system", "words", "count"), RECORDED_LATER)
def test_later_models_count_as_recorded(
    model: str, system: str | None, words: str, count: int
) -> None:
    assert asked(words, model, **({"system": system} if system else {})) == near(count)


@pytest.mark.parametrize("system", ["You are a scientist", [text("You are a scientist")]])
def test_the_published_sample_with_a_system_prompt(system: Any) -> None:
    assert asked("Hello, Claude", system=system) == near(14)


@pytest.mark.parametrize("system", ["", []])
def test_an_empty_system_prompt_costs_nothing(system: Any) -> None:
    assert asked("Hello", system=system) == asked("Hello")


def test_later_models_give_about_1_3_times_the_tokens() -> None:
    prose = (
        "The quick brown fox jumps over the lazy dog, who was sleeping in the afternoon sun. " * 20
    )
    assert 1.1 < tokens_of(prose, "2026") / tokens_of(prose, "2023") < 1.5


def test_prose_has_about_three_words_in_four_tokens() -> None:
    prose = (
        "Tokens are the pieces of words that a language model reads and writes one after another. "
        * 20
    )
    assert 0.7 < len(prose.split()) / tokens_of(prose) < 1


def test_each_further_message_costs_its_text_and_a_little() -> None:
    one = asked(messages=conversation(("user", "Hi")))
    three = asked(messages=conversation(("user", "Hi"), ("assistant", "Hi"), ("user", "Hi")))
    assert three - one == near(8, 0.3)


def test_a_conversation_that_the_assistant_begins_costs_ten_more() -> None:
    turns = ("assistant", "Hi"), ("user", "Hi")
    begun = asked(messages=conversation(*turns))
    assert begun - asked(messages=conversation(*reversed(turns))) == 10


@pytest.mark.parametrize(
    ("model", "choice", "count"),
    [
        (SONNET, "auto", 432),
        (SONNET, "none", 432),
        (SONNET, "any", 552),
        (HAIKU, "auto", 558),
        (HAIKU, "any", 650),
    ],
)
def test_a_tool_costs_what_was_recorded(model: str, choice: str, count: int) -> None:
    given_tools = {"tools": [WEATHER], "tool_choice": {"type": choice}}
    assert asked("What's the weather?", model, **given_tools) == near(count, 0.03)


def test_the_published_sample_with_a_tool() -> None:
    words = "What's the weather like in San Francisco?"
    assert asked(words, OLDER, tools=[PUBLISHED_WEATHER]) == near(403, 0.05)


def test_models_whose_documentation_is_gone_have_what_it_said() -> None:
    old = asked(model="claude-3-opus-20240229", tools=[WEATHER])
    assert old - asked(model="claude-3-haiku-20240307", tools=[WEATHER]) == 530 - 264


@pytest.mark.parametrize("model", ["claude-opus-5-5", "claude-haiku-5-5"])
def test_models_not_documented_yet_take_the_prompt_of_opus_4_8(model: str) -> None:
    assert asked(model=model, tools=[WEATHER]) == asked(model="claude-opus-4-8", tools=[WEATHER])


@pytest.mark.parametrize(
    ("words", "tool", "count"),
    [
        ("What day is today?", {"type": "web_search_20250305", "name": "web_search"}, 2218),
        ("Where do I live?", {"type": "memory_20250818", "name": "memory"}, 1577),
    ],
)
def test_a_server_tool_costs_what_was_recorded(
    words: str, tool: dict[str, Any], count: int
) -> None:
    assert asked(words, "claude-sonnet-4-5", tools=[tool]) == near(count, 0.02)


@pytest.mark.parametrize(("model", "count"), [(HAIKU, 244), (OPUS, 325)])
def test_bash_costs_what_is_documented(model: str, count: int) -> None:
    with_bash = asked(model=model, tools=[WEATHER, {"type": "bash_20250124", "name": "bash"}])
    assert with_bash - asked(model=model, tools=[WEATHER]) == count


def test_an_unknown_server_tool_costs_nothing() -> None:
    with_tool = asked(tools=[WEATHER, {"type": "tomorrow_20270101", "name": "tomorrow"}])
    assert with_tool == asked(tools=[WEATHER])


@pytest.mark.parametrize(
    ("model", "enabled", "more"), [(HAIKU, True, 484), (SONNET, True, 690), (HAIKU, False, 0)]
)
def test_a_tool_that_cites_costs_more(model: str, *, enabled: bool, more: int) -> None:
    fetch = {"type": "web_fetch_20250910", "name": "web_fetch"}
    citing = {**fetch, "citations": {"enabled": enabled}}
    assert asked(model=model, tools=[citing]) - asked(model=model, tools=[fetch]) == more


def test_servers_cost_something_without_tools() -> None:
    server = {"type": "url", "url": "https://example.com", "name": "one"}
    one = asked("What can you do?", mcp_servers=[server])
    assert one == near(581, 0.03)  # recorded
    assert asked("What can you do?", mcp_servers=[server, server]) - one == 75


def test_tools_that_code_may_call_cost_more() -> None:
    code = {"type": "code_execution_20250825", "name": "code_execution"}
    direct = asked(tools=[code, {**WEATHER, "allowed_callers": ["direct"]}])
    by_code = asked(tools=[code, {**WEATHER, "allowed_callers": ["code_execution_20250825"]}])
    assert by_code - direct == near(970, 0.02)


SEARCH = {"type": "tool_search_tool_bm25_20251119", "name": "tool_search_tool_bm25"}
REFERENCE = {"type": "tool_reference", "tool_name": "get_weather"}


@pytest.mark.parametrize(("model", "told"), [(HAIKU, 0), (SONNET, 90)])
def test_a_deferred_tool_costs_nothing_until_it_is_found(model: str, told: int) -> None:
    hidden = asked(model=model, tools=[SEARCH, {**WEATHER, "defer_loading": True}])
    assert hidden - asked(model=model, tools=[SEARCH]) == told


def test_a_tool_that_is_not_deferred_costs_its_definition() -> None:
    shown = asked(tools=[SEARCH, {**WEATHER, "defer_loading": False}])
    assert shown - asked(tools=[SEARCH]) > 50


@pytest.mark.parametrize(
    "found",
    [
        pytest.param([result(content=[REFERENCE])], id="by_a_tool_of_one's_own"),
        pytest.param(
            [
                {
                    "type": "tool_search_tool_result",
                    "tool_use_id": "srvtoolu_1",
                    "content": {
                        "type": "tool_search_tool_search_result",
                        "tool_references": [REFERENCE],
                    },
                }
            ],
            id="by_search",
        ),
        pytest.param([call()], id="and_used"),
    ],
)
def test_a_deferred_tool_costs_its_definition_once_it_is_found(found: list[dict[str, Any]]) -> None:
    def cost(**more: Any) -> int:
        return asked([text("Hello"), *found], tools=[SEARCH, {**WEATHER, **more}])

    other = cost(defer_loading=True, name="another")
    assert 30 < cost(defer_loading=True) - other < 100


def test_calls_cost_more_with_each_parameter() -> None:
    none, one, two = ({}, {"location": "Paris"}, {"location": "Paris", "days": 3})
    costs = [extra([call(input=given)]) for given in (none, one, two)]
    assert costs[0] < costs[1] < costs[2]


@pytest.mark.parametrize("value", ["Paris", 3, 2.5, None, True, ["Paris"], {"city": "Paris"}, DEEP])
def test_parameters_may_be_any_json(value: Any) -> None:
    assert 10 < extra([call(input={"given": value})]) - extra([call(input={})]) < 30


def test_a_call_and_its_result_cost_about_what_was_recorded() -> None:
    turns = (
        ("user", "What's the weather?"),
        ("assistant", [call(input={"location": "San Francisco, CA"})]),
        ("user", [result(content="Sunny, 72 degrees")]),
    )
    both = asked(messages=conversation(*turns), tools=[WEATHER])
    assert 40 < both - asked("What's the weather?", tools=[WEATHER]) < 110


@pytest.mark.parametrize("content", ["It rains in Paris.", [text("It rains in Paris.")]])
def test_results_cost_their_text(content: Any) -> None:
    assert extra([result(content=content)]) == near(extra([text("It rains in Paris.")]))


@pytest.mark.parametrize("more", [{}, {"content": None}, {"content": ""}, {"content": []}])
def test_a_result_may_be_empty(more: dict[str, Any]) -> None:
    assert extra([result(**more)]) == 0


def test_blocks_sent_back_as_they_came_cost_by_their_length() -> None:
    found = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
    result_of = {"type": "web_search_result", "encrypted_content": "E" * 10_000}
    long = extra([{**found, "content": [result_of]}])
    assert long - extra([found]) == near(3000)


@pytest.mark.parametrize(("thinking", "more"), [("enabled", 28), ("disabled", 0)])
def test_enabled_thinking_costs_28(thinking: str, more: int) -> None:
    config = {"type": thinking, **({"budget_tokens": 1024} if more else {})}
    assert asked(thinking=config) - asked() == more


def test_interleaved_thinking_costs_more_with_tools() -> None:
    config = {"type": "enabled", "budget_tokens": 1024}
    beta = ["interleaved-thinking-2025-05-14"]
    assert asked(thinking=config, betas=beta) == asked(thinking=config)
    with_tools = asked(thinking=config, tools=[WEATHER])
    assert asked(thinking=config, tools=[WEATHER], betas=beta) - with_tools == 150


THOUGHT = {"type": "thinking", "thinking": "Let me think of it. " * 10, "signature": "c2ln"}
REDACTED = {"type": "redacted_thinking", "data": "c2ln"}


def thought_cost(model: str, *later: tuple[str, Any]) -> int:
    def cost(*blocks: dict[str, Any]) -> int:
        turns = ("user", "Hello"), ("assistant", [*blocks, text("Hi"), call()])
        return asked(model=model, messages=conversation(*turns, *later))

    return cost(REDACTED, THOUGHT) - cost()


def test_thoughts_of_earlier_turns_count_on_models_that_keep_them() -> None:
    later = ("user", [result(content="Done"), text("Go on")])
    assert thought_cost(HAIKU, later) == 0
    assert thought_cost("claude-sonnet-4-6", later) > 40


def test_thoughts_of_the_current_turn_count() -> None:
    assert thought_cost(HAIKU, ("user", [result(content="Done")])) > 40


@pytest.mark.parametrize("model", [HAIKU, SONNET])
def test_an_output_format_costs_about_what_was_recorded(model: str) -> None:
    config = {"format": {"type": "json_schema", "schema": COLORS}}
    count = asked("Return the three primary colors.", model, output_config=config)
    assert count == near(170 if model == HAIKU else 210)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (540, 360), (3000, 2000)])
@pytest.mark.parametrize(("model", "tier"), [(HAIKU, "standard"), (SONNET, "high")])
def test_images_cost_their_patches_and_three(
    width: int, height: int, model: str, tier: Any
) -> None:
    shown = image({"type": "base64", "media_type": "image/png", "data": png(width, height)})
    patches = media_tokens.images.visual_tokens(width, height, tier)
    assert extra([shown], model) == patches + 3
    assert extra([result(content=[shown])], model) == patches + 3


def test_an_image_of_recorded_size() -> None:
    shown = image({"type": "base64", "media_type": "image/png", "data": png(540, 360)})
    assert asked([text("What is this vegetable?"), shown]) == near(276, 0.02)


def test_stored_images_cost_what_sent_ones_do() -> None:
    files = shelf()
    data = png(300, 200)
    stored = files.add("a.png", "image/png", base64.b64decode(data))
    sent = extra([image({"type": "base64", "media_type": "image/png", "data": data})])
    assert extra([image({"type": "file", "file_id": stored.id})], files=files) == sent


def test_images_behind_urls_are_of_a_usual_size() -> None:
    assert extra([image({"type": "url", "url": "https://example.com/a.png"})]) == 260


PAGE = media_tokens.PDF_PAGE


@pytest.mark.parametrize("pages", [1, 2, 5])
def test_pdfs_cost_by_the_page_seen_before_or_not(pages: int) -> None:
    sent = [encoded_pdf(pdf(pages))]
    assert extra(sent) == extra(sent) == near(pages * PAGE + 40, 0.01)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(encoded_pdf(b"no document"), id="not_a_pdf"),
        pytest.param(document("base64", media_type="application/pdf", data="!"), id="not_base64"),
        pytest.param(document("url", url="https://example.com/a.pdf"), id="not_fetched"),
        pytest.param(document("file", file_id="file_unknown"), id="not_stored"),
    ],
)
def test_what_cannot_be_read_is_one_page(sent: dict[str, Any]) -> None:
    assert extra([sent], files=shelf()) == extra([sent]) == near(PAGE + 40, 0.01)


def test_encrypted_and_large_pdfs_are_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    writer = PdfWriter(io.BytesIO(pdf(3)))
    writer.encrypt("secret", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    assert extra([encoded_pdf(file.getvalue())]) == near(PAGE + 40, 0.01)
    monkeypatch.setattr(media_tokens, "LARGEST_COUNTED_PDF", 10)
    assert extra([encoded_pdf(pdf(3))]) == near(PAGE + 40, 0.01)


def test_page_counts_are_forgotten_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media_tokens, "REMEMBERED_PDFS", 2)
    for pages in (1, 2, 3, 4, 5):
        extra([encoded_pdf(pdf(pages))])
        assert len(media_tokens._pages) <= 2


def test_stored_documents_cost_what_sent_ones_do() -> None:
    files = shelf()
    paper = files.add("a.pdf", "application/pdf", pdf(2))
    note = files.add("a.txt", "text/plain", b"A clear daytime sky is blue.")
    for stored, sent in (
        (paper, encoded_pdf(pdf(2))),
        (note, document("text", media_type="text/plain", data="A clear daytime sky is blue.")),
    ):
        assert extra([document("file", file_id=stored.id)], files=files) == extra([sent])


@pytest.mark.parametrize("content", ["The sky is blue.", [text("The sky is blue.")]])
def test_documents_cost_their_text_and_names(content: Any) -> None:
    plain = extra([document("content", content=content)])
    assert plain == extra([document("text", media_type="text/plain", data="The sky is blue.")])
    named = {**document("content", content=content), "title": "Sky", "context": "Colors"}
    assert plain < extra([named]) < plain + 8


@pytest.mark.parametrize(("enabled", "more"), [(True, 490), (False, 0)])
def test_citations_cost_once(*, enabled: bool, more: int) -> None:
    sky = document("text", media_type="text/plain", data="The sky is blue.")
    citing = {**sky, "citations": {"enabled": enabled}}
    assert extra([citing, citing]) - extra([sky, sky]) == more


TEXTS = st.text() | st.text(st.sampled_from("ab Z09._\n-é今🌊"), max_size=80)
EITHER = st.sampled_from(GENERATIONS)


@given(TEXTS, EITHER)
def test_only_no_text_has_no_tokens(words: str, generation: str) -> None:
    assert (tokens_of(words, generation) >= 1) == bool(words)
    assert tokens_of("", generation) == 0


@given(TEXTS, st.data(), EITHER)
def test_a_text_never_costs_less_than_its_beginning(
    words: str, data: st.DataObject, generation: str
) -> None:
    end = data.draw(st.integers(0, len(words)))
    assert tokens_of(words[:end], generation) <= tokens_of(words, generation)


@given(TEXTS, EITHER)
def test_added_words_add_tokens(words: str, generation: str) -> None:
    scale = Scale(RATES[generation])
    assert scale[words] < scale[words + " word"] < scale[words + " word, two"]


@given(st.lists(TEXTS | st.builds(str.__mul__, TEXTS, st.integers(1, 40)), max_size=8), EITHER)
def test_texts_seen_before_cost_the_same(words: list[str], generation: str) -> None:
    scale, other = Scale(RATES[generation]), Scale(RATES[generation], most=0)
    first = scale.sum(words)
    assert scale.sum(words) == other.sum(words) == first
    assert first == sum(scale.count(each) for each in words)


def test_long_texts_of_one_length_are_told_apart() -> None:
    scale = Scale(RATES["2023"])
    words, letters = "word " * LONG, "aaaaa" * LONG
    assert scale.sum([words, letters]) == scale.sum([words]) + scale.sum([letters])
    assert scale.sum([words]) != scale.sum([letters])


def test_the_longest_texts_are_not_remembered() -> None:
    scale = Scale(RATES["2023"])
    words = "word " * LONGEST_REMEMBERED
    assert scale[words] == near(tokens_of("word " * 1000) * LONGEST_REMEMBERED // 1000, 0.01)
    assert not scale


def test_memory_is_bounded() -> None:
    scale = Scale(RATES["2023"], most=100_000)
    for number in range(1000):
        scale[f"{number} " * 300]
        assert sum(getsizeof(words) + ENTRY for words in scale) <= 100_000
    assert scale


def test_definitions_are_forgotten_when_there_are_many() -> None:
    first = asked(tools=[WEATHER])
    for number in range(100):
        asked(tools=[{**WEATHER, "description": "x" * number}])
        assert len(tool_tokens._latest) <= tool_tokens.REMEMBERED_DEFINITIONS
    assert asked(tools=[WEATHER]) == first


def test_definitions_of_one_length_are_told_apart() -> None:
    marks, letters = ({**WEATHER, "description": sign * 60} for sign in ("a ", "aa"))
    assert asked(tools=[marks]) > asked(tools=[letters])


def test_long_definitions_are_not_remembered() -> None:
    long = {**WEATHER, "description": "word " * LONGEST_REMEMBERED}
    assert asked(tools=[long]) == near(LONGEST_REMEMBERED)
    assert not tool_tokens._latest


MANY: tuple[Callable[[], int], ...] = (
    lambda: asked("Hello " * 100, system="Be kind. " * 100, tools=[WEATHER]),
    lambda: asked([encoded_pdf(pdf(2)), text("What is in it?")], SONNET),
)


@pytest.mark.parametrize("count", MANY)
def test_counts_do_not_depend_on_what_was_seen(count: Callable[[], int]) -> None:
    first = count()
    assert count() == first
    forget()
    assert count() == first
