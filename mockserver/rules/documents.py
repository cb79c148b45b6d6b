"""Documents of a request: their sources, PDFs, files, and who may send them."""

from __future__ import annotations

from mockserver import pdfs
from mockserver.request import Placed, Request
from mockserver.rules.images import is_web_url
from mockserver.rules.registry import Refusal, Registry

PDF = "application/pdf"
# docs: Files API; other text types are policy
READ_AS_TEXT = "text/"


def _with_source(request: Request, kind: str) -> list[Placed]:
    return [p for p in request.documents if p.block["source"]["type"] == kind]


def _findings(request: Request) -> list[tuple[str, int | pdfs.Fault]]:
    """Path and page count or fault of every PDF in base64."""
    return [
        (p.path, pdfs.finding(p.block["source"]["data"])) for p in _with_source(request, "base64")
    ]


def _faulty(request: Request, fault: pdfs.Fault, text: str) -> Refusal | None:
    for path, found in _findings(request):
        if found is fault:
            return Refusal(f"{path}.{text}")
    return None


def _stored_pdf(request: Request, place: Placed) -> int | pdfs.Fault | None:
    """What a PDF in the workspace's files is; None for other files."""
    stored = request.stored(place.block["source"]["file_id"])
    return pdfs.finding(stored.content) if stored and stored.mime_type == PDF else None


def _pages(request: Request) -> list[tuple[str, int]]:
    found = _findings(request)
    if not request.is_count:
        stored = [(p.path, _stored_pdf(request, p)) for p in _with_source(request, "file")]
        found += [(path, pages) for path, pages in stored if pages is not None]
    return [(path, pages) for path, pages in found if isinstance(pages, int)]


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "documents.pdf-empty",
        "A PDF has bytes",
        evidence="reported",
        source="quoted in public, seen on the live API in 2026-09 with an empty document",
        blocks=["document"],
    )
    def documents_pdf_empty(request: Request) -> Refusal | None:
        for path, block in _with_source(request, "base64"):
            if not block["source"]["data"]:
                return Refusal(f"{path}.document.source.base64: PDF cannot be empty")
        return None

    @rule(
        "documents.pdf-base64",
        "The data of a PDF is base64",
        evidence="policy",
        source="the text is that of images",
        blocks=["document"],
    )
    def documents_pdf_base64(request: Request) -> Refusal | None:
        text = "document.source.base64.data: Invalid base64 data"
        return _faulty(request, pdfs.Fault.NOT_BASE64, text)

    @rule(
        "documents.pdf-encrypted",
        "A PDF is not encrypted",
        evidence="reported",
        source="anthropics/claude-code#19013 (2026-01-18); docs: PDF support",
        blocks=["document"],
    )
    def documents_pdf_encrypted(request: Request) -> Refusal | None:
        text = "pdf.source.base64.data: The PDF specified is password protected."
        return _faulty(request, pdfs.Fault.ENCRYPTED, text)

    @rule(
        "documents.pdf-invalid",
        "A PDF can be read",
        evidence="reported",
        source="quoted in public with request ids of 2026-07 to 2026-10",
        blocks=["document"],
    )
    def documents_pdf_invalid(request: Request) -> Refusal | None:
        text = "pdf.source.base64.data: The PDF specified was not valid."
        return _faulty(request, pdfs.Fault.INVALID, text)

    @rule(
        "documents.pdf-pages",
        "The PDFs of a request have at most 600 pages, 100 on models with a window of 200k",
        evidence="reported",
        source="anthropics/claude-code#6231 (2025-08-21); docs: PDF support: the limit is the request's",
        blocks=["document"],
    )
    def documents_pdf_pages(request: Request) -> Refusal | None:
        total, most = 0, request.model.max_pdf_pages
        for path, pages in _pages(request):
            total += pages
            if total > most:
                return Refusal(
                    f"{path}.pdf.source.base64.data: A maximum of {most} PDF pages may be provided."
                )
        return None

    @rule(
        "documents.url",
        "The URL of a document is http or https with a host",
        evidence="policy",
        source="the live API fetches it; what it says of other schemes is not known. Nothing is fetched here",
        blocks=["document"],
    )
    def documents_url(request: Request) -> Refusal | None:
        for path, block in _with_source(request, "url"):
            if not is_web_url(block["source"]["url"]):
                return Refusal(
                    f"{path}.document.source.url.url: Only HTTP and HTTPS URLs with a host are supported."
                )
        return None

    @rule(
        "documents.file-missing",
        "A file source or container upload names a file of the workspace",
        evidence="documented",
        source="docs: Files API. Token counts look at no file",
        blocks=["document", "container_upload"],
    )
    def documents_file_missing(request: Request) -> Refusal | None:
        if request.is_count:
            return None
        named = [p.block["source"]["file_id"] for p in _with_source(request, "file")]
        named += [p.block["file_id"] for p in request.uploads]
        for file_id in named:
            if request.stored(file_id) is None:
                return Refusal(f"File `{file_id}` not found.", status=404)
        return None

    @rule(
        "documents.file-type",
        "The file of a document is a PDF or text",
        evidence="policy",
        source="docs: Files API give the status and the types; the text is ours",
        blocks=["document"],
    )
    def documents_file_type(request: Request) -> Refusal | None:
        for path, block in [] if request.is_count else _with_source(request, "file"):
            stored = request.stored(block["source"]["file_id"])
            if stored and stored.mime_type != PDF and not stored.mime_type.startswith(READ_AS_TEXT):
                return Refusal(
                    f"{path}.document.source.file: a file of type {stored.mime_type} can't be a document"
                )
        return None

    @rule(
        "documents.file-pdf",
        "The PDF of a file source can be read",
        evidence="reported",
        source="anthropics/anthropic-sdk-python#903 (2025-03-12): the text without a path; that files get it is policy",
        blocks=["document"],
    )
    def documents_file_pdf(request: Request) -> Refusal | None:
        faults = (pdfs.Fault.INVALID, pdfs.Fault.ENCRYPTED)
        places = [] if request.is_count else _with_source(request, "file")
        if any(_stored_pdf(request, place) in faults for place in places):
            return Refusal("Could not process PDF")
        return None
