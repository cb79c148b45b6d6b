"""The tools that a request offers, and what is known of them.

A client sends the same tools with every turn, so what can be said of a list of tools alone is worked out once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from mockserver.recent import Recent
from mockserver.turns import Block, json_bytes

Fact = TypeVar("Fact")

# By the tools' JSON: what each function said of them. The parsed tools themselves would take ten times the memory.
_known = Recent[dict[object, Any]]()


class Offered:
    """A list of tools and its compact JSON, which is empty where the tools are nested too deep for that."""

    __slots__ = ("_facts", "json", "tools")

    def __init__(self, tools: list[Block]) -> None:
        self.tools = tools
        self.json = json_bytes(tools)
        facts = _known.get(self.json)
        if facts is None:
            facts = dict[object, Any]()
            _known.add(self.json, facts)
        self._facts = facts

    def fact(self, ask: Callable[[list[Block]], Fact]) -> Fact:
        """What a function says of the tools. It depends on nothing else, and nobody changes what it gave."""
        facts = self._facts
        if ask in facts:
            found: Fact = facts[ask]
        else:
            found = facts[ask] = ask(self.tools)
        return found

    def is_right_for(self, judge: object) -> bool:
        """Whether the tools were found right by a judge of tools."""
        return judge in self._facts

    def found_right(self, judge: object) -> None:
        """Note that a judge has found the tools right."""
        self._facts[judge] = True
