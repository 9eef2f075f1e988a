"""Handing over: every lead once, with version, score and somebody to answer it, whoever runs it and how often."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from lib.app.deployment import Deployment
from lib.app.handing_over import BY_COMMAND, hand_over_by
from lib.app.handoffs.terms import Terms
from lib.config.folder import read_folder
from lib.core.agreement.audit import Routed
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, BelowLine, Category, Criterion, Definition
from lib.core.handoffs.below_line import is_drawn
from lib.core.handoffs.routing import HandedOver, Way
from lib.core.time.clock import parse_instant
from lib.store.agreement.audit import last_routed, load_entries, verify
from lib.store.database import Database
from lib.store.handoffs.handoffs import load_handoffs
from lib.store.leads.erasing.erasing import erase
from tests.conftest import ROOT
from tests.grants import ANYTHING, somebody
from tests.store.conftest import MADRID, NOW, Import, Rows, Write

Happen = Callable[..., None]

CONFIG = read_folder(ROOT / "config")

DEMO = Definition(
    "demo", 30, (Criterion("demo", "Demo", Category.ACTIONS, 30, ActivityMatch(ActivityCondition(("demo",)), 1)),)
)


def at(day: int, hour: int = 0) -> int:
    return parse_instant(f"2026-03-{day:02}T{hour:02}:00:00Z", MADRID)


def routed(
    db: Database,
    day: int,
    version: int = 1,
    *,
    dry_run: bool = False,
    definition: Definition = DEMO,
    since: int = at(1),
) -> list[HandedOver]:
    by = Terms(definition, version, since)
    return list(
        hand_over_by((by,), deployed(db, day), somebody(BY_COMMAND), as_of=at(day), dry_run=dry_run).handed_over
    )


def deployed(db: Database, day: int) -> Deployment:
    return Deployment(CONFIG, db, lambda: at(day))


@pytest.fixture
def event(write: Write, load: Import) -> Happen:
    """Puts events into the database: (id, lead, day, kind, reason)."""

    def happened(*events: tuple[str, str, int, str, str]) -> None:
        lines = [f"{one},{lead},2026-03-{day:02},{kind},{reason}" for one, lead, day, kind, reason in events]
        load(
            write("e.csv", "event_id,lead_id,occurred_at,kind,reason\n" + "\n".join(lines) + "\n"), kind="handoff_event"
        )

    return happened


@pytest.fixture
def demos(write: Write, load: Import) -> Happen:
    """Lets leads ask for a demo: (lead, day)."""

    def asked(*demos: tuple[str, int]) -> None:
        lines = [f"{lead}{day},{lead},2026-03-{day:02},demo" for lead, day in demos]
        load(write("a.csv", "activity_id,lead_id,occurred_at,kind\n" + "\n".join(lines) + "\n"), kind="activity")

    return asked


@pytest.fixture
def leads(write: Write, load: Import, demos: Happen) -> None:
    """Four leads, of which a, b and c have asked for a demo; two reps."""
    load(write("l.csv", "lead_id,created_at\na,2026-03-01\nb,2026-03-01\nc,2026-03-01\nd,2026-03-01\n"), kind="lead")
    load(write("r.csv", "rep_id,team\nr1,North\nr2,North\n"), kind="rep")
    demos(("a", 4), ("b", 3), ("c", 5))


pytestmark = pytest.mark.usefixtures("leads")


def test_every_lead_that_qualifies_is_handed_over_in_the_order_they_qualified(db: Database) -> None:
    assert routed(db, 10) == [
        HandedOver("b", 1, at(3) - 3_600_000_000, 30, "r1"),
        HandedOver("a", 1, at(4) - 3_600_000_000, 30, "r2"),
        HandedOver("c", 1, at(5) - 3_600_000_000, 30, "r1"),
    ]


def test_a_handed_over_lead_has_its_events_with_version_and_score(db: Database, rows: Rows) -> None:
    routed(db, 10, version=3)

    events = rows(
        "select kind, actor, epoch_us(occurred_at), detail ->> 'version', detail ->> 'score' "
        "from handoff_event where lead_id = 'b' order by kind desc"
    )
    handoffs = load_handoffs(db, at(10))
    assert events == [("mql", "route", at(10), "3", "30"), ("assigned", "r1", at(10), None, None)]
    assert handoffs.lead_id.to_pylist() == ["a", "b", "c"]
    assert (handoffs.score.tolist(), handoffs.definition_version.tolist()) == ([30.0] * 3, [3] * 3)
    assert handoffs.assigned_at.tolist() == [at(10)] * 3


def test_twice_is_once(db: Database, rows: Rows) -> None:
    routed(db, 10)
    before = rows("select count(*) from handoff_event")

    assert routed(db, 10) == []
    assert routed(db, 11) == []
    assert rows("select count(*) from handoff_event") == before
    assert len(load_entries(db, "routed")) == 1


def test_from_several_threads_at_once_is_once(db: Database, rows: Rows) -> None:
    with ThreadPoolExecutor(4) as threads:
        runs = list(threads.map(lambda _: routed(db, 10), range(4)))

    assert sorted(len(run) for run in runs) == [0, 0, 0, 3]
    assert rows("select count(*), count(distinct event_id) from handoff_event") == [(6, 6)]
    assert len(load_entries(db, "routed")) == 1
    verify(db)


def test_no_customer_is_handed_over_however_late_the_run_unless_the_definition_says_so(
    db: Database, event: Happen
) -> None:
    event(("w1", "a", 8, "won", ""), ("w2", "c", 8, "won", ""), ("l", "c", 9, "lost", ""))

    assert [one.lead_id for one in routed(db, 10, dry_run=True)] == ["b", "c"]
    assert [one.lead_id for one in routed(db, 10, dry_run=True, definition=DEMO.with_customers(True))] == [
        "b",
        "a",
        "c",
    ]
    assert [one.lead_id for one in routed(db, 8, dry_run=True)] == ["b"]


def test_a_rehearsal_finds_the_same_and_changes_nothing(db: Database, rows: Rows) -> None:
    generation = db.state.data

    rehearsed = routed(db, 10, dry_run=True)

    assert rows("from handoff_event") == []
    assert load_entries(db, "routed") == []
    assert db.state.data == generation
    assert rehearsed == routed(db, 10)


def test_what_happens_later_than_the_instant_looked_at_is_not_known_yet(db: Database) -> None:
    assert [one.lead_id for one in routed(db, 4)] == ["b", "a"]


def test_a_lead_under_way_or_accepted_is_not_handed_over_again(db: Database, event: Happen, demos: Happen) -> None:
    event(("m1", "a", 6, "mql", ""), ("m2", "b", 6, "mql", ""), ("x2", "b", 7, "accepted", ""))
    demos(("a", 8), ("b", 8))

    assert [one.lead_id for one in routed(db, 10)] == ["c"]


@pytest.mark.parametrize("ending", ["rejected", "recycled", "lost", "won"])
def test_a_lead_that_came_back_needs_an_action_after_it(
    db: Database, event: Happen, demos: Happen, ending: str
) -> None:
    event(("m1", "a", 6, "mql", ""), ("x1", "a", 8, ending, "no_budget"))
    # Who was won is a customer, and comes back only where customers are handed over.
    definition = DEMO.with_customers(ending == "won")

    before = [one.lead_id for one in routed(db, 9, definition=definition)]
    demos(("a", 10))
    after = [(one.lead_id, one.cycle) for one in routed(db, 12, definition=definition)]

    assert before == ["b", "c"]
    assert after == [("a", 2)]
    assert load_handoffs(db, at(12), "a").cycle.tolist() == [1, 2]


def test_the_return_is_the_recycling_where_it_follows_the_rejection(db: Database, event: Happen, demos: Happen) -> None:
    event(("m1", "a", 6, "mql", ""), ("x1", "a", 8, "rejected", "no_budget"), ("y1", "a", 12, "recycled", ""))
    demos(("a", 10))

    assert [one.lead_id for one in routed(db, 14)] == ["b", "c"]


@pytest.mark.parametrize(("kind", "reason"), [("rejected", "competitor"), ("disqualified", "")])
def test_a_lead_that_sales_disqualified_is_never_handed_over_again(
    db: Database, event: Happen, demos: Happen, kind: str, reason: str
) -> None:
    event(("m1", "a", 6, "mql", ""), ("x1", "a", 8, kind, reason))
    demos(("a", 10))

    assert [one.lead_id for one in routed(db, 12)] == ["b", "c"]


def test_a_lead_handed_over_later_is_left_alone_when_looking_back(db: Database, event: Happen) -> None:
    event(("m1", "a", 20, "mql", ""))

    assert [one.lead_id for one in routed(db, 10)] == ["b", "c"]


def test_a_retracted_hand_over_is_not_repeated_under_the_same_version(db: Database, rows: Rows) -> None:
    routed(db, 10)
    with db.write(*ANYTHING) as cursor:
        cursor.execute(
            """
            insert into handoff_event by name
            select
                'back' as event_id, lead_id, timestamp '2026-03-11' as occurred_at, 'retracted' as kind,
                'Marta' as actor, json_object('event_id', event_id) as detail
            from handoff_event where lead_id = 'b' and kind = 'mql'
            """
        )

    assert routed(db, 12) == []
    assert [one.lead_id for one in routed(db, 12, version=2)] == ["b"]


def test_whoever_has_more_open_waits(db: Database, event: Happen, write: Write, load: Import) -> None:
    event(("m1", "d", 2, "mql", ""))
    load(write("o.csv", "event_id,lead_id,occurred_at,kind,actor\no1,d,2026-03-02,assigned,r1\n"), kind="handoff_event")

    assert [one.owner for one in routed(db, 10)] == ["r2", "r1", "r2"]


def test_a_run_that_hands_over_is_an_audit_entry(db: Database) -> None:
    routed(db, 10)

    (entry,) = load_entries(db, "routed")
    assert (entry.what, entry.who, entry.at) == ("routed", "route", NOW)
    assert '"leads":3' in entry.detail
    assert last_routed(db) == Routed(at(10), "route", 3)
    assert verify(db) == len(load_entries(db))


# Below the line: a demo is 30 points, and the threshold twice that.

SAMPLED = Definition(
    "sampled",
    60,
    (Criterion("demo", "Demo", Category.ACTIONS, 30, ActivityMatch(ActivityCondition(("demo",)))),),
    below_line=BelowLine(0.2, 30),
)
ONLY_A = next(
    version
    for version in range(1, 1_000)
    if [is_drawn(lead, 1, version, 0.2) for lead in "abc"] == [True, False, False]
)


def test_who_is_drawn_below_the_line_is_handed_over_once_and_marked(db: Database, rows: Rows) -> None:
    rehearsed = routed(db, 10, ONLY_A, definition=SAMPLED, dry_run=True)

    handed_over = routed(db, 10, ONLY_A, definition=SAMPLED)
    again = routed(db, 11, ONLY_A, definition=SAMPLED)

    assert handed_over == rehearsed == [HandedOver("a", 1, at(4) - 3_600_000_000, 30, "r1", Way.BELOW_LINE)]
    assert again == []
    assert rows("select detail ->> '$' from handoff_event where kind = 'mql'") == [
        (f'{{"version":{ONLY_A},"score":30,"below_line":true}}',)
    ]
    assert load_handoffs(db, at(11)).below_line.tolist() == [True]
    (entry,) = load_entries(db, "routed")
    assert '"below_line":1' in entry.detail
    verify(db)


def test_those_that_qualify_come_before_those_drawn_and_are_not_marked(db: Database, demos: Happen) -> None:
    demos(("b", 6), ("c", 7))

    handed_over = routed(db, 10, ONLY_A, definition=SAMPLED)

    assert [(one.lead_id, one.score, one.below_line) for one in handed_over] == [
        ("b", 60, False),
        ("c", 60, False),
        ("a", 30, True),
    ]
    assert load_handoffs(db, at(10)).below_line.tolist() == [True, False, False]


def test_who_is_drawn_and_reaches_the_threshold_later_is_not_handed_over_again(db: Database, demos: Happen) -> None:
    routed(db, 10, ONLY_A, definition=SAMPLED)
    demos(("a", 12))

    assert routed(db, 14, ONLY_A, definition=SAMPLED) == []


def test_who_came_so_far_before_the_version_is_not_drawn(db: Database) -> None:
    assert routed(db, 10, ONLY_A, definition=SAMPLED, since=at(5)) == []


def test_who_was_drawn_by_mistake_is_handed_over_when_it_qualifies(db: Database, demos: Happen) -> None:
    routed(db, 10, ONLY_A, definition=SAMPLED)
    with db.write(*ANYTHING) as cursor:
        cursor.execute(
            """
            insert into handoff_event by name
            select
                'back' as event_id, lead_id, timestamp '2026-03-11' as occurred_at, 'retracted' as kind,
                'Marta' as actor, json_object('event_id', event_id) as detail
            from handoff_event where kind = 'mql'
            """
        )
    left_alone = routed(db, 12, ONLY_A, definition=SAMPLED)
    demos(("a", 13))

    assert left_alone == []
    assert [(one.lead_id, one.below_line) for one in routed(db, 14, ONLY_A, definition=SAMPLED)] == [("a", False)]


def test_a_mark_is_the_cycles_own(db: Database, event: Happen, demos: Happen) -> None:
    routed(db, 10, ONLY_A, definition=SAMPLED)
    event(("x1", "a", 11, "rejected", "no_budget"))
    demos(("a", 12), ("a", 13))

    routed(db, 14, ONLY_A, definition=SAMPLED)

    handoffs = load_handoffs(db, at(14), "a")
    assert (handoffs.cycle.tolist(), handoffs.below_line.tolist()) == ([1, 2], [True, False])
    assert load_handoffs(db, at(10)).below_line.tolist() == [True]


def test_nobody_erased_is_handed_over_whatever_they_still_did(db: Database, rows: Rows) -> None:
    new = erase(db, "b", by=somebody("Ana"), reason="asked for it", now=at(6), asked_by_promises=()).erased

    assert [one.lead_id for one in routed(db, 10)] == ["a", "c"]
    assert rows(f"select kind from activity where lead_id = '{new}'") == [("demo",)]


def test_an_erasure_takes_what_a_hand_over_s_audit_could_be_recognised_by(db: Database) -> None:
    routed(db, 10)

    erase(db, "b", by=somebody("Ana"), reason="asked for it", now=at(11), asked_by_promises=())

    (entry,) = load_entries(db, "routed")
    said = {"leads": 3, "version": 1, "as_of": at(10), "by": {"proof": "claimed"}}
    assert json.loads(entry.detail) == said
    verify(db)
