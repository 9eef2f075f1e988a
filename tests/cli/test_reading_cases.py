"""The small inputs of `tests/cases` that are about how texts of files are read, and what is right in each."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

CASES = Path(__file__).parents[1] / "cases"
FUNNEL = ("funnel", "--from", "2026-03-01", "--to", "2026-04-01", "--as-of", "2026-06-20T00:00:00Z", "--json")


def test_thousands_that_may_be_fractions_are_refused_and_read_with_the_option(run: Run, tmp_path: Path) -> None:
    case, db = CASES / "32-thousands-point", ("--db", tmp_path / "h.duckdb")
    how = ("import", case / "contacts.csv", case / "deals.csv", "--source", "hubspot", *db)

    refused = run(*how)
    told = run(*how, "--decimal", ",", "--json")

    assert refused.status == 1
    assert [error.split(":")[0] for error in refused.errors] == ["contacts.csv", "deals.csv"]
    assert all("--decimal" in error for error in refused.errors)
    assert told.status == 0
    (cohort,) = run(*FUNNEL, *db).json["cohorts"]
    assert (cohort["won"], cohort["won_amount"]) == (3, 14450)


def test_placeholders_are_blank(run: Run, tmp_path: Path) -> None:
    case, db = CASES / "26-placeholder-blanks", ("--db", tmp_path / "h.duckdb")
    run("import", case / "contacts.csv", "--source", "hubspot", *db)

    rows = run("score", "--definition", case / "def.yaml", "--as-of", "2026-06-20T00:00:00Z", *db).rows

    # A company is known of all but the one that has #N/A; `undefined` is a word like any.
    assert [row["score"] for row in rows] == ["5", "5", "5", "5", "5", "0", "5"]
    # Nobody of the seven has a title, so that nobody qualifies.
    assert {row["qualified_at"] for row in rows} == {""}


def test_a_year_typed_wrong_does_not_move_the_clock(run: Run, tmp_path: Path) -> None:
    case, db = CASES / "23-future-typo", ("--db", tmp_path / "h.duckdb")
    run("import", case / "leads.csv", "--as", "lead", *db)
    run("import", case / "events.csv", "--as", "handoff_event", *db)

    funnel = run("funnel", "--from", "2025-03-01", "--to", "2025-04-01", "--json", *db).json
    problems = run("problems", "--kind", "future", "--json", *db).json["problems"]

    assert funnel["as_of"] == "2025-03-04T09:00:00Z"
    assert (funnel["cohorts"][0]["accepted"], funnel["cohorts"][0]["open"]) == (1, 1)
    assert any("2052-03-04T10:00:00Z" in one["sentence"] for one in problems)


@pytest.mark.parametrize(
    ("file", "companies"),
    [
        ("short.csv", {"a": "Quince", "b": None, "c": "Rowan"}),
        ("trailing_rows.csv", {"a": "Quince", "b": "Rowan"}),
        ("trailing_both.csv", {"a": "Quince", "b": "Rowan"}),
        ("title.csv", {"a": "Quince"}),
        ("footer.csv", {"a": "Quince", "b": "Rowan"}),
        ("semi.csv", {"a": 'Quince; "the" Ltd\r\nline 2'}),
        ("u16.csv", {"a": "Quínce"}),
        ("cp1252.csv", {"a": "Quínce €"}),
    ],
)
def test_shapes_of_files_are_read_as_they_mean(
    run: Run, tmp_path: Path, file: str, companies: dict[str, str | None]
) -> None:
    told = run(
        "import", CASES / "16-file-shapes" / file, "--as", "lead", "--db", tmp_path / "h.duckdb", "--dry-run", "--json"
    ).json

    (table,) = told["preview"][0]["tables"]
    read = {row["values"]["lead_id"]: row["values"]["company"] for row in table["rows"] if row["fault"] is None}
    assert read == companies
    assert told["tables"]["lead"]["new"] == len(companies)


def test_titles_above_the_headings_are_passed_over_and_said(run: Run, tmp_path: Path) -> None:
    told = run(
        "import", CASES / "16-file-shapes" / "title.csv", "--as", "lead", "--db", tmp_path / "h.duckdb", "--json"
    )

    assert told.json["remarks"] == ["title.csv: read from the headings in line 4; above them stands 'Lead report'"]


def test_a_heading_written_twice_is_refused_where_something_reads_it_and_nothing_else(run: Run, tmp_path: Path) -> None:
    twice, db = CASES / "16-file-shapes" / "twice.csv", ("--db", tmp_path / "h.duckdb")
    unread = tmp_path / "activities.csv"
    unread.write_text("lead_id,occurred_at,kind,note,note\na,2026-03-01,page_view,x,y\n", encoding="utf-8")

    refused = run("import", twice, "--as", "lead", *db)
    read = run("import", unread, "--as", "activity", *db, "--json")

    assert refused.status == 1
    assert refused.errors == [
        "twice.csv: the heading 'company' is written twice, over columns 3 and 4. Rename the one that is not meant, or "
        "remove it."
    ]
    assert (read.status, read.json["rejected"]) == (0, 1)
    assert "no lead is called 'a' yet" in read.json["rejected_rows"][0]["reason"]
