"""Predictions can be made again as of their instant; outcomes say what the definition and the traffic did."""

import json
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from bench.tools import exact
from lib.core.agreement.outcome import (
    WEEK,
    Horizon,
    Prediction,
    checks_due,
    outcome,
    predict,
    prediction_text,
    read_prediction,
)
from lib.core.arrays import NEVER, Column
from lib.core.consequences.expected import Expected, Interval, Method
from lib.core.consequences.foreseen import foreseen
from lib.core.consequences.known import Stage
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Category, Criterion, Definition
from lib.core.handoffs.customers import no_customers
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay import preview
from lib.core.replay.afresh import Afresh, Returns, nobody_returned
from lib.core.replay.hits import HitIndex
from lib.core.statistics.rates import Verdict
from lib.core.statistics.weeks import ahead
from lib.core.time.clock import MICROSECONDS_PER_DAY, day_start
from lib.core.time.window import Window

DAY = MICROSECONDS_PER_DAY
WINDOW = Window(date(2026, 3, 2), date(2026, 3, 30), "UTC")
START = day_start(WINDOW.start, ZoneInfo("UTC"))
END = day_start(WINDOW.end, ZoneInfo("UTC"))


def defined(*kinds: str) -> Definition:
    return Definition(
        "d",
        10,
        tuple(Criterion(k, k, Category.ACTIONS, 10, ActivityMatch(ActivityCondition((k,)))) for k in kinds),
    )


DEMO, BOTH = defined("demo"), defined("demo", "call")


def leads(kind: str, *days: int) -> list[Lead]:
    return [Lead(f"{kind}-{day}-{n}", 0, {}, (Activity(START + day * DAY, kind),)) for n, day in enumerate(days)]


def handed(index: HitIndex, as_of: int, *decided: tuple[int, Decision]) -> Handoffs:
    """Hand-offs of the first leads: (day, decision)."""
    n = len(decided)
    days = np.array([START + day * DAY for day, _ in decided], dtype=np.int64)
    never, unknown = np.full(n, NEVER, dtype=np.int64), Column.of(pa.array([None] * n, pa.string()))
    return exact.handoffs(
        as_of=as_of,
        lead_id=index.history.lead_id.slice(0, n),
        cycle=np.ones(n, dtype=np.int32),
        mql_at=days,
        assigned_at=never,
        first_touch_at=never,
        decided_at=days,
        decision=np.array([decision for _, decision in decided], dtype=np.int8),
        reason=unknown,
        sql_at=never,
        opportunity_at=never,
        won_at=never,
        lost_at=never,
        amount=np.full(n, np.nan),
        owner=unknown,
        channel=unknown,
        source=unknown,
        score=np.full(n, np.nan),
        definition_version=np.ones(n, dtype=np.int32),
        lead_created_at=np.zeros(n, dtype=np.int64),
        due_at=never,
        below_line=np.zeros(n, dtype=np.bool_),
    )


def predicted_by(
    index: HitIndex,
    draft: Definition,
    agreed: Definition,
    rows: Handoffs,
    returns: Returns | None = None,
    said: Interval | None = None,
) -> Prediction:
    """What `lib.app.outlook` would put together for a proposal; `said` of its acceptance, where that is not asked."""
    afresh = Afresh(index.history, returns or nobody_returned())
    side = preview.side(index.hits(agreed), afresh, agreed, WINDOW.edges(), rows.as_of)
    compared = preview.preview(index.hits(draft), afresh, draft, side, WINDOW, rows.as_of)
    nobody_won = no_customers(index.history.leads)
    expected = foreseen(index, agreed, draft, rows, WINDOW, {}, nobody_won).expected(draft.threshold)
    if said is not None:
        expected = replace(expected, said=said, method=Method.MODEL)
    return predict(
        compared.volume(draft.threshold), compared.agreed_volume, expected, rows, WINDOW, against=None, year_ago=None
    )


def nobody(index: HitIndex) -> Afresh:
    return Afresh(index.history, nobody_returned())


OLD_WEEKS = [*leads("demo", 0, 1, 8, 9, 15, 16, 22, 23), *leads("call", 2, 10, 17, 24)]
NEW_WEEKS = [*leads("demo", 28, 30, 33, 35, 38, 41), *leads("call", 29)]


def test_a_prediction_is_the_average_week_under_the_draft_and_under_what_is_agreed() -> None:
    index = HitIndex(history_of(OLD_WEEKS))

    predicted = predicted_by(index, BOTH, DEMO, handed(index, END))

    assert (predicted.mqls_per_week, predicted.agreed_per_week) == (3.0, 2.0)
    assert predicted.promised(2) == Horizon(2, 3.0, 3.0, 3.0, None, None)
    assert (predicted.acceptance, predicted.known) == (None, 0)


def test_each_horizon_has_its_own_interval_and_a_longer_one_knows_less_of_where_the_weeks_go() -> None:
    index = HitIndex(history_of(leads("demo", 0, 1, 2, 7, 14, 15, 21, 22)))

    predicted = predicted_by(index, DEMO, DEMO, handed(index, END))

    # Weeks of 3, 1, 2 and 2.
    assert predicted.mqls_per_week == 2.0
    for weeks in (2, 4, 8):
        expected, promised = ahead([3, 1, 2, 2], weeks, None), predicted.promised(weeks)
        assert expected is not None
        assert (promised.low95, promised.high95) == (expected.low95, expected.high95)
    assert predicted.trend_per_week is None


def test_the_acceptance_of_the_first_weeks_is_less_certain_the_fewer_will_be_decided() -> None:
    decided = [*[(8, Decision.ACCEPTED)] * 6, *[(8, Decision.REJECTED)] * 6]
    index = HitIndex(history_of(OLD_WEEKS))

    predicted = predicted_by(index, BOTH, DEMO, handed(index, END, *decided), said=Interval(0.5, 0.3, 0.7))

    two, eight = predicted.promised(2), predicted.promised(8)
    assert predicted.acceptance_low95 is not None
    assert two.acceptance_low95 is not None
    assert eight.acceptance_low95 is not None
    assert two.acceptance_low95 < eight.acceptance_low95 < predicted.acceptance_low95


def test_a_prediction_stored_before_there_were_horizons_promises_what_it_promised() -> None:
    stored = {
        "as_of": "2026-03-30T00:00:00Z",
        "window": {"from": "2026-03-02", "to": "2026-03-30", "zone": "UTC"},
        "mqls_per_week": 3.0,
        "low95": 2.5,
        "high95": 3.5,
        "agreed_per_week": 2.0,
        "acceptance": 0.5,
        "acceptance_low95": 0.4,
        "acceptance_high95": 0.6,
        "known": 40,
        "against": 1,
    }

    predicted = read_prediction(json.dumps(stored))

    assert predicted.horizons == ()
    assert predicted.promised(4) == Horizon(4, 3.0, 2.5, 3.5, 0.4, 0.6)


def test_an_outcome_says_whether_what_came_lies_inside_of_what_was_promised() -> None:
    index = HitIndex(history_of([*OLD_WEEKS, *NEW_WEEKS]))
    predicted = predicted_by(index, DEMO, DEMO, handed(index, END))
    narrow, wide, none = (
        replace(predicted, horizons=(Horizon(2, 3.0, *bounds, None, None),))
        for bounds in ((1.0, 2.0), (1.0, 3.0), (None, None))
    )

    rows, nobody_won = handed(index, END + 2 * WEEK), no_customers(index.history.leads)

    said = [
        outcome(index, DEMO, DEMO, one, END, 2, rows, nobody_won, nobody(index)).volume_inside
        for one in (narrow, wide, none)
    ]

    # Six demos in two weeks are 3 a week.
    assert said == [False, True, None]


def test_acceptance_is_set_beside_what_of_earlier_weeks_was_decided_after_as_long() -> None:
    index = HitIndex(history_of([*OLD_WEEKS, *NEW_WEEKS]))
    predicted = predicted_by(index, DEMO, DEMO, handed(index, END))
    end = END + 2 * WEEK
    rows = handed(
        index, end, (1, Decision.ACCEPTED), (2, Decision.REJECTED), (13, Decision.REJECTED), (20, Decision.ACCEPTED)
    )
    # Of the two weeks before the last two, one was decided within them, and one as they ended; one after they had.
    late = np.array([START + 3 * DAY, START + 14 * DAY, START + 14 * DAY + 1, START + 27 * DAY])
    rows = replace(rows, decided_at=late)

    came = outcome(index, DEMO, DEMO, predicted, END, 2, rows, no_customers(index.history.leads), nobody(index))

    assert (came.before.successes, came.before.trials) == (2, 3)
    assert came.against_before is Verdict.TOO_FEW


def test_a_prediction_made_again_as_of_its_instant_is_the_same_whatever_came_since() -> None:
    decided = [(1, Decision.ACCEPTED), *[(8, Decision.REJECTED)] * 11]
    then, since = (HitIndex(history_of(known)) for known in (OLD_WEEKS, [*OLD_WEEKS, *NEW_WEEKS]))

    first = predicted_by(then, BOTH, DEMO, handed(then, END, *decided))
    ids = handed(then, END, *decided)
    again = predicted_by(since, BOTH, DEMO, ids)

    assert first.mqls_per_week > 0
    assert prediction_text(again) == prediction_text(first)


def test_what_is_promised_of_acceptance_is_todays_where_it_moved() -> None:
    index = HitIndex(history_of(OLD_WEEKS))
    volume = preview.Volume(10, 90, 0, 0, 0, (20, 20, 25, 25), (0, 0, 0, 0))
    said, today = Interval(0.5, 0.4, 0.6), Interval(0.3, 0.1, 0.5)

    promised = [
        predict(
            volume,
            volume,
            Expected(1, Stage.ACCEPTED, 90, 10, said, Method.MODEL, moved, 300, 150),
            handed(index, END),
            WINDOW,
            against=None,
            year_ago=None,
        )
        for moved in (None, today)
    ]

    assert [(one.acceptance, one.acceptance_low95, one.acceptance_high95, one.known) for one in promised] == [
        (0.5, 0.4, 0.6, 80),
        (0.3, 0.1, 0.5, 80),
    ]


def test_a_prediction_reads_back_as_it_was_written() -> None:
    index = HitIndex(history_of(OLD_WEEKS))
    predicted = predicted_by(index, BOTH, DEMO, handed(index, END + 1))

    assert read_prediction(prediction_text(predicted)) == predicted


def test_a_prediction_keeps_the_weeks_it_was_made_in_and_one_of_before_has_mondays() -> None:
    index = HitIndex(history_of(OLD_WEEKS))
    predicted = predicted_by(index, BOTH, DEMO, handed(index, END + 1))
    of_sundays = replace(predicted, window=replace(predicted.window, week_starts=6))
    before = json.loads(prediction_text(of_sundays))
    del before["window"]["week_starts"]

    assert read_prediction(prediction_text(of_sundays)).window.week_starts == 6
    assert read_prediction(json.dumps(before)).window.week_starts == 0


def test_the_difference_to_the_prediction_is_what_the_traffic_and_what_the_definition_did() -> None:
    index = HitIndex(history_of([*OLD_WEEKS, *NEW_WEEKS]))
    predicted = predicted_by(index, BOTH, DEMO, handed(index, END))

    came = outcome(
        index,
        BOTH,
        DEMO,
        predicted,
        END,
        2,
        handed(index, END + 2 * WEEK),
        no_customers(index.history.leads),
        nobody(index),
    )

    # Predicted 3 a week, 2 of them under the old definition. In two weeks came 7: 6 demos and 1 call.
    assert (came.mqls_per_week, came.old_per_week) == (3.5, 3.0)
    assert (came.difference, came.by_traffic, came.by_definition) == (0.5, 1.0, -0.5)


def test_a_lead_that_qualifies_as_the_weeks_end_is_the_next_weeks() -> None:
    index = HitIndex(history_of(leads("demo", 27, 28, 41, 42)))
    predicted = predicted_by(index, DEMO, DEMO, handed(index, END))

    assert (
        outcome(
            index,
            DEMO,
            DEMO,
            predicted,
            END,
            2,
            handed(index, END + 2 * WEEK),
            no_customers(index.history.leads),
            nobody(index),
        ).mqls_per_week
        == 1.0
    )


def test_who_comes_again_is_part_of_what_was_predicted_and_of_what_came_on_both_sides() -> None:
    twice = Lead("twice", 0, {}, tuple(Activity(START + day * DAY, "demo") for day in (0, 3, 30)))
    index = HitIndex(history_of([*OLD_WEEKS, *NEW_WEEKS, twice]))
    row = len(OLD_WEEKS) + len(NEW_WEEKS)
    before, by_then = (Returns(np.full(n, row), START + np.array([1, 29][:n]) * DAY) for n in (1, 2))

    predicted = predicted_by(index, BOTH, DEMO, handed(index, END), before)
    came = outcome(
        index,
        BOTH,
        DEMO,
        predicted,
        END,
        2,
        handed(index, END + 2 * WEEK),
        no_customers(index.history.leads),
        Afresh(index.history, by_then),
    )

    # It first qualifies on day 0, again on day 3, and once more in the first week after the start.
    assert (predicted.mqls_per_week, predicted.agreed_per_week, predicted.again_per_week) == (3.5, 2.5, 0.25)
    assert (came.mqls_per_week, came.old_per_week, came.again_per_week) == (4.0, 3.5, 0.5)


def test_a_prediction_of_before_these_were_counted_is_compared_with_what_first_qualified() -> None:
    twice = Lead("twice", 0, {}, tuple(Activity(START + day * DAY, "demo") for day in (0, 30)))
    index = HitIndex(history_of([*OLD_WEEKS, *NEW_WEEKS, twice]))
    afresh = Afresh(index.history, Returns(np.array([index.history.leads - 1]), np.array([START + DAY])))
    predicted = replace(predicted_by(index, BOTH, DEMO, handed(index, END)), again_per_week=None)
    known = (handed(index, END + 2 * WEEK), no_customers(index.history.leads), afresh)

    came = outcome(index, BOTH, DEMO, predicted, END, 2, *known)

    assert (came.mqls_per_week, came.old_per_week, came.again_per_week) == (3.5, 3.0, None)
    said = json.loads(prediction_text(predicted))
    del said["again_per_week"]
    assert read_prediction(json.dumps(said)) == predicted


def test_acceptance_is_of_what_was_handed_over_in_the_weeks_and_decided_by_their_end() -> None:
    index = HitIndex(history_of([*OLD_WEEKS, *NEW_WEEKS]))
    predicted = predicted_by(index, DEMO, DEMO, handed(index, END))
    decided = [(27, Decision.REJECTED), (28, Decision.ACCEPTED), (30, Decision.REJECTED), (31, Decision.OPEN)]

    came = outcome(
        index,
        DEMO,
        DEMO,
        predicted,
        END,
        2,
        handed(index, END + 2 * WEEK, *decided),
        no_customers(index.history.leads),
        nobody(index),
    )

    assert came.handed_over == 3
    assert (came.acceptance.successes, came.acceptance.trials, came.acceptance.share) == (1, 2, None)


def test_a_hand_off_at_the_very_end_of_the_weeks_is_the_next_weeks_and_one_just_before_it_is_not() -> None:
    index = HitIndex(history_of([*OLD_WEEKS, *NEW_WEEKS]))
    predicted = predicted_by(index, DEMO, DEMO, handed(index, END))
    end = END + 2 * WEEK
    both = handed(index, end, (41, Decision.REJECTED), (42, Decision.ACCEPTED))
    both = replace(both, mql_at=np.array([end - 1, end]), decided_at=np.array([end, end]))

    came = outcome(index, DEMO, DEMO, predicted, END, 2, both, no_customers(index.history.leads), nobody(index))

    assert came.handed_over == 1
    assert (came.acceptance.successes, came.acceptance.trials) == (0, 1)


def test_who_was_drawn_below_the_line_is_not_what_the_definition_brought() -> None:
    index = HitIndex(history_of([*OLD_WEEKS, *NEW_WEEKS]))
    predicted = predicted_by(index, DEMO, DEMO, handed(index, END))
    decided = [(28, Decision.ACCEPTED), (30, Decision.REJECTED), (31, Decision.REJECTED)]
    drawn = replace(handed(index, END + 2 * WEEK, *decided), below_line=np.array([False, False, True]))

    came = outcome(index, DEMO, DEMO, predicted, END, 2, drawn, no_customers(index.history.leads), nobody(index))

    assert came.handed_over == 2
    assert (came.acceptance.successes, came.acceptance.trials) == (1, 2)


def test_hand_offs_as_of_another_instant_are_refused() -> None:
    index = HitIndex(history_of(OLD_WEEKS))
    predicted = predicted_by(index, DEMO, DEMO, handed(index, END))

    with pytest.raises(ValueError, match="the hand-offs are as of 2026-03-30T00:00:00Z"):
        outcome(
            index, DEMO, DEMO, predicted, END, 2, handed(index, END), no_customers(index.history.leads), nobody(index)
        )


def test_an_outcome_is_looked_at_when_its_weeks_have_passed() -> None:
    assert checks_due(START, START + 2 * WEEK - 1) == ()
    assert checks_due(START, START + 2 * WEEK) == ((2, START + 2 * WEEK),)
    assert [weeks for weeks, _ in checks_due(START, START + 8 * WEEK)] == [2, 4, 8]
