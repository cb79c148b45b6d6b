"""Servers that are wrong about models."""

from __future__ import annotations

from contracts.suite.transports import Received, Sent, Transport
from tests.mutants.mutant import (
    OK,
    Json,
    answering,
    at,
    body,
    each_answer,
    instead,
    mutant,
    without_query,
)

MODELS, MODEL = "/v1/models", "/v1/models/*"


@mutant("models", "pagination")
def always_more(sent: Sent, right: Transport, received: Received) -> Received:
    """has_more is true on every page of the models."""
    edit = each_answer("GET", MODELS, lambda value: value.update(has_more=True))
    return edit(sent, right, received)


@mutant("models", "pagination")
def never_more(sent: Sent, right: Transport, received: Received) -> Received:
    """has_more is false on every page of the models."""
    edit = each_answer("GET", MODELS, lambda value: value.update(has_more=False))
    return edit(sent, right, received)


@mutant("models", "pagination", "reads")
def no_created_at(sent: Sent, right: Transport, received: Received) -> Received:
    """The models of the list have no created_at."""

    def edit(value: Json) -> None:
        for model in value["data"]:
            model.pop("created_at")

    return each_answer("GET", MODELS, edit)(sent, right, received)


@mutant("models", "pagination")
def before_id_ignored(sent: Sent, right: Transport, received: Received) -> Received:
    """The page before an id is the first one."""
    return without_query("before_id", "GET", MODELS)(sent, right, received)


@mutant("models")
def lifecycles_ignored(sent: Sent, right: Transport, received: Received) -> Received:
    """The list has the same models whatever lifecycle[] asks for."""
    return without_query("lifecycle[]", "GET", MODELS)(sent, right, received)


@mutant("models")
def any_model_is_there(sent: Sent, right: Transport, received: Received) -> Received:
    """An id that no model has gets a model of that id."""
    if not at(sent, "GET", MODEL) or received.status == OK:
        return received
    some = right(sent._replace(path="/v1/models/claude-haiku-4-5"))
    return answering(some, {**body(some), "id": sent.path.rpartition("/")[2]})


@mutant("models", "reads")
def alias_as_id(sent: Sent, right: Transport, received: Received) -> Received:
    """A model that is asked for by alias has the alias as its id."""
    edit = each_answer("GET", MODEL, lambda value: value.update(id=sent.path.rpartition("/")[2]))
    return edit(sent, right, received)


@mutant("models")
def one_limit_for_all(sent: Sent, right: Transport, received: Received) -> Received:
    """max_tokens is the same for every model."""
    edit = each_answer("GET", MODEL, lambda value: value.update(max_tokens=8192))
    return edit(sent, right, received)


@mutant("usage")
def tools_not_counted(sent: Sent, right: Transport, received: Received) -> Received:
    """count_tokens counts no tools."""
    if not at(sent, "POST", "/v1/messages/count_tokens") or received.status != OK:
        return received

    def edit(value: Json) -> None:
        for name in ("tools", "tool_choice"):
            value.pop(name, None)

    return instead(sent, right, edit)


@mutant("usage")
def system_not_counted(sent: Sent, right: Transport, received: Received) -> Received:
    """count_tokens counts no system prompt."""
    if not at(sent, "POST", "/v1/messages/count_tokens") or received.status != OK:
        return received
    return instead(sent, right, lambda value: value.pop("system", None))
