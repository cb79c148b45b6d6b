"""Compaction on demand and by threshold: what is answered, and that it can be sent back."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.assembly import assembled
from contracts.framing import frames
from mockserver.ids import Ids
from mockserver.replies.answer import Answer
from mockserver.replies.compacting import MOST_QUOTED, summary
from mockserver.replies.improvise import improvised
from mockserver.replies.message import closing, message, opening
from mockserver.replies.scripted import scripted
from mockserver.request import Request
from mockserver.scripts.model import Reply
from mockserver.signing import is_summarized
from mockserver.streaming import framed
from mockserver.tokens import prompt_tokens
from tests.unit.mockserver.bodies import body, conversation, read, refusal, text

MODEL = "claude-opus-5-5"
BETAS = frozenset({"compact-2026-09-04", "compact-2026-01-12"})
ASK = ("user", "Hello")
LONG = ("user", "They walked along the river and talked. " * 6_000)
TALK = (LONG, ("assistant", "Ok."), ("user", "And now?"))
DEMAND = {"compaction": {"type": "summarize"}}
SUMMARY = {"type": "compaction", "content": "They talked."}


def asked(*turns: tuple[str, Any], **more: Any) -> Request:
    given = {"max_tokens": 1024, "messages": conversation(*turns), **more}
    return read(body(MODEL, **given), betas=BETAS)


def by_threshold(value: int | None = 50_000, **more: Any) -> dict[str, Any]:
    trigger = None if value is None else {"type": "input_tokens", "value": value}
    edit = {"type": "compact_20260112", "trigger": trigger, **more}
    return {"context_management": {"edits": [{"type": "clear_tool_uses_20250919"}, edit]}}


def answered(request: Request, seed: int = 0) -> Answer:
    return improvised(request, Ids(seed, "key"), seed)


def whole(request: Request, answer: Answer | None = None) -> dict[str, Any]:
    answer = answer or answered(request)
    return message(request, answer, "msg_1", prompt_tokens(request))


def kinds(answer: Answer) -> list[str]:
    return [block["type"] for block in answer.blocks]


def test_on_demand_a_signed_block_comes_alone() -> None:
    answer = answered(asked(ASK, **DEMAND), seed=7)
    (block,) = answer.blocks
    assert list(block) == ["type", "content", "signature"]
    assert is_summarized(7, block["content"], block["signature"])
    assert answer.stop_reason == "compaction"


def test_on_demand_all_tokens_are_in_the_list() -> None:
    request = asked(ASK, **DEMAND)
    usage = whole(request)["usage"]
    assert (usage["input_tokens"], usage["output_tokens"]) == (0, 0)
    (entry,) = usage["iterations"]
    assert entry["type"] == "compaction"
    assert entry["input_tokens"] == prompt_tokens(request)
    assert entry["output_tokens"] == answered(request).output_tokens > 0


def test_a_summary_that_was_cut_off_is_none() -> None:
    request = asked(ASK, max_tokens=5, **DEMAND)
    answer = answered(request)
    assert (answer.blocks, answer.stop_reason) == ([], "max_tokens")
    usage = whole(request)["usage"]
    assert usage["output_tokens"] == 0
    assert [(e["type"], e["output_tokens"]) for e in usage["iterations"]] == [("compaction", 5)]


def test_a_summary_may_be_as_long_as_is_allowed() -> None:
    tokens = answered(asked(ASK, **DEMAND)).output_tokens
    exact, shorter = (asked(ASK, max_tokens=tokens - less, **DEMAND) for less in (0, 1))
    assert answered(exact).stop_reason == "compaction"
    assert answered(shorter).stop_reason == "max_tokens"


def test_a_summary_comes_back_as_it_was() -> None:
    (block,) = answered(asked(ASK, **DEMAND)).blocks
    assert refusal(asked(("assistant", [block]), ASK)) is None
    edited = {**block, "content": f"{block['content']} Changed."}
    refused = refusal(asked(("assistant", [edited]), ASK))
    assert refused is not None
    assert refused.message == (
        "messages.0.content.0: `compaction` block `content` does not match its `signature`"
    )
    assert refused.details == {"error_code": "compaction_content_mismatch"}


def test_a_request_with_a_summary_lists_its_sampling() -> None:
    (block,) = answered(asked(ASK, **DEMAND)).blocks
    usage = whole(asked(("assistant", [block]), ("user", "And now?")))["usage"]
    assert [entry["type"] for entry in usage["iterations"]] == ["message"]
    assert usage["iterations"][0]["input_tokens"] == usage["input_tokens"] > 0


def test_at_the_threshold_the_answer_follows_an_unsigned_block() -> None:
    answer = answered(asked(*TALK, **by_threshold()))
    assert kinds(answer) == ["compaction", "text"]
    assert list(answer.blocks[0]) == ["type", "content"]
    assert answer.stop_reason == "end_turn"
    usage = whole(asked(*TALK, **by_threshold()))["usage"]
    assert [entry["type"] for entry in usage["iterations"]] == ["compaction", "message"]
    assert usage["output_tokens"] == usage["iterations"][1]["output_tokens"]


def test_with_a_pause_the_block_comes_alone() -> None:
    found = whole(asked(*TALK, **by_threshold(pause_after_compaction=True)))
    assert [block["type"] for block in found["content"]] == ["compaction"]
    assert found["stop_reason"] == "compaction"
    start, end = opening(found), closing(found)
    for usage in (start["usage"], end["usage"]):
        assert (usage["input_tokens"], usage["output_tokens"]) == (0, 0)
    assert start["context_management"] is None
    assert end["context_management"] == {"applied_edits": []}


@pytest.mark.parametrize(
    ("turns", "edits"),
    [
        pytest.param((ASK,), by_threshold(), id="short"),
        pytest.param(TALK, by_threshold(None), id="under_the_usual_threshold"),
        pytest.param(TALK, {"context_management": None}, id="null"),
        pytest.param(TALK, {"context_management": {}}, id="no_edits"),
    ],
)
def test_below_the_threshold_nothing_is_compacted(
    turns: tuple[tuple[str, Any], ...], edits: dict[str, Any]
) -> None:
    assert kinds(answered(asked(*turns, **edits))) == ["text"]


def test_what_a_block_sums_up_is_dropped() -> None:
    answer = answered(asked(*TALK, **by_threshold()))
    again = asked(*TALK, ("assistant", answer.blocks), ("user", "And then?"), **by_threshold())
    assert prompt_tokens(again) < 1_000
    assert kinds(answered(again)) == ["text"]


def test_a_summary_quotes_the_beginning_and_the_end() -> None:
    said = summary(asked(("user", "Alpha"), ("assistant", [text("Beta"), text("Gamma")])))
    assert "Alpha" in said
    assert said.endswith("Gamma")
    assert len(summary(asked(LONG))) < 3 * MOST_QUOTED
    image = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
    assert summary(asked(("user", [image]))).startswith("Summary of 1 message")
    old = {**SUMMARY, "signature": "c2ln"}
    assert "They talked." in summary(asked(("assistant", [old]), ASK))


@pytest.mark.parametrize("more", [DEMAND, by_threshold()], ids=["signed", "unsigned"])
def test_a_stream_tells_the_same(more: dict[str, Any]) -> None:
    found = whole(asked(*TALK, **more))
    events = [frame.data for frame in frames(framed(found, 0)) if frame.name != "ping"]
    assert assembled(events)["content"] == found["content"]
    deltas = [event["delta"]["type"] for event in events if event["type"] == "content_block_delta"]
    assert ("compaction_delta" in deltas) == (more is not DEMAND)
    start = next(event["content_block"] for event in events if "content_block" in event)
    expected = found["content"][0] if more is DEMAND else {"type": "compaction", "content": None}
    assert start == expected


@pytest.mark.parametrize(
    ("block", "more", "is_signed"),
    [
        pytest.param(SUMMARY, DEMAND, True, id="on_demand"),
        pytest.param({**SUMMARY, "content": None}, DEMAND, False, id="failed"),
        pytest.param(SUMMARY, by_threshold(), False, id="by_threshold"),
    ],
)
def test_a_script_can_say_a_summary(
    block: dict[str, Any], more: dict[str, Any], *, is_signed: bool
) -> None:
    reply = Reply(blocks=(block,), stop_reason="compaction")
    answer = scripted(asked(ASK, **more), reply, Ids(0, "key"), 0)
    (sent,) = answer.blocks
    assert sent["content"] == block["content"]
    assert ("signature" in sent) == is_signed
    assert answer.stop_reason == "compaction"


def test_a_script_s_own_signature_stays() -> None:
    signed = {**SUMMARY, "signature": "c2ln"}
    reply = Reply(blocks=(signed,), stop_reason="compaction")
    assert scripted(asked(ASK, **DEMAND), reply, Ids(0, "key"), 0).blocks == [signed]
