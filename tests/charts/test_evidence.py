"""The charts of the Evidence page: what is drawn where, and what they say to those who do not see them."""

from dataclasses import replace
from datetime import date

import plotly.graph_objects as go
import pytest

from lib.charts.evidence import (
    before_deals,
    criteria_supported,
    difference_in_words,
    drift_by_month,
    most_apart,
    said_difference,
    unused_patterns,
)
from lib.charts.language import GAINED, LOST, Chart
from lib.core.definition.criteria import Category, Criterion, FieldCondition, FieldMatch, KnownTest
from lib.core.evidence.criteria import Contrast, CriterionEvidence, SignVerdict
from lib.core.evidence.deals import Deals, Trait
from lib.core.evidence.drift import Drift, Month
from lib.core.statistics.rates import Comparison, Difference, difference, rate
from lib.core.statistics.rates import Verdict as Real

KNOWN = FieldMatch("one", (FieldCondition("title", (KnownTest(known=True),)),))


def contrast(accepted: int, decided: int, others_accepted: int, others: int, left: Difference | None) -> Contrast:
    having, lacking = rate(accepted, decided), rate(others_accepted, others)
    return Contrast(having, lacking, difference(having, lacking), left)


def told(label: str, verdict: SignVerdict, one: Contrast, points: int = 10) -> CriterionEvidence:
    criterion = Criterion(label.lower(), label, Category.PROFILE, points, KNOWN)
    return CriterionEvidence(criterion, 100, 50, (one, one, one), 0.01, verdict)


HELPS = told("Boss", SignVerdict.SUPPORTED, contrast(30, 40, 20, 60, Difference(0.25, 0.1, 0.4, 0.001)))
HURTS = told("Webinar <b>", SignVerdict.AGAINST, contrast(10, 40, 40, 60, Difference(-0.16, -0.24, -0.08, 0.001)), 15)
IDLE = told("Guide", SignVerdict.NOISE, contrast(20, 40, 30, 60, Difference(0.01, -0.1, 0.12, 0.8)))
TIED = told("Inbound", SignVerdict.TIED, contrast(20, 40, 30, 60, None))
FEW = told("Rare", SignVerdict.TOO_FEW, contrast(1, 3, 50, 97, None))


# Criteria.


def test_each_criterion_has_its_row_and_its_verdicts_colour_and_shape() -> None:
    drawn = criteria_supported([HURTS, HELPS, IDLE, TIED, FEW])

    by_name = {trace.name: trace for trace in drawn.figure.data if trace.name}
    assert (list(by_name["supported"].y), list(by_name["supported"].x)) == ([1], [25.0])
    assert (list(by_name["against its sign"].y), by_name["against its sign"].marker.color) == ([0], LOST)
    assert by_name["supported"].marker.color == GAINED
    assert by_name["supported"].marker.symbol != by_name["against its sign"].marker.symbol
    assert list(by_name["no more than noise"].y) == [2]
    # What cannot be told apart has its raw difference; what is too few has no row.
    assert list(by_name["before anything is held fixed"].y) == [0, 1, 2, 3]


def test_the_interval_is_a_whisker_and_the_points_stand_beside_the_row() -> None:
    drawn = criteria_supported([HURTS])

    against = next(trace for trace in drawn.figure.data if trace.name == "against its sign")
    assert list(against.error_x.arrayminus) == pytest.approx([8])
    assert list(against.error_x.array) == pytest.approx([8])
    assert list(drawn.figure.layout.yaxis2.ticktext) == ["+15"]
    assert list(drawn.figure.layout.yaxis.ticktext) == ["Webinar &lt;b&gt;"]


def test_the_finding_names_what_pulls_against_its_sign() -> None:
    assert criteria_supported([HELPS, HURTS]).alt == (
        "Of 2 criteria with enough decisions 1 is supported. Against their sign: Webinar <b> −16 (−24 to −8) of 100."
    )
    assert criteria_supported([HELPS]).alt.endswith("None pulls against its sign.")


def test_without_decisions_the_chart_says_so() -> None:
    drawn = criteria_supported([FEW])

    assert drawn.figure.layout.annotations[0].text == "Too few hand-offs are decided"


# What no criterion uses.


def test_patterns_are_drawn_by_their_direction_and_the_label_of_the_line_stays_inside() -> None:
    more, less = HELPS.acceptance, HURTS.acceptance

    drawn = unused_patterns(["Law", "Student"], [more, less], ["+25", "−16"])
    only_less = unused_patterns(["Student"], [less], ["−16"])

    by_name = {trace.name: trace for trace in drawn.figure.data if trace.name}
    assert (list(by_name["accepted more often"].y), list(by_name["accepted less often"].y)) == ([0], [1])
    assert (
        drawn.alt == "2 patterns that no criterion uses: Law +25 (+10 to +40) of 100; Student −16 (−24 to −8) of 100."
    )
    assert drawn.figure.layout.shapes[0].label.xanchor == "left"
    assert only_less.figure.layout.shapes[0].label.xanchor == "right"


def test_no_pattern_is_a_finding_too() -> None:
    assert unused_patterns([], [], []).alt == "Nothing else separates."


# Drift.


def month(number: int, handoffs: int, accepted: int) -> Month:
    quartiles = (60.0, 65.0 + number, 80.0) if handoffs >= 10 else None
    return Month(date(2026, number, 1), False, handoffs, quartiles, rate(accepted, handoffs), 0.5)


def test_months_show_scores_above_and_acceptance_below_beside_what_was_promised() -> None:
    found = Drift(
        (month(3, 40, 22), month(4, 60, 24), month(5, 0, 0)), Difference(1, 0, 2, 0.9), Difference(0, -1, 1, 0.9)
    )

    drawn = drift_by_month(found)

    by_name = {trace.name: trace for trace in drawn.figure.data if trace.name}
    assert list(by_name["median score, and the middle half"].y) == [68, 69]
    assert list(by_name["accepted of decided"].y) == pytest.approx([55, 40])
    assert list(by_name["as such scores fared over all months"].y) == [50, 50]
    assert drawn.alt.startswith("From March to April 2026 neither the scores at hand-over")
    assert drawn.alt.endswith("April 2026: 40 % (24 of 60) accepted.")


def test_no_month_with_a_score_says_so() -> None:
    drawn = drift_by_month(Drift((month(3, 0, 0),), None, None))

    assert drawn.figure.layout.annotations[0].text == "No hand-off has a score"


# Deals.


def trait(label: str, won: int, lost: int, verdict: Real = Real.NOISE) -> Trait:
    return Trait(label, Comparison(rate(won, 100), rate(lost, 100), 0.2, verdict))


def deals_of(*traits: Trait) -> Deals:
    return Deals(100, 100, 50.0, 40.0, traits, (), ())


def test_won_and_lost_deals_are_two_dots_in_a_row() -> None:
    found = deals_of(trait("Demo call", 60, 30, Real.HIGHER), trait("Guide", 20, 25))

    drawn = before_deals(found, found.deeds, "deeds")

    by_name = {trace.name: trace for trace in drawn.figure.data if trace.name}
    assert list(by_name["of won deals"].x) == [60, 20]
    assert list(by_name["of lost deals"].x) == [30, 25]
    assert list(drawn.figure.layout.yaxis2.ticktext) == ["+30, really more", "−5, noise"]
    assert "Demo call: 60 % (60 of 100) of the won, 30 % (30 of 100) of the lost." in drawn.alt


def test_real_differences_are_drawn_before_larger_ones_that_may_be_noise() -> None:
    many = [trait(f"noise {n}", 50 + n, 20) for n in range(12)]
    real = trait("real", 40, 30, Real.HIGHER)

    shown = most_apart([*many, real])

    assert len(shown) == 12
    assert shown[-1] == real
    assert many[0] not in shown


def test_without_lost_deals_there_is_nothing_to_compare() -> None:
    found = replace(deals_of(trait("Guide", 20, 0)), lost=0)

    assert before_deals(found, found.deeds, "deeds").alt == "Too few deals have ended."


@pytest.mark.parametrize(
    "drawn",
    [
        criteria_supported([HURTS, HELPS, IDLE, TIED]),
        unused_patterns(["Law"], [HELPS.acceptance], ["+25"]),
        drift_by_month(Drift((month(3, 40, 22), month(4, 60, 24)), None, None)),
        before_deals(deals_of(trait("Guide", 20, 25)), (trait("Guide", 20, 25),), "deeds"),
    ],
    ids=["criteria", "unused", "drift", "deals"],
)
def test_plotly_finds_nothing_wrong_with_a_chart(drawn: Chart) -> None:
    assert go.Figure(drawn.figure.to_plotly_json()).layout.title.text.endswith("?")


# In words.


@pytest.mark.parametrize(
    ("value", "low", "high", "words", "short"),
    [
        (-0.16, -0.24, -0.08, "16 fewer of 100 (8 to 24)", "−16 (−24 to −8)"),
        (0.11, 0.05, 0.18, "11 more of 100 (5 to 18)", "+11 (+5 to +18)"),
        (0.02, -0.03, 0.07, "2 more of 100 (from 3 fewer to 7 more)", "+2 (−3 to +7)"),
        (-0.001, -0.03, 0.004, "0 fewer of 100 (from 3 fewer to 0 more)", "0 (−3 to 0)"),
    ],
)
def test_a_difference_is_said_of_a_hundred(value: float, low: float, high: float, words: str, short: str) -> None:
    found = Difference(value, low, high, 0.5)

    assert (difference_in_words(found), said_difference(found)) == (words, short)
