"""Servers that are wrong about files."""

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
    refusal,
    seen,
    without_query,
)

FILES, FILE, CONTENT = "/v1/files", "/v1/files/*", "/v1/files/*/content"
FIRST = "the first file"


@mutant("files", "pagination")
def list_ignores_limit(sent: Sent, right: Transport, received: Received) -> Received:
    """A page of files is as long as it likes."""
    return without_query("limit", "GET", FILES)(sent, right, received)


@mutant("files", "pagination")
def next_page_repeated(sent: Sent, right: Transport, received: Received) -> Received:
    """The page behind a cursor is the first one again."""
    return without_query("page", "GET", FILES)(sent, right, received)


@mutant("files", "pagination")
def next_page_lost(sent: Sent, right: Transport, received: Received) -> Received:
    """A list of files ends with its first page."""
    return each_answer("GET", FILES, lambda value: value.update(next_page=None))(
        sent, right, received
    )


@mutant("files", "pagination")
def oldest_first(sent: Sent, right: Transport, received: Received) -> Received:
    """Files come in the order in which they were uploaded."""
    return each_answer("GET", FILES, lambda value: value["data"].reverse())(sent, right, received)


@mutant("files")
def ids_ignored(sent: Sent, right: Transport, received: Received) -> Received:
    """A list by ids has all files."""
    return without_query("ids[]", "GET", FILES)(sent, right, received)


@mutant("files", "pagination", "reads")
def older_shape_for_all(sent: Sent, right: Transport, received: Received) -> Received:
    """A list of files has the shape of before, with ids at its ends, also where that is not asked for."""

    def edit(value: Json) -> None:
        ids = [file["id"] for file in value["data"]]
        value.pop("next_page")
        value.update(has_more=False, first_id=ids[0] if ids else None, last_id=(ids or [None])[-1])

    return each_answer("GET", FILES, edit)(sent, right, received)


@mutant("files")
def newer_shape_for_all(sent: Sent, right: Transport, received: Received) -> Received:
    """A list of files has no ids at its ends, also under the header of before."""

    def edit(value: Json) -> None:
        for name in ("has_more", "first_id", "last_id"):
            value.pop(name, None)

    return each_answer("GET", FILES, edit)(sent, right, received)


def _remembered(sent: Sent, right: Transport, received: Received) -> dict[str, Received]:
    """The uploads of a server by their ids, deleted ones too."""
    memory = seen(right)
    if at(sent, "POST", FILES) and received.status == OK:
        memory[body(received)["id"]] = received
        memory.setdefault(FIRST, received)
    return memory


@mutant("files")
def deleted_file_is_there(sent: Sent, right: Transport, received: Received) -> Received:
    """A file that was deleted can still be asked for."""
    memory = _remembered(sent, right, received)
    if not at(sent, "GET", FILE) or received.status == OK:
        return received
    return memory.get(sent.path.rpartition("/")[2], received)


@mutant("files")
def deleted_file_is_listed(sent: Sent, right: Transport, received: Received) -> Received:
    """A file that was deleted stays in the list."""
    memory = _remembered(sent, right, received)
    if at(sent, "DELETE", FILE) and received.status == OK:
        memory["deleted"] = memory[sent.path.rpartition("/")[2]]
    if not at(sent, "GET", FILES) or received.status != OK or "deleted" not in memory:
        return received
    value = body(received)
    return answering(received, {**value, "data": [*value["data"], body(memory["deleted"])]})


@mutant("files")
def deleted_again(sent: Sent, right: Transport, received: Received) -> Received:
    """A file can be deleted as often as one likes."""
    memory = _remembered(sent, right, received)
    file_id = sent.path.rpartition("/")[2]
    if not at(sent, "DELETE", FILE) or received.status == OK or file_id not in memory:
        return received
    return answering(memory[file_id], {"id": file_id, "type": "file_deleted"})


@mutant("files", "reads")
def another_file(sent: Sent, right: Transport, received: Received) -> Received:
    """Whatever file is asked for, the first one is shown."""
    memory = _remembered(sent, right, received)
    is_file = at(sent, "GET", FILE) and received.status == OK
    return answering(received, body(memory[FIRST])) if is_file else received


@mutant("files")
def content_of_uploads(sent: Sent, _right: Transport, received: Received) -> Received:
    """The content of an upload can be had back."""
    if not at(sent, "GET", CONTENT) or received.status != 400:
        return received
    return received._replace(status=OK, body=b"red")


@mutant("files", "reads")
def size_of_the_request(sent: Sent, _right: Transport, received: Received) -> Received:
    """size_bytes is the length of the upload's whole body."""
    if not at(sent, "POST", FILES) or received.status != OK:
        return received
    return answering(received, {**body(received), "size_bytes": len(sent.body)})


@mutant("files")
def uploads_are_downloadable(sent: Sent, right: Transport, received: Received) -> Received:
    """downloadable is true for what was uploaded."""
    edit = each_answer("POST", FILES, lambda value: value.update(downloadable=True))
    return edit(sent, right, received)


@mutant("files")
def name_with_its_folders(sent: Sent, right: Transport, received: Received) -> Received:
    """A file name keeps the folders that it came with."""

    def edit(value: Json) -> None:
        given = sent.body.partition(b'filename="')[2].partition(b'"')[0].decode()
        value["filename"] = given or value["filename"]

    return each_answer("POST", FILES, edit)(sent, right, received)


@mutant("files")
def no_media_types(sent: Sent, right: Transport, received: Received) -> Received:
    """Every file is of the type application/octet-stream."""
    kind = "application/octet-stream"
    edit = each_answer("POST", FILES, lambda value: value.update(mime_type=kind))
    return edit(sent, right, received)


@mutant("files")
def life_ignored(sent: Sent, right: Transport, received: Received) -> Received:
    """A file lives for ever, whatever expires_in_seconds says."""
    edit = each_answer("POST", FILES, lambda value: value.update(expires_at=None))
    return edit(sent, right, received)


@mutant("files")
def expired_file_is_served(sent: Sent, _right: Transport, received: Received) -> Received:
    """The content of an expired file is refused as that of any upload is."""
    is_gone = at(sent, "GET", CONTENT) and b"file_expired" in received.body
    if not is_gone:
        return received
    value = body(received)
    file_id = sent.path.split("/")[3]
    value["error"] |= {
        "type": "invalid_request_error",
        "message": f"File '{file_id}' is not downloadable",
    }
    value["error"]["details"]["error_code"] = "file_not_downloadable"
    return answering(received._replace(status=400), value)


@mutant("files")
def expired_file_is_forgotten(sent: Sent, right: Transport, received: Received) -> Received:
    """The metadata of an expired file can't be read."""
    if not at(sent, "GET", FILE) or received.status != OK:
        return received
    expires = body(received)["expires_at"]
    clock = right(sent._replace(path="/_mock/clock"))
    if not expires or body(clock)["now"] < expires:
        return received
    file_id = sent.path.rpartition("/")[2]
    return refusal(received, 404, "not_found_error", f"File `{file_id}` not found.")


@mutant("files")
def expired_file_is_never_forgotten(sent: Sent, right: Transport, received: Received) -> Received:
    """The metadata of an expired file can be read for ever."""
    memory = _remembered(sent, right, received)
    file_id = sent.path.rpartition("/")[2]
    if at(sent, "DELETE", FILE):
        memory.pop(file_id, None)
    if not at(sent, "GET", FILE) or received.status == OK:
        return received
    return memory.get(file_id, received)
