"""Problems by kind and cause: each of them in one group, whatever names and instants they have."""

from collections import Counter

import pytest

from lib.core.handoffs.problems import BEFORE_ANY_MQL, REMEDIES, ProblemKind, Troubled, of_event
from lib.core.leads.problems import ChangeFault
from lib.core.time.clock import parse_instant
from lib.store.database import Database
from lib.store.handoffs.problems import load_problems, problem_groups
from lib.store.leads.duplicates import merge_leads
from tests.grants import somebody
from tests.store.conftest import MADRID, NOW, Import, Write

REASONS = ["no_reply"]
LATE = parse_instant("2026-06-01", MADRID)

EVENTS = (
    "event_id,lead_id,occurred_at,kind,reason,amount\n"
    "o1,a,2026-03-02T09:00:00Z,won,,\n"
    "o2,b,2026-03-03T09:00:00Z,won,,\n"
    "m,c,2026-03-02T09:00:00Z,mql,,\n"
    "r,c,2026-03-03T09:00:00Z,rejected,who_knows,\n"
    "x,d's,2026-03-02T09:00:00Z,mql,,\n"
    "y,d,2026-03-02T09:00:00Z,mql,,\n"
)
LEADS = "lead_id,created_at,employees\na,2026-03-01,many\nb,2026-03-01,few\nc,2026-03-01,\n"


@pytest.fixture
def troubled(db: Database, load: Import, write: Write) -> Database:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("events.csv", EVENTS), kind="handoff_event")
    return db


def test_problems_that_differ_by_name_and_instant_alone_are_one_group(troubled: Database) -> None:
    found = [(one.count, one.kind, one.cause) for one in problem_groups(troubled, LATE, REASONS)]

    assert found == [
        (2, ProblemKind.ORPHAN, "'won' comes before its lead was handed over"),
        (2, ProblemKind.ORPHAN, "no lead is called '…' yet"),
        (2, ProblemKind.UNKNOWN_VALUE, "employees '…' is not a whole number, and unknown"),
        (1, ProblemKind.UNKNOWN_REASON, "'rejected' rejects for 'who_knows', which is no reason in reasons.yaml"),
    ]


def test_every_problem_is_in_one_group_and_the_example_is_its_first(troubled: Database) -> None:
    problems, groups = load_problems(troubled, LATE, REASONS), problem_groups(troubled, LATE, REASONS)

    assert Counter((one.kind, one.cause) for one in problems) == {(one.kind, one.cause): one.count for one in groups}
    for group in groups:
        assert group.example == next(one for one in problems if (one.kind, one.cause) == (group.kind, group.cause))


def test_each_group_says_what_mends_it(troubled: Database) -> None:
    remedies = {one.cause: one.remedy for one in problem_groups(troubled, LATE, REASONS)}

    assert remedies["'won' comes before its lead was handed over"] == BEFORE_ANY_MQL
    assert remedies["no lead is called '…' yet"] == REMEDIES[ProblemKind.ORPHAN]


def test_of_one_kind_no_more_than_asked_for_are_loaded(troubled: Database) -> None:
    first = load_problems(troubled, LATE, REASONS, ProblemKind.ORPHAN, 3)

    assert [one.lead_id for one in first] == ["d's", "d", "a"]


@pytest.mark.parametrize("kind", [kind for kind in ProblemKind if kind in REMEDIES])
@pytest.mark.parametrize("step", ["mql", "won", "retracted"])
def test_every_kind_of_event_problem_has_a_sentence_with_its_instant_and_a_cause_without(
    kind: ProblemKind, step: str
) -> None:
    if kind in (ProblemKind.REJECTED_ROW, ProblemKind.UNKNOWN_VALUE, ProblemKind.TWICE):
        pytest.skip("rows of files bring their own words")
    if kind in map(ProblemKind, ChangeFault) and kind is not ProblemKind.FUTURE:
        pytest.skip("is no problem of an event")

    one = of_event(kind, "a", "e", Troubled(step, LATE, LATE, "lost"))

    assert "2026-05-31T22:00:00Z" in one.sentence
    assert one.cause
    assert "2026" not in one.cause
    assert one.remedy


def test_every_kind_has_a_remedy() -> None:
    assert set(REMEDIES) == set(ProblemKind)


HISTORY = (
    "lead_id,field,old_value,value,changed_at\n"
    "a,title,,Clerk,2026-03-02\n"
    "a,title,Clerk,Clerk,2026-03-03\n"
    "a,title,Chief,CEO,2026-03-04\n"
    "a,title,CEO,Owner,2062-03-04\n"
    "b,company,Old,New,2026-02-01\n"
    "b,country,x,ES,2026-03-01T00:00:00Z\n"
    "c,owner,,r1,2026-02-28T23:00:00Z\n"
)


def test_what_is_odd_about_a_change_of_a_field_is_said_with_its_field_and_grouped_without(
    db: Database, load: Import, write: Write
) -> None:
    load(
        write("leads.csv", "lead_id,created_at\na,2026-03-01\nb,2026-03-01\nc,2026-03-01\nd,2026-03-01\n"), kind="lead"
    )
    load(write("history.csv", HISTORY), kind="lead_change")

    found = {one.kind: (one.lead_id, one.sentence) for one in load_problems(db, LATE, REASONS)}
    groups = problem_groups(db, LATE, REASONS)

    assert found == {
        ProblemKind.FUTURE: ("a", "history.csv, line 5: changed_at '2062-03-04' lies ahead of the clock."),
        ProblemKind.EARLY_CHANGE: (
            "b",
            "'company' changed to 'New' at 2026-01-31T23:00:00Z, before the lead was created; it counts.",
        ),
        ProblemKind.SAME_VALUE: ("a", "'title' changed to 'Clerk' at 2026-03-02T23:00:00Z, which it was before."),
        ProblemKind.CONTRADICTED_VALUE: (
            "a",
            "'title' changed to 'CEO' at 2026-03-03T23:00:00Z, from 'Chief' as it says; the change before made it "
            "'Clerk'.",
        ),
        ProblemKind.LATE_HISTORY: (
            "a",
            "'title' changed to 'Clerk' at 2026-03-01T23:00:00Z, the first that is known of; before it the field is "
            "unknown.",
        ),
    }
    assert [(one.count, one.kind, bool(one.remedy)) for one in groups] == [
        (1, kind, True) for kind in sorted(found, key=str)
    ]
    assert load_problems(db, LATE, REASONS, ProblemKind.EARLY_CHANGE)[0].occurred_at == parse_instant(
        "2026-02-01", MADRID
    )


def test_the_changes_of_a_lead_that_is_part_of_another_are_no_problem(db: Database, load: Import, write: Write) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-03-01\nb,2026-03-01\nc,2026-03-01\n"), kind="lead")
    load(write("history.csv", HISTORY), kind="lead_change")

    merge_leads(db, "b", "a", NOW, somebody("Ana"))

    # What was held aside of a file is one of the file, whoever it is about.
    found = [one for one in load_problems(db, LATE, REASONS) if one.kind is not ProblemKind.FUTURE]
    assert [one.lead_id for one in found] == ["b"]


def test_a_row_that_another_of_its_file_says_otherwise_is_a_problem_until_it_is_said_once(
    db: Database, load: Import, write: Write
) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-03-01\n"), kind="lead")
    twice = "lead_id,field,old_value,value,changed_at\na,title,Boss,Clerk,2026-03-02\na,title,Boss,CEO,2026-03-02\n"
    load(write("history.csv", twice), kind="lead_change")

    (one,) = load_problems(db, LATE, REASONS)

    assert (one.kind, one.lead_id) == (ProblemKind.TWICE, "a")
    assert one.cause == "'…' of lead '…' is said twice for one instant, and the other value counts"
    assert one.sentence.startswith("history.csv, line 2: 'title' of lead 'a' is said twice")
