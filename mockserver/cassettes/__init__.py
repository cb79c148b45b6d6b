"""Cassettes: recorded exchanges in JSON Lines files, and answers from them.

model.load(patterns)       the recordings of files
matching.Library           finds the recording that answers a request, or says which came nearest
replaying.Replayer         the application that answers from a library
writing.Cassette           a file that recordings are appended to
"""


class CassetteError(Exception):
    """A cassette that can't be used; the message names file, line, key and remedy."""
