"""The figures of what follows from a draft: what is drawn, and what is said to those who do not see it."""

import numpy as np
import plotly.graph_objects as go
import pytest

from lib.charts.consequences import acceptance_below_the_line, acceptance_by_band, trade_off
from lib.charts.language import AGREED, DRAFT, Chart
from lib.core.consequences.expected import ScoreBand, TradeOff
from lib.core.statistics.rates import Rate, rate

NOTHING = rate(0, 0)

NO_CURVE = "Too few decisions to give a figure."


def band(low: int, accepted: Rate) -> ScoreBand:
    return ScoreBand(low, low + 10, accepted.trials, accepted, NOTHING, NOTHING)


BANDS = [band(40, NOTHING), band(50, rate(2, 6)), band(60, rate(40, 100)), band(70, rate(60, 100))]


def curve(mqls: list[float], share: list[float], not_observed: list[float] | None = None) -> TradeOff:
    """Thresholds from 1; intervals of four points to either side."""
    shares = np.array(share)
    return TradeOff(
        thresholds=np.arange(1, len(mqls) + 1),
        mqls_per_week=np.array(mqls),
        share=shares,
        low95=shares - 0.04,
        high95=shares + 0.04,
        not_observed=np.array(not_observed or [0.0] * len(mqls)),
    )


DRAFTED = curve([300.0, 200.0, 100.0], [0.30, 0.45, 0.60], [0.5, 0.1, 0.0])
AS_AGREED = curve([250.0, 150.0, 80.0], [0.25, 0.35, 0.50])


def named(drawn: Chart) -> dict[str, go.Scatter]:
    """The traces by name; of a curve in two parts the solid one."""
    return {trace.name: trace for trace in reversed(drawn.figure.data) if trace.name}


def test_each_band_shows_its_rate_with_whiskers_and_its_counts_in_the_hover() -> None:
    drawn = acceptance_by_band(BANDS, 60, 60)

    rates = named(drawn)["of the decided accepted"]
    assert list(rates.x) == ["60 to 69", "70 to 79"]
    assert list(rates.y) == [40, 60]
    assert rates.customdata[0].startswith("40 % (40 of 100), 95 % interval 31 to 50 %")


def test_a_band_never_decided_on_is_hatched_and_said() -> None:
    drawn = acceptance_by_band(BANDS, 60, 60)

    assert list(named(drawn)["not observed"].x) == ["40 to 49"]
    assert drawn.alt == "All together: 50 % (102 of 206) of the decided accepted. Never decided on: 40 to 49."


@pytest.mark.parametrize(("threshold", "place"), [(60, 1.5), (65, 2.0), (40, -0.5)])
def test_a_threshold_stands_at_its_place_among_the_bands(threshold: int, place: float) -> None:
    (mark,) = acceptance_by_band(BANDS, threshold, threshold).figure.layout.shapes

    assert (mark.x0, mark.label.text) == (place, f"draft and agreed {threshold}")


def test_both_thresholds_are_marked_where_there_is_room_for_them() -> None:
    agreed, draft = acceptance_by_band(BANDS, 55, 70).figure.layout.shapes

    assert (agreed.x0, agreed.label.text, agreed.label.xanchor) == (2.5, "agreed 70", "left")
    assert (draft.x0, draft.label.text, draft.label.xanchor) == (1.0, "draft 55", "right")
    assert [mark.label.text for mark in acceptance_by_band(BANDS, 90, 60).figure.layout.shapes] == ["agreed 60"]


@pytest.mark.parametrize("bands", [[], [band(40, NOTHING)]], ids=["no band", "no decision"])
def test_without_a_decision_the_frame_says_so(bands: list[ScoreBand]) -> None:
    drawn = acceptance_by_band(bands, 60, 60)

    assert drawn.alt == "Sales has not decided on any lead yet."
    assert drawn.figure.layout.height == acceptance_by_band(BANDS, 60, 60).figure.layout.height


def test_every_threshold_is_a_point_of_volume_against_acceptance() -> None:
    drawn = named(trade_off(DRAFTED, AS_AGREED, 2, 3, nothing=NO_CURVE))

    draft, agreed = drawn["draft"], drawn["agreed"]
    assert (draft.line.color, agreed.line.color) == (DRAFT, AGREED)
    assert list(draft.x) == [200, 100]
    assert draft.y == pytest.approx([45, 60])
    assert list(agreed.x) == [250, 150, 80]
    assert draft.customdata[0] == (
        "draft at 2: 200 MQLs a week, 45 % accepted (95 % interval 41 to 49 %), 10 % not observed"
    )


def test_a_curve_is_dotted_where_more_than_a_tenth_is_not_observed_and_has_no_gap() -> None:
    drawn = trade_off(DRAFTED, AS_AGREED, 2, 3, nothing=NO_CURVE).figure.data

    dotted = [trace for trace in drawn if trace.type == "scatter" and trace.line.dash == "dot"]
    assert [(trace.name, list(trace.x)) for trace in dotted] == [("draft", [300, 200])]


def test_the_interval_is_a_band_around_the_drafts_curve() -> None:
    drawn = named(trade_off(DRAFTED, AS_AGREED, 2, 3, nothing=NO_CURVE))["95 % interval"]

    assert list(drawn.x) == [300, 200, 100, 100, 200, 300]
    assert drawn.y == pytest.approx([34, 49, 64, 56, 41, 26])


def test_both_definitions_stand_on_their_curves() -> None:
    marks = {
        trace.text[0]: trace
        for trace in trade_off(DRAFTED, AS_AGREED, 2, 3, nothing=NO_CURVE).figure.data
        if trace.text
    }

    assert (marks["draft 2"].x[0], marks["draft 2"].y[0]) == (200, pytest.approx(45))
    assert (marks["agreed 3"].x[0], marks["agreed 3"].y[0]) == (80, pytest.approx(50))


def test_where_more_than_a_tenth_is_not_observed_the_plot_is_hatched() -> None:
    drawn = trade_off(
        curve([300.0, 260.0, 100.0], [0.3, 0.4, 0.6], [0.5, 0.11, 0.1]), AS_AGREED, 2, 3, nothing=NO_CURVE
    )

    hatching = named(drawn)["more than 10 % not observed"]
    assert (hatching.x[0], hatching.width) == (200, 200)
    assert drawn.alt.endswith("Above 100 MQLs a week, more than 10 % not observed.")


def test_thresholds_that_too_few_decisions_stand_behind_are_left_out() -> None:
    drawn = trade_off(curve([300.0, 200.0, 2.0], [0.3, 0.4, np.nan]), AS_AGREED, 3, 3, nothing=NO_CURVE)

    assert list(named(drawn)["draft"].x) == [300, 200]
    assert "The draft at 3 brings 2 MQLs a week, and nobody can say how many of them would be accepted" in drawn.alt


def test_the_finding_sets_the_draft_against_the_agreed_definition() -> None:
    assert trade_off(DRAFTED, AS_AGREED, 3, 2, nothing=NO_CURVE).alt == (
        "The draft at 3 brings 100 MQLs a week, 60 % of them accepted; the agreed definition at 2 brings "
        "150 MQLs a week, 35 % of them accepted. Above 200 MQLs a week, more than 10 % not observed."
    )


def test_a_threshold_above_every_score_is_said_to_bring_nothing() -> None:
    assert trade_off(DRAFTED, AS_AGREED, 9, 2, nothing=NO_CURVE).alt.startswith("The draft at 9 brings no MQL;")


def test_without_enough_decisions_the_trade_off_says_so_at_the_same_height() -> None:
    empty = trade_off(curve([3.0], [np.nan]), AS_AGREED, 1, 1, nothing=NO_CURVE)

    assert empty.figure.layout.annotations[0].text == "Too few decisions to give a figure"
    assert empty.figure.layout.height == trade_off(DRAFTED, AS_AGREED, 2, 3, nothing=NO_CURVE).figure.layout.height


def test_leads_below_the_line_are_found_in_one_sentence() -> None:
    drawn = acceptance_below_the_line(BANDS)

    assert drawn.figure.layout.title.text == "How does sales answer leads below the line?"
    assert drawn.alt.startswith("All together: ")
    assert acceptance_below_the_line(()).figure.layout.annotations[0].text == "Sales has not decided on any of them yet"


@pytest.mark.parametrize(
    "drawn",
    [
        acceptance_by_band(BANDS, 60, 55),
        trade_off(DRAFTED, AS_AGREED, 2, 3, nothing=NO_CURVE),
        acceptance_below_the_line(BANDS),
    ],
    ids=["bands", "trade-off", "below the line"],
)
def test_plotly_accepts_every_property(drawn: Chart) -> None:
    go.Figure(drawn.figure.to_dict())
