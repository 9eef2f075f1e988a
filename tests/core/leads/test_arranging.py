"""Activities by lead and instant: nothing lost, nothing mixed up, however many a lead has."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.core.leads.arranging import FEW, Chunk, arranged


def chunk(rows: list[tuple[int, int]], begin: int = 0) -> Chunk:
    """Activities of (lead, instant), each known by a number of its own in `what` and `amount`."""
    lead = np.array([row[0] for row in rows], dtype=np.int32)
    at = np.array([row[1] for row in rows], dtype=np.int64)
    numbers = np.arange(begin, begin + len(rows))
    return lead, at, numbers.astype(np.int32), numbers.astype(np.float64)


@settings(max_examples=60)
@given(st.lists(st.lists(st.tuples(st.integers(0, 4), st.integers(-5, 5)), max_size=40), max_size=4))
def test_every_activity_is_found_with_its_lead_in_the_order_of_time(chunks: list[list[tuple[int, int]]]) -> None:
    rows = [row for one in chunks for row in one]
    begins = np.cumsum([0, *(len(one) for one in chunks)])

    start, at, what, amount = arranged([chunk(one, int(begin)) for one, begin in zip(chunks, begins, strict=False)], 5)

    assert start.tolist() == np.cumsum([0, *(sum(lead == n for lead, _ in rows) for n in range(5))]).tolist()
    for lead in range(5):
        mine = slice(int(start[lead]), int(start[lead + 1]))
        assert at[mine].tolist() == sorted(instant for one, instant in rows if one == lead)
        assert [rows[n] for n in what[mine]] == [(lead, instant) for instant in at[mine].tolist()]
    assert amount.tolist() == what.tolist()
    assert sorted(what.tolist()) == list(range(len(rows)))


def test_a_lead_with_very_many_activities_is_sorted_like_any_other() -> None:
    instants = np.random.default_rng(1).permutation(10 * FEW).tolist()

    start, at, what, _ = arranged([chunk([(1, instant) for instant in instants])], 3)

    assert start.tolist() == [0, 0, 10 * FEW, 10 * FEW]
    assert at.tolist() == sorted(instants)
    assert [instants[n] for n in what] == at.tolist()


def test_nobody_did_anything() -> None:
    start, at, what, amount = arranged([], 2)

    assert start.tolist() == [0, 0, 0]
    assert len(at) == len(what) == len(amount) == 0
