"""What a prompt offers: named values, names, numbers, kinds of things, JSON."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.replies.hints import MOST_OBJECTS, Hints, kind_of, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("get_weather", ["get", "weather"]),
        ("getUserName", ["get", "user", "name"]),
        ("HTTPServer2", ["http", "server", "2"]),
        ("mcp__a-b", ["mcp", "a", "b"]),
        ("__", []),
    ],
)
def test_words_of_a_name(name: str, words: list[str]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("unit: celsius", "unit", "celsius"),
        ("unit=celsius, please", "unit", "celsius"),
        ("the unit is celsius.", "unit", "celsius"),
        ("set the user name to Ada and go", "user_name", "Ada"),
        ('title "A b, c" it', "title", "A b, c"),
        ("with `depth` 'x'", "depth", "x"),
        ("what time is it in Rome", "time", None),
        ("no value: ", "value", None),
        ("units: many", "unit", None),
        ("x", "", None),
        ("a" * 70 + ": 1", "a" * 70, None),
        ("force: no", "force", "no"),
        ("name: ,", "name", None),
    ],
)
def test_given(text: str, name: str, value: str | None) -> None:
    assert Hints(text).given(name) == value


def test_given_items() -> None:
    assert Hints("tags: 'red', green, and blue. Go").given_items("tags") == ["red", "green", "blue"]
    assert Hints("ids=[1, 2]").given_items("ids") == ["1", "2"]
    assert Hints("nothing").given_items("ids") == []


@pytest.mark.parametrize(
    ("text", "strings"),
    [
        ("What's the weather in Paris?", ["Paris"]),
        ("weather in paris today", ["paris"]),
        ("weather for New York, NY and in rome", ["New York, NY", "rome"]),
        ("Ada Lovelace met Bob.", ["Ada Lovelace", "Bob"]),
        ("Paris please", ["Paris"]),
        ("Tell me of the Queen of England's crown", ["Queen of England"]),
        ("say 'one' “two” `three` \"four\"", ["one", "two", "three", "four"]),
        ("it's Ann's", ["Ann"]),
        ("", []),
    ],
)
def test_strings(text: str, strings: list[str]) -> None:
    assert Hints(text).strings == strings


def test_numbers() -> None:
    assert Hints("1, -2.5 and 3,000 or 1e3; not v2, a-1 or #7").numbers == [1, -2.5, 3000, 1000.0]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("url", "see https://example.com/a?b=1.", ["https://example.com/a?b=1"]),
        ("user_email", "to a.b@c.example!", ["a.b@c.example"]),
        ("file_path", "read ./a/b.py and c.md", ["./a/b.py", "c.md"]),
        ("start_date", "on 2026-05-06", ["2026-05-06"]),
        ("expression", "what is 2 + 3 * 4?", ["2 + 3 * 4"]),
        ("order_id", "order A-1234", ["A-1234"]),
        ("command", "Run ls -la", ["ls -la"]),
        ("command", "run `date`", ["date", "`date`"]),
        ("query", "Search the web for cute cats.", ["cute cats", "Search the web for cute cats."]),
        ("city", "Paris", []),
    ],
)
def test_of_kind(name: str, text: str, found: list[str]) -> None:
    assert Hints(text).of_kind(name) == found


def test_kind_of_the_last_word_that_says_one() -> None:
    assert (kind_of("file_url"), kind_of("url_file"), kind_of("city")) == ("url", "path", None)


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        ('a {"b": {"c": 1}} d {"e": 2}', [{"b": {"c": 1}}, {"e": 2}]),
        ("{x} {", []),
        ("{" * 50, []),
        ("{}" * (MOST_OBJECTS + 1), [{}] * MOST_OBJECTS),
    ],
)
def test_objects(text: str, objects: list[Any]) -> None:
    assert Hints(text).objects == objects


def test_mentions_are_whole_words() -> None:
    hints = Hints("The Weather, get_time")
    assert hints.mentions("weather")
    assert hints.mentions("get_time")
    assert not hints.mentions("time")
    assert not hints.mentions("heat")
    assert not hints.mentions(" ")


def test_one_of_several_things() -> None:
    assert Hints("Paris, Rome").about("Rome").strings == ["Rome", "Paris"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (str(2**63 - 1), 2**63 - 1),
        (str(2**63), None),
        (f"-{2**64}", None),
        ("9" * 400, None),
        ("9" * 20_000, None),
        (f"{'9' * 290}.5", 1e290),
        ("1.5e99", 1.5e99),
        (f"{'9' * 290}e99", None),
    ],
    ids=range(8),
)
def test_numbers_are_such_as_json_holds_everywhere(text: str, number: float | None) -> None:
    assert Hints(text).numbers == ([] if number is None else [number])
    given = f'{{"a": {text}}}'
    assert Hints(given).objects == ([] if number is None else [{"a": number}])


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "1e999", '"\\ud800"'])
def test_an_object_that_is_no_json_everywhere_is_none(value: str) -> None:
    assert Hints(f'{{"a": {value}}}').objects == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [("path", "a-"), ("path", "a/"), ("email", "a."), ("email", "_a"), ("expression", "1 ")],
)
def test_a_long_text_that_almost_has_one_has_none(kind: str, text: str) -> None:
    assert Hints(text * 10_000).of_kind(kind) == []


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("path", "-x/y-z.tar.gz"),
        ("path", f"{'a/' * 40}b.txt"),
        ("path", f"/{'a' * 499}"),
        ("email", f"{'a' * 64}@{'b.' * 8}example"),
        ("expression", f"({'1 + ' * 14}1) * ({'2 - ' * 14}2)"),
    ],
)
def test_what_is_long_is_found_whole(kind: str, found: str) -> None:
    assert Hints(f"look at {found}, please").of_kind(kind) == [found]
