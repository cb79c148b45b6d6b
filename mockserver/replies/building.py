"""A value built from a schema and from what the prompt offers. The schema is the user's: work and depth are bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import reduce
from typing import Any, ClassVar, TypeVar

import orjson

from mockserver.replies.checking import fits_format
from mockserver.replies.described import described
from mockserver.replies.hints import Hints, kind_of
from mockserver.replies.merging import contained, merged
from mockserver.replies.naming import Naming, member_schema
from mockserver.replies.patterns import finds
from mockserver.replies.places import MOST_VALUES, Place, kinds_of
from mockserver.replies.scalars import Range, size, texts
from mockserver.replies.settling import Choices, Settler, listed
from mockserver.rules.strict import Schema, is_list, is_schema, subschemas

_T = TypeVar("_T")
DEEPEST = 32
_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


class Builder:
    """Builds one value. `options` has the places where something was chosen, and of how many; `picks` chooses otherwise.

    Nothing that it holds refers to it, so that it and the prompt in it go when its value is there.
    """

    def __init__(
        self, root: Any, hints: Hints, picks: Mapping[str, int], *, is_complete: bool
    ) -> None:
        choices = Choices(picks)
        self.options = choices.options
        self._pick = choices.pick
        self._hints = hints
        self._left = MOST_VALUES
        # A word that is the value of an enum is no name.
        self._taken = {
            _key(v) for node in subschemas(root) for v in listed(node, "enum") if isinstance(v, str)
        }
        self._settler = Settler(root, hints, choices)
        self._naming = Naming(self._settler, hints, choices, is_complete=is_complete)

    @property
    def built(self) -> int:
        """How many values were built, those inside others included."""
        return MOST_VALUES - self._left

    def value(self, schema: Any, place: Place) -> Any:
        """A value for the schema at a place."""
        self._left -= 1
        if place.depth > DEEPEST or self._left < 0:
            return None
        schema = self._settler.settled(schema, place.at, is_deep=place.is_deep)
        if not is_schema(schema):
            return self._free(place)
        schema = described(schema)
        ready = self._ready(schema, place)
        # What is ready made may break another keyword: what is built is one choice more.
        index = self._pick(f"{place.at}=", len(ready) + 1, place.turn) if ready else 0
        if index < len(ready):
            return ready[index]
        kinds = kinds_of(schema)
        kind = kinds[self._pick(f"{place.at}:", len(kinds))] if kinds else None
        return self._free(place) if kind is None else self._MAKERS[kind](self, schema, place)

    def _ready(self, schema: Schema, place: Place) -> list[Any]:
        if "const" in schema:
            return [schema["const"]]
        values = listed(schema, "enum")
        if values:
            return sorted(values, key=lambda value: self._enum_rank(value, schema, place.name))
        if self._naming.has_hint(schema, place.name):
            return []
        # An empty default says no more than leaving it out would.
        return [schema["default"]] if schema.get("default") not in (None, [], {}) else []

    def _enum_rank(self, value: Any, schema: Schema, name: str) -> tuple[bool, bool, int]:
        given = self._hints.given(name)
        is_given = given is not None and given.lower() == str(value).lower()
        is_named = isinstance(value, str) and self._hints.mentions(value)
        return not is_given, not is_named, 0 if value == schema.get("default") else 1

    def _free(self, place: Place) -> Any:
        return self._string({}, place)

    # Scalars

    def _string(self, schema: Schema, place: Place) -> str:
        if schema.get("contentMediaType") == "application/json" and "contentSchema" in schema:
            inner = self.value(schema["contentSchema"], place.member("contentSchema"))
            return orjson.dumps(inner).decode()
        hinted = self._hinted_text(schema, place)
        if hinted is not None:
            return hinted
        made = texts(schema, place.name, place.turn)
        return made[self._pick(f"{place.at}$", len(made))]

    def _hinted_text(self, schema: Schema, place: Place) -> str | None:
        given = self._hints.given(place.name)
        kind = kind_of(place.name)
        if given is not None and not place.turn:
            offered: Iterable[str] = [given]
        elif kind is not None:
            offered = self._hints.of_kind(place.name)
        else:
            offered = self._hints.strings
        return self._take(text for text in offered if _takes(schema, text))

    def _take(self, offered: Iterable[_T]) -> _T | None:
        found = next((value for value in offered if not self._is_taken(value)), None)
        if found is not None:
            self._taken.add(_key(found))
        return found

    def _is_taken(self, value: Any) -> bool:
        return _key(value) in self._taken

    def _number(self, schema: Schema, place: Place, *, whole: bool = False) -> int | float:
        limits = Range(schema, whole=whole)
        given = self._hints.given(place.name) if not place.turn else None
        named = Hints(given).numbers if given else []
        hinted = self._take(n for n in [*named, *self._hints.numbers] if limits.takes(n))
        turn = place.turn + self._pick(f"{place.at}#", 3)
        return limits.number(turn) if hinted is None else hinted

    def _integer(self, schema: Schema, place: Place) -> int | float:
        return self._number(schema, place, whole=True)

    def _boolean(self, _schema: Schema, place: Place) -> bool:
        given = (self._hints.given(place.name) or "").split(" ")[0].lower()
        return _TRUTH.get(given, True) == (self._pick(f"{place.at}!", 2, place.turn) == 0)

    def _null(self, _schema: Schema, _place: Place) -> None:
        return None

    # Arrays

    def _array(self, schema: Schema, place: Place) -> list[Any]:
        prefix, rest = _items(schema)
        included = self._contained(schema, place)
        if prefix and included:
            prefix, included = self._woven(prefix, included, place)
        further = True if rest is False else rest  # what must be there goes before what may not
        included = [merged(further, each) for each in included]
        is_plain = not prefix and not included
        hinted = self._hinted_items(schema, rest, place) if is_plain else []
        if hinted:
            return hinted
        count = self._count(schema, len(prefix), len(included), rest, place)
        schemas = [*prefix, *included][:count]
        schemas += [rest] * (count - len(schemas))
        turns = range(count) if schema.get("uniqueItems") is True else [0] * count
        return [
            self.value(each, place.item(index, place.turn + turn))
            for index, (each, turn) in enumerate(zip(schemas, turns, strict=True))
            if self._left > 0
        ]

    def _contained(self, schema: Schema, place: Place) -> list[Any]:
        """The schemas of the items that must be there, one for each or one for all."""
        wanted = contained(schema)
        if len(wanted) > 1 and self._pick(f"{place.at}%", 2):
            common = reduce(merged, (each for each, _ in wanted))
            wanted = [(common, max(least for _, least in wanted))]
        return [each for each, least in wanted for _ in range(min(int(least), MOST_VALUES))]

    def _woven(
        self, prefix: list[Any], included: list[Any], place: Place
    ) -> tuple[list[Any], list[Any]]:
        """The items that must be there come after the prefix, or take part in it from some place on."""
        start = self._pick(f"{place.at}&", len(prefix) + 1) - 1
        if start < 0:
            return prefix, included
        inside = included[: len(prefix) - start]
        woven = [merged(prefix[start + n], each) for n, each in enumerate(inside)]
        return [*prefix[:start], *woven, *prefix[start + len(woven) :]], included[len(inside) :]

    def _count(self, schema: Schema, prefix: int, included: int, rest: Any, place: Place) -> int:
        least, most = size(schema, "minItems", 0), size(schema, "maxItems", MOST_VALUES)
        wished = prefix + included
        is_closed = rest is False or is_list(schema.get("items"))
        if not wished and not is_closed and not place.is_deep:
            wished = 1
        if self._pick(f"{place.at}+", 2):
            wished = 0
        return min(max(least, wished), most, MOST_VALUES)

    def _hinted_items(self, schema: Schema, items: Any, place: Place) -> list[Any]:
        """Several values of the text for one array: those given by its name, or all that are left."""
        items = self._settler.settled(items, f"{place.at}/0", is_deep=place.is_deep)
        if not is_schema(items) or place.is_deep or place.turn:
            return []
        found = list(dict.fromkeys(self._offered_items(items, place.name)))
        found = found[: size(schema, "maxItems", len(found))]
        if len(found) < size(schema, "minItems", 1):
            return []
        self._taken.update(map(_key, found))
        return found

    def _offered_items(self, items: Schema, name: str) -> Iterator[Any]:
        if listed(items, "enum"):
            named = (v for v in items["enum"] if isinstance(v, str) and self._hints.mentions(v))
            yield from named
            return
        kinds = kinds_of(items)
        if "string" in kinds:
            bare = self._hints.quoted or self._hints.strings
            offered = self._hints.given_items(name) or bare
            yield from (t for t in offered if not self._is_taken(t) and _takes(items, t))
        elif kinds and kinds[0] in ("integer", "number"):
            limits = Range(items, whole=kinds[0] == "integer")
            yield from (n for n in self._hints.numbers if not self._is_taken(n) and limits.takes(n))

    # Objects

    def _object(self, schema: Schema, place: Place) -> dict[str, Any]:
        schema, names = self._naming.named(schema, place)
        made: dict[str, Any] = {}
        for name in names:
            made[name] = self.value(member_schema(schema, name), place.member(name))
        least = min(size(schema, "minProperties", 0), MOST_VALUES)
        for number in range(2 * least):
            if len(made) >= least or self._left <= 0:
                break
            name = self._naming.new_name(schema, number)
            further = member_schema(schema, name)
            if name not in made and further is not False:
                made[name] = self.value(further, place.member(name))
        return made

    _MAKERS: ClassVar[Mapping[str, Callable[..., Any]]] = {
        "object": _object,
        "array": _array,
        "string": _string,
        "integer": _integer,
        "number": _number,
        "boolean": _boolean,
        "null": _null,
    }


def _items(schema: Schema) -> tuple[list[Any], Any]:
    """The schemas of the first items and of all further ones. There are none from where one can't be."""
    prefix = listed(schema, "prefixItems") or listed(schema, "items")
    if False in prefix:
        return prefix[: prefix.index(False)], False
    return prefix, schema.get("additionalItems" if is_list(schema.get("items")) else "items", True)


def _key(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _takes(schema: Schema, text: str) -> bool:
    """Whether a text of the prompt fits where a text is wanted."""
    if not size(schema, "minLength", 0) <= len(text) <= size(schema, "maxLength", len(text)):
        return False
    pattern, form = schema.get("pattern"), schema.get("format")
    if isinstance(pattern, str) and not finds(pattern, text):
        return False
    return not isinstance(form, str) or fits_format(form, text)
