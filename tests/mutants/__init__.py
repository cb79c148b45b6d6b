"""Servers that are wrong on purpose, each in one way, and whether the contract suite notices."""
