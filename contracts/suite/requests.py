"""A trial's request: the base with its edits, filled in, as the bytes that are sent."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from typing import Any

from contracts.findings import Json
from contracts.suite.cases import Case, Trial
from contracts.suite.edits import put, take
from contracts.suite.forms import form_request, upload_request
from contracts.suite.transports import Sent
from contracts.suite.values import Variables, resolved

# A batch is made of a request to `messages`.
PATHS = {
    "messages": "/v1/messages",
    "count_tokens": "/v1/messages/count_tokens",
    "batch": "/v1/messages",
}
NOT_COUNTED = ("max_tokens", "stop_sequences", "stream")  # docs: Token counting has none of them
LONGEST_SHOWN = 4000
BARE = ("GET", "DELETE")


def request(trial: Trial, key: str, earlier: Variables | None = None) -> Sent:
    """The request of a trial. `earlier` holds what its uploads and its first request gave."""
    variables = {**trial.variables, **(earlier or {})}
    fields = trial.case.fields
    if "upload" in fields:
        return upload_request(resolved(fields["upload"], variables), headers(trial, key, variables))
    if "form" in fields:
        return _formed(fields, headers(trial, key, variables), variables)
    method, path = fields.get("method", "POST"), fields.get("path", PATHS[trial.endpoint])
    if method in BARE and not {"body", "set"} & fields.keys():
        return _bare(method, path, headers(trial, key, variables), variables)
    raw = fields["body"] if "body" in fields else body(trial, fields.get("set", {}), variables)
    filled = resolved(raw, variables) if "body" in fields else raw
    content = filled if isinstance(filled, str) else json.dumps(filled, ensure_ascii=False)
    encoded = content.encode("utf-8", "surrogatepass")
    return Sent(
        method,
        str(resolved(path, variables)),
        headers(trial, key, variables),
        encoded[: len(encoded) - fields.get("cut", 0)],
    )


def body(trial: Trial, edits: Mapping[str, Any], variables: Variables) -> Json:
    """The base request of a trial with its model and with edits, filled in."""
    fields = trial.case.fields
    found: Json = resolved(trial.case.base, variables)
    if trial.endpoint == "count_tokens":
        found = {name: value for name, value in found.items() if name not in NOT_COUNTED}
    model = trial.variables["model"]
    if "models" in fields or "model" in fields:
        found["model"] = fields.get("model") or model["id"]
    for path in fields.get("remove", ()):
        take(found, str(resolved(path, variables)))
    for path, value in edits.items():
        put(found, str(resolved(path, variables)), resolved(value, variables))
    return found


def headers(trial: Trial, key: str, variables: Variables) -> dict[str, str]:
    """The headers of a trial: those that every request has, then the case's own; null takes one away."""
    fields = trial.case.fields
    found: dict[str, str | None] = {
        "x-api-key": key,
        "anthropic-version": trial.version,
        "content-type": "application/json",
    }
    if "betas" in fields:
        found["anthropic-beta"] = ",".join(fields["betas"])
    found.update(resolved(fields.get("headers", {}), variables))
    return {name: value for name, value in found.items() if value is not None}


def upload(trial: Trial, key: str, number: int) -> Sent:
    """The request that uploads one of a case's files."""
    common = {"x-api-key": key, "anthropic-version": trial.version}
    return upload_request(resolved(trial.case.fields["uploads"][number], trial.variables), common)


def step(trial: Trial, key: str, number: int, variables: Variables) -> Sent:
    """One of the requests that a case makes before its own."""
    wish = trial.case.fields["steps"][number]
    found = headers(trial, key, variables)
    if "form" in wish:
        return _formed(wish, found, variables)
    method = wish.get("method", "POST" if "body" in wish else "GET")
    if "body" not in wish:
        return _bare(method, wish["path"], found, variables)
    raw = json.dumps(resolved(wish["body"], variables)).encode()
    return Sent(method, str(resolved(wish["path"], variables)), found, raw)


def _formed(wish: Json, common: Mapping[str, str], variables: Variables) -> Sent:
    path, form = resolved([wish["path"], wish["form"]], variables)
    return form_request(path, form, common)


def _bare(method: str, path: str, common: Mapping[str, str], variables: Variables) -> Sent:
    """A request without a body, which then is of no type."""
    kept = {name: value for name, value in common.items() if name != "content-type"}
    return Sent(method, str(resolved(path, variables)), kept, b"")


def curl(sent: Sent, key: str, printing: str = "") -> str:
    """The request as a line for a shell, in which $TARGET is the base URL; the key is not shown.

    A long body is told by the command that prints it; without one it is shown whole.
    """
    words = ["curl", "-sS", "-X", sent.method, f'"$TARGET{sent.path}"']
    for name, value in sent.headers.items():
        is_key = key in value
        words += [
            "-H",
            f'"{name}: $ANTHROPIC_API_KEY"' if is_key else shlex.quote(f"{name}: {value}"),
        ]
    if len(sent.body) <= LONGEST_SHOWN or not printing:
        text = sent.body.decode("utf-8", "backslashreplace")
        return " ".join([*words, "--data-binary", shlex.quote(text)])
    return " ".join([printing, "|", *words, "--data-binary", "@-"])


def is_beta(case: Case) -> bool:
    """Whether a case's answers have the shapes of the beta namespace."""
    return "betas" in case.fields
