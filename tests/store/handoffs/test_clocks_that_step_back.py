"""Whatever the clock says, a hand-off is decided once: what is dated ahead counts; nothing precedes what it follows."""

from collections.abc import Callable
from datetime import datetime
from itertools import count, pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.config.reasons import read_answers
from lib.core.access.grants import Grant
from lib.core.errors import NotFound, Refused
from lib.core.handoffs.answered import AlreadyAnswered, Press, Written
from lib.core.handoffs.cycles.order import Event
from lib.core.handoffs.cycles.plain import ACCEPTING, REJECTING, counting, cycle_of, from_then_on
from lib.core.time.clock import MICROSECONDS, parse_instant
from lib.store.agreement.audit import load_entries, verify
from lib.store.database import Database
from lib.store.handoffs.cycles import cycles_are_kept, keep_cycles
from lib.store.handoffs.decisions import accept, assign, call_sql, note, reject, touch, undo
from tests.grants import ANYTHING, somebody
from tests.store.conftest import MADRID, Rows

CONFIG = Path(__file__).parents[3] / "config"
ANSWERS = read_answers((CONFIG / "reasons.yaml").read_text(encoding="utf-8"), "reasons.yaml")
THREE = {question.id: True for question in ANSWERS.accept}
FIVE = {question.id: True for question in ANSWERS.sql}

NINE = parse_instant("2026-03-02T09:00:00Z", MADRID)
MINUTE = 60 * MICROSECONDS
HOUR = 60 * MINUTE
YEAR = 365 * 24 * HOUR

Happens = Callable[..., None]


@pytest.fixture
def happens(db: Database) -> Happens:
    """Writes an event as older versions loaded it: whatever its instant."""

    def written(event_id: str, kind: str, after: int, *, lead_id: str = "a", takes_back: str | None = None) -> None:
        detail = None if takes_back is None else f'{{"event_id": "{takes_back}"}}'
        with db.write(*ANYTHING) as cursor:
            cursor.execute(
                "insert into handoff_event (event_id, lead_id, occurred_at, kind, actor, detail) "
                "values ($1, $2, make_timestamp($3), $4, 'crm', $5)",
                [event_id, lead_id, NINE + after, kind, detail],
            )
            keep_cycles(cursor)

    return written


@pytest.fixture
def inbox(db: Database, happens: Happens) -> Database:
    """Lead a was handed over at nine and is ann's since; bob is a rep as well."""
    with db.write(*ANYTHING) as cursor:
        cursor.execute("insert into lead (lead_id, created_at) values ('a', timestamp '2026-03-01')")
        cursor.execute("insert into rep (rep_id, name) values ('ann', 'Ann'), ('bob', 'Bob')")
    happens("1", "mql", 0)
    happens("2", "assigned", 0)
    return db


def press(actor: str, after: int, key: str = "form 1", **how: str) -> tuple[Grant, Press]:
    """Who presses, and the press."""
    return somebody(actor), Press(how.pop("lead_id", "a"), 1, NINE + after, key, **how)


def instants(rows: Rows) -> list[tuple[str, int]]:
    """What was answered, in the order it was written, and how long after nine it stands."""
    found = rows(
        "select kind, epoch_us(occurred_at) from handoff_event where starts_with(event_id, 'inbox-') order by rowid"
    )
    return [(kind, at - NINE) for kind, at in found]


# A clock that steps back.


def test_an_answer_that_a_clock_put_back_places_earlier_does_not_overrule_the_one_before(inbox: Database) -> None:
    first = accept(inbox, *press("ann", HOUR), ANSWERS, THREE)

    with pytest.raises(AlreadyAnswered) as refused:
        reject(inbox, *press("bob", MINUTE, "another tab"), ANSWERS, "no_budget")

    assert refused.value.earlier == first


def test_of_two_tabs_one_decides_though_the_clock_stepped_back_between_them(inbox: Database, rows: Rows) -> None:
    reject(inbox, *press("ann", HOUR, "one tab"), ANSWERS, "no_budget")

    with pytest.raises(AlreadyAnswered):
        accept(inbox, *press("ann", HOUR - 1, "another tab"), ANSWERS, THREE)

    assert instants(rows) == [("rejected", HOUR)]


def test_what_is_written_is_later_than_what_it_follows(inbox: Database, rows: Rows) -> None:
    touch(inbox, *press("ann", HOUR), contact=True)
    accept(inbox, *press("ann", MINUTE), ANSWERS, THREE)
    call_sql(inbox, *press("ann", 2 * MINUTE), ANSWERS, FIVE)
    note(inbox, *press("ann", 3 * MINUTE, note="Call on Thursday"))
    touch(inbox, *press("ann", 2 * HOUR, "form 2"), contact=True)

    assert instants(rows) == [
        ("first_touch", HOUR),
        ("accepted", HOUR + 1),
        ("sql", HOUR + 2),
        ("assigned", HOUR + 3),
        ("first_touch", 2 * HOUR),
    ]


def test_an_answer_is_later_than_the_hand_over_it_answers(inbox: Database, rows: Rows) -> None:
    accept(inbox, *press("ann", -HOUR), ANSWERS, THREE)

    assert instants(rows) == [("accepted", 1)]


def test_what_is_taken_back_is_taken_back_after_it_was_done(inbox: Database, rows: Rows) -> None:
    done = accept(inbox, *press("ann", HOUR), ANSWERS, THREE)

    undo(inbox, somebody("ann"), done.event_id, NINE + MINUTE)

    assert instants(rows) == [("accepted", HOUR), ("retracted", HOUR + 1)]
    assert isinstance(reject(inbox, *press("bob", 2 * HOUR), ANSWERS, "no_budget"), Written)


def test_no_entry_of_the_audit_is_earlier_than_the_one_before(inbox: Database) -> None:
    for n, after in enumerate((HOUR, MINUTE, 2 * HOUR, 0)):
        touch(inbox, *press("ann", after, f"form {n}"), contact=True)

    at = [entry.at - NINE for entry in load_entries(inbox)]
    assert at == [HOUR, HOUR, 2 * HOUR, 2 * HOUR]
    verify(inbox)


def test_a_cycle_that_came_since_is_never_answered_by_the_page_of_the_one_before(
    inbox: Database, happens: Happens
) -> None:
    happens("3", "withdrawn", HOUR)
    happens("4", "mql", HOUR + 1)

    with pytest.raises(NotFound, match="the lead has been handed over again since"):
        accept(inbox, *press("ann", MINUTE), ANSWERS, THREE)


# An event dated ahead.


@pytest.mark.parametrize("kind", ["accepted", "rejected", "sql", "won", "recycled"])
def test_a_decision_dated_a_year_ahead_stands(inbox: Database, happens: Happens, rows: Rows, kind: str) -> None:
    happens("3", kind, YEAR)

    with pytest.raises(AlreadyAnswered, match="by crm at 2027-03-02T09:00:00Z already, and that stands"):
        accept(inbox, *press("ann", HOUR), ANSWERS, THREE)
    with pytest.raises(AlreadyAnswered):
        reject(inbox, *press("ann", HOUR), ANSWERS, "no_budget")
    with pytest.raises(AlreadyAnswered):
        assign(inbox, *press("ann", HOUR), "bob")

    assert instants(rows) == []


def test_a_decision_that_is_to_be_taken_back_in_a_year_stands_until_then(inbox: Database, happens: Happens) -> None:
    happens("3", "accepted", MINUTE)
    happens("4", "retracted", YEAR, takes_back="3")

    with pytest.raises(AlreadyAnswered):
        reject(inbox, *press("ann", HOUR), ANSWERS, "no_budget")


def test_a_hand_over_dated_a_year_ahead_keeps_nobody_from_answering_the_one_that_was(
    inbox: Database, happens: Happens, rows: Rows
) -> None:
    happens("3", "lost", MINUTE)
    happens("4", "mql", YEAR)

    accept(inbox, *press("ann", HOUR), ANSWERS, THREE)

    assert instants(rows) == [("accepted", HOUR)]


# Any clock.


STEPS = st.sampled_from([-HOUR, -1, 0, 1, MINUTE, 10 * MINUTE, HOUR, YEAR])
ACTIONS = st.sampled_from(["accept", "reject", "call_sql", "assign", "touch", "undo"])
AHEAD = st.lists(
    st.tuples(st.sampled_from(["accepted", "rejected", "won", "assigned", "recycled", "lost", "mql"]), STEPS),
    max_size=2,
)
number = count()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ahead=AHEAD, pressed=st.lists(st.tuples(ACTIONS, st.sampled_from(["ann", "bob"]), STEPS), min_size=2, max_size=6)
)
def test_no_order_of_clock_readings_lets_two_people_decide_one_hand_off(
    inbox: Database, happens: Happens, ahead: list[tuple[str, int]], pressed: list[tuple[str, str, int]]
) -> None:
    lead_id = f"lead {next(number)}"
    with inbox.write(*ANYTHING) as cursor:
        cursor.execute("insert into lead (lead_id, created_at) values ($1, timestamp '2026-03-01')", [lead_id])
    happens(f"{lead_id} mql", "mql", 0, lead_id=lead_id)
    for n, (kind, after) in enumerate(ahead):
        happens(f"{lead_id} {n}", kind, after, lead_id=lead_id)
    before = {event.event_id for event in of(inbox, lead_id)}
    decided: list[str] = []

    for n, (action, actor, after) in enumerate(pressed):
        one = press(actor, after, f"form {n}", lead_id=lead_id)
        try:
            if action == "undo":
                for event_id in decided[-1:]:
                    undo(inbox, somebody(actor), event_id, one[1].at)
            elif action in ("accept", "reject"):
                decided.append(decide(inbox, one, action).event_id)
            elif action == "call_sql":
                call_sql(inbox, *one, ANSWERS, FIVE)
            elif action == "assign":
                assign(inbox, *one, "bob")
            else:
                touch(inbox, *one, contact=True)
        except Refused:
            continue

    events = of(inbox, lead_id)
    looked_at = sorted({event.at for event in events} | {NINE + after for *_, after in pressed})
    for as_of in looked_at:
        ours = [one for one in counting(events, as_of) if one.event_id not in before]
        assert sum(one.kind in ("accepted", "rejected") for one in ours) <= 1
    final = [one for one in counting(events, looked_at[-1]) if cycle_of(events, one.event_id) == 1]
    answers = [one for one in final if one.event_id in decided]
    # What stands there without us, also dated ahead, is never contradicted by us.
    assert not (answers and [one for one in final if one.event_id in before and one.kind in (*ACCEPTING, *REJECTING)])
    assert all(cycle_of(events, one.event_id) == 1 for one in answers)
    entries = load_entries(inbox)
    assert all(earlier.at <= later.at for earlier, later in pairwise(entries))


def test_the_kept_cycles_and_the_audit_hold_after_that(inbox: Database, happens: Happens) -> None:
    happens("3", "assigned", YEAR)
    accept(inbox, *press("ann", HOUR), ANSWERS, THREE)

    verify(inbox)
    with inbox.cursor() as cursor:
        assert cycles_are_kept(cursor, datetime.fromisoformat("2030-01-01"))


def decide(db: Database, pressed: Press, action: str) -> Written:
    return accept(db, *pressed, ANSWERS, THREE) if action == "accept" else reject(db, *pressed, ANSWERS, "no_reply")


def of(db: Database, lead_id: str) -> list[Event]:
    with db.cursor() as cursor:
        found = cursor.execute(
            "select event_id, epoch_us(occurred_at), kind, actor, detail ->> 'event_id' from handoff_event "
            "where lead_id = $1",
            [lead_id],
        ).fetchall()
    return [Event(event_id, at, kind, actor, takes_back=takes_back) for event_id, at, kind, actor, takes_back in found]


def test_the_latest_cycle_at_some_instant_from_then_on_is_asked() -> None:
    events = [Event("1", 10, "mql"), Event("2", 20, "rejected"), Event("3", 30, "mql"), Event("4", 40, "accepted")]

    assert from_then_on(events, 1, 35) is None
    assert [one.event_id for one in from_then_on(events, 1, 15) or ()] == ["1", "2"]
    assert [one.event_id for one in from_then_on(events, 2, 5) or ()] == ["3", "4"]
    assert from_then_on(events, 3, 5) is None
