"""A store whose process dies: what SQLite and the file system have by then is all that is left."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from mockserver.store.disk import DiskStore

# Where there is a file system in memory: syncing a disk a thousand times would take minutes.
MEMORY = Path("/dev/shm")


class Disk:
    """A data directory that is opened, closed in order, or left as it lies and opened from there."""

    def __init__(self) -> None:
        self._root = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self._number = 0
        self.store = DiskStore(self._folder)

    @property
    def _folder(self) -> Path:
        return self._root / str(self._number)

    def restart(self) -> None:
        """Close the store and open it again."""
        self.store.close()
        self.store = DiskStore(self._folder)

    def crash(self) -> None:
        """Open a copy of the directory as it is now, the write-ahead log included, and nothing else."""
        before = self._folder
        self._number += 1
        shutil.copytree(before, self._folder)
        self.store.close()
        self.store = DiskStore(self._folder)

    def names(self) -> set[str]:
        """The contents that lie there."""
        return {path.name for path in (self._folder / "contents").iterdir()}

    def remove(self) -> None:
        self.store.close()
        shutil.rmtree(self._root)
