"""Why MQLs moved: the parts sum to the whole exactly, and what did not differ did nothing."""

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.core.funnel.moved import Moved, PeriodCounts, WeeksBefore, moved, verdicts, whole_numbers
from lib.core.statistics.rates import Verdict


@st.composite
def two_periods(draw: st.DrawFn) -> tuple[PeriodCounts, PeriodCounts]:
    channels = draw(st.integers(0, 4))
    numbers = st.lists(st.integers(0, 30), min_size=channels, max_size=channels).map(tuple)
    return tuple(  # type: ignore[return-value]
        PeriodCounts(draw(numbers), draw(numbers), draw(numbers), draw(st.integers(0, 9)), draw(st.integers(0, 200)))
        for _ in range(2)
    )


def plainly(before: PeriodCounts, after: PeriodCounts, channel: int) -> dict[str, Fraction]:
    """A channel's causes, one order after the other, where both periods have new leads of it."""
    sides = (before, after)

    def mqls(state: dict[str, int]) -> Fraction:
        of = sides[state["share"]]
        qualified = (of.by_before, of.by_after)[state["definition"]][channel]
        return Fraction(sides[state["leads"]].new_leads[channel] * qualified, of.new_leads[channel])

    effects = dict.fromkeys(("definition", "leads", "share"), Fraction())
    for order in permutations(effects):
        state = dict.fromkeys(effects, 0)
        for cause in order:
            was = mqls(state)
            state[cause] = 1
            effects[cause] += (mqls(state) - was) / 6
    return effects


@given(two_periods())
def test_the_parts_sum_to_the_whole_exactly(periods: tuple[PeriodCounts, PeriodCounts]) -> None:
    found = moved(*periods)

    assert sum(found.parts) == periods[1].handed_over - periods[0].handed_over
    assert sum(whole_numbers(found.parts)) == found.after - found.before


@given(two_periods())
def test_it_is_what_going_through_every_order_plainly_gives(periods: tuple[PeriodCounts, PeriodCounts]) -> None:
    before, after = periods
    found = moved(before, after)

    both = [n for n, leads in enumerate(before.new_leads) if leads and after.new_leads[n]]
    for channel in both:
        assert found.new_leads[channel] == plainly(before, after, channel)["leads"]
    if len(both) == len(before.new_leads):
        each = [plainly(before, after, channel) for channel in both]
        assert found.definition == sum(one["definition"] for one in each)
        assert found.share == sum(one["share"] for one in each)


@given(two_periods())
def test_a_definition_that_stayed_did_nothing(periods: tuple[PeriodCounts, PeriodCounts]) -> None:
    same = [PeriodCounts(one.new_leads, one.by_before, one.by_before, one.again, one.handed_over) for one in periods]

    assert moved(*same).definition == 0


@given(two_periods())
def test_as_many_new_leads_as_before_did_nothing(periods: tuple[PeriodCounts, PeriodCounts]) -> None:
    before, after = periods
    alike = PeriodCounts(before.new_leads, after.by_before, after.by_after, after.again, after.handed_over)

    assert set(moved(before, alike).new_leads) <= {Fraction()}


@given(two_periods())
def test_a_period_beside_itself_has_no_cause_at_all(periods: tuple[PeriodCounts, PeriodCounts]) -> None:
    (one, _) = periods
    itself = PeriodCounts(one.new_leads, one.by_before, one.by_before, one.again, one.handed_over)

    assert set(moved(itself, itself).parts) == {Fraction()}


@given(two_periods())
def test_the_other_way_round_every_part_is_the_opposite(periods: tuple[PeriodCounts, PeriodCounts]) -> None:
    before, after = periods
    turned = [
        PeriodCounts(one.new_leads, one.by_after, one.by_before, one.again, one.handed_over) for one in (after, before)
    ]

    assert moved(*turned).parts == tuple(-part for part in moved(before, after).parts)


def test_twice_the_leads_of_a_channel_at_the_same_share_are_that_channels() -> None:
    before = PeriodCounts((10, 40), (5, 4), (5, 4), 1, 10)
    after = PeriodCounts((20, 40), (10, 4), (10, 4), 3, 18)

    found = moved(before, after)

    assert found == Moved(10, 18, Fraction(), (Fraction(5), Fraction()), Fraction(), Fraction(2), Fraction(1))


def test_mqls_of_a_channel_that_brought_no_new_lead_are_the_shares() -> None:
    found = moved(PeriodCounts((10,), (5,), (5,), 0, 5), PeriodCounts((0,), (2,), (2,), 0, 2))

    assert (found.new_leads, found.share) == ((Fraction(),), Fraction(-3))


def test_a_channel_that_stopped_took_its_leads_with_it() -> None:
    found = moved(PeriodCounts((10,), (5,), (5,), 0, 5), PeriodCounts((0,), (0,), (0,), 0, 0))

    assert (found.new_leads, found.share) == ((Fraction(-5),), Fraction())


def test_whole_numbers_round_the_largest_rests_up() -> None:
    assert whole_numbers([Fraction(3, 2), Fraction(-1, 4), Fraction(7, 4)]) == (1, 0, 2)
    assert whole_numbers([]) == ()


STEADY = WeeksBefore(((100,) * 26, (40,) * 26), (30,) * 26, (5,) * 26)


def test_what_the_weeks_before_explain_is_noise_and_another_definition_is_counted() -> None:
    before = PeriodCounts((100, 40), (20, 10), (18, 9), 4, 35)
    after = PeriodCounts((104, 90), (21, 22), (19, 20), 5, 45)

    definition, inbound, event, share, again, otherwise = verdicts(before, after, STEADY)

    assert definition is Verdict.LOWER
    assert (inbound, event) == (Verdict.NOISE, Verdict.HIGHER)
    assert share is Verdict.NOISE
    assert (again, otherwise) == (Verdict.TOO_FEW, Verdict.NOISE)


def test_more_leads_of_a_better_channel_are_no_better_share() -> None:
    before, after = (
        PeriodCounts((100, 40), (10, 20), (10, 20), 5, 35),
        PeriodCounts((100, 400), (10, 200), (10, 200), 5, 215),
    )

    _, inbound, event, share, *_ = verdicts(before, after, STEADY)

    assert (inbound, event, share) == (Verdict.NOISE, Verdict.HIGHER, Verdict.NOISE)


def test_a_share_that_really_fell_is_said_to() -> None:
    before, after = PeriodCounts((100, 40), (60, 20), (60, 20), 5, 85), PeriodCounts((100, 40), (20, 5), (20, 5), 5, 30)

    _, _, _, share, *_ = verdicts(before, after, STEADY)

    assert share is Verdict.LOWER


@pytest.mark.parametrize("weeks", [7, 0])
def test_with_too_few_weeks_before_nothing_is_called_real(weeks: int) -> None:
    young = WeeksBefore(((100,) * weeks,), (30,) * weeks, (5,) * weeks)
    before, after = PeriodCounts((100,), (20,), (20,), 5, 25), PeriodCounts((10,), (9,), (9,), 50, 59)

    assert set(verdicts(before, after, young)) <= {Verdict.TOO_FEW, Verdict.NOISE}
