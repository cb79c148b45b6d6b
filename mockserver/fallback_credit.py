"""Fallback credit: a refusal gives a token out, and the retry on another model hands it in.

Source of all that is not marked otherwise: docs, Fallback credit; SDK 2.14.0, BetaRefusalStopDetails,
BetaFallbackCreditTokenParam and BetaFallbackCreditUsage. The token says who may hand it in for what and what may be
added, sealed by the server's seed. How long it is good is not in it, for the same requests are to get the same bytes:
the workspace remembers that, and how much was warm.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any, NamedTuple

import orjson

from mockserver.cachestore import CacheStore
from mockserver.catalogue import Catalogue, Model
from mockserver.errors import ApiError, invalid
from mockserver.redemption import Redemption
from mockserver.request import Block, Request, is_server_result

# Each of these grants the token, and both families may come and go between a refusal and its retry.
FREE_BETAS = ("fallback-credit-", "server-side-fallback-")
RULE = "fallback-credit.token"
SECONDS = 300
SEAL_BYTES = 15
# What shapes the prompt must be the same; `messages` are looked at by themselves.
SAME = (
    *("system", "tools", "tool_choice", "thinking", "cache_control", "output_config"),
    *("output_format", "mcp_servers", "context_management", "container"),
)
# Known are the field's name in all of them (docs), "request body ... does not match" (docs), "must be redeemed by
# continuing the partial response" (SDK), and for the first three what Claude Code 2.1.177 looks for; the rest is ours.
TEXTS = {
    "malformed": "invalid or malformed",
    "expired": "has expired",
    "invalid_target_model": "is not valid for model '{model}'",
    "body_mismatch": "the request body does not match that of the refused request",
    "continuation_only": "must be redeemed by continuing the partial response",
    "continuation_excluded": "can't be redeemed by continuing the partial response",
    "wrong_workspace": "does not belong to this workspace",
}


class Credit(NamedTuple):
    """What a token says.

    `body` and `echo` are digests of the refused request and of the response that a retry may append, the latter empty
    where it may not; `must_continue` rules the plain body out.
    """

    workspace: str
    model: str
    body: str
    echo: str
    must_continue: bool


def is_granted(request: Request) -> bool:
    """Whether a refusal of this request tells of its credit."""
    return any(beta.startswith(FREE_BETAS) for beta in request.betas)


def told(
    request: Request, declined: Model, whole: Block, workspace: str, store: CacheStore
) -> Block:
    """What `stop_details` says of the credit of a refusal; nulls where the model that declined has no targets.

    `request` is as the client sent it, `whole` the message, and `declined` was asked last. Warm is what that one read
    from its cache: what the refused request wrote there would have been written on the other model as well.
    """
    # Nulls also for a body that can't be written again: a credit that can't be made is no error (docs: Amazon Bedrock).
    body = _digest(request, request.body["messages"])
    if not declined.fallbacks or not body:
        return {"fallback_credit_token": None, "fallback_has_prefill_claim": None}
    content: list[Block] = whole["content"]
    echo = _echo(content) if _may_continue(request, content) else ""
    credit = Credit(
        workspace,
        declined.id,
        body,
        echo,
        any(is_server_result(block["type"]) for block in content),
    )
    token = _sealed(request.seed, credit)
    store.credits.put(token.encode(), whole["usage"]["cache_read_input_tokens"], SECONDS)
    return {"fallback_credit_token": token, "fallback_has_prefill_claim": bool(echo)}


def redeemed(request: Request, workspace: str, store: CacheStore) -> Redemption:
    """What becomes of the token of a retry. Raises the 400 for one that is none, and in strict mode for all that fail."""
    given: str | Block = request.body["fallback_credit_token"]
    token, mode = (
        (given, "strict") if isinstance(given, str) else (given["token"], given.get("mode"))
    )
    credit = _opened(request.seed, token)
    if credit is None:
        raise _refusal("malformed", request)
    warm = store.credits.find(token.encode())
    reason = _fault(request, credit, workspace, warm)
    if reason is not None and mode != "best_effort":
        raise _refusal(reason, request)
    return Redemption(reason, warm or 0)


def repriced(usage: Block, warm: int) -> None:
    """Have tokens that were warm on the refused model read from the cache instead of written to it."""
    for counts in (usage, *usage.get("iterations", ())[:1]):  # the later ones write nothing
        _shift(counts, warm)


def settle(usage: Block, redemption: Redemption) -> None:
    """Have a message's usage tell of its credit."""
    reason, warm = redemption
    if reason is None:
        repriced(usage, warm)
        status = {"type": "redeemed"}
    else:
        status = {"type": "not_applied", "reason": reason}
    usage["fallback_credit"] = {"status": status}


def _shift(counts: Block, warm: int) -> None:
    moved = min(warm, counts["cache_creation_input_tokens"])
    counts["cache_creation_input_tokens"] -= moved
    counts["cache_read_input_tokens"] += moved
    parts = counts["cache_creation"]
    for name in ("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"):
        part = min(moved, parts[name])
        parts[name] -= part
        moved -= part


def _fault(request: Request, credit: Credit, workspace: str, warm: int | None) -> str | None:
    if credit.workspace != workspace:
        return "wrong_workspace"
    if warm is None:
        return "expired"
    if request.model.id not in Catalogue.load().example(credit.model).fallbacks:
        return "invalid_target_model"
    return _difference(request, credit)


def _difference(request: Request, credit: Credit) -> str | None:
    """Why a request is neither the refused one nor that with the response appended."""
    messages: list[Any] = request.body["messages"]
    if _digest(request, messages) == credit.body:
        return "continuation_only" if credit.must_continue else None
    last = request.turns[-1]
    if last.role != "assistant" or _digest(request, messages[:-1]) != credit.body:
        return "body_mismatch"
    if not credit.echo:
        return "continuation_excluded"
    return None if _echo(last.blocks) == credit.echo else "body_mismatch"


def _refusal(reason: str, request: Request) -> ApiError:
    text = TEXTS[reason].format(model=request.model.id)
    return invalid(f"fallback_credit_token: {text}", rule=RULE)


def _may_continue(request: Request, content: list[Block]) -> bool:
    is_forced = request.tool_choice in ("any", "tool")
    return bool(_said(content)) and request.output_format is None and not is_forced


def _said(content: list[Block]) -> list[list[str]]:
    """What is compared of an echoed response: its texts, and of the server's tools the calls that have a result.

    Clients leave out white space at the end and calls without a result, and the SDK's own one thinking at the end and
    the blocks that tell of fallbacks.
    """
    texts_and_results = [
        [block["type"], block.get("tool_use_id") or str(block.get("text") or "").rstrip()]
        for block in content
        if block["type"] == "text" or is_server_result(block["type"])
    ]
    return [entry for entry in texts_and_results if entry[1]]


def _echo(content: list[Block]) -> str:
    return _hash(_said(content))


def _digest(request: Request, messages: list[Any]) -> str:
    betas = sorted(beta for beta in request.betas if not beta.startswith(FREE_BETAS))
    return _hash([messages, betas, *(request.body.get(key) for key in SAME)])


def _hash(value: object) -> str:
    try:
        data = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:  # nested deeper than the encoder goes
        return ""
    return hashlib.blake2b(data, digest_size=SEAL_BYTES).hexdigest()


def _sealed(seed: int, credit: Credit) -> str:
    said = orjson.dumps(list(credit))
    return base64.urlsafe_b64encode(_seal(seed, said) + said).decode()


def _opened(seed: int, token: str) -> Credit | None:
    try:
        raw = base64.b64decode(token, altchars=b"-_", validate=True)
    except ValueError:
        return None
    seal, said = raw[:SEAL_BYTES], raw[SEAL_BYTES:]
    return Credit(*orjson.loads(said)) if hmac.compare_digest(seal, _seal(seed, said)) else None


def _seal(seed: int, said: bytes) -> bytes:
    return hmac.digest(f"credit {seed}".encode(), said, hashlib.sha256)[:SEAL_BYTES]
