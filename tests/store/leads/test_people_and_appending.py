"""Leads found by words and looked up by id; whole tables into an empty database; goals by month."""

from datetime import date, datetime

import pyarrow as pa
import pytest

from lib.core.errors import DatabaseRefused
from lib.core.leads.people import Introduced
from lib.store.database import Database
from lib.store.exchange.appending import append_tables
from lib.store.funnel.goals import targets
from lib.store.leads.people import find_leads, leads_of
from tests.grants import BY_TEST
from tests.store.conftest import Import, Rows, Write

LEADS = """\
lead_id,created_at,first_name,last_name,company,email,title
ann,2026-03-01,Bo,Berg,Acme,bo@acme.example,CEO
2,2026-03-02,Ann,Berg,Globex,a.berg@globex.example,
3,2026-03-03,Carl,Ålund,Annex,carl@annex.example,
"""


def ids(people: list[Introduced]) -> list[str]:
    return [person.lead_id for person in people]


def test_every_word_must_occur_somewhere_whatever_its_case(db: Database, load: Import, write: Write) -> None:
    load(write("leads.csv", LEADS), kind="lead")

    assert ids(find_leads(db, "BERG globex", 50)) == ["2"]
    assert ids(find_leads(db, "ålund", 50)) == ["3"]
    assert ids(find_leads(db, "berg initech", 50)) == []


def test_the_best_matches_come_first_and_no_more_than_asked(db: Database, load: Import, write: Write) -> None:
    load(write("leads.csv", LEADS), kind="lead")

    assert ids(find_leads(db, "ann", 50)) == ["ann", "2", "3"]
    assert ids(find_leads(db, "ann", 2)) == ["ann", "2"]


def test_leads_are_looked_up_by_id_and_unknown_ones_left_out(db: Database, load: Import, write: Write) -> None:
    load(write("leads.csv", LEADS), kind="lead")

    found = leads_of(db, ["2", "nobody"])

    assert found == {"2": Introduced("2", "Ann Berg", "Globex", "", "a.berg@globex.example")}


def test_tables_are_filled_by_column_name(db: Database, rows: Rows) -> None:
    leads = pa.table(
        {"created_at": [datetime.fromisoformat("2026-03-01 09:00")], "lead_id": ["a"], "extra": ['{"n":1}']}
    )

    append_tables(db, {"lead": leads, "rep": pa.table({"rep_id": ["r1"]})}, by=BY_TEST)

    assert rows("select lead_id, extra ->> 'n', company from lead") == [("a", "1", None)]
    assert rows("select rep_id from rep") == [("r1",)]


def test_a_database_that_holds_leads_takes_no_whole_tables(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    load(write("leads.csv", LEADS), kind="lead")

    with pytest.raises(DatabaseRefused, match="holds leads already"):
        append_tables(db, {"rep": pa.table({"rep_id": ["r1"]})}, by=BY_TEST)

    assert rows("from rep") == []


def test_targets_are_by_the_first_day_of_the_month(db: Database, load: Import, write: Write) -> None:
    load(write("g.csv", "month,metric,target\n2026-03,mql,150\n2026-04-15,mql,160\n2026-03,sal,60\n"), kind="goal")

    assert targets(db, "mql") == {date(2026, 3, 1): 150.0, date(2026, 4, 1): 160.0}
