"""Disagreements as case files, which `messages-mock check --cases` runs."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

import yaml

from contracts.findings import Json
from contracts.suite.disagreeing import RULE, Disagreement, shown
from contracts.suite.shelf import UPLOADS

OK = 200


def written(found: Iterable[Disagreement], folder: Path, origin: str) -> list[Path]:
    """Write each disagreement as a file of one case that says what the contract expects. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    return [_written(each, folder, origin) for each in found]


def _written(found: Disagreement, folder: Path, origin: str) -> Path:
    digest = hashlib.sha256(found.kind.encode()).hexdigest()[:10]
    path = folder / f"disagreement-{digest}.yaml"
    document = {"about": found.kind, "cases": [_case(found, origin)]}
    path.write_text(
        yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120), "utf-8"
    )
    return path


def _case(found: Disagreement, origin: str) -> Json:
    asked = found.asked
    case: Json = {
        "id": "found",
        "why": f"the target answered {shown(found.target)}",
        "evidence": "policy",
        "source": origin,
        "date": dt.datetime.now(dt.timezone.utc).date().isoformat(),
        "live": "safe",
        "versions": [asked.version],
        "endpoints": [asked.endpoint],
    }
    if asked.betas:
        case["betas"] = list(asked.betas)
    return {**case, **_request(found), **_expectation(found)}


def _request(found: Disagreement) -> Json:
    """The body as a text, and what is uploaded for it. `${` would be a variable, and is written as JSON may write it."""
    body = json.dumps(found.asked.body).replace("${", "\\u0024{")
    uploads: list[Json] = []
    for file_id, wish in zip(found.files or (), UPLOADS, strict=False):
        if file_id in body:
            body = body.replace(file_id, f"${{uploads.{len(uploads)}}}")
            uploads.append(wish)
    return {"uploads": uploads, "body": body} if uploads else {"body": body}


def _expectation(found: Disagreement) -> Json:
    if found.contract.status == OK:
        return {"accepted": True}
    error = json.loads(found.contract.body)["error"]
    rule = found.contract.headers.get(RULE)
    # A text with a variable's sign is compared as a pattern in which nothing is one.
    message = error["message"]
    text = {"refused_like": re.escape(message)} if "${" in message else {"refused": message}
    named = {"rule": rule} if rule else {}
    return {**named, "status": found.contract.status, "error": error["type"], **text}
