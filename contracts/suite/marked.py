"""YAML whose values know the line they stand on, so that a mistake in a case can be shown.

Scalars are those of YAML 1.2: a day stays text, and so do `yes`, `no` and `on`. A key that is there twice is an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contracts.suite.errors import CaseError

if TYPE_CHECKING:
    from pathlib import Path

    import yaml

Place = tuple[str | int, ...]
SCALARS = {
    "tag:yaml.org,2002:null": r"^(?:null|~|)$",
    "tag:yaml.org,2002:bool": r"^(?:true|false)$",
    "tag:yaml.org,2002:int": r"^[-+]?(?:0|[1-9][0-9]*)$",
    "tag:yaml.org,2002:float": r"^[-+]?(?:[0-9]+\.[0-9]+(?:[eE][-+]?[0-9]+)?)$",
}


class Marked:
    """A parsed file: its value, and the line of every place in it. Raises CaseError.

    `shown` is how the file is named in errors.
    """

    def __init__(self, file: Path, shown: str) -> None:
        self.file = file
        self.shown = shown
        self._lines: dict[Place, int] = {(): 1}
        self.value: Any = self._read()

    def line(self, place: Place) -> int:
        """The line of a place or, for one that is not there, of what should hold it."""
        while place not in self._lines:
            place = place[:-1]
        return self._lines[place]

    def error(self, place: Place, text: str) -> CaseError:
        """An error that names file, line and key."""
        where = ".".join(str(part) for part in place)
        return CaseError(f"{self.shown}:{self.line(place)}: {where and where + ': '}{text}")

    def _read(self) -> Any:
        # Only who loads cases needs a YAML parser; the server does without.
        import yaml  # noqa: PLC0415 # on use

        try:
            node = yaml.compose(self._text(), Loader=_loader())
            return None if node is None else self._value(node, ())
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise CaseError(f"{self.shown}:{line}: no YAML: {error.problem}") from error
        except yaml.YAMLError as error:
            text = str(error).partition("\n")[0]
            raise CaseError(f"{self.shown}: no YAML: {text}") from error
        except RecursionError as error:
            raise CaseError(f"{self.shown}: nested too deep, or an alias holds itself") from error

    def _text(self) -> str:
        try:
            return self.file.read_text("utf-8")
        except UnicodeDecodeError as error:
            raise CaseError(
                f"{self.shown}: no UTF-8: {error.reason} at byte {error.start}"
            ) from error
        except OSError as error:
            raise CaseError(f"{self.shown}: {error.strerror}") from error

    def _value(self, node: yaml.Node, place: Place) -> Any:
        import yaml  # noqa: PLC0415 # as above

        self._lines[place] = node.start_mark.line + 1
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*place, at)) for at, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        return _scalar(node)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            at = (*place, key)
            if key in found:
                self._lines[at] = key_node.start_mark.line + 1
                raise self.error(at, "the key is there twice")
            found[key] = self._value(value_node, at)
            self._lines[at] = key_node.start_mark.line + 1
        return found


def _scalar(node: yaml.Node) -> Any:
    kind, text = node.tag.rpartition(":")[2], str(node.value)
    if kind == "null":
        return None
    if kind == "bool":
        return text == "true"
    if kind == "int":
        return int(text)
    return float(text) if kind == "float" else text


def _loader() -> type[Any]:
    import re  # noqa: PLC0415 # beside the import below

    import yaml  # noqa: PLC0415 # as above

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc] # chosen at run time
        """The scalars of YAML 1.2, not those of 1.1."""

        yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 # the parser's own attribute

    for tag, pattern in SCALARS.items():
        Loader.add_implicit_resolver(tag, re.compile(pattern), None)  # pyright: ignore[reportUnknownMemberType] - no types in the stub
    return Loader
