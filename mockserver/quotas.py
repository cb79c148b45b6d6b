"""Quotas of a workspace: requests, input tokens and output tokens per minute, as token buckets on the clock.

A bucket holds a minute's worth and fills up evenly (docs: Rate limits). Output counts when it has been made, so its
bucket may fall below nothing, and is asked for one token before. Tokens read from the prompt cache are free.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any, Final

from mockserver.blocks import Block, block
from mockserver.clock import Clock
from mockserver.errors import ApiError
from mockserver.rate_limits import INPUT_LIMIT, OUTPUT_LIMIT, REQUESTS_LIMIT
from mockserver.settings import Settings

MINUTE: Final = 60.0
# docs: remainders are rounded to thousands; of a smaller limit nothing would be left to see (policy)
ROUNDED_FROM: Final = 10_000
# reported 2026-04: anthropics/claude-code#55132
REFUSAL: Final = (
    "This request would exceed your organization's rate limit of {limit:,} {what} per minute (org: "
    "{organization}, model: {model}). For details, refer to: https://docs.claude.com/en/api/rate-limits. "
    "You can see the response headers for current usage. Please reduce the prompt length or the maximum "
    "tokens requested, or try again later. You may also contact sales at "
    "https://claude.com/contact-sales to discuss your options for a rate limit increase."
)


class Bucket:
    """So much per minute; None is a bucket that is always full."""

    def __init__(self, what: str, limit: int | None, shown: int, now: float) -> None:
        self.what = what
        self.limit = shown if limit is None else limit
        self._is_endless = limit is None
        self._level = float(self.limit)
        self._at = now

    def level(self, now: float) -> float:
        """What is in the bucket."""
        if now > self._at:
            gained = (now - self._at) * self.limit / MINUTE
            self._level = min(float(self.limit), self._level + gained)
            self._at = now
        return self._level

    def take(self, amount: int, now: float) -> None:
        """Take out what was used, whether it is there or not."""
        if not self._is_endless:
            self._level = self.level(now) - amount

    def seconds_until(self, amount: float, now: float) -> float:
        """How long until so much is there; what the bucket can't hold is waited for until it is full."""
        missing = min(amount, self.limit) - self.level(now)
        return max(0.0, missing * MINUTE / self.limit)

    def has(self, amount: int, now: float) -> bool:
        return self._is_endless or self.level(now) >= amount


class Quotas:
    """The buckets of one workspace."""

    def __init__(self, settings: Settings, clock: Clock, organization_id: str) -> None:
        now = clock.seconds()
        self._clock = clock
        self._organization_id = organization_id
        self._requests = Bucket("requests", settings.rpm, REQUESTS_LIMIT, now)
        self._input = Bucket("input tokens", settings.itpm, INPUT_LIMIT, now)
        self._output = Bucket("output tokens", settings.otpm, OUTPUT_LIMIT, now)

    def admit(self, model: str, input_tokens: int) -> None:
        """Let a request in and count it. Raises the 429 with the seconds to wait."""
        now = self._clock.seconds()
        for bucket, amount in ((self._requests, 1), (self._input, input_tokens), (self._output, 1)):
            if not bucket.has(amount, now):
                raise self._refusal(bucket, amount, model, now)
        self._requests.take(1, now)

    def use(self, usage: Mapping[str, Any]) -> None:
        """Count the tokens of an answer."""
        now = self._clock.seconds()
        fresh = usage["input_tokens"] + usage["cache_creation_input_tokens"]
        self._input.take(fresh, now)
        self._output.take(usage["output_tokens"], now)

    def headers(self) -> Block:
        """The rate-limit families as the buckets are now."""
        return block(self._raw())

    def _raw(self) -> list[tuple[bytes, bytes]]:
        now = self._clock.seconds()
        inward, outward = self._shown(self._input, now), self._shown(self._output, now)
        both = (
            inward[0] + outward[0],
            inward[1] + outward[1],
            max(inward[2], outward[2]),
        )
        found: list[tuple[bytes, bytes]] = []
        for family, (limit, remaining, reset) in (
            (b"requests", self._shown(self._requests, now, rounded=False)),
            (b"tokens", both),
            (b"input-tokens", inward),
            (b"output-tokens", outward),
        ):
            name = b"anthropic-ratelimit-" + family
            moment = dt.datetime.fromtimestamp(reset, dt.timezone.utc)
            found += [
                (name + b"-limit", b"%d" % limit),
                (name + b"-remaining", b"%d" % remaining),
                (name + b"-reset", moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()),
            ]
        return found

    def _shown(self, bucket: Bucket, now: float, *, rounded: bool = True) -> tuple[int, int, int]:
        left = max(0, math.floor(bucket.level(now)))
        if rounded and bucket.limit >= ROUNDED_FROM:
            left = min(bucket.limit, round(left, -3))
        return bucket.limit, left, math.ceil(now + bucket.seconds_until(bucket.limit, now))

    def _refusal(self, bucket: Bucket, amount: int, model: str, now: float) -> ApiError:
        message = REFUSAL.format(
            limit=bucket.limit,
            what=bucket.what,
            organization=self._organization_id,
            model=model,
        )
        wait = max(1, math.ceil(bucket.seconds_until(amount, now)))
        headers = {name.decode(): value.decode() for name, value in self._raw()}
        return ApiError(429, message, headers={"retry-after": str(wait), **headers})


def quotas_of(settings: Settings, clock: Clock, organization_id: str) -> Quotas | None:
    """The quotas that the settings ask for; None when they ask for none."""
    if settings.rpm is None and settings.itpm is None and settings.otpm is None:
        return None
    return Quotas(settings, clock, organization_id)
