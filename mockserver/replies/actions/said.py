"""What a text says of an action: points on the display, paths, quoted strings, numbers."""

from __future__ import annotations

import re
from functools import cached_property

from mockserver.replies.actions.offered import family
from mockserver.replies.hints import Hints
from mockserver.request import Block

Point = tuple[int, int]
# docs: Computer use tool: a good size. That of a toolset's display is known to the client alone.
DISPLAY: Point = (1280, 720)
MOST = 1_000_000
PAIR = r"(\d{1,5})\s*,\s*(\d{1,5})"
_POINT = re.compile(
    rf"[(\[]\s*{PAIR}\s*[)\]]|\b(?:at|to|from)\s+{PAIR}|\bx\s*[=:]?\s*(\d{{1,5}})\W+y\s*[=:]?\s*(\d{{1,5}})",
    re.IGNORECASE,
)


class Said:
    """The words about one action of a tool. `family` is the first word of the tool's type."""

    def __init__(self, words: str, tool: Block) -> None:
        self.hints = Hints(words)
        self.words = self.hints.text
        self.family = family(tool)
        self.width, self.height = (
            max(1, int(tool.get(f"display_{side}_px", size)))
            for side, size in zip(("width", "height"), DISPLAY, strict=True)
        )

    def shown(self, x: int, y: int) -> Point:
        """The point of the display that is nearest."""
        return max(0, min(x, self.width - 1)), max(0, min(y, self.height - 1))

    @cached_property
    def points(self) -> list[Point]:
        """The points that are named, on the display."""
        matches = _POINT.finditer(self.words)
        pairs = ([int(number) for number in m.groups() if number is not None] for m in matches)
        return [self.shown(x, y) for x, y in pairs]

    @cached_property
    def paths(self) -> list[str]:
        """Paths, those in quotation marks first: they may have spaces."""
        quoted = [text for text in self.hints.quoted if text.startswith(("/", "~", "./"))]
        rest = [path for path in self.hints.of_kind("path") if not any(path in q for q in quoted)]
        return list(dict.fromkeys([*quoted, *rest]))

    @cached_property
    def texts(self) -> list[str]:
        """What is quoted and no path."""
        return [text for text in self.hints.quoted if text not in self.paths]

    @cached_property
    def number(self) -> int | float | None:
        """The first number that belongs to no point and is not huge."""
        numbers = Hints(_POINT.sub(" ", self.words)).numbers
        return next((number for number in numbers if abs(number) <= MOST), None)
