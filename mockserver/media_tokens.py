"""What images and documents cost in tokens."""

from __future__ import annotations

import re
from hashlib import sha256

from mockserver import images, pdfs
from mockserver.request import Block, Request
from mockserver.shelves import StoredFile

# recorded: a fit over images of known size, on models up to the 4.6 generation
PER_IMAGE = 3
# The middle of what images behind URLs cost in recordings; nothing is fetched here.
UNKNOWN_IMAGE = 260
# policy: an address that asks for a width gets an image of that width and the usual shape
_WIDTH = re.compile(r"[?&](?:w|width|size|scale-down-to)=([1-9][0-9]{0,3})(?![0-9])")
_SHAPE = 4 / 3
# recorded: a page of little text, which is seen as an image, too
PDF_PAGE = 1600
# policy: larger documents are taken for one page, as are those that can't be read in time
LARGEST_COUNTED_PDF = 4_000_000
COUNTING_SECONDS = 0.5
REMEMBERED_PDFS = 1024

_pages: dict[bytes, int] = {}


def image_tokens(request: Request, block: Block) -> int:
    """Estimated tokens of an image; one that can't be seen here is of a usual size."""
    picture = request.picture(block)
    if picture is not None:
        width, height = picture.width, picture.height
    else:
        found = _WIDTH.search(block["source"].get("url") or "")
        if found is None:
            return UNKNOWN_IMAGE
        width = int(found[1])
        height = max(1, round(width / _SHAPE))
    return images.visual_tokens(width, height, request.model.image_tier) + PER_IMAGE


def file_text(request: Request, source: Block) -> str | None:
    """The text of a stored file that is text."""
    stored = _stored(request, source)
    if stored is None or not stored.mime_type.startswith("text/"):
        return None
    return stored.content.decode("utf-8", "replace")


def pdf_tokens(request: Request, source: Block) -> int:
    """Estimated tokens of a PDF by its source: base64, URL or file."""
    data = _pdf(request, source)
    return PDF_PAGE * (_page_count(data) if len(data) <= LARGEST_COUNTED_PDF else 1)


def _pdf(request: Request, source: Block) -> bytes:
    if source["type"] == "base64":
        try:
            return images.decoded(source["data"])
        except images.InvalidBase64:
            return b""
    stored = _stored(request, source)
    return stored.content if stored else b""


def _stored(request: Request, source: Block) -> StoredFile | None:
    if source["type"] != "file" or request.files is None:
        return None
    return request.files.find(source["file_id"])


def _page_count(data: bytes) -> int:
    key = sha256(data).digest()
    count = _pages.get(key)
    if count is None:
        try:
            count = pdfs.page_count(data, COUNTING_SECONDS)
        except (pdfs.NotAPdf, pdfs.EncryptedPdf):
            count = 1
        if len(_pages) >= REMEMBERED_PDFS:
            _pages.clear()
        _pages[key] = count
    return count
