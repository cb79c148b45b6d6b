"""Which actions of Anthropic's tools a text asks for, in its order: `click at (1, 2)`, `view "/tmp/a.txt"`.

A word that is common in other texts counts only with what the action needs behind it: `type "yes"`, `press Enter`,
`wait 2 seconds`. An action's own name with an underscore counts wherever it stands. Where two actions are read
from the same words, the longer one counts: `double click`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mockserver.replies.actions.offered import actions, family
from mockserver.request import Block

_QUOTE = r"\s*(?::\s*)?[\"“'`]"
_PATH = r"(?=[^!?\n]{0,300}(?:/|\.[a-z]))"
_MODIFIER = r"(?:(?:ctrl|control|shift|alt|option|cmd|command|super|meta|win)\s?[+-]\s?)"
_NAMED_KEY = (
    "return|enter|tab|escape|esc|up|down|left|right|home|end|page[_ ]?up|page[_ ]?down|delete|backspace|"
    r"space|shift|ctrl|control|alt|cmd|super|meta|f\d{1,2}"
)
KEY = rf"{_MODIFIER}*(?:{_NAMED_KEY}|[a-z0-9])\b"
_THE_KEY = rf"(?:the\s+)?(?:keys?\s+)?[\"“'`]?(?={KEY})"
_MOUSE = r"(?:mouse|cursor|pointer)"
_ELEMENT = "button|link|field|box|element|input|bar|menu|icon|form|text"
_POINTING = {
    "screenshot": r"screen[ _-]?shots?\b",
    "zoom": r"zoom\b",
    "left_click": r"(?:left[ _-]?)?click\b",
    "right_click": r"right[ _-]?click\b",
    "middle_click": r"middle[ _-]?click\b",
    "double_click": r"double[ _-]?click\b",
    "triple_click": r"triple[ _-]?click\b",
    "left_click_drag": r"(?:left[ _-])?click(?:[ _-]|\s+and\s+)drag\b|drag\b",
    "left_mouse_down": r"(?:left[ _])?mouse[ _]down\b|press\s+(?:and\s+hold\s+)?the\s+(?:left\s+)?mouse\b",
    "left_mouse_up": r"(?:left[ _])?mouse[ _]up\b|release\s+the\s+(?:left\s+)?mouse\b",
    "mouse_move": rf"mouse_move\b|move\s+(?:the\s+|your\s+)?{_MOUSE}\b",
    "cursor_position": rf"{_MOUSE}[ _]position\b|(?:where\s+is|position\s+of)\s+the\s+{_MOUSE}\b",
    "scroll": r"scroll\b",
    "type": rf"type(?={_QUOTE})|enter(?=\s*[\"“`])",
    "key": rf"(?:press|hit)\s+{_THE_KEY}",
    "hold_key": rf"hold_key\b|(?:press\s+and\s+)?hold(?:\s+down)?\s+{_THE_KEY}",
    "wait": r"wait\b(?=\D{0,12}\d)",
}
_BROWSING = {
    **_POINTING,
    "navigate": r"(?:navigate|go|browse)\s+to\s+(?=\S*\w[.:]\w|\S*://)|(?:open|visit)\s+(?=\S*\w\.\w|\S*://)"
    r"|go\s+(?:back|forward)\b|reload\b",
    "list_tabs": r"list[ _](?:all\s+|the\s+|open\s+)*tabs\b|list_tabs\b",
    "new_tab": r"new[ _]tab\b",
    "switch_tab": r"switch(?:_|\s+to\s+(?:the\s+)?|\s+)tab\b",
    "close_tab": r"close(?:_|\s+the\s+|\s+)tab\b",
    "read_page": r"read[ _](?:the\s+|this\s+)?page\b",
    "get_page_text": r"get_page_text\b|(?:get|read)\s+(?:the\s+)?(?:page\s+text|text\s+of\s+the\s+page)\b",
    "read_console": r"read[ _](?:the\s+)?console\b",
    "read_network": r"read[ _](?:the\s+)?network\b|network\s+requests\b",
    "find": rf"find(?:{_QUOTE}|(?=\s+(?:the|a|an|all)\s[^.!?\n]{0, 300}\b(?:{_ELEMENT})s?\b))",
    "form_input": r"form_input\b|fill(?:\s+in|\s+out)?\b",
    "file_upload": r"file_upload\b|upload\b",
    "scroll_to": r"scroll_to\b|scroll\s+(?:to\s+)?(?=ref_)",
    "hover": r"hover\b",
    "javascript_exec": r"javascript(?:_exec)?\b",
}
_EDITING = {
    "view": rf"(?:view|show|open|read|look\s+at)\b{_PATH}",
    "create": rf"(?:create|write)\b{_PATH}",
    "str_replace": rf"str_replace\b(?!_)|(?:replace|change)\b{_PATH}",
    "insert": rf"(?:insert|add)\b{_PATH}",
    "undo_edit": r"undo(?:_edit)?\b",
}
_MEMORY = r"(?=[^!?\n]{0,300}\bmemor(?:y|ies)\b)"
_REMEMBERING = {
    "view": rf"(?:view|check|look\s+at|read|recall|list|show)\b{_MEMORY}",
    "create": rf"(?:create|save|store|write|note)\b{_MEMORY}|(?<!you )remember\s+that\b",
    "str_replace": rf"str_replace\b|(?:replace|change|update)\b{_MEMORY}",
    "insert": rf"(?:insert|add|append)\b{_MEMORY}",
    "delete": rf"(?:delete|remove|forget)\b{_MEMORY}",
    "rename": rf"(?:rename|move)\b{_MEMORY}",
}
_RUNNING = {
    "run": rf"(?:run|execute)\s+(?:the\s+)?(?:command\s*)?(?={_QUOTE})",
    "restart": r"restart\b(?=[^!?\n]{0,300}\b(?:bash|shell|terminal|session)\b)",
}
_WORDS = {
    "computer": _POINTING,
    "browser": _BROWSING,
    "text": _EDITING,
    "memory": _REMEMBERING,
    "bash": _RUNNING,
}
# Without one of these in the text an action needs no closer look: a pattern is slow, and most texts ask for nothing.
_NEEDED = {
    "computer": """
screenshot screen
zoom zoom
left_click,right_click,middle_click,double_click,triple_click click
left_click_drag drag
left_mouse_down,left_mouse_up mouse
mouse_move move
cursor_position position where
scroll scroll
type type enter
key press hit
hold_key hold
wait wait
""",
    "browser": """
navigate navigate browse go open visit reload
list_tabs,new_tab,switch_tab,close_tab tab
read_page,get_page_text page
read_console console
read_network network
find find
form_input form_input fill
file_upload upload
scroll_to scroll
hover hover
javascript_exec javascript
""",
    "text": """
view view show open read look
create create write
str_replace str_replace replace change
insert insert add
undo_edit undo
""",
    "memory": """
view,insert,delete,rename memor
create memor remember
str_replace str_replace memor
""",
    "bash": """
run run execute
restart restart
""",
}


def _words_by_action(family: str) -> dict[str, list[str]]:
    rows = (line.split() for line in _NEEDED[family].strip().splitlines())
    found = {name: words for names, *words in rows for name in names.split(",")}
    return {**_words_by_action("computer"), **found} if family == "browser" else found


_NEEDLES = {family: _words_by_action(family) for family in _WORDS}
_PATTERNS = {
    family: {
        name: re.compile(rf"(?<![\w-])(?:{said})", re.IGNORECASE) for name, said in words.items()
    }
    for family, words in _WORDS.items()
}


class Asked(NamedTuple):
    """An action that a text asks for: where it says so, and what it says of it."""

    start: int
    name: str
    words: str


def asked(text: str, tool: Block) -> list[Asked]:
    """The actions of a tool that a text asks for. The first one's words begin with the text."""
    taken = list(_taken(text, tool))
    starts = [start for start, _ in taken[1:]]
    parts = zip([0, *starts], [*starts, len(text)], strict=True) if taken else ()
    return [
        Asked(start, name, text[begin:end])
        for (start, name), (begin, end) in zip(taken, parts, strict=True)
    ]


def _taken(text: str, tool: Block) -> Iterator[tuple[int, str]]:
    """Where a text asks for which action. The longer of two that begin together counts, then the one that begins first."""
    kind, lower = family(tool), text.lower()
    offered, needles = actions(tool), _NEEDLES[kind]
    matches = sorted(
        (match.start(), -match.end(), name)
        for name, pattern in _PATTERNS[kind].items()
        if name in offered and any(word in lower for word in needles[name])
        for match in pattern.finditer(text)
    )
    free = 0
    for start, minus_end, name in matches:
        if start >= free:
            yield start, name
            free = -minus_end
