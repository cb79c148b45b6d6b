"""A trial's request: the base with its edits, filled in, as the bytes that are sent."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from functools import cache
from typing import Any

from contracts.findings import Json
from contracts.suite.cases import Case, Trial, bases_of
from contracts.suite.edits import put, take
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
BOUNDARY = "part-of-a-conformance-case"


def request(trial: Trial, key: str, earlier: Variables | None = None) -> Sent:
    """The request of a trial. `earlier` holds what its uploads and its first request gave."""
    variables = {**trial.variables, **(earlier or {})}
    fields = trial.case.fields
    raw = fields["body"] if "body" in fields else body(trial, fields.get("set", {}), variables)
    filled = resolved(raw, variables) if "body" in fields else raw
    content = filled if isinstance(filled, str) else json.dumps(filled, ensure_ascii=False)
    encoded = content.encode("utf-8", "surrogatepass")
    return Sent(
        fields.get("method", "POST"),
        str(resolved(fields.get("path", PATHS[trial.endpoint]), variables)),
        headers(trial, key, variables),
        encoded[: len(encoded) - fields.get("cut", 0)],
    )


def body(trial: Trial, edits: Mapping[str, Any], variables: Variables) -> Json:
    """The base request of a trial with its model and with edits, filled in."""
    fields = trial.case.fields
    found: Json = resolved(_base(fields.get("base", "hello")), variables)
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
    wish = resolved(trial.case.fields["uploads"][number], trial.variables)
    import base64  # noqa: PLC0415 # few cases upload

    content = base64.b64decode(wish["base64"])
    return file_request(wish["filename"], wish["media_type"], content, key, trial.version)


def file_request(filename: str, media_type: str, content: bytes, key: str, version: str) -> Sent:
    """The request that uploads a file."""
    head = (
        f'--{BOUNDARY}\r\ncontent-disposition: form-data; name="file"; filename="{filename}"'
        f"\r\ncontent-type: {media_type}\r\n\r\n"
    )
    raw = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    kind = f"multipart/form-data; boundary={BOUNDARY}"
    common = {"x-api-key": key, "anthropic-version": version, "content-type": kind}
    return Sent("POST", "/v1/files", common, raw)


def curl(sent: Sent, trial_id: str, key: str) -> str:
    """The request as a line for a shell, in which $TARGET is the base URL; the key is not shown.

    A long body of a trial is told by the command that prints it; without the id of one it is shown whole.
    """
    words = ["curl", "-sS", "-X", sent.method, f'"$TARGET{sent.path}"']
    for name, value in sent.headers.items():
        is_key = key in value
        words += [
            "-H",
            f'"{name}: $ANTHROPIC_API_KEY"' if is_key else shlex.quote(f"{name}: {value}"),
        ]
    if len(sent.body) <= LONGEST_SHOWN or not trial_id:
        text = sent.body.decode("utf-8", "backslashreplace")
        return " ".join([*words, "--data-binary", shlex.quote(text)])
    written = f"python -m contracts.suite --body {shlex.quote(trial_id)} | "
    return written + " ".join([*words, "--data-binary", "@-"])


@cache
def _bases() -> Json:
    return bases_of()


def _base(name: str) -> Json:
    found: Json = _bases()[name]
    return found


def is_beta(case: Case) -> bool:
    """Whether a case's answers have the shapes of the beta namespace."""
    return "betas" in case.fields
