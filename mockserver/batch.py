"""One message batch: what is stored of it, what is due by when, and how the wire shows it."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final, NamedTuple

from mockserver.store import Document

OUTCOMES: Final = ("succeeded", "errored", "canceled", "expired")
# docs: Batch processing
LIFE = dt.timedelta(hours=24)
RESULTS_LIFE = dt.timedelta(days=29)


class Batch(NamedTuple):
    """A batch as it is stored."""

    id: str
    document: Document

    @property
    def total(self) -> int:
        return int(self.document["total"])

    @property
    def status(self) -> str:
        return str(self.document["processing_status"])

    @property
    def has_ended(self) -> bool:
        return self.status == "ended"

    def but(self, **changes: Any) -> Batch:
        """The batch with changes."""
        return Batch(self.id, {**self.document, **changes})

    def time(self, name: str) -> dt.datetime:
        return dt.datetime.fromisoformat(self.document[name])

    def due(self, now: dt.datetime, ends: str | float, *, is_poll: bool) -> int:
        """How many items have had their turn; `ends` is as in `mockserver.settings.Settings.batch_ends`."""
        due = int(self.document["due"])
        if self.status != "in_progress" or ends == "step":
            return due
        expires = self.time("expires_at")
        if isinstance(ends, str):
            return self.total if is_poll and now < expires else due
        gone = (min(now, expires) - self.time("created_at")).total_seconds()
        share = gone / ends if ends else 1.0
        return max(due, min(self.total, int(self.total * share)))

    def fate(self, now: dt.datetime) -> str | None:
        """What becomes of the items that had no turn: canceled, expired, or None as long as they wait."""
        if self.status == "canceling":
            return "canceled"
        return "expired" if now >= self.time("expires_at") else None

    def end(self, now: dt.datetime, ends: str | float) -> dt.datetime:
        """When a batch ended whose end is seen now."""
        fate = self.fate(now)
        if fate == "expired":
            return self.time("expires_at")
        if fate is None and not isinstance(ends, str):
            return min(now, self.time("created_at") + dt.timedelta(seconds=ends))
        return now

    def archived_at(self, now: dt.datetime) -> str | None:
        """When the results went away, if they have (docs: 29 days after the creation)."""
        end = self.time("created_at") + RESULTS_LIFE
        return written(end) if end <= now else None

    def shown(self, base_url: str, now: dt.datetime) -> dict[str, Any]:
        """The wire's batch object (recorded 2025-01-29)."""
        document = self.document
        archived = self.archived_at(now)
        url = f"{base_url}/v1/messages/batches/{self.id}/results"
        return {
            "id": self.id,
            "type": "message_batch",
            "processing_status": self.status,
            "request_counts": {
                "processing": 0 if self.has_ended else self.total,
                **(document["counts"] or dict.fromkeys(OUTCOMES, 0)),
            },
            "ended_at": document["ended_at"],
            "created_at": document["created_at"],
            "expires_at": document["expires_at"],
            "archived_at": archived,
            "cancel_initiated_at": document["cancel_initiated_at"],
            "results_url": url if self.has_ended and not archived else None,
        }


def written(moment: dt.datetime) -> str:
    """A time as batch objects have it: microseconds and +00:00 (recorded 2025-01-29)."""
    return moment.isoformat(timespec="microseconds")
