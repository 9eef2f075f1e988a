"""The trade-offs a suggestion offers, as drawn: which points, which is chosen, and in words."""

from lib.charts.suggestion import FRONT, front
from lib.core.consequences import Expected, Stage
from lib.core.definition import Definition
from lib.core.suggestion import Point


def point(per_week: float, accepted: int, threshold: int) -> Point:
    expected = Expected(threshold, Stage.ACCEPTED, 100, accepted, 0, 0.0, 0, (accepted - 8) / 100, (accepted + 8) / 100)
    return Point(Definition("MQL", threshold, ()), 2, per_week, expected, expected, 1.0)


def test_each_offered_point_stands_at_its_volume_and_its_later_acceptance_and_can_be_chosen() -> None:
    drawn = front([point(60, 74, 63), point(117, 67, 45)], [point(115, 54, 60)], 1)

    agreed, offered = drawn.figure.data
    assert offered.name == FRONT
    assert list(zip(offered.x, offered.y, strict=True)) == [(60, 74), (117, 67)]
    assert [place for place, _ in offered.customdata] == [0, 1]
    assert offered.marker.size[1] > offered.marker.size[0]
    assert list(agreed.y) == [54]


def test_the_words_say_from_where_to_where_and_what_is_chosen() -> None:
    drawn = front([point(60, 74, 63), point(117, 67, 45)], [point(115, 54, 60)], 1)

    chosen = "117, 67 % accepted (95 % interval 59 to 75 %)"
    assert drawn.alt == (
        f"From 60 MQLs a week, 74 % accepted (95 % interval 66 to 82 %), to {chosen}; chosen: {chosen}."
    )


def test_nothing_offered_says_so() -> None:
    assert front([], [], 0).alt == "Nothing better was found."
