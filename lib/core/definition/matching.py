"""Which texts and which kinds of activity a condition means, decided on distinct values only."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import UNKNOWN, Column, Mask
from lib.core.definition.criteria import ActivityCondition, KnownTest, NumberTest, Test
from lib.core.folding import ITEM_SIGN, composed, fold, folded_texts, plain_texts
from lib.core.leads.history import History
from lib.core.numbers import NUMBER

# RE2's \b and \w know ASCII only; a word of any alphabet ends where none of these follows.
NO_WORD_CHARACTER = r"[^\p{L}\p{M}\p{N}_]"

# RE2's \s knows ASCII only; these are what str.strip takes off.
SPACE = r"[\x{9}-\x{d}\x{1c}-\x{20}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}]"


@dataclass(frozen=True, eq=False)
class Texts:
    """Distinct texts made ready for comparing: `plain` (null when blank), folded, as numbers (NaN when none)."""

    trimmed: pa.Array
    folded: pa.Array
    numbers: npt.NDArray[np.float64]


_prepared: WeakKeyDictionary[Column, Texts] = WeakKeyDictionary()


def prepared(column: Column) -> Texts:
    """The column's distinct values made ready, once for as long as the column lives."""
    if column not in _prepared:
        _prepared[column] = prepare(column.values)
    return _prepared[column]


def prepare(values: pa.Array) -> Texts:
    texts = values.cast(pa.string())
    nothing = pa.scalar(None, pa.string())
    trimmed, folded = plain_texts(texts), folded_texts(texts)
    blank = pc.equal(trimmed, "")
    trimmed = pc.if_else(blank, nothing, trimmed)
    folded = pc.if_else(blank, nothing, folded)
    return Texts(trimmed, folded, _numbers(trimmed))


def _numbers(trimmed: pa.Array) -> npt.NDArray[np.float64]:
    numbers = np.full(len(trimmed), np.nan)
    numeric = _mask(pc.match_substring_regex(trimmed, rf"^(?:{NUMBER.pattern})$"))
    if numeric.any():
        numbers[numeric] = [float(text) for text in trimmed.filter(pa.array(numeric)).to_pylist()]
    return numbers


def _mask(truth: pa.Array) -> Mask:
    return np.asarray(pc.fill_null(truth, fill_value=False).to_numpy(zero_copy_only=False), dtype=np.bool_)


def holds(tests: Iterable[Test], texts: Texts) -> Mask:
    """Which of the distinct values pass every test; shape (values + 1,), the last one for unknown."""
    passed = np.ones(len(texts.trimmed) + 1, dtype=np.bool_)
    for test in tests:
        passed &= _holds_one(test, texts)
    return passed


def _holds_one(test: Test, texts: Texts) -> Mask:
    if isinstance(test, KnownTest):
        known = np.append(_mask(pc.is_valid(texts.trimmed)), False)
        return known if test.known else ~known
    if isinstance(test, NumberTest):
        low = -np.inf if test.low is None else test.low
        high = np.inf if test.high is None else test.high
        return np.append((texts.numbers >= low) & (texts.numbers <= high), False)
    if test.operator == "matches":
        pattern = composed(test.operands[0])
        return np.append(_mask(pc.match_substring_regex(texts.trimmed, pattern, ignore_case=True)), False)
    operands = [fold(operand) for operand in test.operands]
    if test.operator in ("is", "one_of", "is_not"):
        among = _mask(pc.is_in(texts.folded, value_set=pa.array(operands, pa.string())))
        if test.operator == "is_not":
            among = _mask(pc.is_valid(texts.folded)) & ~among
        return np.append(among, False)
    found = np.zeros(len(texts.folded), dtype=np.bool_)
    for operand in operands:
        found |= _mask(_found(test.operator, texts.folded, operand))
    return np.append(found, False)


def _found(operator: str, folded: pa.Array, operand: str) -> pa.Array:
    match operator:
        case "contains":
            return pc.match_substring(folded, operand)
        case "starts_with":
            return pc.starts_with(folded, operand)
        case "ends_with":
            return pc.ends_with(folded, operand)
        case "has_word":
            # A literal search first: the expression then runs on the few texts that hold the word at all.
            pattern = rf"(?:^|{NO_WORD_CHARACTER}){_quoted(operand)}(?:$|{NO_WORD_CHARACTER})"
            inside = pc.match_substring(folded, operand)
            candidates = pc.if_else(inside, folded, pa.scalar(None, pa.string()))
            return pc.match_substring_regex(candidates, pattern)
        case "has_item":
            pattern = rf"(?:^|{ITEM_SIGN}){SPACE}*{_quoted(operand)}{SPACE}*(?:$|{ITEM_SIGN})"
            return pc.match_substring_regex(folded, pattern)
    raise ValueError(operator)


def _quoted(literal: str) -> str:
    """The literal as an RE2 pattern."""
    return "".join(c if c.isalnum() or ord(c) > 127 else f"\\x{{{ord(c):x}}}" for c in literal)


@dataclass(frozen=True, eq=False)
class ActivityMask:
    """Which distinct (kind, subject) pairs a condition means, and the amounts it allows.

    `what` is uint8 of shape (pairs + 1,), the last one, never meant, for what is left out.
    `amount_rule` is ANY_AMOUNT, RANGE (known and from `low` to `high`) or UNKNOWN_AMOUNT.
    """

    what: npt.NDArray[np.uint8]
    amount_rule: int
    low: float
    high: float


ANY_AMOUNT, RANGE, UNKNOWN_AMOUNT = 0, 1, 2


class Vocabulary:
    """The distinct (kind, subject) pairs of a history, made ready for comparing."""

    def __init__(self, history: History) -> None:
        self._kinds = prepare(history.what_kind).folded
        subjects = Column.of(history.what_subject)
        self._subject_codes = subjects.codes
        self._subjects = prepare(subjects.values)

    def of_kind(self, kind: str) -> npt.NDArray[np.uint8]:
        """Which pairs are of a kind; shape (pairs,)."""
        return _mask(pc.equal(self._kinds, fold(kind))).astype(np.uint8)

    @cached_property
    def subjects(self) -> npt.NDArray[np.int64]:
        """The number of each pair's subject, spellings of one text alike; UNKNOWN where it is; shape (pairs,)."""
        numbers = self._subjects.folded.dictionary_encode().indices
        numbers = pc.fill_null(numbers, UNKNOWN).to_numpy(zero_copy_only=False).astype(np.int64)
        return np.asarray(np.append(numbers, UNKNOWN)[self._subject_codes])

    def mask(self, condition: ActivityCondition) -> ActivityMask:
        kinds = pa.array([fold(kind) for kind in condition.kinds], pa.string())
        what = _mask(pc.is_in(self._kinds, value_set=kinds))
        if condition.subject:
            what = what & holds(condition.subject, self._subjects)[self._subject_codes]
        return ActivityMask(np.append(what, False).astype(np.uint8), *_amount_rule(condition.amount))


def _amount_rule(tests: tuple[Test, ...]) -> tuple[int, float, float]:
    low, high, rule = -np.inf, np.inf, ANY_AMOUNT
    for test in tests:
        if isinstance(test, NumberTest):
            low = low if test.low is None else max(low, test.low)
            high = high if test.high is None else min(high, test.high)
            wanted = RANGE
        elif isinstance(test, KnownTest):
            wanted = RANGE if test.known else UNKNOWN_AMOUNT
        else:
            raise TypeError(f"an amount has no text operator, got {test.operator}")
        if rule not in (ANY_AMOUNT, wanted):
            return RANGE, np.inf, -np.inf  # Known and unknown at once: nothing passes.
        rule = wanted
    return rule, low, high
