"""Rates drawn with their evidence: never without counts, never more sure than they are."""

from datetime import date, timedelta

import pytest

from lib.charts.language import AGREED, GAINED, HATCHED_AXIS, LOST, chart
from lib.charts.rates import (
    against_all,
    by_band,
    first_to_last,
    immature,
    immature_in_words,
    over_time,
    said,
    said_with_interval,
    together,
    whiskers_of,
)
from lib.core.statistics.rates import Comparison, Rate, Verdict
from lib.core.time.periods import By

HALF = Rate(50, 100, 0.4, 0.6)
FEW = Rate(3, 7, None, None)
NONE = Rate(0, 0, None, None)
WEEKS = [date(2026, 3, 2) + timedelta(weeks=n) for n in range(3)]

LABELS = ["Referral", "Trade fair", "Newsletter", "Webinar"]
COMPARISONS = [
    Comparison(Rate(75, 100, 0.66, 0.82), HALF, 0.001, Verdict.HIGHER),
    Comparison(Rate(25, 100, 0.18, 0.34), HALF, 0.001, Verdict.LOWER),
    Comparison(FEW, HALF, None, Verdict.TOO_FEW),
    Comparison(HALF, HALF, 1.0, Verdict.NOISE),
]


def test_a_rate_is_said_with_its_counts() -> None:
    assert said(Rate(610, 1180, 0.49, 0.55)) == "52 % (610 of 1,180)"


def test_too_few_are_said_as_counts_alone() -> None:
    assert said(FEW) == "3 of 7"
    assert said_with_interval(FEW) == "3 of 7, too few for a rate"


def test_an_interval_is_said_from_its_lower_to_its_upper_end() -> None:
    assert said_with_interval(HALF) == "50 % (50 of 100), 95 % interval 40 to 60 %"


def test_rates_together_weigh_by_their_counts() -> None:
    assert together([Rate(90, 100, 0.8, 0.9), Rate(1, 10, 0.0, 0.4)]) == "83 % (91 of 110)"
    assert together([NONE]) == "0 of 0"


def test_whiskers_reach_from_the_rate_to_the_ends_of_its_interval() -> None:
    drawn = whiskers_of([Rate(20, 100, 0.125, 0.3), FEW], AGREED)

    assert drawn["arrayminus"] == pytest.approx([7.5, 0])
    assert drawn["array"] == pytest.approx([10, 0])


def test_an_immature_period_is_hollow_and_says_so() -> None:
    (line,) = over_time("accepted", WEEKS[:2], [HALF, HALF], [True, False])

    assert line["marker"]["symbol"] == ["circle", "circle-open"]
    assert [text.endswith("immature") for text in line["customdata"]] == [False, True]


def test_a_period_with_too_few_is_no_point_of_the_line_but_its_counts_are_said() -> None:
    line, few = over_time("accepted", WEEKS, [HALF, FEW, NONE], [True] * 3)

    assert line["y"] == [50, None, None]
    assert (few["x"], few["y"], few["customdata"]) == ([WEEKS[1]], [0], ["3 of 7"])


def test_hatching_is_as_wide_as_the_period() -> None:
    (week,), (month,) = (immature(WEEKS, [True, True, False], by) for by in (By.WEEK, By.MONTH))

    assert week["x"] == [WEEKS[2]]
    assert (week["width"], month["width"]) == (7 * 86_400_000, 30 * 86_400_000)


def test_immature_periods_are_named_in_words() -> None:
    assert immature_in_words(WEEKS, [True, True, False], By.WEEK) == " The week of 16 March 2026 is immature."
    assert immature_in_words(WEEKS, [True, False, False], By.WEEK) == (
        " 2 weeks from the week of 9 March 2026 are immature."
    )
    assert immature_in_words(WEEKS, [True, True, True], By.WEEK) == ""


def test_real_differences_have_a_colour_and_a_shape_and_noise_is_grey() -> None:
    _, higher, lower, noise = against_all(
        "Which?", LABELS, COMPARISONS, HALF, what="won", nothing="Nothing was decided"
    ).figure.data

    assert (higher.name, higher.marker.color, list(higher.y)) == ("really higher", GAINED, [0])
    assert (lower.name, lower.marker.color, list(lower.y)) == ("really lower", LOST, [1])
    assert (noise.name, noise.marker.color, list(noise.y)) == ("no more than noise", AGREED, [3])
    assert len({higher.marker.symbol, lower.marker.symbol, noise.marker.symbol}) == 3


def test_every_row_has_its_counts_beside_it_also_where_they_are_too_few() -> None:
    layout = against_all("Which?", LABELS, COMPARISONS, HALF, what="won", nothing="Nothing").figure.layout

    assert list(layout.yaxis.ticktext) == LABELS
    assert list(layout.yaxis2.ticktext) == ["75 % (75 of 100)", "25 % (25 of 100)", "3 of 7", "50 % (50 of 100)"]
    assert list(layout.yaxis.range) == list(layout.yaxis2.range) == [3.5, -0.5]


def test_all_together_are_a_line_unless_they_are_too_few() -> None:
    (overall,) = against_all("Which?", LABELS, COMPARISONS, HALF, what="won", nothing="N").figure.layout.shapes

    assert (overall.x0, overall.label.text) == (50, "all 50 %")
    assert not against_all("Which?", LABELS, COMPARISONS, FEW, what="won", nothing="N").figure.layout.shapes


def test_the_finding_of_rows_names_the_real_differences() -> None:
    said_of_four = against_all("Which?", LABELS, COMPARISONS, HALF, what="won", nothing="N").alt
    said_of_one = against_all("Which?", LABELS[3:], COMPARISONS[3:], HALF, what="won", nothing="N").alt

    assert said_of_four == (
        "All together: 50 % (50 of 100) won. Of 4 groups, 2 really differ from the rest: "
        "Referral is higher with 75 % (75 of 100); Trade fair is lower with 25 % (25 of 100)."
    )
    assert said_of_one.endswith("None of 1 group really differs from the rest.")


def test_rows_that_share_a_label_stay_two_rows() -> None:
    drawn = against_all("Which?", ["Fair", "Fair"], COMPARISONS[:2], HALF, what="won", nothing="N").figure

    assert list(drawn.layout.yaxis.ticktext) == ["Fair", "Fair"]
    assert [list(trace.y) for trace in drawn.data[1:]] == [[0], [1]]


BANDS = ["50 to 59", "60 to 69", "70 to 79", "80 to 89"]
BAND_RATES = [NONE, Rate(20, 100, 0.13, 0.29), Rate(60, 100, 0.5, 0.69), FEW]


def test_a_band_without_a_decision_is_hatched_and_never_a_point() -> None:
    counts, hatching, dots, few = by_band(
        "More?", "score", BANDS, BAND_RATES, what="accepted", nothing="N", finding="F."
    ).figure.data

    assert list(counts.y) == [0, 100, 100, 7]
    assert (hatching.name, list(hatching.x)) == ("not observed", ["50 to 59"])
    assert (list(dots.x), list(dots.y)) == (["60 to 69", "70 to 79"], [20, 60])
    assert (list(few.x), list(few.text)) == (["80 to 89"], ["3 of 7"])


def test_the_first_and_the_last_band_with_a_rate_are_compared() -> None:
    assert first_to_last(BANDS, BAND_RATES, "accepted") == (
        "From 60 to 69 to 70 to 79 the share accepted rises from 20 % (20 of 100) to 60 % (60 of 100); "
        "their 95 % intervals do not overlap."
    )


def test_a_fall_within_the_intervals_is_called_possible_noise() -> None:
    falling = [Rate(55, 100, 0.45, 0.64), HALF]

    assert first_to_last(["low", "high"], falling, "accepted") == (
        "From low to high the share accepted falls from 55 % (55 of 100) to 50 % (50 of 100); "
        "their 95 % intervals overlap, so that may be noise."
    )


def test_a_rise_in_every_band_is_called_steady() -> None:
    rising = [Rate(1, 10, 0, 0.4), Rate(3, 10, 0.1, 0.6), Rate(9, 10, 0.6, 1)]
    dipping = [rising[1], rising[0], rising[2]]

    assert "rises steadily from" in first_to_last(["a", "b", "c"], rising, "accepted")
    assert "rises from" in first_to_last(["a", "b", "c"], dipping, "accepted")


def test_a_single_band_is_compared_with_nothing() -> None:
    assert first_to_last(["a", "b"], [HALF, FEW], "accepted") == (
        "Too few were decided to compare bands: 50 % (53 of 107) accepted."
    )


def test_hatching_reaches_over_the_plot_whatever_the_data() -> None:
    layout = chart("Why?", immature(WEEKS, [False] * 3, By.WEEK), "B.", yaxis9=dict(HATCHED_AXIS)).figure.layout

    assert (tuple(layout.yaxis9.range), layout.yaxis9.overlaying, layout.yaxis9.visible) == ((0, 1), "y", False)
