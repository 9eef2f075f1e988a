"""The stock by bins, and the queue of each plan: every number is in the figure, and in words."""

from datetime import date

from lib.charts.going_live import FADED, STANDING, queues, stock

DAYS = [date(2026, 11, 30), date(2026, 12, 1)]


def test_the_stock_stands_in_its_bins_with_those_at_the_threshold_apart() -> None:
    drawn = stock("By age", ["this week", "longer ago"], [3, 1], [0, 1200])

    bars = {trace["name"]: (trace["x"], trace["y"]) for trace in drawn.figure.to_dict()["data"]}
    assert bars == {
        STANDING: (["this week", "longer ago"], [3, 1]),
        FADED: (["this week", "longer ago"], [0, 1200]),
    }
    assert drawn.alt == "1,204 leads in stock, 4 of them at the threshold now; most in longer ago."


def test_a_chart_of_no_stock_says_so() -> None:
    assert stock("By age", ["this week"], [0], [0]).alt == "Nobody is in stock."


def test_each_plan_has_its_line_and_the_chosen_one_is_thick() -> None:
    drawn = queues(DAYS, {"None": [4, 2], "Standing": [9, 31]}, "Standing")

    lines = {trace["name"]: (trace["y"], trace["line"]["width"]) for trace in drawn.figure.to_dict()["data"]}
    assert lines == {"None": ([4, 2], 1.5), "Standing": ([9, 31], 4)}
    assert drawn.alt == "None: at most 4 wait; Standing: at most 31 wait."


def test_without_capacity_there_is_no_line() -> None:
    drawn = queues(DAYS, {"None": [None, None]}, "None")

    assert drawn.figure.to_dict()["data"] == []
    assert drawn.alt == "No rep says how many leads a day it can take up."
