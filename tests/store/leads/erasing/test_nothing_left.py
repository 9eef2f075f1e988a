"""Erase a person, and look for them in every byte that Handshake keeps."""

import json
from pathlib import Path

import pytest

from lib.store.agreement.audit import verify
from lib.store.database import Database
from tests.store.conftest import Rows, Tamper
from tests.store.leads.erasing.conftest import ANN, ANNS_OTHER, EMAIL, NAME, PHONE, WORDS, erased


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".csv")


def traces(of: bytes) -> list[str]:
    return [word for word in WORDS if word.lower().encode() in of.lower()]


def test_a_person_leaves_no_trace_in_any_file(known_everywhere: Database, tmp_path: Path) -> None:
    assert set(traces(everything_in(tmp_path))) >= set(WORDS) - {"deal-mark-77"}

    found = erased(known_everywhere)

    assert traces(everything_in(tmp_path)) == []
    assert found.written_anew
    assert found.ids == 2
    verify(known_everywhere)
    known_everywhere.close()
    assert traces(everything_in(tmp_path)) == []


# Every text column of every table, those that later versions add included.

PLANTED = "Plantedmarker"

NAMED = f"{NAME} / {EMAIL} / {PHONE} / {ANN}"
"""What somebody may write anywhere."""

HERS = ("lead_id", "merged_into", "merged_from", "kept", "gone")

STAYS = {
    "channel": "figures are grouped by it",
    "source": "figures are grouped by it",
    "owner": "figures are grouped by it, also by whom an action is",
    "country": "a promise asks for it, in this test",
    "kind": "what was done, which figures count",
    "actor": "by whom of ours",
    "reason": "figures are grouped by it",
    "why": "a word of ours",
    "who": "by whom of ours",
    "field": "which field changed",
    "dated_by": "a word of ours",
    "first_by": "a word of ours",
    "decision": "a word of ours",
    "outcome": "a word of ours",
    "currency": "figures are counted in it",
    "first_owner": "by whom of ours",
}
"""What stays of her own rows, and why."""

SEALED = {
    ("audit_entry", "who"): "hashed with its entry; nobody but our people",
    ("audit_entry", "what"): "a word of ours",
    ("audit_entry", "before"): "a hash",
    ("audit_entry", "sha256"): "a hash",
    ("proposal", "text"): "what both sides sign; the answer names it",
    ("proposal", "sha256"): "a hash",
    ("proposal", "side"): "a word of ours",
    ("signature", "sha256"): "a hash",
    ("signature", "side"): "a word of ours",
    ("meeting_note", "kind"): "a word of ours",
    ("note_mark", "state"): "a word of ours",
    ("lead_said", "first_by"): "a word of ours",
    ("rejected_row", "kind"): "a word of ours",
    ("rep", "rep_id"): "an id of ours",
    ("queue", "queue_id"): "an id of ours",
    ("reading_field", "field"): "a heading of files",
    ("refused_change", "reason"): "always empty",
    ("erasure_key", "key"): "drawn by lot",
    ("erased_name", "digest"): "a keyed hash",
    ("erasure", "erased"): "drawn by lot",
    ("erasure", "entries"): "hashes",
    **{("bound_email", one): "of who signs in here" for one in ("email", "issuer", "subject", "person")},
    **{("proof_of_signature", one): "of who signs here" for one in ("side", "proof", "issuer", "subject")},
}
"""What nobody can write into, or what is checked otherwise."""


NAMING = ("first_name", "last_name", "email", "phone")
"""What she is found by in others' texts; the names she has are looked for anyway."""

EXEMPT = {*HERS, *STAYS, *NAMING, "event_id", "activity_id", "opened_by"}

SOME_ROWS = {"proposal": "number = 1", "meeting_note": "note = 2", "audit_entry": "number = 1"} | {
    "lead_change": "field <> 'channel'"
}
"""Of tables whose other rows are referred to, or read as JSON."""


def text_columns(rows: Rows) -> list[tuple[str, str, bool]]:
    """Table, column, and whether it is JSON, of every table of the database."""
    found = rows(
        "select table_name, column_name, data_type = 'JSON' from duckdb_columns() semi join duckdb_tables() "
        "using (table_name) where not internal and data_type in ('VARCHAR', 'JSON') order by all"
    )
    return [(str(table), str(column), bool(is_json)) for table, column, is_json in found]


def columns_of(rows: Rows, table: str) -> list[str]:
    return [name for (name,) in rows(f"select column_name from duckdb_columns() where table_name = '{table}'")]


@pytest.fixture
def rows_everywhere(known_everywhere: Database, rows: Rows, tamper: Tamper) -> Database:
    """A row in every table, of hers where rows are somebody's."""
    erased(known_everywhere, "d", reason="asked for it")
    tamper(f"insert into lead_alias (alias, lead_id) values ('deal-mark-77', '{ANN}')")
    tamper("insert into corrected_event by name select *, run as corrected_by, 'restated' as why from handoff_event")
    tamper("insert into recorded_change select lead_id, field, changed_at, 1 from lead_change")
    tamper("insert into rep (rep_id, name) values ('rep-1', 'Rep')")
    tamper("insert into goal (month, metric, target) values (date '2026-03-01', 'mql', 5)")
    tamper("insert into spend (month, channel, amount) values (date '2026-03-01', 'event', 5)")
    tamper("insert into queue values ('00G', null)")
    tamper("insert into note_mark values (1, 1, now()::timestamp, 'Ana', 'done')")
    tamper(
        "insert into signature select number, sha256, 'sales', 'Tom', now()::timestamp from proposal where number = 2"
    )
    for (table,) in rows("select table_name from duckdb_tables() where table_name like 'replaced_%'"):
        tamper(f"delete from {table}")
        tamper(f"insert into {table} from {table.removeprefix('replaced_')}")
    return known_everywhere


def test_nothing_planted_in_any_text_of_any_table_is_left(
    rows_everywhere: Database, rows: Rows, tamper: Tamper, tmp_path: Path
) -> None:
    planted = set()
    for table, column, is_json in text_columns(rows):
        whose = [name for name in HERS if name in columns_of(rows, table)]
        if (table.removeprefix("replaced_"), column) in SEALED or (whose and column in EXEMPT):
            continue
        hers = " or ".join(f"{name} in ('{ANN}', '{ANNS_OTHER}')" for name in whose)
        where = f"({hers or 'true'}) and {SOME_ROWS.get(table.removeprefix('replaced_'), 'true')}"
        said = PLANTED if whose else NAMED
        is_json |= (table, column) == ("audit_entry", "detail")
        value = f"'{json.dumps({'planted': said})}'" if is_json else f"concat_ws(' ', {column}, '{said}')"
        assert rows(f"select 1 from {table} where {where} limit 1"), f"no row of {table} is hers: plant one"
        tamper(f"update {table} set {column} = {value} where {where}")
        planted.add((table, column))
    assert len(planted) > 77
    assert PLANTED.encode() in everything_in(tmp_path)

    erased(rows_everywhere)

    left = {
        (table, column)
        for table, column, _ in text_columns(rows)
        for said in (PLANTED, *WORDS)
        if rows(f"select 1 from {table} where contains({column}::varchar, '{said}') limit 1")
    }
    assert sorted(left) == []
    assert PLANTED.encode() not in everything_in(tmp_path)
    assert traces(everything_in(tmp_path)) == []
