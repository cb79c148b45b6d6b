"""A cassette that is written: one exchange a line, each in one write, so that a kill leaves whole lines but the last."""

from __future__ import annotations

import os
from pathlib import Path

from mockserver.cassettes.model import CassetteError, is_cassette

LINE_END = b"\n"


class Cassette:
    """A file that lines are appended to. What is there stays; `is_cut` says that its last line had no end.

    Raises CassetteError when it can't be written, and for a file that is none of ours.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            size = os.fstat(self._file).st_size
            self.is_cut = size > 0 and os.pread(self._file, 1, size - 1) != LINE_END
            is_ours = size == 0 or is_cassette(_first_line(self._file))
        except OSError as error:
            raise CassetteError(f"{path}: can't be written: {error.strerror or error}") from error
        if not is_ours:
            self.close()
            raise CassetteError(
                f"{path}: is no cassette: its first line was not written by `messages-mock record`; "
                "name another file"
            )
        if self.is_cut:
            os.write(self._file, LINE_END)

    def append(self, line: bytes) -> None:
        """Write a line. Raises CassetteError."""
        rest = memoryview(line + LINE_END)
        try:
            while rest:  # all in one, unless the disk is nearly full
                rest = rest[os.write(self._file, rest) :]
        except OSError as error:
            raise CassetteError(
                f"{self.path}: can't be written: {error.strerror or error}"
            ) from error

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def _first_line(file: int) -> bytes:
    with os.fdopen(file, "rb", closefd=False) as opened:
        return next((line for line in opened if line.strip()), b"")
