"""Queries fold as the core does: over all of Unicode, on every cursor, and in a copy of the file opened again."""

import sys
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.core.folding import fold
from lib.store.database import Database, open_database
from lib.store.leads.people import find_leads
from tests.store.conftest import FIRST_DEFINITION, NOW, Import, Rows

EVERY_CHARACTER = [chr(n) for n in range(1, sys.maxunicode + 1) if not 0xD800 <= n <= 0xDFFF]

CONTEXTS = ("{}", "A{}", "{}A", "A{}A", "A{} A", " {}\u0301", "\u200b{}")
"""Alone; where a final sigma, a mark, white space or an invisible character decides."""

FIND = Path(__file__).parents[1] / "cases" / "01-turkish-status" / "find.csv"


def folded_by_the_database(db: Database, texts: list[str]) -> list[str]:
    with db.cursor() as cursor:
        cursor.register("written", pa.table({"place": range(len(texts)), "text": pa.array(texts, pa.string())}))
        return [text for (text,) in cursor.execute("select folded(text) from written order by place").fetchall()]


@pytest.mark.parametrize("context", CONTEXTS)
def test_a_query_folds_as_the_core_does_over_all_of_unicode(db: Database, context: str) -> None:
    written = [context.format(character) for character in EVERY_CHARACTER]

    assert folded_by_the_database(db, written) == [fold(text) for text in written]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0"))))
def test_a_query_folds_any_texts_as_the_core_does(db: Database, texts: list[str]) -> None:
    assert folded_by_the_database(db, texts) == [fold(text) for text in texts]


def test_what_is_unknown_stays_so(rows: Rows) -> None:
    assert rows("select folded(null), folded('')") == [(None, "")]


def test_a_copy_opened_again_folds_too(db: Database, tmp_path: Path) -> None:
    db.copy_to(tmp_path / "copy.duckdb")

    copied = open_database(tmp_path / "copy.duckdb", first_definition=FIRST_DEFINITION, clock=NOW)

    assert folded_by_the_database(copied, ["İPTAL", "ΝΕΟΣ"]) == ["i̇ptal", "νεος"]
    copied.close()


def test_a_file_opened_twice_in_one_process_folds_until_both_are_closed(db: Database) -> None:
    again = open_database(db.path, first_definition=None, clock=NOW)
    assert folded_by_the_database(again, ["İPTAL"]) == ["i̇ptal"]

    again.close()

    assert folded_by_the_database(db, ["ΝΕΟΣ"]) == ["νεος"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("İnci", ["f1"]),
        ("İZMİR", ["f1"]),
        ("ΝΙΚΟΣ", ["f2"]),
        ("νικος", ["f2"]),
        ("peña NÚÑEZ", ["f3"]),
        ("Nu\u0301n\u0303ez", ["f3"]),
        ("F2", ["f2"]),
    ],
)
def test_a_search_finds_what_is_copied_from_the_row(db: Database, load: Import, words: str, found: list[str]) -> None:
    load(FIND, kind="lead")

    assert [one.lead_id for one in find_leads(db, words, 50)] == found
