"""Citations: the right places in what was given, in the recorded shape."""

from __future__ import annotations

import base64
import io
from typing import Any

import pypdf
import pytest

from tests.unit.mockserver.bodies import result, text
from tests.unit.mockserver.replies.judging import judged, kinds

ON = {"citations": {"enabled": True}}
GRASS = "The grass is green. The sky is blue.\nThe end"
ASK = text("What is blue?")


def document(source: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "document", "source": source, **ON, **more}


def plain(words: str, **more: Any) -> dict[str, Any]:
    return document({"type": "text", "media_type": "text/plain", "data": words}, **more)


def found(source: str, *content: str, **more: Any) -> dict[str, Any]:
    inner = [text(words) for words in content]
    return {"type": "search_result", "source": source, "title": "T", "content": inner, **ON, **more}


def citations(*blocks: dict[str, Any]) -> list[dict[str, Any]]:
    answer = judged(("user", [*blocks, ASK]))
    return [citation for block in answer.blocks for citation in block.get("citations", ())]


def test_a_sentence_is_cited_by_its_characters() -> None:
    (citation,) = citations(plain(GRASS, title="Meadow"))
    assert list(citation.items()) == [
        ("type", "char_location"),
        ("cited_text", "The sky is blue.\n"),
        ("document_index", 0),
        ("document_title", "Meadow"),
        ("start_char_index", 20),
        ("end_char_index", 37),
    ]
    assert GRASS[20:37] == citation["cited_text"]


def test_cited_and_other_text_take_turns() -> None:
    answer = judged(("user", [plain(GRASS), plain("Ink is blue."), ASK]))
    assert kinds(answer) == ["text", "text", "text*", "text", "text*"]
    assert list(answer.blocks[2]) == ["citations", "type", "text"]
    assert answer.blocks[2]["text"] == "The sky is blue."
    assert list(answer.blocks[1]) == ["type", "text"]


def test_documents_are_counted_over_the_request() -> None:
    quiet = plain("Blue is quiet.", citations={"enabled": False})
    (citation,) = citations(quiet, plain("Ink is blue."))
    assert (citation["document_index"], citation["document_title"]) == (1, None)


@pytest.mark.parametrize("content", [[text("Red."), text("Blue.")], "Blue."])
def test_a_block_of_custom_content_is_cited(content: Any) -> None:
    (citation,) = citations(document({"type": "content", "content": content}))
    place = len(content) - 1 if isinstance(content, list) else 0
    assert citation["type"] == "content_block_location"
    assert (citation["start_block_index"], citation["end_block_index"]) == (place, place + 1)
    assert citation["cited_text"] == "Blue."


def test_a_picture_among_custom_content_is_passed_over() -> None:
    picture = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.png"}}
    (citation,) = citations(document({"type": "content", "content": [picture, text("Blue.")]}))
    assert citation["start_block_index"] == 1


def test_search_results_are_cited_wherever_they_are() -> None:
    top = citations(found("https://example.com/1", "Red", "Blue"))
    (citation,) = top
    assert list(citation.items()) == [
        ("type", "search_result_location"),
        ("cited_text", "Blue"),
        ("source", "https://example.com/1"),
        ("title", "T"),
        ("search_result_index", 0),
        ("start_block_index", 1),
        ("end_block_index", 2),
    ]
    quiet = found("a", "Blue", citations={"enabled": False})
    answer = judged(("user", [result(content=[quiet, found("b", "Red")])]))
    (citation,) = answer.blocks[-1]["citations"]
    assert (citation["source"], citation["search_result_index"]) == ("b", 1)


def pdf(*pages: str) -> str:
    writer = pypdf.PdfWriter()
    font = pypdf.generic.DictionaryObject(
        {
            pypdf.generic.NameObject("/Type"): pypdf.generic.NameObject("/Font"),
            pypdf.generic.NameObject("/Subtype"): pypdf.generic.NameObject("/Type1"),
            pypdf.generic.NameObject("/BaseFont"): pypdf.generic.NameObject("/Helvetica"),
        }
    )
    for words in pages:
        page = writer.add_blank_page(200, 200)
        fonts = pypdf.generic.DictionaryObject({pypdf.generic.NameObject("/F1"): font})
        page[pypdf.generic.NameObject("/Resources")] = pypdf.generic.DictionaryObject(
            {pypdf.generic.NameObject("/Font"): fonts}
        )
        stream = pypdf.generic.DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 10 100 Td ({words}) Tj ET".encode())
        page[pypdf.generic.NameObject("/Contents")] = writer._add_object(stream)
    file = io.BytesIO()
    writer.write(file)
    return base64.b64encode(file.getvalue()).decode()


def test_a_page_is_cited() -> None:
    source = {"type": "base64", "media_type": "application/pdf", "data": pdf("Red.", "It is blue.")}
    (citation,) = citations(document(source))
    assert (citation["type"], citation["cited_text"]) == ("page_location", "It is blue.")
    assert (citation["start_page_number"], citation["end_page_number"]) == (2, 3)


@pytest.mark.parametrize("raw", [b"%PDF-1.4 nothing", b"%PDF-1.4" + b" " * (1 << 20)])
def test_a_page_that_can_not_be_read_is_not_cited(raw: bytes) -> None:
    data = base64.b64encode(raw).decode()
    assert (
        citations(document({"type": "base64", "media_type": "application/pdf", "data": data})) == []
    )


def test_what_has_no_text_here_is_not_cited() -> None:
    linked = document({"type": "url", "url": "https://example.com/a.pdf"})
    assert citations(linked, plain(" ")) == []
