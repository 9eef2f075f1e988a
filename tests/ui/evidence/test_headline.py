"""Evidence's first sentence counts and accuses exactly whom the table does."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from lib.core.definition.criteria import ActivityCondition, ActivityMatch, Category, Criterion
from lib.core.evidence.criteria import Contrast, CriteriaEvidence, CriterionEvidence, SignVerdict, verdict_of
from lib.core.statistics.rates import Difference, rate
from lib.core.time.window import Window
from lib.ui.evidence.view import headline_in_words


@st.composite
def criteria(draw: st.DrawFn) -> CriterionEvidence:
    number = draw(st.integers(0, 10**6))
    criterion = Criterion(
        f"c{number}",
        f"Criterion {number}",
        draw(st.sampled_from([Category.ACTIONS, Category.UNDESIRABLES])),
        draw(st.sampled_from([0, 10])),
        ActivityMatch(ActivityCondition(("demo",))),
        off=draw(st.booleans()),
    )
    value = draw(st.sampled_from([-0.3, 0.3]))
    left = Difference(value, value - 0.1, value + 0.1, 0.001)
    contrast = Contrast(rate(20, 40), rate(30, 60), left, left)
    p_value = draw(st.sampled_from([0.001, 0.5]))
    return CriterionEvidence(criterion, 50, 40, (contrast,) * 3, p_value, verdict_of(criterion, 50, contrast, p_value))


@given(st.lists(criteria(), min_size=1, max_size=6, unique_by=lambda one: one.criterion.id), st.integers(0, 3))
def test_it_counts_what_is_supported_and_accuses_only_what_gives_something_against_its_sign(
    told: list[CriterionEvidence], finds: int
) -> None:
    table = CriteriaEvidence(0, Window(date(2026, 3, 2), date(2026, 3, 9), "UTC"), 100, 90, 50, tuple(told), ())

    words = headline_in_words(table, finds, "the draft in hand")

    assert f"support **{sum(one.verdict is SignVerdict.SUPPORTED for one in told)}** of the" in words
    assert "of the draft in hand" in words
    for one in told:
        accused = f"**{one.criterion.label}**" in words
        assert accused == (one.verdict is SignVerdict.AGAINST)
        if accused:
            assert one.criterion.points
            assert not one.criterion.off
    assert ("that no criterion asks for" in words) == bool(finds)
