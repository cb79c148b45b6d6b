"""Refusals that other layers make before a rule is asked: named here, so that x-mock-rule leads to a source.

Of these only `beta.header-missing` and `fallback-credit.token` can be switched off; without the others nothing could
be answered.
"""

from __future__ import annotations

from mockserver.rules.registry import Registry

BETA_HEADER_MISSING = "beta.header-missing"
FALLBACK_INCOMPATIBLE = "fallbacks.incompatible"


def register(registry: Registry) -> None:
    """Add the entries of this module."""
    entry = registry.elsewhere
    entry(
        "header.key",
        "A request has a key that is good",
        evidence="reported",
        source=(
            "no key: n8n-io/n8n#37930; recorded 2024-06 to 2026-08: invalid x-api-key; since 2026-08-12 a key that "
            "begins with sk- has other words and no request id (recorded: 0xPlaygrounds/rig#2315; measured 2026-10-01), "
            "and a key of another form the old ones (quoted until 2026-09-02): that the form decides is inferred; as "
            "Bearer, measured 2026-08-19 for a key and 2026-10-01 for a token that begins with sk-ant-oat"
        ),
    )
    entry(
        "header.origin",
        "A page in a browser says that it means to call the API directly",
        evidence="reported",
        source="simonwillison.net, anthropic-dangerous-direct-browser-access (2024-08-23); again in 2026-07",
    )
    entry(
        "header.version",
        "`anthropic-version` is there and known",
        evidence="reported",
        source="Pasta-Devs/Marinara-Engine#120 (2026-04-19); docs: Versions",
    )
    entry(
        "header.beta",
        "`anthropic-beta` holds known values only",
        evidence="documented",
        source="docs: Beta headers; pacifio/cersei#20 (2026-06-25)",
    )
    entry(
        "header.workspace",
        "`anthropic-workspace-id` has the form of a workspace's id",
        evidence="policy",
        source="docs: it names the workspace of the key; which one that is on the live API can't be known here",
    )
    entry(
        "header.content-type",
        "The body is announced as JSON, in a charset that the API reads",
        evidence="policy",
        source="SDK: unsupported_charset; the texts are ours",
    )
    entry(
        "body.encoding",
        "The content-encoding is known and the body is in it",
        evidence="policy",
        source="SDK: request_body_encoding_invalid and _unsupported; the texts are ours",
    )
    entry(
        "body.size",
        "A body has at most 32 MB, of a batch 256 MB, of a file 500 MB",
        evidence="reported",
        source="anthropics/claude-code#14567 (2025-12-19); docs: Claude API errors",
    )
    entry(
        "body.values",
        "A body has at most 1,000,000 values",
        evidence="policy",
        source="a limit of this server: 32 MB of empty objects take it seconds, in which it answers nobody else",
    )
    entry(
        "body.json",
        "The body is JSON",
        evidence="reported",
        source="anthropics/claude-code#77525 (2026-07-14)",
    )
    entry(
        BETA_HEADER_MISSING,
        "A field, tool or block that is in beta comes with its value of `anthropic-beta`",
        evidence="reported",
        source="contracts/gates.json has the source of each; Wei-Shaw/claude-relay-service#660 (2025-11-12)",
        can_be_off=True,
    )
    entry(
        "shape",
        "The body has the shape of the SDK's types",
        evidence="documented",
        source="SDK 2.12.0 and contracts/limits.json; the wording follows recorded and reported texts",
    )
    entry(
        "model.unknown",
        "The model exists",
        evidence="recorded",
        source="0xPlaygrounds/rig and others, 23 exchanges",
    )
    entry(
        "model.retired",
        "The model is not retired",
        evidence="recorded",
        source="claude-3-sonnet-20240229 in October 2025; days: docs, Model deprecations",
    )
    entry(
        FALLBACK_INCOMPATIBLE,
        "The request can be made to every model that `fallbacks` names",
        evidence="policy",
        source="docs: Refusals and fallback: such a request is rejected up front; of the text only its middle is known, "
        "from what Claude Code 2.1.258 looks for",
    )
    entry(
        "fallback-credit.token",
        "A fallback credit is good for the refused request, on a permitted model, for five minutes",
        evidence="documented",
        source="docs: Fallback credit; SDK 2.14.0, BetaRefusalStopDetails; of the texts only parts are known, from there "
        "and from what Claude Code 2.1.177 looks for",
        can_be_off=True,
    )
