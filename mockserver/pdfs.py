"""PDF documents: how many pages they have, or why nobody can tell.

Nothing is rendered. Reading is bounded in time, in decompressed bytes and in pages.
"""

from __future__ import annotations

import io
import logging
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

    from pypdf import PdfReader

READING_SECONDS = 5.0
# Far above the 600 pages of the API (docs: PDF support); pypdf's own bounds are for offline work.
_WALKED_PAGES = 10_000
_BOUNDS = {
    "page_tree_maximum_entries": _WALKED_PAGES,
    "zlib_maximum_output_length": 8_000_000,
    "lzw_maximum_output_length": 2_000_000,
    "run_length_maximum_output_length": 2_000_000,
}
# Sends pypdf to look for the objects themselves, as PDF viewers do in files without a table.
_NO_TABLE = b"\nstartxref\n0\n%%EOF"


class NotAPdf(ValueError):
    """The bytes are not a PDF document that can be read within the bounds."""


class EncryptedPdf(ValueError):
    """The document is encrypted, be it with an empty password."""


def page_count(data: bytes, seconds: float = READING_SECONDS) -> int:
    """Count the pages of a PDF document; there is at least one.

    A document of more than 10,000 pages is taken at its word.
    """
    # The header may come late, but not later than this (ISO 32000-1, annex H, note 13).
    if b"%PDF-" not in data[:1024]:
        raise NotAPdf("no PDF header")
    deadline = monotonic() + seconds
    try:
        count = _counted(data, deadline)
    except EncryptedPdf:
        raise
    except Exception as error:
        # pypdf documents that broken files may raise anything.
        if b"/Encrypt" in data:
            raise EncryptedPdf(str(error)) from error
        raise NotAPdf(str(error)) from error
    if count < 1:
        raise NotAPdf("no pages")
    return count


def _counted(data: bytes, deadline: float) -> int:
    pypdf = _pypdf()
    with pypdf.apply_configuration(**_BOUNDS):
        file = _HurriedFile(data, deadline)
        try:
            reader = pypdf.PdfReader(file)
        except pypdf.errors.PdfReadError:
            file = _HurriedFile(data + _NO_TABLE, deadline)
            reader = pypdf.PdfReader(file)
        count = _pages(reader)
    if file.is_late:
        # pypdf takes some failed reads for missing objects, and missing pages do not count.
        raise TimeoutError("out of time")
    return count


def _pages(reader: PdfReader) -> int:
    if reader.is_encrypted:
        raise EncryptedPdf("encrypted")
    tree: Any = reader.root_object["/Pages"]
    declared = tree.get("/Count")
    if isinstance(declared, int) and declared > _WALKED_PAGES:
        return declared
    return len(reader.pages)


class _HurriedFile(io.BytesIO):
    # The only place where pypdf can be interrupted; a hostile file makes it search for minutes.
    is_late = False

    def __init__(self, data: bytes, deadline: float) -> None:
        super().__init__(data)
        self._deadline = deadline

    def read(self, size: int | None = -1, /) -> bytes:
        self._hurry()
        return super().read(size)

    def getbuffer(self) -> memoryview:
        self._hurry()
        return super().getbuffer()

    def _hurry(self) -> None:
        if monotonic() > self._deadline:
            self.is_late = True
            raise TimeoutError("out of time")


@cache
def _pypdf() -> ModuleType:
    # Late, because importing it takes longer than starting the server.
    import pypdf  # noqa: PLC0415 # on use

    # What pypdf repairs is no news for the terminal; handlers of the application still get it.
    logging.getLogger("pypdf").addHandler(logging.NullHandler())
    return pypdf
