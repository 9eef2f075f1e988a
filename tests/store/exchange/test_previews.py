"""What a file would become is shown row by row, and nothing is kept."""

from lib.config.sources import read_source
from lib.store.exchange.previews import preview_files
from tests.store.conftest import MADRID, NOW, Write

SOURCE = """\
name: CRM
files:
  - headings: [Id, Stage]
    ignore: {Internal: the CRM's own}
    tables:
      - table: lead
        columns: {lead_id: Id, created_at: Made, first_name: "{First} {Middle}"}
        rest: [Region]
      - table: handoff_event
        columns: {lead_id: Id, occurred_at: Made, kind: Stage}
        values: {kind: {Sales Accepted: accepted, else: skip}}
        constants: {actor: import}
  - headings: [Campaign]
    unused: A campaign is no person.
"""

CONTENT = """\
Id,Stage,Made,First,Middle,Region,Internal,Colour
1,Sales accepted,2026-03-01T09:00:00Z,Ann,Bea,EU,x,red
2,Open,2026-03-02T09:00:00Z,Bo,,,y,blue
3,Sales Accepted,someday,,,,z,green
"""


def test_the_first_rows_of_a_file_are_shown_as_what_they_become(write: Write) -> None:
    source = read_source(SOURCE, "crm.yaml")

    (previewed,) = preview_files([write("crm.csv", CONTENT)], source=source, zone=MADRID, now=NOW)

    lead, event = previewed.tables
    assert (lead.table, lead.looked_at, lead.taken) == ("lead", 3, 3)
    assert lead.columns == {
        "lead_id": "Id",
        "created_at": "Made",
        "first_name": "{First} {Middle}",
        "extra": "Region",
    }
    assert lead.rows[0].values == {
        "lead_id": "1",
        "created_at": "2026-03-01T09:00:00Z",
        "first_name": "Ann Bea",
        "extra": '{"Region":"EU"}',
    }
    assert (event.looked_at, event.taken) == (3, 2)
    assert (lead.only, event.only) == ("", "Stage is Sales Accepted")
    assert [(row.line, row.values["kind"], row.fault) for row in event.rows] == [
        (2, "accepted", None),
        (4, "accepted", "occurred_at 'someday' is not a date"),
    ]
    assert previewed.unread == ("Colour",)


def test_a_preview_reads_in_words(write: Write) -> None:
    files = [write("crm.csv", CONTENT), write("campaigns.csv", "Campaign\nSpring\n")]

    crm, campaigns = preview_files(files, source=read_source(SOURCE, "crm.yaml"), zone=MADRID, now=NOW)

    assert crm.as_text().splitlines()[4:] == [
        "  line 4: rejected, created_at 'someday' is not a date",
        "crm.csv → handoff_event: 2 of the first 3 rows, only where Stage is Sales Accepted",
        "  lead_id ← Id; occurred_at ← Made; kind ← Stage; actor ← always import",
        "  line 2: lead_id 1, occurred_at 2026-03-01T09:00:00Z, kind accepted, actor import",
        "  line 4: rejected, occurred_at 'someday' is not a date",
        "crm.csv: nothing is read from Colour",
    ]
    assert campaigns.as_text() == "campaigns.csv is unused. A campaign is no person."


def test_only_the_first_rows_of_a_large_file_are_read(write: Write) -> None:
    path = write("leads.csv", "lead_id,created_at\n" + "".join(f"{n},2026-03-01\n" for n in range(20_000)))

    (previewed,) = preview_files([path], kind="lead", zone=MADRID, now=NOW, rows=2)

    (table,) = previewed.tables
    assert (table.looked_at, table.taken) == (10_000, 10_000)
    assert [row.line for row in table.rows] == [2, 3]


def test_which_rows_are_taken_is_said_in_words(write: Write) -> None:
    source = read_source(
        """\
name: CRM
files:
  - headings: [Field, New]
    tables:
      - table: handoff_event
        columns: {lead_id: Ids, occurred_at: At, kind: New}
        when: {Field: [Status, Stage]}
        unless: {Gone: "yes"}
        when_known: At
        each: {Ids: ";"}
        values: {kind: {a: mql, b: accepted, c: rejected, d: sql, e: won, else: skip}}
""",
        "crm.yaml",
    )

    (previewed,) = preview_files(
        [write("h.csv", "Field,New,Ids,At,Gone\nStatus,zzz,1,,\n")], source=source, zone=MADRID, now=NOW
    )

    (event,) = previewed.tables
    assert event.taken == 0
    assert event.only == (
        "Field is Status or Stage and Gone is not yes and At is known and Ids is known and New is a, b, c, d or …"
    )
