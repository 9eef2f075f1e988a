"""CSV files, which people open in a spreadsheet: no text in them is taken for a formula, and all of them read back."""

import csv
from collections.abc import Iterable
from typing import TextIO

from lib.core.numbers import NUMBER

FORMULA_STARTS = frozenset("=+-@\t\r\n＝＋－＠")
"""What a spreadsheet takes a cell for a formula by; the wide ones, in East Asian versions."""

GUARD = "'"


def safe(text: str) -> str:
    """The text as it can stand in a CSV file: a formula has an apostrophe before it, a number is as it was.

    So has what begins with apostrophes and a formula, so that `as_meant` gives back every text.
    Source: OWASP, CSV injection.
    """
    first = text[:1]
    if first not in FORMULA_STARTS and first != GUARD:
        return text
    if text.lstrip(GUARD)[:1] not in FORMULA_STARTS or NUMBER.fullmatch(text):
        return text
    return f"{GUARD}{text}"


def as_meant(text: str) -> str:
    """The text that `safe` made safe: what a file of ours says when it is read again."""
    return text[1:] if text[:1] == GUARD and text.lstrip(GUARD)[:1] in FORMULA_STARTS else text


def write_csv(into: TextIO, headings: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Writes the rows under their headings, every text `safe`; numbers and what is blank stay as they are."""
    writer = csv.writer(into, lineterminator="\n")
    writer.writerow([safe(heading) for heading in headings])
    writer.writerows([safe(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
