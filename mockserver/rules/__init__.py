"""Every rule that the server knows, in the order in which they are applied.

The order is part of the contract: when a request breaks two rules, the first one here answers it.
"""

from mockserver.rules import (
    caching,
    conversation,
    images,
    limits,
    output,
    sampling,
    strict,
    thinking,
    tools,
)
from mockserver.rules.registry import Judge, Registry, Rule, UnknownRuleError

RULES = Registry()
for module in (conversation, output, limits, thinking, sampling, tools, strict, caching, images):
    module.register(RULES)

__all__ = ["RULES", "Judge", "Registry", "Rule", "UnknownRuleError"]
