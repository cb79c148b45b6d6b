"""Requests and their price are counted, and bounded where they cost money.

meter = Meter(Http(url), most_requests=300, most_usd=0.25)
meter.reserve(usd)   before something that may cost so much; raises CeilingReached
meter(sent)          sends, counts, and adds what the answer's usage says that it cost
"""

from __future__ import annotations

import json
import math
from typing import Any

from contracts.findings import Json, is_object
from contracts.models import WishError, named
from contracts.suite.transports import Received, Sent, Transport

OK = 200
MILLION = 1_000_000
# policy: on the safe side; calibrated texts have about 3.5 bytes for each token
BYTES_OF_A_TOKEN = 3
# docs: Pricing: a long-lived cache write costs twice the input price, the dearest way to read a token
DEAREST_INPUT = 2.0
INPUT = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")


class CeilingReached(Exception):
    """A further request would go over a ceiling; the message says which."""


class Meter:
    """A transport that counts."""

    def __init__(
        self, send: Transport, most_requests: float = math.inf, most_usd: float = math.inf
    ) -> None:
        self._send = send
        self._most_requests = most_requests
        self._most_usd = most_usd
        self.requests = 0
        self.usd = 0.0

    def reserve(self, usd: float) -> None:
        """Ask for room under the cost ceiling. Raises CeilingReached when there is none."""
        if self.usd + usd > self._most_usd:
            raise CeilingReached(
                f"the cost ceiling of ${self._most_usd:g} is reached: ${self.usd:.4f} are spent, and the "
                f"next request may cost ${usd:.4f} (--max-cost)"
            )

    def __call__(self, sent: Sent) -> Received:
        """Send a request. Raises CeilingReached, and OSError when there is no answer."""
        if self.requests >= self._most_requests:
            raise CeilingReached(
                f"the ceiling of {self._most_requests:.0f} requests is reached (--max-requests)"
            )
        self.reserve(0.0)
        self.requests += 1
        received = self._send(sent)
        self.usd += spent(sent, received)
        return received

    def regardless(self, sent: Sent) -> Received:
        """Send a request that cleans up after others: counted, but made over a ceiling too. Raises OSError."""
        self.requests += 1
        return self._send(sent)


def worst(sent: Sent) -> float:
    """What a request can cost at most, about, in USD: all of its bytes are text, and every token is used."""
    body = _json(sent.body)
    price = _price(body)
    if sent.path.endswith("count_tokens"):
        return 0.0
    tokens = len(sent.body) / BYTES_OF_A_TOKEN * DEAREST_INPUT
    most = body.get("max_tokens")
    asked = most if isinstance(most, int) else 0
    return float(tokens * price["input"] + asked * price["output"]) / MILLION


def spent(sent: Sent, received: Received) -> float:
    """What an answered request cost; the most it can cost when its usage can't be read."""
    if received.status != OK or not sent.path.partition("?")[0].endswith("/messages"):
        return 0.0
    usage: Any = _json(received.body).get("usage")
    if not is_object(usage):
        return worst(sent)
    read = [usage.get(key) or 0 for key in INPUT]
    price = _price(_json(sent.body))
    known = sum(count for count in read if isinstance(count, int)) * DEAREST_INPUT
    written = usage.get("output_tokens")
    output = written if isinstance(written, int) else 0
    return float(known * price["input"] + output * price["output"]) / MILLION


def _price(body: Json) -> Json:
    try:
        price: Json | None = named(str(body.get("model")))["price"]
    except WishError:
        price = None
    return price or {"input": 0.0, "output": 0.0}


def _json(raw: bytes) -> Json:
    try:
        found: Any = json.loads(raw)
    except ValueError:
        return {}
    return found if is_object(found) else {}
