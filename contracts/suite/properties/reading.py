"""Lists by pages, and reads that change nothing."""

from __future__ import annotations

from collections.abc import Iterator

from contracts.findings import Finding, Json
from contracts.suite.properties.bodies import WORDS, asked
from contracts.suite.properties.registry import claims
from contracts.suite.talk import Talk, UnmetError, pages

LISTS = "SDK: pagination"
REFERENCE = "docs: API reference"
BAD_REQUEST = 400
FEW = 3


@claims("pagination/models", LISTS, requests=8)
def models(talk: Talk) -> Iterator[Finding | str]:
    """The pages of the models are the list, each model once, also backwards."""
    whole = _ids(talk.resource("/v1/models?limit=1000", "model_list"))
    size = max(1, (len(whole) + 2) // 3)
    paged = [name for page in pages(talk, "/v1/models", "model_list", size) for name in _ids(page)]
    if paged != whole:
        yield f"pages of {size}: {paged}, not {whole}"
    if len(whole) > 1:
        before = f"/v1/models?limit=1&before_id={whole[-1]}"
        if (found := _ids(talk.resource(before, "model_list"))) != whole[-2:-1]:
            yield f"before_id={whole[-1]}: {found}, not {whole[-2:-1]}"
    else:
        yield "a list of fewer than two models"


@claims("pagination/limits", LISTS, requests=3)
def limits(talk: Talk) -> Iterator[Finding | str]:
    """Pages have 1 to 1,000 items."""
    for limit in ("0", "1001", "many"):
        status = talk.get(f"/v1/models?limit={limit}").status
        if status != BAD_REQUEST:
            yield f"limit={limit}: status {status}, not {BAD_REQUEST}"


@claims("pagination/files", LISTS, requests=8, is_safe=False)
def files(talk: Talk) -> Iterator[Finding | str]:
    """Files that were uploaded are on the pages of the list, each once, newest first."""
    made = [talk.uploaded(f"{n}.txt", b"x")["id"] for n in range(FEW)]
    paged = [name for page in pages(talk, "/v1/files", "file_list", 2) for name in _ids(page)]
    if [name for name in paged if name in made] != made[::-1] or len(set(paged)) < len(paged):
        yield f"{paged}, not {made[::-1]} among them"


@claims("pagination/batches", LISTS, requests=8, is_safe=False)
def batches(talk: Talk) -> Iterator[Finding | str]:
    """Batches that were created are on the pages of the list, each once, newest first."""
    made = [talk.batch([asked("Hello")])["id"] for _ in range(FEW)]
    path, name = "/v1/messages/batches", "message_batch_list"
    paged = [each for page in pages(talk, path, name, 2) for each in _ids(page)]
    if [name for name in paged if name in made] != made[::-1] or len(set(paged)) < len(paged):
        yield f"{paged}, not {made[::-1]} among them"


@claims("reads/models", REFERENCE, requests=4)
def same_model(talk: Talk) -> Iterator[Finding | str]:
    """A model is the same in the list and alone, by id and alias, and when it is read again."""
    listed = _items(talk.resource("/v1/models?limit=1000", "model_list"))
    if not listed:
        raise UnmetError("the list of models is empty")
    first = listed[0]
    alone = talk.resource(f"/v1/models/{first['id']}", "model")
    again = talk.resource(f"/v1/models/{first['id']}", "model")
    if not first == alone == again:
        yield f"{first['id']}: {first} in the list, {alone} alone, {again} again"
    alias = talk.resource("/v1/models/claude-haiku-4-5", "model")
    if alias not in listed:
        yield f"claude-haiku-4-5: {alias} is not in the list"


@claims("reads/files", REFERENCE, requests=5, is_safe=False)
def same_file(talk: Talk) -> Iterator[Finding | str]:
    """A file is the same when it is uploaded, read, read again and listed, with its name as it was."""
    name = f"{WORDS}.txt"
    made = talk.uploaded(name, b"three words here")
    path = f"/v1/files/{made['id']}"
    read = [talk.resource(path, "file"), talk.resource(path, "file")]
    listed = _items(talk.resource("/v1/files?limit=1000", "file_list"))
    if read != [made, made] or made not in listed:
        yield f"{made} at first, then {read[0]} and {read[1]}"
    if (made.get("filename"), made.get("size_bytes")) != (name, 16):
        yield f"filename {made.get('filename')!r}, size_bytes {made.get('size_bytes')}"


def _items(page: Json) -> list[Json]:
    return list(page.get("data", ()))


def _ids(page: Json) -> list[str]:
    return [str(item.get("id")) for item in _items(page)]
