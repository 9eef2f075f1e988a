"""The funnel's figures against small cases worked out by hand, each boundary its own, and what holds for any data."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.tools import exact
from lib.core.arrays import NEVER, Column
from lib.core.definition.criteria import Category, Criterion, Definition, FieldCondition, FieldMatch, TextTest
from lib.core.funnel.cohorts import cohorts, funnel, period_conversion, waiting
from lib.core.funnel.costs import LeadTotal, Spend, costs
from lib.core.funnel.differences import Metric, calibration, changes, closing, closing_by_deed, standings
from lib.core.funnel.goals import goal_progress
from lib.core.funnel.lost import Loss, LostFor, lost_for
from lib.core.funnel.rejections import criteria_by_reason, criteria_in_decisions, rejections
from lib.core.funnel.report import report
from lib.core.handoffs.choosing import (
    BLANK,
    Became,
    Filter,
    Group,
    behind,
    chosen,
    group_of,
    score_bands,
    title_levels,
)
from lib.core.handoffs.cycles.order import Event
from lib.core.handoffs.cycles.plain import Cycle, derive
from lib.core.handoffs.events import EVENT_KINDS
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.leads.history import Lead, history_of
from lib.core.statistics.rates import Verdict, rate
from lib.core.time.clock import parse_instant
from lib.core.time.periods import By, periods
from lib.core.time.window import Window

MADRID = ZoneInfo("Europe/Madrid")
DAY = 86_400_000_000
HOUR = DAY // 24
AS_OF = parse_instant("2026-06-01", MADRID)


def at(text: str) -> int:
    return parse_instant(text, MADRID)


def handed(mql_at: str, **known: Any) -> dict[str, Any]:
    """One hand-off: instants as text, the decision by what is given."""
    return {"mql_at": mql_at, **known}


def handoffs(*rows: dict[str, Any], as_of: int = AS_OF) -> Handoffs:
    """Hand-offs in the order given; each of a lead of its own unless `lead_id` says otherwise."""

    def instants(name: str) -> np.ndarray:
        values = [row.get(name) for row in rows]
        return np.array([NEVER if v is None else at(v) if isinstance(v, str) else v for v in values], dtype=np.int64)

    def column(name: str) -> Column:
        return Column.of(pa.array([row.get(name) for row in rows], pa.string()))

    def numbers(name: str) -> np.ndarray:
        return np.array([row.get(name, np.nan) for row in rows], dtype=np.float64)

    def latest(name: str, at: np.ndarray) -> np.ndarray:
        """When it was at the latest: then, unless a row says that only its day is known."""
        return np.where(instants(name) == NEVER, at, instants(name))

    decided_at = np.minimum(instants("accepted_at"), instants("rejected_at"))
    decision = [
        Decision.ACCEPTED if "accepted_at" in row else Decision.REJECTED if "rejected_at" in row else Decision.OPEN
        for row in rows
    ]
    return exact.handoffs(
        as_of=as_of,
        lead_id=pa.array([row.get("lead_id", f"lead-{n}") for n, row in enumerate(rows)], pa.string()),
        cycle=np.array([row.get("cycle", 1) for row in rows], dtype=np.int32),
        mql_at=instants("mql_at"),
        assigned_at=instants("assigned_at"),
        first_touch_at=instants("first_touch_at"),
        decided_at=decided_at,
        decided_until=latest("decided_until", decided_at),
        mql_until=latest("mql_until", instants("mql_at")),
        closed_at=instants("closed_at"),
        owner_since=latest("owner_since", instants("assigned_at")),
        first_owner=Column.of(pa.array([row.get("first_owner", row.get("owner")) for row in rows], pa.string())),
        decision=np.array(decision, dtype=np.int8),
        reason=column("reason"),
        sql_at=instants("sql_at"),
        opportunity_at=instants("opportunity_at"),
        won_at=instants("won_at"),
        lost_at=instants("lost_at"),
        amount=numbers("amount"),
        owner=column("owner"),
        channel=column("channel"),
        source=column("source"),
        score=numbers("score"),
        definition_version=np.ones(len(rows), dtype=np.int32),
        lead_created_at=instants("created_at"),
        due_at=instants("due_at"),
        below_line=np.array([row.get("below_line", False) for row in rows], dtype=np.bool_),
    )


def accepted(mql_at: str, **known: Any) -> dict[str, Any]:
    return handed(mql_at, accepted_at=at(mql_at) + HOUR, **known)


def rejected(mql_at: str, reason: str | None = "no_reply", **known: Any) -> dict[str, Any]:
    return handed(mql_at, rejected_at=at(mql_at) + HOUR, reason=reason, **known)


def won(mql_at: str, amount: float | None, **known: Any) -> dict[str, Any]:
    paid = {} if amount is None else {"amount": amount}
    return accepted(mql_at, sql_at=at(mql_at) + DAY, won_at=at(mql_at) + 2 * DAY, **paid, **known)


SPRING = Window(date(2026, 3, 1), date(2026, 6, 1), "Europe/Madrid")
MARCH = Window(date(2026, 3, 1), date(2026, 4, 1), "Europe/Madrid")


# Periods.


def test_a_hand_off_at_midnight_belongs_to_the_month_that_begins() -> None:
    found = cohorts(handoffs(handed("2026-04-01"), handed("2026-03-31T21:59:59.999999Z")), SPRING, By.MONTH)

    assert [(one.period, one.handoffs) for one in found] == [
        (date(2026, 3, 1), 1),
        (date(2026, 4, 1), 1),
        (date(2026, 5, 1), 0),
    ]


def test_a_week_begins_on_monday_in_the_reporting_time_zone() -> None:
    # Sunday 23:30 UTC is Monday 00:30 in Madrid.
    found = cohorts(handoffs(handed("2026-03-08T23:30:00Z")), MARCH, By.WEEK)

    assert [one.period for one in found if one.handoffs] == [date(2026, 3, 9)]


def test_the_window_ends_before_its_last_day() -> None:
    some = handoffs(handed("2026-03-31T21:59:59Z"), handed("2026-03-31T22:00:00Z"))

    assert [one.handoffs for one in cohorts(some, MARCH, By.WINDOW)] == [1]


def test_a_period_the_window_cuts_is_called_partial() -> None:
    split = periods(Window(date(2026, 3, 10), date(2026, 5, 1), "Europe/Madrid"), By.MONTH, AS_OF)

    assert split.first_days == (date(2026, 3, 1), date(2026, 4, 1))
    assert split.partial == (True, False)


def test_a_period_that_has_not_begun_is_not_listed() -> None:
    some = handoffs(handed("2026-03-10"), as_of=at("2026-04-01") - 1)

    assert [one.period for one in cohorts(some, SPRING, By.MONTH)] == [date(2026, 3, 1)]
    assert cohorts(some, Window(date(2027, 1, 1), date(2027, 2, 1), "Europe/Madrid"), By.MONTH) == ()


# Cohorts.


def test_open_is_neither_accepted_nor_rejected() -> None:
    one = cohorts(handoffs(accepted("2026-03-02"), rejected("2026-03-02"), handed("2026-03-02")), MARCH, By.MONTH)[0]

    assert (one.handoffs, one.accepted, one.rejected, one.open) == (3, 1, 1, 1)


def test_acceptance_is_of_all_hand_offs_and_beside_it_of_those_decided() -> None:
    some = [accepted("2026-03-02")] * 6 + [rejected("2026-03-02")] * 4 + [handed("2026-03-02")] * 10
    one = cohorts(handoffs(*some), MARCH, By.MONTH)[0]

    assert one.acceptance == rate(6, 20)
    assert one.of_decided == rate(6, 10)
    assert one.efficiency.share == 0.0


def test_with_nine_decided_the_counts_stand_alone() -> None:
    some = [accepted("2026-03-02")] * 6 + [rejected("2026-03-02")] * 3 + [handed("2026-03-02")] * 10
    one = cohorts(handoffs(*some), MARCH, By.MONTH)[0]

    assert (one.acceptance.share, one.acceptance.low95, one.of_decided.share) == (None, None, None)
    assert (one.acceptance.successes, one.acceptance.trials) == (6, 19)


def test_an_open_hand_off_is_past_due_after_its_deadline_not_at_it() -> None:
    some = handoffs(
        handed("2026-03-02", due_at=AS_OF),
        handed("2026-03-02", due_at=AS_OF - 1),
        handed("2026-03-02"),
        accepted("2026-03-02", due_at=AS_OF - 1),
    )

    one = cohorts(some, MARCH, By.MONTH)[0]

    assert (one.open, one.open_past_due) == (3, 1)


def test_an_sql_exactly_thirty_days_after_the_hand_over_is_within_thirty_days() -> None:
    handed_at = at("2026-03-02")
    some = handoffs(
        accepted("2026-03-02", sql_at=handed_at + 30 * DAY), accepted("2026-03-02", sql_at=handed_at + 30 * DAY + 1)
    )

    one = cohorts(some, MARCH, By.MONTH)[0]

    assert [within.successes for within in one.sql_within] == [1, 2, 2]
    assert one.sql == 2


def test_an_sql_exactly_ninety_days_after_the_hand_over_is_within_ninety_days_and_no_later_one_is() -> None:
    handed_at = at("2026-03-02")
    some = handoffs(
        accepted("2026-03-02", sql_at=handed_at + 90 * DAY), accepted("2026-03-02", sql_at=handed_at + 90 * DAY + 1)
    )

    one = cohorts(some, MARCH, By.MONTH)[0]

    assert [within.successes for within in one.sql_within] == [0, 0, 1]
    assert one.sql == 2


def test_a_cohort_is_mature_when_its_periods_end_and_the_horizon_have_passed() -> None:
    end = at("2026-04-01")

    just = cohorts(handoffs(handed("2026-03-02"), as_of=end + 30 * DAY), MARCH, By.MONTH)[0]
    not_yet = cohorts(handoffs(handed("2026-03-02"), as_of=end + 30 * DAY - 1), MARCH, By.MONTH)[0]

    assert just.mature == (True, False, False)
    assert not_yet.mature == (False, False, False)


def test_a_month_the_window_cuts_matures_with_the_month() -> None:
    window = Window(date(2026, 3, 1), date(2026, 3, 15), "Europe/Madrid")
    some = handoffs(handed("2026-03-02"), as_of=at("2026-03-15") + 30 * DAY)

    assert cohorts(some, window, By.MONTH)[0].mature[0] is False


def test_won_amounts_are_added_and_unknown_ones_are_nothing() -> None:
    some = handoffs(
        accepted("2026-03-02", won_at="2026-03-09", amount=0.1),
        accepted("2026-03-02", won_at="2026-03-09", amount=0.2),
        accepted("2026-03-02", won_at="2026-03-09"),
        accepted("2026-03-02", amount=1000.0),
    )

    one = cohorts(some, MARCH, By.MONTH)[0]

    assert (one.won, one.won_amount) == (3, 0.3)


def test_groups_without_a_hand_off_in_a_period_are_not_listed_and_the_blank_one_is_last() -> None:
    some = handoffs(
        handed("2026-03-02"), handed("2026-03-02", channel="web"), handed("2026-04-02", channel="event")
    )  # fmt: skip

    found = cohorts(some, SPRING, By.MONTH, some.channel)

    assert [(one.period.month, one.group, one.handoffs) for one in found] == [
        (3, "web", 1),
        (3, None, 1),
        (4, "event", 1),
    ]


def test_events_of_a_period_count_whenever_their_lead_was_handed_over() -> None:
    some = handoffs(
        handed("2026-02-20", accepted_at="2026-03-02", sql_at="2026-03-31T21:59:59Z", won_at="2026-04-02"),
        handed("2026-03-20", rejected_at="2026-04-01"),
    )

    (march,) = period_conversion(some, MARCH, By.MONTH)

    assert (march.mql, march.decided, march.sal, march.rejected, march.sql, march.won) == (1, 1, 1, 0, 1, 0)


def test_the_funnel_counts_a_lead_once_however_often_it_is_handed_over() -> None:
    some = handoffs(
        rejected("2026-03-02", lead_id="a", created_at="2026-03-01"),
        accepted("2026-03-20", lead_id="a", cycle=2, created_at="2026-03-01", sql_at="2026-03-25"),
        accepted("2026-03-20", lead_id="b", created_at="2026-02-28T22:59:59Z"),
    )

    steps = funnel(some, MARCH, leads_created=20)

    assert [(one.name, one.count) for one in steps] == [("lead", 20), ("mql", 1), ("sal", 1), ("sql", 1), ("won", 0)]
    assert steps[1].of_previous == rate(1, 20)


def test_who_waited_a_week_ago_is_known_today() -> None:
    some = handoffs(
        handed("2026-03-02", accepted_at="2026-03-10", due_at="2026-03-03"),
        handed("2026-03-02", due_at="2026-03-20"),
        handed("2026-03-09"),
    )

    then, now = waiting(some, at("2026-03-08")), waiting(some)

    assert (then.open, then.past_due) == (2, 1)
    assert (now.open, now.past_due) == (2, 1)


def test_who_is_due_at_the_very_instant_looked_at_is_not_past_due_yet() -> None:
    some = handoffs(handed("2026-03-02", due_at="2026-03-08"), handed("2026-03-02", due_at=AS_OF))

    assert waiting(some, at("2026-03-08")).past_due == 0
    assert waiting(some, at("2026-03-08") + 1).past_due == 1
    assert waiting(some).past_due == 1


# Rejections.


def test_rejections_are_by_reason_the_most_frequent_first_and_blank_is_kept() -> None:
    some = handoffs(
        rejected("2026-03-02", "no_budget"), rejected("2026-03-03", "no_budget"), rejected("2026-03-03", None)
    )  # fmt: skip

    found = rejections(some, MARCH)

    assert [(one.reason, one.handoffs) for one in found] == [("no_budget", 2), (None, 1)]
    assert found[0].of_rejected == rate(2, 3)


def test_criteria_are_set_against_those_of_accepted_leads() -> None:
    rows = [rejected("2026-03-02", "no_budget")] * 40 + [accepted("2026-03-02")] * 40
    points = np.zeros((80, 2))
    points[:30, 0] = 15.0
    points[40:50, 0] = 5.0
    points[:, 1] = 10.0

    webinar, title = criteria_in_decisions(handoffs(*rows), ("webinar", "title"), points)

    assert webinar.comparison.rate == rate(30, 40)
    assert webinar.comparison.verdict is Verdict.HIGHER
    assert webinar.times_as_often == 3.0
    assert (webinar.rejected_points, webinar.accepted_points) == (11.25, 1.25)
    assert title.comparison.verdict is not Verdict.HIGHER
    assert criteria_by_reason(handoffs(*rows), ("webinar", "title"), points) == {
        "no_budget": (rate(30, 40), rate(40, 40))
    }


# Groups.


def test_a_score_lies_in_the_band_that_begins_at_it() -> None:
    some = handoffs(*(handed("2026-03-02", score=score) for score in (60, 69, 70)), handed("2026-03-02"))

    bands = score_bands(some)

    assert [bands.text(row) for row in range(4)] == ["60 to 69", "60 to 69", "70 to 79", None]


def test_more_points_that_mean_more_acceptance_are_seen_in_the_calibration() -> None:
    low = [rejected("2026-03-02", score=55)] * 15 + [accepted("2026-03-02", score=56)] * 5
    high = [rejected("2026-03-02", score=75)] * 5 + [accepted("2026-03-02", score=76)] * 15

    found = calibration(handoffs(*low, *high), MARCH)

    assert [(one.cohort.group, one.comparison.rate.share) for one in found.bands] == [
        ("50 to 59", 0.25),
        ("70 to 79", 0.75),
    ]
    assert found.separation.share == pytest.approx((15 * 15 + 15 * 5 + 5 * 15) / (20 * 20))


def titled(title: str | None) -> Lead:
    return Lead(f"lead-{title}", at("2026-03-01"), {"title": title})


def test_a_title_has_the_label_of_the_first_criterion_that_asks_for_it() -> None:
    def asks(label: str, field: str, word: str) -> Criterion:
        match = FieldMatch("one", (FieldCondition(field, (TextTest("has_word", (word,)),)),))
        return Criterion(label, label, Category.PROFILE, 5, match)

    definition = Definition(
        "d", 1, (asks("Acme", "company", "acme"), asks("Decides", "title", "ceo"), asks("Leads", "title", "team"))
    )
    history = history_of([titled("CEO"), titled("CEO, team"), titled("Team lead"), titled("Clerk"), titled(None)])
    some = handoffs(
        *(handed("2026-03-02", lead_id=f"lead-{t}") for t in ("CEO", "CEO, team", "Team lead", "Clerk", None))
    )

    levels = title_levels(some, history, definition)

    assert [levels.text(row) for row in range(5)] == ["Decides", "Decides", "Leads", "Other titles", None]


def test_a_group_sales_really_refuses_more_often_is_told_from_noise() -> None:
    rows = [
        *[rejected("2026-03-02", source="webinar")] * 80,
        *[accepted("2026-03-02", source="webinar")] * 20,
        *[rejected("2026-03-02", source="search")] * 50,
        *[accepted("2026-03-02", source="search")] * 50,
        *[rejected("2026-03-02", source="fair")] * 9,
    ]
    some = handoffs(*rows)

    found = {one.cohort.group: one.comparison.verdict for one in standings(some, MARCH, some.source)}

    assert found == {"webinar": Verdict.LOWER, "search": Verdict.HIGHER, "fair": Verdict.TOO_FEW}


def test_sources_whose_sqls_do_not_close_are_named_and_young_sqls_are_not_held_against_them() -> None:
    old, young = "2026-03-02", AS_OF - 90 * DAY + 1
    rows = [
        *[accepted("2026-03-01", source="fair", sql_at=old)] * 40,
        *[accepted("2026-03-01", source="search", sql_at=old)] * 20,
        *[accepted("2026-03-01", source="search", sql_at=old, won_at="2026-03-20")] * 20,
        *[accepted("2026-03-01", source="search", sql_at=young)] * 50,
    ]
    some = handoffs(*rows)

    fair, search = closing(some, SPRING, some.source)

    assert (fair.group, fair.comparison.verdict) == ("fair", Verdict.LOWER)
    assert (search.comparison.rate.successes, search.comparison.rate.trials) == (20, 40)


def test_deeds_whose_sqls_do_not_close_are_named_each_against_the_sqls_without_it() -> None:
    old = "2026-03-02"
    rows = [
        *[accepted("2026-03-01", sql_at=old)] * 40,
        *[accepted("2026-03-01", sql_at=old, won_at="2026-03-20")] * 20,
        *[accepted("2026-03-01", sql_at=old)] * 20,
        *[accepted("2026-03-01", sql_at=AS_OF - 90 * DAY + 1)] * 50,
    ]
    points = np.zeros((len(rows), 2))
    points[:40, 0] = 5.0
    points[::2, 1] = -5.0

    webinar, visited = closing_by_deed(handoffs(*rows), ("webinar", "visited"), points)

    assert (webinar.group, webinar.comparison.verdict) == ("webinar", Verdict.LOWER)
    assert (webinar.comparison.rate.successes, webinar.comparison.rate.trials) == (0, 40)
    assert (webinar.comparison.other.successes, webinar.comparison.other.trials) == (20, 40)
    assert (visited.group, visited.comparison.verdict) == ("visited", Verdict.NOISE)


def test_the_blank_group_is_counted_and_not_compared() -> None:
    some = handoffs(
        *[accepted("2026-03-02", source="fair")] * 50,
        *[rejected("2026-03-02", source="search")] * 50,
        *[rejected("2026-03-02")] * 50,
    )

    fair, search, blank = standings(some, MARCH, some.source)

    assert (fair.comparison.verdict, search.comparison.verdict) == (Verdict.HIGHER, Verdict.LOWER)
    assert (blank.cohort.group, blank.cohort.handoffs) == (None, 50)
    assert (blank.comparison.p_value, blank.comparison.verdict) == (None, Verdict.TOO_FEW)
    # It is part of whom the others are compared with.
    assert fair.comparison.other.trials == 100


def weeks_before(end: date, each: Callable[[str], list[dict[str, Any]]], weeks: int = 26) -> list[dict[str, Any]]:
    """So many weeks of the same hand-offs, made of a Tuesday, before a Monday."""
    days = [end - timedelta(weeks=n) + timedelta(days=1) for n in range(weeks, 0, -1)]
    return [row for day in days for row in each(day.isoformat())]


def test_what_changed_names_the_group_and_leaves_noise_out() -> None:
    before = Window(date(2026, 3, 2), date(2026, 3, 9), "Europe/Madrid")
    after = Window(date(2026, 3, 9), date(2026, 3, 16), "Europe/Madrid")
    rows = [
        *weeks_before(
            before.start, lambda day: [handed(day, channel="web")] * 40 + [handed(day, channel="event")] * 40
        ),
        *[accepted("2026-03-03", channel="web")] * 40,
        *[accepted("2026-03-03", channel="event")] * 40,
        *[rejected("2026-03-10", channel="web")] * 40,
        *[accepted("2026-03-10", channel="event")] * 40,
    ]

    found = changes(handoffs(*rows), before, after, (Group.CHANNEL,))

    volume, acceptance, sqls, wins = found[:4]
    assert (volume.metric, volume.before, volume.after, volume.verdict) == (Metric.MQL, 80, 80, Verdict.NOISE)
    assert (acceptance.before, acceptance.after) == (rate(80, 80), rate(40, 80))
    assert acceptance.verdict is Verdict.LOWER
    assert (sqls.verdict, wins.verdict) == (Verdict.TOO_FEW, Verdict.TOO_FEW)
    assert [(one.grouping, one.group, one.verdict) for one in found[4:]] == [(Group.CHANNEL, "web", Verdict.LOWER)]


def test_half_a_week_is_set_against_a_week_by_its_length() -> None:
    before = Window(date(2026, 3, 2), date(2026, 3, 9), "Europe/Madrid")
    after = Window(date(2026, 3, 9), date(2026, 3, 16), "Europe/Madrid")
    rows = weeks_before(before.start, lambda day: [handed(day)] * 40)
    rows += [handed("2026-03-03")] * 40 + [handed("2026-03-10")] * 20

    half = changes(handoffs(*rows, as_of=at("2026-03-12") + 12 * HOUR), before, after, ())[0]
    whole = changes(handoffs(*rows), before, after, ())[0]

    assert (half.verdict, whole.verdict) == (Verdict.NOISE, Verdict.LOWER)


def test_a_week_is_as_unusual_as_the_weeks_before_it_were_steady() -> None:
    before = Window(date(2026, 3, 2), date(2026, 3, 9), "Europe/Madrid")
    after = Window(date(2026, 3, 9), date(2026, 3, 16), "Europe/Madrid")
    two = [handed("2026-03-03")] * 60 + [handed("2026-03-10")] * 110
    steady = weeks_before(before.start, lambda day: [handed(day)] * 60)
    restless = weeks_before(before.start, lambda day: [handed(day)] * (20 if date.fromisoformat(day).day % 2 else 100))

    found = [changes(handoffs(*weeks, *two), before, after, ())[0].verdict for weeks in (steady, restless)]

    assert found == [Verdict.HIGHER, Verdict.NOISE]


def test_where_the_data_are_younger_than_eight_weeks_no_volume_is_called_real() -> None:
    before = Window(date(2026, 3, 2), date(2026, 3, 9), "Europe/Madrid")
    after = Window(date(2026, 3, 9), date(2026, 3, 16), "Europe/Madrid")
    two = [handed("2026-03-03")] * 40 + [handed("2026-03-10")] * 400

    seven, eight = (
        changes(handoffs(*weeks_before(before.start, lambda day: [handed(day)] * 40, weeks), *two), before, after, ())[
            0
        ].verdict
        for weeks in (7, 8)
    )

    # The week before is one of them; the first one began on a Tuesday, and is no whole week.
    assert (seven, eight) == (Verdict.TOO_FEW, Verdict.HIGHER)


# Filters.


def test_a_filter_takes_several_fields_and_the_blank() -> None:
    some = handoffs(
        handed("2026-03-02", channel="web", owner="olga"),
        handed("2026-03-02", channel="web"),
        handed("2026-03-02", owner="olga"),
    )

    assert len(chosen(some, Filter())) == 3
    assert chosen(some, Filter(channel="web", owner="olga")).lead_id.to_pylist() == ["lead-0"]
    assert chosen(some, Filter(channel="web", owner=BLANK)).lead_id.to_pylist() == ["lead-1"]
    assert chosen(some, Filter(channel=BLANK)).lead_id.to_pylist() == ["lead-2"]
    assert len(chosen(some, Filter(channel="nowhere"))) == 0


def test_the_leads_behind_a_bar_are_the_ones_it_counts_the_newest_first() -> None:
    some = handoffs(
        rejected("2026-03-02", "no_budget", channel="web"),
        rejected("2026-03-03", "no_budget", channel="web"),
        rejected("2026-03-03", "no_reply", channel="web"),
        rejected("2026-02-03", "no_budget", channel="web"),
        accepted("2026-03-03", channel="web", sql_at="2026-03-09"),
    )

    found = behind(some, MARCH, Became.REJECTED, [(some.channel, "web"), (some.reason, "no_budget")])

    assert found.lead_id.to_pylist() == ["lead-1", "lead-0"]
    assert behind(some, MARCH, Became.SQL).lead_id.to_pylist() == ["lead-4"]
    assert behind(some, MARCH, Became.OPEN).lead_id.to_pylist() == []


# Goals and costs.


def test_the_goal_says_what_each_day_left_must_bring() -> None:
    some = handoffs(*[handed("2026-03-02")] * 30, handed("2026-02-27"), as_of=at("2026-03-11"))

    progress = goal_progress(some, "mql", {date(2026, 3, 1): 100.0}, MADRID, ())

    assert progress is not None
    assert (progress.reached, progress.attainment, progress.elapsed_days) == (30, 0.3, 10.0)
    assert progress.pace_per_day == 3.0
    # The clocks go forward on 29 March: a day is a day, be it of 23 hours.
    assert progress.needed_per_day == pytest.approx(70 / 21)
    assert progress.expected == pytest.approx(30 + 3 * 21)


def test_a_goal_that_is_reached_asks_for_nothing_and_no_goal_is_none() -> None:
    some = handoffs(accepted("2026-03-02", sql_at="2026-03-04"), as_of=at("2026-03-11"))

    reached = {
        metric: goal_progress(some, metric, {date(2026, 3, 1): 1.0}, MADRID, ()) for metric in ("mql", "sal", "sql")
    }

    assert [one.needed_per_day for one in reached.values() if one] == [0.0, 0.0, 0.0]
    assert goal_progress(some, "mql", {date(2026, 4, 1): 1.0}, MADRID, ()) is None


def test_leads_drawn_below_the_line_count_for_no_goal() -> None:
    drawn = accepted("2026-03-02", sql_at="2026-03-04", below_line=True)
    some = handoffs(accepted("2026-03-02", sql_at="2026-03-04"), drawn, drawn, as_of=at("2026-03-11"))

    reached = [goal_progress(some, metric, {date(2026, 3, 1): 10.0}, MADRID, ()) for metric in ("mql", "sal", "sql")]

    assert [one.reached for one in reached if one] == [1, 1, 1]


def test_a_report_leaves_out_who_was_drawn_below_the_line_and_names_how_many() -> None:
    drawn = [rejected("2026-03-03", below_line=True)] * 3
    agreed = [accepted("2026-03-02"), rejected("2026-03-02")]
    earlier = rejected("2026-02-03", below_line=True)

    with_them = report(handoffs(*agreed, *drawn, earlier, as_of=at("2026-04-01")), MARCH, By.MONTH)
    without = report(handoffs(*agreed, as_of=at("2026-04-01")), MARCH, By.MONTH)

    assert with_them.as_json() == {**without.as_json(), "left_out_below_the_line": 3}
    assert "3 hand-offs drawn below the line, to learn, left out of all this" in with_them.as_text()
    assert "below the line" not in without.as_text()


def test_spend_counts_by_its_days_in_the_window_and_a_leads_cost_only_where_nothing_was_billed() -> None:
    window = Window(date(2026, 3, 1), date(2026, 4, 16), "Europe/Madrid")
    some = handoffs(accepted("2026-03-02", channel="web"), rejected("2026-04-02", channel="web"))
    spent = [
        Spend(date(2026, 3, 1), "web", "ads", 100.0),
        Spend(date(2026, 4, 1), "web", None, 60.0),
        Spend(date(2026, 5, 1), "web", None, 999.0),
    ]
    leads = [
        LeadTotal(date(2026, 3, 1), "web", "ads", 10, 70.0),
        LeadTotal(date(2026, 3, 1), "web", "blog", 5, 8.0),
        LeadTotal(date(2026, 4, 1), "web", "blog", 5, 9.0),
        LeadTotal(date(2026, 4, 1), "event", None, 1, 20.0),
    ]

    web, event = costs(some, window, spent, leads)

    assert (web.channel, web.cost, web.leads, web.mql, web.sal) == ("web", 100.0 + 30.0 + 8.0, 20, 2, 1)
    assert (web.per("mql"), web.per("sal"), web.per("sql")) == (69.0, 138.0, None)
    assert (event.cost, event.per("mql")) == (20.0, None)


def test_spend_of_days_to_come_is_not_spent_yet() -> None:
    some = handoffs(handed("2026-03-02", channel="web"), as_of=at("2026-03-15T12:00:00Z"))

    (web,) = costs(some, MARCH, [Spend(date(2026, 3, 1), "web", None, 31.0)], [])

    assert web.cost == 15.0


def test_what_a_channels_wins_brought_is_set_against_what_it_cost() -> None:
    some = handoffs(
        won("2026-03-02", 300.0, channel="web"),
        won("2026-03-03", None, channel="web"),
        won("2026-03-04", None, channel="event"),
    )
    spent = [Spend(date(2026, 3, 1), "web", None, 100.0), Spend(date(2026, 3, 1), "event", None, 50.0)]

    web, event = costs(some, MARCH, spent, [LeadTotal(date(2026, 3, 1), "web", None, 20, 0.0)])

    assert (web.won, web.won_amount, web.won_unknown, web.returned) == (2, 300.0, 1, 3.0)
    assert web.per("lead") == 5.0
    assert (event.won_unknown, event.returned) == (1, None)


def test_what_cost_nothing_has_no_return_and_what_won_nothing_returned_nothing() -> None:
    some = handoffs(won("2026-03-02", 300.0, channel="web"), rejected("2026-03-02", channel="event"))

    event, web = costs(some, MARCH, [Spend(date(2026, 3, 1), "event", None, 50.0)], [])

    assert (event.returned, web.returned) == (0.0, None)


def test_what_was_lost_is_counted_by_its_reason_with_what_it_was_worth() -> None:
    some = handoffs(
        accepted("2026-03-02", lead_id="a", lost_at=at("2026-03-09"), amount=100.0),
        accepted("2026-03-02", lead_id="b", lost_at=at("2026-03-09")),
        accepted("2026-03-02", lead_id="c", lost_at=at("2026-03-10"), amount=7.0),
        handed("2026-03-02", lead_id="d", lost_at=at("2026-03-10")),
        won("2026-03-20", 9.0, lead_id="e", lost_at=at("2026-03-10")),
        accepted("2026-04-02", lead_id="f", lost_at=at("2026-04-10")),
    )
    losses = [
        Loss("a", at("2026-03-09"), "price"),
        Loss("b", at("2026-03-09"), "price"),
        # The event of a day stands at its first instant, its place may be later.
        Loss("c", at("2026-03-01"), "of before"),
        Loss("c", at("2026-03-09"), "timing"),
        Loss("c", at("2026-03-11"), "of later"),
        Loss("e", at("2026-03-10"), "price"),
    ]

    assert lost_for(some, MARCH, losses) == (
        LostFor("price", 2, 100.0, 1),
        LostFor("timing", 1, 7.0, 0),
        LostFor(None, 1, 0.0, 1),
    )


# What holds for any data.

instants = st.integers(0, 70).map(lambda day: at("2026-03-01") + day * DAY + 7 * HOUR)
events = st.builds(
    Event,
    event_id=st.uuids(version=4).map(str),
    at=instants,
    kind=st.sampled_from([kind for kind in EVENT_KINDS if kind != "retracted"]),
    actor=st.sampled_from((None, "olga", "paul")),
    reason=st.sampled_from((None, "no_reply", "no_budget")),
    amount=st.sampled_from((None, 10.0)),
)
leads = st.lists(
    st.tuples(st.lists(events, max_size=8), st.sampled_from((None, "web", "event")), st.sampled_from((None, "ads"))),
    max_size=12,
)


def derived(of_leads: list[tuple[list[Event], str | None, str | None]], as_of: int) -> Handoffs:
    """The hand-offs that the reference derives from the leads' events."""
    rows = [
        row(cycle, f"lead-{n}", channel, source)
        for n, (some, channel, source) in enumerate(of_leads)
        for cycle in derive([*some, Event("opens", at("2026-03-01"), "mql")], as_of, ()).cycles
    ]
    return handoffs(*rows, as_of=as_of)


def row(cycle: Cycle, lead_id: str, channel: str | None, source: str | None) -> dict[str, Any]:
    steps = {name: getattr(cycle, name) for name in ("sql_at", "won_at", "lost_at", "closed_at")}
    decision = {} if cycle.decision is None else {f"{cycle.decision}_at": cycle.decided_at}
    known = {name: value for name, value in {**steps, **decision}.items() if value is not None}
    who = {"lead_id": lead_id, "channel": channel, "source": source, "owner": cycle.owner, "reason": cycle.reason}
    return {"mql_at": cycle.mql_at, "cycle": cycle.cycle, **known, **who}


COUNTS = ("handoffs", "accepted", "rejected", "open", "closed", "open_past_due", "sql", "won", "lost", "won_amount")


@given(leads, st.sampled_from(Group), st.sampled_from((By.WEEK, By.MONTH)))
def test_counts_add_up_across_any_grouping(of_leads: Any, grouping: Group, by: By) -> None:
    some = derived(of_leads, AS_OF)
    whole = {one.period: one for one in cohorts(some, SPRING, by)}

    parts = cohorts(some, SPRING, by, group_of(some, grouping))

    for period, one in whole.items():
        of_period = [part for part in parts if part.period == period]
        assert {name: sum(getattr(part, name) for part in of_period) for name in COUNTS} == {
            name: getattr(one, name) for name in COUNTS
        }
        assert one.accepted + one.rejected + one.open + one.closed == one.handoffs
        assert one.won <= one.sql <= one.accepted
    assert sum(one.handoffs for one in whole.values()) == len(some)
    assert sum(one.handoffs for one in rejections(some, SPRING)) == sum(one.rejected for one in whole.values())


@given(leads, instants)
def test_a_cohorts_figures_as_of_an_instant_ignore_everything_later(of_leads: Any, as_of: int) -> None:
    known_then = [([event for event in some if event.at <= as_of], *who) for some, *who in of_leads]

    assert (
        report(derived(of_leads, as_of), SPRING, By.WEEK, Group.CHANNEL).as_json()
        == report(derived(known_then, as_of), SPRING, By.WEEK, Group.CHANNEL).as_json()
    )


@given(leads, st.sampled_from(Became), st.sampled_from((None, "web", "event")))
def test_as_many_leads_are_behind_a_bar_as_it_counts(of_leads: Any, outcome: Became, channel: str | None) -> None:
    some = derived(of_leads, AS_OF)
    bars = {one.group: one for one in cohorts(some, SPRING, By.WINDOW, some.channel)}
    names = {Became.PAST_DUE: "open_past_due"}

    found = behind(some, SPRING, outcome, [(some.channel, channel)])

    assert len(found) == (getattr(bars[channel], names.get(outcome, outcome.value)) if channel in bars else 0)
