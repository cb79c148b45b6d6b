"""A multipart/form-data body read as it arrives: a file goes into a draft, never whole into memory."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from mockserver.errors import invalid
from mockserver.store import Draft

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartParser

DEFAULT_TYPE = "application/octet-stream"
LONGEST_TYPE = 255
MOST_PARTS = 1_000
MOST_FIELD_BYTES = 64 * 1024
FILE, LIFE, FILES = "file", "expires_in_seconds", "files"


class Parts(ABC):
    """A body that is read part by part; what each part is for is said by `begin`."""

    def __init__(self) -> None:
        self._parts = 0
        self._header = bytearray()
        self._value = bytearray()
        self._headers: dict[bytes, bytes] = {}
        self._sink: Callable[[bytes], object] = bytes
        self.is_whole = False

    async def read(self, content_type: str, chunks: AsyncIterator[bytes]) -> None:
        """Read the body. Raises the 400 for one that is no form."""
        # Imported on use: most servers never see an upload, and none should start slower for it.
        from python_multipart.exceptions import FormParserError  # noqa: PLC0415 # on use

        parser = self._parser(content_type)
        try:
            async for chunk in chunks:
                parser.write(chunk)
            parser.finalize()
        except FormParserError as error:
            raise _malformed(str(error)) from error
        if not self.is_whole and self._parts:
            raise _malformed("it ends before its last boundary")

    @abstractmethod
    def begin(self, name: str, filename: str | None, kind: str) -> Callable[[bytes], object]:
        """What takes the bytes of a part that begins. `kind` is its content type, or empty."""

    def _parser(self, content_type: str) -> MultipartParser:
        from python_multipart.multipart import (  # noqa: PLC0415 # on use
            MultipartParser,
            parse_options_header,
        )

        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data":
            raise invalid("content-type: must be multipart/form-data")
        if not options.get(b"boundary"):
            raise _malformed("the content type names no boundary")
        callbacks: Any = {
            "on_part_begin": self._on_part_begin,
            "on_header_field": self._on_header_field,
            "on_header_value": self._on_header_value,
            "on_header_end": self._on_header_end,
            "on_headers_finished": self._on_headers_finished,
            "on_part_data": self._on_part_data,
            "on_end": self._on_end,
        }
        return MultipartParser(options[b"boundary"], callbacks)

    def _on_part_begin(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise _malformed(f"it has more than {MOST_PARTS} parts")
        self._headers.clear()

    def _on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]  # the parser bounds headers

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header_end(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _on_headers_finished(self) -> None:
        from python_multipart.multipart import parse_options_header  # noqa: PLC0415 # on use

        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        name, filename = options.get(b"name"), options.get(b"filename")
        if name is None:
            raise _malformed("a part has no name")
        kind = decoded(self._headers.get(b"content-type", b"")).strip()
        self._sink = self.begin(
            decoded(name), None if filename is None else decoded(filename), kind
        )

    def _on_part_data(self, data: bytes, start: int, end: int) -> None:
        self._sink(data[start:end])

    def _on_end(self) -> None:
        self.is_whole = True


class Field:
    """The value of a part that is no file."""

    def __init__(self) -> None:
        self._value = bytearray()

    def write(self, data: bytes) -> None:
        """Add to the value. Raises the 400 for one that is too long."""
        self._value += data
        if len(self._value) > MOST_FIELD_BYTES:
            raise _malformed(f"a field has more than {MOST_FIELD_BYTES} bytes")

    @property
    def text(self) -> str:
        """The value. Raises UnicodeDecodeError."""
        return self._value.decode()


class Form(Parts):
    """What an upload says: the part called `file`, with or without a file name, and how long it shall live."""

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft
        self._life: Field | None = None
        self.has_file = False
        self.filename: str | None = None
        self.mime_type = DEFAULT_TYPE

    async def read(self, content_type: str, chunks: AsyncIterator[bytes]) -> None:
        """Read the body. Raises the 400 for one that is no form or has no file."""
        await super().read(content_type, chunks)
        if not self.has_file:
            raise invalid("file: Field required")

    @property
    def expires_in(self) -> int | None:
        """The life that was asked for in seconds. Raises the 400 for what is no integer."""
        if self._life is None:
            return None
        try:
            return int(self._life.text)
        except ValueError:
            raise invalid(
                f"{LIFE}: Input should be a valid integer, unable to parse string as an integer"
            ) from None

    def begin(self, name: str, filename: str | None, kind: str) -> Callable[[bytes], object]:
        """The draft for the file, a field for anything else. Raises the 400 for a second file or an odd type."""
        if name != FILE:
            field = Field()
            if name == LIFE:
                self._life = field
            return field.write
        if self.has_file:
            raise invalid("file: there is more than one part of this name")
        if len(kind) > LONGEST_TYPE or not kind.isascii():
            raise invalid(
                f"file: the content type must have at most {LONGEST_TYPE} ASCII characters"
            )
        self.has_file = True
        self.filename = filename
        self.mime_type = kind or DEFAULT_TYPE
        return self._draft.write


class SkillForm(Parts):
    """What a skill is uploaded as: parts called `files[]` with paths, and the skill's name for people."""

    def __init__(self) -> None:
        super().__init__()
        self._fields: dict[str, Field] = {}
        self._files: list[tuple[str, bytearray]] = []

    @property
    def files(self) -> list[tuple[str, bytes]]:
        """Paths and contents, in the order in which they came."""
        return [(path, bytes(content)) for path, content in self._files]

    def text(self, name: str) -> str | None:
        """The value of a field. Raises the 400 for what is no UTF-8."""
        try:
            return self._fields[name].text if name in self._fields else None
        except UnicodeDecodeError:
            raise invalid(f"{name}: Input should be a valid string") from None

    def begin(self, name: str, filename: str | None, kind: str) -> Callable[[bytes], object]:  # noqa: ARG002 # a skill's files have no types
        """A file of the skill, or a field."""
        if name in (FILES, f"{FILES}[]"):
            content = bytearray()
            self._files.append((filename or "", content))
            return content.extend
        self._fields[name] = field = Field()
        return field.write


def decoded(raw: bytes) -> str:
    """Text of a header: UTF-8 as browsers and SDKs send it, or else Latin-1."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _malformed(reason: str) -> Exception:
    return invalid(f"The request body is not valid multipart/form-data: {reason}")
