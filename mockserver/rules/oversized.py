"""Images that the server would have to scale down although it was told not to."""

from __future__ import annotations

from mockserver import images
from mockserver.catalogue import Catalogue, Model
from mockserver.images import Picture, Size
from mockserver.request import Block, Placed, Request
from mockserver.rules.images import untagged
from mockserver.rules.registry import Refusal, Registry


def _named(request: Request) -> list[Model]:
    """Every model that the request names: its own and its fallbacks'."""
    fallbacks: str | list[Block] = request.body.get("fallbacks") or []
    listed = [] if isinstance(fallbacks, str) else fallbacks
    names = {entry["model"] for entry in listed}
    others = [m for m in Catalogue.load().models if names.intersection((m.id, *m.aliases))]
    return [request.model, *others]


def _fitted(picture: Picture, models: list[Model]) -> Size:
    """The largest size of a picture that every model takes."""
    sizes = (images.fitted(picture.width, picture.height, m.image_tier) for m in models)
    return min(sizes)


def _is_strict(block: Block) -> bool:
    transformations: Block = block.get("transformations") or {}
    return transformations.get("oversized_image") == "error"


def _too_large(request: Request, places: list[Placed], remedy: str) -> Refusal | None:
    models = _named(request) if places else []
    for path, block in places:
        is_stored = block["source"]["type"] == "file"
        picture = None if is_stored and request.is_count else request.picture(block)
        if picture is None:
            continue
        width, height = _fitted(picture, models)
        if (width, height) != (picture.width, picture.height):
            # docs: images that are fetched are named without their position
            where = "" if is_stored else f"{untagged(path)}: "
            return Refusal(
                f"{where}image dimensions {picture.width}x{picture.height} exceed the maximum image size of a "
                f"model named on this request and would be downsized to {width}x{height}; "
                f"scale the image to at most {width}x{height}{remedy}"
            )
    return None


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "images.oversized",
        "An image that must not be scaled down fits the models as it is",
        evidence="documented",
        source="docs: Coordinates and bounding boxes; seen live 2026-09-30 and on claude-haiku-4-5. "
        "The size of what a URL shows is not known here",
        blocks=["image"],
    )
    def images_oversized(request: Request) -> Refusal | None:
        marked = [place for place in request.images if _is_strict(place.block)]
        remedy = ' or set the image\'s oversized_image setting to "downsize"'
        return _too_large(request, marked, remedy)

    @rule(
        "images.oversized-toolset",
        "An image in the result of a toolset fits the models as it is",
        evidence="documented",
        source="docs: Vision give the refusal; the text is that of oversized_image",
        blocks=["toolset_name"],
    )
    def images_oversized_toolset(request: Request) -> Refusal | None:
        return _too_large(request, _of_toolsets(request), "")


def _of_toolsets(request: Request) -> list[Placed]:
    """The images in the results of toolsets; only a result's path goes on with `.tool_result`."""
    results = {
        f"messages.{turn.position}.content.{number}"
        for turn in request.turns
        for number, block in enumerate(turn.blocks)
        if block.get("toolset_name")
    }
    return [place for place in request.images if place.path.partition(".tool_result")[0] in results]
