"""The SLA page's figures: what is drawn, and what is said to those who do not see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import plotly.graph_objects as go
import pytest

from lib.charts.language import AGREED, DRAFT, GAINED, LOST, STATES, Chart
from lib.charts.response import (
    CURVE_POINTS,
    REFERENCE_LETTERS,
    conversion_by_response,
    response_times,
    still_undecided,
)
from lib.charts.sla import attainment_by_week, before_and_after, owners
from lib.core.statistics.rates import Rate

WEEKS = [date(2026, 3, 2) + timedelta(weeks=n) for n in range(2)]
KEPT = [Rate(80, 100, 0.71, 0.87), Rate(45, 50, 0.79, 0.96)]
NONE = Rate(0, 0, None, None)


@dataclass(frozen=True)
class Curve:
    hours: Sequence[float]
    share: Sequence[float]
    low95: Sequence[float]
    high95: Sequence[float]


@dataclass(frozen=True)
class Adjusted:
    share: float | None
    low95: float | None
    high95: float | None


QUICK = Curve([1.0, 2.5, 4.0], [0.8, 0.5, 0.2], [0.6, 0.3, 0.1], [0.9, 0.7, 0.4])
SLOW = Curve([3.0, 30.0], [0.9, 0.7], [0.7, 0.5], [1.0, 0.9])


def test_each_week_has_its_attainment_above_its_four_states() -> None:
    line, met, breached, overdue, due = attainment_by_week(WEEKS, KEPT, [15, 4], [5, 1], [0, 9], [0, 0]).figure.data

    assert list(line.y) == pytest.approx([80, 90])
    assert [list(bars.y) for bars in (met, breached, overdue, due)] == [[80, 45], [15, 4], [5, 1], [0, 9]]
    assert {bars.name: bars.marker.color for bars in (met, breached, overdue, due)} == {
        state: look.colour for state, look in STATES.items() if state != "by day only"
    }


def test_the_finding_of_attainment_counts_every_state_and_the_weeks_that_reach_the_goal() -> None:
    drawn = attainment_by_week(WEEKS, KEPT, [15, 4], [5, 1], [0, 9], [0, 0], target=0.9)

    assert drawn.alt == (
        "83 % (125 of 150) kept in 2 weeks: 125 met, 19 breached, 6 overdue, 9 due. "
        "In the week of 9 March 2026, 90 % (45 of 50) kept. The goal of 90 % is reached in 1 of 2 weeks."
    )
    assert (drawn.figure.layout.shapes[0].y0, drawn.figure.layout.shapes[0].label.text) == (90, "goal 90 %")


def test_an_answer_exactly_at_the_promise_is_in_time() -> None:
    in_time, late = response_times([4.0, 4.01], 4.0).figure.data

    assert (sum(in_time.y), sum(late.y)) == (1, 1)
    assert max(np.asarray(in_time.x) + 0.25) == min(np.asarray(late.x) - 0.25) == 4


def test_every_answer_is_in_one_bar_however_long_it_took() -> None:
    drawn = response_times(np.array([0.0, 0.1, 5.0, 500.0]), 4.0).figure

    assert sum(sum(bars.y) for bars in drawn.data) == 4
    assert drawn.data[0].y[0] == 2
    assert (drawn.data[1].y[-1], drawn.data[1].customdata[-1]) == (1, "over 11 h 30 min")


def test_the_finding_of_the_response_times_says_the_middle_and_the_share_in_time() -> None:
    assert response_times([1.0, 2.0, 3.0, 5.0], 4.0).alt == (
        "Of 4 answers, half took 2 h 30 min working or less, nine in ten 4 h 24 min or less. "
        "75 % (3 of 4) within the promised 4 h."
    )


def test_without_a_promise_no_answer_is_called_late() -> None:
    drawn = response_times([1.0, 2.0, 3.0])

    assert [trace.name for trace in drawn.figure.data] == ["answers"]
    assert not drawn.figure.layout.shapes


def test_answers_that_took_no_time_at_all_are_drawn() -> None:
    assert sum(response_times([0.0, 0.0]).figure.data[0].y) == 2


def test_a_survival_curve_starts_with_all_undecided_and_steps_at_its_hours() -> None:
    low, high, share = still_undecided({"Iberia": QUICK}).figure.data

    assert share.line.shape == "hv"
    assert (list(share.x), list(share.y)) == ([0, 1, 2.5, 4], [100, 80, 50, 20])
    assert (list(low.y), list(high.y)) == ([100, 60, 30, 10], [100, 90, 70, 40])
    assert high.fill == "tonexty"


def test_the_finding_of_the_survival_says_when_half_were_decided_or_that_they_were_not() -> None:
    assert still_undecided({"Iberia": QUICK, "North": SLOW}).alt == (
        "Iberia: half are decided after 2 h 30 min working. "
        "North: less than half are decided, 70 % remain after 30 h working."
    )


def test_a_long_curve_is_thinned_to_steps_that_are_its_own() -> None:
    hours, share = np.arange(1.0, 100_001.0), np.linspace(1, 0, 100_000)

    drawn = still_undecided({"all": Curve(hours, share, share, share)}).figure.data[2]

    assert len(drawn.x) <= CURVE_POINTS + 1
    assert drawn.x[-1] == 100_000
    assert np.asarray(drawn.y)[1:] == pytest.approx(100 * share[np.asarray(drawn.x)[1:].astype(int) - 1])


def test_one_forgotten_hand_off_does_not_stretch_the_survival_to_months() -> None:
    hours, share = [1.0, 2.0, 900.0], [0.5, 0.04, 0.0]

    drawn = still_undecided({"all": Curve(hours, share, share, share)}, promise_hours=4.0)

    assert drawn.figure.layout.xaxis.range == pytest.approx((0, 1.05 * 4.0))


def test_a_published_finding_stands_beside_our_own_on_lines_a_narrow_screen_shows() -> None:
    reference = "Published reference: firms that tried within the hour were nearly seven times as likely to qualify."

    drawn = conversion_by_response(["1 h", "later"], KEPT[::-1], reference)

    lines = drawn.figure.layout.xaxis.title.text.split("<br>")
    assert lines[0] == "time to the first touch"
    assert " ".join(lines[1:]) == reference
    assert max(map(len, lines)) <= REFERENCE_LETTERS
    assert drawn.alt.startswith("From 1 h to later the share accepted falls from 90 % (45 of 50) to 80 % (80 of 100)")
    assert drawn.alt.endswith(reference)


def test_an_owner_whose_adjusted_interval_leaves_out_all_together_is_coloured() -> None:
    adjusted = [Adjusted(0.92, 0.86, 0.97), Adjusted(0.78, 0.7, 0.86), Adjusted(0.6, 0.5, 0.7)]

    _, raw, more, less, same = owners(["Ana", "Ben", "Cai"], [KEPT[0]] * 3, adjusted, 0.8).figure.data

    assert list(raw.x) == [80, 80, 80]
    assert (list(more.y), more.marker.color) == ([0], GAINED)
    assert (list(less.y), less.marker.color) == ([2], LOST)
    assert (list(same.y), same.marker.color) == ([1], AGREED)


def test_an_owner_whose_interval_ends_at_all_together_is_not_called_different() -> None:
    drawn = owners(["Ana"], KEPT[:1], [Adjusted(0.9, 0.8, 0.95)], 0.8)

    assert drawn.alt == "None of 1 owner differs from all together once that is accounted for."


def test_the_finding_of_the_owners_says_both_shares() -> None:
    assert owners(["Cai"], KEPT[:1], [Adjusted(0.6, 0.5, 0.7)], 0.8).alt == (
        "Cai: 60 % adjusted, 80 % (80 of 100) as counted, below all together."
    )


def test_the_what_if_has_the_drafts_colour_and_what_is_the_agreed_one() -> None:
    now, what_if = before_and_after(WEEKS, KEPT, [Rate(90, 100, 0.83, 0.94), Rate(50, 50, 0.93, 1)]).figure.data

    assert (now.line.color, what_if.line.color) == (AGREED, DRAFT)
    assert (list(now.y), list(what_if.y)) == ([80, 90], [90, 100])


def test_the_finding_of_the_what_if_says_both_wholes() -> None:
    said = before_and_after(WEEKS, KEPT, [Rate(90, 100, 0.83, 0.94), Rate(50, 50, 0.93, 1)]).alt

    assert said == "Now 83 % (125 of 150) kept in 2 weeks; under the what-if 93 % (140 of 150)."


def every_figure() -> list[Chart]:
    return [
        attainment_by_week(WEEKS, [KEPT[0], Rate(3, 4, None, None)], [15, 1], [5, 0], [0, 9], [0, 0], target=0.9),
        response_times([1.0, 2.0, 30.0], 4.0),
        response_times([1.0, 2.0, 30.0]),
        still_undecided({"Iberia": QUICK, "<b>North": SLOW}, 4.0),
        conversion_by_response(["1 h", "later", "never"], [*KEPT, NONE], "Published."),
        owners(["Ana", "Ben"], KEPT, [Adjusted(0.6, 0.5, 0.7), Adjusted(None, None, None)], 0.8),
        before_and_after(WEEKS, KEPT, KEPT, 0.9),
    ]


def every_empty_figure() -> list[Chart]:
    return [
        attainment_by_week([], [], [], [], [], [], 0.9),
        response_times([], 4.0),
        still_undecided({}),
        still_undecided({"Iberia": Curve([], [], [], [])}),
        conversion_by_response([], []),
        owners([], [], []),
        before_and_after([], [], []),
    ]


@pytest.mark.parametrize("drawn", [*every_figure(), *every_empty_figure()], ids=lambda drawn: drawn.alt[:40])
def test_every_figure_is_one_that_plotly_accepts(drawn: Chart) -> None:
    # A figure is drawn unchecked for speed; this checks every name and value in it.
    assert go.Figure(drawn.figure.to_dict()).layout.title.text.endswith("?")


@pytest.mark.parametrize("drawn", every_empty_figure(), ids=lambda drawn: drawn.figure.layout.title.text)
def test_an_empty_figure_says_so_inside_its_frame(drawn: Chart) -> None:
    assert not drawn.figure.data
    assert drawn.figure.layout.annotations[0].text.startswith(("Nothing was", "Nobody was"))
