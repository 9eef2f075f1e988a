"""The Lead page's figures: what is drawn, and what is said to those who do not see it."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from lib.charts.language import GAINED, LOST
from lib.charts.lead import activity_time_line, explanation, score_over_time

ZONE = ZoneInfo("Europe/Madrid")
MORNING = datetime(2026, 8, 1, 9, tzinfo=ZONE)
DAYS = [MORNING + timedelta(days=n) for n in range(4)]

CONTRIBUTIONS = [
    ("Director or above", 20),
    ("Asked for a demo", 30),
    ("Fading", Decimal("-12.412345")),
    ("Free e-mail address", -25),
]


def test_the_score_steps_at_its_instant_and_not_before() -> None:
    drawn = score_over_time(DAYS, [10, 65, 64, 50], 60, DAYS[1]).figure

    assert drawn.data[0].line.shape == "hv"
    assert list(drawn.data[0].y) == [10, 65, 64, 50]


def test_instants_are_drawn_as_the_clock_on_the_wall_showed_them() -> None:
    drawn = score_over_time(DAYS, [10, 65, 64, 50], 60, None).figure

    assert drawn.data[0].x[0] == datetime(2026, 8, 1, 9)  # noqa: DTZ001


def test_the_threshold_and_the_qualification_are_lines() -> None:
    threshold, qualified = score_over_time(DAYS, [10, 65, 64, 50], 60, DAYS[1]).figure.layout.shapes

    assert (threshold.y0, threshold.label.text) == (60, "threshold 60")
    assert (qualified.x0, qualified.label.text) == (datetime(2026, 8, 2, 9), "qualified 2 Aug")  # noqa: DTZ001


def test_the_label_of_a_late_qualification_is_on_its_left_where_there_is_room() -> None:
    early = score_over_time(DAYS, [65, 64, 63, 62], 60, DAYS[0]).figure.layout.shapes[1]
    late = score_over_time(DAYS, [10, 20, 30, 62], 60, DAYS[3]).figure.layout.shapes[1]

    assert (early.label.xanchor, late.label.xanchor) == ("left", "right")


def test_the_finding_of_the_score_says_where_it_is_where_it_was_and_when_it_qualified() -> None:
    said = score_over_time(DAYS, [10, 65, 64, 50], 60, DAYS[1]).alt

    assert said == (
        "On 4 August 2026 the score is 50, below the threshold of 60. It was highest on 2 August 2026, at 65. "
        "The lead qualified on 2 August 2026 at 09:00."
    )


def test_a_score_exactly_at_the_threshold_is_not_called_below_it() -> None:
    said = score_over_time(DAYS[:1], [60], 60, None).alt

    assert "at or above the threshold of 60" in said
    assert said.endswith("The lead has not qualified.")


def test_a_total_just_below_the_threshold_is_not_rounded_up_to_it() -> None:
    drawn = score_over_time(DAYS[:1], [Decimal("59.999999")], 60, None)

    assert list(drawn.figure.data[0].y) == [59]
    assert "the score is 59, below the threshold of 60" in drawn.alt


def test_a_total_that_lacks_only_a_rounding_of_the_machine_is_at_the_threshold() -> None:
    drawn = score_over_time(DAYS[:1], [60 - 1e-12], 60, None)

    assert list(drawn.figure.data[0].y) == [60]


def test_activities_are_rows_by_kind_parted_by_what_they_gave() -> None:
    kinds = ["page_view", "form_submit", "page_view", "unsubscribe"]

    drawn = activity_time_line(DAYS, kinds, ["/pricing", "demo", None, None], [5, 30, 0, -20]).figure

    gave, none, took = drawn.data
    assert list(gave.y) == ["page view", "form submit"]
    assert list(none.y) == ["page view"]
    assert list(took.y) == ["unsubscribe"]
    assert (gave.marker.color, took.marker.color) == (GAINED, LOST)
    assert len({gave.marker.symbol, none.marker.symbol, took.marker.symbol}) == 3
    assert [list(row) for row in gave.customdata] == [["/pricing", "+5"], ["demo", "+30"]]


def test_the_first_kind_is_the_top_row() -> None:
    drawn = activity_time_line(DAYS[:2], ["page_view", "form_submit"], [None, None], [0, 0]).figure

    assert list(drawn.layout.yaxis.categoryarray) == ["form submit", "page view"]


def test_the_finding_of_the_activities_counts_them() -> None:
    said = activity_time_line(DAYS[:3], ["page_view", "form_submit", "page_view"], [None] * 3, [5, 30, 0]).alt

    assert said == (
        "3 activities from 1 August 2026 to 3 August 2026; 2 counted for the score. "
        "Most often: page view (2), form submit (1)."
    )


def test_the_waterfall_goes_through_every_contribution_to_the_total() -> None:
    bars = explanation(CONTRIBUTIONS, Decimal("12.587655"), 60).figure.data[0]

    assert list(bars.x) == [20, 30, -12.412345, -25, 12.587655]
    assert list(bars.measure) == ["relative"] * 4 + ["total"]
    assert list(bars.text) == ["+20", "+30", "−12.4", "−25", "12.6"]


def test_contributions_stand_in_the_order_given_from_the_top_even_under_one_label() -> None:
    drawn = explanation([("Viewed pricing", 5), ("Viewed pricing", 10)], 15, 60).figure

    assert list(drawn.layout.yaxis.ticktext) == ["Viewed pricing", "Viewed pricing", "Total"]
    assert list(drawn.data[0].y) == [0, 1, 2]
    assert drawn.layout.yaxis.autorange == "reversed"


def test_the_finding_of_the_explanation_names_what_gave_and_what_took_most() -> None:
    said = explanation(CONTRIBUTIONS, Decimal("12.587655"), 60).alt

    assert said == (
        "12.6 points against a threshold of 60. The most is given by Asked for a demo (+30). "
        "The most is taken by Free e-mail address (−25)."
    )


def test_where_nothing_is_taken_nothing_is_said_to_be() -> None:
    assert "taken" not in explanation([("Director or above", 20)], 20, 60).alt


def test_every_figure_is_one_that_plotly_accepts() -> None:
    drawn = [
        score_over_time(DAYS, [10, 65, 64, 50], 60, DAYS[1]),
        score_over_time([], [], 60, None),
        activity_time_line(DAYS[:3], ["a", "b", "c"], ["x", None, "z"], [5, 0, -5]),
        activity_time_line([], [], [], []),
        explanation(CONTRIBUTIONS, Decimal("12.587655"), 60),
        explanation([], 0, 60),
    ]

    for one in drawn:
        # A figure is drawn unchecked for speed; this checks every name and value in it.
        assert go.Figure(one.figure.to_dict()).layout.title.text.endswith("?")
