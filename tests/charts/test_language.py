"""The visual language: one palette for charts and widgets, legible on either background; a frame that holds still."""

import tomllib
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
from streamlit.elements.lib import streamlit_plotly_theme

from lib.charts import language
from lib.charts.language import CATEGORY_COLOURS, Mark, amount, chart, count, signed

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
THEME: dict[str, Any] = CONFIG["theme"]
BY_MEANING = {
    "draft": language.DRAFT,
    "agreed": language.AGREED,
    "gained": language.GAINED,
    "lost": language.LOST,
    **CATEGORY_COLOURS,
}


def contrast(one: str, other: str) -> float:
    """WCAG 2's ratio of two colours written #RRGGBB."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


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
