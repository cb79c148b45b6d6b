"""Calls of tools of Anthropic's that a client runs: what they offer, what a text asks of them, and with what input."""
