"""The visual language: one palette for charts and widgets, legible on either background; a frame that holds still."""

import tomllib
from datetime import date
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go
import pytest
from streamlit.elements.lib import streamlit_plotly_theme
from streamlit.material_icon_names import ALL_MATERIAL_ICONS

from lib.charts import language
from lib.charts.language import (
    CATEGORY_COLOURS,
    HATCHED_AXIS,
    HUES,
    STATES,
    Mark,
    amount,
    chart,
    count,
    duration,
    hatched,
    named_by_year,
    percent,
    period_name,
    safe,
    short,
    signed,
)
from lib.core.time.periods import By

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
THEME: dict[str, Any] = CONFIG["theme"]
BY_MEANING = {
    "draft": language.DRAFT,
    "agreed": language.AGREED,
    "gained": language.GAINED,
    "lost": language.LOST,
    "observed": language.OBSERVED,
    "accepted": language.ACCEPTED,
    "rejected": language.REJECTED,
    "open": language.OPEN,
    "closed": language.CLOSED,
    **{state: look.colour for state, look in STATES.items()},
    **{f"hue {n}": hue for n, hue in enumerate(HUES)},
    **CATEGORY_COLOURS,
}

SIGHTS = {
    "all colours": np.eye(3),
    "no red": np.array([[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]]),
    "no green": np.array([[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]]),
    "no blue": np.array([[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]]),
}
"""What those without one kind of cone see of linear red, green and blue (Machado, Oliveira and Fernandes 2009)."""


def contrast(one: str, other: str) -> float:
    """WCAG 2's ratio of two colours written #RRGGBB."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return float(0.2126 * red + 0.7152 * green + 0.0722 * blue)


def _linear(colour: str) -> npt.NDArray[np.float64]:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    return np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels])


def seen_apart(one: str, other: str, sight: npt.NDArray[np.float64]) -> float:
    """CIE 1976's difference of two colours for such eyes: 2.3 is just noticed, black and white are 100 apart."""
    return float(np.linalg.norm(_lab(sight @ _linear(one)) - _lab(sight @ _linear(other))))


def _lab(linear: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = (to_xyz @ np.clip(linear, 0, 1)) / np.array([0.9505, 1.0, 1.0888])
    x, y, z = (np.cbrt(c) if c > 0.008856 else 7.787 * c + 16 / 116 for c in (x, y, z))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def test_black_on_white_has_the_highest_contrast_there_is() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("appearance", ["light", "dark"])
@pytest.mark.parametrize("meaning", BY_MEANING)
def test_a_shape_in_a_chart_has_three_to_one_on_either_background(meaning: str, appearance: str) -> None:
    background = THEME[appearance]["backgroundColor"]

    assert contrast(BY_MEANING[meaning], background) >= 3


@pytest.mark.parametrize("appearance", ["light", "dark"])
@pytest.mark.parametrize("surface", ["backgroundColor", "secondaryBackgroundColor"])
def test_every_colour_of_text_has_four_and_a_half_to_one_on_every_surface(appearance: str, surface: str) -> None:
    colours = {name: c for name, c in THEME[appearance].items() if name.endswith("TextColor") or name == "linkColor"}
    colours["textColor"] = THEME[appearance]["textColor"]

    too_faint = {name: c for name, c in colours.items() if contrast(c, THEME[appearance][surface]) < 4.5}

    assert len(colours) == 7
    assert not too_faint


def test_white_text_on_a_button_in_the_drafts_colour_has_four_and_a_half_to_one() -> None:
    assert contrast("#FFFFFF", THEME["primaryColor"]) >= 4.5


def test_widgets_have_the_same_colours_as_charts() -> None:
    assert THEME["primaryColor"] == THEME["violetColor"] == language.DRAFT
    assert THEME["grayColor"] == language.AGREED
    assert THEME["blueColor"] == language.GAINED
    assert THEME["orangeColor"] == language.LOST
    assert set(BY_MEANING.values()) <= set(THEME["chartCategoricalColors"])


def test_colours_that_stand_for_different_things_in_one_chart_differ() -> None:
    assert len(set(CATEGORY_COLOURS.values())) == len(CATEGORY_COLOURS)
    assert len({language.DRAFT, language.AGREED, language.GAINED, language.LOST}) == 4
    assert len({language.ACCEPTED, language.REJECTED, language.OPEN, language.CLOSED}) == 4
    assert len(set(HUES)) == len(HUES)


def test_the_states_have_an_icon_each_that_streamlit_knows() -> None:
    icons = [look.icon for look in STATES.values()]

    assert list(STATES) == ["met", "breached", "overdue", "due", "by day only"]
    assert len(set(icons)) == 5
    assert {icon.removeprefix(":material/").removesuffix(":") for icon in icons} <= set(ALL_MATERIAL_ICONS)


def test_black_and_white_are_a_hundred_apart() -> None:
    assert seen_apart("#000000", "#FFFFFF", SIGHTS["all colours"]) == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("pair", list(combinations(STATES, 2)), ids=" and ".join)
def test_the_colours_of_two_states_differ_also_for_the_colour_blind(pair: tuple[str, str], sight: str) -> None:
    one, other = (STATES[state].colour for state in pair)

    assert seen_apart(one, other, SIGHTS[sight]) > 10


def test_hatching_covers_the_height_of_its_places_and_says_its_word() -> None:
    (hatching,) = hatched(["50 to 59"], "not observed", 1.0)

    assert (hatching["x"], hatching["y"], HATCHED_AXIS["range"]) == (["50 to 59"], [1], [0, 1])
    assert hatching["name"] == "not observed"
    assert hatching["marker"]["pattern"]["shape"] == "/"


def test_without_a_place_there_is_no_hatching_and_no_word_in_the_legend() -> None:
    assert hatched([], "immature", 1.0) == []


def test_a_zoom_and_the_height_outlive_other_numbers() -> None:
    before = chart("Why?", [{"type": "scatter", "y": [1, 2]}], "Because.")
    after = chart("Why?", [{"type": "scatter", "y": [1000, 2000]}], "Because.")

    assert before.figure.layout.uirevision == after.figure.layout.uirevision is not None
    assert before.figure.layout.height == after.figure.layout.height == language.HEIGHT


def test_text_has_the_colour_that_streamlit_replaces_by_one_legible_on_its_background() -> None:
    drawn = chart("Why?", [], "Because.", marks=[Mark("x", 1, "one")], yaxis={"title": "MQLs"}).figure.layout

    assert language.TEXT == streamlit_plotly_theme.GRAY_90
    for font in (drawn.font, drawn.xaxis.tickfont, drawn.yaxis.title.font, drawn.shapes[0].label.font):
        assert font.color == language.TEXT


def test_the_background_is_left_to_the_theme() -> None:
    drawn = chart("Why?", [], "Because.").figure

    assert drawn.layout.paper_bgcolor == drawn.layout.plot_bgcolor == language.CLEAR


def test_a_line_beyond_the_data_is_inside_the_plot() -> None:
    drawn = chart("Why?", [{"type": "scatter", "y": [1, 2]}], "Because.", marks=[Mark("y", 60, "threshold 60")]).figure

    assert tuple(drawn.layout.yaxis.autorangeoptions.include) == (60,)


def test_an_upright_line_crosses_the_whole_height_at_its_place() -> None:
    shape = chart("Why?", [], "Because.", marks=[Mark("x", 55, "agreed 55", side="left")]).figure.layout.shapes[0]

    assert (shape.x0, shape.x1, shape.y0, shape.y1, shape.yref) == (55, 55, 0, 1, "paper")
    assert (shape.label.text, shape.label.xanchor) == ("agreed 55", "right")


def test_the_frame_with_every_kind_of_mark_is_a_valid_figure() -> None:
    marks = [Mark("x", 1, "one"), Mark("y", 2, "two")]

    drawn = chart("Why?", [], "Because.", marks=marks, nothing="There is nothing").figure

    assert go.Figure(drawn.to_dict()).layout.title.text == "Why?"


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "1 MQL"), (0, "0 MQLs"), (1204, "1,204 MQLs"), (0.6, "1 MQL"), (1_000_000, "1,000,000 MQLs")],
)
def test_a_count_has_thousands_separators_and_its_noun_in_the_right_form(number: float, said: str) -> None:
    assert count(number, "MQL") == said


@pytest.mark.parametrize(
    ("points", "said"), [(20, "+20"), (-12.412345, "−12.4"), (0, "0"), (-0.04, "0"), (0.04, "0"), (1234.5, "+1,234.5")]
)
def test_a_signed_amount_shows_its_direction_unless_it_rounds_to_none(points: float, said: str) -> None:
    assert signed(points) == said


@pytest.mark.parametrize(("points", "said"), [(63.21, "63.2"), (20.0, "20"), (-0.5, "−0.5"), (-0.01, "0")])
def test_an_amount_has_one_decimal_where_there_is_one(points: float, said: str) -> None:
    assert amount(points) == said


@pytest.mark.parametrize(("share", "said"), [(0.464, "46 %"), (0, "0 %"), (1, "100 %"), (0.996, "100 %")])
def test_a_share_is_said_in_whole_per_cents(share: float, said: str) -> None:
    assert percent(share) == said


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (3 + 1 / 3, "3 h 20 min"),
        (4, "4 h"),
        (0.75, "45 min"),
        (0, "0 min"),
        (1.9999, "2 h"),
        (1234.5, "1,234 h 30 min"),
    ],
)
def test_a_duration_is_said_in_hours_and_whole_minutes(hours: float, said: str) -> None:
    assert duration(hours) == said


@pytest.mark.parametrize(("by", "said"), [(By.WEEK, "the week of 1 June 2026"), (By.MONTH, "June 2026")])
def test_a_period_is_named_by_what_it_is(by: By, said: str) -> None:
    assert period_name(date(2026, 6, 1), by) == said


def test_quarters_are_named_on_the_axis_as_the_fiscal_year_has_them_and_weeks_by_their_days() -> None:
    days = [date(2026, 1, 1), date(2026, 4, 1)]

    quarters = named_by_year(language.chart("Q", [{"x": days, "y": [1, 2]}], "alt"), days, By.QUARTER, 7).figure
    weeks = named_by_year(language.chart("Q", [{"x": days, "y": [1, 2]}], "alt"), days, By.WEEK, 7).figure

    assert list(quarters.layout.xaxis.ticktext) == ["Q3 FY26", "Q4 FY26"]
    assert weeks.layout.xaxis.ticktext is None


def test_what_somebody_typed_is_shown_as_typed() -> None:
    assert safe("<b>Fair</b> & more") == "&lt;b&gt;Fair&lt;/b&gt; &amp; more"


def test_a_long_label_is_cut_before_it_is_made_safe() -> None:
    assert short("a" * 24) == "a" * 24
    assert short("&" * 25) == "&amp;" * 23 + "…"
