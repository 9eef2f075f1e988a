"""Acceptance's sentences name whom the table calls really different, and count everybody else."""

import re

from hypothesis import given
from hypothesis import strategies as st

from lib.core.statistics.rates import Comparison, Verdict, compared_with_rest
from lib.ui.acceptance.groups import differences_in_words

counts = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=6)


def compared(table: list[tuple[int, int]]) -> tuple[Comparison, ...]:
    return compared_with_rest([k for k, _ in table], [k + rest for k, rest in table], 7)


@given(counts)
def test_everybody_is_said_once_and_as_the_table_has_it(table: list[tuple[int, int]]) -> None:
    found, names = compared(table), [f"group{n}" for n in range(len(table))]

    words = differences_in_words(names, found)

    more, less = (re.search(f"Really {often} often than the others: ([^.]*)", words) for often in ("more", "less"))
    for name, one in zip(names, found, strict=True):
        assert (more is not None and name in more[1]) == (one.verdict is Verdict.HIGHER)
        assert (less is not None and name in less[1]) == (one.verdict is Verdict.LOWER)
        assert words.count(name) == (one.verdict in (Verdict.HIGHER, Verdict.LOWER))
    counted = {said: sum(one.verdict is said for one in found) for said in (Verdict.NOISE, Verdict.TOO_FEW)}
    assert (f"{counted[Verdict.NOISE]} differ" in words) == bool(counted[Verdict.NOISE])
    assert (f"{counted[Verdict.TOO_FEW]} ha" in words) == bool(counted[Verdict.TOO_FEW])


@given(counts)
def test_who_is_called_accepted_more_often_is(table: list[tuple[int, int]]) -> None:
    for one in compared(table):
        if one.verdict in (Verdict.HIGHER, Verdict.LOWER):
            assert one.rate.share is not None
            assert one.other.share is not None
            assert (one.rate.share > one.other.share) == (one.verdict is Verdict.HIGHER)
