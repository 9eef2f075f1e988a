"""Facts that a source corrects: the newest import counts, or the statement dated last; and it can be taken back."""

from lib.config.sources import read_source
from lib.store.database import Database
from lib.store.exchange.undoing import undo_last_import
from tests.grants import BY_TEST
from tests.store.conftest import NOW, Import, Rows, Write
from tests.store.exchange.test_undoing import state

SHOP = read_source(
    """
name: Shop
files:
- what: People
  headings: [Person, Created]
  tables:
  - table: lead
    columns: {lead_id: Person, created_at: Created, first_name: Name}
  - table: handoff_event
    columns: {lead_id: Person, occurred_at: Became MQL}
    constants: {kind: mql}
    when_known: Became MQL
- what: Deals
  headings: [Deal, Stage, Closed]
  tables:
  - table: lead_alias
    id_of: deal
    columns: {lead_id: Whose, alias: Deal}
    when_known: Whose
  - table: handoff_event
    id_of: deal
    columns: {lead_id: Deal, kind: Stage, occurred_at: Closed, amount: Amount, stated_at: Modified}
    values: {kind: {Won: won, Lost: lost, else: skip}}
    gone: {Deleted: yes}
""".replace("yes", '"yes"'),
    "shop.yaml",
)

PEOPLE = "Person,Created,Became MQL\np,2026-03-01,2026-03-02T09:00:00Z\nq,2026-03-01,2026-03-02T09:00:00Z\n"
DEALS = "Deal,Stage,Closed,Amount,Whose\n"
DATED = "Deal,Stage,Closed,Amount,Whose,Modified\n"


def deal(amount: int, closed: str = "2026-04-10T10:00:00Z", stage: str = "Won", modified: str = "") -> str:
    head = DATED if modified else DEALS
    more = f",{modified}" if modified else ""
    return head + f"1,{stage},{closed},{amount},p{more}\n"


STANDS = "select kind, occurred_at::varchar, amount::integer from handoff_event where kind <> 'mql' order by all"


def test_a_corrected_amount_replaces_the_one_before(load: Import, write: Write, rows: Rows) -> None:
    load(write("people.csv", PEOPLE), source=SHOP)
    load(write("april.csv", deal(1000)), source=SHOP)

    result = load(write("may.csv", deal(1500)), source=SHOP)

    assert rows(STANDS) == [("won", "2026-04-10 10:00:00", 1500)]
    assert (result.tables["handoff_event"].new, result.tables["handoff_event"].changed) == (0, 1)
    assert rows("select amount::integer, why, corrected_by from corrected_event") == [(1000, "corrected", 3)]


def test_a_moved_date_replaces_the_one_before(load: Import, write: Write, rows: Rows) -> None:
    load(write("people.csv", PEOPLE), source=SHOP)
    load(write("april.csv", deal(1000)), source=SHOP)
    load(write("may.csv", deal(1500, "2026-04-28T10:00:00Z")), source=SHOP)

    assert rows(STANDS) == [("won", "2026-04-28 10:00:00", 1500)]


def test_a_value_that_returns_counts_again_and_no_hash_decides(load: Import, write: Write, rows: Rows) -> None:
    load(write("people.csv", PEOPLE), source=SHOP)
    for amount in (1000, 1500, 1000, 1500, 1000):
        load(write("deals.csv", deal(amount)), source=SHOP)

        assert rows(STANDS) == [("won", "2026-04-10 10:00:00", amount)]


def test_lost_and_won_of_one_deal_both_stand(load: Import, write: Write, rows: Rows) -> None:
    load(write("people.csv", PEOPLE), source=SHOP)
    load(write("1.csv", deal(1000, "2026-04-10T10:00:00Z", "Lost")), source=SHOP)
    load(write("2.csv", deal(1500, "2026-04-28T10:00:00Z", "Won")), source=SHOP)

    assert [kind for kind, *_ in rows(STANDS)] == ["lost", "won"]


def test_where_a_source_dates_its_statements_the_newest_counts_whatever_the_order(
    load: Import, write: Write, rows: Rows
) -> None:
    load(write("people.csv", PEOPLE), source=SHOP)
    load(write("may.csv", deal(1500, modified="2026-05-10T10:00:00Z")), source=SHOP)

    late = load(write("april.csv", deal(1000, modified="2026-04-11T10:00:00Z")), source=SHOP)

    assert rows(STANDS) == [("won", "2026-04-10 10:00:00", 1500)]
    assert late.tables["handoff_event"].same == 1
    assert late.older == 1


def test_an_export_of_the_same_with_another_column_changes_nothing(load: Import, write: Write, rows: Rows) -> None:
    load(write("people.csv", PEOPLE), source=SHOP)
    load(write("deals.csv", deal(1000)), source=SHOP)
    more = deal(1000).replace("Whose\n", "Whose,Colour\n").replace(",p\n", ",p,red\n")

    again = load(write("deals.csv", more), source=SHOP).tables["handoff_event"]

    assert (again.new, again.changed, again.same) == (0, 0, 1)


def test_a_moved_mql_date_adds_one(load: Import, write: Write, rows: Rows) -> None:
    load(write("people.csv", PEOPLE), source=SHOP)
    load(write("people.csv", PEOPLE.replace("03-02", "05-02")), source=SHOP)

    assert rows("select count(*) from handoff_event") == [(4,)]


def test_three_equal_events_are_one(load: Import, write: Write, rows: Rows) -> None:
    load(write("people.csv", PEOPLE), source=SHOP)

    result = load(write("deals.csv", deal(1000) + deal(1000).removeprefix(DEALS) * 2), source=SHOP)

    assert rows(STANDS) == [("won", "2026-04-10 10:00:00", 1000)]
    assert (result.tables["handoff_event"].new, result.tables["handoff_event"].same) == (1, 2)


def test_a_deal_that_is_another_lead_s_now_is_the_same_fact(load: Import, write: Write, rows: Rows) -> None:
    load(write("people.csv", PEOPLE), source=SHOP)
    load(write("deals.csv", deal(1000)), source=SHOP)
    load(write("deals.csv", deal(1500).replace("p\n", "q\n")), source=SHOP)

    assert rows("select amount::integer from handoff_event where kind = 'won'") == [(1500,)]


def test_a_correction_is_taken_back_with_its_import(db: Database, load: Import, write: Write, rows: Rows) -> None:
    load(write("people.csv", PEOPLE), source=SHOP)
    load(write("april.csv", deal(1000)), source=SHOP)
    before = state(db)
    load(write("may.csv", deal(1500)), source=SHOP)
    after = state(db)

    undo_last_import(db, NOW, by=BY_TEST)
    assert state(db) == before
    load(write("may.csv", deal(1500)), source=SHOP)
    assert rows(STANDS) == [("won", "2026-04-10 10:00:00", 1500)]
    assert len(state(db)["handoff_event"]) == len(after["handoff_event"])


def test_a_deal_deleted_at_its_source_counts_no_more_until_it_is_back(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    load(write("people.csv", PEOPLE), source=SHOP)
    load(write("deals.csv", deal(1000)), source=SHOP)
    before = state(db)
    gone = "Deal,Stage,Closed,Amount,Deleted\n1,Won,2026-04-10T10:00:00Z,1000,yes\n2,Won,2026-04-10T10:00:00Z,9,yes\n"

    result = load(write("deals.csv", gone), source=SHOP)

    assert rows(STANDS) == []
    assert rows("select why from corrected_event") == [("deleted",)]
    assert (result.deleted, result.rejected, result.tables["handoff_event"].changed) == (1, 0, 1)
    undo_last_import(db, NOW, by=BY_TEST)
    assert state(db) == before
    load(write("deals.csv", gone), source=SHOP)
    load(write("deals.csv", deal(1000)), source=SHOP)
    assert rows(STANDS) == [("won", "2026-04-10 10:00:00", 1000)]


def test_what_waited_for_its_lead_is_as_it_was_said_last(load: Import, write: Write, rows: Rows) -> None:
    load(write("april.csv", deal(1000)), source=SHOP)
    load(write("may.csv", deal(1500)), source=SHOP)

    load(write("people.csv", PEOPLE), source=SHOP)
    load(write("may.csv", deal(1500)), source=SHOP)

    assert rows(STANDS) == [("won", "2026-04-10 10:00:00", 1500)]
