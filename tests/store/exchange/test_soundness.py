"""What is suspicious among rows that are there, how new they are, and on which days they came."""

from datetime import date

from lib.core.exchange.soundness import Finding
from lib.core.time.clock import parse_instant
from lib.store.database import Database
from lib.store.exchange.soundness import freshness, rows_by_day, suspicious_counts, suspicious_rows
from tests.grants import ANYTHING
from tests.store.conftest import MADRID, NOW, Import, Write

LEADS = "lead_id,created_at,owner\na,2026-03-01T09:00:00Z,ana\nb,2026-06-01T00:00:01Z,\nc,2026-03-01T09:00:00Z,gone\n"


def activity(number: int, at: str) -> str:
    return f"{number},a,{at},page_view\n"


HEAD = "activity_id,lead_id,occurred_at,kind\n"


def ids(db: Database, finding: Finding) -> list[str]:
    return [row.id for row in suspicious_rows(db, NOW, finding, 10)]


def test_a_row_older_than_what_an_earlier_import_brought_by_more_than_seven_days_is_late(
    db: Database, load: Import, write: Write
) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("one.csv", HEAD + activity(1, "2025-01-01") + activity(2, "2026-03-20T09:00:00Z")), kind="activity")

    load(
        write("two.csv", HEAD + activity(3, "2026-03-13T09:00:00Z") + activity(4, "2026-03-13T08:59:59Z")),
        kind="activity",
    )

    assert ids(db, Finding.LATE) == ["4"]


def test_a_row_later_than_its_import_is_ahead_and_one_later_than_now_is_in_the_future(
    db: Database, load: Import, write: Write
) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    # Clocks may differ by minutes; what lies further ahead is held aside.
    ahead = activity(1, "2026-06-01T00:00:00Z") + activity(2, "2026-06-01T00:04:00Z") + activity(3, "2026-06-02")
    load(write("one.csv", HEAD + ahead), kind="activity")

    assert ids(db, Finding.AHEAD) == ["2"]
    assert ids(db, Finding.FUTURE) == ["2", "b"]


def test_an_answer_up_to_an_hour_before_the_hand_over_is_two_clocks_that_disagree(
    db: Database, load: Import, write: Write
) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    events = (
        "event_id,lead_id,occurred_at,kind\n"
        "1,a,2026-03-02T10:00:00Z,mql\n"
        "2,a,2026-03-02T09:00:00Z,accepted\n"
        "3,a,2026-03-02T08:59:59Z,first_touch\n"
        "4,a,2026-03-02T10:00:00Z,sql\n"
    )

    load(write("events.csv", events), kind="handoff_event")

    assert ids(db, Finding.BEFORE) == ["2"]


def test_an_owner_who_is_no_rep_is_unknown_and_nobody_is_not(db: Database, load: Import, write: Write) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("reps.csv", "rep_id,name\nana,Ana\n"), kind="rep")

    assert suspicious_counts(db, NOW)[Finding.OWNER] == 1
    assert [row.said for row in suspicious_rows(db, NOW, Finding.OWNER, 10)] == ["gone"]


def test_how_new_each_table_is_by_what_brought_it(db: Database, load: Import, write: Write) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    with db.write(*ANYTHING) as cursor:
        cursor.execute("insert into lead (lead_id, created_at) values ('x', timestamp '2026-05-01')")

    found = {(one.table, one.origin): (one.rows, one.newest, one.imported_at) for one in freshness(db)}

    assert found == {
        ("lead", "lead"): (3, parse_instant("2026-06-01T00:00:01Z", MADRID), NOW),
        ("lead", None): (1, parse_instant("2026-05-01T00:00:00Z", MADRID), None),
    }


def test_days_are_the_reporting_zones_and_each_is_counted(db: Database, load: Import, write: Write) -> None:
    load(write("leads.csv", LEADS), kind="lead")
    load(
        write("one.csv", HEAD + activity(1, "2026-03-01T23:30:00Z") + activity(2, "2026-03-04T10:00:00Z")),
        kind="activity",
    )

    days = rows_by_day(db, parse_instant("2026-03-01T00:00:00Z", MADRID), parse_instant("2026-03-06", MADRID), MADRID)

    of_all = (date(2026, 3, 2), [1, 0, 1, 0])
    assert days == {("activity", None): of_all, ("activity", "page_view"): of_all}
