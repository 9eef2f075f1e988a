"""A headline claims of a table what is true of it, whatever stands there."""

from hypothesis import given
from hypothesis import strategies as st

from lib.core.consequences.headline import ALIKE, Beside, above, acceptance_claim, volume_claim


def row(name: str | None, mqls: float, share: float | None = None, margin: float = 0.0) -> Beside:
    if share is None:
        return Beside(name, mqls, None, None, None)
    return Beside(name, mqls, share, max(share - margin, 0.0), min(share + margin, 1.0))


@st.composite
def rows_of_a_table(draw: st.DrawFn) -> list[Beside]:
    """The agreed definition and up to four drafts; few shares and volumes, so that ties are common."""
    some = []
    for name in [None, *"abcd"[: draw(st.integers(0, 4))]]:
        share = draw(st.one_of(st.none(), st.sampled_from([0.0, 0.3, 0.5, 0.53, 0.65, 0.7, 1.0]), st.floats(0, 1)))
        mqls = draw(st.one_of(st.sampled_from([0.0, 100.0, 114.9, 115.5, 120.0]), st.floats(0, 1e4)))
        some.append(row(name, mqls, share, draw(st.sampled_from([0.0, 0.02, 0.1, 0.4]))))
    return some


tables = rows_of_a_table()


def test_the_agreed_at_53_beside_65_and_70_is_told_apart_from_both_and_these_are_not() -> None:
    agreed, less, higher = (
        row(None, 115.5, 0.53, 0.02),
        row("less", 114.9, 0.65, 0.04),
        row("higher", 114.9, 0.70, 0.04),
    )

    claim = acceptance_claim([agreed, less, higher])

    assert (claim.more, claim.less, claim.close) == ((higher, less), (agreed,), ())
    assert claim.best is None


def test_115_and_114_a_week_are_about_as_many() -> None:
    claim = volume_claim([row(None, 115.5), row("a", 114.9), row("b", 114.9)])

    assert claim.all_alike


def test_the_best_is_named_where_it_lies_above_all_others() -> None:
    best, other, unknown = row("a", 100, 0.7, 0.02), row(None, 100, 0.5, 0.02), row("b", 100)

    claim = acceptance_claim([other, best, unknown])

    assert claim.best is best
    assert claim.unknown == (unknown,)


def test_intervals_that_touch_are_not_told_apart() -> None:
    assert acceptance_claim([Beside(None, 1, 0.5, 0.4, 0.6), Beside("a", 1, 0.7, 0.6, 0.8)]).less == ()


@given(tables)
def test_whatever_is_said_to_be_accepted_more_lies_wholly_above_what_is_said_to_be_less(table: list[Beside]) -> None:
    claim = acceptance_claim(table)

    for one in claim.more:
        for other in claim.less:
            assert one.low95 is not None
            assert other.high95 is not None
            assert one.low95 > other.high95


@given(tables)
def test_too_close_to_tell_apart_is_said_only_where_every_two_intervals_touch(table: list[Beside]) -> None:
    claim = acceptance_claim(table)

    if not claim.less:
        known = [one for one in table if one.share is not None]
        assert all((one.low95 or 0.0) <= (other.high95 or 0.0) for one in known for other in known)
        assert claim.close == tuple(known)


@given(tables)
def test_a_best_is_named_exactly_where_one_lies_above_every_other_that_is_known(table: list[Beside]) -> None:
    known = [one for one in table if one.share is not None]

    above_all = [
        one for one in known if len(known) > 1 and all(above(one, other) for other in known if other is not one)
    ]

    assert acceptance_claim(table).best is (above_all[0] if above_all else None)


@given(tables)
def test_what_is_close_to_the_first_touches_it_and_everything_is_somewhere(table: list[Beside]) -> None:
    claim = acceptance_claim(table)

    assert sorted(map(id, (*claim.more, *claim.less, *claim.close, *claim.unknown))) == sorted(map(id, table))
    for one in claim.more[1:] + (claim.close if claim.more else ()):
        first = claim.more[0]
        assert (one.low95 or 0.0) <= (first.high95 or 0.0)
        assert (first.low95 or 0.0) <= (one.high95 or 0.0)


@given(tables)
def test_those_said_to_bring_most_bring_more_than_all_others_and_about_as_many_as_one_another(
    table: list[Beside],
) -> None:
    claim = volume_claim(table)

    most = [one.mqls_per_week for one in claim.most]
    others = [one.mqls_per_week for one in table if one not in claim.most]
    assert min(most) >= max(most) * (1 - ALIKE)
    assert all(other < min(most) for other in others)
    assert claim.all_alike == (not others)
