"""Amounts of several currencies: which one sums are in, and by which rates the others are added."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from lib.core.arrays import UNKNOWN, Column, Mask


@dataclass(frozen=True)
class Money:
    """Which currency sums are in, None where nobody has said, and what one unit of others is worth in it.

    Currencies are three capital letters (ISO 4217). Without a rate, an amount in
    another currency is left out of sums, and counted.
    """

    currency: str | None = None
    rates: Mapping[str, float] = field(default_factory=dict)

    def of(self, currency: Column, amount: npt.NDArray[np.float64]) -> "Amounts":
        """The amounts (h,), NaN where unknown, as sums add them; one that names no currency is in that of the sums.

        Where nobody has said which that is, it is the one most amounts name, the first by name of several.
        """
        names = [str(name) for name in currency.values.to_pylist()]
        known = ~np.isnan(amount)
        counts = np.bincount(currency.codes[known & (currency.codes != UNKNOWN)], minlength=len(names))
        sums_in = self._of_sums(dict(zip(names, counts.tolist(), strict=True)))
        # The unknown currency comes last: -1 from the end.
        worth = np.array([1.0 if name == sums_in else self.rates.get(name, np.nan) for name in names] + [1.0])
        added = amount * worth[currency.codes]
        return Amounts(sums_in, added, known & np.isnan(added))

    def added(self, counts: Mapping[str, int]) -> frozenset[str]:
        """The currencies whose amounts sums hold, of so many amounts in each."""
        sums_in = self._of_sums(counts)
        return frozenset([*self.rates, *([sums_in] if sums_in else [])])

    def _of_sums(self, counts: Mapping[str, int]) -> str | None:
        often = [(-count, name) for name, count in counts.items() if count]
        return self.currency or (min(often)[1] if often else None)


UNSAID = Money()
"""Sums are in the currency that most amounts name."""


@dataclass(frozen=True, eq=False)
class Amounts:
    """Amounts in the `currency` of sums (None: none is named), NaN where unknown and where `left_out`; shapes (h,)."""

    currency: str | None
    amount: npt.NDArray[np.float64]
    left_out: Mask


def in_currency(amount: float, currency: str | None) -> str:
    """An amount as people read it, in whole units with its currency: `1,000 EUR`."""
    return f"{amount:,.0f} {currency}" if currency else f"{amount:,.0f}"


def left_out_in_words(amounts: int, currency: str | None) -> str:
    """What stands beside a sum that lacks some amounts; nothing where it lacks none."""
    if not amounts or currency is None:
        return ""
    them = "1 amount in another currency is" if amounts == 1 else f"{amounts:,} amounts in other currencies are"
    return f"{them} left out: write what they are worth in {currency} under `money: rates` in app.yaml."
