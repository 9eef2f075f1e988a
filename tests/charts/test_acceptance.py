"""The Acceptance page's figures: what is drawn, and what is said to those who do not see it."""

from datetime import date, timedelta

import plotly.graph_objects as go
import pytest

from lib.charts.acceptance import (
    acceptance_by_cohort,
    acceptance_by_group,
    calibration,
    criteria_of_rejected,
    reasons_over_time,
)
from lib.charts.language import ACCEPTED, AGREED, HUES, REJECTED, Chart
from lib.core.statistics.rates import Comparison, Rate, Verdict
from lib.core.time.periods import By

WEEKS = [date(2026, 3, 2) + timedelta(weeks=n) for n in range(3)]
RATES = [Rate(40, 100, 0.31, 0.5), Rate(60, 100, 0.5, 0.69), Rate(10, 50, 0.11, 0.33)]
NONE = Rate(0, 0, None, None)

CRITERIA = ["Stayed 30 minutes in a webinar", "Asked for a demo", "Came to us", "Free e-mail address", "Event"]
COMPARISONS = [
    Comparison(Rate(45, 100, 0.36, 0.55), Rate(20, 100, 0.13, 0.29), 0.001, Verdict.HIGHER),
    Comparison(Rate(10, 100, 0.06, 0.17), Rate(40, 100, 0.31, 0.5), 0.001, Verdict.LOWER),
    Comparison(Rate(50, 100, 0.4, 0.6), Rate(48, 100, 0.38, 0.58), 0.8, Verdict.NOISE),
    Comparison(Rate(12, 100, 0.07, 0.2), Rate(0, 100, 0.0, 0.04), 0.01, Verdict.HIGHER),
    Comparison(Rate(2, 5, None, None), Rate(3, 100, 0.01, 0.08), None, Verdict.TOO_FEW),
]


def test_acceptance_has_whiskers_and_hatches_immature_periods() -> None:
    line, hatching = acceptance_by_cohort(WEEKS, RATES, [True, True, False]).figure.data

    assert list(line.y) == pytest.approx([40, 60, 20])
    assert list(line.error_y.array) == pytest.approx([10, 9, 13])
    assert list(line.error_y.arrayminus) == pytest.approx([9, 10, 9])
    assert list(hatching.x) == [WEEKS[2]]


def test_the_finding_of_acceptance_counts_mature_cohorts_and_names_the_latest() -> None:
    assert acceptance_by_cohort(WEEKS, RATES, [True, True, False]).alt == (
        "Sales accepted 50 % (100 of 200) of the MQLs in 2 mature weeks. "
        "The latest mature one, the week of 9 March 2026, has 60 % (60 of 100). "
        "The week of 16 March 2026 is immature."
    )


def test_where_every_cohort_is_immature_no_rate_is_claimed() -> None:
    said = acceptance_by_cohort(WEEKS, RATES, [False] * 3, By.WEEK).alt

    assert said == "3 weeks from the week of 2 March 2026 are immature."


def test_groups_are_asked_about_by_their_name() -> None:
    drawn = acceptance_by_group(["Ana", "Ben"], COMPARISONS[:2], RATES[0], "owners")

    assert drawn.figure.layout.title.text == "Which owners does sales accept?"
    assert drawn.figure.layout.shapes[0].label.text == "all 40 %"


def test_reasons_are_stacked_in_the_order_given() -> None:
    budget, timing = reasons_over_time(WEEKS, {"No budget": [1, 2, 3], "Bad timing": [4, 5, 6]}).figure.data

    assert (budget.name, list(budget.y), budget.marker.color) == ("No budget", [1, 2, 3], HUES[0])
    assert (timing.name, list(timing.y), timing.marker.color) == ("Bad timing", [4, 5, 6], HUES[1])
    assert [row[1] for row in timing.customdata] == [5, 7, 9]


def test_the_finding_of_the_reasons_ranks_the_most_frequent() -> None:
    said = reasons_over_time(WEEKS, {"No budget": [1, 2, 3], "Bad timing": [4, 5, 6], "Other": [0, 0, 0]}).alt

    assert said == "21 rejected MQLs in 3 weeks. Most often: Bad timing (15, 71 %), No budget (6, 29 %)."


def test_more_reasons_than_colours_are_drawn_as_one_that_lists_them() -> None:
    counts = {f"reason {n}": [10 - n, 0, 0] for n in range(7)}

    drawn = reasons_over_time(WEEKS, counts).figure.data

    assert [trace.name for trace in drawn] == [*(f"reason {n}" for n in range(5)), "other reasons"]
    assert (drawn[5].marker.color, list(drawn[5].y)) == (AGREED, [9, 0, 0])
    assert drawn[5].customdata[0][2] == "<br>   reason 5 5<br>   reason 6 4"


def test_as_many_reasons_as_colours_are_all_drawn() -> None:
    counts = {f"reason {n}": [1, 0, 0] for n in range(len(HUES))}

    assert [trace.name for trace in reasons_over_time(WEEKS, counts).figure.data] == list(counts)


def test_each_criterion_sets_rejected_against_accepted_leads() -> None:
    *_, rejected, accepted = criteria_of_rejected(CRITERIA, COMPARISONS).figure.data

    assert (rejected.marker.color, accepted.marker.color) == (REJECTED, ACCEPTED)
    assert rejected.marker.symbol != accepted.marker.symbol
    assert list(rejected.x) == [45, 10, 50, 12, None]
    assert list(accepted.x) == [20, 40, 48, 0, 3]


def test_how_much_more_often_is_said_only_where_it_is_real() -> None:
    notes = criteria_of_rejected(CRITERIA, COMPARISONS).figure.layout.yaxis2.ticktext

    assert list(notes) == [
        "2.2 × as often",
        "0.2 × as often",
        "no more than noise",
        "only rejected",
        "too few for a rate",
    ]


def test_the_finding_of_the_criteria_begins_with_what_rejected_leads_owe_more_to() -> None:
    assert criteria_of_rejected(CRITERIA[:3], COMPARISONS[:3]).alt == (
        "Stayed 30 minutes in a webinar: 45 % (45 of 100) of the rejected, 20 % (20 of 100) of the accepted leads. "
        "Asked for a demo: 10 % (10 of 100) of the rejected, 40 % (40 of 100) of the accepted leads."
    )


def test_criteria_that_part_nobody_are_said_to() -> None:
    assert criteria_of_rejected(CRITERIA[2:3], COMPARISONS[2:3]).alt == (
        "None of 1 criterion really parts rejected from accepted leads."
    )


def test_calibration_says_whether_more_points_mean_more_acceptance() -> None:
    drawn = calibration(["60 to 69", "70 to 79"], RATES[:2])

    assert list(drawn.figure.data[1].y) == [40, 60]
    assert drawn.alt.startswith("From 60 to 69 to 70 to 79 the share accepted rises from 40 % (40 of 100) to 60 %")


def every_figure() -> list[Chart]:
    return [
        acceptance_by_cohort(WEEKS, RATES, [True, True, False]),
        acceptance_by_group(CRITERIA, COMPARISONS, RATES[0], "sources"),
        reasons_over_time(WEEKS, {f"reason {n}": [10 - n, 0, 1] for n in range(7)}),
        criteria_of_rejected(CRITERIA, COMPARISONS),
        calibration(["50 to 59", "60 to 69", "70 to 79"], [NONE, *RATES[:2]]),
    ]


def every_empty_figure() -> list[Chart]:
    return [
        acceptance_by_cohort([], [], []),
        acceptance_by_group([], [], NONE),
        reasons_over_time([], {}),
        criteria_of_rejected([], []),
        calibration([], []),
    ]


@pytest.mark.parametrize("drawn", [*every_figure(), *every_empty_figure()], ids=lambda drawn: drawn.alt[:40])
def test_every_figure_is_one_that_plotly_accepts(drawn: Chart) -> None:
    # A figure is drawn unchecked for speed; this checks every name and value in it.
    assert go.Figure(drawn.figure.to_dict()).layout.title.text.endswith("?")


@pytest.mark.parametrize("drawn", every_empty_figure(), ids=lambda drawn: drawn.figure.layout.title.text)
def test_an_empty_figure_says_so_inside_its_frame(drawn: Chart) -> None:
    assert not drawn.figure.data
    assert drawn.figure.layout.annotations[0].text.startswith("Nothing was")
