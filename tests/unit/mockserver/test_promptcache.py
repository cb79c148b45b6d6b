"""The prompt cache: the documented examples, what invalidates what, and that no token gets lost."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.cachestore import MOST_ENTRIES, Shelf
from mockserver.clock import Clock
from mockserver.promptcache import counted
from mockserver.tokens import prompt_tokens
from tests.unit.mockserver.bodies import TOOL, body, call, conversation, read, result, text
from tests.unit.mockserver.caching import (
    HOUR,
    IMAGE,
    LONG,
    MARK,
    MINUTE,
    SONNET,
    SYSTEM,
    Counters,
    Workspace,
    blocks,
    said,
)


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


def test_a_first_request_writes_and_the_next_reads(workspace: Workspace) -> None:
    first = workspace.send(system=SYSTEM)
    second = workspace.send(system=SYSTEM, messages=conversation(("user", "Something else")))

    assert first.read == 0
    assert first.written > 1024
    assert (second.read, second.written) == (first.written, 0)
    assert 0 < second.left < 20


# docs: the three turns of "Lookback in a growing conversation"
def test_look_back_in_a_growing_conversation(workspace: Workspace) -> None:
    first = workspace.send(**said(blocks(10, 10)))
    second = workspace.send(**said(blocks(15, 15)))
    third = workspace.send(**said(blocks(35, 35)))

    assert first.written > 0
    assert second.read == first.written
    assert second.written > 0
    assert (third.read, third.left) == (0, 0)


def test_a_second_breakpoint_starts_another_look_back(workspace: Workspace) -> None:
    workspace.send(**said(blocks(10, 10)))
    second = workspace.send(**said(blocks(15, 15)))
    third = workspace.send(**said(blocks(35, 15, 35)))

    assert third.read == second.total
    assert third.written == third.total - second.total


def test_the_twentieth_position_is_still_seen(workspace: Workspace) -> None:
    first = workspace.send(**said(blocks(16, 16)))
    assert workspace.send(**said(blocks(35, 35))).read == first.total


def test_parallel_calls_and_their_results_are_one_position_each(workspace: Workspace) -> None:
    history = conversation(("user", [text(LONG, **MARK)]))
    first = workspace.send(messages=history, tools=[TOOL])
    calls = [call(f"toolu_{n}") for n in range(12)]
    results = [result(f"toolu_{n}") for n in range(12)]
    results[-1] |= MARK
    after = [*conversation(("user", LONG), ("assistant", calls), ("user", results))]
    assert workspace.send(messages=after, tools=[TOOL]).read == first.total


# docs: a mark on the block that changes is written each time and never read
def test_a_mark_on_what_changes_never_reads(workspace: Workspace) -> None:
    for words in ("one", "two", "three"):
        content = [*blocks(5), text(f"{words} {LONG}", **MARK)]
        sent = workspace.send(**said(content))
        assert (sent.read, sent.left) == (0, 0)


def test_a_changed_block_before_the_mark_invalidates_it(workspace: Workspace) -> None:
    workspace.send(**said(blocks(10, 10)))
    assert workspace.send(**said(blocks(10, 10, words="changed"))).read == 0


def test_what_comes_before_the_change_is_read(workspace: Workspace) -> None:
    first = workspace.send(**said(blocks(12, 8, 12)))
    changed = [*blocks(11, 8), text("something else", **MARK)]
    sent = workspace.send(**said(changed))
    assert 0 < sent.read < first.written
    assert sent.read + sent.written == sent.total


@pytest.mark.parametrize(
    ("marks", "minutes", "is_read"),
    [(MARK, 4, True), (MARK, 6, False), (HOUR, 59, True), (HOUR, 61, False)],
)
def test_entries_live_as_long_as_they_say(
    workspace: Workspace, marks: dict[str, Any], minutes: int, is_read: bool
) -> None:
    workspace.send(system=[text(LONG, **marks)])
    workspace.clock.forward(minutes * MINUTE)
    assert bool(workspace.send(system=[text(LONG, **marks)]).read) is is_read


def test_reading_refreshes(workspace: Workspace) -> None:
    workspace.send(system=SYSTEM)
    for _ in range(4):
        workspace.clock.forward(4 * MINUTE)
        assert workspace.send(system=SYSTEM).written == 0


def test_reading_more_refreshes_what_lies_before_it(workspace: Workspace) -> None:
    content = [text(LONG, **MARK)]
    first = workspace.send(system=SYSTEM)
    for _ in range(3):
        workspace.send(system=SYSTEM, messages=conversation(("user", content)))
        workspace.clock.forward(4 * MINUTE)
    assert workspace.send(system=SYSTEM).read == first.written


# docs: Mixing different TTLs
def test_lifetimes_are_counted_apart(workspace: Workspace) -> None:
    request = read(
        body(SONNET, system=[text(LONG, **HOUR)], messages=conversation(("user", blocks(2, 1))))
    )
    total = prompt_tokens(request)
    first = counted(request, total, workspace.store)
    workspace.clock.forward(6 * MINUTE)
    second = counted(request, total, workspace.store)

    assert first.written_1h > 1024
    assert 0 < first.written_5m < 300
    assert second == (first.written_1h, first.written_5m, 0)


def test_a_short_prompt_is_not_cached(workspace: Workspace) -> None:
    for _ in range(2):
        sent = workspace.send(system=[text("Short", **MARK)])
        assert (sent.read, sent.written, sent.left) == (0, 0, sent.total)


def test_a_short_part_before_a_long_one_has_no_entry(workspace: Workspace) -> None:
    marked = conversation(("user", [text(LONG, **MARK)]))
    workspace.send(system=[text("Short", **MARK)], messages=marked)
    assert len(workspace.store.entries) == 1


def test_automatic_caching_marks_the_last_block(workspace: Workspace) -> None:
    history = conversation(("user", LONG))
    first = workspace.send(messages=history, **MARK)
    longer = [*history, *conversation(("assistant", "Yes"), ("user", "And then?"))]
    second = workspace.send(messages=longer, **MARK)

    assert (first.left, first.written) == (0, first.total)
    assert second.read == first.total
    assert second.left == 0


def test_automatic_caching_walks_back_over_what_it_cannot_mark(workspace: Workspace) -> None:
    thought = {"type": "thinking", "thinking": "Hm " * 50, "signature": "x"}
    turns = conversation(("user", LONG), ("assistant", [call()]), ("user", [result()]))
    turns.insert(2, {"role": "assistant", "content": [thought]})
    sent = workspace.send(messages=turns[:3], model="claude-opus-4-5", system=LONG * 3, **MARK)
    assert 0 < sent.left < 120


def test_automatic_caching_of_an_empty_conversation_marks_nothing(workspace: Workspace) -> None:
    assert workspace.send(messages=conversation(("user", [])), **MARK).written == 0


def test_an_explicit_mark_on_the_last_block_is_kept(workspace: Workspace) -> None:
    request = read(body(SONNET, messages=conversation(("user", [text(LONG, **HOUR)])), **HOUR))
    assert counted(request, prompt_tokens(request), workspace.store).written_1h > 0


def test_a_mark_inside_a_block_marks_the_block(workspace: Workspace) -> None:
    def turns(**mark: Any) -> dict[str, Any]:
        content = [result(content=[text(LONG, **mark)])]
        history = conversation(("user", "a"), ("assistant", [call()]), ("user", content))
        return {"messages": history, "tools": [TOOL]}

    first = workspace.send(**turns(**MARK))
    assert first.written == first.total
    assert workspace.send(**turns(), **MARK).read == first.total


def test_a_mark_inside_a_document_marks_the_document(workspace: Workspace) -> None:
    source = {"type": "content", "content": [text(LONG, **MARK)]}
    first = workspace.send(**said([{"type": "document", "source": source}]))
    plain = {"type": "content", "content": [text(LONG)]}
    assert workspace.send(**said([{"type": "document", "source": plain}]), **MARK).read > 1024
    assert first.left == 0


def test_a_text_and_a_block_of_it_are_the_same(workspace: Workspace) -> None:
    first = workspace.send(system=LONG, messages=conversation(("user", "Hi")), **MARK)
    second = workspace.send(
        system=[text(LONG)], messages=conversation(("user", [text("Hi")])), **MARK
    )
    assert second.read == first.total


TOOLS = [{**TOOL, "description": LONG, **MARK}]
OTHER_TOOLS = [{**TOOL, "description": LONG + "!", **MARK}]
SEARCH = {"type": "web_search_20250305", "name": "web_search"}
CITED = {
    "type": "document",
    "source": {"type": "text", "media_type": "text/plain", "data": "words"},
    "citations": {"enabled": True},
}
SCHEMA = {"type": "json_schema", "schema": {"type": "object", "additionalProperties": False}}


# docs: What invalidates the cache, as table; of tools, system and messages, so many are left
@pytest.mark.parametrize(
    ("change", "left"),
    [
        pytest.param({"tools": OTHER_TOOLS}, 0, id="tool definitions"),
        pytest.param({"model": "claude-sonnet-4-6"}, 0, id="model"),
        pytest.param({"tools": [*TOOLS, SEARCH]}, 1, id="web search"),
        pytest.param({"citations": True}, 1, id="citations"),
        pytest.param({"speed": "fast"}, 1, id="speed"),
        pytest.param({"output_config": {"format": SCHEMA}}, 1, id="output format"),
        pytest.param({"system": [text(LONG + "!", **MARK)]}, 1, id="system"),
        pytest.param({"tool_choice": {"type": "any"}}, 2, id="tool choice"),
        pytest.param({"image": True}, 2, id="images"),
        pytest.param({"thinking": {"type": "enabled", "budget_tokens": 1024}}, 2, id="thinking"),
        pytest.param({"output_config": {"effort": "low"}}, 2, id="effort"),
        pytest.param({"metadata": {"user_id": "x"}, "max_tokens": 5}, 3, id="none"),
    ],
)
def test_what_invalidates_which_part(
    workspace: Workspace, change: dict[str, Any], left: int
) -> None:
    def sent(changes: dict[str, Any]) -> Counters:
        more: list[dict[str, Any]] = [text("And now?")]
        if changes.pop("image", False):
            more.append(IMAGE)
        if changes.pop("citations", False):
            more.append(CITED)
        turns = conversation(("user", [text(LONG, **MARK)]), ("assistant", "Yes"), ("user", more))
        base = {"tools": TOOLS, "system": SYSTEM, "messages": turns}
        return workspace.send(**{**base, **changes})

    first = sent({})
    parts = [0, *(entry.tokens for _, entry in workspace.store.entries._values.values())]
    assert sent(dict(change)).read == parts[left]
    assert first.written == parts[3]


def test_dropped_thinking_ends_the_prefix(workspace: Workspace) -> None:
    thought = {"type": "thinking", "thinking": LONG, "signature": "x"}
    opened = conversation(("user", LONG), ("assistant", [thought, call()]))
    looped = [*opened, *conversation(("user", [result(**MARK)]))]
    first = workspace.send(messages=looped, tools=[TOOL])
    # docs: Caching with thinking blocks. A new turn of the user drops the thinking before it.
    onward = [*looped, *conversation(("assistant", "Done"), ("user", [text("Thanks", **MARK)]))]
    assert first.written == first.total
    assert workspace.send(messages=onward, tools=[TOOL]).read == 0


def test_deferred_tools_are_not_part_of_the_prefix(workspace: Workspace) -> None:
    first = workspace.send(system=SYSTEM, tools=[TOOL])
    late = {**TOOL, "name": "other", "defer_loading": True}
    assert workspace.send(system=SYSTEM, tools=[TOOL, late]).read == first.written


def test_the_order_of_keys_counts(workspace: Workspace) -> None:
    # docs: Troubleshooting common issues, for tool_use blocks
    turns = [
        conversation(("user", LONG), ("assistant", [call(input=given)]), ("user", [result()]))
        for given in ({"a": 1, "b": 2}, {"b": 2, "a": 1})
    ]
    workspace.send(messages=turns[0], tools=[TOOL], **MARK)
    assert workspace.send(messages=turns[1], tools=[TOOL], **MARK).read == 0


def test_a_full_shelf_loses_what_was_not_used_longest() -> None:
    shelf: Shelf[int] = Shelf(Clock(), 2)
    shelf.put(b"a", 1, 10)
    shelf.put(b"b", 2, 10)
    shelf.put(b"a", 1, 10)
    shelf.put(b"c", 3, 10)
    assert [shelf.find(key) for key in (b"a", b"b", b"c")] == [1, None, 3]
    assert MOST_ENTRIES < 10_000


def test_more_read_than_there_is_now_is_cut(workspace: Workspace) -> None:
    request = read(body(SONNET, system=SYSTEM))
    total = prompt_tokens(request)
    counted(request, total, workspace.store)
    assert counted(request, 1100, workspace.store) == (1100, 0, 0)
