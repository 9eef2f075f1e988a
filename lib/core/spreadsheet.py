"""Texts in files that people open in a spreadsheet: none of them is taken for a formula."""

from lib.core.scoring import NUMBER

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes a cell for a formula by; the wide ones, in East Asian versions."""


def safe(text: str) -> str:
    """The text as it can stand in a CSV file: a formula has an apostrophe before it, a number is as it was.

    Source: OWASP, CSV injection.
    """
    if not text.startswith(FORMULA_STARTS) or NUMBER.fullmatch(text):
        return text
    return f"'{text}"
