"""A cassette that is written: one exchange a line, each in one write, so that a kill leaves whole lines but the last."""

from __future__ import annotations

import os
from pathlib import Path

from mockserver.cassettes.model import CassetteError

LINE_END = b"\n"


class Cassette:
    """A file that lines are appended to. What is there stays; `is_cut` says that its last line had no end.

    Raises CassetteError when it can't be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
            size = os.fstat(self._file).st_size
            self.is_cut = size > 0 and os.pread(self._file, 1, size - 1) != LINE_END
        except OSError as error:
            raise CassetteError(f"{path}: can't be written: {error.strerror or error}") from error
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
