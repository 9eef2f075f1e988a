"""The Data page: files dropped, recognised or mapped by hand, rehearsed, imported, and what was kept aside."""

import io
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from lib.__main__ import main
from lib.app.snapshot import Snapshot
from lib.store.statements import statement
from lib.ui.data import board, importing, undo
from lib.ui.frame import jobs
from lib.ui.now import present
from tests.conftest import ROOT, OpenPage
from tests.grants import ANYTHING
from tests.pages.conftest import CONFIG, THREE_ACTIVITIES, THREE_LEADS, press

Drop = Callable[..., AppTest]

OLIST = ROOT / ".." / "shared" / "data" / "olist"

FOREIGN = "Contact No;Since;Surname;Firm\n7;31/03/2026;Byron;Poets\n8;01/04/2026;Hopper;Navy\n"


def waited(at: AppTest, key: str) -> AppTest:
    """The page once its work of that key is done; a second run shows what came of it."""
    at.session_state[f"job:{key}"].result(30)
    at.run()
    assert not at.exception
    return at


def dropped(at: AppTest, *files: tuple[str, bytes | str]) -> AppTest:
    """The page after files were dropped, and rehearsed where they are ready to be."""
    at.file_uploader[0].set_value(
        [(name, content.encode() if isinstance(content, str) else content, "text/csv") for name, content in files]
    ).run()
    assert not at.exception
    return waited(at, "rehearsal") if "job:rehearsal" in at.session_state else at


def said(at: AppTest) -> str:
    return "\n".join(one.value for one in (*at.markdown, *at.caption, *at.error))


def test_the_page_takes_as_much_as_the_server_does() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))

    assert settings["server"]["maxUploadSize"] == importing.MOST_MEGABYTES


def test_an_empty_page_elsewhere_leads_to_the_data_page(open_page: OpenPage, empty_database: Path) -> None:
    at = open_page("monitor/sla.py", empty_database)

    assert "(/data)" in said(at)


def test_dropped_files_are_recognised_rehearsed_and_imported_together(
    open_page: OpenPage, empty_database: Path
) -> None:
    at = open_page("manage/data.py", empty_database)
    assert "There is no data yet" in said(at)

    dropped(at, ("what they did.csv", THREE_ACTIVITIES), ("people.csv", THREE_LEADS))

    assert [box.value for box in at.selectbox] == ["as activity", "as lead"]
    assert "**5** rows would be new" in said(at)
    assert present.snapshot().leads.history.leads == 0

    press(at, "Import")
    waited(at, "import")

    assert "**5** rows were new" in said(at)
    assert present.snapshot().leads.history.leads == 3
    assert len(present.snapshot().leads.history.activity_at) == 2
    assert "**3 leads**, **2 activities**" in said(at)


def test_the_files_of_a_visitor_go_once_they_are_imported(open_page: OpenPage, empty_database: Path) -> None:
    at = dropped(open_page("manage/data.py", empty_database), ("people.csv", THREE_LEADS))
    folder = at.session_state["bringing"].tray.folder
    assert folder.stat().st_mode & 0o077 == 0
    assert len([path for path in folder.rglob("*") if path.is_file()]) == 1

    press(at, "Import")
    waited(at, "import")

    assert not folder.exists()


def test_the_same_file_again_changes_nothing_and_says_so(open_page: OpenPage, tiny_database: Path) -> None:
    at = dropped(open_page("manage/data.py", tiny_database), ("people.csv", THREE_LEADS))

    assert "**0** rows would be new, **0** changed, **3** unchanged; none would be rejected" in said(at)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("holiday.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", "is not a text file"),
        ("nothing.csv", b"", "is empty"),
        ("sheet.csv", b"PK\x03\x04rest", "is a spreadsheet or a zip file"),
        ("broken.parquet", b"lead_id\n1\n", "is not a Parquet file"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_is_one_box_and_no_import(
    open_page: OpenPage, tiny_database: Path, name: str, content: bytes, told: str
) -> None:
    at = dropped(open_page("manage/data.py", tiny_database), (name, content), ("people.csv", THREE_LEADS))

    (box,) = at.error
    assert told in box.value
    assert not [button for button in at.button if button.label == "Import"]


def test_a_file_nobody_knows_is_mapped_by_hand_and_known_from_then_on(
    open_page: OpenPage, empty_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_page("manage/data.py", empty_database)
    own = tmp_path / "config"
    own.mkdir()
    monkeypatch.setattr(present, "folder", lambda: own)
    dropped(at, ("Old CRM.csv", FOREIGN))
    boxes = {box.label: box for box in at.selectbox}
    assert boxes["last name"].value == "Surname"
    assert boxes["company"].value == "Firm"

    boxes["lead id (needed)"].set_value("Contact No")
    boxes["created at (needed for new ones)"].set_value("Since")
    boxes["Dates are written"].set_value("31/03/2026 (day first)")
    press(at, "Save the mapping")
    waited(at, "rehearsal")

    assert (own / "sources" / "old-crm.yaml").exists()
    assert "**2** rows would be new" in said(at)
    press(at, "Import")
    waited(at, "import")
    assert present.snapshot().leads.history.lead_id.to_pylist() == ["7", "8"]

    dropped(at, ("again.csv", FOREIGN))
    assert at.selectbox[0].value == "old-crm"
    assert "**2** unchanged" in said(at)


def test_a_mapping_without_a_needed_column_is_not_saved(
    open_page: OpenPage, empty_database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_page("manage/data.py", empty_database)
    monkeypatch.setattr(present, "folder", lambda: tmp_path)
    dropped(at, ("old.csv", FOREIGN))

    {box.label: box for box in at.selectbox}["lead id (needed)"].set_value("—")
    press(at, "Save the mapping")

    assert "The mapping was not saved" in said(at)
    assert "needs 'lead_id'" in said(at).replace("\\", "")
    assert not (tmp_path / "sources" / "old.yaml").exists()


def test_what_was_kept_aside_is_mended_in_its_own_file_and_dropped_again(
    open_page: OpenPage, empty_database: Path
) -> None:
    at = open_page("manage/data.py", empty_database)
    wrong = THREE_LEADS.replace("2026-03-10T10:00:00Z", "the tenth")
    dropped(at, ("people.csv", wrong), ("did.csv", THREE_ACTIVITIES + "3,nobody,2026-03-11T12:00:00Z,page_view,\n"))
    press(at, "Import")
    waited(at, "import")
    assert "1 row could not be used, 2 rows wait for a lead to come" in said(at)

    text = import_data_to_mend(at)
    assert pd.read_csv(io.StringIO(text)).columns.tolist() == THREE_LEADS.splitlines()[0].split(",")
    dropped(at, ("mended.csv", text.replace("the tenth", "2026-03-10T10:00:00Z")))
    press(at, "Import")
    waited(at, "import")

    assert present.snapshot().leads.history.lead_id.to_pylist() == ["ada", "bo", "cy"]
    assert len(present.snapshot().leads.history.activity_at) == 2


def test_rows_to_mend_hold_no_formula_and_come_in_as_they_were(open_page: OpenPage, empty_database: Path) -> None:
    at = open_page("manage/data.py", empty_database)
    wrong = THREE_LEADS.replace("2026-03-10T10:00:00Z", "the tenth").replace("Diddley", "+34 600 12")
    dropped(at, ("people.csv", wrong))
    press(at, "Import")
    waited(at, "import")

    text = import_data_to_mend(at)
    dropped(at, ("mended.csv", text.replace("the tenth", "2026-03-10T10:00:00Z")))
    press(at, "Import")
    waited(at, "import")

    assert ",'+34 600 12," in text
    assert present.snapshot().leads.history.column("last_name").text(1) == "+34 600 12"


def import_data_to_mend(at: AppTest) -> str:
    """What the button to mend a file hands out."""
    from lib.ui.data import runs

    labels = [button.label for button in at.download_button]
    assert "people.csv: rows to mend" in labels
    (text,) = runs.to_mend(1).values()
    return text


def worth_knowing(at: AppTest) -> list[tuple[object, ...]]:
    """What became of rows besides new and changed: what, how many rows, and what is said of them."""
    tables = [one.value for one in at.dataframe if "Said" in one.value]
    return [tuple(row) for one in tables for row in one[["What", "Rows", "Said"]].itertuples(index=False)]


def test_values_left_unknown_and_how_a_file_was_read_are_one_table_before_and_after(
    open_page: OpenPage, empty_database: Path
) -> None:
    at = open_page("manage/data.py", empty_database)
    ranges = THREE_LEADS.replace(",300,", ",201-500,").replace(",250,", ",201-500,").replace(",3,", ",few,")

    dropped(at, ("people.csv", "People of March\n" + ranges))

    told = worth_knowing(at)
    assert told[:2] == [
        ("Left unknown", 2, "employees '201-500' is not a whole number, and unknown"),
        ("Left unknown", 1, "employees 'few' is not a whole number, and unknown"),
    ]
    (remark,) = told[2:]
    assert remark[0] == "How it was read"
    assert "People of March" in str(remark[2])
    press(at, "Import")
    waited(at, "import")
    assert worth_knowing(at) == told
    assert "All as CSV" in [button.label for button in at.download_button]


def test_a_file_read_as_it_stands_has_no_such_table(open_page: OpenPage, empty_database: Path) -> None:
    at = open_page("manage/data.py", empty_database)

    dropped(at, ("people.csv", THREE_LEADS))

    assert worth_knowing(at) == []
    assert "Worth knowing" not in said(at)


def test_leads_that_their_source_merged_are_counted_before_and_after(open_page: OpenPage, empty_database: Path) -> None:
    case = ROOT / "tests" / "cases" / "09-merged-contacts"
    at = open_page("manage/data.py", empty_database)
    dropped(at, ("march.csv", (case / "march.csv").read_bytes()))
    press(at, "Import")
    waited(at, "import")

    dropped(at, ("may.csv", (case / "may.csv").read_bytes()))

    merged = ("Merged", 1, "leads that their source merged into another")
    assert merged in worth_knowing(at)
    press(at, "Import")
    waited(at, "import")
    assert merged in worth_knowing(at)


def test_what_becomes_of_values_of_leads_is_said_before_and_after_by_field(
    open_page: OpenPage, empty_database: Path
) -> None:
    leads = "lead_id,created_at,title,employees\na,2026-03-01,Clerk,5\nb,2026-03-01,CEO,7\n"
    at = open_page("manage/data.py", empty_database)
    dropped(at, ("leads.csv", leads))
    press(at, "Import")
    waited(at, "import")

    dropped(at, ("leads.csv", leads.replace("Clerk", "Boss").replace("5", "6").replace("7", "8")))

    sentence = "It changes 3 values of 2 leads: employees 2, title 1."
    assert sentence in said(at).replace("\\", "")
    changed = [("Changed", 2, "employees is another one than before; each change is kept with its date")]
    assert worth_knowing(at)[:1] == changed
    press(at, "Import")
    waited(at, "import")
    assert sentence in said(at).replace("\\", "")
    assert worth_knowing(at)[:1] == changed


def test_a_history_of_fields_drops_in_and_what_is_odd_about_it_is_on_the_board(
    open_page: OpenPage, empty_database: Path
) -> None:
    at = open_page("manage/data.py", empty_database)
    history = "lead_id,field,old_value,value,changed_at\na,title,,CEO,2026-03-05\na,title,,Boss,2026-03-05\n"

    dropped(at, ("leads.csv", "lead_id,created_at\na,2026-03-01\n"), ("history.csv", history))
    assert "as lead_change" in [box.value for box in at.selectbox]
    press(at, "Import")
    waited(at, "import")

    assert "1 row said otherwise by another row" in said(at)
    at = open_page("manage/data.py", empty_database, part="Quality")
    assert {"Said twice", "History begins late"} <= {metric.label for metric in at.metric}


def test_the_imports_are_listed_with_what_each_brought(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page("manage/data.py", tiny_database, part="Imports")

    (table,) = at.dataframe
    assert table.value[["Files", "New"]].to_numpy().tolist() == [["activity.csv", 2], ["lead.csv", 3]]


@pytest.mark.skipif(not OLIST.is_dir(), reason="the Olist files are not at hand")
def test_the_files_of_olist_drop_in_and_work(open_page: OpenPage, empty_database: Path) -> None:
    at = open_page("manage/data.py", empty_database)

    dropped(at, *((path.name, path.read_bytes()) for path in sorted(OLIST.glob("*.csv"))))

    assert {box.value for box in at.selectbox} == {"olist"}
    assert "none would be rejected" in said(at)
    press(at, "Import")
    waited(at, "import")
    assert present.snapshot().leads.history.leads == 8000


def test_each_of_several_tables_of_one_kind_is_shown_or_says_which_rows_it_takes(
    open_page: OpenPage, empty_database: Path
) -> None:
    headings = "Record ID,Email,Create Date,Became a Marketing Qualified Lead Date,Became a Sales Qualified Lead Date\n"
    at = open_page("manage/data.py", empty_database)

    dropped(at, ("contacts.csv", headings + "1,ann@x.com,2026-03-01 08:00,2026-03-02 08:00,\n"))

    shown = [table.value for table in at.dataframe if "kind" in table.value]
    assert [table["kind"].tolist() for table in shown] == [["mql"]]
    assert (
        "Hand-off events: none of the first 1 row. Taken are rows where Became a Sales Qualified Lead Date is known"
        in said(at)
    )


def test_the_last_import_is_taken_back_from_the_page(open_page: OpenPage, tiny_database: Path) -> None:
    at = dropped(open_page("manage/data.py", tiny_database), ("more.csv", THREE_LEADS.replace("ada", "eve")))
    press(at, "Import")
    waited(at, "import")
    assert present.snapshot().leads.history.leads == 4

    press(at, "Take it back")
    waited(at, "undo")

    assert [box.value for box in at.success] == ["Import 3 was taken back: 1 row removed, 0 rows as before."]
    assert present.snapshot().leads.history.leads == 3
    assert not [button for button in at.button if button.label == "Take it back"]


def test_an_import_taken_back_while_the_page_is_being_drawn_is_in_none_of_its_figures(
    open_page: OpenPage, tiny_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = dropped(open_page("manage/data.py", tiny_database), ("more.csv", THREE_LEADS.replace("ada", "eve")))
    press(at, "Import")
    waited(at, "import")
    headline = board.headline

    def slow_headline(snapshot: Snapshot) -> None:
        headline(snapshot)
        work = jobs.of(undo.UNDO)
        if work is not None:
            work.result(30)

    monkeypatch.setattr(board, "headline", slow_headline)

    press(at, "Take it back")

    assert [box.value for box in at.success] == ["Import 3 was taken back: 1 row removed, 0 rows as before."]
    assert "**3 leads**" in said(at)


def test_an_import_somebody_has_answered_is_locked_and_says_why(open_page: OpenPage, empty_database: Path) -> None:
    at = dropped(open_page("manage/data.py", empty_database), ("people.csv", THREE_LEADS))
    press(at, "Import")
    waited(at, "import")
    event = {"event_id": "e", "lead_id": "bo", "at": present.snapshot().as_of, "kind": "mql", "actor": "Ana"}
    with present.deployment().database.write(*ANYTHING) as cursor:
        cursor.execute(statement("handoffs/write_event"), {**event, "reason": None, "detail": None})

    at.run()

    assert "cannot be taken back" in said(at)
    assert "lead bo rests on it" in said(at).replace("\\", "")
    assert not [button for button in at.button if button.label == "Take it back"]


def test_how_new_the_data_is_is_said_by_what_brought_it(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page("manage/data.py", tiny_database, part="Freshness")

    assert not at.exception
    (table,) = at.dataframe
    assert table.value[["Origin", "Table", "Rows"]].to_numpy().tolist() == [
        ["activity", "Activities", 2],
        ["lead", "Leads", 3],
    ]


def test_the_last_backup_is_said_and_one_that_is_overdue_is_a_box(open_page: OpenPage, tiny_database: Path) -> None:
    made_at = datetime.now(tz=UTC) - timedelta(hours=3)
    folder = tiny_database.parent / "backups"
    folder.mkdir()

    none_yet = open_page("manage/data.py", tiny_database, part="Freshness")
    backup = folder / f"{tiny_database.stem}-{made_at:%Y%m%dT%H%M%SZ}.duckdb"
    backup.touch()
    recent = open_page("manage/data.py", tiny_database, part="Freshness")
    backup.rename(folder / f"{tiny_database.stem}-20200101T000000Z.duckdb")
    overdue = open_page("manage/data.py", tiny_database, part="Freshness")

    assert any("There is no backup yet" in caption.value for caption in none_yet.caption)
    assert any("The last backup is 3 h old; one is made every 24 h" in caption.value for caption in recent.caption)
    assert not recent.warning
    assert any("It is overdue" in box.value for box in overdue.warning)


def test_each_figure_of_the_board_leads_to_its_rows(open_page: OpenPage, tiny_database: Path, tmp_path: Path) -> None:
    more = tmp_path / "events.csv"
    more.write_text("event_id,lead_id,occurred_at,kind,actor\n1,ada,2026-03-05,mql,\n2,ada,2026-03-05,assigned,gone\n")
    assert main(["import", str(more), "--as", "handoff_event", "--db", str(tiny_database), "--config", CONFIG]) == 0

    at = open_page("manage/data.py", tiny_database, part="Quality")

    assert not at.exception
    assert {metric.label: metric.value for metric in at.metric} == {"Owner is no rep": "1"}
    rows = at.dataframe[0].value
    assert rows[["Table", "Id", "Kind or owner"]].to_numpy().tolist() == [["Hand-off events", "2", "gone"]]


def test_where_no_click_looks_like_a_machines_it_is_said(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page("manage/data.py", tiny_database, part="Quality")

    assert any("No click looks like a machine's" in one.value for one in at.caption)


def test_the_domains_whose_mails_a_machine_reads_first_are_listed(
    open_page: OpenPage, tiny_database: Path, tmp_path: Path
) -> None:
    clicks = tmp_path / "clicks.csv"
    rows = [f"cy,2026-03-18T09:00:0{n}Z,email_click,link {n}" for n in range(4)]
    clicks.write_text("\n".join(["lead_id,occurred_at,kind,subject", *rows, ""]))
    assert main(["import", str(clicks), "--as", "activity", "--db", str(tiny_database), "--config", CONFIG]) == 0

    at = open_page("manage/data.py", tiny_database, part="Quality")

    domains = next(table.value for table in at.dataframe if "E-mail domain" in table.value.columns)
    assert domains.to_numpy().tolist() == [["atelier.example", 4, 1, 1]]
    assert any("**4 clicks and opens** of 1 lead look like a machine's" in one.value for one in at.markdown)


def test_the_fields_the_definition_relies_on_are_listed_by_how_many_leads_lack_them(
    open_page: OpenPage, tiny_database: Path
) -> None:
    at = open_page("manage/data.py", tiny_database, part="Quality")

    fields = next(table.value for table in at.dataframe if "Field" in table.value.columns)
    assert fields["Unknown"].tolist() == sorted(fields["Unknown"], reverse=True)
    assert fields.set_index("Field").loc["email", ["Unknown", "Gate"]].tolist() == [0, "required"]


def test_decisions_are_taken_out_as_the_command_writes_them(
    open_page: OpenPage, handed_over_database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    export = ["export", "decisions", "--db", str(handed_over_database), "--config", CONFIG]
    assert main([*export, "--as-of", "2026-03-16T09:00:00Z"]) == 0
    expected = capsys.readouterr().out
    at = open_page("manage/data.py", handed_over_database, part="Take out")

    at.selectbox(key="export-what").set_value("decisions").run()
    press(at, "Prepare the file")
    waited(at, "export")

    assert [button.label for button in at.download_button] == ["Download decisions.csv, 110 rows"]
    assert at.session_state["job:export"].result().content.decode() == expected


TWICE = """lead_id,created_at,first_name,last_name,email
a,2026-03-02T10:00:00Z,Ada,Lovelace,ada@engine.example
b,2026-03-03T10:00:00Z,Ada,Lovelace,ADA@engine.example
"""


def test_two_leads_are_merged_only_by_a_person_and_parted_again(open_page: OpenPage, empty_database: Path) -> None:
    at = dropped(open_page("manage/data.py", empty_database), ("people.csv", TWICE))
    press(at, "Import")
    waited(at, "import")
    at = open_page("manage/data.py", empty_database, part="Duplicates")
    waited(at, "duplicates")
    assert "**1 pair** of leads may be one person each" in said(at)
    assert next(button for button in at.button if button.label == "Merge, keep a").disabled

    at.selectbox(key="visitor").select_index(0).run()
    press(at, "Merge, keep a")

    assert present.snapshot().leads.history.lead_id.to_pylist() == ["a"]
    assert "No two leads look like one person" in said(at)
    press(at, "Part them again")
    assert present.snapshot().leads.history.lead_id.to_pylist() == ["a", "b"]
    assert "**1 pair** of leads may be one person each" in said(at)
