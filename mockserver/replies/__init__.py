"""Decide what to answer, and build the message with its usage."""
