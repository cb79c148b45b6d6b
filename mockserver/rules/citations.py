"""Who may cite, what may be cited, and which blocks an assistant can't have said."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.request import Block, Placed, Request
from mockserver.rules.registry import Refusal, Registry
from mockserver.turns import CITATIONS

NEWEST = "2026-10-21"
# seen live 2026-07 to 2026-09 with request ids
NEVER_SAID = ("image", "container_upload")


def _is_citing(block: Block) -> bool:
    """Whether the citations of a document or search result are switched on."""
    config: Block = block.get(CITATIONS) or {}
    return bool(config.get("enabled"))


def _mixed(places: list[Placed]) -> Placed | None:
    """The first block whose citations differ from those of the first block."""
    first = _is_citing(places[0].block)
    return next((place for place in places if _is_citing(place.block) != first), None)


def _of_users(request: Request) -> Iterator[Placed]:
    """The text blocks of user turns, those inside tool results and search results included."""
    users = {turn.position for turn in request.turns if turn.role == "user"}
    for place in request.placed():
        if int(place.path.split(".", 2)[1]) not in users:
            continue
        if place.block["type"] == "text":
            yield place
        elif place.block["type"] == "search_result":
            for number, inner in enumerate(place.block["content"]):
                yield Placed(f"{place.path}.search_result.content.{number}", inner)


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "blocks.assistant",
        "An assistant turn holds no image and no container upload",
        evidence="reported",
        source="SEMOSS/Semoss#2323 (2026-04-09); seen live 2026-09-20 with a request id",
        blocks=NEVER_SAID,
    )
    def blocks_assistant(request: Request) -> Refusal | None:
        return _misplaced(request, NEVER_SAID)

    @rule(
        "documents.assistant",
        "From 2026-10-21 on an assistant turn holds no document, save inside another block",
        evidence="documented",
        source="docs: Migrating to API version 2026-10-21 give the status; the text is that of images",
        blocks=["document"],
    )
    def documents_assistant(request: Request) -> Refusal | None:
        return _misplaced(request, ("document",)) if request.version == NEWEST else None

    @rule(
        "citations.user",
        "From 2026-10-21 on a text block of a user turn has no citations",
        evidence="policy",
        source="docs: Migrating to API version 2026-10-21 give the status; the text is ours",
        blocks=[CITATIONS, "search_result"],
    )
    def citations_user(request: Request) -> Refusal | None:
        if request.version != NEWEST:
            return None
        for path, block in _of_users(request):
            if block.get(CITATIONS):
                return Refusal(f"{path}.text.citations: citations are not permitted in user turns")
        return None

    @rule(
        "citations.documents",
        "Either all documents of a request can be cited or none",
        evidence="policy",
        source="docs: Citations; the text is ours",
        blocks=[CITATIONS],
    )
    def citations_documents(request: Request) -> Refusal | None:
        return _uneven(request.documents, "document", "documents")

    @rule(
        "citations.search-results",
        "Either all search results of a request can be cited or none",
        evidence="policy",
        source="docs: Search results; the text is ours",
        blocks=[CITATIONS],
    )
    def citations_search_results(request: Request) -> Refusal | None:
        return _uneven(request.search_results, "search_result", "search results")

    @rule(
        "search-results.content",
        "A search result has text",
        evidence="policy",
        source="docs: Search results: at least one text block, none of them empty; the text is ours",
        blocks=["search_result"],
    )
    def search_results_content(request: Request) -> Refusal | None:
        for path, block in request.search_results:
            if not block["content"] or not all(inner["text"] for inner in block["content"]):
                return Refusal(
                    f"{path}.search_result.content: text blocks that are not empty are required"
                )
        return None


def _misplaced(request: Request, kinds: tuple[str, ...]) -> Refusal | None:
    for turn in request.turns:
        for block in turn.blocks if turn.role == "assistant" else ():
            if block["type"] in kinds:
                return Refusal(
                    f"messages.{turn.position}.content: '{block['type']}' blocks are not permitted "
                    "within assistant turns."
                )
    return None


def _uneven(places: list[Placed], tag: str, name: str) -> Refusal | None:
    odd = _mixed(places) if places else None
    if odd is None:
        return None
    return Refusal(
        f"{odd.path}.{tag}.citations: all {name} of a request must have the same setting"
    )
