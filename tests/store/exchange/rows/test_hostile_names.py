"""What files and people call their columns, values and files is never read as a query."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.core.definition.criteria import EXTRA_PREFIX
from lib.core.exchange.mappings import FileMapping, Source, TableMapping
from lib.store.database import Database, open_database
from lib.store.exchange.events import receive
from lib.store.exchange.imports import import_files
from lib.store.exchange.previews import preview_files
from lib.store.exchange.rows.cells import WIDE
from lib.store.exchange.undoing import undo_last_import
from lib.store.leads.duplicates import merge_leads, unmerge_leads
from lib.store.leads.history import load_fields, load_history
from tests.grants import ANYTHING, BY_TEST, somebody
from tests.store.conftest import FIRST_DEFINITION, MADRID, NOW, Import, Rows, Write

HOSTILE = (
    '"; drop table lead; --',
    "'; drop table lead; --",
    'it\'s "quoted"',
    "brackets (a) [b] {table} {0}",
    "$1 $run ? :x",
    "/* c */ -- d",
    "back\\slash \\3-\\2",
    "名前 naïve é 🙂",
    "/a~b/0",
)


def as_csv(rows: Sequence[Sequence[str]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def leads_with(headings: Sequence[str], values: Sequence[str]) -> str:
    return as_csv([["lead_id", "created_at", *headings], ["a", "2026-03-01", *values]])


def custom_columns(db: Database) -> dict[str, str | None]:
    history = load_history(db)
    return {
        name.removeprefix(EXTRA_PREFIX): history.column(name).text(0)
        for name in history.fields
        if name.startswith(EXTRA_PREFIX)
    }


def test_custom_columns_keep_their_names_and_values(db: Database, load: Import, write: Write, rows: Rows) -> None:
    values = [f"{heading} of a" for heading in HOSTILE]

    load(write("leads.csv", leads_with(HOSTILE, values)), kind="lead")

    ((extra,),) = rows("select extra from lead")
    assert json.loads(extra) == dict(zip(HOSTILE, values, strict=True))
    assert custom_columns(db) == dict(zip(HOSTILE, values, strict=True))
    asked = load_fields(db, [EXTRA_PREFIX + HOSTILE[0]])
    assert asked.column(EXTRA_PREFIX + HOSTILE[0]).text(0) == values[0]


def test_they_are_changed_taken_back_and_merged_like_others(
    db: Database, load: Import, write: Write, rows: Rows
) -> None:
    load(write("leads.csv", leads_with(HOSTILE, ["old"] * len(HOSTILE))), kind="lead")
    load(write("other.csv", "lead_id,created_at\nb,2026-03-02\n"), kind="lead")
    before = rows("from lead order by all")

    load(write("later.csv", leads_with(HOSTILE, ["new"] * len(HOSTILE))), kind="lead")
    changed = custom_columns(db)
    undo_last_import(db, NOW, by=BY_TEST)
    merge_leads(db, "b", "a", NOW, somebody(HOSTILE[0]))
    unmerge_leads(db, "a", NOW, somebody(HOSTILE[1]))

    assert changed == dict.fromkeys(HOSTILE, "new")
    assert rows("from lead order by all") == before


def test_so_do_the_columns_of_a_file_with_very_many(
    db: Database, load: Import, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDSHAKE_MOST_COLUMNS", "100000")
    headings = [*HOSTILE, *(f"{HOSTILE[0]} {number}" for number in range(WIDE))]
    values = [f"v{number}" for number in range(len(headings))]

    load(write("leads.csv", leads_with(headings, values)), kind="lead")

    assert custom_columns(db) == dict(zip(headings, values, strict=True))


def test_json_files_and_their_keys_too(db: Database, load: Import, write: Write) -> None:
    lead = {"lead_id": "a", "created_at": "2026-03-01", **{key: f"{key}!" for key in HOSTILE}}

    load(write("leads.jsonl", json.dumps(lead) + "\n"), kind="lead")

    assert custom_columns(db) == {key: f"{key}!" for key in HOSTILE}


def test_a_row_that_is_rejected_is_kept_with_its_headings(load: Import, write: Write, rows: Rows) -> None:
    headings, good = ["lead_id", "created_at", *HOSTILE], ["a", "2026-03-01", *HOSTILE]
    content = as_csv([headings, [HOSTILE[0], HOSTILE[1], *HOSTILE], good])

    result = load(write('it\'s "mine"; --.csv', content), kind="lead")

    ((rejected,),) = [result.rejected_rows]
    assert rejected.file == 'it\'s "mine"; --.csv'
    assert rejected.reason == f"created_at '{HOSTILE[1]}' is not a date"
    ((row,),) = rows("select row from rejected_row")
    assert json.loads(row) == {
        "lead_id": HOSTILE[0],
        "created_at": HOSTILE[1],
        **dict(zip(HOSTILE, HOSTILE, strict=True)),
    }


@pytest.mark.parametrize("id_", HOSTILE)
def test_an_activity_waits_for_a_lead_of_any_id(load: Import, write: Write, rows: Rows, id_: str) -> None:
    load(
        write("acts.csv", as_csv([["activity_id", "lead_id", "occurred_at", "kind"], [id_, id_, "2026-03-02", id_]])),
        kind="activity",
    )
    waiting = rows("select reason from rejected_row")

    load(write("leads.csv", as_csv([["lead_id", "created_at"], [id_, "2026-03-01"]])), kind="lead")

    assert waiting == [(f"no lead is called '{id_}' yet",)]
    assert rows("select activity_id, lead_id, kind from activity") == [(id_, id_, id_)]


@pytest.mark.parametrize("id_", HOSTILE)
def test_an_event_sent_with_other_content_is_told_by_its_id(db: Database, load: Import, write: Write, id_: str) -> None:
    load(write("leads.csv", "lead_id,created_at\na,2026-03-01\n"), kind="lead")
    event: dict[str, object] = {"event_id": id_, "lead_id": "a", "occurred_at": "2026-03-02T09:00:00Z", "kind": "mql"}
    event |= {"actor": id_, "reason": id_, "detail": {id_: id_}}

    with db.write(*ANYTHING) as cursor:
        other = "insert into handoff_event (event_id, lead_id, occurred_at, kind) values (?, 'a', '2026-03-02', 'mql')"
        cursor.execute(other, [f"other {id_.strip()}"])
    others = {**event, "event_id": f"other {id_}"}
    sent = [receive(db, [one], zone=MADRID, now=NOW, by=somebody(id_)) for one in (event, {**others, "actor": "other"})]

    assert sent[0].new == 1
    assert [remark.reason for remark in sent[1].rejected] == [
        f"event_id 'other {id_.strip()}' exists with other content"
    ]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_mapping_may_say_anything(load: Import, write: Write, rows: Rows, text: str) -> None:
    said = text.replace("{", "").replace("}", "")
    leads = TableMapping(
        table="lead",
        columns={"lead_id": ("Id",), "created_at": ("When",), "title": (f"{{Id}} {said}",), "owner": ("Owner",)},
        constants={"channel": text},
        values={"owner": {text: f"became {text}"}},
        rest=(text,),
        when={"State": ("other", text)},
        unless={"Not": (text,)},
    )
    others = TableMapping(
        table="lead_alias",
        columns={"alias": ("Others",), "lead_id": ("Id",)},
        each={"Others": text[0]},
        id_of=text,
    )
    written = FileMapping(
        headings=(("Id",),),
        tables=(leads, others),
        date_formats=(f"%d.%m.%Y '{text}'",),
        blank=(f"none {text}",),
    )
    cells = {
        "Id": "a",
        "When": f"01.03.2026 '{text}'",
        "Owner": text.upper(),
        "State": text,
        "Not": "",
        text: f"{text}!",
    }
    content = as_csv([[*cells, "Others"], [*cells.values(), f"x{text[0]}y"], ["b", *[f"None {text}"] * len(cells)]])

    load(write("crm.csv", content), source=Source("crm", (written,)))

    ((created_at, *texts, extra),) = rows("select created_at, lead_id, title, owner, channel, extra from lead")
    assert created_at.isoformat() == "2026-02-28T23:00:00"
    assert texts == ["a", f"a {said}", f"became {text}", text]
    assert json.loads(extra) == {text: f"{text}!"}
    assert rows("select alias, lead_id from lead_alias order by alias") == [(f"{text} x", "a"), (f"{text} y", "a")]


def test_a_preview_shows_them_as_they_are_written(write: Write) -> None:
    path = write("leads.csv", leads_with(HOSTILE, HOSTILE))

    (previewed,) = preview_files([path], kind="lead", zone=MADRID, now=NOW)

    (row,) = previewed.tables[0].rows
    assert json.loads(row.values["extra"] or "") == dict(zip(HOSTILE, HOSTILE, strict=True))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(
    headings=st.lists(
        st.text(
            st.characters(exclude_categories=["Cs", "Cc"], include_characters="\"'\\{}$;-"), min_size=1, max_size=12
        )
        .map(lambda heading: f"x{heading}".strip())
        .filter(lambda heading: not heading.isspace()),
        min_size=1,
        max_size=4,
        unique=True,
    )
)
def test_whatever_a_column_is_called_it_is_read_back(tmp_path: Path, headings: list[str]) -> None:
    (tmp_path / "leads.csv").write_text(leads_with(headings, headings), encoding="utf-8")
    path = tmp_path / "any.duckdb"
    path.unlink(missing_ok=True)
    database = open_database(path, first_definition=FIRST_DEFINITION, clock=NOW)

    try:
        import_files(database, [tmp_path / "leads.csv"], kind="lead", zone=MADRID, now=NOW, by=BY_TEST)
        read = custom_columns(database)
    finally:
        database.close()

    assert read == {heading: heading for heading in headings}
