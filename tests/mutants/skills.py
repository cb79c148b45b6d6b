"""Servers that are wrong about skills."""

from __future__ import annotations

from contracts.suite.transports import Received, Sent, Transport
from tests.mutants.mutant import (
    OK,
    Json,
    answering,
    at,
    body,
    each_answer,
    mutant,
    seen,
    without_query,
)

SKILLS, SKILL = "/v1/skills", "/v1/skills/*"
VERSIONS, VERSION = f"{SKILL}/versions", f"{SKILL}/versions/*"


@mutant("skills")
def latest_is_the_first(sent: Sent, right: Transport, received: Received) -> Received:
    """latest_version_id stays that of the first version."""
    memory = seen(right)
    if at(sent, "POST", SKILLS) and received.status == OK:
        memory[body(received)["id"]] = received
    kept = memory.get(sent.path.rpartition("/")[2])
    if not at(sent, "GET", SKILL) or received.status != OK or kept is None:
        return received
    value = body(received)
    if "latest_version_id" in value:
        value["latest_version_id"] = body(kept)["latest_version_id"]
    return answering(received, value)


@mutant("skills")
def versions_oldest_first(sent: Sent, right: Transport, received: Received) -> Received:
    """Versions come in the order in which they were uploaded."""
    edit = each_answer("GET", VERSIONS, lambda value: value["data"].reverse())
    return edit(sent, right, received)


@mutant("skills")
def source_is_a_word(sent: Sent, right: Transport, received: Received) -> Received:
    """A skill's source is a word, as it was under the beta header."""

    def edit(value: Json) -> None:
        if isinstance(value["source"], dict):
            value["source"] = value["source"]["type"]

    return each_answer("POST", SKILLS, edit)(sent, right, received)


@mutant("skills")
def sources_ignored(sent: Sent, right: Transport, received: Received) -> Received:
    """The list has skills of every source."""
    return without_query("source", "GET", SKILLS)(sent, right, received)


@mutant("skills")
def any_folder(sent: Sent, right: Transport, received: Received) -> Received:
    """The folder of a skill may have any name."""
    if b"The folder name" not in received.body:
        return received
    return right(sent._replace(body=sent.body.replace(b'"skills/', b'"red-pen/')))


@mutant("skills")
def deleted_with_all_versions(sent: Sent, right: Transport, received: Received) -> Received:
    """A skill that has versions is deleted with them, also under the beta header."""
    if b"existing versions" not in received.body:
        return received
    headers = {name: v for name, v in sent.headers.items() if name != "anthropic-beta"}
    return right(sent._replace(headers=headers))
