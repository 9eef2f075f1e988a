"""One person under two ids: found, merged into one for every figure, and parted again exactly."""

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.core.leads.duplicates import MergeRefused
from lib.store.agreement.audit import verify
from lib.store.database import Database
from lib.store.exchange.imports import import_files
from lib.store.exchange.undoing import UndoRefused, undo_last_import
from lib.store.handoffs.handoffs import load_handoffs
from lib.store.leads.duplicates import find_duplicates, merge_leads, merges, unmerge_leads
from lib.store.leads.history import load_history
from tests.grants import ANYTHING, BY_TEST, somebody
from tests.store.conftest import MADRID, NOW, Import, Rows, Write
from tests.store.exchange.test_undoing import state

LATER = NOW + 1_000_000

LEADS = """lead_id,created_at,first_name,last_name,company,email
a,2026-03-01,Ann,Byron,Poets Ltd,ann@poets.example
b,2026-03-02,Ann,Byron,Poets Ltd.,Ann+news@Poets.example
c,2026-03-03,Cy,Twombly,Atelier,cy@atelier.example
"""
ACTIVITIES = """activity_id,lead_id,occurred_at,kind
1,a,2026-03-04T09:00:00Z,view
2,b,2026-03-05T09:00:00Z,view
,b,2026-03-06T09:00:00Z,click
"""
EVENTS = """event_id,lead_id,occurred_at,kind
1,a,2026-03-04T09:00:00Z,mql
2,b,2026-03-05T09:00:00Z,accepted
3,b,2026-03-06T09:00:00Z,mql
"""


@pytest.fixture
def loaded(db: Database, load: Import, write: Write) -> Database:
    load(write("leads.csv", LEADS), kind="lead")
    load(write("activities.csv", ACTIVITIES), kind="activity")
    load(write("events.csv", EVENTS), kind="handoff_event")
    return db


def pairs(db: Database) -> list[tuple[str, str, str]]:
    return [(pair.first, pair.second, pair.why) for pair in find_duplicates(db).pairs]


def test_a_merged_lead_is_one_in_every_loader_with_what_both_did(loaded: Database, rows: Rows) -> None:
    merge_leads(loaded, "a", "b", LATER, somebody("Ana"))

    history = load_history(loaded)
    assert history.lead_id.to_pylist() == ["a", "c"]
    assert history.activity_start.tolist() == [0, 3, 3]
    handoffs = load_handoffs(loaded, NOW)
    assert handoffs.lead_id.to_pylist() == ["a"]
    assert handoffs.accepted.tolist() == [True]
    assert rows("select count(*) from handoff") == [(1,)]
    verify(loaded)


def test_parting_them_gives_back_exactly_what_there_was(loaded: Database) -> None:
    before = state(loaded)
    merge_leads(loaded, "a", "b", LATER, somebody("Ana"))
    assert [(one.kept, one.gone, one.who) for one in merges(loaded)] == [("a", "b", "Ana")]

    unmerge_leads(loaded, "b", LATER, somebody("Ben"))

    assert state(loaded) == before
    assert merges(loaded) == []
    verify(loaded)


def test_the_same_files_again_change_nothing_while_two_leads_are_one(
    loaded: Database, load: Import, write: Write
) -> None:
    merge_leads(loaded, "a", "b", LATER, somebody("Ana"))
    before = state(loaded)

    for name, content, kind in (
        ("leads.csv", LEADS, "lead"),
        ("activities.csv", ACTIVITIES, "activity"),
        ("events.csv", EVENTS, "handoff_event"),
    ):
        result = load(write(name, content), kind=kind)
        assert (result.tables[kind].new, result.tables[kind].changed, result.rejected) == (0, 0, 0)

    assert state(loaded) == before


def test_what_imports_bring_under_the_merged_id_counts_for_the_one_kept_and_goes_back_with_it(
    loaded: Database, load: Import, write: Write, rows: Rows
) -> None:
    merge_leads(loaded, "a", "b", LATER, somebody("Ana"))

    load(write("leads.csv", LEADS.replace("b,2026-03-02,Ann,", "b,2026-03-02,Anna,")), kind="lead")
    load(write("more.csv", "activity_id,lead_id,occurred_at,kind\n9,b,2026-03-07,view\n"), kind="activity")

    assert rows("select first_name from lead where lead_id = 'a'") == [("Ann",)]
    assert rows("select lead_id, merged_from from activity where activity_id = '9'") == [("a", "b")]
    unmerge_leads(loaded, "b", LATER, somebody("Ana"))
    assert rows("select first_name from lead where lead_id = 'b'") == [("Anna",)]
    assert rows("select lead_id, merged_from from activity where activity_id = '9'") == [("b", None)]
    verify(loaded)


def test_an_import_after_the_merge_can_be_taken_back_and_one_before_it_no_more(
    loaded: Database, load: Import, write: Write
) -> None:
    with pytest.raises(MergeRefused):
        merge_leads(loaded, "a", "nobody", LATER, somebody("Ana"))
    merge_leads(loaded, "a", "b", LATER, somebody("Ana"))
    with pytest.raises(UndoRefused, match="lead b was merged, or parted again, since"):
        undo_last_import(loaded, LATER, by=BY_TEST)
    before = state(loaded)

    more = write("more.csv", LEADS.replace("Byron", "Lord"))
    import_files(loaded, [more], kind="lead", zone=MADRID, now=LATER + 1, by=BY_TEST)
    assert state(loaded) != before
    undo_last_import(loaded, LATER + 2, by=BY_TEST)

    assert state(loaded) == before


@pytest.mark.parametrize(
    ("kept", "gone", "told"),
    [
        ("a", "a", "is one lead already"),
        ("a", "x", "there is no such lead"),
        ("c", "b", "is part of lead a already"),
        ("b", "c", "is part of lead a already"),
        ("c", "a", "has others merged into it"),
    ],
)
def test_what_cannot_be_merged_is_refused_and_nothing_changes(
    loaded: Database, kept: str, gone: str, told: str
) -> None:
    merge_leads(loaded, "a", "b", LATER, somebody("Ana"))
    before = state(loaded)

    with pytest.raises(MergeRefused, match=told):
        merge_leads(loaded, kept, gone, LATER, somebody("Ana"))

    assert state(loaded) == before


def test_a_lead_that_is_part_of_no_other_cannot_be_parted(loaded: Database) -> None:
    with pytest.raises(MergeRefused, match="is part of no other lead"):
        unmerge_leads(loaded, "b", LATER, somebody("Ana"))


def test_who_merged_what_is_only_ever_added_to(loaded: Database) -> None:
    merge_leads(loaded, "a", "b", LATER, somebody("Ana"))

    with pytest.raises(duckdb.Error, match="only ever added to"), loaded.write(*ANYTHING) as cursor:
        cursor.execute("delete from lead_merge")


MORE = """lead_id,created_at,first_name,last_name,company,email
d,2026-03-04,Jo,Smith,Acme Corporation,j.o.smith@gmail.com
e,2026-03-05,Jo,Smith,Other,josmith+x@googlemail.com
f,2026-03-06,Grace,Hopper,Acme Corporation,g@one.example
g,2026-03-07,Hopper,Grace,Acme Corp,g@two.example
h,2026-03-08,Graze,Hopper,Acme Corporation,
i,2026-03-09,Graze,Hopper,Acme Industries,
j,2026-03-09,,,,not an address
k,2026-03-09,,,,not an address
"""


def test_the_same_address_and_nearly_the_same_name_and_company_are_found_once_each(
    loaded: Database, load: Import, write: Write
) -> None:
    load(write("more.csv", MORE), kind="lead")

    assert pairs(loaded) == [
        ("a", "b", "e-mail alike: ann@poets.example"),
        ("d", "e", "e-mail alike: josmith@gmail.com"),
        ("f", "h", "name 92 and company 100 of 100 alike"),
    ]


def test_two_leads_that_were_merged_are_found_no_more(loaded: Database) -> None:
    merge_leads(loaded, "a", "b", LATER, somebody("Ana"))

    assert pairs(loaded) == []


@given(order=st.permutations(["b", "c", "d"]), data=st.data())
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_merges_into_one_lead_taken_back_in_any_order_leave_no_trace(
    loaded: Database, load: Import, write: Write, order: list[str], data: st.DataObject
) -> None:
    load(write("d.csv", "lead_id,created_at\nd,2026-03-03\n"), kind="lead")
    before = state(loaded)

    for gone in order:
        merge_leads(loaded, "a", gone, LATER, somebody("Ana"))
    assert load_history(loaded).leads == 1
    for gone in data.draw(st.permutations(order)):
        unmerge_leads(loaded, gone, LATER, somebody("Ana"))

    assert state(loaded) == before
