"""Images of a request: their sources, bytes, sizes and number."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from mockserver import images
from mockserver.request import Placed, Request
from mockserver.rules.registry import Refusal, Registry

MOST_BYTES = 10 * 1024 * 1024
LONGEST_SIDE = 8000
LONGEST_SIDE_OF_MANY = 2000
MANY = 20
SNIFFED = 4096  # characters of base64, a multiple of four: file types show in their first bytes


def is_web_url(url: str) -> bool:
    """Whether a URL is one that a server could fetch."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _is_base64(data: str) -> bool:
    try:
        images.decoded(data)
    except images.InvalidBase64:
        return False
    return True


def _real_type(data: str) -> str | None:
    try:
        return images.sniffed_media_type(images.decoded(data[:SNIFFED]))
    except images.InvalidBase64:  # when the rule about it is switched off
        return None


def _with_source(request: Request, kind: str) -> list[Placed]:
    return [p for p in request.images if p.block["source"]["type"] == kind]


def _stored(request: Request) -> list[Placed]:
    """The images in the workspace's files, at which a token count does not look (docs)."""
    return [] if request.is_count else _with_source(request, "file")


def _encoded(request: Request) -> list[tuple[str, dict[str, Any]]]:
    """Path and source of every base64 image."""
    return [
        (f"{p.path}.image.source.base64", p.block["source"])
        for p in _with_source(request, "base64")
    ]


def _too_large(pairs: list[tuple[str, images.Picture]], limit: int, text: str) -> Refusal | None:
    large = [path for path, picture in pairs if max(picture.width, picture.height) > limit]
    if not large:
        return None
    details = {
        "error_code": "image_dimensions_too_large",
        "max_side_length_pixels": limit,
        "paths": [untagged(path) for path in large],
    }
    return Refusal(f"{large[0]}.data: {text}: {limit} pixels", details=details)


def untagged(path: str) -> str:
    """A block's path as `details` give it: without the tags of unions (SDK, image_dimensions_too_large)."""
    block = path.partition(".image.source")[0]
    return block.replace(".tool_result.", ".").replace(".document.", ".")


def _pictures(request: Request) -> list[tuple[str, images.Picture]]:
    found = ((p, request.picture(p.block)) for p in _with_source(request, "base64"))
    return [(f"{p.path}.image.source.base64", picture) for p, picture in found if picture]


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "images.count",
        "A request has at most 600 images, 100 on models with a window of 200k",
        evidence="reported",
        source="docs: Vision; the text is quoted from gateways",
        blocks=["image"],
    )
    def images_count(request: Request) -> Refusal | None:
        pictures, most = len(request.images), request.model.max_images
        if pictures <= most:
            return None
        documents = len(request.documents)
        return Refusal(f"too many images and documents: {pictures} + {documents} > {most}")

    @rule(
        "images.empty",
        "An image has bytes",
        evidence="reported",
        source="quoted in public issues: image cannot be empty",
        blocks=["image"],
    )
    def images_empty(request: Request) -> Refusal | None:
        for path, source in _encoded(request):
            if not source["data"]:
                return Refusal(f"{path}: image cannot be empty")
        return None

    @rule(
        "images.base64",
        "The data of an image is base64",
        evidence="reported",
        source="quoted in public issues, with and without a capital",
        blocks=["image"],
    )
    def images_base64(request: Request) -> Refusal | None:
        for path, source in _encoded(request):
            if not _is_base64(source["data"]):
                return Refusal(f"{path}.data: Invalid base64 data")
        return None

    @rule(
        "images.bytes",
        "An image has at most 10 MB",
        evidence="reported",
        source="docs: Vision: measured on the base64 text; text quoted 2024-10 to 2026 with the limit of its day",
        blocks=["image"],
    )
    def images_bytes(request: Request) -> Refusal | None:
        for path, source in _encoded(request):
            size = len(source["data"])
            if size > MOST_BYTES:
                return Refusal(
                    f"{path}: image exceeds 10 MB maximum: {size} bytes > {MOST_BYTES} bytes"
                )
        return None

    @rule(
        "images.media-type",
        "The bytes of an image are of its media type",
        evidence="reported",
        source="home-assistant/core#167208 (2026-04-02); again in 2026-10",
        blocks=["image"],
    )
    def images_media_type(request: Request) -> Refusal | None:
        for path, source in _encoded(request):
            real = _real_type(source["data"])
            if real is not None and real != source["media_type"]:
                return Refusal(
                    f"{path}: The image was specified using the {source['media_type']} media type, "
                    f"but the image appears to be a {real} image"
                )
        return None

    @rule(
        "images.undecodable",
        "An image can be decoded",
        evidence="reported",
        source="anthropics/claude-code#60920 (2026-05-20), #8647",
        blocks=["image"],
    )
    def images_undecodable(request: Request) -> Refusal | None:
        if all(request.picture(place.block) for place in _with_source(request, "base64")):
            return None
        return Refusal("Could not process image")

    @rule(
        "images.dimensions",
        "No side of an image is longer than 8000 pixels",
        evidence="reported",
        source="anthropics/claude-code#4778 (2025-08-04); details: SDK, image_dimensions_too_large",
        blocks=["image"],
    )
    def images_dimensions(request: Request) -> Refusal | None:
        text = "At least one of the image dimensions exceed max allowed size"
        return _too_large(_pictures(request), LONGEST_SIDE, text)

    @rule(
        "images.dimensions-of-many",
        "With more than 20 images, no side is longer than 2000 pixels",
        evidence="reported",
        source="anthropics/claude-code#49537 (2026-04-16); docs: Vision",
        blocks=["image"],
    )
    def images_dimensions_of_many(request: Request) -> Refusal | None:
        if len(request.images) <= MANY:
            return None
        text = (
            "At least one of the image dimensions exceed max allowed size for many-image requests"
        )
        return _too_large(_pictures(request), LONGEST_SIDE_OF_MANY, text)

    @rule(
        "images.url",
        "The URL of an image is http or https with a host",
        evidence="policy",
        source="the live API fetches it; what it says of other schemes is not known. Nothing is fetched here",
        blocks=["image"],
    )
    def images_url(request: Request) -> Refusal | None:
        for place in _with_source(request, "url"):
            if not is_web_url(place.block["source"]["url"]):
                return Refusal(
                    f"{place.path}.image.source.url.url: Only HTTP and HTTPS URLs with a host are supported."
                )
        return None

    @rule(
        "images.file-missing",
        "A file source names a file of the workspace",
        evidence="documented",
        source="docs: Files API. Token counts look at no file",
        blocks=["image"],
    )
    def images_file_missing(request: Request) -> Refusal | None:
        for place in _stored(request):
            file_id = place.block["source"]["file_id"]
            if request.stored(file_id) is None:
                return Refusal(f"File `{file_id}` not found.", status=404)
        return None

    @rule(
        "images.file-type",
        "The file of an image block is an image",
        evidence="policy",
        source="docs: Files API give the status; the text is ours",
        blocks=["image"],
    )
    def images_file_type(request: Request) -> Refusal | None:
        for place in _stored(request):
            if request.picture(place.block) is None:
                return Refusal(f"{place.path}.image.source.file: the file is not an image")
        return None
