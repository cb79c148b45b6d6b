"""Send a trial to a target and compare what comes back with what the case expects.

outcome = run(trial, Target(Http("http://127.0.0.1:8080"), "sk-ant-any"))
outcome.differences    empty when the target kept the contract
outcome.report()       the case, what was expected, what came, and the request as a curl line
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from contracts import facts
from contracts.findings import Finding, Json, is_array, is_object
from contracts.oracle import check_error, check_message, check_stream
from contracts.profiles import STRICT, judged
from contracts.resources import check_resource, check_results
from contracts.suite.batching import through_batch
from contracts.suite.cases import Trial
from contracts.suite.clocks import MISSING, Clock
from contracts.suite.errors import CaseError, told_of
from contracts.suite.requests import body, curl, headers, is_beta, request, step, upload
from contracts.suite.transports import Received, Sent, Transport
from contracts.suite.values import Variables, resolved

OK = 200
LINES = "message_batch_result"  # of these, as many as there are lines
LONGEST_ANSWER = 600


class Target(NamedTuple):
    """Where the suite runs: how it is reached, with which key, how strictly it is judged, and its clock if it can be set."""

    send: Transport
    key: str
    profile: str = STRICT
    clock: Clock | None = None


class Outcome(NamedTuple):
    """What came of a trial."""

    trial: Trial
    sent: Sent
    received: Received
    differences: list[str]
    key: str
    expected: str
    drift: Sequence[str] = ()

    def report(self) -> str:
        """What a person needs to understand a failure, and to send the request again."""
        case = self.trial.case
        differs = "\n".join(f"  differs   {text}" for text in self.differences)
        return (
            f"{self.trial.id} ({case.place}; {case.origin})\n"
            f"  expected  {self.expected}\n"
            f"  got       {self.received.status} {_shown(self.received.body)}\n"
            f"{differs}\n"
            f"  request   {curl(self.sent, self.key, self.trial.printing)}"
        )


def run(trial: Trial, target: Target) -> Outcome:
    """Make a trial's requests and compare the last answer. Raises CaseError when an earlier one fails, OSError."""
    with told_of(f"{trial.id} ({trial.case.place})"):
        with _time_of_its_own(target.clock):
            earlier = _earlier(trial, target)
            sent = request(trial, target.key, earlier)
            is_batch = trial.endpoint == "batch"
            received = through_batch(sent, target.send) if is_batch else target.send(sent)
        compare = _accepted if trial.case.is_accepting else _refused
        failures, drift = sorted_out(compare(trial, received, earlier), target.profile)
        wish = expected(trial, earlier)
    return Outcome(trial, sent, received, failures, target.key, wish, drift)


@contextmanager
def _time_of_its_own(clock: Clock | None) -> Generator[None, None, None]:
    try:
        yield
    finally:
        if clock is not None:
            clock.back()


def sorted_out(found: Iterable[Finding | str], profile: str) -> tuple[list[str], list[str]]:
    """What differs and what has drifted, as texts."""
    every = list(found)
    _, drift = judged((each for each in every if isinstance(each, Finding)), profile)
    return [str(each) for each in every if each not in drift], list(map(str, drift))


def expected(trial: Trial, earlier: Json) -> str:
    """The expectation in one line. `earlier` holds what the requests before this one gave. Raises CaseError."""
    fields = trial.case.fields
    if trial.case.is_accepting:
        wish = fields["accepted"]
        return "200" if wish is True else f"200 with {json.dumps(wish, ensure_ascii=False)}"
    text = fields.get("refused") or f"like {fields['refused_like']}"
    text = resolved(text, {**trial.variables, **earlier})
    return f"{_status(fields)} {_error_type(fields)}: {text}"


def _earlier(trial: Trial, target: Target) -> Json:
    """What the uploads and the first request of a case gave, as variables."""
    found: Json = {}
    fields = trial.case.fields
    if "uploads" in fields:
        sents = [upload(trial, target.key, number) for number in range(len(fields["uploads"]))]
        found["uploads"] = [_good(target, sent)["id"] for sent in sents]
    if "first" in fields:
        asked = json.dumps(body(trial, fields["first"], {**trial.variables, **found}))
        common = headers(trial, target.key, trial.variables)
        sent = Sent("POST", "/v1/messages", common, asked.encode())
        found["answer"] = _good(target, sent)
    steps: list[Json] = []
    for number, wish in enumerate(fields.get("steps", ())):
        if "forward" in wish:
            steps.append(_later(target, wish["forward"]))
            continue
        sent = step(trial, target.key, number, {**trial.variables, **found, "steps": steps})
        steps.append(_good(target, sent))
    return {**found, "steps": steps}


def _later(target: Target, seconds: float) -> Json:
    if target.clock is None:
        raise CaseError(MISSING)
    target.clock.forward(seconds)
    return {}


def _good(target: Target, sent: Sent) -> Json:
    received = target.send(sent)
    if received.status != OK:
        raise CaseError(
            f"an earlier request failed: {received.status} {_shown(received.body)}\n"
            f"  request   {curl(sent, target.key)}"
        )
    found = _json(received.body)
    if not is_object(found):
        raise CaseError("an earlier answer is no JSON object")
    return found


def _accepted(trial: Trial, received: Received, earlier: Json) -> Iterator[Finding | str]:
    if received.status != OK:
        yield f"status: {received.status}, not 200"
        return
    namespace = "beta" if is_beta(trial.case) else "stable"
    if received.headers.get("content-type", "").startswith("text/event-stream"):
        yield from check_stream(received.body, trial.version, namespace)
        return
    shape = trial.case.fields.get("shape")
    if shape == LINES:
        yield from check_results(received.body, trial.version, namespace)
        lines = [_json(line) for line in received.body.splitlines()]
        yield from _members(trial, lines, earlier)
        return
    answer = _json(received.body)
    if not is_object(answer):
        yield "body: no JSON object"
        return
    if shape is not None:
        yield from check_resource(shape, answer, trial.version, namespace)
    elif trial.endpoint == "count_tokens":
        if not isinstance(answer.get("input_tokens"), int):
            yield "input_tokens: not a number"
    elif trial.case.fields.get("path", "/v1/messages") == "/v1/messages":
        yield from check_message(answer, trial.version, namespace)
    yield from _members(trial, answer, earlier)


def _members(trial: Trial, answer: Any, earlier: Json) -> Iterator[str]:
    wishes = trial.case.fields["accepted"]
    for path, wish in wishes.items() if is_object(wishes) else ():
        found = _at(answer, path)
        if found != resolved(wish, {**trial.variables, **earlier}):
            yield f"{path}: {json.dumps(found)}, not {json.dumps(wish)}"


def _at(value: Any, path: str) -> Any:
    for part in path.split("."):
        if is_array(value) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        else:
            value = value.get(part) if is_object(value) else None
    return value


def _refused(trial: Trial, received: Received, earlier: Json) -> Iterator[Finding | str]:
    fields = trial.case.fields
    if received.status != _status(fields):
        yield f"status: {received.status}, not {_status(fields)}"
        return
    answer = _json(received.body)
    error: Any = answer.get("error") if is_object(answer) else None
    if not is_object(error):
        yield "body: no error envelope"
        return
    if error.get("type") != _error_type(fields):
        yield f"error.type: {error.get('type')}, not {_error_type(fields)}"
    variables = {**trial.variables, **earlier}
    if not _is_text(fields, str(error.get("message")), variables):
        yield "error.message: another text"
    if "details" in fields and error.get("details") != resolved(fields["details"], variables):
        yield f"error.details: {json.dumps(error.get('details'))}"
    if trial.endpoint == "batch":
        return  # a result has no headers of its own
    for finding in check_error(answer, received.status, received.headers):
        # Whose organization a request is from is only recorded for refusals of its body.
        if finding.rule != "error.organization" or not {"headers", "path"} & fields.keys():
            yield finding


def _is_text(fields: Json, message: str, variables: Json) -> bool:
    if "refused" in fields:
        return bool(message == resolved(fields["refused"], variables))
    return pattern(fields, variables).fullmatch(message) is not None


def pattern(fields: Json, variables: Variables) -> re.Pattern[str]:
    """The pattern of the whole message of a refusal. Raises CaseError."""
    text = str(resolved(fields["refused_like"], variables))
    try:
        return re.compile(text)
    except re.error as error:
        raise CaseError(f"refused_like: {text!r} is no regular expression: {error}") from error


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _status(fields: Json) -> int:
    return int(fields.get("status", 400))


def _error_type(fields: Json) -> str:
    return str(fields.get("error") or facts.ERROR_TYPES[_status(fields)])


def _shown(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace")
    return text if len(text) <= LONGEST_ANSWER else f"{text[:LONGEST_ANSWER]}... ({len(raw)} bytes)"
