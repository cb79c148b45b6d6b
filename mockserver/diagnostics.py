"""Cache diagnostics: where a request left the prompt of the one before it.

Source: docs, Cache diagnostics. The comparison is about the requests, whatever the cache did.
"""

from __future__ import annotations

from array import array
from typing import Any, NamedTuple

from mockserver.cachestore import FINGERPRINT_SECONDS, CacheStore, Fingerprint
from mockserver.promptcache import digest, plain_bytes
from mockserver.request import Request
from mockserver.turns import json_bytes

# docs: Comparison horizon; how far it is, is policy
HORIZON = 256
WIDTH = len(digest())
SETTINGS = ("tool_choice", "thinking", "context_management", "output_config", "output_format")

Diagnostics = dict[str, Any]


class Prompt(NamedTuple):
    """A request's fingerprint, and the digests of all messages up to each one."""

    mark: Fingerprint
    chain: list[bytes]


def diagnosed(
    request: Request, tokens: int, message_id: str, store: CacheStore
) -> Diagnostics | None:
    """What `diagnostics` of the message says, None for null; the request is kept for the next comparison.

    `tokens` are those of the whole prompt, `message_id` is the answer's.
    """
    asked = request.body.get("diagnostics")
    if asked is None:
        return None
    now = _prompt(request, tokens)
    previous_id: str | None = asked.get("previous_message_id")
    found = None
    if previous_id is not None:
        before = store.fingerprints.find(previous_id.encode())
        found = {"type": "previous_message_not_found"} if before is None else _miss(before, now)
    store.fingerprints.put(message_id.encode(), now.mark, FINGERPRINT_SECONDS)
    return None if found is None else {"cache_miss_reason": found}


def _miss(before: Fingerprint, now: Prompt) -> Diagnostics | None:
    """The earliest divergence in the order of the prompt."""
    if before.model != now.mark.model:
        return _changed("model", before, 0)
    if before.tools != now.mark.tools:
        return _changed("tools", before, 0)
    if before.system != now.mark.system:
        return _changed("system", before, before.ends[0])
    if before.settings != now.mark.settings:
        return {"type": "unavailable"}
    for number in range(len(before.chain) // WIDTH):
        digest_before = before.chain[number * WIDTH : (number + 1) * WIDTH]
        if now.chain[number : number + 1] != [digest_before]:
            return _changed("messages", before, before.ends[number + 1])
    is_longer = now.chain[before.messages - 1 : before.messages] == [before.last]
    return None if is_longer else {"type": "unavailable"}


def _changed(what: str, before: Fingerprint, start: int) -> Diagnostics:
    """A divergence at so many bytes of the prompt before; its tokens are estimated by bytes, as they are live."""
    missed = round(before.tokens * (before.size - start) / before.size)
    return {"type": f"{what}_changed", "cache_missed_input_tokens": missed}


def _prompt(request: Request, tokens: int) -> Prompt:
    tools = [plain_bytes(tool) for tool in request.tools]
    system = [plain_bytes(block) for block in request.system]
    ends = [sum(map(len, tools))]
    ends.append(ends[0] + sum(map(len, system)))
    chain: list[bytes] = []
    for turn in request.turns:
        data = [turn.role.encode(), *(plain_bytes(block) for block in turn.blocks)]
        chain.append(digest(*chain[-1:], *data))
        ends.append(ends[-1] + sum(map(len, data)))
    speed = request.body.get("speed") or "standard"
    settings = [request.body.get(name) for name in SETTINGS]
    mark = Fingerprint(
        model=digest(request.model.id.encode(), speed.encode()),
        tools=digest(*tools),
        system=digest(*system),
        settings=digest(json_bytes([settings, sorted(request.betas)])),
        chain=b"".join(chain[:HORIZON]),
        last=chain[-1],
        messages=len(chain),
        ends=array("Q", ends[: HORIZON + 2]),
        size=ends[-1],
        tokens=tokens,
    )
    return Prompt(mark, chain)
