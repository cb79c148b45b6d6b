"""A script in a YAML file: read with line numbers, and read again when the file changes."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mockserver.scripts import reading
from mockserver.scripts.model import Entry, ScriptError, is_list

if TYPE_CHECKING:
    import yaml

log = logging.getLogger("mockserver")

Path_ = tuple[str | int, ...]
Lines = dict[Path_, int]
TIMESTAMP = "tag:yaml.org,2002:timestamp"


class ScriptFileError(Exception):
    """A script that can't be used; the message names file, line and remedy."""


class ScriptFile:
    """The entries of a file. A change that can't be read is told, and leaves the entries as they were."""

    def __init__(self, path: Path) -> None:
        """Read the file. Raises ScriptFileError."""
        self.path = path
        self.problem: str | None = None
        self._seen = _state(path)
        self._entries = read(path)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries as the file has them now."""
        now = _state(self.path)
        if now != self._seen:
            self._seen = now
            self._reload()
        return self._entries

    def _reload(self) -> None:
        try:
            self._entries, self.problem = read(self.path), None
        except ScriptFileError as error:
            self.problem = str(error)
            log.error("%s; the script stays as it was", error)  # noqa: TRY400 # the message says all
        else:
            log.warning("%s was read again: %d entries", self.path, len(self._entries))


def _state(path: Path) -> tuple[int, int, int]:
    """What changes when a file does; nothing for one that is not there (an editor may be about to write it)."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0, 0)
    return found.st_mtime_ns, found.st_size, found.st_ino


def read(path: Path) -> tuple[Entry, ...]:
    """The entries of a file. Raises ScriptFileError."""
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ScriptFileError(f"{path}: can't be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ScriptFileError(f"{path}: can't be read: it is not UTF-8 ({error})") from error
    value, lines = _parsed(path, text)
    try:
        return _entries(path.name, [] if value is None else value, lines)
    except ScriptError as error:
        raise ScriptFileError(f"{path}:{_line(lines, error.path)}: {_shown(error)}") from error


def _entries(name: str, value: Any, lines: Lines) -> tuple[Entry, ...]:
    if not is_list(value):
        raise ScriptError(
            (), "a script is a list of entries: begin each with `- when:` or `- reply:`"
        )
    found = tuple(
        reading.entry(each, f"{name}:{_position(number, lines)}", (number,))
        for number, each in enumerate(value)
    )
    ids = [entry.id for entry in found]
    for number, entry_id in enumerate(ids):
        if entry_id in ids[:number]:
            raise ScriptError((number, "name"), f"two entries are called {entry_id!r}")
    return found


def _position(number: int, lines: Lines) -> str:
    """The line of an entry, with its number where the one before it is on the same line, as JSON may have it."""
    line = lines[(number,)]
    return f"{line} entry {number + 1}" if lines.get((number - 1,)) == line else str(line)


def _shown(error: ScriptError) -> str:
    """The path inside of the entry; which entry it is, the line says."""
    path = ".".join(map(str, error.path[1:]))
    return f"{path}: {error.problem}" if path else error.problem


def _line(lines: Lines, path: Path_) -> int:
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _parsed(path: Path, text: str) -> tuple[Any, Lines]:
    import yaml  # noqa: PLC0415 # most servers have no script

    class Loader(yaml.SafeLoader):
        """Days stay texts: a script holds what JSON holds."""

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != TIMESTAMP]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    lines: Lines = {}
    try:
        loader: Any = Loader(text)
        node = loader.get_single_node()
        _number(node, (), lines)
        return (None if node is None else loader.construct_document(node)), lines
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ScriptFileError(f"{path}:{line}: not YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise ScriptFileError(f"{path}: not YAML: {error}") from error
    except ScriptError as error:
        raise ScriptFileError(f"{path}:{_line(lines, error.path)}: {error.problem}") from error
    except RecursionError as error:
        raise ScriptFileError(f"{path}: nested too deep, or an alias holds itself") from error


def _number(node: yaml.Node | None, path: Path_, lines: Lines) -> None:
    """Note the line of everything below a node. Raises ScriptError for a key that is there twice."""
    import yaml  # noqa: PLC0415 # as above

    if node is None:
        return
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            _number(item, (*path, number), lines)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*path, str(key.value))
            is_double = inner in lines
            _number(value, inner, lines)
            lines[inner] = key.start_mark.line + 1
            if is_double:
                raise ScriptError(inner, f"the key {key.value!r} is there twice")
