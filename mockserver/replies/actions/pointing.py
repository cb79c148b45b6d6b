"""Values for what is done on a display or in a browser: where, with which keys, how long, how often.

Each takes what the text says, and gives None where it says nothing.
"""

from __future__ import annotations

import re
from typing import Any

from mockserver.replies.actions.said import PAIR, Said
from mockserver.replies.actions.words import KEY
from mockserver.request import Block

# SDK: a browser's are 30 at most; anthropics/anthropic-quickstarts refuse more than 100
LONGEST_SECONDS = {"browser": 30, "computer": 100}
MOST_TIMES = 100
MOST_CLICKS = 10  # SDK: of the wheel, in a browser
_REGION = re.compile(rf"[(\[]\s*{PAIR}\s*,\s*{PAIR}\s*[)\]]")
_KEYS = re.compile(
    rf"\b(?:press|hit|hold|down|keys?)\s+(?:and\s+hold\s+)?(?:down\s+)?(?:the\s+)?(?:keys?\s+)?[\"“'`]?({KEY})",
    re.IGNORECASE,
)
_HELD = "(?:ctrl|shift|alt|super|cmd)"
_MODIFIERS = re.compile(
    rf"\b(?:with|holding|hold)\s+({_HELD}(?:\s?\+\s?{_HELD})*)\b", re.IGNORECASE
)
_SECONDS = re.compile(
    r"(?<!\d)(\d{1,6}(?:\.\d{1,6})?) ?-? ?(?:s|sec|secs|seconds?)\b", re.IGNORECASE
)
_TIMES = re.compile(r"(?<!\d)(\d{1,6}) ?(?:times|x)\b|\b(twice)\b", re.IGNORECASE)
_DIRECTION = re.compile(r"\b(up|down|left|right)\b", re.IGNORECASE)
_REF = re.compile(r"\bref_\w{1,40}")
_TAB = re.compile(r"\btab(?:[ _]id)?\s*[:=]?\s*[\"“'`]?([\w-]{0,40}\d[\w-]{0,40})", re.IGNORECASE)
_DEPTH = re.compile(r"\bdepth\s*[:=]?\s*(\d{1,3})\b", re.IGNORECASE)
_HISTORY = re.compile(r"\b(?:go\s+(back|forward)|(reload))\b", re.IGNORECASE)
_HOST = re.compile(
    r"\b(?:[\w-]{1,63}\.){1,8}[a-z]{2,24}\b(?:/[\w./?=&%#-]{0,500}\w)?", re.IGNORECASE
)
_XDOTOOL = {
    "return": "Return",
    "enter": "Return",
    "tab": "Tab",
    "escape": "Escape",
    "esc": "Escape",
    "up": "Up",
    "down": "Down",
    "left": "Left",
    "right": "Right",
    "home": "Home",
    "end": "End",
    "pageup": "Page_Up",
    "pagedown": "Page_Down",
    "delete": "Delete",
    "backspace": "BackSpace",
    "control": "ctrl",
    "option": "alt",
    "command": "cmd",
}


def first_point(said: Said) -> list[int] | None:
    return list(said.points[0]) if said.points else None


def last_point(said: Said) -> list[int] | None:
    return list(said.points[-1]) if said.points else None


def middle(said: Said) -> list[int]:
    return list(said.shown(said.width // 2, said.height // 2))


def corner(_said: Said) -> list[int]:
    return [0, 0]


def spot(point: list[int] | None) -> Block | None:
    """A point as a browser's target."""
    return None if point is None else {"type": "coordinate", "x": point[0], "y": point[1]}


def region(said: Said) -> list[int] | None:
    match = _REGION.search(said.words)
    if match is not None:
        left, top, right, bottom = map(int, match.groups())
        corners = [(left, top), (right, bottom)]
    else:
        corners = said.points[:2]
    across = sorted(min(x, said.width) for x, _ in corners)
    down = sorted(min(y, said.height) for _, y in corners)
    is_one = len(corners) > 1 and across[0] < across[1] and down[0] < down[1]
    return [across[0], down[0], across[1], down[1]] if is_one else None


def everything(said: Said) -> list[int]:
    return [0, 0, said.width, said.height]


def key(said: Said) -> str | None:
    """Keys by the names of xdotool, as the docs have them."""
    match = _KEYS.search(said.words)
    if match is None:
        return next(iter(said.texts), None)
    parts = re.split(r"\s?[+-]\s?", match[1])
    return "+".join(_XDOTOOL.get(re.sub("[_ ]", "", part).lower(), part) for part in parts)


def modifier(said: Said) -> str | None:
    match = _MODIFIERS.search(said.words)
    return None if match is None else re.sub(r"\s", "", match[1]).lower()


def seconds(said: Said) -> int | float | None:
    match = _SECONDS.search(said.words)
    number = float(match[1]) if match else said.number
    if number is None or number < 0:
        return None
    number = min(number, LONGEST_SECONDS[said.family])
    # SDK: whole ones for a computer
    return int(number) if said.family == "computer" or number == int(number) else number


def times(said: Said) -> int | None:
    match = _TIMES.search(said.words)
    return None if match is None else max(1, min(int(match[1] or 2), MOST_TIMES))


def direction(said: Said) -> str | None:
    return _found(_DIRECTION, said.words.lower(), 1)


def clicks(said: Said) -> int | None:
    return None if said.number is None else max(1, min(int(said.number), MOST_CLICKS))


def element(said: Said) -> Block | None:
    name = ref(said)
    return None if name is None else {"type": "ref", "ref": name}


def ref(said: Said) -> str | None:
    return _found(_REF, said.words)


def tab(said: Said) -> str | None:
    return _found(_TAB, said.words, 1)


def depth(said: Said) -> int | None:
    found = _found(_DEPTH, said.words, 1)
    return None if found is None else int(found)


def shown(said: Said) -> str | None:
    return "interactive" if said.hints.mentions("interactive") else None


def url(said: Said) -> str | None:
    past = _HISTORY.search(said.words.lower())
    # SDK: these go through the history; the scheme may be left out
    gone = None if past is None else past[1] or past[2]
    return next(iter(said.hints.of_kind("url")), None) or _found(_HOST, said.words) or gone


def value(said: Said) -> Any:
    """What a form's field is set to: a text, a truth, or a number."""
    if said.texts:
        return said.texts[0]
    truths = (
        truth for word, truth in (("true", True), ("false", False)) if said.hints.mentions(word)
    )
    return next(truths, said.number)


def _found(pattern: re.Pattern[str], words: str, group: int = 0) -> str | None:
    match = pattern.search(words)
    return None if match is None else match[group]
