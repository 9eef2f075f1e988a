"""The Inbox's answers: each is written once, none over another, and for a minute each can be taken back."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from lib.config.reasons import read_answers
from lib.core.access.grants import Grant
from lib.core.agreement.audit import AuditBroken
from lib.core.errors import NotFound, Refused
from lib.core.handoffs.answered import AlreadyAnswered, AnswerIncomplete, Press, TooLateToUndo, Written
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.time.clock import MICROSECONDS, parse_instant
from lib.store.agreement.audit import load_entries, verify
from lib.store.database import Database
from lib.store.handoffs.cycles import cycles_are_kept
from lib.store.handoffs.decisions import accept, answers_given, assign, call_sql, note, notes_of, reject, touch, undo
from lib.store.handoffs.handoffs import load_handoffs
from tests.grants import ANYTHING, somebody
from tests.store.conftest import MADRID, NOW, Import, Rows, Write

CONFIG = Path(__file__).parents[3] / "config"
ANSWERS = read_answers((CONFIG / "reasons.yaml").read_text(encoding="utf-8"), "reasons.yaml")
THREE = {question.id: True for question in ANSWERS.accept}
FIVE = {question.id: True for question in ANSWERS.sql}

NINE = parse_instant("2026-03-02T09:00:00Z", MADRID)
SECOND = MICROSECONDS
HOUR = 3600 * SECOND


@pytest.fixture
def inbox(db: Database, write: Write, load: Import) -> Database:
    """Ann has lead a since nine; nobody has lead b."""
    load(write("leads.csv", "lead_id,created_at\na,2026-03-01\nb,2026-03-01\n"), kind="lead")
    load(write("reps.csv", "rep_id,name\nann,Ann\nbob,Bob\n"), kind="rep")
    events = (
        "event_id,lead_id,occurred_at,kind,actor\n"
        "1,a,2026-03-02T08:00:00Z,mql,marketing\n"
        "2,a,2026-03-02T09:00:00Z,assigned,ann\n"
        "3,b,2026-03-02T08:00:00Z,mql,marketing\n"
    )
    load(write("events.csv", events), kind="handoff_event")
    return db


def press(actor: str = "ann", after: int = HOUR, key: str = "form 1", **how: Any) -> tuple[Grant, Press]:
    """Who presses, and the press."""
    return somebody(actor), Press(how.pop("lead_id", "a"), how.pop("cycle", 1), NINE + after, key, **how)


def state(db: Database, lead_id: str = "a") -> Handoffs:
    return load_handoffs(db, NINE + 24 * HOUR, lead_id)


def said(refused: pytest.ExceptionInfo[Refused]) -> str:
    return str(refused.value)


# The answers.


def test_an_accepted_lead_carries_the_answers_to_the_three_questions(inbox: Database, rows: Rows) -> None:
    written = accept(inbox, *press(), ANSWERS, THREE)

    ((kind, actor, detail),) = rows(
        f"select kind, actor, detail ->> 'answers' from handoff_event where event_id = '{written.event_id}'"
    )
    assert (kind, actor) == ("accepted", "ann")
    assert detail == '{"meets_requirements":true,"can_talk":true,"could_do_business":true}'
    assert state(inbox).decision.tolist() == [Decision.ACCEPTED]
    assert state(inbox).decided_at.tolist() == [NINE + HOUR]


def test_a_lead_is_not_accepted_before_every_question_has_its_yes(inbox: Database, rows: Rows) -> None:
    with pytest.raises(AnswerIncomplete) as refused:
        accept(inbox, *press(), ANSWERS, {**THREE, "can_talk": False})

    assert said(refused) == (
        "hand-off a:1: 'Can a conversation be started with this person?' is not answered with yes. "
        "Answer it, or reject the lead with a reason."
    )
    assert rows("select count(*) from handoff_event") == [(3,)]


@pytest.mark.parametrize(("reason", "fate"), [("no_budget", "recycle"), ("competitor", "disqualify")])
def test_what_follows_from_a_rejection_is_what_its_reason_says(
    inbox: Database, rows: Rows, reason: str, fate: str
) -> None:
    reject(inbox, *press(), ANSWERS, reason)

    assert rows("select reason, detail ->> 'then' from handoff_event where kind = 'rejected'") == [(reason, fate)]
    assert state(inbox).decision.tolist() == [Decision.REJECTED]
    assert state(inbox).reason.text(0) == reason


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        ("", "hand-off a:1: the reason is missing. Choose of no_reply, "),
        ("no_budgte", "hand-off a:1: 'no_budgte' is no reason to reject a lead. Did you mean 'no_budget'?"),
    ],
)
def test_a_lead_is_rejected_for_a_coded_reason_only(inbox: Database, reason: str, message: str) -> None:
    with pytest.raises(AnswerIncomplete) as refused:
        reject(inbox, *press(), ANSWERS, reason)

    assert said(refused).startswith(message)
    assert state(inbox).decision.tolist() == [Decision.OPEN]


def test_an_accepted_lead_becomes_an_sql_by_the_five_answers(inbox: Database) -> None:
    accept(inbox, *press(), ANSWERS, THREE)

    call_sql(inbox, *press(after=2 * HOUR), ANSWERS, FIVE)

    assert state(inbox).sql_at.tolist() == [NINE + 2 * HOUR]


def test_a_lead_that_is_not_accepted_becomes_no_sql(inbox: Database) -> None:
    with pytest.raises(AnswerIncomplete, match=r"it is not accepted yet\. Accept the lead first\."):
        call_sql(inbox, *press(), ANSWERS, FIVE)


def test_a_rejected_lead_becomes_no_sql(inbox: Database) -> None:
    reject(inbox, *press("bob"), ANSWERS, "no_reply")

    with pytest.raises(AlreadyAnswered, match="it was rejected by bob"):
        call_sql(inbox, *press(after=2 * HOUR), ANSWERS, FIVE)


def test_a_reassigned_lead_is_another_reps_from_then_on(inbox: Database) -> None:
    assign(inbox, *press("lena"), "bob")

    handoffs = state(inbox)
    assert handoffs.owner.text(0) == "bob"
    assert (handoffs.assigned_at.tolist(), handoffs.owner_since.tolist()) == ([NINE], [NINE + HOUR])
    assert load_handoffs(inbox, NINE + HOUR - 1, "a").owner.text(0) == "ann"


def test_a_lead_can_be_handed_on_twice(inbox: Database) -> None:
    assign(inbox, *press("lena"), "bob")

    assign(inbox, *press("lena", after=2 * HOUR, key="form 2"), "ann")

    assert state(inbox).owner.text(0) == "ann"
    assert state(inbox).owner_since.tolist() == [NINE + 2 * HOUR]


def test_nobody_is_assigned_who_is_no_rep(inbox: Database) -> None:
    with pytest.raises(NotFound, match=r"no rep is called 'bobb'\. Did you mean 'bob'\?"):
        assign(inbox, *press("lena"), "bobb")

    assert state(inbox).owner.text(0) == "ann"


def test_a_decided_lead_is_not_handed_on(inbox: Database) -> None:
    accept(inbox, *press(), ANSWERS, THREE)

    with pytest.raises(AlreadyAnswered, match="it was accepted by ann"):
        assign(inbox, *press("lena", after=2 * HOUR), "bob")


def test_the_first_try_to_reach_a_lead_is_its_first_touch(inbox: Database, rows: Rows) -> None:
    touch(inbox, *press(), contact=False)
    touch(inbox, *press(after=2 * HOUR, key="form 2"), contact=True)

    assert state(inbox).first_touch_at.tolist() == [NINE + HOUR]
    contacts = rows("select detail ->> 'contact' from handoff_event where kind = 'first_touch' order by occurred_at")
    assert contacts == [("false",), ("true",)]


# Notes.


def test_a_note_changes_nothing_but_is_read_again(inbox: Database) -> None:
    note(inbox, *press("bob", note=" Call back on Thursday "))

    handoffs = state(inbox)
    assert (handoffs.owner.text(0), handoffs.assigned_at.tolist()) == ("ann", [NINE])
    assert [(one.actor, one.text) for one in notes_of(inbox, "a")] == [("bob", "Call back on Thursday")]


def test_a_note_goes_along_with_an_answer(inbox: Database) -> None:
    reject(inbox, *press(note="Next year"), ANSWERS, "bad_timing")

    assert [(one.kind, one.text) for one in notes_of(inbox, "a")] == [("rejected", "Next year")]


def test_a_note_by_itself_assigns_nobody(inbox: Database) -> None:
    with pytest.raises(AnswerIncomplete, match="nobody is assigned yet"):
        note(inbox, *press(lead_id="b", note="Who takes this?"))

    assert state(inbox, "b").owner.text(0) is None


def test_an_empty_note_is_refused(inbox: Database) -> None:
    with pytest.raises(AnswerIncomplete, match="the note is empty"):
        note(inbox, *press(note="  "))


def test_a_note_of_an_answer_taken_back_is_gone(inbox: Database) -> None:
    written = accept(inbox, *press(note="Sounds great"), ANSWERS, THREE)

    undo(inbox, somebody("ann"), written.event_id, written.at + SECOND)

    assert notes_of(inbox, "a") == ()


# Once.


ACTIONS: dict[str, Callable[[Database, tuple[Grant, Press]], Written]] = {
    "accept": lambda db, pressed: accept(db, *pressed, ANSWERS, THREE),
    "reject": lambda db, pressed: reject(db, *pressed, ANSWERS, "no_reply"),
    "assign": lambda db, pressed: assign(db, *pressed, "bob"),
    "touch": lambda db, pressed: touch(db, *pressed, contact=True),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_a_button_pressed_twice_writes_once(inbox: Database, rows: Rows, action: str) -> None:
    first = ACTIONS[action](inbox, press())
    written = rows("select * from handoff_event order by event_id")

    second = ACTIONS[action](inbox, press(after=2 * HOUR))

    assert second.repeated
    assert not first.repeated
    assert (second.event_id, second.at, second.actor) == (first.event_id, first.at, first.actor)
    assert rows("select * from handoff_event order by event_id") == written


@pytest.mark.parametrize("action", ["accept", "reject"])
def test_a_second_decision_is_told_what_happened_and_by_whom(inbox: Database, rows: Rows, action: str) -> None:
    reject(inbox, *press("bob"), ANSWERS, "no_budget")

    with pytest.raises(AlreadyAnswered) as refused:
        ACTIONS[action](inbox, press("ann", after=2 * HOUR, key="another browser"))

    assert said(refused) == (
        "hand-off a:1: it was rejected by bob at 2026-03-02T10:00:00Z (no_budget) already, and that stands. "
        "Nothing was written."
    )
    assert refused.value.earlier.actor == "bob"
    assert rows("select count(*) from handoff_event") == [(4,)]


def test_a_decision_the_crm_implied_stands_too(inbox: Database, write: Write, load: Import) -> None:
    load(
        write("later.csv", "event_id,lead_id,occurred_at,kind,actor\n9,a,2026-03-02T09:30:00Z,won,crm\n"),
        kind="handoff_event",
    )

    with pytest.raises(AlreadyAnswered, match="it was won by crm"):
        accept(inbox, *press(), ANSWERS, THREE)


def test_of_two_sessions_that_decide_at_once_one_is_written_and_the_other_is_told(inbox: Database, rows: Rows) -> None:
    together = Barrier(2)

    def decide(number: int) -> Written | AlreadyAnswered:
        together.wait()
        pressed = press(("ann", "bob")[number], key=f"browser {number}")
        try:
            return ACTIONS[("accept", "reject")[number]](inbox, pressed)
        except AlreadyAnswered as refused:
            return refused

    with ThreadPoolExecutor(2) as sessions:
        told = list(sessions.map(decide, range(2)))

    (won,) = [one for one in told if isinstance(one, Written)]
    (lost,) = [one for one in told if isinstance(one, AlreadyAnswered)]
    assert lost.earlier == won
    assert rows("select kind from handoff_event where kind in ('accepted', 'rejected')") == [(won.kind,)]


def test_of_one_button_pressed_in_two_threads_at_once_both_are_told_of_the_one_event(
    inbox: Database, rows: Rows
) -> None:
    together = Barrier(2)

    def decide(_: int) -> Written:
        together.wait()
        return accept(inbox, *press(), ANSWERS, THREE)

    with ThreadPoolExecutor(2) as presses:
        first, second = presses.map(decide, range(2))

    assert {first.repeated, second.repeated} == {False, True}
    assert rows("select count(*) from handoff_event where kind = 'accepted'") == [(1,)]


def test_a_button_of_a_page_left_open_since_an_earlier_hand_over_writes_nothing(
    inbox: Database, write: Write, load: Import
) -> None:
    again = "event_id,lead_id,occurred_at,kind\n8,a,2026-03-02T09:10:00Z,recycled\n9,a,2026-03-02T09:20:00Z,mql\n"
    load(write("again.csv", again), kind="handoff_event")

    with pytest.raises(NotFound, match=r"hand-off a:1: the lead has been handed over again since. Reload the page."):
        accept(inbox, *press(), ANSWERS, THREE)


def test_a_lead_that_was_never_handed_over_cannot_be_answered(inbox: Database) -> None:
    with pytest.raises(NotFound, match="hand-off nobody:1: there is no such hand-off"):
        accept(inbox, *press(lead_id="nobody"), ANSWERS, THREE)


def test_what_was_computed_before_an_answer_is_stale_and_the_cycles_are_kept(inbox: Database) -> None:
    before, history_before = inbox.state.data, inbox.state.history

    accept(inbox, *press(), ANSWERS, THREE)

    assert inbox.state.data > before
    assert inbox.state.history == history_before
    with inbox.cursor() as cursor:
        assert cycles_are_kept(cursor, datetime.fromisoformat("2026-03-03"))


# Undo.


@pytest.mark.parametrize("action", ["accept", "reject", "touch", "assign"])
def test_an_answer_taken_back_within_the_minute_is_as_if_it_had_not_been_given(inbox: Database, action: str) -> None:
    before = state(inbox)
    written = ACTIONS[action](inbox, press())

    undo(inbox, somebody("ann"), written.event_id, written.at + 60 * SECOND)

    after = state(inbox)
    assert after.decision.tolist() == before.decision.tolist()
    assert after.assigned_at.tolist() == before.assigned_at.tolist()
    assert after.first_touch_at.tolist() == before.first_touch_at.tolist()
    assert after.owner.text(0) == before.owner.text(0)


def test_an_answer_taken_back_still_counts_as_of_the_instant_before(inbox: Database) -> None:
    written = accept(inbox, *press(), ANSWERS, THREE)

    undo(inbox, somebody("ann"), written.event_id, written.at + 10 * SECOND)

    then = load_handoffs(inbox, written.at + 9 * SECOND, "a")
    assert then.decision.tolist() == [Decision.ACCEPTED]


def test_after_a_minute_an_answer_stands(inbox: Database) -> None:
    written = accept(inbox, *press(), ANSWERS, THREE)

    with pytest.raises(TooLateToUndo, match=r"accepted by ann at .*: it is more than a minute ago"):
        undo(inbox, somebody("ann"), written.event_id, written.at + 60 * SECOND + 1)

    assert state(inbox).decision.tolist() == [Decision.ACCEPTED]


def test_an_acceptance_something_has_come_of_stands(inbox: Database) -> None:
    accepted = accept(inbox, *press(), ANSWERS, THREE)
    sql = call_sql(inbox, *press(after=HOUR + SECOND), ANSWERS, FIVE)

    with pytest.raises(TooLateToUndo, match=r"it was called an SQL by ann at .* since"):
        undo(inbox, somebody("ann"), accepted.event_id, accepted.at + 2 * SECOND)

    undo(inbox, somebody("ann"), sql.event_id, sql.at + 2 * SECOND)
    undo(inbox, somebody("ann"), accepted.event_id, accepted.at + 3 * SECOND)
    assert state(inbox).decision.tolist() == [Decision.OPEN]


@pytest.mark.parametrize("action", ["assign", "touch"])
def test_what_sales_has_rejected_since_stands(inbox: Database, action: str) -> None:
    before = ACTIONS[action](inbox, press())
    reject(inbox, *press("bob", after=HOUR + SECOND, key="form 2"), ANSWERS, "no_budget")

    with pytest.raises(TooLateToUndo, match=r"it was rejected by bob at .* \(no_budget\) since"):
        undo(inbox, somebody("ann"), before.event_id, before.at + 2 * SECOND)

    assert state(inbox).decision.tolist() == [Decision.REJECTED]


def test_taken_back_twice_is_taken_back_once(inbox: Database, rows: Rows) -> None:
    written = accept(inbox, *press(), ANSWERS, THREE)
    undo(inbox, somebody("ann"), written.event_id, written.at + SECOND)

    again = undo(inbox, somebody("ann"), written.event_id, written.at + 2 * SECOND)

    assert again.repeated
    assert rows("select count(*) from handoff_event where kind = 'retracted'") == [(1,)]


def test_after_taking_it_back_another_answer_can_be_given(inbox: Database) -> None:
    written = accept(inbox, *press(), ANSWERS, THREE)
    undo(inbox, somebody("ann"), written.event_id, written.at + SECOND)

    reject(inbox, *press(after=HOUR + 2 * SECOND, key="form 2"), ANSWERS, "no_budget")

    assert state(inbox).decision.tolist() == [Decision.REJECTED]


def test_what_the_inbox_did_not_write_it_does_not_take_back(inbox: Database) -> None:
    with pytest.raises(NotFound, match="the Inbox wrote no such event"):
        undo(inbox, somebody("ann"), "2", NINE + SECOND)


def test_the_seconds_left_to_take_it_back_run_down(inbox: Database) -> None:
    written = accept(inbox, *press(), ANSWERS, THREE)

    assert written.undo_left_seconds(written.at + 20 * SECOND) == 40
    assert written.undo_left_seconds(written.at + 70 * SECOND) == 0


# For the CRM.


def test_answers_can_be_taken_elsewhere_without_those_taken_back(inbox: Database) -> None:
    reject(inbox, *press(note="Too late"), ANSWERS, "competitor")
    gone = assign(inbox, *press("lena", lead_id="b"), "bob")
    undo(inbox, somebody("lena"), gone.event_id, gone.at + SECOND)

    (given,) = answers_given(inbox, NINE, NINE + 2 * HOUR, NINE + 24 * HOUR)

    assert (given.handoff_id, given.kind, given.reason, given.fate) == ("a:1", "rejected", "competitor", "disqualify")
    assert (given.actor, given.at, given.note) == ("ann", NINE + HOUR, "Too late")


def test_answers_are_those_from_the_first_instant_up_to_not_including_the_last(inbox: Database) -> None:
    accept(inbox, *press(), ANSWERS, THREE)

    at = NINE + HOUR
    assert len(answers_given(inbox, at, at + 1, at + 1)) == 1
    assert answers_given(inbox, at - 1, at, at + 1) == ()
    assert answers_given(inbox, at + 1, at + 2, at + 2) == ()


# The audit.


def answered(db: Database) -> list[tuple[str, int, dict[str, str]]]:
    """Who did what when, by the audit."""
    return [(entry.who, entry.at, json.loads(entry.detail)) for entry in load_entries(db, "answered")]


def test_every_event_of_an_answer_is_an_audit_entry_by_whoever_pressed(inbox: Database) -> None:
    before = verify(inbox)

    touched = touch(inbox, *press(), contact=True)
    assigned = assign(inbox, *press("bob", 2 * HOUR), "bob")
    accepted = accept(inbox, *press("bob", 3 * HOUR), ANSWERS, THREE)
    undo(inbox, somebody("bob"), accepted.event_id, NINE + 3 * HOUR + SECOND)

    entries = answered(inbox)
    # The files they are about were imported later than that, and no entry lies before the one it follows.
    assert [(who, at, said["kind"], said["lead"]) for who, at, said in entries] == [
        ("ann", NOW, "first_touch", "a"),
        ("bob", NOW, "assigned", "a"),
        ("bob", NOW, "accepted", "a"),
        ("bob", NOW, "retracted", "a"),
    ]
    assert [said["event"] for *_, said in entries if said["kind"] != "retracted"] == [
        touched.event_id,
        assigned.event_id,
        accepted.event_id,
    ]
    assert verify(inbox) == before + 4


def test_an_answer_that_is_refused_or_pressed_twice_leaves_one_entry(inbox: Database) -> None:
    accept(inbox, *press(), ANSWERS, THREE)
    accept(inbox, *press(), ANSWERS, THREE)
    with pytest.raises(AlreadyAnswered):
        reject(inbox, *press("bob", key="form 2"), ANSWERS, "no_budget")

    assert len(answered(inbox)) == 1
    verify(inbox)


def test_the_audit_holds_nothing_that_was_typed(inbox: Database) -> None:
    reject(inbox, *press(note="Ask for Ada Lovelace, ada@engine.example"), ANSWERS, "no_budget")
    note(inbox, *press("bob", 2 * HOUR, lead_id="a", note="Ada again"))

    assert all("ada" not in entry.detail.casefold() for entry in load_entries(inbox))
    verify(inbox)


@pytest.mark.parametrize(
    ("change", "said_of_it"),
    [
        ("set actor = 'eve'", "is not as it was given"),
        ("set reason = 'competitor'", "is not as it was given"),
        ("set occurred_at = occurred_at - interval 1 hour", "is not as it was given"),
        ("""set detail = '{"then": "disqualify"}'""", "is not as it was given"),
        ("set event_id = 'gone'", "is not in the database any more"),
    ],
)
def test_an_answer_that_was_altered_since_is_named(inbox: Database, change: str, said_of_it: str) -> None:
    written = reject(inbox, *press(), ANSWERS, "no_budget")

    with inbox.write(*ANYTHING) as cursor:
        cursor.execute(f"update handoff_event {change} where event_id = '{written.event_id}'")

    with pytest.raises(AuditBroken, match=f"the answer {written.event_id}.*{said_of_it}"):
        verify(inbox)


def test_an_answer_that_was_given_elsewhere_and_imported_needs_no_entry_here(
    inbox: Database, write: Write, load: Import
) -> None:
    elsewhere = "event_id,lead_id,occurred_at,kind,actor\ninbox-1,b,2026-03-02T10:00:00Z,accepted,ann\n"

    load(write("elsewhere.csv", elsewhere), kind="handoff_event")

    verify(inbox)
