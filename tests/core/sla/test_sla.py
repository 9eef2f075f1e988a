"""The promises against cases counted by hand, each boundary its own; velocity, fairness and what-ifs."""

from dataclasses import replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.arrays import NEVER
from lib.core.definition.criteria import FieldCondition, FieldMatch, TextTest
from lib.core.handoffs.reps import Rep
from lib.core.leads.history import Lead, history_of
from lib.core.sla.attainment import (
    Attainment,
    SlaGroup,
    aging,
    attainment,
    group_of,
    handed_over_in,
    inbox,
    response_bands,
    still_unanswered,
    system_delay,
    time_left,
    velocity,
    within_the_hour,
)
from lib.core.sla.clocks import NO_PROMISE, Answer, ClockState, Responses, fields_asked, respond, with_due
from lib.core.sla.fairness import Traces, adjusted_attainment, bursts, load, silences, strata
from lib.core.sla.promises import Calendar, Holidays, Policy, Promise
from lib.core.sla.whatif import on_calendar, promising, restated, staffed, with_holiday, with_reps
from lib.core.sla.working_time import HOUR, MINUTE, CalendarTooShort
from lib.core.statistics.rates import Verdict
from lib.core.time.clock import parse_instant
from lib.core.time.window import Window
from tests.core.funnel.test_funnel import handoffs

UTC = ZoneInfo("UTC")
NINE_TO_FIVE = (((9 * 60, 17 * 60),),) * 5 + ((), ())
OFFICE = Calendar("default", "UTC", NINE_TO_FIVE)
NEW_YORK = Calendar("new_york", "America/New_York", NINE_TO_FIVE)


def field_is(field: str, text: str) -> FieldMatch:
    return FieldMatch("one", (FieldCondition(field, (TextTest("is", (text,)),)),))


TWO_HOURS = Policy("UTC", (OFFICE, NEW_YORK), decision=(Promise(120),), first_touch=(Promise(60),))
BY_CHANNEL = replace(TWO_HOURS, decision=(Promise(60, field_is("channel", "inbound")), Promise(240)))
REPS = (
    Rep("ann", "Ann", "East", None, 2.0),
    Rep("bob", "Bob", "West", "new_york", 2.0),
    Rep("eve", "Eve", "West", "mars", 2.0),
)

NOON = parse_instant("2026-03-04T12:00:00Z", UTC)  # a Wednesday


def answered(*rows: dict[str, Any], policy: Policy = TWO_HOURS, as_of: int = NOON) -> Responses:
    """Hand-offs of Wednesday morning unless a row says otherwise, to ann unless another owner is given."""
    of = handoffs(*({"mql_at": "2026-03-04T09:00:00Z", "owner": "ann", **row} for row in rows), as_of=as_of)
    leads = [Lead(f"lead-{n}", 0, {"channel": row.get("channel")}) for n, row in enumerate(rows)]
    return respond(of, history_of(leads), REPS, policy)


def one(*rows: dict[str, Any], answer: Answer = Answer.DECISION, **how: Any) -> Attainment:
    (together,) = attainment(answered(*rows, **how), answer)
    return together


def state(row: dict[str, Any], answer: Answer = Answer.DECISION, **how: Any) -> ClockState:
    return ClockState(int(answered(row, **how).clock(answer).state[0]))


# Due, and how the promise stands.


def test_a_decision_at_the_deadline_keeps_the_promise() -> None:
    assert state({"accepted_at": "2026-03-04T11:00:00Z"}) is ClockState.MET


def test_a_decision_a_microsecond_after_the_deadline_breaks_it() -> None:
    assert state({"rejected_at": "2026-03-04T11:00:00.000001Z"}) is ClockState.BREACHED


def test_an_open_hand_off_is_due_up_to_its_deadline() -> None:
    assert state({"mql_at": "2026-03-04T10:00:00Z"}) is ClockState.DUE


def test_an_open_hand_off_is_overdue_a_microsecond_after_its_deadline() -> None:
    assert state({"mql_at": "2026-03-04T10:00:00Z"}, as_of=NOON + 1) is ClockState.OVERDUE


def test_a_hand_off_no_promise_matches_has_no_state_and_no_deadline() -> None:
    inbound_only = replace(TWO_HOURS, decision=(Promise(60, field_is("channel", "inbound")),))

    responses = answered({"channel": "event"}, policy=inbound_only)

    assert responses.decision.state.tolist() == [ClockState.NONE]
    assert responses.decision.due_at.tolist() == [NEVER]
    assert responses.decision.promised.tolist() == [NO_PROMISE]
    assert ClockState.NONE.word is None


def test_the_first_promise_that_matches_the_lead_applies() -> None:
    responses = answered({"channel": "Inbound "}, {"channel": "event"}, {}, policy=BY_CHANNEL)

    assert (responses.decision.promised // MINUTE).tolist() == [60, 240, 240]


def test_promises_ask_for_the_fields_they_name_and_no_others() -> None:
    assert fields_asked(BY_CHANNEL) == {"channel"}
    assert fields_asked(TWO_HOURS) == frozenset()


def test_the_clock_runs_from_the_assignment_where_there_is_one() -> None:
    responses = answered({"assigned_at": "2026-03-04T10:00:00Z"}, {})

    assert responses.decision.due_at.tolist() == [NOON, NOON - HOUR]
    (delay,) = system_delay(responses.handoffs, responses.handoffs.channel)
    assert (delay.handoffs, delay.assigned, delay.median_hours) == (2, 1, 1.0)


def test_the_clock_is_on_the_owners_calendar() -> None:
    responses = answered({"owner": "ann"}, {"owner": "bob"})

    # Nine in New York is 14:00 UTC.
    assert ((responses.decision.due_at - NOON) // HOUR).tolist() == [-1, 4]


def test_an_owner_who_is_no_rep_has_the_default_calendar_and_is_reported() -> None:
    responses = answered({"owner": "zoe"}, {"owner": None}, {"owner": " ann "})

    assert set(responses.decision.due_at.tolist()) == {NOON - HOUR}
    assert responses.owners_without_rep == ("zoe",)


def test_a_rep_whose_calendar_is_unknown_has_the_default_one_and_is_reported() -> None:
    responses = answered({"owner": "eve"})

    assert responses.decision.due_at.tolist() == [NOON - HOUR]
    assert [rep.rep_id for rep in responses.reps_without_calendar] == ["eve"]


def test_a_hand_off_is_due_when_both_functions_say() -> None:
    of = handoffs({"mql_at": "2026-03-04T09:00:00Z", "owner": "ann"}, {"mql_at": "2026-03-01T10:30:00Z"})
    leads = history_of([Lead("lead-0", 0, {"channel": "inbound"}), Lead("lead-1", 0, {})])

    due_at = with_due(of, leads, REPS, BY_CHANNEL).due_at

    assert due_at.tolist() == respond(of, leads, REPS, BY_CHANNEL).decision.due_at.tolist()
    assert due_at.tolist() == [NOON - 2 * HOUR, parse_instant("2026-03-02T13:00:00Z", UTC)]


def test_an_instant_no_calendar_reaches_is_refused_with_its_year() -> None:
    with pytest.raises(CalendarTooShort, match="an instant lies in the year 1"):
        answered({"mql_at": "0001-01-01T00:00:00Z"})


# The first touch.


def test_a_first_touch_stops_its_own_clock_only() -> None:
    row = {"first_touch_at": "2026-03-04T09:30:00Z"}

    assert state(row, Answer.FIRST_TOUCH) is ClockState.MET
    assert state(row) is ClockState.OVERDUE


def test_a_decision_counts_as_a_touch_where_none_is_recorded() -> None:
    responses = answered({"accepted_at": "2026-03-04T09:40:00Z"})

    assert responses.first_touch.state.tolist() == [ClockState.MET]
    assert responses.customer_time.tolist() == [40 * MINUTE]


def test_a_touch_after_the_decision_breaches_nothing() -> None:
    row = {"accepted_at": "2026-03-04T09:40:00Z", "first_touch_at": "2026-03-04T11:00:00Z"}

    assert state(row, Answer.FIRST_TOUCH) is ClockState.MET
    assert answered(row).touches_are_decisions


def test_a_page_of_which_a_touch_was_recorded_before_its_decision_does_not_say_that_touches_are_decisions() -> None:
    touched = {"first_touch_at": "2026-03-04T09:30:00Z", "accepted_at": "2026-03-04T09:40:00Z"}

    assert not answered(touched, {"accepted_at": "2026-03-04T09:40:00Z"}).touches_are_decisions
    assert not answered({}).touches_are_decisions


# Days that have no hour: the promise is two hours of nine to five, and Wednesday the 4th is worked.


DAY_BEGINS, DAY_ENDS = "2026-03-04T00:00:00Z", "2026-03-05T00:00:00Z"


def test_what_is_decided_on_the_day_it_was_handed_over_may_have_been_in_time_or_not() -> None:
    known_by_day = {"accepted_at": "2026-03-04T09:00:00Z", "decided_until": DAY_ENDS}

    responses = answered(known_by_day)

    assert responses.decision.state.tolist() == [ClockState.BY_DAY_ONLY]
    assert responses.decision.exact.tolist() == [False]
    (kept,) = attainment(responses, Answer.DECISION)
    assert (kept.by_day_only, kept.judged, kept.share) == (1, 0, None)
    assert kept.velocity.naive_median_hours is None


def test_a_day_that_is_in_time_at_its_end_is_met_and_one_late_at_its_begin_is_breached() -> None:
    saturday = {"accepted_at": "2026-03-07T00:00:00Z", "decided_until": "2026-03-08T00:00:00Z"}
    late = {"mql_at": "2026-03-03T09:00:00Z", "accepted_at": DAY_BEGINS, "decided_until": DAY_ENDS}

    assert state(saturday | {"mql_at": "2026-03-06T16:30:00Z"}, as_of=NOON + 96 * HOUR) is ClockState.MET
    assert state(late) is ClockState.BREACHED


def test_a_beginning_known_by_its_day_leaves_open_what_lies_between_its_ends() -> None:
    by_day = {"mql_at": DAY_BEGINS, "mql_until": DAY_ENDS}

    assert state(by_day | {"accepted_at": "2026-03-04T16:00:00Z"}) is ClockState.BY_DAY_ONLY
    assert state(by_day | {"accepted_at": "2026-03-04T10:30:00Z"}) is ClockState.MET
    assert state(by_day | {"accepted_at": "2026-03-05T11:30:00Z"}, as_of=NOON + 24 * HOUR) is ClockState.BREACHED
    assert not answered(by_day | {"accepted_at": "2026-03-04T10:30:00Z"}).by_rep_time().decision.exact.any()


# Closings, and whose clock it is.


def test_what_is_closed_before_it_is_due_has_no_state_and_after_it_is_breached() -> None:
    assert state({"closed_at": "2026-03-04T10:00:00Z"}) is ClockState.NONE
    assert state({"closed_at": "2026-03-04T11:30:00Z"}) is ClockState.BREACHED


def test_velocity_takes_what_was_closed_as_waiting_until_then() -> None:
    responses = answered({"closed_at": "2026-03-04T11:30:00Z"})

    assert responses.decision.time.tolist() == [2 * HOUR + 30 * MINUTE]
    assert responses.decision.answered.tolist() == [False]


def test_passing_a_hand_off_on_resets_the_owners_clock_and_not_the_promise() -> None:
    passed_on = {
        "assigned_at": "2026-03-04T09:05:00Z",
        "owner_since": "2026-03-04T11:00:00Z",
        "accepted_at": "2026-03-04T12:00:00Z",
    }

    responses = answered(passed_on)

    assert responses.decision.state.tolist() == [ClockState.BREACHED]
    assert responses.by_rep_time().decision.state.tolist() == [ClockState.MET]
    assert responses.by_rep_time().decision.time.tolist() == [HOUR]


def test_the_promise_runs_on_the_calendar_of_whom_it_was_first_assigned_to() -> None:
    responses = answered({"owner": "bob", "first_owner": "ann"}, {"owner": "bob"})

    assert ((responses.decision.due_at - responses.by_rep_time().decision.due_at) // HOUR).tolist() == [-5, 0]


def test_customers_wait_by_the_clock_on_the_wall_and_reps_by_working_time() -> None:
    responses = answered({"mql_at": "2026-03-03T16:30:00Z", "first_touch_at": "2026-03-04T09:15:00Z"})

    assert responses.first_touch.time.tolist() == [45 * MINUTE]
    assert responses.customer_time.tolist() == [16 * HOUR + 45 * MINUTE]


# Attainment.


FIVE = (
    {"owner": "ann", "channel": "web", "accepted_at": "2026-03-04T10:00:00Z"},
    {"owner": "ann", "channel": "web", "rejected_at": "2026-03-04T11:30:00Z"},
    {"owner": "ann", "channel": "", "mql_at": "2026-03-04T11:00:00Z"},
    {"owner": "zoe", "channel": "fair"},
    {"owner": "eve", "channel": "fair", "accepted_at": "2026-03-04T10:30:00Z"},
)


def test_attainment_is_met_of_those_met_breached_and_overdue() -> None:
    kept = one(*FIVE)

    assert (kept.handoffs, kept.met, kept.breached, kept.due, kept.overdue) == (5, 2, 1, 1, 1)
    assert kept.judged == 4
    assert kept.share == 0.5


def test_what_is_due_at_the_very_instant_looked_at_counts_as_due_and_is_not_judged() -> None:
    due_now = {"mql_at": "2026-03-04T10:00:00Z"}

    now, later = one(due_now), one(due_now, as_of=NOON + 1)

    assert (now.due, now.overdue, now.judged) == (1, 0, 0)
    assert (later.due, later.overdue, later.judged) == (0, 1, 1)


def test_a_first_touch_due_at_the_very_instant_looked_at_is_due_and_not_overdue() -> None:
    due_now = {"mql_at": "2026-03-04T11:00:00Z"}

    assert state(due_now, Answer.FIRST_TOUCH) is ClockState.DUE
    assert state(due_now, Answer.FIRST_TOUCH, as_of=NOON + 1) is ClockState.OVERDUE


def test_where_nothing_is_judged_there_is_no_attainment() -> None:
    assert one({"mql_at": "2026-03-04T11:00:00Z"}).share is None
    assert one().share is None


who = st.fixed_dictionaries(
    {
        "owner": st.sampled_from((None, "ann", "bob", "zoe")),
        "channel": st.sampled_from((None, "Inbound", "inbound ", "event")),
        "mql_at": st.sampled_from(("2026-02-24T09:00:00Z", "2026-03-04T09:00:00Z", "2026-03-04T11:30:00Z")),
    },
    optional={"accepted_at": st.just("2026-03-04T11:40:00Z"), "first_touch_at": st.just("2026-03-04T11:35:00Z")},
)


@given(st.lists(who, max_size=12), st.sampled_from(SlaGroup), st.sampled_from(Answer))
def test_a_total_is_the_sum_of_its_groups_in_every_grouping(
    rows: list[dict[str, Any]], grouping: SlaGroup, answer: Answer
) -> None:
    responses = answered(*rows)
    (whole,) = attainment(responses, answer)

    parts = attainment(responses, answer, group_of(responses, grouping))

    for name in ("handoffs", "met", "breached", "due", "overdue", "by_day_only"):
        assert sum(getattr(part, name) for part in parts) == getattr(whole, name)
    assert len({part.group for part in parts}) == len(parts)


@pytest.mark.parametrize(
    ("group", "counts"),
    [
        (SlaGroup.OWNER, {"ann": 3, "eve": 1, "zoe": 1}),
        (SlaGroup.TEAM, {"East": 3, "West": 1, None: 1}),
        (SlaGroup.CHANNEL, {"fair": 2, "web": 2, None: 1}),
        (SlaGroup.WEEK, {"2026-03-02": 5}),
    ],
)
def test_groups_come_by_name_and_the_blank_one_last(group: SlaGroup, counts: dict[str | None, int]) -> None:
    responses = answered(*FIVE)

    found = attainment(responses, Answer.DECISION, group_of(responses, group))

    assert [(each.group, each.handoffs) for each in found] == list(counts.items())


def test_a_week_begins_on_monday_in_the_reporting_zone() -> None:
    madrid = replace(TWO_HOURS, time_zone="Europe/Madrid")
    responses = answered(
        {"mql_at": "2026-03-01T22:59:59Z"}, {"mql_at": "2026-03-01T23:00:00Z"}, {"mql_at": "2026-03-10"}, policy=madrid
    )

    found = attainment(responses, Answer.DECISION, group_of(responses, SlaGroup.WEEK))

    assert [each.group for each in found] == ["2026-02-23", "2026-03-02", "2026-03-09"]


def test_a_window_holds_its_first_instant_and_not_its_last() -> None:
    of = handoffs(*({"mql_at": f"2026-03-0{day}T00:00:00Z"} for day in (2, 3, 9)))

    held = handed_over_in(of, Window(date(2026, 3, 2), date(2026, 3, 9), "UTC"))

    assert held.lead_id.to_pylist() == ["lead-0", "lead-1"]


# Velocity.


def test_velocity_is_that_of_a_textbook() -> None:
    # Freireich's remission of leukaemia under 6-MP (1963), as every textbook of survival has it: median 23 weeks.
    relapsed, censored = [6, 6, 6, 7, 10, 13, 16, 22, 23], [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    hours = np.array(relapsed + censored) * HOUR
    ended = np.arange(21) < len(relapsed)

    found, curve = velocity(hours, ended), still_unanswered(hours, ended)

    assert (found.median_hours, found.p90_hours, found.naive_median_hours) == (23.0, None, 10.0)
    assert (found.answered, found.waiting) == (9, 12)
    at = dict(zip(curve.hours.tolist(), curve.share.round(4).tolist(), strict=True))
    assert (at[6.0], at[7.0], at[10.0], at[23.0]) == (0.8571, 0.8067, 0.7529, 0.4482)


def test_with_nothing_open_velocity_is_the_share_that_is_answered() -> None:
    found = velocity(np.arange(1, 11) * HOUR, np.ones(10, dtype=np.bool_))

    assert (found.median_hours, found.p90_hours, found.naive_median_hours) == (5.0, 9.0, 5.5)


def test_open_hand_offs_make_the_median_longer_than_the_answered_alone_say() -> None:
    found = one(*[{"accepted_at": f"2026-03-04T09:{10 * n}:00Z"} for n in (1, 2, 3)], *[{}] * 3)

    assert found.velocity.naive_median_hours == pytest.approx(1 / 3)
    assert found.velocity.median_hours == 0.5
    assert found.velocity.p90_hours is None


@pytest.mark.parametrize("ended", [True, False])
def test_velocity_of_a_few_is_said_where_it_can_be(ended: bool) -> None:
    found = velocity(np.array([2 * HOUR]), np.array([ended]))

    assert (found.median_hours, found.naive_median_hours) == ((2.0, 2.0) if ended else (None, None))


@given(st.lists(st.tuples(st.integers(0, 20), st.booleans()), min_size=1, max_size=30))
def test_the_curve_is_the_product_of_the_shares_that_stay(waits: list[tuple[int, bool]]) -> None:
    share, expected = 1.0, {}
    for hour in sorted({hours for hours, _ in waits}):
        at_risk = sum(hours >= hour for hours, _ in waits)
        share *= 1 - sum(ended for hours, ended in waits if hours == hour) / at_risk
        expected[float(hour)] = share

    curve = still_unanswered(np.array([h for h, _ in waits]) * HOUR, np.array([ended for _, ended in waits]))

    assert curve.hours.tolist() == list(expected)
    assert curve.share.tolist() == pytest.approx(list(expected.values()))


# Who waits.


def test_who_waits_longest_comes_first_with_the_working_hours_left() -> None:
    found = aging(
        answered(
            {"mql_at": "2026-03-04T11:30:00Z"},
            {"mql_at": "2026-03-03T16:00:00Z"},
            {"accepted_at": "2026-03-04T10:00:00Z"},
        )
    )

    assert [(w.handoff_id, w.waited_hours, w.left_hours, w.state) for w in found.waiting] == [
        ("lead-1:1", 4.0, -2.0, ClockState.OVERDUE),
        ("lead-0:1", 0.5, 1.5, ClockState.DUE),
    ]
    assert found.oldest_hours == 4.0
    assert found.p90_hours == pytest.approx(0.5 + 0.9 * 3.5)


def test_who_is_due_at_the_very_instant_looked_at_has_no_time_left_and_is_not_overdue() -> None:
    (waiting,) = aging(answered({"mql_at": "2026-03-04T10:00:00Z"})).waiting

    assert (waiting.due_at, waiting.left_hours, waiting.state) == (NOON, 0.0, ClockState.DUE)


def test_of_those_who_have_waited_equally_long_the_one_handed_over_first_comes_first() -> None:
    # Saturday, Sunday and Monday before nine: the working time of all three began at nine.
    found = aging(
        answered(
            {"mql_at": "2026-03-01T12:00:00Z"},
            {"mql_at": "2026-02-28T12:00:00Z"},
            {"mql_at": "2026-03-02T08:00:00Z"},
        )
    )

    assert [one.waited_hours for one in found.waiting] == [19.0, 19.0, 19.0]
    assert [one.lead_id for one in found.waiting] == ["lead-1", "lead-0", "lead-2"]


def test_time_left_is_never_where_nothing_is_promised() -> None:
    nothing = replace(TWO_HOURS, decision=())

    assert time_left(answered({}, policy=nothing)).tolist() == [NEVER]
    assert aging(answered({}, policy=nothing)).waiting[0].left_hours is None


def test_an_inbox_has_the_least_time_left_first_and_what_is_not_promised_last() -> None:
    inbound_quick = replace(
        TWO_HOURS, decision=(Promise(60, field_is("channel", "in")), Promise(480, field_is("channel", "web")))
    )
    responses = answered(
        {"channel": "out"},
        {"channel": "web"},
        {"channel": "in", "mql_at": "2026-03-04T11:30:00Z"},
        {"owner": "bob"},
        policy=inbound_quick,
    )

    assert [w.lead_id for w in inbox(responses, "ann")] == ["lead-2", "lead-1", "lead-0"]


def test_nobody_waits_where_nothing_was_handed_over() -> None:
    assert aging(answered()).waiting == ()
    assert aging(answered()).oldest_hours is None


# What a quick answer brings.


@pytest.mark.parametrize(
    ("waited", "band"),
    [(5, "5 min"), (5.1, "15 min"), (15, "15 min"), (60, "1 h"), (240, "4 h"), (1440, "24 h"), (1441, "later")],
)
def test_a_band_includes_its_upper_bound(waited: float, band: str) -> None:
    touched_at = parse_instant("2026-03-02T09:00:00Z", UTC) + int(waited * MINUTE)

    found = response_bands(answered({"mql_at": "2026-03-02T09:00:00Z", "first_touch_at": touched_at}))

    assert [each.band for each in found if each.handoffs] == [band]


def test_bands_are_always_the_seven_and_count_what_came_of_them() -> None:
    found = response_bands(
        answered(
            {},
            {"accepted_at": "2026-03-04T09:05:00Z", "sql_at": "2026-03-04T10:00:00Z", "won_at": "2026-03-04T11:00:00Z"},
            {"rejected_at": "2026-03-04T09:01:00Z"},
        )
    )

    assert [each.band for each in found] == ["5 min", "15 min", "1 h", "4 h", "24 h", "later", "never"]
    quick, never = found[0], found[-1]
    assert (quick.handoffs, quick.accepted, quick.sql, quick.won) == (2, 1, 1, 1)
    assert (never.handoffs, never.accepted) == (1, 0)


def test_our_own_hour_is_measured_as_the_published_one_was() -> None:
    soon = [{"first_touch_at": "2026-03-04T10:00:00Z", "sql_at": "2026-03-04T11:00:00Z"}] * 10
    late = [
        {"first_touch_at": "2026-03-04T10:01:00Z", **({"sql_at": "2026-03-04T11:00:00Z"} if n < 2 else {})}
        for n in range(10)
    ]

    found = within_the_hour(answered(*soon, *late, {}))

    assert (found.tried.successes, found.tried.trials) == (10, 21)
    assert found.times_likelier == 5


# Fairness.


def test_an_owner_who_gets_the_hard_hours_is_not_called_slow() -> None:
    # Both keep all of the mornings and half of the evenings; ann has mornings, zoe evenings, mostly.
    def day(n: int) -> str:
        return f"2026-02-{2 + n % 5:02}"

    def row(owner: str, n: int, evening: bool) -> dict[str, Any]:
        late = evening and n % 2
        begun = "16:50" if evening else "10:00"
        return {
            "owner": owner,
            "mql_at": f"{day(n)}T{begun}:00Z",
            "accepted_at": "2026-02-20T10:00:00Z" if late else f"{day(n)}T{begun}:10Z",
        }

    rows = [
        *(row("ann", n, evening=False) for n in range(80)),
        *(row("ann", n, evening=True) for n in range(20)),
        *(row("zoe", n, evening=False) for n in range(20)),
        *(row("zoe", n, evening=True) for n in range(80)),
    ]
    ann, zoe = adjusted_attainment(answered(*rows))

    assert (ann.raw.successes, zoe.raw.successes) == (90, 60)
    assert {ann.verdict, zoe.verdict} == {Verdict.NOISE}
    assert zoe.low95 is not None
    assert zoe.high95 is not None
    assert zoe.low95 < zoe.rest.successes / zoe.rest.trials < zoe.high95


def test_an_owner_slower_at_the_same_hours_is_called_slow() -> None:
    rows = [
        {
            "owner": owner,
            "mql_at": f"2026-02-{2 + n // 10:02}T10:00:00Z",
            "accepted_at": f"2026-02-{2 + n // 10:02}T{at}:00Z",
        }
        for owner, late_of_ten in (("ann", 1), ("zoe", 6))
        for n in range(50)
        for at in ("13:00" if n % 10 < late_of_ten else "11:00",)
    ]
    ann, zoe = adjusted_attainment(answered(*rows))

    assert (ann.verdict, zoe.verdict) == (Verdict.HIGHER, Verdict.LOWER)
    assert zoe.share == pytest.approx(0.4, abs=0.02)


def test_an_owner_with_fewer_than_ten_is_not_compared() -> None:
    found = adjusted_attainment(answered(*[{"owner": "ann"}] * 9, *[{"owner": "zoe"}] * 20))

    assert found[0].verdict is Verdict.TOO_FEW
    assert found[0].share is None


def test_an_owner_who_kept_every_promise_is_compared_all_the_same() -> None:
    kept = [{"owner": "ann", "accepted_at": "2026-03-04T09:10:00Z"}] * 40
    broken = [{"owner": "zoe", "accepted_at": f"2026-03-04T{9 + 2 * (n % 2):02}:10:00Z"} for n in range(40)]

    ann, zoe = adjusted_attainment(answered(*kept, *broken))

    assert ann.verdict is Verdict.HIGHER
    assert ann.high95 is not None
    assert ann.high95 < 1
    assert zoe.verdict is Verdict.LOWER


def test_load_is_what_the_owner_was_given_the_day_before() -> None:
    responses = answered(
        {"mql_at": "2026-03-04T09:00:00Z"},
        {"mql_at": "2026-03-03T09:00:00Z"},
        {"mql_at": "2026-03-03T08:59:59Z"},
        {"mql_at": "2026-03-04T08:00:00Z", "owner": "bob"},
    )

    assert load(responses).tolist() == [1, 1, 0, 0]


def test_arrivals_at_night_before_a_working_day_and_before_a_weekend_are_different() -> None:
    night, weekend, morning, same_morning = strata(
        answered(
            {"mql_at": "2026-02-23T20:00:00Z"},
            {"mql_at": "2026-02-27T20:00:00Z", "owner": "zoe"},
            {"mql_at": "2026-03-04T10:00:00Z", "owner": "eve"},
            {"mql_at": "2026-03-04T11:59:00Z", "owner": "bob"},
        )
    )

    assert len({night, weekend, morning}) == 3
    assert same_morning == night  # for bob, in New York, it is night


def test_answers_that_gather_before_the_deadline_are_seen() -> None:
    at_the_last = [{"owner": "ann", "accepted_at": "2026-03-04T10:57:00Z"}] * 20
    spread = [{"owner": "zoe", "accepted_at": f"2026-03-04T10:{30 + n}:00Z"} for n in range(1, 30)]

    ann, zoe = bursts(answered(*at_the_last, *spread))

    assert (ann.at_the_last, ann.expected, ann.verdict) == (20, 0.0, Verdict.HIGHER)
    assert (zoe.at_the_last, zoe.expected, zoe.verdict) == (5, 6.0, Verdict.NOISE)


def test_accepted_and_then_nothing_is_seen_after_two_weeks() -> None:
    old = {"accepted_at": "2026-03-04T09:30:00Z"}
    rows = [*[{**old, "owner": "ann"}] * 20, *[{**old, "owner": "zoe"}] * 20, {"accepted_at": "2026-03-17T10:00:00Z"}]
    responses = answered(*rows, as_of=NOON + 14 * 24 * HOUR)
    next_at = np.array([NEVER] * 18 + [NOON] * 22 + [NEVER])

    ann, zoe = silences(responses, Traces(np.full(41, NEVER), np.zeros(41, dtype=np.int64), next_at))

    assert (ann.compared.rate.successes, ann.compared.rate.trials, ann.compared.verdict) == (18, 20, Verdict.HIGHER)
    assert (zoe.compared.rate.successes, zoe.compared.rate.trials) == (0, 20)


# What if.

WAITED_THREE_HOURS = {"mql_at": "2026-03-03T09:00:00Z", "accepted_at": "2026-03-03T12:00:00Z"}
LEADS = history_of([Lead("lead-0", 0, {}), Lead("lead-1", 0, {})])


def share(responses: Responses) -> float | None:
    return attainment(responses, Answer.DECISION)[0].share


def test_with_other_hours_promised_the_same_answers_are_judged_anew() -> None:
    responses = answered(WAITED_THREE_HOURS, {"accepted_at": "2026-03-04T10:00:00Z"})

    lenient = restated(responses, LEADS, promising(TWO_HOURS, Answer.DECISION, [180]))
    strict = restated(responses, LEADS, promising(TWO_HOURS, Answer.DECISION, [59]))

    assert (share(responses), share(lenient), share(strict)) == (0.5, 1.0, 0.0)


def test_as_many_hours_are_given_as_there_are_promises() -> None:
    with pytest.raises(ValueError, match="zip"):
        promising(TWO_HOURS, Answer.DECISION, [60, 120])


def test_one_more_holiday_stops_the_clock_for_a_day() -> None:
    responses = answered({"mql_at": "2026-03-03T09:00:00Z", "accepted_at": "2026-03-04T10:00:00Z"})
    excepting = replace(OFFICE, holidays=Holidays(excepted=(date(2026, 3, 3),)))

    off = with_holiday(on_calendar(TWO_HOURS, excepting), date(2026, 3, 3))

    assert share(responses) == 0.0
    assert share(restated(responses, LEADS, off)) == 1.0


def test_on_another_calendar_the_same_answers_are_judged_anew() -> None:
    responses = answered(WAITED_THREE_HOURS)
    mornings_off = replace(OFFICE, hours=(((11 * 60, 17 * 60),),) * 5 + ((), ()))

    assert share(restated(responses, LEADS, on_calendar(TWO_HOURS, mornings_off))) == 1.0
    with pytest.raises(KeyError):
        on_calendar(TWO_HOURS, replace(OFFICE, name="nowhere"))


def test_a_team_of_another_size_keeps_its_first_ones_and_gets_new_ones_like_them() -> None:
    bigger, smaller = with_reps(REPS, "West", 3), with_reps(REPS, "West", 1)

    assert [rep.rep_id for rep in smaller] == ["ann", "bob"]
    assert [rep.rep_id for rep in bigger] == ["ann", "bob", "eve", "West +1"]
    assert (bigger[-1].team, bigger[-1].calendar, bigger[-1].capacity_per_day) == ("West", "new_york", 2.0)
    with pytest.raises(ValueError, match="cannot have 1 reps in team 'North'"):
        with_reps(REPS, "North", 1)


def test_more_reps_keep_more_promises_and_fewer_keep_fewer() -> None:
    rows = [
        {
            "owner": "ann",
            "mql_at": f"2026-03-{2 + n // 6:02}T09:{n % 6}0:00Z",
            "accepted_at": f"2026-03-{2 + n // 6:02}T10:00:00Z",
        }
        for n in range(30)
    ]
    responses = answered(*rows, as_of=NOON + 14 * 24 * HOUR)
    leads = history_of([Lead(f"lead-{n}", 0, {}) for n in range(30)])
    window = Window(date(2026, 3, 2), date(2026, 3, 9), "UTC")
    team = (Rep("ann", "Ann", "East", None, 4.0),)

    found = [staffed(responses, leads, with_reps(team, "East", count), window).attainment for count in (1, 2, 6)]

    assert None not in found
    assert found[0] < found[1] < found[2] == 1.0


def test_without_reps_nothing_is_said() -> None:
    window = Window(date(2026, 3, 2), date(2026, 3, 9), "UTC")

    assert staffed(answered({}), LEADS, (), window).attainment is None
