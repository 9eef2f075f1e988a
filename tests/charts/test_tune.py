"""The Tune page's figures: what is drawn, and what is said to those who do not see it."""

from datetime import date, timedelta

import numpy as np
import plotly.graph_objects as go

from lib.charts.language import AGREED, DRAFT
from lib.charts.tune import mqls_by_threshold, mqls_by_week, score_distribution

WEEKS = [date(2026, 3, 2) + timedelta(weeks=n) for n in range(3)]

BINS = [50, 55, 60, 65]
MEANS = {
    "profile": [20.0, 22.0, 24.0, 26.0],
    "channel": [5.0, 5.0, 5.0, 5.0],
    "actions": [27.0, 30.0, 36.0, 44.0],
    "undesirables": [-2.0, -2.0, -4.0, -8.0],
}


def test_each_week_shows_the_draft_and_the_agreed_count() -> None:
    drawn = mqls_by_week(WEEKS, [10, 20, 30], [9, 21, 28], [0, 0, 0]).figure

    agreed, draft = drawn.data
    assert (agreed.name, draft.name) == ("agreed", "draft")
    assert (agreed.line.color, draft.line.color) == (AGREED, DRAFT)
    assert list(draft.x) == WEEKS
    assert list(draft.y) == [10, 20, 30]
    assert list(agreed.y) == [9, 21, 28]


def test_the_finding_by_week_compares_totals_and_weekly_means() -> None:
    said = mqls_by_week(WEEKS, [1000, 2000, 3000], [900, 2100, 2400], [0, 0, 0]).alt

    assert said == (
        "3 weeks from 2 March 2026: the draft would have handed over 6,000 MQLs, 2,000 a week; "
        "the agreed definition 5,400, 1,800 a week. That is 600 more."
    )


def test_how_many_of_the_drafts_come_again_is_a_line_of_its_own_and_said() -> None:
    drawn = mqls_by_week(WEEKS, [10, 20, 30], [9, 21, 28], [1, 0, 4])

    *_, again = drawn.figure.data
    assert (again.name, list(again.y), again.line.dash) == ("draft: again", [1, 0, 4], "dot")
    assert "60 MQLs, 20 a week, 5 of them again; the agreed definition 58" in drawn.alt


def test_a_draft_that_brings_less_is_said_to_bring_fewer() -> None:
    assert mqls_by_week(WEEKS, [1, 1, 1], [2, 2, 2], [0, 0, 0]).alt.endswith("That is 3 fewer.")


def test_a_goal_is_a_line_and_a_week_exactly_at_it_has_reached_it() -> None:
    drawn = mqls_by_week(WEEKS, [10, 20, 30], [9, 21, 28], [0, 0, 0], goal_per_week=20.0)

    (goal,) = drawn.figure.layout.shapes
    assert (goal.y0, goal.y1, goal.label.text) == (20, 20, "goal 20")
    assert drawn.alt.endswith("The draft reaches the goal of 20 a week in 2 of 3 weeks.")


def test_without_a_goal_there_is_no_line() -> None:
    assert not mqls_by_week(WEEKS, [1, 2, 3], [1, 2, 3], [0, 0, 0], None).figure.layout.shapes


def test_a_window_without_a_week_says_so_at_the_same_height() -> None:
    empty, full = mqls_by_week([], [], [], []), mqls_by_week(WEEKS, [1, 2, 3], [1, 2, 3], [0, 0, 0])

    assert empty.figure.layout.annotations[0].text == empty.alt.rstrip(".") == "There is no week in the window"
    assert empty.figure.layout.height == full.figure.layout.height


def test_the_curves_give_what_each_threshold_brings() -> None:
    draft, agreed = np.array([90, 50, 20]), np.array([80, 45, 10])

    drawn = mqls_by_threshold(np.arange(1, 4), draft, agreed, 2, 3).figure

    assert list(drawn.data[1].x) == [1, 2, 3]
    assert list(drawn.data[1].y) == [90, 50, 20]
    assert list(drawn.data[0].y) == [80, 45, 10]


def test_a_curve_that_ends_before_the_other_is_none_from_there_on() -> None:
    drawn = mqls_by_threshold([1, 2, 3, 4], [9, 8, 7, 6], [5, 4], 3, 4)

    assert list(drawn.figure.data[0].y) == [5, 4, 0, 0]
    assert "the agreed definition at 4 brings 0." in drawn.alt


def test_both_thresholds_are_labelled_on_their_outer_sides() -> None:
    agreed, draft = mqls_by_threshold([1, 2, 3], [9, 5, 2], [8, 4, 1], 2, 3).figure.layout.shapes

    assert (agreed.x0, agreed.label.text, agreed.label.xanchor) == (3, "agreed 3", "left")
    assert (draft.x0, draft.label.text, draft.label.xanchor) == (2, "draft 2", "right")


def test_one_threshold_for_both_is_one_line() -> None:
    (mark,) = mqls_by_threshold([1, 2, 3], [9, 5, 2], [8, 4, 1], 2, 2).figure.layout.shapes

    assert mark.label.text == "draft and agreed 2"


def test_the_finding_by_threshold_says_what_one_point_either_way_does() -> None:
    said = mqls_by_threshold([1, 2, 3], [9000, 5000, 2000], [8000, 4500, 1000], 2, 3).alt

    assert said == (
        "At 2 the draft brings 5,000 MQLs; the agreed definition at 3 brings 1,000. "
        "One point lower would bring 4,000 more, one point higher 3,000 fewer."
    )


def test_a_lower_threshold_may_bring_fewer_because_leads_then_qualify_before_the_window() -> None:
    said = mqls_by_threshold([1, 2, 3], [40, 50, 50], [40, 50, 50], 2, 2).alt

    assert said.endswith("One point lower would bring 10 fewer, one point higher the same number.")


def test_at_the_lowest_threshold_only_a_higher_one_is_spoken_of() -> None:
    assert mqls_by_threshold([1, 2], [9, 5], [8, 4], 1, 1).alt.endswith("One point higher would bring 4 fewer.")


def test_the_distribution_stacks_mean_points_by_category_under_the_number_of_leads() -> None:
    drawn = score_distribution(BINS, MEANS, [400, 300, 200, 100], 60).figure

    leads, profile, channel, actions, undesirables = drawn.data
    assert list(leads.y) == [400, 300, 200, 100]
    assert leads.yaxis == "y2"
    assert [trace.name for trace in drawn.data[1:]] == [
        "Who they are",
        "Where we met",
        "What they did",
        "What speaks against",
    ]
    assert [list(trace.y) for trace in (profile, channel, actions, undesirables)] == list(MEANS.values())
    assert drawn.layout.barmode == "relative"


def test_a_bar_stands_over_its_bin_and_says_which_scores_it_holds() -> None:
    leads = score_distribution(BINS, MEANS, [400, 300, 200, 100], 60).figure.data[0]

    assert list(leads.x) == [52.5, 57.5, 62.5, 67.5]
    assert list(leads.customdata) == ["50 to 54", "55 to 59", "60 to 64", "65 to 69"]


def test_the_finding_of_the_distribution_weighs_the_bins_above_the_threshold_by_their_leads() -> None:
    said = score_distribution(BINS, MEANS, [400, 300, 300, 100], 60).alt

    assert said == (
        "1,100 leads by score in steps of 5 points; 400 of them in the steps from the threshold of 60 up. "
        "There, what they did gives the most, 38 points on average, and what speaks against takes 5 points."
    )


def test_a_distribution_that_ends_below_the_threshold_says_that_nobody_reaches_it() -> None:
    said = score_distribution(BINS, MEANS, [400, 300, 300, 100], 90).alt

    assert said.endswith("0 of them in the steps from the threshold of 90 up.")


def test_every_figure_is_one_that_plotly_accepts() -> None:
    drawn = [
        mqls_by_week(WEEKS, np.array([1, 2, 3]), [1, 2, 3], np.array([0, 1, 0]), 2.0),
        mqls_by_week([], [], [], []),
        mqls_by_threshold(np.arange(1, 4), np.array([3, 2, 1]), [3, 2, 1], 1, 2),
        mqls_by_threshold([], [], [], 1, 2),
        score_distribution(BINS, MEANS, [1, 2, 3, 4], 60),
        score_distribution([], {}, [], 60),
    ]

    for one in drawn:
        # A figure is drawn unchecked for speed; this checks every name and value in it.
        assert go.Figure(one.figure.to_dict()).layout.title.text.endswith("?")
