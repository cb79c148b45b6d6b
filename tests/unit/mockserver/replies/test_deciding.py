"""Who answers, seen from a client: files, in-band scripts, and answers that say which entry gave them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from contracts.oracle import check_message, check_stream
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import Answer, call
from tests.unit.mockserver.bodies import NEW, OLD, TODAY, TOOL, body, conversation, result, text

SCRIPT = """
- when: {user: weather}
  reply:
    - tool: get_weather
      input: {city: Rome}
    - text: It is sunny in Rome.
      usage: {output_tokens: 9, input_tokens: 7}
- name: größe
  when: {user: busy}
  reply: {error: 529}
- when: {user: compacted}
  reply:
    blocks: [{type: compaction, content: a}]
- when: {user: pause}
  reply: {stop_reason: pause_turn, force: true}
- when: {headers: {x-tenant: acme}}
  reply: Hello, tenant
"""


@pytest.fixture
def app(tmp_path: Path) -> ASGIApp:
    path = tmp_path / "script.yaml"
    path.write_text(SCRIPT, "utf-8")
    return create_app(Settings(script=path, now=TODAY))


def ask(app: ASGIApp, words: Any, headers: dict[str, str] | None = None, **more: Any) -> Answer:
    turns = conversation(("user", words)) if isinstance(words, str) else words
    return call(app, body=body(messages=turns, tools=[TOOL], **more), headers=headers)


def said(answer: Answer) -> str:
    return str(answer.json["content"][0]["text"])


def test_a_tool_conversation_follows_the_script(app: ASGIApp) -> None:
    first = ask(app, "How is the weather?")
    (made,) = first.json["content"]
    assert (made["input"], first.json["stop_reason"]) == ({"city": "Rome"}, "tool_use")
    turns = conversation(
        ("user", "How is the weather?"),
        ("assistant", [made]),
        ("user", [result(made["id"], content="sunny")]),
    )
    second = ask(app, turns)
    assert said(second) == "It is sunny in Rome."
    assert second.json["usage"]["input_tokens"] == 7
    assert check_message(second.json, NEW) == []
    for answer in (first, second):
        assert answer.headers["x-mock-script"] == "script.yaml:2"


def test_a_scripted_stream(app: ASGIApp) -> None:
    answer = ask(app, "weather", stream=True)
    assert check_stream(answer.body, NEW) == []
    assert b'"partial_json":"' in answer.body
    assert answer.headers["x-mock-script"] == "script.yaml:2"


def test_what_no_entry_fits_is_improvised(app: ASGIApp) -> None:
    answer = ask(app, "Hello")
    assert "You said: Hello" in said(answer)
    assert "x-mock-script" not in answer.headers


def test_a_scripted_error_names_its_entry(app: ASGIApp) -> None:
    answer = ask(app, "busy")
    assert (answer.status, answer.error) == (529, "Overloaded")
    assert answer.headers["x-mock-script"] == "gr%C3%B6%C3%9Fe"
    assert answer.headers["x-should-retry"] == "true"


def test_a_reply_of_another_version_is_told(app: ASGIApp) -> None:
    answer = ask(app, "compacted")
    assert answer.status == 400
    assert "content.0: Input tag 'compaction' found" in answer.error
    assert answer.headers["x-mock-script"] == "script.yaml:11"
    beta = {"anthropic-beta": "compact-2026-01-12"}
    assert ask(app, "compacted", beta).status == 200


def test_a_forced_reply_is_sent(app: ASGIApp) -> None:
    assert ask(app, "pause").json["stop_reason"] == "pause_turn"


def test_headers_are_conditions(app: ASGIApp) -> None:
    assert said(ask(app, "Hello", {"x-tenant": "acme-7"})) == "Hello, tenant"


def test_a_mark_in_the_last_user_text_is_followed(app: ASGIApp) -> None:
    answer = ask(app, "weather [[mock reply: In-band]]")
    assert said(answer) == "In-band"
    assert answer.headers["x-mock-script"] == "in-band text"
    turns = conversation(("user", [text("a"), text("[[mock reply: Second]]")]))
    assert said(ask(app, turns)) == "Second"
    turns = conversation(("user", "[[mock reply: Old]]"), ("assistant", "Old"), ("user", "New"))
    assert "You said: New" in said(ask(app, turns))
    turns = conversation(("user", "a"), ("assistant", "[[mock reply: Prefill]]"))
    assert ask(app, turns, tool_choice={"type": "none"}).status == 200


def test_headers_are_followed_first(app: ASGIApp) -> None:
    answer = ask(app, "[[mock reply: In text]]", {"x-mock-reply": "In headers"})
    assert said(answer) == "In headers"


def test_a_wrong_mark_is_refused(app: ASGIApp) -> None:
    answer = ask(app, "[[mock repli: a]]")
    assert answer.status == 400
    assert (
        "can't be followed: [[mock repli]]: there is no 'repli'; did you mean 'reply'?"
        in answer.error
    )


def test_the_rules_come_before_the_script(app: ASGIApp) -> None:
    answer = ask(app, "[[mock reply: a]]", max_tokens=-1)
    assert (answer.status, answer.headers["x-mock-rule"]) == (400, "shape")


def test_older_versions_are_answered_too(app: ASGIApp) -> None:
    answer = ask(app, "[[mock reply: a]]", {"anthropic-version": OLD})
    assert check_message(answer.json, OLD) == []
