"""Servers that refuse what they should not, or otherwise than they should, or not at all."""

from __future__ import annotations

import json
from typing import Any

from contracts.suite.transports import Received, Sent, Transport
from tests.mutants.mutant import (
    Json,
    answering,
    asked,
    body,
    instead,
    is_message,
    mutant,
    refusal,
)


def said(received: Received) -> str:
    return str(body(received)["error"]["message"]) if received.status >= 400 else ""


def turns(sent: Sent) -> list[Json]:
    found = asked(sent).get("messages")
    return [turn for turn in found if isinstance(turn, dict)] if isinstance(found, list) else []


@mutant("shapes", "conversation")
def any_role(sent: Sent, right: Transport, received: Received) -> Received:
    """A turn of an unknown role is taken for the user's."""
    if "Unexpected role" not in said(received):
        return received

    def edit(value: Json) -> None:
        for turn in value["messages"]:
            if turn.get("role") not in ("user", "assistant"):
                turn["role"] = "user"

    return instead(sent, right, edit)


@mutant("headers")
def error_without_a_request_id(_sent: Sent, _right: Transport, received: Received) -> Received:
    """The body of an error has no request_id."""
    if received.status < 400:
        return received
    value = body(received)
    value.pop("request_id", None)
    return answering(received, value)


@mutant("headers")
def wrong_key_with_a_request_id(_sent: Sent, _right: Transport, received: Received) -> Received:
    """A refused key gets a request id, as any other error does."""
    if received.status != 401 or "request-id" in received.headers:
        return received
    name = "req_01" + "a" * 22
    headers = {**received.headers, "request-id": name}
    return answering(received._replace(headers=headers), {**body(received), "request_id": name})


@mutant("shapes")
def unprocessable(_sent: Sent, _right: Transport, received: Received) -> Received:
    """422 instead of 400."""
    return received if received.status != 400 else received._replace(status=422)


@mutant("shapes")
def details_of_a_framework(_sent: Sent, _right: Transport, received: Received) -> Received:
    """Errors have the form of a web framework."""
    if received.status < 400:
        return received
    return answering(received, {"detail": said(received)})


@mutant("precedence")
def model_before_shape(sent: Sent, _right: Transport, received: Received) -> Received:
    """An unknown model is told before a fault of shape."""
    value = asked(sent)
    model = value.get("model")
    if "Extra inputs" not in said(received) or not isinstance(model, str) or "nothing" not in model:
        return received
    return refusal(received, 404, "not_found_error", f"model: {model}")


@mutant("precedence")
def version_before_key(sent: Sent, _right: Transport, received: Received) -> Received:
    """A wrong version is told before a wrong key."""
    version = sent.headers.get("anthropic-version", "")
    if received.status != 401 or version.startswith(("2023-06", "2026-10")):
        return received
    text = f'anthropic-version: "{version}" is not a valid version'
    return refusal(received, 400, "invalid_request_error", text)


@mutant("images")
def any_base64(sent: Sent, right: Transport, received: Received) -> Received:
    """The data of an image need not be base64 of an image."""
    text = said(received)
    if "base64" not in text or received.status != 400:
        return received

    def edit(value: Json) -> None:
        value["messages"] = [{"role": "user", "content": "Hello"}]

    return instead(sent, right, edit)


@mutant("prefill", "matrix")
def prefill_for_one_model(sent: Sent, right: Transport, received: Received) -> Received:
    """claude-opus-4-7 takes a conversation that ends in an assistant turn."""
    if "prefill" not in said(received) or asked(sent).get("model") != "claude-opus-4-7":
        return received
    return instead(sent, right, lambda value: value["messages"].append(turns(sent)[0]))


@mutant("matrix", "sampling")
def temperature_for_one_model(sent: Sent, _right: Transport, received: Received) -> Received:
    """claude-haiku-4-5 refuses a temperature."""
    value = asked(sent)
    if not is_message(sent, received) or value.get("temperature") in (None, 1):
        return received
    if "haiku-4-5" not in str(value.get("model")):
        return received
    text = "`temperature` is deprecated for this model."
    return refusal(received, 400, "invalid_request_error", text)


@mutant("headers")
def any_model(sent: Sent, right: Transport, received: Received) -> Received:
    """Every model is there."""
    if received.status != 404 or not said(received).startswith("model: ") or not turns(sent):
        return received
    return instead(sent, right, lambda value: value.update(model="claude-haiku-4-5"))


@mutant("headers")
def unknown_model_is_a_bad_request(_sent: Sent, _right: Transport, received: Received) -> Received:
    """400 for an unknown model."""
    if received.status != 404 or not said(received).startswith("model: "):
        return received
    return refusal(received, 400, "invalid_request_error", said(received))


@mutant("headers")
def any_key(sent: Sent, right: Transport, received: Received) -> Received:
    """A request without a key is let in."""
    if received.status != 401:
        return received
    return right(sent._replace(headers={**sent.headers, "x-api-key": "sk-ant-any"}))


@mutant("pairing", "conversation", "tools")
def results_without_calls(sent: Sent, right: Transport, received: Received) -> Received:
    """A tool_result needs no tool_use."""
    if "tool_result" not in said(received) and "tool_use" not in said(received):
        return received

    def edit(value: Json) -> None:
        value["messages"] = [{"role": "user", "content": "Hello"}]

    return instead(sent, right, edit)


@mutant("matrix")
def limits_of_another_model(sent: Sent, _right: Transport, received: Received) -> Received:
    """max_tokens over 4096 is refused."""
    most = asked(sent).get("max_tokens")
    if received.status != 200 or not isinstance(most, int) or most <= 4096:
        return received
    text = f"max_tokens: {most} > 4096, which is the maximum allowed number of output tokens"
    return refusal(received, 400, "invalid_request_error", text)


@mutant("generated")
def no_system_prompts_of_blocks(sent: Sent, _right: Transport, received: Received) -> Received:
    """A system prompt of several blocks is a server error."""
    system = asked(sent).get("system")
    if received.status != 200 or not isinstance(system, list) or len(system) < 2:
        return received
    return refusal(received, 500, "api_error", "Internal server error")


@mutant("pagination")
def pages_that_overlap(sent: Sent, _right: Transport, received: Received) -> Received:
    """A page begins with the last model of the one before."""
    if "after_id" not in sent.path or not sent.path.startswith("/v1/models"):
        return received
    value = body(received)
    last = sent.path.rpartition("after_id=")[2]
    value["data"].insert(0, {**value["data"][0], "id": last})
    value["first_id"] = last
    return answering(received, value)


@mutant("reads")
def reads_that_change(sent: Sent, _right: Transport, received: Received) -> Received:
    """A model looks otherwise each time it is read."""
    if not sent.path.startswith("/v1/models/") or received.status != 200:
        return received
    value: dict[str, Any] = body(received)
    number = sum(received.headers["request-id"].encode()) % 60
    return answering(received, {**value, "created_at": f"2025-10-15T00:00:{number:02d}Z"})


@mutant("betas")
def betas_for_all(sent: Sent, right: Transport, received: Received) -> Received:
    """Fields in beta need no header."""
    missing = received.headers.get("x-mock-rule") == "beta.header-missing"
    if not missing:
        return received
    return instead(
        sent,
        right,
        lambda value: [
            value.pop(key) for key in list(value) if key not in ("model", "messages", "max_tokens")
        ],
    )


@mutant("documents")
def any_document(sent: Sent, right: Transport, received: Received) -> Received:
    """PDFs are not looked at."""
    if received.status != 400 or b"application/pdf" not in sent.body:
        return received

    def edit(value: Json) -> None:
        value["messages"] = [{"role": "user", "content": "Hello"}]

    return instead(sent, right, edit)


@mutant("requests", "shapes")
def json_of_any_kind(sent: Sent, right: Transport, received: Received) -> Received:
    """A body that is no JSON is an empty request."""
    if "not valid JSON" not in said(received):
        return received
    return right(sent._replace(body=json.dumps({}).encode()))
