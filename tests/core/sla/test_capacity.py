"""Load, queue and pace against cases worked out by hand, and against queueing theory where it has an answer."""

from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.tools import exact
from lib.core.arrays import NEVER, Column
from lib.core.definition.criteria import FieldCondition, FieldMatch, TextTest
from lib.core.handoffs.handoffs import Decision
from lib.core.handoffs.reps import Rep
from lib.core.leads.history import Change, Lead, history_of
from lib.core.sla.answering import Answering, answering
from lib.core.sla.capacity import Load, load, load_in_words, working_days_of
from lib.core.sla.clocks import NO_PROMISE, promised_by_lead, respond
from lib.core.sla.promises import Calendar, Holidays, Policy, Promise
from lib.core.sla.queueing import Pace, observed_pace, queue, waits
from lib.core.time.clock import MICROSECONDS, to_microseconds
from lib.core.time.window import Window

HOUR = 3600 * MICROSECONDS

OFFICE = Calendar("default", "UTC", (((540, 1020),),) * 5 + ((), ()), Holidays(also=(date(2026, 3, 4),)))
"""Nine to five from Monday to Friday, and 4 March 2026, a Wednesday, is a holiday."""

ALWAYS = Calendar("always", "UTC", (((0, 1440),),) * 7)

POLICY = Policy("UTC", (OFFICE, ALWAYS), decision=(Promise(240),))
"""A decision within four hours."""

FOUR_A_DAY = Rep("four", capacity_per_day=4.0)
"""In the office: one every two working hours."""

HOURLY = Rep("hourly", calendar="always", capacity_per_day=24.0)

MARCH = Window(date(2026, 3, 2), date(2026, 3, 30), "UTC")
"""Four weeks from a Monday."""


def at(text: str) -> int:
    return to_microseconds(datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=UTC))


def instants(*texts: str) -> np.ndarray:
    return np.array([at(text) for text in texts], dtype=np.int64)


def paced(*needed: int, reps: int = 1) -> Pace:
    """A pace known of everybody together, and of nobody by itself."""
    return Pace(np.array(needed, dtype=np.int64), np.zeros(reps + 1, dtype=np.int64))


# Load.


def test_a_working_day_is_one_on_which_an_interval_starts_and_no_holiday() -> None:
    assert working_days_of(OFFICE, Window(date(2026, 3, 2), date(2026, 3, 9), "UTC")) == 4


def test_a_night_shift_is_of_the_day_it_starts_on() -> None:
    nights = Calendar("nights", "UTC", (((1320, 1800),),) * 5 + ((), ()))

    assert working_days_of(nights, Window(date(2026, 3, 2), date(2026, 3, 9), "UTC")) == 5


def test_the_load_is_leads_a_working_day_against_the_capacity_of_all_reps() -> None:
    reps = [FOUR_A_DAY, Rep("six", capacity_per_day=6.0), Rep("unknown")]

    found = load(80, 15, reps, POLICY, MARCH)

    assert (found.working_days, found.per_working_day, found.capacity_per_working_day) == (19, 5.0, 10.0)
    assert found.share == 0.5


@pytest.mark.parametrize("reps", [[], [Rep("unknown")]], ids=["no rep", "no capacity"])
def test_without_a_capacity_there_is_no_share(reps: list[Rep]) -> None:
    found = load(80, 15, reps, POLICY, MARCH)

    assert (found.capacity_per_working_day, found.share) == (None, None)


def test_a_window_without_a_working_day_has_no_load() -> None:
    found = load(5, 0, [FOUR_A_DAY], POLICY, Window(date(2026, 3, 7), date(2026, 3, 9), "UTC"))

    assert (found.working_days, found.per_working_day, found.share) == (0, None, None)


# The queue.


def test_each_waits_for_those_before_it() -> None:
    assert waits(np.array([0, 1, 2, 30]), 5).tolist() == [0, 4, 8, 0]


def test_what_comes_before_opening_is_taken_up_at_opening_without_a_wait() -> None:
    served = queue(instants("02T06:00"), [FOUR_A_DAY], POLICY)

    assert served is not None
    assert (served.taken_up_at.tolist(), served.waited.tolist()) == ([at("02T09:00")], [0])


def test_the_next_is_taken_up_when_the_rep_is_free_again_over_weekend_and_holiday() -> None:
    arrived = instants("03T16:30", "03T16:30", "06T16:00", "06T16:00")

    served = queue(arrived, [FOUR_A_DAY], POLICY)

    assert served is not None
    # Tuesday's second one waits over the holiday, Friday's over the weekend: two working hours each.
    assert served.taken_up_at.tolist() == instants("03T16:30", "05T10:30", "06T16:00", "09T10:00").tolist()
    assert served.waited.tolist() == [0, 2 * HOUR, 0, 2 * HOUR]


def test_whoever_can_begin_first_takes_it_on_whichever_calendar() -> None:
    served = queue(instants("02T08:00", "02T08:30", "02T09:00"), [FOUR_A_DAY, HOURLY], POLICY)

    assert served is not None
    # At eight only the one who always works is there, free again at nine; by then the office has been idle longer.
    assert served.rep.tolist() == [1, 0, 1]
    assert served.taken_up_at.tolist() == instants("02T08:00", "02T09:00", "02T09:00").tolist()


def test_of_two_who_are_free_the_one_idle_longer_takes_it() -> None:
    served = queue(instants("02T09:00", "02T09:10", "02T13:00", "02T13:05"), [FOUR_A_DAY, FOUR_A_DAY], POLICY)

    assert served is not None
    assert served.rep[2] == served.rep[0]
    assert served.rep[3] == served.rep[1] != served.rep[0]


def test_a_rep_who_takes_up_none_is_left_out() -> None:
    closed = Calendar("closed", "UTC", ((),) * 7)
    policy = Policy("UTC", (OFFICE, closed))
    idle = [Rep("nought", capacity_per_day=0.0), Rep("unknown"), Rep("closed", calendar="closed", capacity_per_day=3.0)]

    served = queue(instants("02T09:00"), [*idle, FOUR_A_DAY], policy)

    assert queue(instants("02T09:00"), idle, policy) is None
    assert served is not None
    assert served.rep.tolist() == [3]


@given(st.lists(st.integers(0, 60 * 24 * 20), max_size=30), st.floats(0.5, 12.0))
def test_the_queue_of_one_rep_is_lindleys_recursion(minutes: list[int], capacity: float) -> None:
    arrived = np.sort(np.array(minutes, dtype=np.int64)) * 60 * MICROSECONDS + at("02T00:00")

    served = queue(arrived, [Rep("one", calendar="always", capacity_per_day=capacity)], POLICY)

    assert served is not None
    assert served.waited.tolist() == waits(arrived, round(24 * HOUR / capacity)).tolist()
    assert (served.taken_up_at - arrived).tolist() == served.waited.tolist()


@given(st.lists(st.integers(0, 60 * 24 * 10), min_size=1, max_size=40), st.integers(1, 4), st.integers(0, 3))
def test_nobody_is_overtaken_and_no_rep_takes_up_two_at_once(minutes: list[int], office: int, always: int) -> None:
    arrived = np.sort(np.array(minutes, dtype=np.int64)) * 60 * MICROSECONDS + at("02T00:00")
    reps = [Rep(f"o{n}", capacity_per_day=4.0) for n in range(office)]
    reps += [Rep(f"a{n}", calendar="always", capacity_per_day=12.0) for n in range(always)]

    served = queue(arrived, reps, POLICY)

    assert served is not None
    assert (np.diff(served.taken_up_at) >= 0).all()
    assert (served.taken_up_at >= arrived).all()
    for number in range(len(reps)):
        # Two working hours lie between two of an office rep, two hours between two of another.
        assert (np.diff(served.taken_up_at[served.rep == number]) >= 2 * HOUR).all()


@pytest.mark.parametrize("busy", [0.5, 0.8])
def test_the_mean_wait_for_one_rep_is_that_of_theory(busy: float) -> None:
    """M/D/1, Pollaczek and Khinchine: ρ ÷ 2(1 − ρ) of the time each takes."""
    rng = np.random.default_rng(5)
    arrived = at("02T00:00") + np.cumsum(rng.exponential(HOUR / busy, 200_000)).astype(np.int64)

    served = queue(arrived, [HOURLY], POLICY)

    assert served is not None
    assert served.waited.mean() / HOUR == pytest.approx(busy / (2 * (1 - busy)), rel=0.05)


def test_the_mean_wait_for_two_reps_is_that_of_theory() -> None:
    """M/D/2: half of M/M/2's wait, ρ² ÷ (1 − ρ²) of the time each takes, and a little more (Cosmetatos 1976)."""
    rng = np.random.default_rng(5)
    arrived = at("02T00:00") + np.cumsum(rng.exponential(HOUR / 1.6, 200_000)).astype(np.int64)

    served = queue(arrived, [HOURLY, HOURLY], POLICY)

    busy, reps = 0.8, 2
    markovian = busy**2 / (1 - busy**2)
    wanted = markovian / 2 * (1 + (1 - busy) * (reps - 1) * (np.sqrt(4 + 5 * reps) - 2) / (16 * busy * reps))
    assert served is not None
    assert served.waited.mean() / HOUR == pytest.approx(wanted, rel=0.05)


# The promise kept, and the backlog.


def kept(
    arrived: np.ndarray, pace: Pace, promised: np.ndarray | None = None, reps: list[Rep] | None = None
) -> Answering:
    due = np.full(len(arrived), 4 * HOUR) if promised is None else promised
    team = [FOUR_A_DAY] if reps is None else reps
    return answering(60, arrived, due, team, POLICY, pace, MARCH, at("30T00:00"))


def test_a_decision_exactly_at_the_promise_is_in_time_and_one_after_it_is_not() -> None:
    # Waits of 0, 2 and 4 working hours before the rep's own two.
    arrived = instants("02T09:00", "02T09:00", "02T09:00")

    found = kept(arrived, paced(*[2 * HOUR] * 10))

    assert (found.attainment, found.low95, found.high95) == pytest.approx((2 / 3, 2 / 3, 2 / 3))


def test_what_nothing_was_promised_for_is_not_counted() -> None:
    arrived = instants("02T09:00", "02T09:00", "02T09:00")

    found = kept(arrived, paced(*[2 * HOUR] * 10), np.array([4 * HOUR, 4 * HOUR, NO_PROMISE]))

    assert (found.promised, found.attainment) == (2, 1.0)


def test_a_pace_that_never_comes_keeps_no_promise() -> None:
    # Ten of the rep's own that are late; others have decided.
    pace = Pace(np.array([NEVER] * 20 + [0] * 10, dtype=np.int64), np.array([0, 10]))

    assert kept(instants("02T09:00"), pace).attainment == 0.0


def test_hand_offs_that_are_only_late_show_no_pace() -> None:
    assert kept(instants("02T09:00"), paced(*[NEVER] * 10)).attainment is None
    assert kept(instants("02T09:00"), paced(*[NEVER] * 400, *[0] * 9)).attainment is None


def test_a_rep_with_ten_observations_has_a_pace_of_its_own_and_one_with_nine_has_everybodys() -> None:
    known = np.array([NEVER] * 10 + [0] * 9 + [NEVER] * 10 + [0] * 9, dtype=np.int64)
    pace = Pace(known, np.array([0, 10, 19]))

    assert (pace.pool_of(0), pace.pool_of(1)) == ((0, 10), (19, 19))


def test_the_interval_holds_the_true_share_of_prompt_decisions() -> None:
    rng = np.random.default_rng(3)
    arrived = np.arange(200, dtype=np.int64) * 24 * HOUR + at("02T10:00")
    held = 0
    for _ in range(300):
        prompt = rng.random(80) < 0.7

        found = kept(arrived, paced(*np.where(prompt, 0, NEVER).tolist()), reps=[HOURLY])

        assert found.low95 is not None
        assert found.high95 is not None
        held += found.low95 <= 0.7 <= found.high95

    assert held / 300 >= 0.93


def test_the_same_question_has_the_same_answer() -> None:
    arrived, pace = instants("02T09:00", "02T12:00", "03T09:00"), paced(*[0, NEVER] * 10)

    assert kept(arrived, pace) == kept(arrived, pace)


@pytest.mark.parametrize(
    ("reps", "observed", "promised"),
    [([Rep("unknown")], 10, 4 * HOUR), ([FOUR_A_DAY], 9, 4 * HOUR), ([FOUR_A_DAY], 10, NO_PROMISE)],
    ids=["nobody takes up any", "too few decisions to know the pace", "nothing is promised"],
)
def test_without_what_it_takes_nothing_is_said_about_the_promise(reps: list[Rep], observed: int, promised: int) -> None:
    found = kept(instants("02T09:00"), paced(*[0] * observed), np.array([promised]), reps)

    assert (found.attainment, found.low95, found.high95) == (None, None, None)


def test_without_a_lead_there_is_no_backlog_and_no_attainment() -> None:
    found = kept(np.zeros(0, dtype=np.int64), paced(*[0] * 10))

    assert (found.attainment, found.backlog, found.growth_per_week) == (None, (0, 0, 0, 0), pytest.approx(0.0))


def test_a_backlog_grows_by_what_comes_beyond_capacity() -> None:
    # One a working day can be taken up; two come on every working day, at opening.
    days = [day for day in range(2, 28) if date(2026, 3, day).weekday() < 5 and day != 4]
    arrived = np.sort(instants(*[f"{day:02}T09:00" for day in days] * 2))

    found = kept(arrived, paced(*[0] * 10), reps=[Rep("one", capacity_per_day=1.0)])

    # Four working days in the first week, five in each other.
    assert found.backlog == (4, 9, 14, 19)
    assert found.growth_per_week == pytest.approx(5.0)


def test_only_weeks_that_are_over_tell_of_the_backlog() -> None:
    found = answering(
        60, instants("02T09:00"), np.array([HOUR]), [FOUR_A_DAY], POLICY, paced(*[0] * 10), MARCH, at("15T12:00")
    )

    assert (len(found.backlog), found.growth_per_week) == (1, None)


# What was observed.


def test_the_first_promise_that_matches_a_lead_counts() -> None:
    inbound = FieldMatch("one", (FieldCondition("channel", (TextTest("is", ("inbound",)),)),))
    leads = history_of([Lead("a", 0, {"channel": "Inbound"}), Lead("b", 0, {"channel": "event"})])

    both = Policy("UTC", (OFFICE,), decision=(Promise(60, inbound), Promise(240)))
    one = Policy("UTC", (OFFICE,), decision=(Promise(60, inbound),))

    rows, at = np.arange(2), np.zeros(2, dtype=np.int64)
    assert promised_by_lead(both.decision, leads).at(rows, at).tolist() == [HOUR, 4 * HOUR]
    assert promised_by_lead(one.decision, leads).at(rows, at).tolist() == [HOUR, NO_PROMISE]


def test_what_a_lead_was_when_it_was_handed_over_is_what_a_promise_asks_for() -> None:
    inbound = FieldMatch("one", (FieldCondition("channel", (TextTest("is", ("inbound",)),)),))
    leads = history_of([Lead("a", 0, {"channel": "event"}, changes=(Change("channel", 5, "event", "inbound"),))])

    promised = promised_by_lead((Promise(60, inbound), Promise(240)), leads)

    assert promised.at(np.array([0, 0, 0]), np.array([0, 4, 5])).tolist() == [HOUR, HOUR, 4 * HOUR]


def answered(as_of: str, *rows: tuple[str, str | None, str]) -> Pace:
    """The pace seen in hand-offs: assigned when, decided when, to whom."""
    count = len(rows)
    assigned = instants(*(row[0] for row in rows))
    decided = np.array([NEVER if row[1] is None else at(row[1]) for row in rows], dtype=np.int64)
    never, blank = np.full(count, NEVER, dtype=np.int64), Column.of(pa.array([None] * count, pa.string()))
    ids = [f"lead-{n}" for n in range(count)]
    handoffs = exact.handoffs(
        as_of=at(as_of),
        lead_id=pa.array(ids, pa.string()),
        cycle=np.ones(count, dtype=np.int32),
        mql_at=assigned,
        assigned_at=assigned,
        first_touch_at=never,
        decided_at=decided,
        decision=np.where(decided == NEVER, Decision.OPEN, Decision.ACCEPTED).astype(np.int8),
        reason=blank,
        sql_at=never,
        opportunity_at=never,
        won_at=never,
        lost_at=never,
        amount=np.full(count, np.nan),
        owner=Column.of(pa.array([row[2] for row in rows], pa.string())),
        channel=blank,
        source=blank,
        score=np.full(count, np.nan),
        definition_version=np.ones(count, dtype=np.int32),
        lead_created_at=assigned,
        due_at=never,
        below_line=np.zeros(count, dtype=np.bool_),
    )
    leads = history_of([Lead(lead_id, 0, {}) for lead_id in ids])
    return observed_pace(respond(handoffs, leads, [FOUR_A_DAY, HOURLY], POLICY))


def test_waiting_for_ones_turn_is_no_pace() -> None:
    # Both come at nine; the second is taken up two working hours later, and needs one as the first did.
    pace = answered("20T00:00", ("02T09:00", "02T10:00", "four"), ("02T09:00", "02T12:00", "four"))

    assert pace.needed[pace.start[0] : pace.start[1]].tolist() == [HOUR, HOUR]


def test_a_decision_quicker_than_the_queue_explains_took_no_time() -> None:
    pace = answered("20T00:00", ("02T09:00", "02T10:00", "four"), ("02T09:00", "02T10:00", "four"))

    assert pace.needed[pace.start[0] : pace.start[1]].tolist() == [HOUR, 0]


def test_what_is_overdue_and_open_never_came_and_what_is_not_due_says_nothing() -> None:
    pace = answered("03T10:00", ("02T09:00", None, "hourly"), ("03T09:00", None, "hourly"))

    assert pace.needed[pace.start[1] : pace.start[2]].tolist() == [NEVER]


def test_an_owner_who_is_no_rep_tells_of_everybodys_pace_only() -> None:
    pace = answered("20T00:00", ("02T09:00", "02T10:00", "four"), ("02T09:00", "02T12:00", "somebody else"))

    assert np.diff(pace.start).tolist() == [1, 0]
    assert (pace.observed, pace.needed[pace.start[-1] :].tolist()) == (2, [HOUR, 3 * HOUR])


# In words.

BURDEN = Load(qualified=440, again=0, working_days=19, weeks=4.0, capacity_per_working_day=20.0)


@pytest.mark.parametrize(
    ("growth", "said"),
    [
        (14.2, ": at this threshold the backlog grows by 14 a week."),
        (-3.0, "."),
        (0.4, "."),
        (None, "."),
    ],
)
def test_the_load_is_said_with_what_becomes_of_the_backlog(growth: float | None, said: str) -> None:
    unknown = Answering(60, 0, None, None, None, (), growth)

    assert load_in_words(BURDEN, unknown) == f"23.2 leads a working day, 116 % of the 20 that sales can answer{said}"


def test_how_many_of_the_load_come_again_is_said() -> None:
    unknown = Answering(60, 0, None, None, None, (), None)

    assert load_in_words(Load(19, 38, 19, 4.0, 6.0), unknown) == (
        "3.0 leads a working day, 2.0 of them again, 50 % of the 6 that sales can answer."
    )
    assert load_in_words(Load(19, 38, 19, 4.0, None), unknown) == (
        "3.0 leads a working day, 2.0 of them again; no rep says how many it can answer."
    )


def test_the_promise_is_said_with_its_interval() -> None:
    said = load_in_words(BURDEN, Answering(60, 440, 0.871, 0.852, 0.889, (), None))

    assert said.endswith(" 87 % of the decisions would come in time (85 to 89 %).")


def test_that_too_few_decisions_show_a_pace_is_said() -> None:
    said = load_in_words(BURDEN, Answering(60, 440, None, None, None, (), None))

    assert said.endswith(" Fewer than 10 decisions so far: how many would come in time nobody can say.")


def test_a_capacity_nobody_states_is_said() -> None:
    unknown = Answering(60, 0, None, None, None, (), None)

    said = load_in_words(Load(19, 0, 19, 4.0, None), unknown)

    assert said == "1.0 leads a working day; no rep says how many it can answer."
    assert load_in_words(Load(19, 0, 0, 4.0, 3.0), unknown) == "The window has no working day."
