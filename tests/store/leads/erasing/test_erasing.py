"""What an erasure does and refuses: one person under all ids, what stays of them, and an audit that still holds."""

import json
from typing import Any

import pytest

from lib.core.agreement.audit import AuditBroken
from lib.core.errors import NotFound
from lib.core.leads.erasing import EraseRefused, Erasure
from lib.store import database as database_module
from lib.store.agreement.audit import load_entries, verify
from lib.store.database import Database, open_database
from lib.store.keeping.copying import copy_beside
from lib.store.leads.duplicates import unmerge_leads
from lib.store.leads.erasing.erasing import finish_erasing, people_erased
from tests.grants import somebody
from tests.store.conftest import FIRST_DEFINITION, NOW, Import, Rows, Tamper, Write
from tests.store.leads.erasing.conftest import ANN, ANNS_OTHER, EMAIL, LATER, NAME, SECOND, erased


def test_under_whichever_id_they_are_named_the_whole_person_goes(known_everywhere: Database, rows: Rows) -> None:
    found = erased(known_everywhere, ANNS_OTHER)

    assert found.ids == 2
    assert rows(f"select count(*) from lead where lead_id = '{ANN}'") == [(0,)]
    assert rows("select count(*) from merged_lead") == [(1,)]
    assert rows("select merged_into from merged_lead") == [(found.erased,)]


def test_of_a_lead_stays_what_figures_count_by_and_what_promises_ask_for(
    known_everywhere: Database, rows: Rows
) -> None:
    new = erased(known_everywhere).erased

    ((lead,),) = rows(f"select to_json(lead)::varchar from lead where lead_id = '{new}'")
    known = {name: value for name, value in json.loads(lead).items() if value is not None}
    assert known.keys() == {"lead_id", "created_at", "country", "channel", "source", "owner", "cost", "run"}


def test_events_keep_who_when_what_why_and_how_much_and_of_their_detail_what_is_counted(
    known_everywhere: Database, rows: Rows
) -> None:
    counted = "select kind, occurred_at, actor, reason, amount from handoff_event where lead_id = '{}' order by all"
    before = rows(counted.format(ANN))

    new = erased(known_everywhere).erased

    assert rows(counted.format(new)) == before
    details = rows(f"select detail::varchar from handoff_event where lead_id = '{new}' and detail is not null")
    said = [json.loads(detail) for (detail,) in details]
    assert {name for one in said for name in one} == {"score", "version", "contact", "by", "handoff", "event_id"}
    assert {one["handoff"] for one in said if "handoff" in one} == {f"{new}:1"}


def test_what_one_event_takes_back_is_still_taken_back(known_everywhere: Database, rows: Rows) -> None:
    new = erased(known_everywhere).erased

    assert rows(
        "select count(*) from handoff_event as undoing inner join handoff_event as undone "
        f"on undone.event_id = undoing.detail ->> 'event_id' where undoing.lead_id = '{new}'"
    ) == [(1,)]


def test_others_texts_lose_the_words_that_name_them_and_nothing_else(known_everywhere: Database, rows: Rows) -> None:
    found = erased(known_everywhere)

    assert rows("select text from meeting_note where note = 1") == [("Write to erased",)]
    assert rows(
        "select detail ->> 'note' from handoff_event where lead_id = 'c' and detail ->> 'note' is not null"
    ) == [("knows erased (erased), see erased",)]
    assert rows("select text from draft_edit where name = 'less webinar' order by revision limit 1") == [
        ("# erased asked for it\nname: x\n",)
    ]
    assert rows("select reason from proposal where number = 2") == [("erased should have qualified",)]
    assert found.texts == 7


def test_other_leads_stay_and_those_with_the_same_address_are_named(
    known_everywhere: Database, load: Import, write: Write, rows: Rows
) -> None:
    load(write("more.csv", f"lead_id,created_at,first_name,email\nz9,2026-03-03,Mark,{EMAIL.upper()}\n"), kind="lead")

    found = erased(known_everywhere)

    assert found.alike == ("z9",)
    assert rows("select email from lead where lead_id = 'z9'") == [(EMAIL.upper(),)]


def test_an_agreement_that_names_them_is_named_and_stays(known_everywhere: Database, tamper: Tamper) -> None:
    tamper(f"update proposal set text = 'name: {NAME}', sha256 = sha256('name: {NAME}') where number = 1")

    found = erased(known_everywhere)

    (said,) = found.still_named
    assert said.startswith("version 1 of the agreement names them")


def test_the_audit_says_who_erased_somebody_by_whose_right_and_never_whom(known_everywhere: Database) -> None:
    found = erased(known_everywhere)

    (entry,) = load_entries(known_everywhere, "erased")
    said = json.loads(entry.detail)
    assert entry.who == "Ana"
    assert said["erased"] == found.erased
    assert said["reason"] == "erased asked for it, Art. 17"
    assert said["hand_offs"] == found.hand_offs == 1
    assert len(said["entries"].split()) == found.entries > 0


def test_two_erasures_of_people_who_were_once_merged_leave_a_chain_that_holds(
    known_everywhere: Database, tamper: Tamper
) -> None:
    erased(known_everywhere)
    erased(known_everywhere, "c", now=LATER + 90 * SECOND)

    assert verify(known_everywhere) == len(load_entries(known_everywhere))


def test_an_entry_altered_after_an_erasure_is_seen(known_everywhere: Database, tamper: Tamper) -> None:
    erased(known_everywhere)
    tamper("update audit_entry set detail = replace(detail, 'first_touch', 'accepted') where what = 'answered'")

    with pytest.raises(AuditBroken):
        verify(known_everywhere)


def test_an_answer_altered_before_is_not_made_good_by_an_erasure(known_everywhere: Database, tamper: Tamper) -> None:
    tamper(f"update handoff_event set reason = 'x' where lead_id = '{ANN}' and starts_with(event_id, 'inbox-')")

    erased(known_everywhere)

    with pytest.raises(AuditBroken, match="is not as it was given"):
        verify(known_everywhere)


def test_a_record_altered_before_is_not_made_good_by_an_erasure(known_everywhere: Database, tamper: Tamper) -> None:
    tamper(f"update draft_edit set text = '# {NAME} never asked' where revision = 1 and name = 'less webinar'")

    erased(known_everywhere)

    with pytest.raises(AuditBroken, match="'edited' by Ana"):
        verify(known_everywhere)


def test_a_rehearsal_counts_the_same_and_changes_nothing(known_everywhere: Database, rows: Rows) -> None:
    before = rows("select lead_id, event_id, detail from handoff_event order by all")

    rehearsed = erased(known_everywhere, dry_run=True)

    assert rows("select lead_id, event_id, detail from handoff_event order by all") == before
    assert people_erased(known_everywhere) == 0
    done = erased(known_everywhere)
    assert _counts(done) == _counts(rehearsed)
    assert not rehearsed.written_anew


def test_guards_stand_again_after_an_erasure(known_everywhere: Database, rows: Rows) -> None:
    guards = rows("select count(*) from duckdb_triggers()")

    erased(known_everywhere)

    assert rows("select count(*) from duckdb_triggers()") == guards


@pytest.mark.parametrize("lead_id", ["nobody", ANN.lower()])
def test_a_lead_that_is_not_there_is_refused(known_everywhere: Database, lead_id: str) -> None:
    with pytest.raises(NotFound, match="no lead has this id"):
        erased(known_everywhere, lead_id)


def test_nobody_is_erased_twice_nor_without_a_reason(known_everywhere: Database) -> None:
    with pytest.raises(EraseRefused, match="the reason is blank"):
        erased(known_everywhere, reason="  ")
    new = erased(known_everywhere).erased

    with pytest.raises(EraseRefused, match="was erased"):
        erased(known_everywhere, new)


def test_a_merge_of_theirs_can_be_parted_and_counts_as_it_would_have(known_everywhere: Database, rows: Rows) -> None:
    new = erased(known_everywhere).erased
    ((other,),) = rows("select lead_id from merged_lead")

    unmerge_leads(known_everywhere, other, LATER + 99 * SECOND, somebody("Ana"))

    assert rows("select lead_id, count(*) from handoff_event where lead_id <> 'c' group by all order by count(*)") == [
        (other, 1),
        (new, 5),
    ]
    verify(known_everywhere)


def test_where_the_disk_is_full_the_file_is_written_anew_when_it_is_opened_next(
    known_everywhere: Database, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(database_module, "copy_beside", full)
    found = erased(known_everywhere)
    monkeypatch.setattr(database_module, "copy_beside", copy_beside)
    path = known_everywhere.path
    assert not found.written_anew
    assert "full" in found.not_yet
    known_everywhere.close()
    assert NAME.encode() in path.read_bytes()

    again = open_database(path, first_definition=FIRST_DEFINITION, clock=NOW)
    finish_erasing(again)

    assert people_erased(again) == 1
    again.close()
    assert NAME.encode() not in path.read_bytes()


def _counts(of: Erasure) -> tuple[int, ...]:
    return of.ids, of.hand_offs, of.events, of.activities, of.changes, of.rejected, of.texts, of.entries
