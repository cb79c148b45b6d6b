"""Files that a test's servers leave behind: temporary ones, drafts of uploads, and contents that nothing refers to."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

from mockserver.store.disk import DiskStore


class Leftovers:
    """What lies in the folder of temporary files, and in the data directories that were opened since `begin`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._before: set[Path] = set()
        self._stores: WeakSet[DiskStore] = WeakSet()

    def begin(self) -> None:
        """Look away from what is there."""
        self._before = set(self._folder.iterdir())
        self._stores.clear()

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Let temporary files of this process lie in the folder, and look at every data directory."""
        opened, elsewhere = DiskStore.__init__, tempfile.tempdir
        stores = self._stores

        def seen(store: DiskStore, *arguments: Any) -> None:
            opened(store, *arguments)
            stores.add(store)

        DiskStore.__init__, tempfile.tempdir = seen, str(self._folder)  # type: ignore[method-assign]
        try:
            yield
        finally:
            DiskStore.__init__, tempfile.tempdir = opened, elsewhere  # type: ignore[method-assign]

    def found(self) -> list[str]:
        """All that is left, in alphabetical order."""
        temporary = set(self._folder.iterdir()) - self._before
        lying = [f"a temporary file stays: {path}" for path in temporary]
        lying += (
            f"a data directory keeps {path}" for each in self._stores for path in unused(each)
        )
        return sorted(lying)


def unused(store: DiskStore) -> list[Path]:
    """The files of a data directory that are part of nothing; none where a test has taken the folder away."""
    if not store._drafts.exists():
        return []
    used = {store._path(key, name) for (_, key), names in store._names.items() for name in names}
    return [*store._drafts.iterdir(), *(set(store._contents.iterdir()) - used)]
