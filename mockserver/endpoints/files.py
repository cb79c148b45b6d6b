"""/v1/files: upload, list, metadata, content, delete."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.routing import BaseRoute, Route

from mockserver.blocks import block
from mockserver.endpoints.endpoint import Call, Endpoint, Handler
from mockserver.endpoints.paging import next_page, page_by_cursor, page_by_id
from mockserver.errors import ApiError, invalid
from mockserver.files import Files, StoredFile
from mockserver.settings import Settings
from mockserver.store import settled
from mockserver.uploads import Form

MOST_IDS = 100
# SDK 0.75 and older: they page by id, with the beta header and ?beta=true
OLD_BETA = "files-api-2025-04-14"


def routes(settings: Settings) -> Iterable[BaseRoute]:
    """The routes of this module."""
    table: tuple[tuple[str, str, Handler], ...] = (
        ("POST", "/v1/files", Upload(settings)),
        ("GET", "/v1/files", listed),
        ("GET", "/v1/files/{id}", metadata),
        ("DELETE", "/v1/files/{id}", deleted),
        ("GET", "/v1/files/{id}/content", content),
    )
    return [Route(path, Endpoint(handler, settings), methods=[m]) for m, path, handler in table]


class Upload:
    """POST /v1/files: multipart/form-data with one part called `file`."""

    def __init__(self, settings: Settings) -> None:
        self._most_bytes = settings.max_file_bytes

    async def __call__(self, call: Call) -> None:
        files = call.workspace.files
        with files.store.draft() as draft:
            form = Form(draft)
            chunks = call.exchange.chunks(self._most_bytes)
            await form.read(call.exchange.headers.get("content-type", ""), chunks)
            planned = files.planned(
                form.filename, form.mime_type, draft, expires_in=form.expires_in
            )
            stored = await settled(files.store, files.keep, planned, draft)
        await call.exchange.respond_json(200, stored.metadata())


async def listed(call: Call) -> None:
    """GET /v1/files: by cursor, by ids, or for older clients by id (SDK: file_list_params)."""
    files, query = call.workspace.files, call.query
    ids = list(dict.fromkeys([*query.getlist("ids[]"), *query.getlist("ids")]))
    if ids:
        if "page" in query or "limit" in query:
            raise invalid("ids: cannot be used together with page or limit")
        if len(ids) > MOST_IDS:
            raise invalid(
                f"ids: List should have at most {MOST_IDS} items after validation, not {len(ids)}"
            )
        data = [file.metadata() for file in files.listed() if file.id in ids]
        answer: dict[str, object] = {"data": data, "next_page": None}
    elif _is_old(call) and "page" not in query:
        answer = _old_page(call, files)
    else:
        answer = page_by_cursor(files.listed(), query, _number, StoredFile.metadata)
    await call.exchange.respond_json(200, answer)


def _is_old(call: Call) -> bool:
    query = call.query
    return OLD_BETA in call.caller.betas or bool({"beta", "after_id", "before_id"} & query.keys())


def _old_page(call: Call, files: Files) -> dict[str, object]:
    # SDKs in between send the old header and page by cursor: one body serves them all.
    found = files.listed()
    answer = page_by_id(found, call.query, lambda file: file.id, StoredFile.metadata)
    last = next((n for n, file in enumerate(found, 1) if file.id == answer["last_id"]), 0)
    return {**answer, "next_page": next_page(found, last, _number)}


def _number(file: StoredFile) -> int:
    return file.number


async def metadata(call: Call) -> None:
    """GET /v1/files/{id}."""
    await call.exchange.respond_json(200, call.workspace.files.named(call.id).metadata())


async def deleted(call: Call) -> None:
    """DELETE /v1/files/{id}."""
    files = call.workspace.files
    await settled(files.store, files.remove, call.id)
    await call.exchange.respond_json(200, {"id": call.id, "type": "file_deleted"})


async def content(call: Call) -> None:
    """GET /v1/files/{id}/content. Uploaded files can't be had back (recorded 2026-08-02)."""
    files = call.workspace.files
    file = files.named(call.id)
    if files.is_expired(file):
        # SDK: file_expired_error; the words are ours
        raise ApiError(
            404, f"File `{call.id}` has expired.", details={"error_code": "file_expired"}
        )
    if not file.is_downloadable:
        raise invalid(
            f"File '{call.id}' is not downloadable",
            details={"error_code": "file_not_downloadable"},
        )
    kind = block([(b"content-type", file.mime_type.encode())])
    await call.exchange.download(file.stored.open(), file.stored.size, kind)
