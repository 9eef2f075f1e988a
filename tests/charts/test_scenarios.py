"""Several definitions in one picture: where each stands, what tells them apart, and in words."""

from lib.charts.language import AGREED, DRAFT
from lib.charts.scenarios import side_by_side
from lib.core.consequences.expected import Expected
from lib.core.consequences.known import Stage
from lib.core.consequences.scenario import Scenario, most_accepted, told_apart
from lib.core.definition.criteria import Definition
from lib.core.replay.preview import Volume
from lib.core.sla.answering import Answering
from lib.core.sla.capacity import Load


def scenario(name: str | None, per_week: int, accepted: float | None) -> Scenario:
    low, high = (None, None) if accepted is None else (accepted - 0.1, accepted + 0.1)
    reached = round(100 * (accepted or 0.0))
    return Scenario(
        name,
        Definition("MQL", 60, ()),
        Volume(60, 10 * per_week, 0, 0, 0, (), ()),
        10.0,
        Expected(60, Stage.ACCEPTED, 100, reached, 0, 0.0, 0, low, high),
        Load(10, 0, 5, 10.0, None),
        Answering(60, 0, None, None, None, (), None),
        (),
    )


AS_AGREED, LESS, UNKNOWN = scenario(None, 115, 0.54), scenario("less", 117, 0.67), scenario("unknown", 9, None)


def test_each_stands_at_its_volume_and_its_expected_acceptance_the_agreed_one_grey() -> None:
    agreed, less = side_by_side([AS_AGREED, LESS, UNKNOWN]).figure.data

    assert (list(agreed.x), list(agreed.y), agreed.marker.color) == ([115], [54], AGREED)
    assert (list(less.x), list(less.y), less.marker.color) == ([117], [67], DRAFT)
    assert agreed.marker.symbol != less.marker.symbol


def test_the_words_say_all_that_is_drawn() -> None:
    assert side_by_side([AS_AGREED, LESS]).alt == (
        "the agreed definition: 115 MQLs a week, 54 % accepted (95 % interval 44 to 64 %); "
        "less: 117 MQLs a week, 67 % accepted (95 % interval 57 to 77 %)."
    )


def test_nothing_known_says_so() -> None:
    assert side_by_side([UNKNOWN]).alt == "Sales has decided on too few leads to say."


def test_the_most_accepted_is_the_one_of_the_greatest_known_share() -> None:
    assert most_accepted([AS_AGREED, UNKNOWN, LESS]) is LESS
    assert most_accepted([UNKNOWN]) is None


def test_two_are_told_apart_only_where_their_intervals_do_not_touch() -> None:
    far = scenario("far", 100, 0.33)

    assert told_apart(LESS, [far, LESS, UNKNOWN])
    assert not told_apart(LESS, [far, LESS, AS_AGREED])
