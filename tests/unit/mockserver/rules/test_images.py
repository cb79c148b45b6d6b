"""Images of a request: sources, bytes, sizes and number."""

from __future__ import annotations

import base64
import datetime as dt
import io
from functools import cache
from typing import Any

import pytest
from PIL import Image

from mockserver.clock import Clock
from mockserver.files import Files
from mockserver.ids import Ids
from mockserver.rules.images import LONGEST_SIDE, LONGEST_SIDE_OF_MANY, MANY, MOST_BYTES, untagged
from tests.unit.mockserver.bodies import MODELS, body, call, conversation, result
from tests.unit.mockserver.rules.rows import Row, accept, holds, judged, parametrized, reject

WIDE, WIDER = "claude-opus-4-8", "claude-haiku-4-5"
AT = "messages.0.content.{}.image.source.base64"
SIDE = "At least one of the image dimensions exceed max allowed size"


@cache
def encoded(width: int = 8, height: int = 8, kind: str = "PNG") -> str:
    file = io.BytesIO()
    Image.new("1" if kind == "PNG" else "RGB", (width, height)).save(file, kind)
    return base64.b64encode(file.getvalue()).decode()


def image(data: str | None = None, media_type: str = "image/png") -> dict[str, Any]:
    source = {
        "type": "base64",
        "media_type": media_type,
        "data": encoded() if data is None else data,
    }
    return {"type": "image", "source": source}


def linked(url: str) -> dict[str, Any]:
    return {"type": "image", "source": {"type": "url", "url": url}}


def filed(file_id: str) -> dict[str, Any]:
    return {"type": "image", "source": {"type": "file", "file_id": file_id}}


def shown(*blocks: dict[str, Any], model: str = WIDE) -> dict[str, Any]:
    return body(model, messages=conversation(("user", list(blocks))))


def counted(value: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in value.items() if k != "max_tokens"}


SHELF = Files(Ids(0, "key"), Clock(dt.date(2026, 11, 22)))
PHOTO = SHELF.add("a.png", "image/png", base64.b64decode(encoded())).id
TEXT = SHELF.add("a.txt", "text/plain", b"no image").id
RETURNED = body(
    WIDE,
    messages=conversation(
        ("user", "a"),
        ("assistant", [call()]),
        ("user", [result(content=[image("")])]),
    ),
)
WITHIN = {"type": "document", "source": {"type": "content", "content": [image("")]}}
DOCUMENT = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a"}}
TOO_MANY = "too many images and documents: {} + {} > {}"
LARGE = "A" * (MOST_BYTES + 4)
NOT_A_URL = (
    "messages.0.content.0.image.source.url.url: Only HTTP and HTTPS URLs with a host are supported."
)

ROWS = [
    accept("images.count", "600", shown(*[image()] * 600)),
    accept("images.count", "100_on_small_window", shown(*[image()] * 100, model=WIDER)),
    reject("images.count", "601", shown(*[image()] * 601), TOO_MANY.format(601, 0, 600)),
    reject(
        "images.count",
        "101_on_small_window",
        shown(*[image()] * 101, DOCUMENT, model=WIDER),
        TOO_MANY.format(101, 1, 100),
    ),
    accept("images.empty", "bytes", shown(image())),
    reject(
        "images.empty",
        "nothing",
        shown(image(""), model=WIDER),
        AT.format(0) + ": image cannot be empty",
    ),
    reject(
        "images.empty",
        "nothing_in_a_tool_result",
        RETURNED,
        "messages.2.content.0.tool_result.content.0.image.source.base64: image cannot be empty",
    ),
    reject(
        "images.empty",
        "nothing_in_a_document",
        shown(WITHIN),
        "messages.0.content.0.document.source.content.0.image.source.base64: image cannot be empty",
    ),
    accept("images.base64", "padded", shown(image())),
    *(
        reject(
            "images.base64",
            name,
            shown(image(), image(data)),
            AT.format(1) + ".data: Invalid base64 data",
        )
        for name, data in [
            ("alphabet", "a*b="),
            ("length", encoded() + "A"),
            ("data_url", "data:image/png;base64,AA=="),
        ]
    ),
    accept("images.bytes", "ten_megabytes", shown(image(LARGE[:MOST_BYTES]))),
    reject(
        "images.bytes",
        "more",
        shown(image(LARGE)),
        f"{AT.format(0)}: image exceeds 10 MB maximum: {MOST_BYTES + 4} bytes > 10485760 bytes",
    ),
    accept("images.media-type", "png", shown(image())),
    accept("images.media-type", "jpeg", shown(image(encoded(kind="JPEG"), "image/jpeg"))),
    accept("images.media-type", "no_base64_is_another_rule", shown(image("a*b="))),
    accept("images.media-type", "unknown_is_another_rule", shown(image("AAAA"))),
    reject(
        "images.media-type",
        "jpeg_as_png",
        shown(image(), image(encoded(kind="JPEG"))),
        AT.format(1)
        + ": The image was specified using the image/png media type, but the image appears "
        "to be a image/jpeg image",
    ),
    accept("images.undecodable", "whole", shown(image())),
    accept("images.undecodable", "none_encoded", shown(linked("https://example.com/a.png"))),
    reject("images.undecodable", "noise", shown(image("AAAA")), "Could not process image"),
    reject(
        "images.undecodable", "cut", shown(image(encoded(64, 64)[:80])), "Could not process image"
    ),
    accept("images.dimensions", "8000", shown(image(encoded(LONGEST_SIDE, 1)))),
    reject(
        "images.dimensions",
        "8001",
        shown(image(), image(encoded(1, LONGEST_SIDE + 1))),
        f"{AT.format(1)}.data: {SIDE}: 8000 pixels",
    ),
    accept("images.dimensions-of-many", "20_large", shown(*[image(encoded(2001, 1))] * MANY)),
    accept("images.dimensions-of-many", "21_small", shown(*[image(encoded(2000, 1))] * (MANY + 1))),
    reject(
        "images.dimensions-of-many",
        "one_large_of_21",
        shown(*[image()] * MANY, image(encoded(2001, 1))),
        f"{AT.format(20)}.data: {SIDE} for many-image requests: 2000 pixels",
    ),
    accept("images.url", "https", shown(linked("https://example.com/a.png"))),
    accept("images.url", "http", shown(linked("http://169.254.169.254/"))),
    accept("images.url", "none", shown(image())),
    *(
        reject("images.url", name, shown(linked(url)), NOT_A_URL)
        for name, url in [
            ("file", "file:///etc/passwd"),
            ("ftp", "ftp://example.com/a.png"),
            ("data", "data:image/png;base64,AA=="),
            ("no_host", "https:///a.png"),
            ("empty", ""),
            ("broken", "http://[::1"),
        ]
    ),
    accept("images.file-missing", "stored", shown(filed(PHOTO)), files=SHELF),
    accept("images.file-missing", "count", counted(shown(filed("file_x"))), files=SHELF),
    accept("images.file-type", "count", counted(shown(filed(TEXT))), files=SHELF),
    reject(
        "images.file-missing",
        "unknown",
        shown(filed("file_x")),
        "File `file_x` not found.",
        404,
        files=SHELF,
    ),
    reject(
        "images.file-missing", "no_shelf", shown(filed(PHOTO)), f"File `{PHOTO}` not found.", 404
    ),
    accept("images.file-type", "image", shown(filed(PHOTO)), files=SHELF),
    reject(
        "images.file-type",
        "text",
        shown(filed(TEXT)),
        "messages.0.content.0.image.source.file: the file is not an image",
        files=SHELF,
    ),
]


@parametrized(ROWS)
def test_images(row: Row) -> None:
    holds(row)


@pytest.mark.parametrize(
    ("row_id", "limit", "paths"),
    [
        ("images.dimensions:reject_8001", LONGEST_SIDE, ["messages.0.content.1"]),
        (
            "images.dimensions-of-many:reject_one_large_of_21",
            LONGEST_SIDE_OF_MANY,
            ["messages.0.content.20"],
        ),
    ],
)
def test_dimensions_say_where_in_details(row_id: str, limit: int, paths: list[str]) -> None:
    (row,) = (row for row in ROWS if row.id == row_id)
    refusal = judged(row)
    assert refusal is not None
    assert refusal.details == {
        "error_code": "image_dimensions_too_large",
        "max_side_length_pixels": limit,
        "paths": paths,
    }


@pytest.mark.parametrize(
    ("path", "shown_as"),
    [
        ("messages.0.content.1.image.source.base64", "messages.0.content.1"),
        (
            "messages.2.content.1.tool_result.content.0.image.source.base64",
            "messages.2.content.1.content.0",
        ),
        (
            "messages.0.content.0.document.source.content.2.image.source.base64",
            "messages.0.content.0.source.content.2",
        ),
    ],
)
def test_details_name_blocks_without_tags(path: str, shown_as: str) -> None:
    assert untagged(path) == shown_as


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_number_of_images_follows_the_window(model: Any) -> None:
    assert model.max_images == (600 if model.context_window > 200_000 else 100)
