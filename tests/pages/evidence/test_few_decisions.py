"""With no decision, with three, and with one rep: each says in words what is missing, and offers nothing it cannot."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.__main__ import main
from lib.core.suggestion.suggestion import Suggestion
from lib.ui.evidence import view
from lib.ui.frame.jobs import Job
from tests.conftest import OpenPage
from tests.pages.acceptance.test_acceptance import texts
from tests.pages.conftest import CONFIG
from tests.pages.handed_over import hand_over

DAYS = {"from": "2026-03-02", "to": "2026-03-16"}
ANSWERS = ("accepted", "rejected", "accepted")


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "PATIENCE_SECONDS", 60.0)


def waiting(folder: Path, decisions: int) -> Path:
    """Thirty directors who asked for a demo, handed over on working days; the first few were decided on. One rep."""
    folder.mkdir()
    leads = [f"l{n},2026-03-01T09:00:00Z,Lea,Lead{n},Director,{n}@x.example,300,inbound,ann" for n in range(30)]
    activities = [f"a{n},l{n},2026-03-{2 + n % 10:02}T09:00:00Z,form_submit,demo" for n in range(30)]
    events = [f"m{n},l{n},2026-03-{2 + n % 10:02}T09:00:00Z,mql," for n in range(30)]
    events += [f"d{n},l{n},2026-03-13T1{n}:00:00Z,{ANSWERS[n]},ann" for n in range(decisions)]
    files = {
        "lead": ["lead_id,created_at,first_name,last_name,title,email,employees,channel,owner", *leads],
        "activity": ["activity_id,lead_id,occurred_at,kind,subject", *activities],
        "handoff_event": ["event_id,lead_id,occurred_at,kind,actor", *events],
        "rep": ["rep_id,name,capacity_per_day", "ann,Ann,4"],
    }
    database = folder / "few.duckdb"
    for kind, rows in files.items():
        path = folder / f"{kind}.csv"
        path.write_text("\n".join(rows))
        assert main(["import", str(path), "--as", kind, "--db", str(database), "--config", CONFIG]) == 0
    return database


@pytest.fixture(scope="module")
def undecided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return waiting(tmp_path_factory.mktemp("few") / "none", 0)


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return waiting(tmp_path_factory.mktemp("few") / "three", 3)


def suggested(at: AppTest) -> str:
    """What the page says once it has looked for a suggestion."""
    next(one for one in at.button if one.label == "Suggest").click().run()
    job: Job[Suggestion] = at.session_state["job:suggestion"]
    job.result(60)
    at.run()
    assert not at.exception
    return texts(at).replace("\\", "")


def test_without_a_decision_the_evidence_says_what_is_missing_and_suggests_nothing(
    open_page: OpenPage, undecided: Path
) -> None:
    at = open_page("decide/evidence.py", undecided, **DAYS)

    said = suggested(at)

    assert "#### Sales has decided on none of 30 hand-offs yet." in said
    assert "Sales has decided on none of these hand-offs: what it goes by shows once it has." in said
    assert "No decided hand-off has a score yet." in said
    assert "Too few hand-offs with a score are decided to say whether scores drift." in said
    assert "No hand-off of these days was won or lost yet" in said
    assert "Nothing is suggested: it takes 10 accepted and 10 rejected hand-offs" in said
    assert "So far sales has accepted 0 of 0 decided." in said
    assert not [one for one in at.button if str(one.key).startswith(("add:", "to-zero:", "take-suggestion"))]


def test_three_decisions_are_counts_and_nothing_is_suggested(open_page: OpenPage, three: Path) -> None:
    at = open_page("decide/evidence.py", three, **DAYS)

    said = suggested(at)

    assert "#### 3 decisions support **0** of the 18 criteria of the agreed definition." in said
    assert "Sales has accepted 2 of 3 decided hand-offs: too few on one side" in said
    assert "So far sales has accepted 2 of 3 decided." in said
    assert not [one for one in at.button if str(one.key).startswith(("add:", "to-zero:", "take-suggestion"))]


@pytest.mark.parametrize(("decisions", "accepted"), [(0, "0 of 0"), (3, "2 of 3")])
def test_tune_says_that_too_few_are_decided_and_what_one_rep_can_answer(
    open_page: OpenPage, undecided: Path, three: Path, decisions: int, accepted: str
) -> None:
    at = open_page("decide/tune.py", three if decisions else undecided, **DAYS)

    assert not at.exception
    shown = {metric.label: (metric.value, metric.delta) for metric in at.metric}
    assert shown["Accepted"] == ("no figure", f"so far {accepted}" if decisions else "nobody decided yet")
    assert "SQLs: 0 of 0 first hand-offs so far, nothing to expect from that yet" in texts(at)
    assert "% of the 4 that sales can answer" in texts(at)
    assert "Fewer than 10 decisions so far: how many would come in time nobody can say." in texts(at)


def test_without_a_rep_tune_says_that_nobody_knows_what_sales_can_answer(open_page: OpenPage, tmp_path: Path) -> None:
    at = open_page("decide/tune.py", hand_over(tmp_path, rep="rep_id,name\nrep-0,Ann\n"), **DAYS)

    assert not at.exception
    assert "no rep says how many it can answer" in texts(at)
