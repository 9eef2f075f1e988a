"""Spellings from real systems: one channel in several, words in letters that lower-case is not one letter of."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run

CASES = Path(__file__).parents[1] / "cases"
TURKISH = CASES / "01-turkish-status"
SPELT = CASES / "25-source-spelling"
MARCH = ("--from", "2026-03-01", "--to", "2026-04-01", "--as-of", "2026-06-20T00:00:00Z")


def test_turkish_and_greek_words_of_a_mapping_are_found(run: Run, tmp_path: Path) -> None:
    db = tmp_path / "h.duckdb"
    configured = ("--config", TURKISH / "config", "--db", db)

    turkish = run("import", TURKISH / "leads.csv", TURKISH / "stages.csv", "--source", "trcrm", *configured, "--json")
    march = run("funnel", *MARCH, "--group", "channel", *configured, "--json")
    greek = run("import", TURKISH / "greek.csv", "--source", "grcrm", *configured, "--json")
    after = run("funnel", *MARCH, *configured, "--json")

    assert turkish.status == 0, turkish.errors
    assert turkish.json["tables"]["handoff_event"]["new"] == 5
    (cohort,) = [one for one in march.json["cohorts"] if one["handoffs"]]
    assert (cohort["group"], cohort["handoffs"]) == ("inbound", 2)
    assert (cohort["accepted"], cohort["rejected"], cohort["open"]) == (1, 1, 0)
    assert march.json["rejections"] == [{"reason": "no_fit", "handoffs": 1}]
    assert (greek.json["tables"]["lead"]["new"], greek.json["tables"]["handoff_event"]["new"]) == (1, 2)
    assert sum(one["accepted"] for one in after.json["cohorts"]) == 2


def test_a_blank_word_of_a_mapping_is_blank_in_any_spelling(run: Run, tmp_path: Path) -> None:
    db = tmp_path / "h.duckdb"
    run("import", TURKISH / "greek.csv", "--source", "grcrm", "--config", TURKISH / "config", "--db", db)
    knows = tmp_path / "knows.yaml"
    knows.write_text(
        "name: x\nmql: {threshold: 1}\nprofile:\n  criteria:\n"
        "    - {id: firm, label: Firm, points: 5, when: {field: company, known: true}}\n",
        encoding="utf-8",
    )

    scored = run("score", "--definition", knows, "--db", db)

    assert [(row["lead_id"], row["score"]) for row in scored.rows] == [("g1", "0")]


def test_one_address_in_two_spellings_is_one_person(run: Run, tmp_path: Path) -> None:
    files = (TURKISH / "mails.csv", TURKISH / "mail_act.csv")

    ran = run("import", *files, "--source", "generic", "--db", tmp_path / "h.duckdb", "--json")

    assert ran.status == 0, ran.errors
    assert ran.json["tables"]["lead"]["new"] == 1
    assert ran.json["tables"]["activity"]["new"] == 2
    assert ran.json["rejected"] == 0


@pytest.mark.parametrize("group", ["channel", "source"])
def test_the_spellings_of_a_group_are_one_row(run: Run, tmp_path: Path, group: str) -> None:
    db = tmp_path / "h.duckdb"
    run("import", SPELT / "leads.csv", "--as", "lead", "--db", db)
    run("import", SPELT / "events.csv", "--as", "handoff_event", "--db", db)

    cohorts = run("funnel", *MARCH, "--group", group, "--db", db, "--json").json["cohorts"]

    counted = {one["group"]: one["handoffs"] for one in cohorts if one["handoffs"]}
    assert counted == ({"inbound": 4, "Café": 2} if group == "channel" else {"google": 4, "x": 2})


def test_sla_by_channel_knows_one_channel(run: Run, tmp_path: Path) -> None:
    db = tmp_path / "h.duckdb"
    run("import", SPELT / "leads.csv", "--as", "lead", "--db", db)
    run("import", SPELT / "events.csv", "--as", "handoff_event", "--db", db)

    decision = run("sla", *MARCH, "--group", "channel", "--db", db, "--json").json["decision"]

    assert {one["group"]: one["handoffs"] for one in decision} == {"inbound": 4, "Café": 2}
