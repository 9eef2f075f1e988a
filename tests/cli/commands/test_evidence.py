"""`evidence`: the keys of the contract, and counts taken by hand."""

from pathlib import Path
from typing import Any

import pytest

from lib.__main__ import REFUSED, USAGE
from lib.config.definition import read_definition
from tests.cli.conftest import SHIPPED, Run
from tests.pages.handed_over import hand_over

DAYS = ("--from", "2026-03-02", "--to", "2026-03-16")


@pytest.fixture(scope="module")
def two_weeks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30 hand-offs of inbound directors, 24 accepted; 80 of clerks met at events, 8 accepted."""
    return hand_over(tmp_path_factory.mktemp("two-weeks"))


def by_id(printed: Any) -> dict[str, Any]:
    return {one["id"]: one for one in printed["criteria"]}


def test_the_object_printed_has_the_keys_of_the_contract(run: Run, two_weeks: Path) -> None:
    printed = run("evidence", *DAYS, "--db", two_weeks, "--json").json

    assert list(printed) == [
        "as_of", "window", "handoffs", "decided", "accepted", "criteria", "together", "unused", "unused_tested",
        "unused_alike", "rejected_high", "accepted_low", "drift", "deals",
    ]  # fmt: skip
    assert printed["window"] == {"from": "2026-03-02", "to": "2026-03-16"}
    assert {tuple(one) for one in printed["criteria"]} == {
        (
            "id", "label", "category", "points", "disqualify", "off", "leads", "handoffs", "with", "without",
            "difference", "difference_low95", "difference_high95", "adjusted", "adjusted_low95", "adjusted_high95",
            "sql", "won", "p_value", "verdict",
        )
    }  # fmt: skip
    assert {tuple(one["with"]) for one in printed["criteria"]} == {("decided", "accepted", "rate", "low95", "high95")}
    assert {tuple(one["sql"]["with"]) for one in printed["criteria"]} == {("decided", "sql", "rate", "low95", "high95")}


def test_with_and_without_each_criterion_are_the_counts_of_a_hand(run: Run, two_weeks: Path) -> None:
    printed = run("evidence", *DAYS, "--db", two_weeks, "--json").json

    assert (printed["handoffs"], printed["decided"], printed["accepted"]) == (110, 110, 32)
    decides = by_id(printed)["decides"]
    assert (decides["leads"], decides["handoffs"]) == (30, 30)
    assert (decides["with"]["accepted"], decides["with"]["decided"], decides["with"]["rate"]) == (24, 30, 0.8)
    assert (decides["without"]["accepted"], decides["without"]["decided"], decides["without"]["rate"]) == (8, 80, 0.1)
    assert decides["difference"] == pytest.approx(0.7)
    assert (decides["sql"]["with"]["sql"], decides["sql"]["without"]["sql"]) == (3, 0)
    # Who is a director came to us, and nobody else did: nothing tells the two apart.
    assert printed["together"] == [["decides", "inbound"]]
    assert (decides["verdict"], decides["adjusted"]) == ("cannot be told apart", None)


def test_fewer_than_ten_decided_have_no_rate(run: Run, two_weeks: Path) -> None:
    printed = run("evidence", "--from", "2026-03-02", "--to", "2026-03-03", "--db", two_weeks, "--json").json

    decides = by_id(printed)["decides"]
    assert (decides["with"]["decided"], decides["with"]["rate"], decides["with"]["low95"]) == (6, None, None)
    assert (decides["difference"], decides["verdict"]) == (None, "too few")
    assert printed["drift"]["score_change"]["value"] is None


def test_without_a_definition_it_is_about_the_agreed_one(run: Run, two_weeks: Path) -> None:
    agreed = run("evidence", *DAYS, "--db", two_weeks, "--json").json
    named = run("evidence", *DAYS, "--db", two_weeks, "--definition", SHIPPED, "--json").json

    assert named == agreed


def test_another_definition_is_judged_by_the_same_decisions(run: Run, two_weeks: Path, tmp_path: Path) -> None:
    draft = tmp_path / "draft.yaml"
    draft.write_text(
        "mql: {threshold: 10}\nprofile:\n  criteria:\n"
        "    - {id: clerk, label: Clerk, points: 10, when: {field: title, is: Clerk}, off: true}\n"
    )

    (clerk,) = run("evidence", *DAYS, "--db", two_weeks, "--definition", draft, "--json").json["criteria"]

    assert (clerk["off"], clerk["handoffs"], clerk["with"]["accepted"]) == (True, 80, 8)
    assert clerk["adjusted"] == pytest.approx(-0.7, abs=0.02)
    # It is switched off: nothing that it gives could be against its sign.
    assert clerk["verdict"] == "gives nothing"


def test_what_no_criterion_uses_is_printed_as_a_line_for_the_definition(
    run: Run, sample_database: Path, tmp_path: Path
) -> None:
    draft = tmp_path / "draft.yaml"
    text = "mql: {threshold: 10}\nprofile:\n  criteria:\n"
    draft.write_text(text + "    - {id: boss, points: 10, when: {field: title, has_word: director}}\n")

    printed = run("evidence", "--db", sample_database, "--definition", draft, "--json").json

    assert printed["unused"]
    for one in printed["unused"]:
        lines = f"mql: {{threshold: 10}}\n{one['category']}:\n  criteria:\n    - {one['yaml']}\n"
        (read,) = read_definition(lines, "printed").criteria
        assert (read.id, read.label, read.points) == (one["id"], one["label"], one["points"])
        assert one["p_value"] < 0.05


def test_a_reader_gets_a_table_and_sentences(run: Run, two_weeks: Path) -> None:
    printed = run("evidence", *DAYS, "--db", two_weeks).out

    assert "110 hand-offs, 110 decided, 32 accepted" in printed
    assert "80% (24 of 30)" in printed
    assert "always met together: Director or above, Came to us" in printed


def test_a_database_without_hand_offs_says_so(run: Run, tmp_path: Path) -> None:
    leads = tmp_path / "leads.csv"
    leads.write_text("lead_id,created_at\na,2026-03-01\n")
    assert run("import", leads, "--as", "lead", "--db", tmp_path / "h.duckdb").status == 0

    ran = run("evidence", "--db", tmp_path / "h.duckdb")

    assert ran.status == 0
    assert "Sales has decided on none of these hand-offs." in ran.out
    assert "too few are accepted or rejected to look for it" in ran.out


def test_what_cannot_be_asked_is_refused(run: Run, two_weeks: Path, tmp_path: Path) -> None:
    assert run("evidence", "--db", tmp_path / "none.duckdb").status == REFUSED
    assert run("evidence", "--db", two_weeks, "--from", "2026-03-02", "--to", "2026-03-02").status == REFUSED
    assert run("evidence", "--db", two_weeks, "--definition", tmp_path / "none.yaml").status == REFUSED
    assert run("evidence", "--db", two_weeks, "--from", "yesterday").status == USAGE
