"""Images and documents: by size, by page, by text."""

from __future__ import annotations

import base64
import datetime as dt
import io
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfWriter

from mockserver import media_tokens
from mockserver.clock import Clock
from mockserver.files import Files
from mockserver.ids import Ids
from mockserver.images import Tier, visual_tokens
from mockserver.media_tokens import PDF_PAGE
from tests.unit.mockserver.bodies import result, text
from tests.unit.mockserver.counting import HAIKU, SONNET, asked, extra, forget, near


def shelf() -> Files:
    return Files(Ids(0, "key"), Clock(dt.date(2026, 11, 22)))


def pdf(pages: int) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def png(width: int, height: int) -> str:
    file = io.BytesIO()
    Image.new("RGB", (width, height)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def image(source: dict[str, Any]) -> dict[str, Any]:
    return {"type": "image", "source": source}


def document(kind: str, **source: Any) -> dict[str, Any]:
    return {"type": "document", "source": {"type": kind, **source}}


def encoded_pdf(data: bytes) -> dict[str, Any]:
    encoded = base64.b64encode(data).decode()
    return document("base64", media_type="application/pdf", data=encoded)


@pytest.mark.parametrize(("width", "height"), [(1, 1), (540, 360), (3000, 2000)])
@pytest.mark.parametrize(("model", "tier"), [(HAIKU, "standard"), (SONNET, "high")])
def test_images_cost_their_patches_and_three(
    width: int, height: int, model: str, tier: Tier
) -> None:
    shown = image({"type": "base64", "media_type": "image/png", "data": png(width, height)})
    patches = visual_tokens(width, height, tier)
    assert extra([shown], model) == patches + 3
    assert extra([result(content=[shown])], model) == patches + 3


def test_an_image_of_recorded_size() -> None:
    shown = image({"type": "base64", "media_type": "image/png", "data": png(540, 360)})
    assert asked([text("What is this vegetable?"), shown]) == near(276, 0.02)


def test_stored_images_cost_what_sent_ones_do() -> None:
    files = shelf()
    data = png(300, 200)
    stored = files.add("a.png", "image/png", base64.b64decode(data))
    sent = extra([image({"type": "base64", "media_type": "image/png", "data": data})])
    assert extra([image({"type": "file", "file_id": stored.id})], files=files) == sent


def test_images_behind_urls_are_of_a_usual_size() -> None:
    assert extra([image({"type": "url", "url": "https://example.com/a.png"})]) == 260


@pytest.mark.parametrize("pages", [1, 2, 5])
def test_pdfs_cost_by_the_page_seen_before_or_not(pages: int) -> None:
    sent = [encoded_pdf(pdf(pages))]
    forget()
    assert extra(sent) == extra(sent) == near(pages * PDF_PAGE + 40, 0.01)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(encoded_pdf(b"no document"), id="not_a_pdf"),
        pytest.param(document("base64", media_type="application/pdf", data="!"), id="not_base64"),
        pytest.param(document("url", url="https://example.com/a.pdf"), id="not_fetched"),
        pytest.param(document("file", file_id="file_unknown"), id="not_stored"),
    ],
)
def test_what_cannot_be_read_is_one_page(sent: dict[str, Any]) -> None:
    assert extra([sent], files=shelf()) == extra([sent]) == near(PDF_PAGE + 40, 0.01)


def test_encrypted_and_large_pdfs_are_one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    writer = PdfWriter(io.BytesIO(pdf(3)))
    writer.encrypt("secret", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    assert extra([encoded_pdf(file.getvalue())]) == near(PDF_PAGE + 40, 0.01)
    monkeypatch.setattr(media_tokens, "LARGEST_COUNTED_PDF", 10)
    assert extra([encoded_pdf(pdf(3))]) == near(PDF_PAGE + 40, 0.01)


def test_page_counts_are_forgotten_when_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    forget()
    monkeypatch.setattr(media_tokens, "REMEMBERED_PDFS", 2)
    for pages in (1, 2, 3, 4, 5):
        extra([encoded_pdf(pdf(pages))])
        assert len(media_tokens._pages) <= 2


def test_stored_documents_cost_what_sent_ones_do() -> None:
    files = shelf()
    paper = files.add("a.pdf", "application/pdf", pdf(2))
    note = files.add("a.txt", "text/plain", b"A clear daytime sky is blue.")
    for stored, sent in (
        (paper, encoded_pdf(pdf(2))),
        (note, document("text", media_type="text/plain", data="A clear daytime sky is blue.")),
    ):
        assert extra([document("file", file_id=stored.id)], files=files) == extra([sent])


@pytest.mark.parametrize("content", ["The sky is blue.", [text("The sky is blue.")]])
def test_documents_cost_their_text_and_names(content: Any) -> None:
    plain = extra([document("content", content=content)])
    assert plain == extra([document("text", media_type="text/plain", data="The sky is blue.")])
    named = {**document("content", content=content), "title": "Sky", "context": "Colors"}
    assert plain < extra([named]) < plain + 8


@pytest.mark.parametrize(("enabled", "more"), [(True, 490), (False, 0)])
def test_citations_cost_once(*, enabled: bool, more: int) -> None:
    sky = document("text", media_type="text/plain", data="The sky is blue.")
    citing = {**sky, "citations": {"enabled": enabled}}
    assert extra([citing, citing]) - extra([sky, sky]) == more


def test_page_counts_do_not_depend_on_what_was_seen() -> None:
    count = extra([encoded_pdf(pdf(2)), text("What is in it?")])
    forget()
    assert extra([encoded_pdf(pdf(2)), text("What is in it?")]) == count


@pytest.mark.parametrize(
    ("url", "width", "height"),
    [
        ("https://a.test/x.png?w=280", 280, 210),
        ("https://a.test/x.png?fit=1&width=1", 1, 1),
    ],
)
def test_an_address_that_asks_for_a_width_gets_it(url: str, width: int, height: int) -> None:
    source = {"type": "url", "url": url}
    assert extra([image(source)]) == visual_tokens(width, height, "standard") + 3
