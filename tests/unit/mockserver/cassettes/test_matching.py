"""Which recording answers, and what a miss says."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mockserver.cassettes.matching import Comparing, Library, Miss, comparing
from mockserver.cassettes.model import Recording

PATH = "/v1/messages"
MORE = {"b": 1, "c": 2, "d": 3}


def recording(place: str, asked: Any, path: str = PATH, method: str = "POST") -> Recording:
    return Recording(place, method, path, {}, asked, 200, {}, b"{}", (), 0.0, "")


def found(library: Library, asked: Any, path: str = PATH, method: str = "POST") -> str:
    """The place that answers, or the text of a miss."""
    raw = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
    answer = library.find(method, path, raw, {})
    return str(answer) if isinstance(answer, Miss) else answer.place


@pytest.mark.parametrize(
    "asked",
    [
        {"b": 1, "a": [1, 2], "metadata": {"user_id": "other"}},
        {"a": [1.0, 2], "b": 1, "metadata": {"user_id": "u"}},
        {"a": [1, 2], "b": 1, "metadata": {}},
    ],
)
def test_order_numbers_and_ignored_members_do_not_count(asked: Any) -> None:
    library = Library(
        [recording("a:1", {"a": [1, 2], "b": 1, "metadata": {"user_id": "u"}})],
        comparing(["metadata.user_id"]),
    )
    assert found(library, asked) == "a:1"


@pytest.mark.parametrize(
    ("ignored", "is_same"),
    [
        ("messages.*.id", True),
        ("messages.1.id", True),
        ("messages.0.id", False),
        ("messages.1", True),
        ("id", False),
    ],
)
def test_ignored_paths_go_into_lists(ignored: str, *, is_same: bool) -> None:
    one = {"messages": [{"id": 1}, {"id": 2}]}
    other = {"messages": [{"id": 1}, {"id": 3}]}
    library = Library([recording("a:1", one)], comparing([ignored]))
    assert (found(library, other) == "a:1") is is_same


def test_masked_parts_do_not_count() -> None:
    library = Library(
        [recording("a:1", {"text": "It is 2026-01-01 now"})], comparing([], [r"\d{4}-\d\d-\d\d"])
    )
    assert found(library, {"text": "It is 2026-11-24 now"}) == "a:1"
    assert found(library, {"text": "It was 2026-11-24 now"}) != "a:1"


def test_pattern_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'\(' is no regular expression"):
        comparing([], ["("])


def test_secrets_do_not_count_as_the_recording_has_none() -> None:
    library = Library(
        [
            recording(
                "a:1",
                {"token": "[removed]", "text": "key [removed]"},
                "/v1/x?api_key=%5Bremoved%5D",
            )
        ],
        Comparing(),
    )
    asked = {"token": "other-secret", "text": "key sk-ant-abcdef"}
    assert found(library, asked, "/v1/x?api_key=abc") == "a:1"


def test_recordings_of_one_request_come_in_order_and_the_last_one_again() -> None:
    library = Library([recording(f"a:{n}", {"a": 1}) for n in (1, 2, 3)], Comparing())
    given: dict[str, int] = {}
    answers = [library.find("POST", PATH, b'{"a":1}', given) for _ in range(5)]
    assert [a.place for a in answers if isinstance(a, Recording)] == [
        "a:1",
        "a:2",
        "a:3",
        "a:3",
        "a:3",
    ]
    assert found(library, {"a": 1}) == "a:1"  # to another caller


@pytest.mark.parametrize("raw", [b"", b"--boundary"])
def test_body_that_is_no_json_is_not_compared(raw: bytes) -> None:
    assert found(Library([recording("a:1", None)], Comparing()), raw) == "a:1"


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        pytest.param({"a": 2}, "a:2: a: 1 was recorded, 2 is asked", id="number"),
        pytest.param({"a": True}, "a:2: a: 1 was recorded, true is asked", id="bool"),
        pytest.param({"a": 1, "b": 0}, "a:2: b is not in the recording", id="more"),
        pytest.param({}, "a:2: a is only in the recording", id="less"),
        pytest.param({"a": [1]}, "a:2: a: 1 was recorded, [1] is asked", id="kind"),
        pytest.param(
            [],
            'a:1: the body: {"x":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa… was recorded, [] is asked',
            id="body",
        ),
        pytest.param(
            {"x": "a" * 60 + "d", "y": [9, 2, 3, 4], **MORE},
            "a:1: x: …'aaaaaaaaaabbbb' was recorded, …'aaaaaaaaaad' is asked; y.1 is not in "
            "the recording; y.2 is not in the recording; and 1 more",
            id="many",
        ),
    ],
)
def test_miss_names_the_nearest_recording_and_the_differences(asked: Any, said: str) -> None:
    library = Library(
        [recording("a:1", {"x": "a" * 60 + "bbbb", "y": [9], **MORE}), recording("a:2", {"a": 1})],
        Comparing(),
    )
    expected = f"No recording answers this request. The nearest is {said}"
    assert found(library, asked) == expected


def test_long_values_are_cut_at_both_sides_of_the_difference() -> None:
    library = Library([recording("a:1", "x" * 50 + "A" + "y" * 50)], Comparing())
    said = found(library, "x" * 50 + "B" + "y" * 50)
    assert f"…'{'x' * 10}A{'y' * 29}'… was recorded" in said


def test_miss_in_method_and_path_is_told() -> None:
    library = Library([recording("a:1", None, "/v1/models", "GET")], Comparing())
    said = found(library, b"", "/v1/files", "DELETE")
    assert "method: 'GET' was recorded, 'DELETE' is asked; path: '/v1/models' was" in said.replace(
        "…", ""
    )


def test_miss_of_an_empty_library_says_so() -> None:
    assert found(Library([], Comparing()), {}).endswith("there is none in the cassettes")
