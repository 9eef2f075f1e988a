"""Logs: which of several rows counts, what a kind depends on, what dates a lead, which owners are nobody."""

from datetime import datetime

import numpy as np
import pytest

from lib.config.source_text import write_source
from lib.config.sources import read_source
from lib.core.errors import ConfigRefused
from lib.core.exchange.mappings import Source
from lib.core.exchange.runs import ImportResult
from lib.store.database import Database
from lib.store.exchange.undoing import undo_last_import
from tests.grants import BY_TEST
from tests.store.conftest import NOW, Import, Rows, Write
from tests.store.exchange.test_undoing import state

at = datetime.fromisoformat


def mapped(text: str) -> Source:
    source = read_source(text, "crm.yaml")
    assert read_source(write_source(source), "again.yaml") == source
    return source


def adds_up(result: ImportResult) -> bool:
    """Whether every row that was read, or had waited, is counted once."""
    return all(
        one.read + one.waited == one.new + one.changed + one.same + one.rejected for one in result.tables.values()
    )


def in_some_order(lines: list[str], seed: int) -> list[str]:
    order = np.random.default_rng(seed).permutation(len(lines))
    return [lines[at] for at in order.tolist()]


LOG = """\
name: Log
files:
- headings: [ticket, person, on, status]
  tables:
  - table: lead
    columns: {{lead_id: person, created_at: on}}
    of_several: earliest
  - table: activity
    columns: {{activity_id: ticket, lead_id: person, occurred_at: on, kind: status}}
    of_several: {activity}
  - table: handoff_event
    columns: {{lead_id: person, occurred_at: on}}
    constants: {{kind: mql}}
    when: {{status: handed}}
    of_several: {event}
"""
HEADINGS = "ticket,person,on,status\n"
SNAPSHOTS = [
    "7,p,2026-03-04T09:00:00Z,handed\n",
    "7,p,2026-03-02T09:00:00Z,new\n",
    "7,p,2026-03-03T09:00:00Z,handed\n",
    "7,p,2026-03-06T09:00:00Z,closed\n",
    "7,p,2026-03-05T09:00:00Z,handed\n",
]


@pytest.mark.parametrize(("event", "day"), [("earliest", 3), ("latest", 5)])
@pytest.mark.parametrize(("activity", "status", "last"), [("earliest", "new", 2), ("latest", "closed", 6)])
@pytest.mark.parametrize("files", [1, 2, 5])
def test_one_of_several_rows_counts_whatever_their_order_and_files(
    load: Import, write: Write, rows: Rows, event: str, day: int, activity: str, status: str, last: int, files: int
) -> None:
    source = mapped(LOG.format(event=event, activity=activity))
    snapshots = in_some_order(SNAPSHOTS, files)

    for number in range(files):
        result = load(write(f"log{number}.csv", HEADINGS + "".join(snapshots[number::files])), source=source)
        assert adds_up(result)

    assert rows("select created_at from lead") == [(at("2026-03-02 09:00"),)]
    assert rows("select occurred_at from handoff_event") == [(at(f"2026-03-0{day} 09:00"),)]
    assert rows("select kind, occurred_at from activity") == [(status, at(f"2026-03-0{last} 09:00"))]


def test_a_log_imported_again_changes_nothing(load: Import, write: Write) -> None:
    source = mapped(LOG.format(event="earliest", activity="latest"))
    path = write("log.csv", HEADINGS + "".join(SNAPSHOTS))
    load(path, source=source)

    again = load(path, source=source)

    assert {(one.new, one.changed) for one in again.tables.values()} == {(0, 0)}
    assert all(one.read == one.same for one in again.tables.values())


@pytest.mark.parametrize(
    ("words", "instead", "message"),
    [
        ("of_several: {event}", "of_several: newest", "no choice among rows of 'handoff_event' is called 'newest'"),
        (
            "of_several: {event}",
            "of_several: latest\n    moves: adds",
            "one of several rows counts, and each is to add",
        ),
        ("    of_several: earliest\n", "    of_several: latest\n", "no choice among rows of 'lead' is called 'latest'"),
        ("activity_id: ticket, ", "", "nothing says which rows are one activity"),
        ("    of_several: earliest\n", "    undated: never\n", "no way to date a lead is called 'never'"),
        ("of_several: {event}", "undated: import", "rows of 'handoff_event' are no leads"),
        ("constants: {{kind: mql}}", "constants: {{kind: mql unless soldd else lost}}", "no kind 'soldd'"),
    ],
)
def test_what_cannot_be_meant_of_several_rows_is_refused(words: str, instead: str, message: str) -> None:
    assert words in LOG
    text = LOG.replace(words, instead).format(event="earliest", activity="latest")

    with pytest.raises(ConfigRefused) as refused:
        read_source(text, "log.yaml")

    assert message in str(refused.value)


STATUSES = """\
name: Statuses
files:
- headings: [person, on, status]
  tables:
  - table: lead
    columns: {lead_id: person}
    undated: first_event
  - table: handoff_event
    columns: {lead_id: person, occurred_at: on, kind: status}
    values:
      kind: {Handed: mql, Taken: accepted, Closed: rejected unless accepted else lost}
"""
TAKEN = [
    "a,2026-03-02T09:00:00Z,Handed\n",
    "a,2026-03-03T09:00:00Z,Taken\n",
    "a,2026-03-04T09:00:00Z,Closed\n",
    "b,2026-03-02T09:00:00Z,Handed\n",
    "b,2026-03-04T09:00:00Z,Closed\n",
    "b,2026-03-05T09:00:00Z,Handed\n",
    "b,2026-03-06T09:00:00Z,Taken\n",
    "b,2026-03-07T09:00:00Z,Closed\n",
    "c,2026-03-02T09:00:00Z,Handed\n",
    "c,2026-03-03T09:00:00Z,Closed\n",
    "c,2026-03-04T09:00:00Z,Taken\n",
]


def outcomes(rows: Rows) -> list[tuple[object, ...]]:
    return rows("select handoff_id, decision, outcome from handoff order by 1")


@pytest.mark.parametrize("files", [1, 2, 3, 11])
@pytest.mark.parametrize("seed", range(4))
def test_a_kind_that_depends_on_what_came_before_does_so_in_any_order(
    load: Import, write: Write, rows: Rows, files: int, seed: int
) -> None:
    source = mapped(STATUSES)
    shuffled = in_some_order(TAKEN, seed)

    for number in range(files):
        found = load(write(f"s{number}.csv", "person,on,status\n" + "".join(shuffled[number::files])), source=source)
        assert adds_up(found)

    assert outcomes(rows) == [
        ("a:1", "accepted", "lost"),
        ("b:1", "rejected", None),
        ("b:2", "accepted", "lost"),
        ("c:1", "rejected", None),
    ]
    assert rows("select count(*) from handoff_event") == [(len(TAKEN),)]


def test_what_a_kind_became_is_said_and_changes_nothing_again(load: Import, write: Write, rows: Rows) -> None:
    source = mapped(STATUSES)
    closed = write("closed.csv", "person,on,status\n" + TAKEN[0] + TAKEN[2])
    load(closed, source=source)
    assert outcomes(rows) == [("a:1", "rejected", None)]

    taken = load(write("taken.csv", "person,on,status\n" + TAKEN[1]), source=source)

    assert taken.remarks == ("by what came before them, events are now: 1 lost",)
    assert outcomes(rows) == [("a:1", "accepted", "lost")]
    again = load(write("closed.csv", closed.read_text()), source=source)
    assert {(one.new, one.changed) for one in again.tables.values()} == {(0, 0)}
    assert outcomes(rows) == [("a:1", "accepted", "lost")]


def test_undoing_what_decided_a_kind_brings_the_other_back(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    source = mapped(STATUSES)
    load(write("closed.csv", "person,on,status\n" + TAKEN[0] + TAKEN[2]), source=source)
    before = state(db)
    load(write("taken.csv", "person,on,status\n" + TAKEN[1]), source=source)

    undo_last_import(db, NOW, by=BY_TEST)

    assert state(db) == before


def test_a_lead_without_a_date_is_dated_by_its_first_event(load: Import, write: Write, rows: Rows) -> None:
    source = mapped(STATUSES)

    result = load(write("s.csv", "person,on,status\n" + "".join(TAKEN)), source=source)

    assert rows("select distinct created_at from lead") == [(at("2026-03-02 09:00"),)]
    assert "3 leads without a date are dated by their first event" in result.remarks
    assert result.rejected == 0
    assert rows("select count(*) from rejected_row") == [(0,)]


def test_an_earlier_event_of_a_later_import_dates_it_again(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    source = mapped(STATUSES)
    load(write("s.csv", "person,on,status\n" + TAKEN[2]), source=source)
    before = state(db)

    load(write("t.csv", "person,on,status\n" + TAKEN[0]), source=source)

    assert rows("select created_at from lead") == [(at("2026-03-02 09:00"),)]
    undo_last_import(db, NOW, by=BY_TEST)
    assert state(db) == before
    assert rows("select created_at from lead") == [(at("2026-03-04 09:00"),)]


PEOPLE = """\
name: People
files:
- headings: [person, joined]
  tables:
  - {table: lead, columns: {lead_id: person, created_at: joined, first_name: name}, undated: HOW}
- headings: [person, opened]
  tables:
  - {table: activity, columns: {lead_id: person, occurred_at: opened}, constants: {kind: email_open}}
"""


def test_a_lead_waits_for_the_event_that_dates_it(load: Import, write: Write, rows: Rows) -> None:
    source = mapped(PEOPLE.replace("HOW", "first_event"))

    waiting = load(write("people.csv", "person,joined,name\na,,Ann\nb,2026-03-01T09:00:00Z,Bo\n"), source=source)
    assert (waiting.waiting, rows("select lead_id from lead")) == (1, [("b",)])
    load(write("opened.csv", "person,opened\na,2026-03-05T09:00:00Z\na,2026-03-04T09:00:00Z\n"), source=source)

    assert rows("select lead_id, created_at, first_name from lead order by 1") == [
        ("a", at("2026-03-04 09:00"), "Ann"),
        ("b", at("2026-03-01 09:00"), "Bo"),
    ]
    assert rows("select count(*) from activity") == [(2,)]


def test_a_lead_without_a_date_is_dated_by_the_import_and_keeps_that_date(
    load: Import, write: Write, rows: Rows
) -> None:
    source = mapped(PEOPLE.replace("HOW", "import"))
    people = write("people.csv", "person,joined,name\na,,Ann\n")

    first = load(people, source=source)
    dated = rows("select created_at from lead")
    again = load(people, source=source)

    assert "1 lead without a date is dated by this import" in first.remarks
    assert (again.tables["lead"].same, rows("select created_at from lead")) == (1, dated)


OWNERS = """\
name: Owners
files:
- headings: [person, on, owner]
  tables:
  - {table: lead, columns: {lead_id: person, created_at: on}}
  - table: queue
    columns: {queue_id: owner}
    when: {owner: {starts_with: 00G}}
  - {table: handoff_event, columns: {lead_id: person, occurred_at: on}, constants: {kind: mql}}
  - {table: handoff_event, columns: {lead_id: person, occurred_at: taken, actor: owner}, constants: {kind: assigned}}
"""


def test_a_mapping_says_which_owners_are_nobody(db: Database, load: Import, write: Write, rows: Rows) -> None:
    assigned = "person,on,taken,owner\na,2026-03-01,2026-03-02T09:00:00Z,{}\nb,2026-03-01,2026-03-02T09:00:00Z,005x\n"
    load(write("o.csv", assigned.format("00Gq")), source=mapped(OWNERS.replace("starts_with: 00G", "starts_with: 00Z")))
    assert rows("select owner from handoff order by 1") == [("005x",), ("00Gq",)]
    before = state(db)

    said = load(write("o.csv", assigned.format("00Gq")), source=mapped(OWNERS))

    assert said.tables["queue"].new == 1
    assert rows("select owner, assigned_at is null from handoff order by lead_id") == [(None, True), ("005x", False)]
    undo_last_import(db, NOW, by=BY_TEST)
    assert state(db) == before
    assert rows("select owner from handoff order by 1") == [("005x",), ("00Gq",)]


def test_a_later_row_that_says_it_is_gone_takes_the_earliest_away(load: Import, write: Write, rows: Rows) -> None:
    gone = "    when: {{status: handed}}\n    gone: {{status: deleted}}\n"
    source = mapped(LOG.replace("    when: {{status: handed}}\n", gone).format(event="earliest", activity="latest"))
    source = mapped(write_source(source).replace("status: handed", "status:\n        - handed\n        - deleted"))
    load(write("a.csv", HEADINGS + "7,p,2026-03-03T09:00:00Z,handed\n"), source=source)

    result = load(write("b.csv", HEADINGS + "7,p,2026-03-06T09:00:00Z,deleted\n"), source=source)

    assert result.deleted == 1
    assert rows("select count(*) from handoff_event") == [(0,)]


def test_the_earliest_of_several_rows_counts_whichever_kind_it_has_become(
    load: Import, write: Write, rows: Rows
) -> None:
    source = mapped(STATUSES + "    of_several: earliest\n")
    load(write("a.csv", "person,on,status\n" + "".join(TAKEN[:3])), source=source)

    load(write("b.csv", "person,on,status\na,2026-03-09T09:00:00Z,Closed\n"), source=source)

    lost = "select kind, occurred_at from handoff_event where kind in ('lost', 'rejected')"
    assert rows(lost) == [("lost", at("2026-03-04 09:00"))]


UNLESS = """\
name: Deals
files:
- headings: [deal, person, on, status]
  tables:
  - {table: lead, columns: {lead_id: person, created_at: on}}
  - table: handoff_event
    columns: {lead_id: person, occurred_at: on, kind: status}
    key: "{deal}"
    rest: [rule]
    values:
      kind: {closed: rejected unless accepted else lost}
"""


def test_a_deal_called_like_a_rule_is_none(load: Import, write: Write, rows: Rows) -> None:
    content = "deal,person,on,status,rule\nall unless paid,p,2026-03-0{}T09:00:00Z,{},mine\n"
    load(write("a.csv", content.format(2, "mql")), source=mapped(UNLESS))
    load(write("b.csv", content.format(3, "accepted")), source=mapped(UNLESS))

    load(write("c.csv", content.format(4, "closed")), source=mapped(UNLESS))

    assert rows("select kind, detail ->> 'rule' from handoff_event order by occurred_at") == [
        ("mql", "mine"),
        ("accepted", "mine"),
        ("lost", "rejected unless accepted else lost"),
    ]
