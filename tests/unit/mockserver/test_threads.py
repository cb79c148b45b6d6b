"""Message threads: what a turn may leave out, what must not change, and what a workspace keeps."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from starlette.types import ASGIApp

from mockserver import threads as module
from mockserver.app import create_app
from mockserver.clock import Clock
from mockserver.errors import ApiError
from mockserver.settings import Settings
from mockserver.threads import KEPT_SECONDS, Threads, is_resumption
from tests.unit.mockserver.asgi import Answer, call
from tests.unit.mockserver.bodies import TODAY, TOOL, body, conversation, result, text
from tests.unit.mockserver.bodies import call as tool_call

BETA = "message-threads-2026-08-12"
HEADERS = {"anthropic-beta": BETA}
CREATE = {"thread": {"type": "create"}}
MODEL = "claude-opus-5"
MARK = {"cache_control": {"type": "ephemeral"}}
Sent = dict[str, Any]


def going_on(previous: str, *turns: tuple[str, Any], **more: Any) -> Sent:
    thread = {"type": "continue", "previous_message_id": previous}
    return body(MODEL, messages=conversation(*turns), thread=thread, **more)


class Talk:
    """A server's threads, asked over ASGI."""

    def __init__(self) -> None:
        self.app: ASGIApp = create_app(Settings(now=TODAY))

    def send(self, value: Sent, **headers: str) -> Answer:
        return call(self.app, body=value, headers={**HEADERS, **headers})

    def id_of(self, value: Sent) -> str:
        answer = self.send(value)
        assert answer.status == 200, answer.body
        return str(answer.json["id"])

    def code(self, value: Sent, **headers: str) -> tuple[int, str]:
        answer = self.send(value, **headers)
        return answer.status, str(answer.json["error"]["details"]["error_code"])


@pytest.fixture
def talk() -> Talk:
    return Talk()


def started(talk: Talk, **more: Any) -> str:
    return talk.id_of(body(MODEL, **CREATE, **more))


def test_a_turn_is_counted_with_the_conversation_before_it(talk: Talk) -> None:
    first = talk.send(body(MODEL, system="Be brief", tools=[TOOL], **CREATE)).json
    second = talk.send(going_on(first["id"], ("user", "And now?"))).json
    assert second["usage"]["input_tokens"] > first["usage"]["input_tokens"] + 5
    whole = conversation(("user", "Hello"), ("assistant", first["content"]), ("user", "And now?"))
    same = body(MODEL, system="Be brief", tools=[TOOL], messages=whole)
    assert talk.send(same).json["usage"]["input_tokens"] == second["usage"]["input_tokens"]


def test_rules_judge_the_whole_conversation(talk: Talk) -> None:
    called = talk.send(body(MODEL, tools=[TOOL], tool_choice={"type": "any"}, **CREATE)).json
    answer = talk.send(going_on(called["id"], ("user", "Well?"), tool_choice={"type": "any"}))
    assert answer.status == 400
    assert "tool_use" in answer.error
    results = [result(called["content"][0]["id"], content="Sunny")]
    after = going_on(called["id"], ("user", results), tool_choice={"type": "any"})
    assert talk.send(after).status == 200, "a refused turn leaves the thread where it was"


def test_an_unknown_response_is_not_found(talk: Talk) -> None:
    assert talk.code(going_on("msg_1", ("user", "Hi"))) == (404, "thread_not_found")


def test_another_key_does_not_find_it(talk: Talk) -> None:
    previous = started(talk)
    turn = going_on(previous, ("user", "Hi"))
    assert talk.code(turn, **{"x-api-key": "sk-ant-other"}) == (404, "thread_not_found")


def test_a_response_is_continued_once(talk: Talk) -> None:
    previous = started(talk)
    latest = talk.id_of(going_on(previous, ("user", "Hi")))
    turn = going_on(previous, ("user", "Hi"))
    assert talk.code(turn) == (400, "thread_already_continued")
    assert "already been continued" in talk.send(turn).error
    assert talk.id_of(going_on(latest, ("user", "Hi")))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"model": "claude-opus-4-8"}, "model"),
        ({"thinking": {"type": "disabled"}}, "thinking"),
        ({"tool_choice": {"type": "any"}}, "tool_choice"),
        (MARK, "cache_control"),
        ({"output_config": {"effort": "low"}}, "output_config"),
        ({"system": "Be long"}, "system"),
        ({"tools": [TOOL, {**TOOL, "name": "other"}]}, "tools"),
    ],
)
def test_fixed_fields_stay_the_same(talk: Talk, change: Sent, named: str) -> None:
    previous = started(talk, system="Be brief", tools=[TOOL])
    turn = {**going_on(previous, ("user", "Hi")), **change}
    assert talk.code(turn) == (400, "thread_fingerprint_mismatch")
    assert talk.send(turn).error.endswith(f"differing field(s): {named}")


def test_betas_stay_the_same(talk: Talk) -> None:
    previous = started(talk)
    more = {"anthropic-beta": f"{BETA},context-management-2025-06-27"}
    turn = going_on(previous, ("user", "Hi"))
    assert talk.code(turn, **more) == (400, "thread_fingerprint_mismatch")


def test_what_may_change_changes(talk: Talk) -> None:
    previous = started(talk, stop_sequences=["x"])
    turn = going_on(previous, ("user", "Hi"), max_tokens=9, metadata={"user_id": "a"}, stream=True)
    assert talk.send(turn).status == 200


def test_system_and_tools_may_be_sent_again(talk: Talk) -> None:
    billing = text("x-anthropic-billing-header: cch=1")
    system = [text("Be brief")]
    previous = started(talk, system=[*system, billing], tools=[TOOL])
    latest = talk.id_of(
        going_on(previous, ("user", "Hi"), system=[*system, text(billing["text"] + "2")])
    )
    assert talk.id_of(going_on(latest, ("user", "Hi"), system=[billing], tools=[TOOL]))


def test_marks_are_for_the_turn_that_sent_them(talk: Talk) -> None:
    marked = [("user", [text("Hi", **MARK)])]
    latest = started(talk, messages=conversation(*marked))
    for _ in range(5):
        latest = talk.id_of(going_on(latest, *marked))


def test_a_turn_that_only_sets_the_effort_is_held_as_well(talk: Talk) -> None:
    betas = f"{HEADERS['anthropic-beta']},mid-conversation-output-config-2026-07-01"
    low = {"role": "system", "output_config": {"effort": "low"}}
    begun = body(MODEL, **CREATE)
    first = talk.send({**begun, "messages": [*begun["messages"], low]}, **{"anthropic-beta": betas})
    assert first.status == 200, first.body

    second = talk.send(going_on(first.json["id"], ("user", "On")), **{"anthropic-beta": betas})

    assert second.status == 200, second.body


def test_too_many_marks_are_not_supported(talk: Talk) -> None:
    content = [text("Hi", **MARK) for _ in range(5)]
    refused = body(MODEL, messages=conversation(("user", content)), **CREATE)
    assert talk.code(refused) == (400, "thread_unsupported_request")
    details = talk.send(refused).json["error"]["details"]
    assert details["unsupported"] == ["cache_control"]


def test_edits_are_supported_in_part(talk: Talk) -> None:
    betas = {"anthropic-beta": f"{BETA},context-management-2025-06-27"}

    def edited(kind: str) -> Sent:
        return body(MODEL, context_management={"edits": [{"type": kind}]}, **CREATE)

    assert talk.send(edited("clear_thinking_20251015"), **betas).status == 200
    code = talk.code(edited("clear_tool_uses_20250919"), **betas)
    assert code == (400, "thread_unsupported_request")


def test_a_paused_turn_goes_on_without_a_message(talk: Talk) -> None:
    previous = started(talk)
    answer = talk.send(going_on(previous))
    # The schema lets it pass; that an answer which did not pause can't be prefilled is the model's rule.
    assert "prefill" in answer.error
    assert talk.send({**body(MODEL, messages=[]), **CREATE}).error == (
        "messages: at least one message is required"
    )


def test_an_empty_answer_is_no_message(talk: Talk) -> None:
    previous = started(talk, max_tokens=0)
    assert talk.id_of(going_on(previous, ("user", "Hi")))


def test_a_thread_needs_its_beta(talk: Talk) -> None:
    answer = call(talk.app, body=body(MODEL, **CREATE))
    assert answer.error == "thread: Extra inputs are not permitted"


def test_no_thread_is_no_thread(talk: Talk) -> None:
    assert talk.send(body(MODEL, thread=None)).status == 200


@pytest.fixture
def clock() -> Clock:
    return Clock(dt.date(2026, 11, 22))


def held(threads: Threads, name: str, words: str = "Hi") -> None:
    step = threads.opened(
        body(MODEL, messages=conversation(("user", words)), **CREATE), frozenset()
    )
    step.keep({"id": name, "content": [text("Hello")]})
    step.release()


def error_of(threads: Threads, previous: str) -> str:
    with pytest.raises(ApiError) as caught:
        threads.opened(going_on(previous, ("user", "Hi")), frozenset())
    assert caught.value.details is not None
    return str(caught.value.details["error_code"])


def test_five_minutes_after_the_last_turn_a_thread_is_gone(clock: Clock) -> None:
    threads = Threads(clock)
    held(threads, "msg_1")
    clock.forward(KEPT_SECONDS - 10)
    threads.opened(going_on("msg_1", ("user", "Hi")), frozenset()).keep(
        {"id": "msg_2", "content": []}
    )
    clock.forward(KEPT_SECONDS - 10)
    threads.opened(going_on("msg_2", ("user", "Hi")), frozenset()).release()
    clock.forward(10)
    assert error_of(threads, "msg_2") == "thread_not_found"


def test_two_turns_at_once_are_refused(clock: Clock) -> None:
    threads = Threads(clock)
    held(threads, "msg_1")
    step = threads.opened(going_on("msg_1", ("user", "Hi")), frozenset())
    assert error_of(threads, "msg_1") == "thread_continue_in_flight"
    step.release()
    threads.opened(going_on("msg_1", ("user", "Hi")), frozenset())


def test_a_thread_that_was_dropped_meanwhile_goes_on(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_THREADS", 1)
    threads = Threads(clock)
    held(threads, "msg_1")
    step = threads.opened(going_on("msg_1", ("user", "Hi")), frozenset())
    held(threads, "msg_2")
    step.keep({"id": "msg_3", "content": []})
    assert error_of(threads, "msg_2") == "thread_not_found"
    threads.opened(going_on("msg_3", ("user", "Hi")), frozenset())


def test_the_oldest_go_when_there_is_too_much(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", 3000)
    threads = Threads(clock)
    held(threads, "msg_1", "x" * 2000)
    held(threads, "msg_2", "x" * 2000)
    assert error_of(threads, "msg_1") == "thread_not_found"
    threads.opened(going_on("msg_2", ("user", "Hi")), frozenset())


def test_what_is_nested_too_deep_to_be_measured_is_large(clock: Clock) -> None:
    deep: Any = []
    for _ in range(400):
        deep = [deep]
    threads = Threads(clock)
    turns = conversation(("user", "Hi"), ("assistant", [tool_call(input={"x": deep})]))
    threads.opened(body(MODEL, messages=turns, **CREATE), frozenset()).keep(
        {"id": "msg_1", "content": []}
    )
    assert threads._size == module.LARGE


@pytest.mark.parametrize("value", [[], None, {"messages": []}, {"messages": [], "thread": "x"}])
def test_only_a_thread_goes_on_without_a_message(value: Any) -> None:
    assert not is_resumption(value)
