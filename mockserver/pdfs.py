"""PDF documents: how many pages they have, or why nobody can tell.

Nothing is rendered. Reading is bounded in time, in decompressed bytes and in pages.
"""

from __future__ import annotations

import io
import logging
from contextlib import ExitStack
from enum import Enum
from functools import cache
from hashlib import sha256
from threading import Lock
from time import thread_time
from typing import TYPE_CHECKING, Any

from mockserver.images import InvalidBase64, decoded

if TYPE_CHECKING:
    from types import ModuleType

    from pypdf import PdfReader

READING_SECONDS = 5.0
# For a document inside a request, which others wait for.
LOOKING_SECONDS = 1.0
REMEMBERED_PDFS = 256
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


class SlowPdf(NotAPdf):
    """The document could not be read in the time given."""


class EncryptedPdf(ValueError):
    """The document is encrypted, be it with an empty password."""


def page_count(data: bytes, seconds: float = READING_SECONDS) -> int:
    """Count the pages of a PDF document; there is at least one.

    A document of more than 10,000 pages is taken at its word.
    """
    # The header may come late, but not later than this (ISO 32000-1, annex H, note 13).
    if b"%PDF-" not in data[:1024]:
        raise NotAPdf("no PDF header")
    pypdf = _pypdf()  # importing it does not count
    # Of the processor: what is refused must not depend on what else the machine has to do.
    deadline = thread_time() + seconds
    try:
        count = _counted(pypdf, data, deadline)
    except EncryptedPdf:
        raise
    except TimeoutError as error:
        raise SlowPdf(str(error)) from error
    except Exception as error:
        # pypdf documents that broken files may raise anything.
        if b"/Encrypt" in data:
            raise EncryptedPdf(str(error)) from error
        raise NotAPdf(str(error)) from error
    if count < 1:
        raise NotAPdf("no pages")
    return count


class Fault(Enum):
    """Why a document has no page count."""

    NOT_BASE64 = "not base64"
    INVALID = "not a PDF"
    ENCRYPTED = "encrypted"
    SLOW = "not read in time"


# Oldest use first: what was found of a document by its digest, never its bytes.
_findings: dict[bytes, int | Fault] = {}
_lock = Lock()


def finding(source: str | bytes) -> int | Fault:
    """The page count of a document, given as bytes or as base64 text, or why there is none.

    Costs a digest if the document was looked at lately: agents send their whole history with every turn.
    """
    raw = source.encode("utf-8", "surrogatepass") if isinstance(source, str) else source
    key = sha256(raw).digest()
    with _lock:
        found = _findings.pop(key, None)
    if found is None:
        found = _found(source)
    with _lock:
        _findings[key] = found
        if len(_findings) > REMEMBERED_PDFS:
            del _findings[next(iter(_findings))]
    return found


def _found(source: str | bytes) -> int | Fault:
    try:
        data = decoded(source) if isinstance(source, str) else source
        return page_count(data, LOOKING_SECONDS)
    except InvalidBase64:
        return Fault.NOT_BASE64
    except EncryptedPdf:
        return Fault.ENCRYPTED
    except SlowPdf:
        return Fault.SLOW
    except NotAPdf:
        return Fault.INVALID


def _counted(pypdf: ModuleType, data: bytes, deadline: float) -> int:
    # pypdf's objects refer to each other, so they wait for the garbage collector; the document is not to.
    with pypdf.apply_configuration(**_BOUNDS), ExitStack() as opened:
        file = opened.enter_context(_HurriedFile(data, deadline))
        try:
            reader = pypdf.PdfReader(file)
        except pypdf.errors.PdfReadError:
            file = opened.enter_context(_HurriedFile(data + _NO_TABLE, deadline))
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
        if thread_time() > self._deadline:
            self.is_late = True
            raise TimeoutError("out of time")


@cache
def _pypdf() -> ModuleType:
    # Late, because importing it takes longer than starting the server.
    import pypdf  # noqa: PLC0415 # on use

    # What pypdf repairs is no news for the terminal; handlers of the application still get it.
    logging.getLogger("pypdf").addHandler(logging.NullHandler())
    return pypdf
