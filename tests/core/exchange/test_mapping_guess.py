"""What a file that no mapping knows may hold is guessed from its headings."""

import pytest

from lib.core.exchange.mapping_guess import likely_columns, likely_tables, suggest_mapping
from lib.core.exchange.tables import TABLES

PEOPLE = ("Contact ID", "Date created", "Vorname", "Surname", "E-Mail", "Company size", "Favourite colour")


def test_other_words_for_our_columns_are_found() -> None:
    guesses = likely_columns(PEOPLE, TABLES["lead"])

    assert {column: guess.heading for column, guess in guesses.items()} == {
        "lead_id": "Contact ID",
        "created_at": "Date created",
        "first_name": "Vorname",
        "last_name": "Surname",
        "email": "E-Mail",
        "employees": "Company size",
    }


def test_a_slip_of_the_pen_is_forgiven_and_another_word_is_not() -> None:
    guesses = likely_columns(("lead_idd", "shoe size"), TABLES["lead"])

    assert {column: guess.heading for column, guess in guesses.items()} == {"lead_id": "lead_idd"}


def test_no_heading_is_guessed_for_two_columns() -> None:
    guesses = likely_columns(("id", "name", "owner", "date"), TABLES["handoff_event"])

    headings = [guess.heading for guess in guesses.values()]
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize(
    ("headings", "table"),
    [
        (PEOPLE, "lead"),
        (("lead_id", "occurred_at", "kind", "subject"), "activity"),
        (("lead_id", "timestamp", "stage", "changed by", "rejection reason"), "handoff_event"),
        (("rep", "name", "team", "capacity"), "rep"),
        (("month", "metric", "target"), "goal"),
        (("Month", "Channel", "Budget"), "spend"),
    ],
)
def test_the_table_is_the_one_the_headings_fill_best(headings: tuple[str, ...], table: str) -> None:
    assert likely_tables(headings)[0] == table


def test_a_suggestion_reads_every_heading_of_a_file_of_leads() -> None:
    mapping = suggest_mapping(PEOPLE)

    (table,) = mapping.tables
    assert table.table == "lead"
    assert table.columns["email"] == ("E-Mail",)
    assert table.others
    assert mapping.headings == (tuple(PEOPLE[:-1]),)
