"""Bodies in multipart/form-data: a file that is uploaded, or any parts by name."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from contracts.findings import Json, is_array, is_object
from contracts.suite.errors import CaseError
from contracts.suite.transports import Sent

FILES = "/v1/files"
LIFE = "expires_in_seconds"
BOUNDARY = "part-of-a-conformance-case"


def upload_request(wish: Json, common: Mapping[str, str]) -> Sent:
    """The request for a case's `upload`. Raises CaseError for base64 that is none."""
    parts = [_file("file", wish)]
    if LIFE in wish:
        parts.append(_part(f'name="{LIFE}"', str(wish[LIFE]).encode()))
    return _multipart(FILES, parts, common)


def form_request(path: str, wish: Json, common: Mapping[str, str]) -> Sent:
    """The request for a case's `form`: a text is a field, an object a file, a list several parts of the name."""
    return _multipart(path, _parts(wish), common)


def file_request(
    filename: str,
    media_type: str,
    content: bytes,
    common: Mapping[str, str],
    *,
    life: int | None = None,
) -> Sent:
    """The request that uploads a file, for ever or for `life` seconds."""
    parts = [_part(f'name="file"; filename="{filename}"\r\ncontent-type: {media_type}', content)]
    if life is not None:
        parts.append(_part(f'name="{LIFE}"', str(life).encode()))
    return _multipart(FILES, parts, common)


def _parts(wish: Json) -> Iterator[bytes]:
    for name, value in wish.items():
        for each in value if is_array(value) else [value]:
            if is_object(each):
                yield _file(name, each)
            else:
                yield _part(f'name="{name}"', str(each).encode())


def _file(part: str, wish: Json) -> bytes:
    name = f'; filename="{wish["filename"]}"' if "filename" in wish else ""
    kind = f"\r\ncontent-type: {wish['media_type']}" if "media_type" in wish else ""
    return _part(f'name="{part}"{name}{kind}', _decoded(wish["base64"]))


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(text)
    except (ValueError, TypeError) as error:
        raise CaseError(f"the upload's base64 can't be read: {error}") from error


def _part(head: str, content: bytes) -> bytes:
    start = f"--{BOUNDARY}\r\ncontent-disposition: form-data; {head}\r\n\r\n"
    return start.encode() + content + b"\r\n"


def _multipart(path: str, parts: Iterable[bytes], common: Mapping[str, str]) -> Sent:
    kind = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
    end = f"--{BOUNDARY}--\r\n".encode()
    return Sent("POST", path, {**common, **kind}, b"".join(parts) + end)
