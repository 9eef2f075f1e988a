"""Which criteria each of many things meets: as bits while it is found out, as the number of a pattern then."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from lib.core.arrays import Mask

SMALL_WORD = 16
"""So many criteria on activities (or on fields) fit in a word that can number a table; most definitions have fewer."""


# Which criteria something meets, as bits of one small word, or of several large ones; shape (words, rows).
Words = npt.NDArray[np.uint16] | npt.NDArray[np.uint64]


def no_bits(criteria: int, rows: int) -> Words:
    """Words in which no criterion is met."""
    if criteria <= SMALL_WORD:
        return np.zeros((1, rows), dtype=np.uint16)
    return np.zeros((-(-criteria // 64), rows), dtype=np.uint64)


def flip_bit(words: Words, number: int, of: npt.NDArray[np.generic]) -> None:
    """Flips a criterion's bit in the rows that a mask or positions, each once, name: sets it where it was not."""
    word, bit = divmod(number, 64)
    words[word, of] ^= words.dtype.type(1 << bit)


def patterns_of(words: Words, criteria: int) -> tuple[npt.NDArray[np.int32], Mask]:
    """Number the distinct columns of bit words; returns each column's number, and each number's bits."""
    if words.dtype == np.uint16:
        # Few enough to have a place for each there could be.
        there = np.zeros(1 << SMALL_WORD, dtype=np.bool_)
        there[words[0]] = True
        codes = (np.cumsum(there, dtype=np.int32) - 1).astype(np.int32)[words[0]]
        of_patterns: npt.NDArray[np.uint64] = np.flatnonzero(there).astype(np.uint64)[None, :]
    else:
        codes = np.zeros(words.shape[1], dtype=np.int64)
        for word in words:
            numbers, distinct = pd.factorize(word)
            codes = codes * max(len(distinct), 1) + numbers
            codes, _ = pd.factorize(codes)
        example = np.zeros(int(codes.max()) + 1 if len(codes) else 0, dtype=np.int64)
        example[codes[::-1]] = np.arange(len(codes))[::-1]
        of_patterns = words[:, example].astype(np.uint64)
    bits = [(of_patterns[n // 64] >> np.uint64(n % 64)) & np.uint64(1) for n in range(criteria)]
    count = of_patterns.shape[1]
    patterns = np.array(bits, dtype=np.bool_).T if criteria else np.zeros((count, 0), dtype=np.bool_)
    return codes.astype(np.int32), np.ascontiguousarray(patterns)
