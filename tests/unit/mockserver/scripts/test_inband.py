"""Scripts inside a request: marks in the text, and headers."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.scripts import inband
from mockserver.scripts.model import Call, Failure, Reply, ScriptError

TEXTS = [
    pytest.param("a [[mock reply: Hello [1] ]] b", Reply(text="Hello [1]"), id="text"),
    pytest.param("[[mock reply:]]", Reply(text=""), id="empty"),
    pytest.param("[[mock tool: f]]", Reply(calls=(Call("f"),)), id="tool"),
    pytest.param(
        '[[mock tool: f {"a": [[1]]} ]][[mock tool: g {}]]',
        Reply(calls=(Call("f", {"a": [[1]]}), Call("g", {}))),
        id="tools",
    ),
    pytest.param(
        "[[mock thinking: Hm]] and [[mock stop_reason: refusal]]",
        Reply(thinking="Hm", stop_reason="refusal"),
        id="several",
    ),
    pytest.param("[[mock error: 529]]", Reply(error=Failure(529)), id="error"),
    pytest.param("[[mock stop_sequence: END]]", Reply(stop_sequence="END"), id="stop_sequence"),
    pytest.param(
        '[[mock {"text": "a", "usage": {"output_tokens": 7}}]]',
        Reply(text="a", usage={"output_tokens": 7}),
        id="json",
    ),
]


@pytest.mark.parametrize(("text", "reply"), TEXTS)
def test_marks_are_a_reply(text: str, reply: Reply) -> None:
    entry = inband.in_text(text)
    assert entry is not None
    assert (entry.id, entry.replies) == ("in-band text", (reply,))


def test_other_text_is_no_script() -> None:
    assert inband.in_text("a [[link]] and [mock]") is None
    assert inband.in_headers({"host": "x"}) is None


WRONG = [
    ("[[mock]]", "[[mock ]]: write [[mock reply: text]]; The words are reply, tool"),
    ("[[mock tol: x]]", "[[mock tol]]: there is no 'tol'; did you mean 'tool'? The words are"),
    ("[[mock qqq: x]]", "[[mock qqq]]: there is no 'qqq'; The words are"),
    ("[[mock reply: x", "[[mock reply]]: it does not end with ]]"),
    ("[[mock tool: f {} x]]", "[[mock tool]]: it does not end with ]]"),
    ("[[mock tool: {}]]", "[[mock tool]]: name the tool"),
    ("[[mock tool: f {a}]]", "[[mock tool]]: not JSON: "),
    ("[[mock {a}]]", "[[mock]]: not JSON: "),
    ("[[mock error: many]]", "reply.error: Input does not match the expected shape"),
    ("[[mock stop_reason: done]]", "reply.stop_reason: Input should be 'end_turn'"),
    ('[[mock {"txet": "a"}]]', "reply.txet: there is no key 'txet'; did you mean 'text'?"),
]


@pytest.mark.parametrize(("text", "problem"), WRONG)
def test_a_wrong_mark_is_named(text: str, problem: str) -> None:
    with pytest.raises(ScriptError) as caught:
        inband.in_text(text)
    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize(
    ("headers", "reply"),
    [
        ({"x-mock-reply": "Hello"}, Reply(text="Hello")),
        ({"x-mock-reply": '{"text": "a", "stop_reason": "max_tokens"}'}, Reply(text="a", stop_reason="max_tokens")),
        ({"x-mock-tool": 'f {"a": 1}'}, Reply(calls=(Call("f", {"a": 1}),))),
        ({"x-mock-stop-reason": "refusal"}, Reply(stop_reason="refusal")),
        ({"x-mock-error": "429"}, Reply(error=Failure(429))),
        ({"x-mock-thinking": "Hm", "x-mock-reply": "a"}, Reply(text="a", thinking="Hm")),
    ],
    ids=str,
)  # fmt: skip
def test_headers_are_a_reply(headers: dict[str, str], reply: Reply) -> None:
    entry = inband.in_headers(headers)
    assert entry is not None
    assert (entry.id, entry.replies) == ("in-band headers", (reply,))


@pytest.mark.parametrize(
    ("headers", "problem"),
    [
        ({"x-mock-reply": "{a"}, "x-mock-reply: not JSON"),
        ({"x-mock-tool": "{}"}, "x-mock-tool: name the tool"),
    ],
)
def test_a_wrong_header_is_named(headers: dict[str, Any], problem: str) -> None:
    with pytest.raises(ScriptError, match=problem):
        inband.in_headers(headers)
