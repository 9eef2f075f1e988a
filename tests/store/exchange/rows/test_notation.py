"""How a file writes dates and numbers is told from whole columns, or asked for."""

from datetime import datetime

import pytest

from lib.core.errors import FileRefused
from lib.core.exchange.mappings import FileMapping, Source, TableMapping
from lib.store.exchange.files import notation
from tests.store.conftest import Import, Rows, Write

at = datetime.fromisoformat


@pytest.mark.parametrize(
    ("dates", "instants"),
    [
        (("03/04/2026", "14/03/2026"), ("2026-04-02 22:00", "2026-03-13 23:00")),
        (("03/04/2026", "03/14/2026"), ("2026-03-03 23:00", "2026-03-13 23:00")),
        (("3/4/2026 9:05", "14/3/2026 21:30:15"), ("2026-04-03 09:05", "2026-03-14 21:30:15")),
        (("3/4/2026, 9:05 AM", "3/14/2026, 9:30:15 PM"), ("2026-03-04 09:05", "2026-03-14 21:30:15")),
        (("03.04.2026", "01.02.2026"), ("2026-04-02 22:00", "2026-01-31 23:00")),
        (("3-4-2026", "14-3-2026"), ("2026-04-02 22:00", "2026-03-13 23:00")),
        (("03/03/2026", "2026-03-14T09:00:00Z"), ("2026-03-02 23:00", "2026-03-14 09:00")),
    ],
)
def test_one_date_that_can_only_begin_one_way_tells_all_of_the_file(
    load: Import, write: Write, rows: Rows, dates: tuple[str, str], instants: tuple[str, str]
) -> None:
    content = "".join(f'{n},"{date}"\n' for n, date in enumerate(dates))

    result = load(write("leads.csv", f"lead_id,created_at\n{content}"), kind="lead")

    assert result.rejected == 0
    assert rows("select created_at from lead order by lead_id") == [(at(one),) for one in instants]


def test_dates_that_may_begin_either_way_are_refused_with_the_remedy(load: Import, write: Write, rows: Rows) -> None:
    path = write("leads.csv", "lead_id,created_at\na,03/04/2026\nb,12/01/2026\n")

    with pytest.raises(FileRefused) as refused:
        load(path, kind="lead")

    assert str(refused.value) == (
        "leads.csv: created_at '03/04/2026' may begin with the day or with the month, and no date in the file tells "
        "which. Write date_format in the mapping, or give --date-format: '%d/%m/%Y' or '%m/%d/%Y', say."
    )
    assert rows("from lead") == []


def test_dates_that_begin_both_ways_are_refused(load: Import, write: Write) -> None:
    with pytest.raises(
        FileRefused, match="'31/01/2026' begins with the day and created_at '01/31/2026' with the month"
    ):
        load(write("leads.csv", "lead_id,created_at\na,31/01/2026\nb,01/31/2026\n"), kind="lead")


def test_a_written_date_format_is_an_answer(load: Import, write: Write, rows: Rows) -> None:
    table = TableMapping("lead", {"lead_id": ("id",), "created_at": ("born",)})
    source = Source("x", (FileMapping((("id", "born"),), (table,), date_formats=("%m/%d/%Y",)),))

    load(write("leads.csv", "id,born\na,03/04/2026\n"), source=source)

    assert rows("select created_at from lead") == [(at("2026-03-03 23:00"),)]


def test_another_column_of_the_file_may_tell(load: Import, write: Write, rows: Rows) -> None:
    source = Source(
        "x",
        (
            FileMapping(
                (("id", "born"),),
                (
                    TableMapping("lead", {"lead_id": ("id",), "created_at": ("born",)}),
                    TableMapping(
                        "handoff_event",
                        {"lead_id": ("id",), "occurred_at": ("mql",)},
                        {"kind": "mql"},
                        when_known=("mql",),
                    ),
                ),
            ),
        ),
    )

    load(write("leads.csv", "id,born,mql\na,03/04/2026,\nb,03/04/2026,25/04/2026\n"), source=source)

    assert rows("select distinct created_at from lead") == [(at("2026-04-02 22:00"),)]
    assert rows("select occurred_at from handoff_event") == [(at("2026-04-24 22:00"),)]


def test_the_date_that_tells_may_come_last_and_a_blank_column_is_looked_at_to_its_end(
    load: Import, write: Write, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notation, "ROWS_SAMPLED", 3)
    dates = write("1.csv", "lead_id,created_at\n" + "a,03/04/2026\n" * 5 + "b,14/03/2026\n")
    blank = write("2.csv", "lead_id,created_at\n" + "c,\n" * 5 + "d,14/03/2026\n")

    load(dates, kind="lead")
    load(blank, kind="lead")

    assert rows("select created_at from lead order by lead_id") == [
        (at("2026-04-02 22:00"),),
        (at("2026-03-13 23:00"),),
        (at("2026-03-13 23:00"),),
    ]


@pytest.mark.parametrize(
    ("amounts", "numbers"),
    [
        (("1.234,50", "7"), (1234.5, 7)),
        (("12,5", "1.234"), (12.5, 1234)),
        (("1 234,5", "2 000"), (1234.5, 2000)),
        (("1,234.50", "2,000"), (1234.5, 2000)),
        (("1.234", "2.5"), (1.234, 2.5)),
        (("0,250", "3"), (0.25, 3)),
        (("-12,5", "7"), (-12.5, 7)),
    ],
)
def test_a_comma_before_a_fraction_or_between_thousands_is_told_from_its_column(
    load: Import, write: Write, rows: Rows, amounts: tuple[str, str], numbers: tuple[float, float]
) -> None:
    lines = "".join(f"2026-0{n};x;{amount}\n" for n, amount in enumerate(amounts, start=1))

    result = load(write("spend.csv", f"month;channel;amount\n{lines}"), kind="spend")

    assert result.rejected == 0
    assert rows("select amount::double from spend order by month") == [(number,) for number in numbers]


@pytest.mark.parametrize("amounts", [("12,5", "1.25")])
def test_a_comma_that_nothing_tells_is_no_number(load: Import, write: Write, amounts: tuple[str, str]) -> None:
    lines = "".join(f"2026-0{n};x;{amount}\n" for n, amount in enumerate(amounts, start=1))

    result = load(write("spend.csv", f"month;channel;amount\n{lines}"), kind="spend")

    assert result.rejected_rows[0].reason == f"amount '{amounts[0]}' is not an amount"


def test_a_written_decimal_sign_is_an_answer(load: Import, write: Write, rows: Rows) -> None:
    table = TableMapping("spend", {"month": ("month",), "amount": ("amount",)})
    source = Source("x", (FileMapping((("month", "amount"),), (table,), decimal=","),))

    load(write("spend.csv", "month;amount\n2026-01;1,234\n2026-02;1.234\n"), source=source)

    assert rows("select amount::double from spend order by month") == [(1.234,), (1234,)]
