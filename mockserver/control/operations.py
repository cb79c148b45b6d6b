"""What the control API can do: one function for each operation, on the caller's own workspace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, NamedTuple

from mockserver import __version__
from mockserver.endpoints.batches import Answers
from mockserver.errors import ApiError, invalid
from mockserver.journal import Record
from mockserver.recorded import Recorded
from mockserver.rules import RULES, FixedRuleError, Judge, UnknownRuleError
from mockserver.scripts import reading
from mockserver.scripts.files import ScriptFile
from mockserver.scripts.model import Entry, Json, ScriptError, is_list, is_object
from mockserver.verdict import judged
from mockserver.workspace import Workspace, Workspaces

PAGE, MOST = 100, 1_000


class Call(NamedTuple):
    """One call: whose key, what it says in the body, the query and the path."""

    key: str
    workspaces: Workspaces
    body: Any
    query: dict[str, str]
    path: dict[str, Any]
    answers: Answers
    base_url: str = ""

    @property
    def workspace(self) -> Workspace:
        return self.workspaces.of(self.key)


Handler = Callable[[Call], Json | Awaitable[Json]]


def health(_: Call) -> Json:
    return {"status": "ok", "version": __version__}


def replies(call: Call) -> Json:
    book = call.workspace.book
    queue = [_placed(entry, "queue", 0) for entry in tuple(book.queue)]
    entries = [
        _placed(entry, "own" if entry in book.own else "file", book.answered(entry))
        for entry in book.entries
    ]
    problem = book.file.problem if isinstance(book.file, ScriptFile) else None
    return {"queue": queue, "entries": entries, "problem": problem}


def _placed(entry: Entry, source: str, answered: int) -> Json:
    return {"id": entry.id, "source": source, "entry": entry.given, "answered": answered}


def add_replies(call: Call) -> Json:
    add(call.workspace, call.body)
    return replies(call)


def add(workspace: Workspace, given: Any) -> None:
    """Queue replies and add entries, all or none of them. Raises the 400 that names the place."""
    book = workspace.book
    values = given if is_list(given) else [given]
    queued: list[Entry] = []
    added: list[Entry] = []
    try:
        for number, value in enumerate(values):
            place = (number,) if is_list(given) else ()
            if is_object(value) and "reply" in value:
                added.append(reading.entry(value, book.next_id("entry"), place))
            else:
                reading.reply(value, place)
                queued.append(reading.entry({"reply": value}, book.next_id("reply")))
    except ScriptError as error:
        raise invalid(str(error)) from error
    book.add(added)
    book.push(queued)


def clear_replies(call: Call) -> Json:
    call.workspace.book.clear()
    return replies(call)


def rules(call: Call) -> Json:
    workspace = call.workspace
    if workspace.judge is None:
        settings = call.workspaces.settings
        return {"allow": list(settings.allowed_rules), "lenient": settings.lenient}
    return {"allow": list(workspace.allowed_rules), "lenient": workspace.is_lenient}


def set_rules(call: Call) -> Json:
    allow(call.workspace, call.body.get("allow", []), lenient=call.body.get("lenient", False))
    return rules(call)


def allow(workspace: Workspace, rule_ids: Iterable[str], *, lenient: bool = False) -> None:
    """Switch rules off for a workspace; all others are on. Raises the 400 that names the nearest rule."""
    allowed = tuple(rule_ids)
    try:
        chosen = RULES.without(allowed)
    except (UnknownRuleError, FixedRuleError) as error:
        raise invalid(f"allow: {error}") from error
    workspace.judge = Judge(() if lenient else chosen)
    workspace.allowed_rules, workspace.is_lenient = allowed, lenient


def clear_rules(call: Call) -> Json:
    call.workspace.judge = None
    return rules(call)


def clock(call: Call) -> Json:
    own = call.workspace.clock
    return {"now": own.now().isoformat().replace("+00:00", "Z"), "shift": own.shift}


def set_clock(call: Call) -> Json:
    own = call.workspace.clock
    if len(call.body) != 1:
        raise invalid("Give `forward`, in seconds, or `now`, a time; one of the two")
    if "forward" in call.body:
        own.forward(call.body["forward"])
    else:
        own.set(moment(call.body["now"]))
    return clock(call)


def moment(text: str) -> dt.datetime:
    """A time in ISO 8601; without a zone it is UTC. Raises the 400 that shows the form."""
    try:
        found = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise invalid(f"now: {text!r} is not a time such as 2026-11-22T10:00:00Z") from error
    return found if found.tzinfo else found.replace(tzinfo=dt.timezone.utc)


def requests(call: Call) -> Json:
    journal = call.workspace.journal
    after, limit = _number(call, "after", 0), _number(call, "limit", PAGE)
    if not 1 <= limit <= MOST:
        raise invalid(f"limit: must be 1 to {MOST}")
    found = [each for each in journal if each.number > after and _fits(each, call.query)]
    page = found[:limit]
    return {
        "requests": [Recorded(each).as_json() for each in page],
        "next": page[-1].number if len(found) > limit else None,
        "total": len(journal),
        "dropped": journal.dropped,
    }


def request(call: Call) -> Json:
    for each in call.workspace.journal:
        if each.number == call.path["number"]:
            return Recorded(each).as_json()
    raise ApiError(
        404, f"The journal holds no request {call.path['number']}; GET /_mock/requests lists them"
    )


def clear_requests(call: Call) -> Json:
    call.workspace.journal.clear()
    return {}


def _number(call: Call, name: str, default: int) -> int:
    value = call.query.get(name, str(default))
    if not (value.isascii() and value.isdigit()) or len(value) > len(str(MOST)) * 4:
        raise invalid(f"{name}: {value!r} is not a number")
    return int(value)


def _fits(record: Record, query: dict[str, str]) -> bool:
    wanted = (
        ("status", str(record.status)),
        ("method", record.method),
        ("path", record.path),
        ("rule", record.rule or ""),
        ("script", record.script or ""),
    )
    return (
        all(query.get(name) in (None, value) for name, value in wanted)
        and record.ended.startswith(query.get("ended", ""))
        and ("model" not in query or Recorded(record).model == query["model"])
    )


def verdict(call: Call) -> Json:
    truncated = call.query.get("truncated", "false")
    if truncated not in ("true", "false"):
        raise invalid(f"truncated: {truncated!r} is neither true nor false")
    found = judged(call.workspace.journal, truncated=truncated == "true")
    return {"findings": [finding._asdict() for finding in found]}


async def advance(call: Call) -> Json:
    workspace = call.workspace
    answer = call.answers.of(workspace)
    batch = await workspace.batches.advance(call.path["id"], answer, call.body.get("items"))
    return workspace.batches.shown(batch, call.base_url)


def reset(call: Call) -> Json:
    call.workspaces.reset(call.key)
    return {}


def snapshot(call: Call) -> Json:
    return {"snapshot": call.workspace.snapshot()}


def restore(call: Call) -> Json:
    call.workspace.restore(call.body["snapshot"])
    return {"snapshot": call.body["snapshot"]}
