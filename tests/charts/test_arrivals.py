"""What came on each day: one bar a day, gaps hatched and told in words."""

from datetime import date

from lib.charts.arrivals import rows_by_day
from lib.core.exchange.soundness import Ended, Gap, Missing

MONDAY = date(2026, 3, 2)


def test_each_day_has_a_bar_and_each_missing_one_is_hatched() -> None:
    gap = Gap(date(2026, 3, 3), date(2026, 3, 4))

    drawn = rows_by_day("activities", MONDAY, [4, 0, 0, 6], Missing((gap,), None))

    bars, hatching = drawn.figure.data
    assert list(bars.y) == [4, 0, 0, 6]
    assert list(hatching.x) == [date(2026, 3, 3), date(2026, 3, 4)]
    assert drawn.alt.startswith("1 time from 2 March 2026 to 5 March 2026 no activities came though they usually do")
    assert "lasts 2 days" in drawn.alt


def test_without_a_gap_that_is_the_finding() -> None:
    drawn = rows_by_day("events", MONDAY, [1], Missing((), None))

    assert len(drawn.figure.data) == 1
    assert drawn.alt == (
        "No day from 2 March 2026 to 2 March 2026 is without events though such a day usually has some."
    )


def test_a_series_that_ended_is_hatched_to_its_end_and_said_once() -> None:
    drawn = rows_by_day("activities", MONDAY, [4, 0, 0], Missing((), Ended(MONDAY, 2)))

    _bars, hatching = drawn.figure.data
    assert list(hatching.x) == [date(2026, 3, 3), date(2026, 3, 4)]
    assert drawn.alt == "No activities since 2 March 2026, 2 days."


def test_where_nothing_came_that_is_said() -> None:
    assert rows_by_day("activities", MONDAY, [], Missing((), None)).alt == "No activities came."
