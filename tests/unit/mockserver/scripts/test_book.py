"""Which reply is next: the queue, the entries in order, lists, times, and conversations side by side."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from mockserver.errors import ApiError
from mockserver.scripts import book as module
from mockserver.scripts import reading
from mockserver.scripts.book import Book, Choice, Miss
from mockserver.scripts.matching import Asked
from mockserver.scripts.model import Entry
from tests.unit.mockserver.bodies import TOOL, body, call, conversation, read, result

TOOLS = {"tools": [TOOL]}
CALL = {"tool": "get_weather"}


def entry(reply: Any, name: str = "rule 1", **more: Any) -> Entry:
    return reading.entry({"reply": reply, **more}, name)


class File:
    """A file of entries that a test changes."""

    def __init__(self, *entries: Entry) -> None:
        self.entries = entries


def ask(book: Book, words: str = "Hello") -> Any:
    """The text, tool or error that answers a question; None for a miss."""
    return given(book.choose(Asked(read(body(messages=conversation(("user", words)))), ())))


def come_back(book: Book, tool_id: str) -> Any:
    """What answers the result of a call."""
    turns = conversation(("user", "a"), ("assistant", [call(tool_id)]), ("user", [result(tool_id)]))
    return given(book.choose(Asked(read(body(messages=turns, **TOOLS)), ())))


def given(choice: Choice | Miss | None) -> Any:
    if not isinstance(choice, Choice):
        return None
    reply = choice.reply
    return reply.text or (
        reply.calls[0].tool if reply.calls else reply.error and reply.error.status
    )


def call_made(book: Book, tool_id: str, words: str = "Hello") -> Any:
    """Ask, and let the answer's call have an id."""
    choice = book.choose(Asked(read(body(messages=conversation(("user", words)))), ()))
    assert isinstance(choice, Choice)
    book.follow(choice, [{"type": "text"}, call(tool_id)])
    return given(choice)


def test_an_empty_book_has_nothing() -> None:
    book = Book()
    assert book.is_empty
    assert book.choose(Asked(read(body()), ())) is None
    assert Book(File()).is_empty
    assert not Book(File(entry("a"))).is_empty


def test_the_queue_comes_first_and_ends() -> None:
    book = Book(File(entry("file")))
    book.push([entry("one"), entry("two")])
    assert not book.is_empty
    assert [ask(book) for _ in range(3)] == ["one", "two", "file"]


def test_own_entries_come_before_the_files_and_the_first_that_fits_wins() -> None:
    book = Book(File(entry("file", "f")))
    book.add([entry("own", "o", when={"user": "own"}), entry("later", "l", when={"user": "own"})])
    assert ask(book, "own") == "own"
    assert ask(book, "other") == "file"
    assert [book.answered(each) for each in book.entries] == [1, 0, 1]


def test_times_bounds_an_entry() -> None:
    book = Book()
    book.add([entry("once", times=1), entry("then", "rule 2")])
    assert [ask(book) for _ in range(3)] == ["once", "then", "then"]


def test_a_list_is_given_in_order_and_again() -> None:
    book = Book()
    book.add([entry(["a", {"error": 529}, "c"])])
    assert [ask(book) for _ in range(5)] == ["a", 529, "c", "a", 529]


def test_times_counts_whole_lists() -> None:
    book = Book()
    book.add([entry(["a", "b"], times=2)])
    assert [ask(book) for _ in range(5)] == ["a", "b", "a", "b", None]


def test_results_get_the_reply_after_their_call_side_by_side() -> None:
    book = Book()
    book.add([entry([CALL, "done"], when={"user": "Hello"})])
    assert call_made(book, "toolu_a") == call_made(book, "toolu_b") == "get_weather"
    assert come_back(book, "toolu_b") == "done"
    assert come_back(book, "toolu_a") == "done"
    assert come_back(book, "toolu_a") == "done"  # the client lost the answer and asks again
    assert come_back(book, "toolu_unknown") is None
    assert ask(book) == "get_weather"


def test_a_call_at_the_end_of_a_list_has_nothing_after_it() -> None:
    book = Book()
    book.add([entry([CALL], when={"user": "Hello"})])
    call_made(book, "toolu_a")
    assert come_back(book, "toolu_a") is None


def test_an_error_in_a_tool_loop_is_met_by_the_same_conversation() -> None:
    book = Book()
    book.add([entry([CALL, {"error": 529}, "done", "next"], when={"user": "Hello"})])
    call_made(book, "toolu_a")
    assert [come_back(book, "toolu_a") for _ in range(3)] == [529, "done", "done"]
    assert ask(book) == "next"


def test_an_error_at_the_end_of_a_tool_loop_comes_once() -> None:
    book = Book()
    book.add([entry([CALL, {"error": 500}], when={"user": "Hello"})])
    call_made(book, "toolu_a")
    assert [come_back(book, "toolu_a") for _ in range(2)] == [500, None]


def test_an_entry_that_is_gone_does_not_go_on() -> None:
    file = File(entry([CALL, "done"]))
    book = Book(file)
    call_made(book, "toolu_a")
    file.entries = (entry("new"),)
    assert come_back(book, "toolu_a") == "new"


def test_calls_are_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PENDING", 1)
    book = Book()
    book.add([entry([CALL, "done"], when={"user": "Hello"})])
    call_made(book, "toolu_a")
    call_made(book, "toolu_b")
    assert come_back(book, "toolu_a") is None
    assert come_back(book, "toolu_b") == "done"


def test_counts_of_replaced_entries_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PROGRESS", 1)
    file = File(entry("a"))
    book = Book(file)
    for _ in range(4):
        file.entries = (entry("a"),)
        ask(book)
    assert len(book._progress) <= 2


def test_a_miss_names_what_came_nearest() -> None:
    book = Book()
    book.add(
        [
            entry("far", "far", when={"user": "x", "turn": 7}),
            entry("near", "near", when={"user": "x"}),
            entry("as near", "as near", when={"user": "y"}),
        ]
    )
    miss = book.choose(Asked(read(body()), ()))
    assert isinstance(miss, Miss)
    assert (miss.entry.id, miss.why) == ("near", "user: 'x' is not in 'Hello'")
    book.clear()
    book.add([entry("once", times=1)])
    ask(book)
    miss = book.choose(Asked(read(body()), ()))
    assert isinstance(miss, Miss)
    assert miss.why == "times: it answered 1 times already"


def test_an_entry_is_exchanged_and_all_are_cleared() -> None:
    book = Book(File(entry("file")))
    old, other = entry("old"), entry("other")
    book.add([old, other])
    book.exchange(old, entry("new"))
    assert ask(book) == "new"
    book.push([entry("queued")])
    book.clear()
    assert ask(book) == "file"
    assert (book.next_id("rule"), book.next_id("reply")) == ("rule 1", "reply 2")


def test_a_copy_goes_its_own_way() -> None:
    book = Book()
    book.add([entry(["a", "b"])])
    book.push([entry("queued")])
    taken = copy.deepcopy(book)
    assert [ask(book) for _ in range(2)] == ["queued", "a"]
    assert [ask(taken) for _ in range(3)] == ["queued", "a", "b"]
    assert ask(book) == "b"


@pytest.mark.parametrize(("method", "name"), [("push", "MOST_QUEUED"), ("add", "MOST_ENTRIES")])
def test_too_many_are_refused(method: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, name, 2)
    book = Book()
    getattr(book, method)([entry("a"), entry("b")])
    with pytest.raises(ApiError, match="more than 2 .* DELETE /_mock/replies first"):
        getattr(book, method)([entry("c")])
