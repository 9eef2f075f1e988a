"""Sums of amounts in several currencies."""

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from lib.core.arrays import Column
from lib.core.funnel.money import Amounts, Money, in_currency, left_out_in_words

NAMES = st.sampled_from(["EUR", "USD", "JPY", None])
AMOUNT = st.none() | st.integers(0, 10_000)


def amounts(money: Money, *rows: tuple[str | None, float | None]) -> Amounts:
    named = pa.array([name for name, _ in rows], pa.string()).dictionary_encode()
    return money.of(Column.of(named), np.array([np.nan if one is None else one for _, one in rows]))


def test_without_a_rate_an_amount_in_another_currency_is_left_out_and_marked() -> None:
    found = amounts(Money("EUR"), ("EUR", 1_000), ("JPY", 150_000), (None, 5), ("JPY", None))

    assert found.currency == "EUR"
    assert np.nansum(found.amount) == 1_005
    assert found.left_out.tolist() == [False, True, False, False]


def test_with_a_rate_it_is_added_by_it() -> None:
    found = amounts(Money("EUR", {"JPY": 0.01}), ("EUR", 1_000), ("JPY", 150_000))

    assert np.nansum(found.amount) == 2_500
    assert not found.left_out.any()


def test_where_nobody_said_sums_are_in_the_currency_most_amounts_name() -> None:
    assert amounts(Money(), ("USD", 1), ("EUR", 1), ("USD", 1), ("JPY", None)).currency == "USD"
    assert amounts(Money(), ("USD", 1), ("EUR", 1)).currency == "EUR"
    assert amounts(Money(), (None, 1)).currency is None


@given(st.lists(st.tuples(NAMES, AMOUNT)), st.dictionaries(st.sampled_from(["EUR", "USD", "JPY"]), st.floats(0.01, 9)))
def test_every_known_amount_is_added_or_left_out(
    rows: list[tuple[str | None, int | None]], rates: dict[str, float]
) -> None:
    found = amounts(Money("EUR", rates), *rows)

    for (name, amount), added, left_out in zip(rows, found.amount, found.left_out, strict=True):
        if amount is None:
            assert (np.isnan(added), left_out) == (True, False)
        elif name in (None, "EUR"):
            assert (added, left_out) == (amount, False)
        elif name in rates:
            assert (added, left_out) == (amount * rates[str(name)], False)
        else:
            assert (np.isnan(added), left_out) == (True, True)


def test_a_sum_names_its_currency_and_what_it_lacks() -> None:
    assert in_currency(1_234.5, "EUR") == "1,234 EUR"
    assert in_currency(1_234.5, None) == "1,234"
    assert left_out_in_words(0, "EUR") == ""
    assert left_out_in_words(1, "EUR") == (
        "1 amount in another currency is left out: write what they are worth in EUR under `money: rates` in app.yaml."
    )
