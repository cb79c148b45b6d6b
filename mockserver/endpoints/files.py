"""POST /v1/files and GET /v1/files/{id}: as much as a message with a file source needs."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from mockserver.errors import invalid
from mockserver.exchange import Exchange
from mockserver.settings import Settings

if TYPE_CHECKING:
    from starlette.datastructures import UploadFile

DEFAULT_TYPE = "application/octet-stream"


class Upload:
    """POST /v1/files: multipart/form-data with one part called `file`, with or without a file name."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        exchange: Exchange = scope["exchange"]
        exchange.caller(self._settings)
        body = await exchange.body(self._settings.max_file_bytes)
        name, kind, content = await _file_part(exchange, body)
        stored = exchange.workspace.files.add(name, kind, content)
        await exchange.respond_json(200, stored.metadata())


async def _file_part(exchange: Exchange, body: bytes) -> tuple[str | None, str, bytes]:
    kind = exchange.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise invalid("content-type: must be multipart/form-data")

    # Imported on use: most servers never see an upload, and none should start slower for it.
    from python_multipart.exceptions import FormParserError  # noqa: PLC0415 # on use
    from starlette.formparsers import MultiPartException, MultiPartParser  # noqa: PLC0415 # on use

    try:
        form = await MultiPartParser(
            Headers(exchange.headers), _once(body), max_part_size=len(body)
        ).parse()
    except (MultiPartException, FormParserError, KeyError) as error:
        raise invalid(f"The request body is not valid multipart/form-data: {error}") from error
    part = form.get("file")
    if part is None:
        raise invalid("file: Field required")
    if isinstance(part, str):
        return None, DEFAULT_TYPE, part.encode()
    return await _read(part)


async def _once(body: bytes) -> AsyncGenerator[bytes, None]:
    yield body


async def _read(part: UploadFile) -> tuple[str | None, str, bytes]:
    content = await part.read()
    await part.close()
    return part.filename, part.content_type or DEFAULT_TYPE, content


class Metadata:
    """GET /v1/files/{id}."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        exchange: Exchange = scope["exchange"]
        exchange.caller(self._settings)
        stored = exchange.workspace.files.named(scope["path_params"]["file_id"])
        await exchange.respond_json(200, stored.metadata())
