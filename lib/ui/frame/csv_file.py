"""A table of a page as the CSV file somebody downloads: the one way, so that none of them holds a formula."""

import io

import pandas as pd

from lib.core.exchange.spreadsheet import safe


def csv_file(rows: pd.DataFrame) -> io.BytesIO:
    """The rows under their headings; a text that a spreadsheet would take for a formula has an apostrophe before it."""
    texts = {
        str(name): [safe(value) if isinstance(value, str) else value for value in column]
        for name, column in rows.items()
        if not pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_datetime64_any_dtype(column.dtype)
    }
    written = io.BytesIO()
    rows.assign(**texts).rename(columns=lambda name: safe(str(name))).to_csv(written, index=False)
    written.seek(0)
    return written
