"""Documents of a request: PDFs, URLs, files."""

from __future__ import annotations

import base64
import datetime as dt
import io
from functools import cache
from typing import Any

import pytest
from pypdf import PdfWriter

from mockserver.clock import Clock
from mockserver.files import Files
from mockserver.ids import Ids
from tests.unit.mockserver.bodies import MODELS, body, call, conversation, result
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

WIDE, SMALL = "claude-opus-4-8", "claude-haiku-4-5"


@cache
def written(pages: int = 1, password: str | None = None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def document(**source: Any) -> dict[str, Any]:
    return {"type": "document", "source": source}


def pdf(data: bytes | str | None = None) -> dict[str, Any]:
    if not isinstance(data, str):
        data = base64.b64encode(written() if data is None else data).decode()
    return document(type="base64", media_type="application/pdf", data=data)


def filed(file_id: str) -> dict[str, Any]:
    return document(type="file", file_id=file_id)


def linked(url: str) -> dict[str, Any]:
    return document(type="url", url=url)


def upload(file_id: str) -> dict[str, Any]:
    return {"type": "container_upload", "file_id": file_id}


def shown(*blocks: dict[str, Any], model: str = WIDE, **more: Any) -> dict[str, Any]:
    return body(model, messages=conversation(("user", list(blocks))), **more)


def counted(value: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in value.items() if k != "max_tokens"}


PLAIN = document(type="text", media_type="text/plain", data="a")
RETURNED = body(
    messages=conversation(
        ("user", "a"),
        ("assistant", [call()]),
        ("user", [result(content=[pdf(b"no pdf")])]),
    )
)
SHELF = Files(Ids(0, "key"), Clock(dt.date(2026, 11, 22)))
PAPER = SHELF.add("a.pdf", "application/pdf", written(60)).id
LOCKED = SHELF.add("b.pdf", "application/pdf", written(1, "secret")).id
BROKEN = SHELF.add("c.pdf", "application/pdf", b"%PDF-1.4").id
NOTE = SHELF.add("d.txt", "text/plain", b"text").id
TABLE = SHELF.add("e.csv", "text/csv", b"a,b").id
PHOTO = SHELF.add("f.png", "image/png", b"no image").id
AT = "messages.0.content.{}."
INVALID = "pdf.source.base64.data: The PDF specified was not valid."
LOCKED_TEXT = "pdf.source.base64.data: The PDF specified is password protected."
PAGES = "pdf.source.base64.data: A maximum of {} PDF pages may be provided."
URL = "document.source.url.url: Only HTTP and HTTPS URLs with a host are supported."
MISSING = "File `file_x` not found."

ROWS = [
    accept("documents.pdf-empty", "pdf", shown(pdf())),
    accept("documents.pdf-empty", "text", shown(PLAIN)),
    reject(
        "documents.pdf-empty",
        "nothing",
        shown(pdf(), pdf("")),
        AT.format(1) + "document.source.base64: PDF cannot be empty",
    ),
    accept("documents.pdf-base64", "pdf", shown(pdf())),
    reject(
        "documents.pdf-base64",
        "alphabet",
        shown(pdf("a*b=")),
        AT.format(0) + "document.source.base64.data: Invalid base64 data",
    ),
    accept("documents.pdf-encrypted", "open", shown(pdf())),
    reject(
        "documents.pdf-encrypted",
        "password",
        shown(pdf(), pdf(written(1, "secret"))),
        AT.format(1) + LOCKED_TEXT,
    ),
    accept("documents.pdf-invalid", "pdf", shown(pdf())),
    accept("documents.pdf-invalid", "encrypted_is_another_rule", shown(pdf(written(1, "secret")))),
    reject("documents.pdf-invalid", "noise", shown(PLAIN, pdf(b"noise")), AT.format(1) + INVALID),
    reject(
        "documents.pdf-invalid",
        "noise_in_a_tool_result",
        RETURNED,
        "messages.2.content.0.tool_result.content.0." + INVALID,
    ),
    accept("documents.pdf-pages", "100_on_small_window", shown(pdf(written(100)), model=SMALL)),
    accept("documents.pdf-pages", "101_on_large_window", shown(pdf(written(101)))),
    accept("documents.pdf-pages", "noise_is_another_rule", shown(pdf(b"noise"))),
    accept(
        "documents.pdf-pages",
        "files_are_not_looked_at_for_a_count",
        counted(shown(pdf(written(60)), filed(PAPER), model=SMALL)),
        files=SHELF,
    ),
    reject(
        "documents.pdf-pages",
        "101_on_small_window",
        shown(pdf(written(101)), model=SMALL),
        AT.format(0) + PAGES.format(100),
    ),
    reject(
        "documents.pdf-pages",
        "101_in_two",
        shown(pdf(written(50)), pdf(written(51)), model=SMALL),
        AT.format(1) + PAGES.format(100),
    ),
    reject(
        "documents.pdf-pages",
        "101_with_a_file",
        shown(pdf(written(50)), filed(NOTE), filed(PAPER), model=SMALL),
        AT.format(2) + PAGES.format(100),
        files=SHELF,
    ),
    reject(
        "documents.pdf-pages",
        "601_on_large_window",
        shown(pdf(written(601))),
        AT.format(0) + PAGES.format(600),
    ),
    accept("documents.url", "https", shown(linked("https://example.com/a.pdf"))),
    reject("documents.url", "file", shown(linked("file:///etc/passwd")), AT.format(0) + URL),
    accept("documents.file-missing", "stored", shown(filed(NOTE), upload(PHOTO)), files=SHELF),
    accept("documents.file-missing", "count", counted(shown(filed("file_x"), upload("file_x")))),
    reject("documents.file-missing", "unknown", shown(filed("file_x")), MISSING, 404, files=SHELF),
    reject("documents.file-missing", "upload", shown(upload("file_x")), MISSING, 404, files=SHELF),
    reject("documents.file-missing", "no_shelf", shown(upload("file_x")), MISSING, 404),
    *(
        accept("documents.file-type", name, shown(filed(file_id)), files=SHELF)
        for name, file_id in [("pdf", PAPER), ("text", NOTE), ("csv", TABLE), ("missing", "file_x")]
    ),
    accept("documents.file-type", "count", counted(shown(filed(PHOTO))), files=SHELF),
    reject(
        "documents.file-type",
        "image",
        shown(PLAIN, filed(PHOTO)),
        AT.format(1) + "document.source.file: a file of type image/png can't be a document",
        files=SHELF,
    ),
    accept("documents.file-pdf", "pdf", shown(filed(PAPER), filed(NOTE)), files=SHELF),
    accept("documents.file-pdf", "count", counted(shown(filed(BROKEN))), files=SHELF),
    reject(
        "documents.file-pdf", "noise", shown(filed(BROKEN)), "Could not process PDF", files=SHELF
    ),
    reject(
        "documents.file-pdf", "locked", shown(filed(LOCKED)), "Could not process PDF", files=SHELF
    ),
]


@parametrized(ROWS)
def test_documents(row: Row) -> None:
    holds(row)


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_number_of_pages_follows_the_window(model: Any) -> None:
    assert model.max_pdf_pages == (600 if model.context_window > 200_000 else 100)
