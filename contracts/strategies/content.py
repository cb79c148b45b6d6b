"""Texts and blocks that a user's turn may hold."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from contracts.findings import Json
from contracts.strategies.asked import Plan
from contracts.suite.values import document, picture

FORMS = ("png", "jpeg", "gif", "webp")
URLS = ("https://images.example/a.png", "http://files.example/b")
NOTHING: Json = {}


@cache
def texts(longest: int = 20) -> st.SearchStrategy[str]:
    """Texts that are more than white space, neither at their ends."""
    characters = st.characters(codec="utf-8")
    edge = characters.filter(lambda c: not c.isspace())
    return st.tuples(edge, st.text(characters, max_size=longest), st.sampled_from("a.é界🦀")).map(
        "".join
    )


@cache
def text_blocks() -> st.SearchStrategy[Json]:
    """Text blocks."""
    return texts().map(lambda text: {"type": "text", "text": text})


def images(plan: Plan) -> st.SearchStrategy[Json]:
    """Image blocks whose bytes can be decoded, with a URL, or with a file that the target holds."""
    linked = st.sampled_from(URLS).map(
        lambda url: {"type": "image", "source": {"type": "url", "url": url}}
    )
    kinds = [encoded_images(), encoded_images(), linked]
    if plan.files:
        source = st.just({"type": "file", "file_id": plan.files.image})
        kinds.append(source.map(lambda source: {"type": "image", "source": source}))
    return st.one_of(kinds)


@cache
@st.composite
def encoded_images(draw: st.DrawFn) -> Json:
    """Image blocks with base64 of bytes that can be decoded."""
    form = draw(st.sampled_from(FORMS))
    width, height = draw(st.sampled_from([(1, 1), (8, 5), (200, 100)]))
    data = picture(width, height, form)
    return {
        "type": "image",
        "source": {"type": "base64", "media_type": f"image/{form}", "data": data},
    }


@st.composite
def documents(draw: st.DrawFn, plan: Plan) -> Json:
    """Documents of every source, a file where the target holds one; citations as the plan has them for all."""
    sources = [_text_source(), _pdf_source(), _content_source()]
    if plan.files:
        ids = st.sampled_from([plan.files.text, plan.files.pdf])
        sources.append(ids.map(lambda file_id: {"type": "file", "file_id": file_id}))
    source = draw(st.one_of(sources))
    block: Json = {"type": "document", "source": source}
    if draw(st.booleans()):
        block |= {"title": draw(texts()), "context": draw(texts())}
    return block | _citations(plan)


def _citations(plan: Plan) -> Json:
    return {"citations": {"enabled": True}} if plan.has_citations else NOTHING


@cache
def _text_source() -> st.SearchStrategy[Json]:
    return texts().map(lambda text: {"type": "text", "media_type": "text/plain", "data": text})


@cache
def _pdf_source() -> st.SearchStrategy[Json]:
    return st.integers(1, 3).map(
        lambda pages: {"type": "base64", "media_type": "application/pdf", "data": document(pages)}
    )


@cache
def _content_source() -> st.SearchStrategy[Json]:
    blocks = st.lists(text_blocks(), min_size=1, max_size=2)
    return blocks.map(lambda content: {"type": "content", "content": content})


@st.composite
def search_results(draw: st.DrawFn, plan: Plan) -> Json:
    """Search results, with citations as the plan has them."""
    found: Json = {
        "type": "search_result",
        "source": draw(st.sampled_from(URLS)),
        "title": draw(texts()),
        "content": draw(st.lists(text_blocks(), min_size=1, max_size=2)),
    }
    return found | _citations(plan)


def user_blocks(plan: Plan) -> st.SearchStrategy[Json]:
    """Blocks of a user's turn that answer no tool call."""
    kinds = [text_blocks(), text_blocks(), images(plan), documents(plan), search_results(plan)]
    if plan.files and plan.offers("code_execution"):
        ids = st.sampled_from(plan.files)
        uploads = ids.map(lambda file_id: {"type": "container_upload", "file_id": file_id})
        kinds += [uploads, uploads]
    return st.one_of(kinds)
