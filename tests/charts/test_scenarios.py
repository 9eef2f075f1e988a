"""Several definitions in one picture: where each stands, what tells them apart, and in words."""

from lib.charts.language import AGREED, DRAFT
from lib.charts.scenarios import side_by_side
from lib.core.consequences.expected import Amount, Expected, Interval, Method
from lib.core.consequences.headline import beside
from lib.core.consequences.known import Stage
from lib.core.consequences.scenario import Scenario
from lib.core.definition.criteria import Definition
from lib.core.replay.preview import Volume
from lib.core.sla.answering import Answering
from lib.core.sla.capacity import Load


def scenario(name: str | None, per_week: int, accepted: float | None, today: Interval | None = None) -> Scenario:
    said = None if accepted is None else Interval(accepted, accepted - 0.1, accepted + 0.1)
    method = Method.TOO_FEW if said is None else Method.MODEL
    return Scenario(
        name,
        Definition("MQL", 60, ()),
        Volume(60, 10 * per_week, 0, 0, 0, (), ()),
        10.0,
        Expected(60, Stage.ACCEPTED, 100, 0, said, method, today, 400, 200),
        Expected(60, Stage.SQL, 100, 0, None, Method.TOO_FEW, None, 400, 20),
        Amount(60, None, None, None, 400, 3, None),
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


def test_where_acceptance_moved_each_stands_as_sales_judges_today_as_in_the_table() -> None:
    moved = scenario("moved", 100, 0.6, Interval(0.5, 0.42, 0.58))

    assert side_by_side([moved]).alt == "moved: 100 MQLs a week, 50 % accepted (95 % interval 42 to 58 %)."
    assert beside(moved).share == 0.5
