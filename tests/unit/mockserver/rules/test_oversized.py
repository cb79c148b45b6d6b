"""Images that must not be scaled down."""

from __future__ import annotations

import base64
import datetime as dt
import io
from functools import cache
from typing import Any

from PIL import Image

from mockserver.clock import Clock
from mockserver.files import Files
from mockserver.ids import Ids
from tests.unit.mockserver.bodies import body, call, conversation, result
from tests.unit.mockserver.rules.rows import Row, accept, holds, parametrized, reject

STANDARD, HIGH = "claude-haiku-4-5", "claude-opus-4-8"


@cache
def picture(width: int, height: int) -> bytes:
    file = io.BytesIO()
    Image.new("1", (width, height)).save(file, "PNG")
    return file.getvalue()


def image(width: int, height: int, setting: str | None = "error") -> dict[str, Any]:
    data = base64.b64encode(picture(width, height)).decode()
    source = {"type": "base64", "media_type": "image/png", "data": data}
    return block(source, setting)


def block(source: dict[str, Any], setting: str | None = "error") -> dict[str, Any]:
    transformations = {} if setting is None else {"transformations": {"oversized_image": setting}}
    return {"type": "image", "source": source, **transformations}


def shown(*blocks: dict[str, Any], model: str = STANDARD, **more: Any) -> dict[str, Any]:
    return body(model, messages=conversation(("user", list(blocks))), **more)


def counted(value: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in value.items() if k != "max_tokens"}


def returned(*content: Any, toolset: bool = True) -> dict[str, Any]:
    name = {"toolset_name": "computer"} if toolset else {}
    answers = [
        result("toolu_1", content=list(content), **name),
        result("toolu_2", content="a", **name),
    ]
    return body(
        messages=conversation(
            ("user", "a"),
            ("assistant", [call("toolu_1", **name), call("toolu_2", **name)]),
            ("user", answers),
        )
    )


def oversized(
    size: str, fitted: str, where: str = "messages.0.content.0: ", remedy: bool = True
) -> str:
    told = ' or set the image\'s oversized_image setting to "downsize"' if remedy else ""
    return (
        f"{where}image dimensions {size} exceed the maximum image size of a model named on this request "
        f"and would be downsized to {fitted}; scale the image to at most {fitted}{told}"
    )


SHELF = Files(Ids(0, "key"), Clock(dt.date(2026, 11, 22)))
STORED = block({"type": "file", "file_id": SHELF.add("a.png", "image/png", picture(1920, 1080)).id})
LINKED = block({"type": "url", "url": "https://example.com/a.png"})
SMALLER_FALLBACK = {"fallbacks": [{"model": STANDARD}]}
ROWS = [
    accept("images.oversized", "fits", shown(image(1456, 819))),
    accept("images.oversized", "fits_the_high_tier", shown(image(1920, 1080), model=HIGH)),
    accept("images.oversized", "downsize", shown(image(1920, 1080, "downsize"))),
    accept("images.oversized", "unset", shown(image(1920, 1080, None))),
    accept("images.oversized", "empty", shown({**image(1920, 1080), "transformations": {}})),
    accept("images.oversized", "null", shown({**image(1920, 1080), "transformations": None})),
    accept("images.oversized", "url", shown(LINKED)),
    accept("images.oversized", "file_in_a_count", counted(shown(STORED)), files=SHELF),
    accept(
        "images.oversized",
        "fallbacks_by_default",
        shown(image(1920, 1080), model=HIGH, fallbacks="default"),
    ),
    reject(
        "images.oversized",
        "documented",
        shown(image(1920, 1080)),
        oversized("1920x1080", "1456x819"),
    ),
    reject(
        "images.oversized",
        "seen_live",
        shown(image(4000, 4000)),
        oversized("4000x4000", "1092x1092"),
    ),
    reject(
        "images.oversized", "tall", shown(image(1593, 2324)), oversized("1593x2324", "902x1316")
    ),
    reject(
        "images.oversized",
        "second",
        shown(image(8, 8), image(1920, 1080)),
        oversized("1920x1080", "1456x819", "messages.0.content.1: "),
    ),
    reject(
        "images.oversized",
        "in_a_tool_result",
        returned(image(1920, 1080), toolset=False),
        oversized("1920x1080", "1456x819", "messages.2.content.0.content.0: "),
    ),
    reject(
        "images.oversized",
        "count",
        counted(shown(image(1920, 1080))),
        oversized("1920x1080", "1456x819"),
    ),
    reject(
        "images.oversized",
        "for_a_fallback",
        shown(image(1920, 1080), model=HIGH, **SMALLER_FALLBACK),
        oversized("1920x1080", "1456x819"),
    ),
    reject(
        "images.oversized",
        "file",
        shown(STORED),
        oversized("1920x1080", "1456x819", ""),
        files=SHELF,
    ),
    accept("images.oversized-toolset", "fits", returned(image(1456, 819, None))),
    accept(
        "images.oversized-toolset",
        "of_another_tool",
        returned(image(1920, 1080, None), toolset=False),
    ),
    accept("images.oversized-toolset", "text", returned({"type": "text", "text": "a"})),
    reject(
        "images.oversized-toolset",
        "screenshot",
        returned(image(1920, 1080, None)),
        oversized("1920x1080", "1456x819", "messages.2.content.0.content.0: ", remedy=False),
    ),
]


@parametrized(ROWS)
def test_oversized(row: Row) -> None:
    holds(row)
