"""Files that generated requests may name: uploaded before, deleted after them."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager, suppress
from typing import Final

from contracts.derive import VERSIONS
from contracts.findings import Json
from contracts.strategies.asked import Files
from contracts.suite.forms import upload_request
from contracts.suite.transports import Sent, Transport
from contracts.suite.values import resolved

OK = 200
# As the uploads of a case, in the order of `Files`.
UPLOADS: Final[tuple[Json, ...]] = (
    {
        "filename": "red.png",
        "media_type": "image/png",
        "base64": {"$image": {"width": 8, "height": 8}},
    },
    {
        "filename": "red.txt",
        "media_type": "text/plain",
        "base64": {"$base64": "Red is a colour."},
    },
    {"filename": "blank.pdf", "media_type": "application/pdf", "base64": {"$pdf": {"pages": 1}}},
)


@contextmanager
def shelf(
    send: Transport, key: str, clean: Transport | None = None
) -> Generator[Files | None, None, None]:
    """The files on a target, while the block runs; None where it takes none. Raises OSError when there is no answer.

    They are deleted by `clean`, or else by `send`.
    """
    ids: list[str] = []
    try:
        for wish in UPLOADS:
            file_id = _uploaded(wish, send, key)
            ids += [file_id] if file_id else []
        yield Files(*ids) if len(ids) == len(UPLOADS) else None
    finally:
        with suppress(OSError):
            for file_id in ids:
                (clean or send)(_deletion(file_id, key))


def _uploaded(wish: Json, send: Transport, key: str) -> str | None:
    received = send(upload_request(resolved(wish, {}), _headers(key)))
    try:
        return str(json.loads(received.body)["id"]) if received.status == OK else None
    except (ValueError, LookupError, TypeError):
        return None  # it says yes to everything


def _deletion(file_id: str, key: str) -> Sent:
    return Sent("DELETE", f"/v1/files/{file_id}", _headers(key), b"")


def _headers(key: str) -> dict[str, str]:
    return {"x-api-key": key, "anthropic-version": VERSIONS[-1]}
