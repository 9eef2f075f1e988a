"""Patterns in the fields of a lead: values, words, domains, ranges."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import UNKNOWN, Column, Whole
from lib.core.definition.criteria import (
    HAS_ITEM,
    FieldCondition,
    FieldMatch,
    KnownTest,
    NumberTest,
    Test,
    TextTest,
)
from lib.core.definition.matching import NO_WORD_CHARACTER, Texts, prepare
from lib.core.evidence import carried
from lib.core.evidence.carried import PatternPart, Small, cut_points, joined_parts
from lib.core.folding import items, one_spelling

ONLY_KNOWN = ("phone",)
"""Fields whose values are nobody else's; whether they are known may still say something."""


BINS = 8
"""A number's range is cut into so many equal parts of the hand-offs."""


def of_field(field: str, column: Column) -> Iterator[PatternPart]:
    """The patterns of a field in its texts, one a hand-off."""
    # Millions of leads may have as many addresses; only what these have is looked at.
    present, codes = np.unique(column.codes, return_inverse=True)
    if len(present) and present[0] == UNKNOWN:
        present, codes = present[1:], codes - 1
    held = Column(codes.astype(np.int32), column.values.take(pa.array(present)))
    if field not in (*ONLY_KNOWN, "email"):
        held = one_spelling(held)
        codes = held.codes.astype(np.int64)
    texts = prepare(held.values)
    known = np.append(pc.is_valid(texts.trimmed).to_numpy(zero_copy_only=False), False).astype(np.bool_)[codes]
    yield PatternPart([_field(field, KnownTest(known=True))], *_pairs(np.flatnonzero(known)))
    if field in ONLY_KNOWN:
        return
    if field == "email":
        yield _values(field, "ends_with", _domains(texts), codes)
        return
    numbers = np.append(texts.numbers, np.nan)[codes]
    if len(np.unique(numbers[~np.isnan(numbers)])) >= carried.DISTINCT_NUMBERS:
        yield _ranges(field, numbers)
        return
    yield _values(field, "is", texts.folded, codes, texts.trimmed)
    choices = [items(text) for text in texts.trimmed.to_pylist()]
    if any(len(several) > 1 for several in choices):
        yield _parts(field, HAS_ITEM, pa.array(choices, pa.list_(pa.string())), codes)
    if field == "title":
        words = pc.split_pattern_regex(texts.folded, f"{NO_WORD_CHARACTER}+")
        yield _parts(field, "has_word", words, codes)


def _field(field: str, test: Test) -> FieldMatch:
    return FieldMatch("one", (FieldCondition(field, (test,)),))


def _pairs(rows: npt.NDArray[np.generic]) -> tuple[Small, Small]:
    """Hand-offs that show the only pattern there is."""
    return rows.astype(np.int32), np.zeros(len(rows), dtype=np.int32)


def _domains(texts: Texts) -> pa.Array:
    """The part of an address from its last @ on, null without one."""
    return pc.struct_field(pc.extract_regex(texts.folded, r"(?P<domain>@[^@\s]+)$"), "domain")


def _values(field: str, operator: str, keys: pa.Array, codes: Whole, written: pa.Array | None = None) -> PatternPart:
    """A pattern for each frequent value: `keys` says by text what it is compared as, `written` how it is
    written where each is another's."""
    encoded = pc.dictionary_encode(keys)
    number = np.append(encoded.indices.fill_null(UNKNOWN).to_numpy(zero_copy_only=False), UNKNOWN).astype(np.int64)
    value = number[codes]
    often = np.flatnonzero(np.bincount(value[value >= 0], minlength=len(encoded.dictionary)) >= carried.LEAST)
    names = encoded.dictionary if written is None else written
    place = np.full(len(encoded.dictionary) + 1, UNKNOWN, dtype=np.int32)
    place[often] = np.arange(len(often), dtype=np.int32)
    shown = place[value]
    rows = np.flatnonzero(shown >= 0)
    return PatternPart(
        [_field(field, TextTest(operator, (name,))) for name in names.take(pa.array(often)).to_pylist()],
        rows.astype(np.int32),
        shown[rows],
    )


def _parts(field: str, operator: str, split: pa.ListArray, codes: Whole) -> PatternPart:
    """A pattern for each word, or choice, of the field's texts, each `split` into its own."""
    written = Column.of(pc.list_flatten(split))
    of_text = np.repeat(np.arange(len(split)), pc.list_value_length(split).to_numpy(zero_copy_only=False))
    # Each once, and behind them once for every further hand-off of its text: the commonest spelling is theirs.
    further = np.bincount(codes[codes != UNKNOWN], minlength=len(split))[of_text] - 1
    parts = one_spelling(Column(np.concatenate([written.codes, np.repeat(written.codes, further)]), written.values))
    distinct = np.unique(np.column_stack([of_text, parts.codes[: len(of_text)]]), axis=0)
    distinct = distinct[distinct[:, 1] != UNKNOWN]
    # Every hand-off shows the words of its text.
    rows = np.flatnonzero(codes != UNKNOWN)
    text = codes[rows]
    first = np.searchsorted(distinct[:, 0], np.arange(len(split) + 1))
    lengths = np.diff(first)[text]
    places = np.repeat(first[:-1][text] - np.concatenate([[0], np.cumsum(lengths)[:-1]]), lengths) + np.arange(
        lengths.sum()
    )
    return PatternPart(
        [_field(field, TextTest(operator, (name,))) for name in parts.values.to_pylist()],
        np.repeat(rows, lengths).astype(np.int32),
        distinct[places.astype(np.int64), 1].astype(np.int32),
    )


def _ranges(field: str, numbers: npt.NDArray[np.float64]) -> PatternPart:
    """A pattern for each range between two cuts, one of them open or none."""
    cuts = cut_points(numbers, BINS)
    bounds = [
        (low, high)
        for low in (None, *cuts)
        for high in (*cuts, None)
        if (low is None) != (high is None) or (low is not None and high is not None and low < high)
    ]
    showing = [
        np.flatnonzero((numbers >= (-np.inf if low is None else low)) & (numbers <= (np.inf if high is None else high)))
        for low, high in bounds
    ]
    return joined_parts([_field(field, NumberTest(low, high)) for low, high in bounds], showing)
