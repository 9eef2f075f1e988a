"""The waterfall ends where the later period does, noise is grey, and its words say the same."""

import plotly.graph_objects as go

from lib.charts.language import AGREED, GAINED, LOST, OBSERVED
from lib.charts.moved import waterfall
from lib.core.statistics.rates import Verdict

PERIODS = ("week of 9 Nov 2026", "week of 16 Nov 2026")
CAUSES = [
    ("definition", -12, Verdict.LOWER),
    ("new: event <b>", 30, Verdict.HIGHER),
    ("share that qualifies", 4, Verdict.NOISE),
    ("handed over again", 0, Verdict.TOO_FEW),
]


def test_each_bar_begins_where_the_one_before_it_ended_and_the_last_one_is_the_later_period() -> None:
    _, bars = waterfall(PERIODS, (100, 122), CAUSES, same=False).figure.data

    assert list(bars.base) == [0, 100, 88, 118, 122, 0]
    assert list(bars.x) == [100, -12, 30, 4, 0, 122]
    assert bars.base[4] + bars.x[4] == bars.x[5]


def test_only_what_is_real_has_a_colour() -> None:
    _, bars = waterfall(PERIODS, (100, 122), CAUSES, same=False).figure.data

    assert list(bars.marker.color) == [OBSERVED, LOST, GAINED, AGREED, AGREED, OBSERVED]


def test_the_text_says_every_part_and_which_is_noise() -> None:
    assert waterfall(PERIODS, (100, 122), CAUSES, same=False).alt == (
        "From 100 MQLs in week of 9 Nov 2026 to 122 in week of 16 Nov 2026: +22. definition −12, real; "
        "new: event <b> +30, real; share that qualifies +4, noise; handed over again 0."
    )


def test_a_definition_that_stayed_is_said_to_be_the_same() -> None:
    drawn = waterfall(PERIODS, (100, 100), [("definition", 0, Verdict.NOISE)], same=True)

    assert "definition 0, the same." in drawn.alt


def test_plotly_takes_the_figure_and_no_name_becomes_formatting() -> None:
    drawn = waterfall(PERIODS, (100, 122), CAUSES, same=False)

    go.Figure(drawn.figure.to_dict())
    assert "new: event &lt;b&gt;" in drawn.figure.layout.yaxis.ticktext
