"""The words of every array here: instants, masks, whole and real numbers, texts as codes."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Instants = npt.NDArray[np.int64]
"""Microseconds since 1970-01-01 UTC."""

UNKNOWN = -1
"""The code of a missing value."""


@dataclass(frozen=True, eq=False)
class Column:
    """Texts as codes into their distinct values.

    `codes` is int32, one a row, `UNKNOWN` where the value is missing; `values`
    holds the distinct texts as written (a blank one is as good as missing).
    """

    codes: npt.NDArray[np.int32]
    values: pa.Array

    @classmethod
    def of(cls, texts: pa.Array) -> "Column":
        """The column of these texts; null is unknown."""
        encoded = texts.cast(pa.string()).dictionary_encode()
        codes = encoded.indices.fill_null(UNKNOWN).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
        return cls(codes, encoded.dictionary)

    def some(self, rows: npt.NDArray[np.int64]) -> "Column":
        """Some rows, with no values but theirs."""
        codes = self.codes[rows]
        there = np.zeros(len(self.values) + 1, dtype=np.bool_)
        there[codes] = True
        there[UNKNOWN] = False
        place = np.where(there, np.cumsum(there) - 1, UNKNOWN).astype(np.int32)
        return Column(place[codes], self.values.take(pa.array(np.flatnonzero(there))))

    def texts(self) -> pa.Array:
        """The text of every row as written, null where missing."""
        return self.values.take(pa.array(self.codes, mask=self.codes == UNKNOWN))

    def text(self, row: int) -> str | None:
        """The text of one row as written, None when missing."""
        code = int(self.codes[row])
        return None if code == UNKNOWN else self.values[code].as_py()


Mask = npt.NDArray[np.bool_]

NEVER = np.iinfo(np.int64).max
"""The instant of what did not happen."""

Whole = npt.NDArray[np.int64]

Real = npt.NDArray[np.float64]
