"""What somebody downloads as CSV holds no formula, and its numbers as they are."""

import tomllib

import pandas as pd

from lib.ui.frame.csv_file import csv_file
from tests.conftest import ROOT


def test_texts_are_made_safe_and_numbers_dates_and_blanks_are_not_touched() -> None:
    rows = pd.DataFrame(
        {
            "name": ["=1+1", None, "Ann", "-5"],
            "points": [-7, 1, 2, 3],
            "score": pd.array([-7, None, 2, 3], "Int64"),
            "at": pd.to_datetime(["2026-03-01", None, "2026-03-02", "2026-03-03"]),
            "=cause": pd.Categorical(["@x", "b", "b", None]),
        }
    )

    written = csv_file(rows).read().decode().splitlines()

    assert written == [
        "name,points,score,at,'=cause",
        "'=1+1,-7,-7,2026-03-01,'@x",
        ",1,,,b",
        "Ann,2,2,2026-03-02,b",
        "-5,3,3,2026-03-03,",
    ]


def test_tables_hand_out_nothing_past_it() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))

    assert settings["client"]["disableDataExport"]
