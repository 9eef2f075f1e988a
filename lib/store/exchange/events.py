"""Events as another system sends them one by one: checked, loaded in one transaction, and on disk when this returns."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

from lib.core.access.grants import Grant
from lib.core.errors import did_you_mean
from lib.core.exchange.events import Received, Remark, Unreadable, name_space
from lib.core.exchange.tables import TABLES
from lib.core.folding import fold
from lib.core.handoffs.answered import ANSWER_PREFIX
from lib.store.database import Database
from lib.store.exchange.files.files import look_at
from lib.store.exchange.imports import EVENTS, load
from lib.store.exchange.rows.feeds import Recognised, feed_by_kind
from lib.store.keeping.leftovers import drops_of
from lib.store.statements import statement

BY_ID: Mapping[str, str] = {"event_id": "handoff_event", "activity_id": "activity"}
"""Which table an event belongs to, by the id it carries."""

MOST_NESTED = 20
LONGEST_ID = 200

OURS = re.compile(rf"{re.escape(ANSWER_PREFIX)}.*|[0-9a-f]{{64}}", re.DOTALL)
"""The ids of what the Inbox and handing over write: whoever took one first would keep them from writing theirs."""


def receive(database: Database, events: Sequence[Any], *, zone: ZoneInfo, now: int, by: Grant) -> Received:
    """Loads decoded JSON events, hand-off events by `event_id` and activities by `activity_id`.

    An id that is known is not loaded again, so the same list can be sent twice:
    a hand-off event under it must have the same content, an activity stays as it
    is. An event that cannot be meant is rejected and the rest loads; one whose lead
    is not known yet waits for it. `zone` is that of a date alone, `now`
    (microseconds) the instant noted. `by` sends them: `webhook`, or `webhook:NAME`, whose ids begin with its name;
    nobody takes back what another brought. Raises NotWritten with nothing changed.
    """
    who = by.name
    what = who if name_space(who) else EVENTS
    faults = {number: fault for number, event in enumerate(events, start=1) if (fault := _fault(event, who))}
    sound = [(number, event) for number, event in enumerate(events, start=1) if number not in faults]
    faults |= dict(_takes_back_anothers(database, sound, what))
    remarks = {"row": [Remark(number, fault) for number, fault in faults.items()], "orphan": [], "value": []}
    by_table: dict[str, dict[int, Mapping[str, Any]]] = {table: {} for table in BY_ID.values()}
    for number, event in enumerate(events, start=1):
        if number not in faults:
            by_table[BY_ID[_id_name(event)]][number] = event
    known = {table: _known(database, table, meant.values()) for table, meant in by_table.items()}
    # An import replaces an activity by its key; an old one sent again must not undo a newer import.
    sent = {
        table: [n for n, event in meant.items() if table != "activity" or _id(event) not in known[table]]
        for table, meant in by_table.items()
    }
    sent = {table: numbers for table, numbers in sent.items() if numbers}
    if sent:
        with TemporaryDirectory(dir=drops_of(database.path)) as folder:
            # Named by the instant: what waits for its lead is known by its file's name.
            files = {Path(folder) / f"{table}-{now}.jsonl": table for table in sent}
            recognised = [_written(file, of, [by_table[of][n] for n in sent[of]], what) for file, of in files.items()]
            loaded = load(database, recognised, what, zone=zone, now=now, by=by, undoable=False)
        given = {"run": loaded.run, "files": [file.name for file in files]}
        with database.cursor() as cursor:
            for table, line, kind, reason in cursor.execute(statement("exchange/not_loaded"), given).fetchall():
                remarks[kind].append(Remark(sent[table][line - 1], reason))
    left_out = {remark.event for kind in ("row", "orphan") for remark in remarks[kind]}
    new = sum(
        len({_id(event) for n, event in meant.items() if n not in left_out} - known[table])
        for table, meant in by_table.items()
    )
    rejected, waiting, unknown = (
        tuple(sorted(remarks[kind], key=lambda remark: remark.event)) for kind in ("row", "orphan", "value")
    )
    return Received(len(events), new, waiting, rejected, unknown)


def _id_name(event: Mapping[str, Any]) -> str:
    return next(name for name in BY_ID if name in event)


def _id(event: Mapping[str, Any]) -> str:
    return str(event[_id_name(event)]).strip()


def _fault(event: Any, who: str) -> str:
    """Why something is no event that could be meant; the empty text where it may be one."""
    if isinstance(event, Unreadable):
        return event.why
    if not isinstance(event, dict):
        return "is not a JSON object"
    # First of all: nothing of such a one could be looked into, or said to anybody.
    if _is_deeper_than(MOST_NESTED, event):
        return f"is nested more than {MOST_NESTED} deep"
    if not _is_text(event):
        return "holds half a character, or none"
    ids = [key for key in BY_ID if key in event]
    if len(ids) != 1:
        return (
            "carries both an event_id and an activity_id" if ids else "carries neither an event_id nor an activity_id"
        )
    if not isinstance(event[ids[0]], str) or not event[ids[0]].strip():
        return f"its {ids[0]} is not a text"
    if fault := _fault_of_id(event[ids[0]].strip(), ids[0], who):
        return fault
    table = TABLES[BY_ID[ids[0]]]
    for key in event:
        if key not in table.names:
            return f"no column is called '{key[:100]}'. {did_you_mean(key[:100], table.names)}".rstrip()
    return ""


def _is_text(event: Mapping[str, Any]) -> bool:
    text = json.dumps(event, ensure_ascii=False)
    return "\\u0000" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


def _is_deeper_than(most: int, event: Mapping[str, Any]) -> bool:
    level: list[Any] = [event]
    for _ in range(most):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return any(isinstance(one, dict | list) for one in level)


def _fault_of_id(given: str, called: str, who: str) -> str:
    if len(given) > LONGEST_ID:
        return f"its {called} is longer than {LONGEST_ID} characters"
    begin = name_space(who)
    if not given.startswith(begin) or given == begin:
        return f"its {called} '{given}' is not of this sender: it must begin with '{begin}'"
    if OURS.fullmatch(given):
        return f"its {called} '{given}' is of the kind that Handshake gives to what it writes itself"
    return ""


def _takes_back_anothers(
    database: Database, events: Sequence[tuple[int, Mapping[str, Any]]], what: str
) -> Iterator[tuple[int, str]]:
    """The events, by number, that take back one which these senders did not bring, and why not."""
    retractions = {n: event for n, event in events if "event_id" in event and _is_retraction(event)}
    if not retractions:
        return
    named = {n: _named(event) for n, event in retractions.items()}
    there = _known(database, "handoff_event", ({"event_id": one} for one in named.values() if one))
    brought = {_id(event) for _, event in events if "event_id" in event} - there
    with database.cursor() as cursor:
        brought |= {
            one
            for (one,) in cursor.execute(
                statement("exchange/brought_by"), {"ids": list(there), "what": what}
            ).fetchall()
        }
    for n, one in named.items():
        if one is None:
            yield n, 'names no event in its detail, as {"event_id": …}'
        elif one not in brought:
            yield n, f"takes back the event '{one[:LONGEST_ID]}', which did not come from this sender"


def _is_retraction(event: Mapping[str, Any]) -> bool:
    kind = event.get("kind")
    return isinstance(kind, str) and fold(kind) == "retracted"


def _named(event: Mapping[str, Any]) -> str | None:
    detail = event.get("detail")
    named = detail.get("event_id") if isinstance(detail, dict) else None
    return named if isinstance(named, str) and named else None


def _known(database: Database, table: str, events: Iterable[Mapping[str, Any]]) -> set[str]:
    """The ids of those events that are in the table already."""
    ids = [_id(event) for event in events]
    if not ids:
        return set()
    query = {"handoff_event": "exchange/known_events", "activity": "exchange/known_activities"}[table]
    with database.cursor() as cursor:
        return {known for (known,) in cursor.execute(statement(query), {"ids": ids}).fetchall()}


def _written(path: Path, table: str, events: Sequence[Mapping[str, Any]], source: str) -> Recognised:
    """The events as a file of that table's columns, one a line, the first in line 1."""
    names = TABLES[table].names
    lines = (json.dumps({name: event.get(name) for name in names}) for event in events)
    path.write_text("\n".join(lines), encoding="ascii")
    file = look_at(path, names)
    # Programs write numbers as JSON does: a point stands before the fraction, in texts as well.
    return Recognised(file, (replace(feed_by_kind(file, table), source=source, decimal="."),))
