"""Cycles: what the database derives from events is what the plain reference derives, whenever one looks."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.core.arrays import NEVER, UNKNOWN
from lib.core.handoffs.cycles.order import Event
from lib.core.handoffs.cycles.plain import Cycle, Derived, Step, customer_since, derive, returns
from lib.core.handoffs.events import EVENT_KINDS
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.handoffs.problems import ProblemKind
from lib.core.time.clock import from_microseconds, instant_text, parse_instant
from lib.store.database import Database, opened
from lib.store.handoffs.customers import load_customers
from lib.store.handoffs.cycles import cycles_are_kept, cycles_astray, keep_cycles
from lib.store.handoffs.handoffs import load_handoffs
from lib.store.handoffs.problems import load_problems
from lib.store.handoffs.returns import load_returns
from tests.grants import ANYTHING
from tests.store.conftest import FIRST_DEFINITION, MADRID, NOW, Import, Rows, Write

REASONS = ("no_reply", "no_budget")
LATE = parse_instant("2026-05-31T00:00:00Z", MADRID)
HOUR = 3_600_000_000

LEADS = "lead_id,created_at,owner,channel,source\na,2026-03-01,olga,inbound,ads\nb,2026-03-01,,,\n"


def at(day: int, hour: int = 0) -> int:
    return parse_instant(f"2026-03-{day:02}T{hour:02}:00:00Z", MADRID)


def put(db: Database, events: dict[str, Sequence[Event]], owner: str | None = None, *, keep: bool = False) -> None:
    """Leads with these events, in the order given; with `keep`, cycles are kept after each lead's."""
    with db.write(*ANYTHING) as cursor:
        for table in ("lead", "handoff_event", "kept_cycle", "kept_lead"):
            cursor.execute(f"delete from {table}")
        for lead_id, of_lead in events.items():
            cursor.execute(
                "insert into lead (lead_id, created_at, owner) values (?, timestamp '2026-01-01', ?)", [lead_id, owner]
            )
            for event in of_lead:
                detail = {
                    "event_id": event.takes_back,
                    "score": event.score,
                    "version": event.version,
                    "currency": event.currency,
                }
                values = (
                    event.event_id,
                    lead_id,
                    event.at,
                    event.kind,
                    event.actor,
                    event.reason,
                    event.amount,
                    detail,
                )
                by_day = (event.day_ends is not None, event.day_ends)
                cursor.execute(
                    "insert into handoff_event by name select ? as event_id, ? as lead_id, make_timestamp(?) as "
                    "occurred_at, ? as kind, ? as actor, ? as reason, ? as amount, to_json(?) as detail, ? as by_day,"
                    " make_timestamp(?) as day_ends_at",
                    [*values, *by_day],
                )
            if keep:
                keep_cycles(cursor)


def cycles_in(handoffs: Handoffs) -> dict[str, list[Cycle]]:
    """The arrays as the reference's values; the currency is not in them."""

    def happened(instants: np.ndarray, row: int) -> int | None:
        return None if instants[row] == NEVER else int(instants[row])

    found: dict[str, list[Cycle]] = {}
    for row in range(len(handoffs)):
        decision = Decision(int(handoffs.decision[row]))
        version = int(handoffs.definition_version[row])
        found.setdefault(handoffs.lead_id[row].as_py(), []).append(
            Cycle(
                cycle=int(handoffs.cycle[row]),
                mql_at=int(handoffs.mql_at[row]),
                mql_until=int(handoffs.mql_until[row]),
                assigned_at=happened(handoffs.assigned_at, row),
                assigned_until=happened(handoffs.assigned_until, row),
                first_touch_at=happened(handoffs.first_touch_at, row),
                first_touch_until=happened(handoffs.first_touch_until, row),
                decided_at=happened(handoffs.decided_at, row),
                decided_until=happened(handoffs.decided_until, row),
                decision=None if decision is Decision.OPEN else decision.name.lower(),
                reason=handoffs.reason.text(row),
                sql_at=happened(handoffs.sql_at, row),
                opportunity_at=happened(handoffs.opportunity_at, row),
                won_at=happened(handoffs.won_at, row),
                lost_at=happened(handoffs.lost_at, row),
                closed_at=happened(handoffs.closed_at, row),
                outcome=(None, "won", "lost")[int(handoffs.outcome[row])],
                amount=None if np.isnan(handoffs.amount[row]) else float(handoffs.amount[row]),
                currency=None,
                owner=handoffs.owner.text(row),
                owner_since=happened(handoffs.owner_since, row),
                first_owner=handoffs.first_owner.text(row),
                implied=frozenset(step for bit, step in enumerate(Step) if int(handoffs.implied[row]) >> bit & 1),
                score=None if np.isnan(handoffs.score[row]) else int(handoffs.score[row]),
                definition_version=None if version == UNKNOWN else version,
            )
        )
    return found


# Few instants and few ids, so that ties, repeats and contradictions are common.
events = st.builds(
    Event,
    event_id=st.none(),
    at=st.one_of(st.integers(1, 8).map(lambda hour: at(1, hour)), st.just(at(1, 3) - 300_000_000)),
    kind=st.one_of(st.sampled_from(EVENT_KINDS), st.sampled_from(("mql", "rejected", "accepted"))),
    actor=st.sampled_from((None, "olga", "paul")),
    reason=st.sampled_from((None, "no_reply", "no_budget", "typo")),
    amount=st.sampled_from((None, 10.0, 20.5)),
    takes_back=st.one_of(st.none(), st.integers(0, 9).map(str)),
    score=st.sampled_from((None, 61)),
    version=st.sampled_from((None, 3)),
).flatmap(lambda event: st.sampled_from((event, event, replace(event, at=at(1), day_ends=at(2)))))


@st.composite
def several_events(draw: st.DrawFn) -> list[Event]:
    drawn = draw(st.lists(events, max_size=9))
    ids = draw(st.permutations([str(n) for n in range(len(drawn))]))
    return [replace(event, event_id=name) for event, name in zip(drawn, ids, strict=True)]


def of_lead(number: int, event: Event) -> Event:
    """The event with ids that no other lead's has."""
    named = None if event.takes_back is None else f"{number}-{event.takes_back}"
    return replace(event, event_id=f"{number}-{event.event_id}", takes_back=named)


def reference(of_lead: Sequence[Event], as_of: int, owner: str | None = None) -> Derived:
    return derive(of_lead, as_of, REASONS, owner)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Database:
    path: Path = tmp_path_factory.mktemp("cycles") / "h.duckdb"
    with opened(path, first_definition=FIRST_DEFINITION, clock=NOW) as database:
        yield database


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    of_leads=st.lists(several_events(), min_size=1, max_size=4),
    owner=st.sampled_from((None, "rita")),
    hour=st.integers(0, 9),
    keep=st.booleans(),
)
def test_the_database_derives_what_the_reference_derives(
    shared: Database, of_leads: list[list[Event]], owner: str | None, hour: int, keep: bool
) -> None:
    named = {f"lead-{n}": [of_lead(n, event) for event in some] for n, some in enumerate(of_leads)}
    put(shared, named, owner, keep=keep)

    derived = cycles_in(load_handoffs(shared, at(1, hour)))
    ids = pa.array([*named, "nobody"])
    since = load_customers(shared, ids, at(1, hour)).tolist()
    returned = load_returns(shared, ids, at(1, hour), REASONS[:1])
    problems = {(p.kind, p.event_id) for p in load_problems(shared, at(1, hour), REASONS)}

    expected = {lead_id: reference(some, at(1, hour), owner) for lead_id, some in named.items()}
    assert derived == {lead_id: list(one.cycles) for lead_id, one in expected.items() if one.cycles}
    assert problems == {found for one in expected.values() for found in one.problems}
    customers = [customer_since(some, at(1, hour)) for some in named.values()]
    assert since == [*(NEVER if one is None else one for one in customers), NEVER]
    assert list(zip(returned.lead.tolist(), returned.at.tolist(), strict=True)) == [
        (row, one) for row, some in enumerate(named.values()) for one in returns(some, at(1, hour), REASONS[:1])
    ]


def test_a_lead_comes_back_where_it_is_recycled_else_where_its_reason_recycles() -> None:
    def came_back(*happened: tuple[int, str, str | None]) -> tuple[int, ...]:
        events = [Event(f"{n}", at * HOUR, kind, reason=reason) for n, (at, kind, reason) in enumerate(happened)]
        return tuple(at // HOUR for at in returns(events, 99 * HOUR, ["no_reply"]))

    assert came_back((1, "mql", None), (2, "rejected", "no_reply")) == (2,)
    assert came_back((1, "mql", None), (2, "rejected", "no_reply"), (5, "recycled", None)) == (5,)
    assert came_back((1, "mql", None), (2, "rejected", "no_budget")) == ()
    assert came_back((1, "mql", None), (2, "accepted", None), (3, "lost", None)) == ()
    assert came_back((1, "rejected", "no_reply"), (2, "mql", None)) == ()
    assert came_back(
        *[(at, kind, "no_reply") for at, kind in ((1, "mql"), (2, "rejected"), (3, "mql"), (4, "recycled"))]
    ) == (2, 4)


def test_a_customer_is_who_was_won_in_a_cycle_or_not_and_lost_nothing_since() -> None:
    def since(*happened: tuple[int, str], by: int = 99) -> int | None:
        events = [Event(f"{n}", at, kind, takes_back="0") for n, (at, kind) in enumerate(happened)]
        return customer_since(events, by)

    assert since((3, "won")) == 3
    assert since((1, "mql"), (2, "rejected"), (3, "won")) == 3
    assert since((3, "won"), (5, "won")) == 3
    assert since((3, "won"), (5, "lost")) is None
    assert since((3, "won"), (5, "lost"), by=4) == 3
    assert since((3, "lost"), (3, "won")) is None
    assert since((3, "won"), (5, "lost"), (7, "won")) == 7
    assert since((3, "won"), (5, "retracted")) is None
    assert since((3, "won"), by=2) is None


@given(several_events(), st.randoms(use_true_random=False), st.integers(0, 9))
def test_the_order_in_which_events_arrive_changes_nothing(some: list[Event], random: object, hour: int) -> None:
    shuffled = list(some)
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert reference(shuffled, at(1, hour)) == reference(some, at(1, hour))


@given(several_events(), st.integers(0, 9))
def test_as_of_an_instant_everything_later_is_ignored(some: list[Event], hour: int) -> None:
    timed = [event for event in some if event.day_ends is None]
    known_then = [event for event in timed if event.at <= at(1, hour)]

    assert reference(timed, at(1, hour)).cycles == reference(known_then, at(1, hour)).cycles


# Each rule and boundary by hand, on the reference; the property above holds the database to it.


def one(*steps: tuple[str, int], **more: object) -> list[Event]:
    """Events of one lead: kind and hour; the first is event 0, and so on."""
    return [Event(str(n), at(1, hour), kind) for n, (kind, hour) in enumerate(steps)]


def kinds(derived: Derived) -> set[tuple[str, str]]:
    return {(kind.value, event_id) for kind, event_id in derived.problems}


def test_an_mql_while_the_cycle_is_under_way_is_a_repeat_and_counts_for_nothing() -> None:
    derived = reference(one(("mql", 1), ("accepted", 2), ("sql", 3), ("mql", 4)), LATE)

    assert [cycle.mql_at for cycle in derived.cycles] == [at(1, 1)]
    assert kinds(derived) == {("repeat", "3")}


@pytest.mark.parametrize("ending", ["rejected", "recycled", "disqualified", "won", "lost"])
def test_an_mql_after_an_ending_opens_the_next_cycle(ending: str) -> None:
    derived = reference(one(("mql", 1), (ending, 2), ("mql", 3)), LATE)

    assert [(cycle.cycle, cycle.mql_at) for cycle in derived.cycles] == [(1, at(1, 1)), (2, at(1, 3))]


def test_an_mql_at_the_instant_of_the_rejection_comes_before_it_and_is_a_repeat() -> None:
    derived = reference(one(("mql", 1), ("rejected", 2), ("mql", 2)), LATE)

    assert len(derived.cycles) == 1
    assert ("repeat", "2") in kinds(derived)


def test_an_event_at_the_instant_a_cycle_opens_belongs_to_it() -> None:
    derived = reference(one(("mql", 1), ("lost", 2), ("mql", 3), ("accepted", 3)), LATE)

    assert derived.cycles[1].decided_at == at(1, 3)


def test_a_win_before_the_hand_over_belongs_to_nothing_and_is_reported() -> None:
    derived = reference(one(("won", 1), ("mql", 2)), LATE)

    assert derived.cycles[0].won_at is None
    assert kinds(derived) == {("orphan", "0")}


def test_a_decision_without_any_mql_is_reported() -> None:
    assert kinds(reference(one(("accepted", 1)), LATE)) == {("orphan", "0")}


def test_the_first_decision_stands_and_the_second_is_a_contradiction() -> None:
    derived = reference(one(("mql", 1), ("accepted", 2), ("rejected", 3)), LATE)

    assert (derived.cycles[0].decision, derived.cycles[0].decided_at) == ("accepted", at(1, 2))
    assert kinds(derived) == {("contradiction", "2")}


def test_accepted_comes_before_rejected_at_one_instant() -> None:
    assert reference(one(("mql", 1), ("rejected", 2), ("accepted", 2)), LATE).cycles[0].decision == "accepted"


def test_a_rejection_comes_before_an_sql_at_one_instant() -> None:
    derived = reference(one(("mql", 1), ("sql", 2), ("rejected", 2)), LATE)

    assert (derived.cycles[0].decision, derived.cycles[0].sql_at) == ("rejected", None)


@pytest.mark.parametrize("step", ["accepted", "sql", "opportunity", "won"])
def test_a_step_after_a_rejection_is_a_contradiction_and_not_counted(step: str) -> None:
    derived = reference(one(("mql", 1), ("rejected", 2), (step, 3)), LATE)

    cycle = derived.cycles[0]
    assert cycle.decision == "rejected"
    assert (cycle.sql_at, cycle.opportunity_at, cycle.won_at, cycle.lost_at) == (None, None, None, None)
    assert ("contradiction", "2") in kinds(derived)


def test_a_win_implies_every_step_before_it_at_its_own_instant() -> None:
    cycle = reference(one(("mql", 1), ("won", 5)), LATE).cycles[0]

    assert cycle.decision == "accepted"
    assert {cycle.decided_at, cycle.sql_at, cycle.opportunity_at, cycle.won_at} == {at(1, 5)}


@pytest.mark.parametrize("kind", ["lost", "withdrawn"])
def test_what_is_lost_or_withdrawn_undecided_is_closed_neither_open_nor_decided(kind: str) -> None:
    derived = reference(one(("mql", 1), (kind, 5)), LATE)

    cycle = derived.cycles[0]
    assert (cycle.decision, cycle.closed_at) == (None, at(1, 5))
    assert cycle.lost_at == (at(1, 5) if kind == "lost" else None)
    assert derived.problems == frozenset()


@pytest.mark.parametrize(
    ("step", "decision"), [("accepted", "accepted"), ("rejected", "rejected"), ("won", "accepted")]
)
def test_what_was_closed_may_be_decided_after_all(step: str, decision: str) -> None:
    cycle = reference(one(("mql", 1), ("lost", 2), (step, 3)), LATE).cycles[0]

    assert (cycle.decision, cycle.decided_at, cycle.closed_at) == (decision, at(1, 3), None)


@pytest.mark.parametrize("kind", ["recycled", "disqualified"])
def test_being_sent_away_after_a_closing_implies_no_rejection(kind: str) -> None:
    cycle = reference(one(("mql", 1), ("lost", 2), (kind, 3)), LATE).cycles[0]

    assert (cycle.decision, cycle.closed_at) == (None, at(1, 2))


def test_a_loss_after_a_rejection_says_nothing_new() -> None:
    derived = reference(one(("mql", 1), ("rejected", 2), ("lost", 3)), LATE)

    assert (derived.cycles[0].decision, derived.cycles[0].lost_at) == ("rejected", None)
    assert kinds(derived) == {("unknown reason", "1")}


def test_the_last_of_won_and_lost_is_the_outcome_with_its_amount_and_reopening_is_reported() -> None:
    lost = Event("1", at(1, 2), "lost", amount=1_000.0)
    won = Event("2", at(1, 4), "won", amount=1_500.0)

    derived = reference([*one(("mql", 1)), lost, won], LATE)

    cycle = derived.cycles[0]
    assert (cycle.outcome, cycle.won_at, cycle.lost_at, cycle.amount) == ("won", at(1, 4), None, 1_500.0)
    assert kinds(derived) == {("reopened", "2")}
    assert reference([*one(("mql", 1)), lost, won], at(1, 3)).cycles[0].outcome == "lost"


def test_steps_that_nobody_stated_are_said_to_be_implied() -> None:
    assert reference(one(("mql", 1), ("won", 2)), LATE).cycles[0].implied == frozenset(Step)
    stated = one(("mql", 1), ("accepted", 2), ("sql", 3), ("opportunity", 4), ("won", 5))
    assert reference(stated, LATE).cycles[0].implied == frozenset()
    assert reference(one(("mql", 1), ("recycled", 2)), LATE).cycles[0].implied == {Step.DECISION}


def test_a_rejection_without_a_reason_takes_that_of_sending_the_lead_away() -> None:
    sent = Event("2", at(1, 3), "recycled", reason="no_reply")

    assert reference([*one(("mql", 1), ("rejected", 2)), sent], LATE).cycles[0].reason == "no_reply"


@pytest.mark.parametrize("kind", ["assigned", "first_touch", "accepted", "rejected"])
def test_stamps_up_to_ten_minutes_before_a_hand_over_belong_to_it(kind: str) -> None:
    def derived(before: int) -> Derived:
        return reference([*one(("mql", 2)), Event("1", at(1, 2) - before, kind, "olga", "no_reply")], LATE)

    assert derived(600_000_000).problems == frozenset()
    assert at(1, 2) in (
        getattr(derived(600_000_000).cycles[0], name) for name in ("assigned_at", "first_touch_at", "decided_at")
    )
    assert kinds(derived(600_000_001)) == {("orphan", "1")}


def test_two_that_say_otherwise_at_one_instant_are_a_tie_and_the_first_by_what_it_says_counts() -> None:
    both = [Event("1", at(1, 2), "rejected", reason="no_reply"), Event("2", at(1, 2), "rejected", reason="no_budget")]

    derived = reference([*one(("mql", 1)), *both], LATE)

    assert derived.cycles[0].reason == "no_budget"
    assert kinds(derived) == {("tie", "1")}


# Days.


def on_day(name: str, day: int, kind: str, **more: str) -> Event:
    return Event(name, at(day), kind, day_ends=at(day + 1), **more)


def test_what_is_known_by_its_day_stands_after_what_came_before_it_that_day() -> None:
    events = [
        Event("0", at(3, 9), "mql"),
        on_day("1", 3, "sql"),
        on_day("2", 3, "won"),
        Event("3", at(3, 12), "opportunity"),
    ]

    derived = reference(events, LATE)

    cycle = derived.cycles[0]
    assert (cycle.decided_at, cycle.sql_at, cycle.opportunity_at, cycle.won_at) == (
        at(3, 9),
        at(3, 9),
        at(3, 12),
        at(3, 12),
    )
    assert (cycle.mql_until, cycle.decided_until) == (at(3, 9), at(4))
    assert derived.problems == frozenset()


def test_what_is_known_by_its_day_belongs_to_the_cycle_under_way_when_the_day_begins() -> None:
    derived = reference(
        [*one(("mql", 1)), on_day("1", 3, "rejected", reason="no_reply"), Event("2", at(3, 9), "mql")], LATE
    )

    assert [(cycle.decision, cycle.mql_at) for cycle in derived.cycles] == [("rejected", at(1, 1)), (None, at(3, 9))]


def test_unless_something_exactly_timed_ended_that_one() -> None:
    ended = Event("1", at(3, 8), "rejected", reason="no_reply")
    derived = reference([*one(("mql", 1)), ended, Event("2", at(3, 9), "mql"), on_day("3", 3, "accepted")], LATE)

    assert [cycle.decision for cycle in derived.cycles] == ["rejected", "accepted"]
    assert derived.cycles[1].decided_at == at(3, 9)


def test_a_hand_over_known_by_its_day_stands_after_what_ended_the_cycle_before() -> None:
    ended = Event("1", at(3, 8), "rejected", reason="no_reply")
    derived = reference([*one(("mql", 1)), ended, on_day("2", 3, "mql")], LATE)

    assert [cycle.mql_at for cycle in derived.cycles] == [at(1, 1), at(3, 8)]


# Owners.


def given_to(*actors: tuple[str, int], more: Sequence[Event] = ()) -> list[Event]:
    return [
        *one(("mql", 1)),
        *more,
        *(Event(f"a{n}", at(1, hour), "assigned", who) for n, (who, hour) in enumerate(actors)),
    ]


def test_the_owner_is_the_last_to_whom_it_was_assigned_before_the_decision() -> None:
    decided = [Event("1", at(1, 5), "accepted")]
    cycle = reference(given_to(("paul", 2), ("quim", 3), ("quim", 4), ("rita", 6), more=decided), LATE).cycles[0]

    assert (cycle.owner, cycle.owner_since, cycle.assigned_at, cycle.first_owner) == (
        "quim",
        at(1, 3),
        at(1, 2),
        "paul",
    )


def test_a_queue_is_nobody() -> None:
    events = given_to(("00G", 2), ("paul", 3))

    cycle = derive(events, LATE, REASONS, "00G", ["00G"]).cycles[0]
    assert (cycle.owner, cycle.assigned_at) == ("paul", at(1, 3))
    assert derive(one(("mql", 1)), LATE, REASONS, "00G", ["00G"]).cycles[0].owner is None


def test_who_had_it_since_the_cycle_before_ended_has_it_from_the_hand_over_on() -> None:
    before = [*one(("mql", 1), ("rejected", 2)), Event("2", at(1, 3), "assigned", "paul"), Event("3", at(1, 6), "mql")]

    cycle = reference(before, LATE, "rita").cycles[1]
    assert (cycle.owner, cycle.owner_since, cycle.assigned_at) == ("paul", at(1, 6), None)


def test_a_later_explicit_step_changes_nothing() -> None:
    derived = reference(one(("mql", 1), ("won", 2), ("accepted", 3), ("sql", 4)), LATE)

    assert (derived.cycles[0].decided_at, derived.cycles[0].sql_at) == (at(1, 2), at(1, 2))
    assert derived.problems == frozenset()


@pytest.mark.parametrize("kind", ["recycled", "disqualified"])
def test_being_sent_away_implies_a_rejection_with_its_reason(kind: str) -> None:
    given_reason = Event("1", at(1, 2), kind, reason="no_budget")

    cycle = reference([*one(("mql", 1)), given_reason], LATE).cycles[0]

    assert (cycle.decision, cycle.reason, cycle.decided_at) == ("rejected", "no_budget", at(1, 2))


def test_recycling_an_accepted_lead_leaves_it_accepted() -> None:
    derived = reference(one(("mql", 1), ("accepted", 2), ("recycled", 3)), LATE)

    assert derived.cycles[0].decision == "accepted"
    assert derived.problems == frozenset()


@pytest.mark.parametrize("reason", [None, "typo"])
def test_an_unknown_or_blank_reason_is_kept_and_reported(reason: str | None) -> None:
    derived = reference([*one(("mql", 1)), Event("1", at(1, 2), "rejected", reason=reason)], LATE)

    assert derived.cycles[0].reason == reason
    assert kinds(derived) == {("unknown reason", "1")}


def test_the_amount_is_the_wins_else_the_opportunitys() -> None:
    asked = Event("1", at(1, 2), "opportunity", amount=100.0)
    paid = Event("2", at(1, 3), "won", amount=90.0)

    assert reference([*one(("mql", 1)), asked], LATE).cycles[0].amount == 100.0
    assert reference([*one(("mql", 1)), asked, paid], LATE).cycles[0].amount == 90.0
    assert reference([*one(("mql", 1)), asked, replace(paid, amount=None)], LATE).cycles[0].amount == 100.0


def test_nobody_s_hand_off_is_the_leads_owners() -> None:
    cycle = reference(one(("mql", 1)), LATE, "rita").cycles[0]

    assert (cycle.owner, cycle.owner_since, cycle.first_owner) == ("rita", None, "rita")


def test_several_touches_are_no_problem_and_the_first_counts() -> None:
    derived = reference(one(("mql", 1), ("first_touch", 3), ("first_touch", 2)), LATE)

    assert derived.cycles[0].first_touch_at == at(1, 2)
    assert derived.problems == frozenset()


def test_what_is_retracted_counts_until_the_instant_of_the_retraction() -> None:
    events = [*one(("mql", 1), ("rejected", 2)), Event("2", at(1, 4), "retracted", takes_back="1")]

    assert reference(events, at(1, 4) - 1).cycles[0].decision == "rejected"
    assert reference(events, at(1, 4)).cycles[0].decision is None


def test_a_retraction_that_is_retracted_takes_nothing_back() -> None:
    events = [
        *one(("mql", 1), ("accepted", 2)),
        Event("2", at(1, 4), "retracted", takes_back="1"),
        Event("3", at(1, 5), "retracted", takes_back="2"),
    ]

    assert reference(events, at(1, 4)).cycles[0].decision is None
    assert reference(events, at(1, 5)).cycles[0].decision == "accepted"


def test_a_hand_over_taken_back_takes_its_cycle_s_events_with_it_and_the_others_keep_their_numbers() -> None:
    events = one(("mql", 1), ("lost", 2), ("mql", 3), ("won", 4), ("mql", 5), ("accepted", 6))
    taken = [*events, Event("r", at(1, 7), "retracted", takes_back="2")]

    assert [cycle.cycle for cycle in reference(taken, at(1, 6)).cycles] == [1, 2, 3]
    derived = reference(taken, at(1, 7))
    assert [(cycle.cycle, cycle.decision) for cycle in derived.cycles] == [(1, None), (3, "accepted")]
    assert derived.problems == frozenset()
    assert customer_since(taken, at(1, 6)) == at(1, 4)
    assert customer_since(taken, at(1, 7)) is None


def test_who_is_handed_over_again_after_it_was_taken_back_is_handed_over() -> None:
    events = [*one(("mql", 1)), Event("r", at(1, 2), "retracted", takes_back="0"), Event("2", at(1, 3), "mql")]

    assert [(cycle.cycle, cycle.mql_at) for cycle in reference(events, LATE).cycles] == [(2, at(1, 3))]


def test_an_event_later_than_the_instant_looked_at_is_reported() -> None:
    assert kinds(reference(one(("mql", 1), ("accepted", 3)), at(1, 3) - 1)) == {("future", "1")}
    assert kinds(reference(one(("mql", 1), ("accepted", 3)), at(1, 3))) == set()


# Through files and the database.

EVENTS = """event_id,lead_id,occurred_at,kind,actor,reason,amount,currency,score,version
e1,a,2026-03-02T09:00:00Z,mql,,,,,63,2
e2,a,2026-03-02T10:00:00Z,accepted,paul,,,,,
e3,a,2026-03-05T10:00:00Z,won,paul,,1200.50,EUR,,
e4,b,2026-03-02T09:00:00Z,mql,,,,,,
e5,b,2026-03-06T09:00:00Z,won,,,900,USD,,
e6,b,2026-03-01T09:00:00Z,opportunity,,,700,EUR,,
"""


@pytest.fixture
def loaded(db: Database, load: Import, write: Write) -> Database:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("events.csv", EVENTS), kind="handoff_event")
    return db


def test_a_handoff_has_the_leads_channel_and_what_the_mql_event_says(loaded: Database, rows: Rows) -> None:
    found = rows("select handoff_id, decision, amount, owner, channel, source, score, definition_version from handoff")

    assert ("a:1", "accepted", 1200.5, "olga", "inbound", "ads", 63, 2) in [
        (*r[:2], float(r[2]), *r[3:]) for r in found
    ]


def test_an_amount_in_another_currency_than_most_is_unknown_and_reported(loaded: Database) -> None:
    handoffs = load_handoffs(loaded, LATE)
    problems = load_problems(loaded, LATE, REASONS)

    assert dict(zip(handoffs.lead_id.to_pylist(), handoffs.amount.tolist(), strict=True))["a"] == 1200.5
    assert np.isnan(handoffs.amount[handoffs.lead_id.to_pylist().index("b")])
    assert [(p.kind, p.event_id) for p in problems] == [(ProblemKind.CURRENCY, "e5"), (ProblemKind.ORPHAN, "e6")]
    assert problems[0].sentence == (
        "'won' at 2026-03-06T09:00:00Z has its amount in USD, for which there is no rate; it is left out of sums."
    )


def test_a_late_event_changes_the_cycle_it_belongs_to(loaded: Database, load: Import, write: Write) -> None:
    late = write("late.csv", "event_id,lead_id,occurred_at,kind,reason\ne9,a,2026-03-02T09:30:00Z,rejected,no_reply\n")
    load(late, kind="handoff_event")

    handoffs = load_handoffs(loaded, LATE, lead_id="a")

    assert (handoffs.rejected.tolist(), handoffs.won_at.tolist()) == ([True], [NEVER])


def kept(db: Database, as_of: int) -> bool:
    with db.cursor() as cursor:
        return cycles_are_kept(cursor, from_microseconds(as_of).replace(tzinfo=None))


def test_kept_cycles_hold_from_the_newest_event_on_and_before_it_are_derived(loaded: Database) -> None:
    newest = at(6, 9)

    assert kept(loaded, newest)
    assert not kept(loaded, newest - 1)
    assert load_handoffs(loaded, newest - 1).won_at.tolist().count(NEVER) == 1


def test_only_leads_with_new_events_are_derived_anew(loaded: Database, load: Import, write: Write, rows: Rows) -> None:
    with loaded.write(*ANYTHING) as cursor:
        # A mark that a new derivation would wipe out.
        cursor.execute("update kept_cycle set reason = 'untouched'")

    late = write("late.csv", "event_id,lead_id,occurred_at,kind,reason\ne9,a,2026-03-02T09:30:00Z,rejected,no_reply\n")
    load(late, kind="handoff_event")

    assert rows("select lead_id, reason from kept_cycle order by lead_id") == [("a", "no_reply"), ("b", "untouched")]
    assert kept(loaded, LATE)


def test_an_import_of_the_same_events_in_two_parts_keeps_the_same_cycles(
    loaded: Database, load: Import, write: Write, rows: Rows
) -> None:
    load(write("late.csv", "event_id,lead_id,occurred_at,kind\ne9,b,2026-03-07T09:00:00Z,mql\n"), kind="handoff_event")

    with loaded.cursor() as cursor:
        assert cycles_astray(cursor) == []
    assert len(rows("from kept_cycle")) == 3


def test_cycles_that_nobody_kept_are_derived_when_looked_at(loaded: Database) -> None:
    with loaded.write(*ANYTHING) as cursor:
        cursor.execute(
            "insert into handoff_event (event_id, lead_id, occurred_at, kind)"
            " values ('e9', 'b', timestamp '2026-03-07', 'mql')"
        )

    assert not kept(loaded, LATE)
    assert load_handoffs(loaded, LATE).lead_id.to_pylist() == ["a", "b", "b"]


def test_rows_that_were_not_loaded_are_problems_with_their_place(db: Database, load: Import, write: Write) -> None:
    load(write("leads.csv", "lead_id,created_at,employees\na,2026-03-01,many\nb,nonsense,\n"), kind="lead")
    load(
        write("events.csv", "event_id,lead_id,occurred_at,kind\ne1,zz,2026-03-02T09:00:00Z,mql\n"), kind="handoff_event"
    )

    found = load_problems(db, LATE, REASONS)

    assert [(one.kind, one.lead_id, one.event_id, one.occurred_at, one.sentence) for one in found] == [
        (
            ProblemKind.UNKNOWN_VALUE,
            None,
            None,
            None,
            "leads.csv, line 2: employees 'many' is not a whole number, and unknown.",
        ),
        (ProblemKind.REJECTED_ROW, "b", None, None, "leads.csv, line 3: created_at 'nonsense' is not a date."),
        (ProblemKind.ORPHAN, "zz", "e1", at(2, 9), "events.csv, line 2: no lead is called 'zz' yet."),
    ]


def test_some_hand_offs_are_taken_by_mask_and_by_row(loaded: Database) -> None:
    handoffs = load_handoffs(loaded, LATE)

    by_mask = handoffs.take(np.array([False, True]))
    by_row = handoffs.take(np.array([1]))

    assert by_mask.handoff_id(0) == by_row.handoff_id(0) == "b:1"
    assert by_mask.lead_id.equals(pa.array(["b"]))
    assert instant_text(int(by_row.mql_at[0])) == "2026-03-02T09:00:00Z"
