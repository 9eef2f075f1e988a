"""The Review page's figures: what is drawn, and what is said to those who do not see it."""

from datetime import date, timedelta

import plotly.graph_objects as go
import pytest

from lib.charts.language import ACCEPTED, CLOSED, OPEN, REJECTED, Chart
from lib.charts.review import conversion_by_cohort, cost, funnel, goal_pace, trend, who_does_not_close
from lib.core.funnel.costs import ChannelCost
from lib.core.statistics.rates import Comparison, Rate, Verdict
from lib.core.time.periods import By

WEEKS = [date(2026, 3, 2) + timedelta(weeks=n) for n in range(3)]
MONTHS = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
DAYS = [date(2026, 9, day) for day in range(1, 31)]
EVEN = [float(n + 1) for n in range(len(DAYS))]

STEPS = ["Leads", "MQL", "SAL", "SQL", "Won"]
COUNTS = [10_000, 2_000, 1_000, 300, 6]
STEP_RATES = [
    Rate(10_000, 10_000, 0.999, 1.0),
    Rate(2_000, 10_000, 0.19, 0.21),
    Rate(1_000, 2_000, 0.48, 0.52),
    Rate(300, 1_000, 0.27, 0.33),
    Rate(6, 300, 0.01, 0.04),
]

WITHIN = {
    30: [Rate(10, 100, 0.06, 0.17), Rate(12, 100, 0.07, 0.2), Rate(2, 100, 0.01, 0.07)],
    60: [Rate(20, 100, 0.13, 0.29), Rate(14, 100, 0.09, 0.22), Rate(2, 100, 0.01, 0.07)],
}
MATURE = {30: [True, True, False], 60: [True, False, False]}

COSTS = [
    ChannelCost("event", 90_000.0, 5_000, 1_000, 400, 120, 10, 180_000.0, 0),
    ChannelCost("inbound", 40_000.0, 9_000, 2_000, 800, 100, 0, 0.0, 0),
    ChannelCost(None, 0.0, 300, 50, 20, 3, 1, 900.0, 0),
]


def test_the_funnel_has_counts_on_the_left_and_the_share_of_the_step_before_on_the_right() -> None:
    _, bars, dots = funnel(STEPS, COUNTS, STEP_RATES).figure.data

    assert list(bars.x) == COUNTS
    assert list(bars.text) == ["10,000", "2,000", "1,000", "300", "6"]
    assert (dots.xaxis, list(dots.y), list(dots.x)) == ("x2", [1, 2, 3, 4], [20, 50, 30, 2])


def test_the_first_step_of_the_funnel_is_a_share_of_nothing() -> None:
    notes = funnel(STEPS, COUNTS, STEP_RATES).figure.layout.yaxis2.ticktext

    assert list(notes)[:2] == ["", "20 % (2,000 of 10,000)"]


def test_the_finding_of_the_funnel_says_each_step_with_its_counts() -> None:
    assert funnel(STEPS[:3], COUNTS[:3], STEP_RATES[:3]).alt == (
        "Leads: 10,000. MQL: 20 % (2,000 of 10,000) of the step before. SAL: 50 % (1,000 of 2,000) of the step before."
    )


def test_a_week_is_stacked_from_what_became_of_its_hand_overs() -> None:
    accepted, rejected, still_open, immature = trend(
        WEEKS, [10, 20, 12], [5, 9, 2], [5, 11, 4], [0, 0, 6], [0, 0, 0], [True, True, False]
    ).figure.data

    assert [list(bars.y) for bars in (accepted, rejected, still_open)] == [[5, 9, 2], [5, 11, 4], [0, 0, 6]]
    assert [bars.marker.color for bars in (accepted, rejected, still_open)] == [ACCEPTED, REJECTED, OPEN]
    assert list(accepted.customdata) == [10, 20, 12]
    assert (immature.name, list(immature.x)) == ("immature", [WEEKS[2]])


def test_the_finding_of_the_trend_says_the_whole_the_latest_and_what_is_immature() -> None:
    drawn = trend(WEEKS, [10, 20, 12], [5, 9, 2], [5, 11, 4], [0, 0, 6], [0, 0, 0], [True, True, False])

    assert drawn.alt == (
        "42 MQLs in 3 weeks from 2 March 2026: 16 accepted, 20 rejected, 6 still open. "
        "In the week of 16 March 2026, 12: 2 accepted, 4 rejected, 6 still open. "
        "The week of 16 March 2026 is immature."
    )


def test_what_was_closed_undecided_is_on_top_and_said() -> None:
    drawn = trend(WEEKS, [10, 20, 12], [5, 8, 2], [5, 11, 4], [0, 0, 6], [0, 1, 0], [True, True, False])

    assert [list(bars.y) for bars in drawn.figure.data[:4]] == [[5, 8, 2], [5, 11, 4], [0, 0, 6], [0, 1, 0]]
    assert (drawn.figure.data[3].name, drawn.figure.data[3].marker.color) == ("closed undecided", CLOSED)
    assert "15 accepted, 20 rejected, 6 still open, 1 closed undecided." in drawn.alt


def test_a_trend_by_month_has_bars_of_a_months_width() -> None:
    drawn = trend(MONTHS, [1, 1, 1], [1, 1, 1], [0, 0, 0], [0, 0, 0], [0, 0, 0], [True] * 3, By.MONTH).figure

    assert drawn.data[0].width == pytest.approx(0.8 * 30 * 86_400_000)
    assert drawn.layout.xaxis.hoverformat == "%B %Y"


def test_each_horizon_has_its_own_maturity() -> None:
    thirty, sixty, hatching = conversion_by_cohort(WEEKS, WITHIN, MATURE).figure.data

    assert list(thirty.y) == [10, 12, 2]
    assert list(thirty.marker.symbol) == ["circle", "circle", "circle-open"]
    assert list(sixty.marker.symbol) == ["square", "square-open", "square-open"]
    assert list(hatching.x) == [WEEKS[2]]


def test_the_finding_of_the_conversion_counts_mature_cohorts_only() -> None:
    assert conversion_by_cohort(WEEKS, WITHIN, MATURE).alt == (
        "Within 30 days 11 % (22 of 200) in the 2 mature weeks. Within 60 days 20 % (20 of 100) in the 1 mature week."
    )


def test_a_horizon_no_cohort_is_old_enough_for_says_so() -> None:
    drawn = conversion_by_cohort(WEEKS, {90: WITHIN[60]}, {90: [False] * 3})

    assert drawn.alt == "No week is mature for 90 days."


def test_counts_too_few_for_a_rate_are_drawn_once_for_all_horizons() -> None:
    few = [Rate(1, 5, None, None)] * 3
    names = [trace.name for trace in conversion_by_cohort(WEEKS, {30: few, 60: few}, MATURE).figure.data]

    assert names == ["within 30 days", "within 60 days", "too few for a rate", "immature"]


def test_each_steps_cost_is_on_its_own_scale() -> None:
    mql, sal, sql, won = cost(COSTS).figure.data

    assert [bars.xaxis for bars in (mql, sal, sql, won)] == ["x", "x2", "x3", "x4"]
    assert list(mql.text) == ["90", "20", "no cost"]
    assert list(sql.text) == ["750", "400", "no cost"]
    assert list(won.text) == ["9,000", "no win", "no cost"]


def test_the_finding_of_the_costs_names_the_cheapest_and_the_dearest_whose_cost_is_known() -> None:
    said = cost(COSTS).alt

    assert said.startswith("One MQL costs from 20 (inbound) to 90 (event).")
    assert said.endswith("One win costs 9,000 (event).")


def test_a_channel_without_a_name_is_called_unknown() -> None:
    assert list(cost(COSTS).figure.layout.yaxis.ticktext) == ["event", "inbound", "unknown"]


def test_who_does_not_close_stand_below_all_together() -> None:
    comparison = Comparison(Rate(2, 80, 0.01, 0.09), Rate(60, 200, 0.24, 0.37), 0.001, Verdict.LOWER)

    drawn = who_does_not_close(["Trade fair"], [comparison], Rate(62, 280, 0.18, 0.27), "sources")

    assert drawn.figure.data[1].name == "really lower"
    assert "Trade fair is lower with 2 % (2 of 80)" in drawn.alt


def test_the_needed_pace_leads_from_today_to_the_goal_on_the_last_day() -> None:
    reached, even, needed = goal_pace(DAYS, [10, 20, 30], EVEN, 300, 10.0).figure.data

    assert (list(reached.x), list(reached.y)) == (DAYS[:3], [10, 20, 30])
    assert (even.y[2], even.y[-1]) == (30, 300)
    assert (needed.x[0], needed.y[0], needed.x[-1], needed.y[-1]) == (DAYS[2], 30, DAYS[-1], 300)


def test_the_usual_and_the_needed_pace_rise_as_the_weekdays_bring() -> None:
    # The second day brings three times what the first does, the third nothing.
    _, usual, needed = goal_pace(DAYS[:4], [10, 20], [0.8, 3.2, 3.2, 4.0], 40, 25.0).figure.data

    assert list(usual.y) == pytest.approx([8, 32, 32, 40])
    assert list(needed.y) == pytest.approx([20, 20, 40])


def test_the_finding_of_the_goal_says_what_each_day_left_must_bring() -> None:
    assert goal_pace(DAYS, [10, 20, 24], EVEN, 300, 10.2).alt == (
        "By 3 September 2026, 24 MQLs of 300, 8 %. 10.2 an average day are needed for the rest of the month."
    )


def test_a_goal_exactly_reached_needs_no_more() -> None:
    drawn = goal_pace(DAYS, [100, 300], EVEN, 300, 0.0)

    assert [trace.name for trace in drawn.figure.data] == ["reached", "usual pace"]
    assert drawn.alt.endswith("The goal is reached.")


def test_a_goal_missed_when_the_month_is_over_says_by_how_much() -> None:
    drawn = goal_pace(DAYS, [8 * day for day in range(1, 31)], EVEN, 300, None)

    assert len(drawn.figure.data) == 2
    assert drawn.alt.endswith("The month is over; 60 are missing.")


def every_figure() -> list[Chart]:
    return [
        funnel(STEPS, COUNTS, STEP_RATES),
        trend(WEEKS, [10, 20, 12], [5, 9, 2], [5, 11, 4], [0, 0, 6], [0, 0, 0], [True, True, False]),
        conversion_by_cohort(WEEKS, WITHIN, MATURE),
        cost(COSTS),
        who_does_not_close(
            ["A"],
            [Comparison(Rate(2, 80, 0.01, 0.09), Rate(1, 9, None, None), None, Verdict.NOISE)],
            STEP_RATES[1],
            "sources",
        ),
        goal_pace(DAYS, [10, 20], EVEN, 300, 10.0),
    ]


def every_empty_figure() -> list[Chart]:
    nothing = Rate(0, 0, None, None)
    return [
        funnel(STEPS, [0] * 5, [nothing] * 5),
        trend([], [], [], [], [], [], []),
        conversion_by_cohort([], {30: [], 60: []}, {30: [], 60: []}),
        cost([]),
        who_does_not_close([], [], nothing, "sources"),
        goal_pace(DAYS, [], EVEN, 300, 10.0),
    ]


@pytest.mark.parametrize("drawn", [*every_figure(), *every_empty_figure()], ids=lambda drawn: drawn.alt[:40])
def test_every_figure_is_one_that_plotly_accepts(drawn: Chart) -> None:
    # A figure is drawn unchecked for speed; this checks every name and value in it.
    assert go.Figure(drawn.figure.to_dict()).layout.title.text.endswith("?")


@pytest.mark.parametrize("drawn", every_empty_figure(), ids=lambda drawn: drawn.alt)
def test_an_empty_figure_says_so_inside_its_frame(drawn: Chart) -> None:
    assert not drawn.figure.data
    assert f"{drawn.figure.layout.annotations[0].text}." == drawn.alt
