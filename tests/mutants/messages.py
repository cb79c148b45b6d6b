"""Servers whose messages are wrong."""

from __future__ import annotations

from contracts.suite.transports import Received, Sent, Transport
from tests.mutants.mutant import (
    Json,
    answering,
    asked,
    body,
    each_message,
    instead,
    is_message,
    is_stream,
    mutant,
)


@mutant("usage")
def usage_beyond_max_tokens(sent: Sent, _right: Transport, received: Received) -> Received:
    """output_tokens is more than max_tokens."""
    if not is_message(sent, received):
        return received
    value = body(received)
    value["usage"]["output_tokens"] = asked(sent).get("max_tokens", 0) + 1
    return answering(received, value)


@mutant("usage")
def usage_of_the_text_alone(sent: Sent, right: Transport, received: Received) -> Received:
    """input_tokens counts a fixed number for each request."""
    return each_message(lambda value: value["usage"].update(input_tokens=10))(sent, right, received)


@mutant("usage")
def count_off_by_one(sent: Sent, _right: Transport, received: Received) -> Received:
    """count_tokens says one more than usage."""
    if not sent.path.endswith("count_tokens") or received.status != 200:
        return received
    return answering(received, {"input_tokens": body(received)["input_tokens"] + 1})


@mutant("usage")
def cache_that_does_not_add_up(sent: Sent, right: Transport, received: Received) -> Received:
    """cache_creation is not the sum of its parts."""

    def edit(value: Json) -> None:
        value["usage"]["cache_creation"]["ephemeral_5m_input_tokens"] += 7

    return each_message(edit)(sent, right, received)


@mutant("texts", "streams")
def stop_sequence_not_named(sent: Sent, right: Transport, received: Received) -> Received:
    """stop_sequence is null where one stopped the answer."""
    return each_message(lambda value: value.update(stop_sequence=None))(sent, right, received)


@mutant("usage")
def always_at_its_end(sent: Sent, right: Transport, received: Received) -> Received:
    """stop_reason is always end_turn."""
    edit = {"stop_reason": "end_turn", "stop_sequence": None}
    return each_message(lambda value: value.update(edit))(sent, right, received)


@mutant("streams")
def surplus_key(sent: Sent, right: Transport, received: Received) -> Received:
    """A message has a key that the API does not know."""
    return each_message(lambda value: value.update(mock=True))(sent, right, received)


@mutant("streams")
def missing_key(sent: Sent, right: Transport, received: Received) -> Received:
    """A message has no stop_details."""
    return each_message(lambda value: value.pop("stop_details", None))(sent, right, received)


@mutant("streams")
def other_order(sent: Sent, right: Transport, received: Received) -> Received:
    """The keys of a message come in alphabetical order."""

    def edit(value: Json) -> None:
        pairs = sorted(value.items())
        value.clear()
        value.update(pairs)

    return each_message(edit)(sent, right, received)


@mutant("ids")
def one_id_for_all(sent: Sent, right: Transport, received: Received) -> Received:
    """Every message has the same id."""
    return each_message(lambda value: value.update(id="msg_01" + "a" * 22))(sent, right, received)


@mutant("streams")
def alias_as_model(sent: Sent, _right: Transport, received: Received) -> Received:
    """model is the alias of the request, not the model's id."""
    if not is_message(sent, received):
        return received
    return answering(received, {**body(received), "model": asked(sent).get("model")})


@mutant("streams")
def tools_without_a_choice(sent: Sent, _right: Transport, received: Received) -> Received:
    """A tool is called though tool_choice is none."""
    choice = asked(sent).get("tool_choice")
    if not is_message(sent, received) or choice != {"type": "none"}:
        return received
    call = {
        "type": "tool_use",
        "id": "toolu_01" + "a" * 22,
        "name": "get_weather",
        "input": {"city": "Oslo"},
        "caller": {"type": "direct"},
    }
    return answering(received, {**body(received), "content": [call], "stop_reason": "tool_use"})


@mutant("tools")
def forced_tool_ignored(sent: Sent, _right: Transport, received: Received) -> Received:
    """tool_choice any gets a text."""
    if not is_message(sent, received) or "tool_choice" not in asked(sent):
        return received
    text = {"type": "text", "text": "No."}
    return answering(received, {**body(received), "content": [text], "stop_reason": "end_turn"})


@mutant("texts")
def lost_unicode(_sent: Sent, _right: Transport, received: Received) -> Received:
    """What is not ASCII becomes a question mark."""
    text = received.body.decode("utf-8", "replace")
    return received._replace(body=text.encode("ascii", "replace"))


@mutant("streams")
def no_request_id(_sent: Sent, _right: Transport, received: Received) -> Received:
    """Answers have no header request-id."""
    kept = {name: value for name, value in received.headers.items() if name != "request-id"}
    return received if received.status != 200 else received._replace(headers=kept)


@mutant("ids")
def one_request_id_for_all(_sent: Sent, _right: Transport, received: Received) -> Received:
    """Every answer has the same request-id."""
    if "request-id" not in received.headers:
        return received
    same = "req_01" + "a" * 22
    raw = received.body.replace(received.headers["request-id"].encode(), same.encode())
    return received._replace(headers={**received.headers, "request-id": same}, body=raw)


@mutant("streams")
def html(sent: Sent, _right: Transport, received: Received) -> Received:
    """A gateway's page instead of a message."""
    if not is_message(sent, received) and not is_stream(received):
        return received
    return received._replace(body=b"<html>Welcome</html>")


@mutant("texts", "streams")
def stop_sequences_ignored(sent: Sent, right: Transport, received: Received) -> Received:
    """An answer goes on behind a stop sequence."""
    if received.status != 200 or "stop_sequences" not in asked(sent):
        return received
    return instead(sent, right, lambda value: value.pop("stop_sequences"))


@mutant("tools")
def input_without_its_fields(sent: Sent, right: Transport, received: Received) -> Received:
    """The input of a call lacks what its schema requires."""

    def edit(value: Json) -> None:
        for block in value["content"]:
            if block["type"] == "tool_use":
                block["input"] = {}

    return each_message(edit)(sent, right, received)
