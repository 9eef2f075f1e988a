"""What the words of a mapping say of a file's rows: which count, when, as what, and in which currency."""

from datetime import datetime

import pytest

from lib.config.source_text import write_source
from lib.config.sources import read_source
from lib.core.errors import ConfigRefused, FileRefused
from lib.core.exchange.mappings import Source
from lib.store.exchange.previews import preview_files
from tests.store.conftest import MADRID, NOW, Import, Rows, Write

at = datetime.fromisoformat

DEALS = """\
name: Deals
files:
- headings: [deal, person, closed]
  {file}
  tables:
  - table: lead
    columns: {{lead_id: person, created_at: begun}}
  - table: handoff_event
    columns: {{lead_id: person, occurred_at: closed, amount: worth}}
    constants: {{kind: won}}
    key: "{{deal}}"
    {table}
"""

AS_USUAL = DEALS.format(file="what: Deals", table="rest: [deal]")


def mapped(file: str = "what: Deals", table: str = "rest: [deal]") -> Source:
    source = read_source(DEALS.format(file=file, table=table), "deals.yaml")
    assert read_source(write_source(source), "again.yaml") == source
    return source


HEADINGS = "deal,person,begun,closed,worth,chance\n"


@pytest.mark.parametrize(
    ("when", "deals"),
    [
        ("when: {chance: {known: true}}", ["1", "2", "3"]),
        ("when: {chance: {known: false}}", ["4"]),
        ("when: {chance: {at_least: 50}}", ["2", "3"]),
        ("when: {chance: {more_than: 50}}", ["3"]),
        ("when: {chance: {at_most: 50}}", ["1", "2"]),
        ("when: {chance: {less_than: 50}}", ["1"]),
        ("when: {chance: {at_least: 10, less_than: 90}}", ["2"]),
        ("unless: {chance: {at_least: 50}}", ["1", "4"]),
        ("unless: {chance: {known: false}}", ["1", "2", "3"]),
        ("when: {chance: {is_not: [9, 90]}}", ["2"]),
        ("when: {chance: {is_not: 90, at_least: 10}}", ["2"]),
        ("when: {closed: {at_least: 2026-03-05}}", ["3", "4"]),
        ("when: {closed: {less_than: 2026-03-05}}", ["1", "2"]),
        ("gone: {chance: {at_least: 90}}", ["1", "2", "4"]),
    ],
)
def test_rows_count_by_comparisons_too(load: Import, write: Write, rows: Rows, when: str, deals: list[str]) -> None:
    days = {"1": "2026-03-03,1,9", "2": "2026-03-04,2,50", "3": "2026-03-05,3,90", "4": "2026-03-06,4,"}
    content = HEADINGS + "".join(f"{deal},p{deal},2026-03-01,{rest}\n" for deal, rest in days.items())

    load(write("deals.csv", content), source=mapped(table=when))

    assert rows("select lead_id from handoff_event order by 1") == [(f"p{deal}",) for deal in deals]


def test_a_cell_is_compared_as_a_number_of_its_column_is_read(load: Import, write: Write, rows: Rows) -> None:
    content = HEADINGS + 'a,p1,2026-03-01,2026-03-03,1,"1.500,50"\nb,p2,2026-03-01,2026-03-03,1,"900,00"\n'

    load(write("deals.csv", content), source=mapped(table="when: {chance: {at_least: 1000}}"))

    assert rows("select lead_id from handoff_event") == [("p1",)]


def test_a_cell_that_may_be_two_numbers_is_not_compared(load: Import, write: Write) -> None:
    content = HEADINGS + "a,p1,2026-03-01,2026-03-03,1,1.500\n"

    with pytest.raises(FileRefused) as refused:
        load(write("deals.csv", content), source=mapped(table="when: {chance: {at_least: 1000}}"))

    assert "the column 'chance' '1.500' may be 1.5 or 1,500" in str(refused.value)


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        ("{at_least: many}", "'many' is neither a number nor a date"),
        ("{at_least: 5, at_most: 2026-03-01}", "'2026-03-01' is a date, and another bound a number"),
        ("{atleast: 5}", "no key is called 'atleast'. Did you mean 'at_least'?"),
        ("{}", "'chance' has no condition"),
    ],
)
def test_a_comparison_that_cannot_be_meant_is_refused(condition: str, message: str) -> None:
    with pytest.raises(ConfigRefused) as refused:
        mapped(table=f"when: {{chance: {condition}}}")

    assert message in str(refused.value)


def test_a_rehearsal_says_what_rows_are_taken_for(write: Write) -> None:
    path = write("deals.csv", HEADINGS + "1,p,2026-03-01,2026-03-03,1,9\n")
    source = mapped(table="when: {chance: {known: true, at_least: 5}}")

    (previewed,) = preview_files([path], source=source, zone=MADRID, now=NOW)

    assert previewed.tables[1].only == "chance is known and at least 5"


def test_amounts_are_in_the_currency_that_the_mapping_says_or_in_their_own(
    load: Import, write: Write, rows: Rows
) -> None:
    content = (
        HEADINGS + "a,p1,2026-03-01,2026-03-03,100,\nb,p2,2026-03-01,2026-03-03,$20,\nc,p3,2026-03-01,2026-03-03,,\n"
    )

    load(write("deals.csv", content), source=mapped("currency: CHF"))

    currencies = "select lead_id, amount::integer, detail ->> 'currency' from handoff_event order by 1"
    assert rows(currencies) == [("p1", 100, "CHF"), ("p2", 20, "USD"), ("p3", None, None)]


@pytest.mark.parametrize(
    ("file", "message"),
    [
        ("currency: Franken", "no currency is called 'Franken'"),
        ("currency: chf", "no currency is called 'chf'"),
    ],
)
def test_a_currency_that_is_none_is_refused(file: str, message: str) -> None:
    with pytest.raises(ConfigRefused) as refused:
        mapped(file)

    assert message in str(refused.value)


def test_a_currency_that_nobody_would_hear_of_is_refused() -> None:
    with pytest.raises(ConfigRefused) as refused:
        read_source(
            DEALS.format(file="currency: CHF", table="rest: [deal]").replace(", amount: worth", ""), "deals.yaml"
        )

    assert "no amount of an event is read from the file" in str(refused.value)


def test_dates_are_iso_and_numbers_in_one_file_where_the_mapping_says_so(
    load: Import, write: Write, rows: Rows
) -> None:
    content = HEADINGS + "a,p1,2026-03-01,1772524800000,1,\nb,p2,2026-03-01T10:00:00Z,2026-03-03,1,\n"

    load(write("deals.csv", content), source=mapped("date_format: [iso, epoch_ms]"))

    assert rows("select created_at from lead order by lead_id") == [
        (at("2026-02-28 23:00"),),
        (at("2026-03-01 10:00"),),
    ]
    assert rows("select occurred_at, by_day from handoff_event order by lead_id") == [
        (at("2026-03-03 08:00"), False),
        (at("2026-03-02 23:00"), True),
    ]


TWICE = "deal,person,begun,closed,worth,closed\n1,p,2026-03-01,2026-03-03,5,2026-03-09\n"


def test_a_heading_written_twice_is_told_by_its_number(load: Import, write: Write, rows: Rows) -> None:
    source = read_source(
        DEALS.format(file="what: Deals", table="rest: [deal]").replace(
            "occurred_at: closed", 'occurred_at: "closed#2"'
        ),
        "deals.yaml",
    )

    load(write("deals.csv", TWICE), source=source)

    assert rows("select occurred_at from handoff_event") == [(at("2026-03-08 23:00"),)]


def test_without_a_number_it_is_asked_for(load: Import, write: Write) -> None:
    with pytest.raises(FileRefused) as refused:
        load(write("deals.csv", TWICE), source=mapped())

    assert "the heading 'closed' is written twice, over columns 4 and 6" in str(refused.value)
    assert "'closed#1' or 'closed#2'" in str(refused.value)


def test_a_heading_that_has_a_number_itself_is_read_as_written(load: Import, write: Write, rows: Rows) -> None:
    content = "deal,person,begun,closed,closed#2,worth\n1,p,2026-03-01,2026-03-03,2026-03-09,5\n"
    source = read_source(
        DEALS.format(file="what: Deals", table="rest: [deal]").replace(
            "occurred_at: closed", 'occurred_at: "closed#2"'
        ),
        "deals.yaml",
    )

    load(write("deals.csv", content), source=source)

    assert rows("select occurred_at from handoff_event") == [(at("2026-03-08 23:00"),)]
