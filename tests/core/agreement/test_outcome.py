"""Predictions can be made again as of their instant; outcomes say what the definition and the traffic did."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from lib.core.agreement.outcome import WEEK, Prediction, checks_due, outcome, predict, prediction_text, read_prediction
from lib.core.arrays import NEVER, Column
from lib.core.consequences.expected import Expected, Interval, Method
from lib.core.consequences.foreseen import foreseen
from lib.core.consequences.known import Stage
from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Category, Criterion, Definition
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.leads.history import Activity, Lead, history_of
from lib.core.replay import preview
from lib.core.replay.hits import HitIndex
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
    return Handoffs(
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


def predicted_by(index: HitIndex, draft: Definition, agreed: Definition, rows: Handoffs) -> Prediction:
    """What `lib.app.outlook` would put together for a proposal."""
    side = preview.side(index.hits(agreed), agreed, WINDOW, rows.as_of)
    compared = preview.preview(index.hits(draft), draft, side, WINDOW, rows.as_of)
    expected = foreseen(index, agreed, draft, rows, WINDOW, {}).expected(draft.threshold)
    return predict(compared.volume(draft.threshold), compared.agreed_volume, expected, WINDOW, rows.as_of)


OLD_WEEKS = [*leads("demo", 0, 1, 8, 9, 15, 16, 22, 23), *leads("call", 2, 10, 17, 24)]
NEW_WEEKS = [*leads("demo", 28, 30, 33, 35, 38, 41), *leads("call", 29)]


def test_a_prediction_is_the_average_week_under_the_draft_and_under_what_is_agreed() -> None:
    index = HitIndex(history_of(OLD_WEEKS))

    predicted = predicted_by(index, BOTH, DEMO, handed(index, END))

    assert (predicted.mqls_per_week, predicted.agreed_per_week) == (3.0, 2.0)
    assert (predicted.low95, predicted.high95) == (3.0, 3.0)
    assert (predicted.acceptance, predicted.known) == (None, 0)


def test_weeks_that_differ_widen_the_interval_by_students_t() -> None:
    index = HitIndex(history_of(leads("demo", 0, 1, 2, 7, 14, 15, 21, 22)))

    predicted = predicted_by(index, DEMO, DEMO, handed(index, END))

    # Weeks of 3, 1, 2 and 2: mean 2, standard deviation 0.816, and t with 3 degrees of freedom is 3.182.
    assert predicted.mqls_per_week == 2.0
    assert predicted.low95 == pytest.approx(2 - 3.1824 * 0.8165 / 2, abs=1e-4)
    assert predicted.high95 == pytest.approx(2 + 3.1824 * 0.8165 / 2, abs=1e-4)


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
    side = preview.side(index.hits(DEMO), DEMO, WINDOW, END)
    volume = preview.preview(index.hits(DEMO), DEMO, side, WINDOW, END).agreed_volume
    said, today = Interval(0.5, 0.4, 0.6), Interval(0.3, 0.1, 0.5)

    promised = [
        predict(volume, volume, Expected(1, Stage.ACCEPTED, 90, 10, said, Method.MODEL, moved, 300, 150), WINDOW, END)
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


def test_the_difference_to_the_prediction_is_what_the_traffic_and_what_the_definition_did() -> None:
    index = HitIndex(history_of([*OLD_WEEKS, *NEW_WEEKS]))
    predicted = predicted_by(index, BOTH, DEMO, handed(index, END))

    came = outcome(index, BOTH, DEMO, predicted, END, 2, handed(index, END + 2 * WEEK))

    # Predicted 3 a week, 2 of them under the old definition. In two weeks came 7: 6 demos and 1 call.
    assert (came.mqls_per_week, came.old_per_week) == (3.5, 3.0)
    assert (came.difference, came.by_traffic, came.by_definition) == (0.5, 1.0, -0.5)


def test_a_lead_that_qualifies_as_the_weeks_end_is_the_next_weeks() -> None:
    index = HitIndex(history_of(leads("demo", 27, 28, 41, 42)))
    predicted = predicted_by(index, DEMO, DEMO, handed(index, END))

    assert outcome(index, DEMO, DEMO, predicted, END, 2, handed(index, END + 2 * WEEK)).mqls_per_week == 1.0


def test_acceptance_is_of_what_was_handed_over_in_the_weeks_and_decided_by_their_end() -> None:
    index = HitIndex(history_of([*OLD_WEEKS, *NEW_WEEKS]))
    predicted = predicted_by(index, DEMO, DEMO, handed(index, END))
    decided = [(27, Decision.REJECTED), (28, Decision.ACCEPTED), (30, Decision.REJECTED), (31, Decision.OPEN)]

    came = outcome(index, DEMO, DEMO, predicted, END, 2, handed(index, END + 2 * WEEK, *decided))

    assert came.handed_over == 3
    assert (came.acceptance.successes, came.acceptance.trials, came.acceptance.share) == (1, 2, None)


def test_a_hand_off_at_the_very_end_of_the_weeks_is_the_next_weeks_and_one_just_before_it_is_not() -> None:
    index = HitIndex(history_of([*OLD_WEEKS, *NEW_WEEKS]))
    predicted = predicted_by(index, DEMO, DEMO, handed(index, END))
    end = END + 2 * WEEK
    both = handed(index, end, (41, Decision.REJECTED), (42, Decision.ACCEPTED))
    both = replace(both, mql_at=np.array([end - 1, end]), decided_at=np.array([end, end]))

    came = outcome(index, DEMO, DEMO, predicted, END, 2, both)

    assert came.handed_over == 1
    assert (came.acceptance.successes, came.acceptance.trials) == (0, 1)


def test_who_was_drawn_below_the_line_is_not_what_the_definition_brought() -> None:
    index = HitIndex(history_of([*OLD_WEEKS, *NEW_WEEKS]))
    predicted = predicted_by(index, DEMO, DEMO, handed(index, END))
    decided = [(28, Decision.ACCEPTED), (30, Decision.REJECTED), (31, Decision.REJECTED)]
    drawn = replace(handed(index, END + 2 * WEEK, *decided), below_line=np.array([False, False, True]))

    came = outcome(index, DEMO, DEMO, predicted, END, 2, drawn)

    assert came.handed_over == 2
    assert (came.acceptance.successes, came.acceptance.trials) == (1, 2)


def test_hand_offs_as_of_another_instant_are_refused() -> None:
    index = HitIndex(history_of(OLD_WEEKS))
    predicted = predicted_by(index, DEMO, DEMO, handed(index, END))

    with pytest.raises(ValueError, match="the hand-offs are as of 2026-03-30T00:00:00Z"):
        outcome(index, DEMO, DEMO, predicted, END, 2, handed(index, END))


def test_an_outcome_is_looked_at_when_its_weeks_have_passed() -> None:
    assert checks_due(START, START + 2 * WEEK - 1) == ()
    assert checks_due(START, START + 2 * WEEK) == ((2, START + 2 * WEEK),)
    assert [weeks for weeks, _ in checks_due(START, START + 8 * WEEK)] == [2, 4, 8]
