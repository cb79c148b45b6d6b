"""Where resources with a lifecycle live: one narrow interface, with a store in memory and one on disk.

A row is a small JSON document under (kind, owner, key), with named contents of any size beside it. What
`put` and `remove` did is done for good when they return. Rows are read from memory in either store, so
that reading never blocks; whoever goes over them takes a copy first, because another thread may add one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from typing_extensions import Self  # in typing from Python 3.11 on

Document = dict[str, Any]
Result = TypeVar("Result")


class StoreError(Exception):
    """The store can't be opened; the message says why and what to do."""


class Row(NamedTuple):
    """A stored document. `number` rises with every row that is added, and never changes."""

    number: int
    document: Document


class Draft(Protocol):
    """Content that is being written, and part of nothing yet. Leaving its block throws it away."""

    size: int

    def write(self, data: bytes) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...


class Content(Protocol):
    """Stored content; it can be opened as often as one likes."""

    @property
    def size(self) -> int: ...

    def open(self) -> BinaryIO: ...


NO_DRAFTS: Mapping[str, Draft] = {}


class Store(Protocol):
    """Rows and contents. `owner` is a workspace, `key` an id of ours; names of users never get here.

    `put` adds the contents in `drafts` to those that the key has, and lets go of those named in `drops`.
    `blocks` says whether `put` and `remove` wait for a disk; `starts` counts the earlier openings of
    what lasts, so that ids drawn from a seed don't come again.
    """

    blocks: bool
    starts: int

    def rows(self, kind: str, owner: str) -> Mapping[str, Row]: ...

    def put(
        self,
        kind: str,
        owner: str,
        key: str,
        document: Document,
        drafts: Mapping[str, Draft] = NO_DRAFTS,
        drops: Collection[str] = (),
    ) -> None: ...

    def remove(self, kind: str, owner: str, key: str) -> None: ...

    def draft(self) -> Draft: ...

    def content(self, owner: str, key: str, name: str) -> Content: ...

    def forget(self, owner: str) -> None: ...

    def close(self) -> None: ...


async def settled(
    store: Store, change: Callable[..., Result], *args: object, **more: object
) -> Result:
    """Call what changes a store: in a thread when the store waits for a disk, and at once when not."""
    if store.blocks:
        return await asyncio.to_thread(change, *args, **more)
    return change(*args, **more)
