"""Every rule that the server knows, in the order in which they are applied.

The order is part of the contract: when a request breaks two rules, the first one here answers it.
"""

from mockserver.rules import (
    advisors,
    batches,
    betas,
    billing,
    caching,
    citations,
    context,
    conversation,
    documents,
    editing,
    effort,
    elsewhere,
    falling,
    images,
    input_schemas,
    limits,
    marked_blocks,
    mcp,
    output,
    oversized,
    pairing,
    replay,
    routing,
    sampling,
    schema_words,
    server_tools,
    strict,
    system_turns,
    thinking,
    tool_changes,
    tool_types,
    tools,
)
from mockserver.rules.elsewhere import BETA_HEADER_MISSING, FALLBACK_INCOMPATIBLE
from mockserver.rules.registry import FixedRuleError, Judge, Registry, Rule, UnknownRuleError

RULES = Registry()
for module in (
    *(
        elsewhere,
        batches,
        betas,
        marked_blocks,
        system_turns,
        conversation,
        output,
        routing,
        falling,
        editing,
        limits,
    ),
    *(thinking, effort, replay, sampling, mcp, tool_types, advisors, tools, input_schemas),
    *(tool_changes, pairing, server_tools, strict, schema_words, caching),
    *(citations, documents, images, oversized, billing, context),
):
    module.register(RULES)

__all__ = [
    "BETA_HEADER_MISSING",
    "FALLBACK_INCOMPATIBLE",
    "RULES",
    "FixedRuleError",
    "Judge",
    "Registry",
    "Rule",
    "UnknownRuleError",
]
