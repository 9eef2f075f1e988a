"""Whether a condition holds of one lead or one activity, plainly; what every faster path must match."""

import unicodedata

import pyarrow as pa
import pyarrow.compute as pc

from lib.core.definition.criteria import (
    ActivityCondition,
    FieldCondition,
    FieldMatch,
    KnownTest,
    NumberTest,
    Test,
)
from lib.core.folding import composed, fold, items, plain
from lib.core.leads.history import Activity, Lead
from lib.core.numbers import NUMBER


def known(text: str | None) -> str | None:
    """The text composed and trimmed, None when it is missing or blank."""
    return plain(text or "") or None


def number(text: str) -> float | None:
    """The number a trimmed text is, None when it is none."""
    return float(text) if NUMBER.fullmatch(text) else None


def passes(test: Test, text: str | None) -> bool:
    """Does a text pass one test? Unknown passes nothing but `known: false`."""
    value = known(text)
    if isinstance(test, KnownTest):
        return (value is not None) == test.known
    if value is None:
        return False
    if isinstance(test, NumberTest):
        return _in_range(test, number(value))
    if test.operator == "matches":
        pattern = composed(test.operands[0])
        found = pc.match_substring_regex(pa.array([value]), pattern, ignore_case=True)
        return bool(found[0].as_py())
    folded = fold(value)
    holds = (_text_holds(test.operator, folded, fold(operand)) for operand in test.operands)
    return not any(holds) if test.operator == "is_not" else any(holds)


def _in_range(test: NumberTest, value: float | None) -> bool:
    if value is None:
        return False
    return (test.low is None or value >= test.low) and (test.high is None or value <= test.high)


def _text_holds(operator: str, text: str, operand: str) -> bool:
    match operator:
        case "is" | "is_not" | "one_of":
            return text == operand
        case "contains":
            return operand in text
        case "starts_with":
            return text.startswith(operand)
        case "ends_with":
            return text.endswith(operand)
        case "has_word":
            return _has_word(text, operand)
        case "has_item":
            return operand in items(text)
    raise ValueError(operator)


def _has_word(text: str, word: str) -> bool:
    start = text.find(word)
    while start >= 0:
        before = text[start - 1 : start]
        after = text[start + len(word) : start + len(word) + 1]
        if not _is_word_character(before) and not _is_word_character(after):
            return True
        start = text.find(word, start + 1)
    return False


def _is_word_character(character: str) -> bool:
    # Marks belong to the letter they stand on: é may be written as e and an accent.
    return bool(character) and (character == "_" or unicodedata.category(character)[0] in "LMN")


def field_holds(condition: FieldCondition, lead: Lead, at: int) -> bool:
    text = lead.text_at(condition.field, at)
    return all(passes(test, text) for test in condition.tests)


def lead_matches(match: FieldMatch, lead: Lead, at: int) -> bool:
    """Does the match hold of what the lead's fields were at an instant, after all of its changes?"""
    holds = (field_holds(condition, lead, at) for condition in match.conditions)
    return any(holds) if match.mode == "any" else all(holds)


def activity_holds(condition: ActivityCondition, activity: Activity) -> bool:
    kinds = {fold(kind) for kind in condition.kinds}
    return (
        fold(activity.kind) in kinds
        and all(passes(test, activity.subject) for test in condition.subject)
        and all(_amount_passes(test, activity.amount) for test in condition.amount)
    )


def _amount_passes(test: Test, amount: float | None) -> bool:
    if isinstance(test, KnownTest):
        return (amount is not None) == test.known
    if isinstance(test, NumberTest):
        return _in_range(test, amount)
    raise TypeError(f"an amount has no text operator, got {test.operator}")
