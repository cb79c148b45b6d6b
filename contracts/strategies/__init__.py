"""Hypothesis strategies for the Messages API; for anyone's tests.

requests()      requests that the API accepts: roles, pairs, tools of the client's and of Anthropic's, images that decode,
                thinking by model, files that the target holds, fields in beta with their headers
faults()        the same with one edit that the API refuses, and the place that it blames
mutations()     the same with one edit of any kind: nobody knows whether it is accepted
json_values()   any JSON value, often with the fields of a request
messages()      messages that the API may answer with, however unusual; with unknown=True those of a later API
streams()       the same as whole streams of server-sent events, cut anywhere
streamed(m)     streams of one message
"""

from contracts.strategies import breaking_betas, breaking_options, breaking_shape, breaking_talk
from contracts.strategies.asked import Asked, Files, encoded
from contracts.strategies.breaking import WAYS, Broken, Way, faults
from contracts.strategies.mutating import json_values, mutations
from contracts.strategies.replies import messages, streamed, streams
from contracts.strategies.valid import requests

# Importing them registers their edits.
SOURCES = (breaking_betas, breaking_options, breaking_shape, breaking_talk)

__all__ = [
    "WAYS",
    "Asked",
    "Broken",
    "Files",
    "Way",
    "encoded",
    "faults",
    "json_values",
    "messages",
    "mutations",
    "requests",
    "streamed",
    "streams",
]
