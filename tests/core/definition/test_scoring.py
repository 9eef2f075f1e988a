"""The reference scores one lead exactly as the design's rules say, each boundary its own sentence."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings

from lib.core.definition import conditions as plainly
from lib.core.definition import earning, scoring
from lib.core.definition.criteria import (
    ActivityCondition,
    ActivityMatch,
    Category,
    Criterion,
    Definition,
    FieldCondition,
    FieldMatch,
    FrequencyMatch,
    KnownTest,
    NumberTest,
    SequenceMatch,
    TextTest,
)
from lib.core.leads.history import Activity, Lead
from lib.core.time.clock import MICROSECONDS_PER_DAY as DAY
from tests.core.strategies import AS_OF, any_definitions, any_populations, instants

VIEW = ActivityCondition(("page_view",))
PRICING = ActivityCondition(("page_view",), (TextTest("contains", ("pricing",)),))


def views(points: int, limit: int | None = None) -> Criterion:
    return Criterion("views", "Viewed", Category.ACTIONS, points, ActivityMatch(VIEW, limit))


def field(name: str, *tests: object) -> FieldMatch:
    return FieldMatch("one", (FieldCondition(name, tests),))  # type: ignore[arg-type]


def lead(*days: float, created: float = 0, **fields: str | None) -> Lead:
    return Lead("a", int(created * DAY), fields, tuple(Activity(int(day * DAY), "page_view") for day in days))


def definition(*criteria: Criterion, threshold: int = 10, **more: object) -> Definition:
    return Definition("test", threshold, criteria, **more)  # type: ignore[arg-type]


def test_a_lead_exactly_at_the_threshold_qualifies() -> None:
    assert scoring.qualification(definition(views(5)), lead(1, 2), AS_OF) == scoring.Qualification(2 * DAY, 10)


def test_a_lead_one_point_below_the_threshold_does_not_qualify() -> None:
    assert scoring.qualification(definition(views(5), threshold=11), lead(1, 2), AS_OF) is None


def test_two_hits_at_one_instant_count_together() -> None:
    both = definition(views(5), replace(views(5), id="again"))

    assert scoring.qualification(both, lead(3), AS_OF) == scoring.Qualification(3 * DAY, 10)


def test_a_deduction_at_the_same_instant_is_counted_before_the_lead_is_looked_at() -> None:
    against = Criterion("against", "", Category.UNDESIRABLES, -1, ActivityMatch(VIEW))

    assert scoring.qualification(definition(views(10), against), lead(3), AS_OF) is None


def test_activities_before_creation_count_at_their_own_age_from_creation_on() -> None:
    fading = definition(views(16), threshold=4, half_life_days=1.0)

    assert scoring.qualification(fading, lead(1, created=3), AS_OF) == scoring.Qualification(3 * DAY, 4)
    assert scoring.qualification(fading, lead(1, created=3.1), AS_OF) is None


def test_an_activity_after_the_instant_asked_about_is_ignored() -> None:
    assert scoring.qualification(definition(views(10)), lead(3), 3 * DAY - 1) is None
    assert scoring.qualification(definition(views(10)), lead(3), 3 * DAY) is not None


def test_half_of_an_actions_points_are_left_after_a_half_life() -> None:
    fading = definition(views(10), half_life_days=30.0)

    score = scoring.score_at(fading, earning.hits_of(fading, lead(0)), 30 * DAY)

    assert score.actions == 5.0


def test_undesirables_neither_fade_nor_are_capped() -> None:
    against = definition(Criterion("x", "", Category.UNDESIRABLES, -50, ActivityMatch(VIEW)), half_life_days=1.0)

    score = scoring.score_at(against, earning.hits_of(against, lead(0, 1)), 30 * DAY)

    assert score.undesirables == -100.0


def test_a_limit_takes_the_earliest_hits() -> None:
    fading = definition(views(8, limit=1), half_life_days=1.0)

    score = scoring.score_at(fading, earning.hits_of(fading, lead(0, 1, 2)), 2 * DAY)

    assert score.actions == 2.0


def test_a_sum_that_misses_a_whole_point_by_rounding_reaches_it() -> None:
    assert scoring.Score(0.0, 0.0, 10 - 5e-10, 0.0, disqualified=False).score == 10
    assert scoring.Score(0.0, 0.0, 10 - 2e-9, 0.0, disqualified=False).score == 9


def test_a_negative_total_is_rounded_down() -> None:
    assert scoring.Score(0.0, 0.0, 0.5, -3.0, disqualified=False).score == -3


@pytest.mark.parametrize(("days", "hits"), [((0, 1, 2), 1), ((0, 1, 2.0001), 0), ((0, 5, 5, 5), 1), ((2, 2, 2), 1)])
def test_a_frequency_is_met_by_enough_activities_within_the_days_ends_included(
    days: tuple[float, ...], hits: int
) -> None:
    often = Criterion("often", "", Category.ACTIONS, 5, FrequencyMatch(VIEW, 3, 2.0))

    assert len(earning.hits_on(often, lead(*days))) == hits


def test_a_frequency_is_earned_once_at_the_earliest_instant() -> None:
    often = Criterion("often", "", Category.ACTIONS, 5, FrequencyMatch(VIEW, 2, 1.0))

    assert earning.hits_on(often, lead(0, 3, 3.5, 4)) == (earning.Hit(int(3.5 * DAY)),)


@pytest.mark.parametrize(
    ("first", "second", "earned"),
    [(1.0, 2.0, True), (1.0, 1.0, False), (2.0, 1.0, False), (1.0, 8.0, True), (1.0, 8.0001, False)],
)
def test_a_sequence_needs_the_first_strictly_earlier_and_no_more_than_the_days_before(
    first: float, second: float, earned: bool
) -> None:
    then = Criterion("then", "", Category.ACTIONS, 5, SequenceMatch(ActivityCondition(("download",)), PRICING, 7.0))
    did = Lead(
        "a", 0, {}, (Activity(int(first * DAY), "download"), Activity(int(second * DAY), "page_view", "/pricing"))
    )

    assert bool(earning.hits_on(then, did)) is earned


def test_one_activity_alone_is_no_sequence_though_it_matches_both() -> None:
    then = Criterion("then", "", Category.ACTIONS, 5, SequenceMatch(VIEW, VIEW, 7.0))

    assert earning.hits_on(then, lead(1)) == ()
    assert earning.hits_on(then, lead(1, 2, 3)) == (earning.Hit(2 * DAY),)


@pytest.mark.parametrize(
    ("test", "text", "passes"),
    [
        (TextTest("is", ("Demo",)), " dEMO ", True),
        (TextTest("is", ("Demo",)), "demos", False),
        (TextTest("is_not", ("a", "b")), "c", True),
        (TextTest("is_not", ("a", "b")), "B", False),
        (TextTest("is_not", ("a",)), None, False),
        (TextTest("is_not", ("a",)), "  ", False),
        (TextTest("one_of", ("a", "b")), "B", True),
        (TextTest("contains", ("pric",)), "/Pricing", True),
        (TextTest("starts_with", ("/p",)), "/Pricing", True),
        (TextTest("ends_with", ("gmail.com",)), "x@GMAIL.com", True),
        (TextTest("has_word", ("vp",)), "VP, Sales", True),
        (TextTest("has_word", ("vp",)), "MVP", False),
        (TextTest("has_word", ("vp",)), "vp_sales", False),
        (TextTest("has_word", ("vp",)), "vp2", False),
        (TextTest("has_word", ("chef",)), "Unterchefin, Chef", True),
        (TextTest("has_word", ("jefe",)), "jefeñ", False),
        (TextTest("has_word", ("директор",)), "Генеральный директор", True),
        (TextTest("has_word", ("c++",)), "knows C++.", True),
        (TextTest("matches", ("^head of",)), "  HEAD of sales", True),
        (TextTest("matches", ("^málaga$",)), "Ma\u0301laga\u00a0", True),
        (TextTest("matches", ("^ma\u0301laga$",)), "MÁLAGA", True),
        (TextTest("is", ("Málaga",)), "Ma\u0301laga", True),
        (TextTest("is", ("Ma\u0301laga",)), "málaga\u200b", True),
        (TextTest("contains", ("inbound",)), "in\u00adbound form", True),
        (TextTest("has_word", ("θεός",)), "ο θεός_", False),
        (TextTest("has_word", ("Σ",)), "ΑΣ", False),
        (TextTest("has_word", ("vp",)), "vp²", False),
        (TextTest("has_item", ("Ads",)), "web; ads ;Mail", True),
        (TextTest("has_item", ("ads",)), "web;ads 2", False),
        (TextTest("has_item", ("ads", "mail")), "MAIL", True),
        (TextTest("has_item", ("ads",)), None, False),
        (TextTest("has_item", ("Café",)), "web;\u3000Cafe\u0301", True),
        (KnownTest(True), "\u200b\u00ad", False),
        (NumberTest(200, 5000), "200", True),
        (NumberTest(200, 5000), " 5e3 ", True),
        (NumberTest(200, 5000), "199.999", False),
        (NumberTest(200, None), "201-500", False),
        (NumberTest(None, 5), "1_0", False),
        (NumberTest(None, 5), None, False),
        (NumberTest(0, None), "inf", False),
        (KnownTest(True), "x", True),
        (KnownTest(True), "   ", False),
        (KnownTest(False), "\t", True),
        (KnownTest(False), None, True),
    ],
)
def test_each_operator_compares_trimmed_and_lower_cased(test: object, text: str | None, passes: bool) -> None:
    assert plainly.passes(test, text) is passes  # type: ignore[arg-type]


def test_all_needs_every_condition_and_any_one_of_them() -> None:
    conditions = field("title", TextTest("is", ("a",))).conditions + field("company", KnownTest(True)).conditions

    assert not plainly.lead_matches(FieldMatch("all", conditions), lead(title="a"), 0)
    assert plainly.lead_matches(FieldMatch("any", conditions), lead(title="a"), 0)


def test_an_unknown_required_field_keeps_a_lead_from_ever_qualifying() -> None:
    needs = definition(views(10), require=("title",))

    assert scoring.qualification(needs, lead(1, title=" "), AS_OF) is None
    assert scoring.qualification(needs, lead(1, title="x"), AS_OF) is not None


def test_a_minimum_is_met_by_its_categorys_own_value() -> None:
    who = Criterion("who", "", Category.PROFILE, 9, field("title", KnownTest(True)))
    needs = definition(views(10), who, minimums=((Category.PROFILE, 10.0),))

    assert scoring.qualification(needs, lead(1, title="x"), AS_OF) is None
    assert scoring.qualification(replace(needs, minimums=((Category.PROFILE, 9.0),)), lead(1, title="x"), AS_OF)


def test_a_disqualifying_activity_counts_from_its_instant_on() -> None:
    out = Criterion("out", "", Category.UNDESIRABLES, 0, ActivityMatch(ActivityCondition(("unsubscribe",))), True)
    rules = definition(views(10), out)

    before = Lead("a", 0, {}, (Activity(1, "page_view"), Activity(2, "unsubscribe")))
    together = Lead("a", 0, {}, (Activity(2, "page_view"), Activity(2, "unsubscribe")))

    assert scoring.qualification(rules, before, AS_OF) == scoring.Qualification(1, 10)
    assert scoring.qualification(rules, together, AS_OF) is None


def test_a_cap_bounds_a_categorys_sum() -> None:
    capped = definition(views(5), caps=((Category.ACTIONS, 12),))

    assert scoring.score_at(capped, earning.hits_of(capped, lead(1, 2, 3)), AS_OF).actions == 12.0


def test_a_criterion_switched_off_counts_nowhere() -> None:
    off = definition(views(5), replace(views(100), id="off", off=True))

    assert scoring.qualification(off, lead(1), AS_OF) is None
    assert [c.id for c, _ in earning.hits_of(off, lead(1))] == ["views"]


def test_an_explanation_says_what_each_criterion_gave_and_what_fading_and_the_cap_took() -> None:
    who = Criterion("who", "Known title", Category.PROFILE, 20, field("title", KnownTest(True)))
    rules = definition(who, views(8), caps=((Category.ACTIONS, 9),), half_life_days=1.0)

    explained = scoring.explain(rules, lead(0, 1, title="x"), 1 * DAY)

    actions = explained.categories[2]
    assert [(c.criterion.id, c.points) for c in actions.contributions] == [("views", 16)]
    assert (actions.fading, actions.capped, actions.value) == (Decimal(-4), Decimal(-3), Decimal(9))
    assert explained.total == 29


@settings(max_examples=200)
@given(any_definitions, any_populations, instants)
def test_every_explanation_sums_exactly_to_its_score(rules: Definition, leads: list[Lead], as_of: int) -> None:
    for one in leads:
        if one.created_at > as_of:
            with pytest.raises(ValueError, match="did not exist yet"):
                scoring.explain(rules, one, as_of)
            continue

        explained = scoring.explain(rules, one, as_of)

        score = scoring.score_at(rules, earning.hits_of(rules, one), as_of)
        parts = [
            amount
            for category in explained.categories
            for amount in (*(Decimal(c.points) for c in category.contributions), category.fading, category.capped)
        ]
        assert sum(amount for _, amount in explained.rows()) == explained.total
        assert sum(parts, Decimal(0)) == explained.total == sum(category.value for category in explained.categories)
        assert abs(explained.total - Decimal(score.total)) <= Decimal("0.000002")
        assert explained.score == score.score


def test_each_activity_says_which_criteria_it_earned_the_newest_first() -> None:
    then = Criterion("then", "", Category.ACTIONS, 5, SequenceMatch(VIEW, VIEW, 7.0))

    scored = earning.scored_activities(definition(views(8, limit=2), then), lead(1, 2, 3))

    assert [(s.activity.at // DAY, [c.id for c in s.criteria], s.points) for s in scored] == [
        (3, [], 0),
        (2, ["views", "then"], 13),
        (1, ["views"], 8),
    ]
