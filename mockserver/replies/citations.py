"""Passages of documents and search results that an answer cites, with right indices into what was given.

Of each source with citations enabled, one passage: the one that shares most words with the question, or the first.
Keys come as recorded; documents and search results are counted over the whole request, from 0.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.media_tokens import file_text
from mockserver.replies.drafting import Draft
from mockserver.request import Block, Request
from mockserver.tool_tokens import is_citing

MOST_CITED = 3
LARGEST_PDF = 1 << 20
_SENTENCE = re.compile(r"[^.!?\n]*[.!?\n]+\s*|[^.!?\n]+$")
_WORD = re.compile(r"\w{3,}")


class Passage(NamedTuple):
    """A text and where it stands."""

    text: str
    place: Mapping[str, Any]


def cites(request: Request) -> bool:
    """Whether the request has a source that may be cited."""
    return not request.features.blocks.isdisjoint(("document", "search_result"))


def passages(request: Request, question: str) -> list[Passage]:
    """The passages to cite, at most MOST_CITED."""
    found = (_best(passages, question) for passages in _sources(request))
    return [passage for passage in found if passage is not None][:MOST_CITED]


def cite(draft: Draft, cited: list[Passage]) -> None:
    """Say each passage with its citation, a text block for each; what stands between them cites nothing."""
    for number, passage in enumerate(cited):
        draft.say(" " if number else " According to what was given: ")
        draft.say(passage.text.strip(), [dict(passage.place)])


def _sources(request: Request) -> Iterator[list[Passage]]:
    documents = results = 0
    for _, block in request.placed():
        kind = block["type"]
        if kind == "document":
            if is_citing(block.get("citations")):
                named = {"document_index": documents, "document_title": block.get("title")}
                yield list(_document(request, block["source"], named))
            documents += 1
        elif kind == "search_result":
            if is_citing(block.get("citations")):
                yield list(_result(block, results))
            results += 1


def _document(request: Request, source: Block, named: Block) -> Iterator[Passage]:
    kind = source["type"]
    text = source["data"] if kind == "text" else file_text(request, source)
    if text is not None:
        for match in _SENTENCE.finditer(text):
            yield _passage("char_location", match[0], named, "char_index", *match.span())
    elif kind == "content":
        content = source["content"]
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        for index, block in enumerate(blocks):
            if block["type"] == "text":
                yield _passage(
                    "content_block_location", block["text"], named, "block_index", index, index + 1
                )
    elif kind == "base64":
        for number, page in enumerate(_pages(source["data"]), 1):
            for sentence in _SENTENCE.findall(page):
                yield _passage("page_location", sentence, named, "page_number", number, number + 1)


def _pages(data: str) -> list[str]:
    """The texts of a small PDF's first pages. Rules have found it readable; its fonts may still be anything."""
    import pypdf  # noqa: PLC0415 # on use

    raw = base64.b64decode(data)
    if len(raw) > LARGEST_PDF:
        return []
    try:
        return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(raw)).pages[:MOST_CITED]]
    except Exception:  # noqa: BLE001 # a page that can't be read has nothing to cite
        return []


def _result(block: Block, number: int) -> Iterator[Passage]:
    named = {"source": block["source"], "title": block["title"], "search_result_index": number}
    for index, inner in enumerate(block["content"]):
        yield _passage(
            "search_result_location", inner["text"], named, "block_index", index, index + 1
        )


def _passage(kind: str, text: str, named: Block, unit: str, start: int, end: int) -> Passage:
    span = {f"start_{unit}": start, f"end_{unit}": end}
    return Passage(text, {"type": kind, "cited_text": text, **named, **span})


def _best(found: list[Passage], question: str) -> Passage | None:
    wanted = {word.lower() for word in _WORD.findall(question)}
    telling = [passage for passage in found if passage.text.strip()]
    return max(
        telling,
        key=lambda passage: len(wanted & {w.lower() for w in _WORD.findall(passage.text)}),
        default=None,
    )
