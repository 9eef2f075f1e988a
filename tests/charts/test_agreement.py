"""What an agreed version predicted beside what came: every number is in the figure, and in words."""

from dataclasses import replace
from datetime import date

import plotly.graph_objects as go

from lib.charts.agreement import NOT_YET, acceptance, volume
from lib.core.agreement.outcome import Horizon, Outcome, Prediction
from lib.core.statistics.rates import rates
from lib.core.time.window import Window

PREDICTED = Prediction(
    as_of=0,
    window=Window(date(2026, 3, 2), date(2026, 8, 31), "UTC"),
    mqls_per_week=150.0,
    low95=141.0,
    high95=159.0,
    agreed_per_week=115.0,
    acceptance=0.54,
    acceptance_low95=0.51,
    acceptance_high95=0.56,
    known=2000,
    against=1,
)


def came(weeks: int, mqls: float, accepted: int, decided: int) -> tuple[int, Outcome | None]:
    return weeks, Outcome(weeks, mqls, 120.0, 300, *rates([accepted, 240], [decided, 500]), PREDICTED)


TWO_OF_THREE = [came(2, 158.0, 61, 118), came(4, 152.5, 3, 5), (8, None)]


def traces(figure: go.Figure) -> dict[str, dict[str, object]]:
    return {trace["name"]: trace for trace in figure.to_dict()["data"]}


def test_the_volume_that_came_stands_beside_what_was_predicted_and_what_the_old_definition_brings() -> None:
    drawn = traces(volume(PREDICTED, TWO_OF_THREE).figure)

    assert (drawn["predicted"]["x"], drawn["predicted"]["y"]) == (["2 weeks", "4 weeks", "8 weeks"], [150.0] * 3)
    assert (drawn["came"]["x"], drawn["came"]["y"]) == (["2 weeks", "4 weeks"], [158.0, 152.5])
    assert drawn["by the definition before"]["y"] == [120.0, 120.0]
    assert drawn[NOT_YET]["x"] == ["8 weeks"]


def test_each_horizons_interval_is_a_whisker_and_an_earlier_versions_is_the_same_for_all() -> None:
    horizons = (Horizon(2, 151.0, 120.0, 182.0, None, None), Horizon(4, 152.0, 130.0, 174.0, None, None))
    promised = replace(PREDICTED, low95=None, high95=None, horizons=horizons)

    old, new = (traces(volume(one, TWO_OF_THREE).figure)["predicted"]["error_y"] for one in (PREDICTED, promised))

    assert isinstance(old, dict)
    assert isinstance(new, dict)
    assert (old["arrayminus"], old["array"]) == ([9.0] * 3, [9.0] * 3)
    assert (new["arrayminus"], new["array"]) == ([31.0, 22.0, 0.0], [31.0, 22.0, 0.0])


def test_the_volume_is_said_in_words() -> None:
    assert volume(PREDICTED, TWO_OF_THREE).alt == (
        "Predicted: 150.0 MQLs a week, 115.0 without the change. After 2 weeks 158.0 came, inside of what was "
        "promised. After 4 weeks 152.5 came, inside of what was promised."
    )


def test_acceptance_has_its_counts_and_too_few_are_no_rate() -> None:
    drawn = acceptance(PREDICTED, TWO_OF_THREE)

    accepted = traces(drawn.figure)["accepted of those decided"]
    assert accepted["marker"]["symbol"] == ["circle", "x-thin-open"]  # type: ignore[index]
    assert "52 % (61 of 118), 95 % interval 43 to 61 %" in drawn.alt
    assert "3 of 5, too few for a rate" in drawn.alt


def test_acceptance_stands_beside_what_was_decided_after_as_long_before() -> None:
    drawn = acceptance(PREDICTED, TWO_OF_THREE)

    assert traces(drawn.figure)["the weeks before, after as long"]["y"] == [48.0, 48.0]
    assert "of the weeks before, after as long: 48 % (240 of 500)" in drawn.alt
    assert "95 % interval 43 to 61 %, inside of what was promised" in drawn.alt


def test_where_no_share_was_predicted_none_is_drawn() -> None:
    nothing = replace(PREDICTED, acceptance=None)

    drawn = acceptance(nothing, TWO_OF_THREE)

    assert len(drawn.figure.data) == 0
    assert drawn.alt == "Too little was decided to predict a share."


def test_plotly_takes_the_figures() -> None:
    for drawn in (volume(PREDICTED, TWO_OF_THREE), acceptance(PREDICTED, TWO_OF_THREE)):
        go.Figure(drawn.figure.to_dict())
