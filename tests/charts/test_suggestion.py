"""The trade-offs a suggestion offers, as drawn: which points, which is chosen, and in words."""

from lib.charts.language import DRAFT
from lib.charts.suggestion import FRONT, HOLLOW, front
from lib.core.consequences.expected import Expected, Interval, Method
from lib.core.consequences.known import Stage
from lib.core.definition.criteria import Definition
from lib.core.statistics.rates import Difference
from lib.core.suggestion.contest import Contest
from lib.core.suggestion.suggestion import Point


def point(per_week: float, accepted: int, threshold: int, *, better: bool = True) -> Point:
    said = Interval(accepted / 100, (accepted - 8) / 100, (accepted + 8) / 100)
    expected = Expected(threshold, Stage.ACCEPTED, 100, 0, said, Method.MODEL, None, 100, accepted)
    gains = Difference(0.1, 0.05, 0.15, None)
    fought = Contest(100, per_week, 100 if better else 200, 0.6, 0.5, gains, gains, gains)
    return Point(Definition("MQL", threshold, ()), 2, per_week, expected, expected, 1.0, fought)


NOW = point(115, 52, 60)


def test_each_offered_point_stands_at_its_volume_and_its_later_acceptance_and_can_be_chosen() -> None:
    drawn = front([point(60, 74, 63), point(117, 67, 45)], [point(115, 54, 60)], NOW, 1)

    agreed, now, offered = drawn.figure.data
    assert offered.name == FRONT
    assert list(zip(offered.x, offered.y, strict=True)) == [(60, 74), (117, 67)]
    assert [place for place, _ in offered.customdata] == [0, 1]
    assert offered.marker.size[1] > offered.marker.size[0]
    assert list(agreed.y) == [54]
    assert (list(now.x), list(now.y)) == ([115], [52])


def test_a_trade_off_that_was_not_compared_with_all_it_brings_is_hollow_and_says_so() -> None:
    drawn = front([point(60, 74, 63), point(200, 67, 45, better=False)], [], None, 1)

    _, offered, legend = drawn.figure.data
    assert list(offered.marker.color) == [DRAFT, HOLLOW]
    assert "<br>better at 60 MQLs a week of either" in offered.customdata[0][1]
    assert "compared only at 200 MQLs a week" in offered.customdata[1][1]
    assert legend.name == "not shown to be better"
    assert "better at" not in drawn.alt


def test_the_words_say_from_where_to_where_and_what_is_chosen() -> None:
    drawn = front([point(60, 74, 63), point(117, 67, 45)], [point(115, 54, 60)], NOW, 1)

    chosen = "117, 67 % accepted (95 % interval 59 to 75 %)"
    assert drawn.alt == (
        f"From 60 MQLs a week, 74 % accepted (95 % interval 66 to 82 %), to {chosen}; chosen: {chosen}, "
        "better at 117 MQLs a week of either (+10 points, 95 % interval +5 to +15)."
    )


def test_nothing_offered_says_so() -> None:
    assert front([], [], None, 0).alt == "Nothing better was found."
