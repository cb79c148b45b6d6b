"""What reaches the server from outside and must not hurt it, row by row: each has an id that its tests bear.

A test bears a row's id at the beginning of its name (`test_a18_...`) or of one of its parameters' ids (`A18_...`).
"""

from __future__ import annotations

from typing import NamedTuple


class Row(NamedTuple):
    """What comes, and what has to follow."""

    comes: str
    follows: str


REFUSED = "a 400 in the envelope, and the connection is closed"
INVALID = "a 400 in the envelope"
NOT_FOUND = "a 404 in the envelope"
RETRIED = "the SDK tries three times, then raises its error of the connection"
RAW_ERROR = "the SDK lets an error of its HTTP library through and does not retry; clients/ ask once more, then say so"

# fmt: off
WIRE = {
    "A1": Row("a TLS handshake, or noise", REFUSED),
    "A2": Row("no Host", REFUSED),
    "A3": Row("two Hosts", REFUSED),
    "A4": Row("a length and chunks at once", f"{REFUSED}; what is smuggled behind it is never routed"),
    "A5": Row("two lengths; one with a sign, in hex, of 30 digits", REFUSED),
    "A6": Row("a transfer coding that is not just chunked", REFUSED),
    "A7": Row("a chunk whose size or end is wrong", f"{REFUSED}; no handler sees a part of a body"),
    "A8": Row("bare line feeds, folded headers, NUL and CR in values", REFUSED),
    "A9": Row("HTTP 0.9, 2.0, 3.7", REFUSED),
    "A10": Row("more than 100 headers, or 32 KiB of them", "431, and the connection is closed"),
    "A11": Row("long, doubly slashed, dotted and badly escaped paths", f"{NOT_FOUND}, never the control API"),
    "A12": Row("a head that does not go on", f"{REFUSED} when patience is over"),
    "A13": Row("a connection on which nothing comes", f"{REFUSED} when patience is over"),
    "A14": Row("a body that does not go on", "a 400 with the error code request_body_timeout, when patience is over"),
    "A15": Row("a body that is shorter than its length", "no answer; the journal says that the client left"),
    "A16": Row("a body that is longer than its length", "an answer; what is too much is another request"),
    "A17": Row("Expect: 100-continue with a length over the limit", "413 without a 100"),
    "A18": Row("several requests before the first answer", "answers in their order"),
    "A19": Row("500 idle connections and one that asks", "an answer; no more connections than are allowed"),
    "A20": Row("a reset in the middle of a body", "nothing in the log, and no task is left over"),
}
HEADERS = {
    "B1": Row("an unknown path", NOT_FOUND),
    "B2": Row("another method, OPTIONS *, a word that is none", "405 with `allow`, or a 400"),
    "B3": Row("no key", "401: x-api-key header is required"),
    "B4": Row("an empty, long, non-ASCII or doubled key", "401, and the key is not echoed"),
    "B5": Row("a key that is revoked, or forbidden by script", "401, 403"),
    "B6": Row("no anthropic-version", INVALID),
    "B7": Row("an unknown version or beta", f"{INVALID} that names it"),
    "B8": Row("a body that is not announced as JSON", INVALID),
    "B9": Row("a charset that the API does not read", "a 400 with the error code unsupported_charset"),
    "B10": Row("a foreign Host or Origin, a cross-site fetch", "403, and nothing is done"),
    "B11": Row("a control call from elsewhere without the token", "401"),
    "B12": Row("a control call from a form", "403"),
}
BODIES = {
    "C1": Row("a length over the limit", "413 before a byte is read, and the connection is closed"),
    "C2": Row("chunks over the limit", "413, and memory for the limit and one chunk"),
    "C3": Row("exactly the limit", "an answer"),
    "C4": Row("gzip", "an answer"),
    "C5": Row("gzip that is cut, or none", "a 400 with the error code request_body_encoding_invalid"),
    "C6": Row("other codings", "a 400 with the error code request_body_encoding_unsupported"),
    "C7": Row("gzip that unpacks beyond the limit", "413, in bounded memory"),
    "C8": Row("nothing, white space, JSON that is no object", INVALID),
    "C9": Row("a byte order mark, UTF-16, bytes that are no UTF-8", f"{INVALID}: not valid JSON"),
    "C10": Row("lone surrogates", f"{INVALID}: not valid JSON"),
    "C11": Row("NaN, Infinity, numbers that become infinite, at any depth", f"{INVALID}: not valid JSON"),
    "C12": Row("integers of thousands of digits, huge exponents", INVALID),
    "C13": Row("deep nesting", f"{INVALID}, and the server lives"),
    "C14": Row("31 MB of empty objects", f"{INVALID}, and others are answered meanwhile"),
    "C15": Row("the same key twice", "the last one counts"),
    "C16": Row("what JSON parsers must refuse and must accept", f"{INVALID} for exactly what is no JSON"),
    "C17": Row("NUL, direction marks, emoji", "the same text back, never cut inside a character"),
}
SHAPES = {
    "D1": Row("each required member left out", f"{INVALID} that blames its place"),
    "D2": Row("an unknown member in each object", f"{INVALID} that blames its place"),
    "D3": Row("a bool, a fraction or a text for an integer", f"{INVALID} that blames its place"),
    "D4": Row("a block of unknown type, or of none", f"{INVALID} that blames its place"),
    "D5": Row("a media type that is none of an image's", f"{INVALID} that names those that are"),
    "D6": Row("an empty image, bad base64, another format than announced", f"{INVALID} that blames its place"),
    "D7": Row("a small image file of 50,000 pixels a side", "a 400 with the error code image_dimensions_too_large; nothing is decoded"),
    "D8": Row("URLs of this machine, of the cloud's metadata, of files", "nobody connects anywhere"),
    "D9": Row("a call without its result", f"{INVALID} that names the call"),
    "D10": Row("an empty text", INVALID),
    "D11": Row("no message, a prefill, equal tools, an unknown tool chosen, odd budgets", f"{INVALID} with its rule"),
    "D12": Row("an unknown model", NOT_FOUND),
    "D13": Row("100,001 messages, 10,000 tools, a name of 1 MB, a hostile pattern", "an answer or a 400, in time"),
    "D14": Row("schemas that refer to themselves, or elsewhere", "an answer; nothing is fetched"),
}
STATE = {
    "E1": Row("file names with paths, NUL, dots, of any length", "a label or a 400; nothing beside the data directory"),
    "E2": Row("ids that are paths", NOT_FOUND),
    "E3": Row("forms without boundary, with too many parts, two files, others inside", f"{INVALID} or a file of bytes; no draft is left over"),
    "E4": Row("half an upload", "no file, and nothing of it after a restart"),
    "E5": Row("a full disk", "500, reads go on, and so do writes when there is room"),
    "E6": Row("kill -9 at any time", "what was acknowledged is there"),
    "E7": Row("a batch deleted while it is read, canceled when it has ended", "whole results; states only go on"),
    "E8": Row("equal ids, no item, 100,001 items, a bad item", f"{INVALID}; an errored result for the item"),
    "E9": Row("a second server on the same data", "exit code 3 and one line"),
}
FAULTS = {
    "F1": Row("429 with retry-after", "three attempts, then RateLimitError"),
    "F2": Row("408, 409, 500, 503, 504, 529", "three attempts, then the error of the status"),
    "F3": Row("x-should-retry against the status", "the header wins"),
    "F4": Row("400, 401, 403, 404, 413", "one attempt and the error of the status"),
    "F5": Row("a reset before the head", RETRIED),
    "F6": Row("a connection that is closed before the head", RETRIED),
    "F7": Row("silence before the head", "three attempts, then APITimeoutError; the server notices who leaves"),
    "F8": Row("silence in a stream", RAW_ERROR),
    "F9": Row("a stream or answer that is cut or reset", RAW_ERROR),
    "F10": Row("a stream that ends well but early", "the SDK raises nothing and has no stop_reason; clients/ notice"),
    "F11": Row("an error event", "an APIStatusError of status 200, not retried"),
    "F12": Row("a chunk without a size", RAW_ERROR),
    "F13": Row("noise instead of a response", RETRIED),
    "F14": Row("bad JSON, unknown events, pings, comments, CRLF, any slicing", "bad JSON is an error of the parser; all else changes nothing"),
    "F15": Row("a wrong content-type or content-length, HTML with status 200 or 502", "the SDK reads on, raises, or returns the page; clients/ say that it is no message"),
    "F16": Row("little bandwidth, latency, a slow close", "a whole answer; the journal tells when it began"),
    "F17": Row("a client that leaves at each event", "the work ends, the journal says at which"),
    "F18": Row("clients that do not read", "bounded memory, and others are answered"),
    "F19": Row("SIGTERM with an idle, an uploading and a streaming client; a second one", "nobody new, all told, exit code 0; at once"),
    "F20": Row("a signal at the start, a port that is taken, a bad data directory", "an exit code, one line, no traceback"),
}
ROWS = {**WIRE, **HEADERS, **BODIES, **SHAPES, **STATE, **FAULTS}
