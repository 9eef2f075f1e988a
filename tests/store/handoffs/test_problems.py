"""Problems by kind and cause: each of them in one group, whatever names and instants they have."""

from collections import Counter

import pytest

from lib.core.handoffs.problems import BEFORE_ANY_MQL, REMEDIES, ProblemKind, Troubled, of_event
from lib.core.time.clock import parse_instant
from lib.store.database import Database
from lib.store.handoffs.problems import load_problems, problem_groups
from tests.store.conftest import MADRID, Import, Write

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
    if kind in (ProblemKind.REJECTED_ROW, ProblemKind.UNKNOWN_VALUE):
        pytest.skip("rows of files bring their own words")

    one = of_event(kind, "a", "e", Troubled(step, LATE, LATE, "lost"))

    assert "2026-05-31T22:00:00Z" in one.sentence
    assert one.cause
    assert "2026" not in one.cause
    assert one.remedy


def test_every_kind_has_a_remedy() -> None:
    assert set(REMEDIES) == set(ProblemKind)
