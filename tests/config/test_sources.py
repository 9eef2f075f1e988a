"""Source mappings: what each says, and what is refused with its line."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from lib.config.source_text import write_source
from lib.config.sources import read_source
from lib.core.errors import ConfigRefused
from lib.core.exchange.mappings import FileMapping, Source, TableMapping
from lib.core.exchange.runs import TableCount
from lib.core.time.clock import parse_instant
from lib.store.database import open_database
from lib.store.exchange.imports import import_files
from tests.grants import BY_TEST

ROOT = Path(__file__).parents[2]
OLIST = ROOT / ".." / "shared" / "data" / "olist"
MADRID = ZoneInfo("Europe/Madrid")

MAPPING = """\
name: CRM
files:
  - headings: [Record ID, Stage]
    time_zone: America/New_York
    date_format: ["%d/%m/%Y %H:%M", "%d/%m/%Y"]
    tables:
      - table: handoff_event
        columns: {lead_id: Record ID, occurred_at: Changed, kind: Stage}
        values: {kind: {Closed Won: won}}
        constants: {actor: import}
        rest: [Region]
        when_known: Stage
"""


def test_a_mapping_says_which_headings_fill_which_columns() -> None:
    table = TableMapping(
        "handoff_event",
        {"lead_id": ("Record ID",), "occurred_at": ("Changed",), "kind": ("Stage",)},
        constants={"actor": "import"},
        values={"kind": {"Closed Won": "won"}},
        rest=("Region",),
        when_known=("Stage",),
    )
    file = FileMapping(
        (("Record ID", "Stage"),),
        (table,),
        time_zone="America/New_York",
        date_formats=("%d/%m/%Y %H:%M", "%d/%m/%Y"),
    )

    assert read_source(MAPPING, "crm.yaml") == Source("CRM", (file,))


@pytest.mark.parametrize(
    ("written", "instead", "line", "message"),
    [
        ("name: CRM", "nam: CRM", 1, "no key is called 'nam'. Did you mean 'name'?"),
        ("table: handoff_event", "table: handoff_events", 7, "no table is called 'handoff_events'. Did you mean"),
        ("kind: Stage}", "knd: Stage}", 8, "no key is called 'knd'. Did you mean 'kind'?"),
        (", kind: Stage}", "}", 8, "'handoff_event' needs 'kind'. Say which heading it is read from."),
        ("values: {kind:", "values: {reason:", 9, "'reason' is read from no heading"),
        ("{actor: import}", "{kind: won}", 10, "'kind' is read from a heading and a constant too"),
        (
            "values: {kind: {",
            "values: {kind: {KAFE\u0301: won, Kafé: lost, ",
            9,
            "in another spelling, which becomes 'won'. Keep one of them.",
        ),
        ("America/New_York", "America/New_Yrk", 4, "no time zone is called 'America/New_Yrk'"),
        ('"%d/%m/%Y"]', '"%d/%m/%Q"]', 5, "'%d/%m/%Q' is no date format"),
        ('"%d/%m/%Y"]', '"day/month"]', 5, "'day/month' is no date format"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_at_its_line(
    written: str, instead: str, line: int, message: str
) -> None:
    text = MAPPING.replace(written, instead, 1)

    with pytest.raises(ConfigRefused) as refused:
        read_source(text, "crm.yaml")

    assert line in [fault.line for fault in refused.value.faults]
    assert message in str(refused.value)


def test_columns_with_no_place_are_refused() -> None:
    text = (
        "name: x\nfiles:\n  - headings: [id]\n    tables:\n"
        "      - {table: rep, columns: {rep_id: id}, rest: [shoe_size]}\n"
    )

    with pytest.raises(ConfigRefused, match="'rep' has no place for other columns"):
        read_source(text, "x.yaml")


def test_a_source_without_files_is_refused() -> None:
    with pytest.raises(ConfigRefused, match="no file is described"):
        read_source("name: x\nfiles: []\n", "x.yaml")


EVERYTHING = """\
name: Everything
files:
- what: People
  headings: [[Id, stage], [id, phase]]
  names: {stage: [Lifecycle Stage, lifecyclestage]}
  time_zone: Europe/Madrid
  date_format: ["%d/%m/%Y", "%d/%m/%Y %H:%M"]
  decimal: ","
  blank: [000000000000000AAA, "-"]
  ignore: {system_modstamp: the CRM's own bookkeeping, "sales_loft_*": another tool's}
  tables:
  - table: lead
    columns: {lead_id: Id, email: [Email, E-mail], first_name: "{First} {Middle}"}
    others: true
    unless: {IsDeleted: [true, "1"]}
  - table: lead_alias
    id_of: email
    columns: {lead_id: Id, alias: Email}
  - table: handoff_event
    columns: {lead_id: Id, occurred_at: Changed, kind: stage}
    constants: {actor: import}
    values: {kind: {Sales Accepted: accepted, else: skip}}
    rest: [Region]
    when: {Field: [Status, Stage]}
    when_known: [Changed, Email]
    each: {Email: ";"}
- headings: [Campaign]
  unused: A campaign is no person.
export:
  scores:
    columns: {Id: lead_id, Handshake score: score, Mail: lead.email}
  decisions:
    columns: {Id: lead_id, Lead Status: decision, On: decided_at}
    constants: {Updated by: Handshake}
    values: {decision: {accepted: Sales Accepted}}
    time_zone: Europe/Madrid
    date_format: "%d/%m/%Y"
"""


def test_all_of_the_language_is_read_and_written_again_the_same() -> None:
    source = read_source(EVERYTHING, "everything.yaml")

    assert source.files[0].headings == (("Id", "stage"), ("id", "phase"))
    assert source.files[0].tables[0].columns["email"] == ("Email", "E-mail")
    assert source.files[0].blank == ("000000000000000AAA", "-")
    assert source.files[1].unused == "A campaign is no person."
    assert source.export["decisions"].columns["Lead Status"] == "decision"
    assert read_source(write_source(source), "again.yaml") == source


@pytest.mark.parametrize(
    ("written", "instead", "line", "message"),
    [
        ("stage: [Lifecycle", "stag: [Lifecycle", 5, "the name 'stag' is used nowhere. Did you mean 'stage'?"),
        ('decimal: ","', 'decimal: ";"', 8, "no decimal sign is called ';'"),
        ("others: true", "others: yes", 14, "'others' is 'yes'. Write true or false."),
        ("accepted, else", "acceptd, else", 22, "'handoff_event' has no kind 'acceptd'. Did you mean 'accepted'?"),
        ('"{First} {Middle}"', '"{ }"', 13, "'{ }' reads no heading"),
        ("headings: [Campaign]", "headings: [Campaign]\n  tables: []", 29, "the file is unused and feeds a table too"),
        ("  scores:", "  score:", 30, "no key is called 'score'. Did you mean 'scores'?"),
        (
            "Handshake score: score",
            "Handshake score: scoree",
            31,
            "no column is called 'scoree'. Did you mean 'score'?",
        ),
        ("lead.email", "lead.mail", 31, "no column is called 'lead.mail'. Did you mean 'lead.email'?"),
        ("{decision: {accepted", "{reason: {accepted", 35, "'reason' is not written"),
        ("constants: {Updated by", "constants: {Id", 34, "'Id' is a column and a constant too"),
        ("id_of: email", "id_f: email", 17, "no key is called 'id_f'. Did you mean 'id_of'?"),
    ],
)
def test_each_word_of_the_language_is_checked(written: str, instead: str, line: int, message: str) -> None:
    assert written in EVERYTHING

    with pytest.raises(ConfigRefused) as refused:
        read_source(EVERYTHING.replace(written, instead, 1), "everything.yaml")

    assert message in str(refused.value)
    assert line in [fault.line for fault in refused.value.faults]


@pytest.mark.skipif(not OLIST.is_dir(), reason="the Olist files are not here")
@pytest.mark.parametrize("deals_first", [False, True])
def test_the_olist_files_give_8000_leads_handed_over_and_842_won(tmp_path: Path, deals_first: bool) -> None:
    source = read_source((ROOT / "config" / "sources" / "olist.yaml").read_text(encoding="utf-8"), "olist.yaml")
    files = [OLIST / "olist_marketing_qualified_leads_dataset.csv", OLIST / "olist_closed_deals_dataset.csv"]
    now = parse_instant("2026-06-01T00:00:00Z", MADRID)
    database = open_database(tmp_path / "h.duckdb", first_definition="name: first\n", clock=now)
    if deals_first:
        import_files(database, files[1:], source=source, zone=MADRID, now=now, by=BY_TEST)
        files = files[:1]

    result = import_files(database, files, source=source, zone=MADRID, now=now, by=BY_TEST)

    assert result.rejected == 0
    assert result.tables["lead"].new == 8000
    with database.read() as cursor:
        counts = cursor.execute("select kind, count(*) from handoff_event group by kind order by kind").fetchall()
        leads = cursor.execute("select count(*), count(owner), count(source) from lead").fetchall()
        blank_details = cursor.execute(
            "select count(*) from handoff_event where detail ->> 'lead_type' = ''"
        ).fetchall()
        march = cursor.execute(
            """
            select count(*) from lead
            where timezone('Europe/Madrid', timezone('UTC', created_at)) between '2018-03-01' and '2018-03-31'
            """
        ).fetchall()
    database.close()
    assert counts == [("mql", 8000), ("won", 842)]
    assert leads == [(8000, 842, 7940)]
    assert blank_details == [(0,)]
    assert march == [(1174,)]


@pytest.mark.skipif(not OLIST.is_dir(), reason="the Olist files are not here")
def test_the_olist_files_imported_again_change_nothing(tmp_path: Path) -> None:
    source = read_source((ROOT / "config" / "sources" / "olist.yaml").read_text(encoding="utf-8"), "olist.yaml")
    files = sorted(OLIST.glob("*.csv"))
    now = parse_instant("2026-06-01T00:00:00Z", MADRID)
    database = open_database(tmp_path / "h.duckdb", first_definition="name: first\n", clock=now)
    import_files(database, files, source=source, zone=MADRID, now=now, by=BY_TEST)

    again = import_files(database, files, source=source, zone=MADRID, now=now, by=BY_TEST)

    database.close()
    assert again.tables == {
        "lead": TableCount(read=8842, new=0, changed=0, same=8842),
        "handoff_event": TableCount(read=8842, new=0, changed=0, same=8842),
    }


SHAPED = """
name: Ours
ids: salesforce
files:
  - headings: [Id]
    date_format: epoch_ms
    placeholders: kept
    tables:
      - {table: lead, columns: {lead_id: Id}}
"""


def test_a_mapping_says_the_shape_of_ids_what_placeholders_are_and_that_dates_are_numbers() -> None:
    source = read_source(SHAPED, "ours.yaml")

    assert (source.ids, source.files[0].placeholders, source.files[0].date_formats) == (
        "salesforce",
        False,
        ("epoch_ms",),
    )
    assert read_source(write_source(source), "ours.yaml") == source


def test_no_file_is_written_with_dates_that_are_numbers() -> None:
    export = "export: {scores: {columns: {Id: lead_id}, date_format: epoch}}\n"

    with pytest.raises(ConfigRefused, match="no file is written by 'epoch'"):
        read_source(SHAPED + export, "ours.yaml")
