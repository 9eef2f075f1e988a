"""Texts of files become what they can mean in one way; what means several is refused, what means none is named."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.core.errors import FileRefused
from lib.core.exchange.mappings import FileMapping, Source, TableMapping
from lib.core.time.clock import day_start, parse_instant
from lib.store.database import Database
from lib.store.exchange.files import notation
from lib.store.exchange.imports import check_files, import_files, load
from lib.store.exchange.previews import preview_files
from tests.grants import BY_TEST
from tests.store.conftest import MADRID, Import, Rows, Write

LATER = parse_instant("2200-01-01T00:00:00Z", MADRID)


@pytest.fixture(name="load")
def late_load(db: Database) -> Import:
    """Imports when all that these files speak of has been: what lies ahead of the clock is held aside."""
    return lambda *files, **how: import_files(db, files, zone=MADRID, now=LATER, by=BY_TEST, **how)


at = datetime.fromisoformat
EVENTS = TableMapping("handoff_event", {"lead_id": ("id",), "occurred_at": ("on",), "amount": ("amount",)})


def _source(table: TableMapping = EVENTS, ids: str | None = None, **said: object) -> Source:
    filled = TableMapping(table.table, table.columns, {"kind": "won"} if table is EVENTS else {}, table.values)
    return Source("x", (FileMapping(((table.columns["lead_id"][0],),), (filled,), **said),), ids=ids)  # type: ignore[arg-type]


def _leads(write: Write, *dates: str) -> Path:
    return write("leads.csv", "lead_id,created_at\n" + "".join(f'{n},"{date}"\n' for n, date in enumerate(dates)))


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026/02/01", "2026-01-31 23:00"),
        ("2026.02.01", "2026-01-31 23:00"),
        ("2026/2/1 9:05", "2026-02-01 09:05"),
        ("01-Feb-2026", "2026-01-31 23:00"),
        ("1 FEBRUARY 2026 21:05", "2026-02-01 21:05"),
        ("Feb 1, 2026", "2026-01-31 23:00"),
        ("sept. 1st, 2026, 9:05 pm", "2026-09-01 21:05"),
        ("2026-02-01T09:00:00+0100", "2026-02-01 08:00"),
        ("2026/02/01 09:00 +01:00", "2026-02-01 08:00"),
        ("14.3.2026", "2026-03-13 23:00"),
    ],
)
def test_a_date_that_can_be_read_one_way_is_read(
    load: Import, write: Write, rows: Rows, written: str, instant: str
) -> None:
    result = load(_leads(write, written), kind="lead")

    assert result.rejected == 0
    assert rows("select created_at from lead") == [(at(instant),)]


@pytest.mark.parametrize("written", ["31/12/99", "3-4-26", "01-Feb-26", "Feb 1, 26", "31/12/99 09:30"])
def test_a_year_of_two_digits_refuses_the_file_and_names_the_option(load: Import, write: Write, written: str) -> None:
    with pytest.raises(FileRefused, match=r"has a year of two digits.*--date-format: '%d/%m/%y'"):
        load(_leads(write, "2026-03-01", written), kind="lead")


def test_a_year_of_two_digits_is_read_as_the_option_says(db: Database, write: Write, rows: Rows) -> None:
    files = check_files([_leads(write, "31/12/99")], kind="lead", date_formats=("%d/%m/%y",))

    load(db, files, "lead", zone=MADRID, now=LATER, by=BY_TEST)

    assert rows("select created_at from lead") == [(at("1999-12-30 23:00"),)]


def test_a_pattern_with_four_digits_of_a_year_takes_no_two(db: Database, write: Write, rows: Rows) -> None:
    formats = ("%d/%m/%Y", "%d/%m/%y")

    load(
        db,
        check_files([_leads(write, "31/12/26")], kind="lead", date_formats=formats),
        "lead",
        zone=MADRID,
        now=LATER,
        by=BY_TEST,
    )

    assert rows("select created_at from lead") == [(at("2026-12-30 23:00"),)]


@pytest.mark.parametrize(
    ("word", "written", "instant", "by_day"),
    [
        ("epoch", "1772355600", "2026-03-01 09:00", False),
        ("epoch", "1772355600.5", "2026-03-01 09:00:00.5", False),
        ("epoch_ms", "1772355600123", "2026-03-01 09:00:00.123", False),
        ("serial", "46082", "2026-02-28 23:00", True),
        ("serial", "46082.375", "2026-03-01 09:00", False),
    ],
)
def test_a_number_is_a_date_where_somebody_says_so(
    load: Import, write: Write, rows: Rows, word: str, written: str, instant: str, by_day: bool
) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-01-01\n"), kind="lead")

    load(write("e.csv", f"id,on,amount\na,{written},\n"), source=_source(date_formats=(word,)))

    assert rows("select occurred_at, by_day from handoff_event") == [(at(instant), by_day)]


def test_a_number_is_no_date_where_nobody_says_so(load: Import, write: Write) -> None:
    result = load(_leads(write, "1772355600", "2026-03-01"), kind="lead")

    assert result.rejected_rows[0].reason == "created_at '1772355600' is not a date"


@pytest.mark.parametrize("written", ["0000-01-01", "0001-01-01", "9999-12-31", "0000/05/05 09:00"])
def test_an_instant_that_cannot_be_written_is_refused_alone(load: Import, write: Write, written: str) -> None:
    path = _leads(write, "2026-01-01", written)

    (previewed,) = preview_files([path], kind="lead", zone=MADRID, now=LATER)
    result = load(path, kind="lead")

    assert result.tables["lead"].new == 1
    assert written in result.rejected_rows[0].reason
    assert [row.fault is None for row in previewed.tables[0].rows] == [True, False]


@pytest.mark.parametrize(
    ("written", "by_day", "ends"),
    [
        ("2026-03-28", True, "2026-03-28 23:00"),
        ("2026-03-29", True, "2026-03-29 22:00"),  # the night the clocks go forward
        ("29.3.2026", True, "2026-03-29 22:00"),
        ("29 Mar 2026", True, "2026-03-29 22:00"),
        ("2026-03-28 00:00", False, None),
        ("2026-03-27T23:00:00Z", False, None),
        ("28.3.2026 00:00", False, None),
    ],
)
def test_an_event_knows_whether_its_date_is_a_day_alone_and_when_that_ends(
    load: Import, write: Write, rows: Rows, written: str, by_day: bool, ends: str | None
) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-01-01\n"), kind="lead")

    load(write("e.csv", f"lead_id,occurred_at,kind\na,{written},mql\n"), kind="handoff_event")

    assert rows("select by_day, day_ends_at from handoff_event") == [(by_day, ends and at(ends))]


@pytest.mark.parametrize(("form", "by_day"), [("%d/%m/%Y", True), ("%d/%m/%Y %H:%M", False)])
def test_a_format_without_hours_is_a_day(load: Import, write: Write, rows: Rows, form: str, by_day: bool) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-01-01\n"), kind="lead")
    written = at("2026-03-04").strftime(form)

    load(write("e.csv", f"id,on,amount\na,{written},\n"), source=_source(date_formats=(form,)))

    assert rows("select by_day from handoff_event") == [(by_day,)]


def test_a_day_in_the_zone_of_the_source_ends_there(load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-01-01\n"), kind="lead")

    load(write("e.csv", "id,on,amount\na,2026-03-04,\n"), source=_source(time_zone="America/New_York"))

    assert rows("select occurred_at, day_ends_at from handoff_event") == [
        (at("2026-03-04 05:00"), at("2026-03-05 05:00"))
    ]


def test_a_file_may_say_that_an_instant_is_a_day(load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-01-01\n"), kind="lead")
    content = "lead_id,occurred_at,kind,by_day\na,2026-03-28T23:00:00Z,mql,true\na,2026-04-02,won,false\n"

    load(write("e.csv", content), kind="handoff_event")

    assert rows("select by_day, day_ends_at from handoff_event order by occurred_at") == [
        (True, at("2026-03-29 22:00")),
        (False, None),
    ]


def test_a_day_that_waits_for_its_lead_is_still_one(load: Import, write: Write, rows: Rows) -> None:
    load(write("e.csv", "lead_id,occurred_at,kind\na,2026-03-28,mql\n"), kind="handoff_event")

    load(write("leads.csv", "lead_id,created_at\na,2026-01-01\n"), kind="lead")

    assert rows("select by_day, day_ends_at from handoff_event") == [(True, at("2026-03-28 23:00"))]


@pytest.mark.parametrize("amounts", [("1.500", "12.000", "950"), ("1,500", "7"), ("1.500", "2,500"), ("-1.500", "")])
def test_a_number_that_may_be_a_thousand_times_more_refuses_the_file_and_names_the_option(
    load: Import, write: Write, amounts: tuple[str, ...]
) -> None:
    lines = "".join(f"2026-0{n};x;{amount}\n" for n, amount in enumerate(amounts, start=1) if amount)

    with pytest.raises(FileRefused, match=r"may be .* or .*, and no number of the column tells which.*--decimal"):
        load(write("spend.csv", f"month;channel;amount\n{lines}"), kind="spend")


@pytest.mark.parametrize(("decimal", "total"), [(",", 14450.0), (".", 963.5)])
def test_the_option_says_which(db: Database, write: Write, rows: Rows, decimal: str, total: float) -> None:
    path = write("spend.csv", "month;amount\n2026-01;1.500\n2026-02;12.000\n2026-03;950\n")

    load(db, check_files([path], kind="spend", decimal=decimal), "spend", zone=MADRID, now=LATER, by=BY_TEST)

    assert rows("select sum(amount)::double from spend") == [(total,)]


@pytest.mark.parametrize(
    ("one", "number"), [("0.500", 0.5), ("1234.500", 1234.5), ("0,500", 0.5), ("1.234.567", 1234567)]
)
def test_one_number_that_is_clear_tells_its_column(
    load: Import, write: Write, rows: Rows, one: str, number: float
) -> None:
    sign = "," if "," in one or one.count(".") > 1 else "."
    other = 1.5 if sign == "." else 1500.0

    load(write("spend.csv", f"month;amount\n2026-01;1.500\n2026-02;{one}\n"), kind="spend")

    assert rows("select amount::double from spend order by month") == [(other,), (number,)]


@pytest.mark.parametrize(
    ("written", "amount", "currency"),
    [
        ("$1,234.50", 1234.5, "USD"),
        ("1.234,50 €", 1234.5, "EUR"),
        ("EUR 1,000.00", 1000, "EUR"),
        ("(1,234.50)", -1234.5, None),
        ("-£5", -5, "GBP"),
        ("CA$ 12.50", 12.5, "CAD"),
        ("1 234,50", 1234.5, None),
        ("1'234.50", 1234.5, None),
    ],
)
def test_an_amount_may_carry_a_currency_or_be_negative_in_brackets(
    load: Import, write: Write, rows: Rows, written: str, amount: float, currency: str | None
) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-01-01\n"), kind="lead")

    result = load(
        write("e.csv", f'lead_id,occurred_at,kind,amount\na,2026-03-01,won,"{written}"\n'), kind="handoff_event"
    )

    assert result.unknown_values == 0
    assert rows("select amount::double, detail ->> 'currency' from handoff_event") == [(amount, currency)]


def test_a_column_that_says_the_currency_wins_over_the_sign(load: Import, write: Write, rows: Rows) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-01-01\n"), kind="lead")
    content = "lead_id,occurred_at,kind,amount,currency\na,2026-03-01,won,$5,CAD\na,2026-03-02,won,$6,\n"

    result = load(write("e.csv", content), kind="handoff_event")

    assert rows("select detail ->> 'currency' from handoff_event order by occurred_at") == [("CAD",), ("USD",)]
    assert result.remarks == ("e.csv: amount is written with $ (like '$5'); $ is taken for USD",)


@pytest.mark.parametrize("written", ["5%", "abc 5", "5 apples", "(5", "5)"])
def test_what_is_no_amount_stays_unknown(load: Import, write: Write, rows: Rows, written: str) -> None:
    result = load(write("leads.csv", f"lead_id,created_at,cost\na,2026-01-01,{written}\n"), kind="lead")

    assert rows("select cost from lead") == [(None,)]
    assert result.left_out[0].reason == f"cost '{written}' is not an amount, and unknown"


def test_numbers_that_a_file_itself_has_as_numbers_need_no_telling(load: Import, tmp_path: Path, rows: Rows) -> None:
    pa.parquet.write_table(
        pa.table({"month": ["2026-01", "2026-02"], "amount": [1.125, 2.0]}), tmp_path / "spend.parquet"
    )
    (tmp_path / "more.jsonl").write_text('{"month": "2026-03", "amount": 1.375}\n')

    load(tmp_path / "spend.parquet", tmp_path / "more.jsonl", kind="spend")

    assert rows("select amount::double from spend order by month") == [(1.125,), (2.0,), (1.375,)]


def test_a_late_row_has_the_whole_file_looked_at(
    load: Import, write: Write, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notation, "ROWS_SAMPLED", 3)
    plain = "".join(f"{n},2026-03-01,10\n" for n in range(5))

    load(write("a.csv", f'lead_id,created_at,cost\n{plain}x,14/03/2026,"1.234,50"\ny,2026-03-01,1.500\n'), kind="lead")
    with pytest.raises(FileRefused, match=r"'1\.500' may be 1.5 or 1,500"):
        load(write("b.csv", f"lead_id,created_at,cost\n{plain}z,2026-03-01,1.500\n"), kind="lead")

    assert rows("select created_at, cost::double from lead where lead_id in ('x', 'y') order by lead_id") == [
        (at("2026-03-13 23:00"), 1234.5),
        (at("2026-02-28 23:00"), 1500),
    ]


@pytest.mark.parametrize(("ids", "read"), [(("101.0", "102.0"), ["101", "102"]), (("101.0", "1.5"), ["1.5", "101.0"])])
def test_ids_that_are_all_whole_lose_their_point(
    load: Import, write: Write, rows: Rows, ids: tuple[str, ...], read: list[str]
) -> None:
    load(write("leads.csv", "lead_id,created_at\n" + "".join(f"{one},2026-01-01\n" for one in ids)), kind="lead")

    assert [one for (one,) in rows("select lead_id from lead order by 1")] == read


def test_whole_ids_of_a_file_with_floats_are_whole(load: Import, tmp_path: Path, rows: Rows) -> None:
    pa.parquet.write_table(
        pa.table({"lead_id": [101.0, 12345678901.0], "created_at": ["2026-01-01"] * 2, "owner": [7.0, None]}),
        tmp_path / "a.parquet",
    )
    (tmp_path / "b.jsonl").write_text(json.dumps({"lead_id": 102.0, "created_at": "2026-01-01", "owner": 8.0}) + "\n")

    load(tmp_path / "a.parquet", tmp_path / "b.jsonl", kind="lead")

    assert rows("select lead_id, owner from lead order by lead_id") == [
        ("101", "7"),
        ("102", "8"),
        ("12345678901", None),
    ]


def test_the_two_shapes_of_a_salesforce_id_are_one(load: Import, write: Write, rows: Rows) -> None:
    columns = {"lead_id": ("Id",), "created_at": ("Born",), "owner": ("Owner",)}
    source = _source(TableMapping("lead", columns), ids="salesforce")

    load(write("a.csv", "Id,Born,Owner\n00Q5g00000AbCdE,2026-01-01,0055g00000XyZaB\n"), source=source)
    load(write("b.csv", "Id,Born,Owner\n00Q5g00000AbCdEEAV,2026-01-01,Jonathan Smiths\n"), source=source)

    assert rows("select lead_id, owner from lead") == [("00Q5g00000AbCdEEAV", "Jonathan Smiths")]


@pytest.mark.parametrize("text", ["N/A", "-", "--", "null", "NULL", "None", "(none)", "(No value)", "#N/A", " n/a "])
def test_a_placeholder_alone_in_a_cell_is_blank(load: Import, write: Write, rows: Rows, text: str) -> None:
    load(
        write("l.csv", f"lead_id,created_at,title,plan\na,2026-01-01,{text},{text}\nb,2026-01-01,no {text},x\n"),
        kind="lead",
    )
    load(write("a.csv", f"lead_id,occurred_at,kind,subject\na,2026-01-01,view,{text}\n"), kind="activity")
    load(write("e.csv", f"lead_id,occurred_at,kind,reason\na,2026-01-01,mql,{text}\n"), kind="handoff_event")

    assert rows("select title, extra ->> 'plan' from lead where lead_id = 'a'") == [(None, None)]
    assert rows("select title from lead where lead_id = 'b'") == [(f"no {text}".strip(),)]
    assert rows("select subject from activity") == [(None,)]
    assert rows("select reason from handoff_event") == [(None,)]


def test_undefined_is_a_word_like_any(load: Import, write: Write, rows: Rows) -> None:
    load(write("l.csv", "lead_id,created_at,company\na,2026-01-01,undefined\n"), kind="lead")

    assert rows("select company from lead") == [("undefined",)]


def test_a_mapping_may_keep_placeholders_or_speak_of_one(load: Import, write: Write, rows: Rows) -> None:
    columns = {"lead_id": ("id",), "created_at": ("born",), "title": ("t",), "industry": ("t",)}
    spoken = TableMapping("lead", columns, values={"title": {"none": "Nobody"}})
    path = write("l.csv", "id,born,t\na,2026-01-01,None\nb,2026-01-01,N/A\n")

    load(path, source=_source(spoken))
    first = rows("select title, industry from lead order by lead_id")
    load(path, source=_source(TableMapping("lead", columns), placeholders=False))

    assert first == [("Nobody", None), (None, None)]
    assert rows("select title, industry from lead order by lead_id") == [("None", "None"), ("N/A", "N/A")]


def test_what_was_left_out_is_named_with_its_count(load: Import, write: Write) -> None:
    lines = "".join(f"{n},2026-01-01,201-500\n" for n in range(31))
    path = write("leads.csv", f"lead_id,created_at,employees\n{lines}x,2026-01-01,many\n")

    (previewed,) = preview_files([path], kind="lead", zone=MADRID, now=LATER)
    result = load(path, kind="lead")

    named = [("employees '201-500' is not a whole number, and unknown", 31)]
    named += [("employees 'many' is not a whole number, and unknown", 1)]
    assert [(one.reason, one.rows) for one in result.left_out] == named
    assert [(one.reason, one.rows) for one in previewed.tables[0].left_out] == named
    assert "employees '201-500' is not a whole number, and unknown: 31 rows" in result.as_text()
    assert result.as_json()["left_out"][0]["rows"] == 31  # type: ignore[index]


def _once(db: Database, path: Path, kind: str, **how: object) -> None:
    load(db, check_files([path], kind=kind, **how), kind, zone=MADRID, now=LATER, by=BY_TEST)  # type: ignore[arg-type]


NUMBERS = st.decimals(min_value=-(10**9), max_value=10**9, places=4)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(NUMBERS, min_size=1, max_size=6),
    st.sampled_from([(",", "."), (".", ","), (".", ""), (",", ""), (",", " "), (".", "'")]),
    st.sampled_from(["", "€", "$", " EUR"]),
    st.integers(0, 4),
)
def test_numbers_written_one_way_in_a_column_read_back_exactly_or_are_refused(
    db: Database, tmp_path: Path, numbers: list[Decimal], signs: tuple[str, str], currency: str, places: int
) -> None:
    point, grouping = signs
    meant = [round(number, places) for number in numbers]
    texts = [
        f"{one:,.{places}f}".replace(",", "_").replace(".", point).replace("_", grouping) + currency for one in meant
    ]
    path = tmp_path / "leads.csv"
    path.write_text("lead_id;created_at;cost\n" + "".join(f"{n};2026-01-01;{one}\n" for n, one in enumerate(texts)))

    try:
        _once(db, path, "lead")
    except FileRefused as refused:
        assert "--decimal" in str(refused)  # noqa: PT017  (most inputs are read, and then compared)
        _once(db, path, "lead", decimal=point)

    with db.cursor() as cursor:
        read = cursor.execute("select cost from lead order by lead_id::integer limit ?", [len(meant)]).fetchall()
    assert [one for (one,) in read] == meant


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.datetimes(at("1990-01-01"), at("2049-12-31")),
    st.sampled_from(
        [
            "%Y/%m/%d",
            "%d-%b-%Y",
            "%B %d, %Y",
            "%d/%m/%Y",
            "%m/%d/%y",
            "%Y-%m-%d %H:%M:%S",
            "%d.%m.%Y %H:%M",
            "%b %d %Y %I:%M %p",
        ]
    ),
)
def test_a_date_read_as_it_was_written_is_itself(db: Database, tmp_path: Path, moment: datetime, form: str) -> None:
    by_day = "H" not in form and "I" not in form
    path = tmp_path / "leads.csv"
    path.write_text(f'lead_id,created_at\n0,"{moment.strftime(form)}"\n')
    meant = (
        at("1970-01-01") + timedelta(microseconds=day_start(moment.date(), MADRID))
        if by_day
        else datetime.strptime(moment.strftime(form), form)  # noqa: DTZ007  (instants without an offset are UTC)
    )

    read = []
    for how in ({"date_formats": (form,)}, *([{}] if form[1] in "YbB" or "%b" in form else [])):
        _once(db, path, "lead", **how)
        with db.cursor() as cursor:
            read += cursor.execute("select created_at from lead").fetchall()

    assert set(read) == {(meant,)}
