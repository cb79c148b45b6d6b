"""Requests that nobody wrote: what the mock must answer to any of them."""
