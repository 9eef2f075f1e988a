"""The Evidence page: what it says of counted hand-offs, one click from the draft, and when there is little to say."""

from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.__main__ import main
from lib.app import agreed, known
from lib.app.remembered import QUIET
from lib.core.agreement.agreement import Agreement
from lib.core.definition.criteria import Definition
from lib.core.evidence import findings
from lib.core.evidence.criteria import SignVerdict
from lib.core.handoffs.start_plan import StartPlan
from lib.ui.agreement import standing
from lib.ui.evidence import criteria, tables, view
from lib.ui.evidence.view import Whose
from lib.ui.now import present
from lib.ui.now.drafts import shared
from lib.ui.tune import tuning as tune_tuning
from tests.conftest import OpenPage
from tests.grants import of, somebody
from tests.pages.acceptance.test_acceptance import texts
from tests.pages.handed_over import CONFIG

EVIDENCE = "decide/evidence.py"
DAYS = {"from": "2026-03-02", "to": "2026-03-16"}


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine: the test waits for the answer."""
    monkeypatch.setattr(view, "PATIENCE_SECONDS", 60.0)


@pytest.fixture
def evidence(open_page: OpenPage, handed_over_database: Path) -> AppTest:
    """The page on two weeks of hand-offs: 24 of 30 inbound directors accepted, 8 of 80 clerks met at events."""
    return open_page(EVIDENCE, handed_over_database, **DAYS)


def table(at: AppTest) -> dict[str, dict[str, object]]:
    (rows,) = (one.value for one in at.dataframe if "verdict" in one.value.columns)
    return {str(row["criterion"]): row for row in rows.to_dict("records")}


def press(at: AppTest, key: str) -> None:
    at.button(key=key).click().run()
    assert not at.exception


def draft_of(at: AppTest) -> tune_tuning.Tuning:
    tuning: tune_tuning.Tuning = at.session_state["tuning"]
    return tuning


# When there is little to say


def test_an_empty_database_says_what_is_missing(open_page: OpenPage, empty_database: Path) -> None:
    at = open_page(EVIDENCE, empty_database)

    assert not at.exception
    assert "There are no leads yet" in texts(at)


def test_leads_of_whom_none_was_handed_over_say_how_to_load_hand_offs(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page(EVIDENCE, tiny_database)

    assert not at.exception
    assert "Nothing has been handed over yet" in texts(at)


def decided(folder: Path, database: Path, decisions: int) -> Path:
    """The three leads handed over, and so many of them decided."""
    events = folder / "events.csv"
    rows = ["event_id,lead_id,occurred_at,kind,actor"]
    for n, lead_id in enumerate(("ada", "bo", "cy")):
        rows.append(f"m{n},{lead_id},2026-03-18T0{n}:00:00Z,mql,marketing")
        if n < decisions:
            rows.append(f"d{n},{lead_id},2026-03-18T1{n}:00:00Z,{'accepted' if n else 'rejected'},ann")
    events.write_text("\n".join(rows))
    assert main(["import", str(events), "--as", "handoff_event", "--db", str(database), "--config", CONFIG]) == 0
    return database


def test_three_decisions_of_one_rep_are_counts_without_a_verdict(
    open_page: OpenPage, tiny_database: Path, tmp_path: Path
) -> None:
    at = open_page(EVIDENCE, decided(tmp_path, tiny_database, 3), **{"from": "2026-03-16", "to": "2026-03-23"})

    assert not at.exception
    assert "#### 3 decisions support **0** of the 18 criteria of the agreed definition." in texts(at)
    row = table(at)["Director or above"]
    assert (row["having"], row["lacking"], row["difference"]) == ("0 of 1", "2 of 2", "–")
    assert row["verdict"] == "too few decisions to say"


def test_days_without_a_hand_off_say_so(open_page: OpenPage, handed_over_database: Path) -> None:
    at = open_page(EVIDENCE, handed_over_database, **{"from": "2025-03-03", "to": "2025-03-10"})

    assert not at.exception
    assert "#### Nothing was handed over in these days." in texts(at)


# What it says


def test_every_criterion_has_its_counts_and_its_verdict(evidence: AppTest) -> None:
    assert not evidence.exception
    row = table(evidence)["Director or above"]
    assert (row["leads"], row["handoffs"]) == (30, 30)
    assert (row["having"], row["lacking"]) == ("80 % (24 of 30)", "10 % (8 of 80)")
    assert row["verdict"] == "goes with others: cannot be told apart"


def test_criteria_that_always_come_together_and_those_nobody_meets_are_named(evidence: AppTest) -> None:
    said = texts(evidence)

    assert ":material/link: **Director or above**, **Came to us** always came together" in said
    assert ":material/block: No lead has ever met **Leads a team**" in said


def test_the_headline_and_the_table_agree_with_the_core(open_page: OpenPage, sample_database: Path) -> None:
    at = open_page(EVIDENCE, sample_database)

    assert not at.exception
    snapshot = present.snapshot()
    found = known.findings.known(snapshot, snapshot.definition, snapshot.default_window, QUIET)
    assert found is not None
    supported = len(found.criteria.with_verdict(SignVerdict.SUPPORTED))
    assert (
        f"#### {found.criteria.decided:,} decisions support **{supported}** of the 18 criteria of the agreed definition"
        in texts(at)
    )
    assert [row["handoffs"] for row in table(at).values()] == [
        one.handoffs for one in sorted(found.criteria.criteria, key=criteria._by_verdict)
    ]


def test_both_lists_against_the_score_lead_to_the_leads(open_page: OpenPage, sample_database: Path) -> None:
    at = open_page(EVIDENCE, sample_database)

    high, low = (one.value for one in at.dataframe if "because" in one.value.columns)
    assert list(high["score"]) == sorted(high["score"], reverse=True)
    assert list(low["score"]) == sorted(low["score"])
    assert set(high["decision"]) == {"rejected"}
    assert set(low["decision"]) == {"accepted"}
    assert high["page"][0] == f"/lead?id={high['lead_id'][0]}"
    assert "+" in high["because"][0]


@pytest.mark.parametrize("by", ["deeds", "channels", "sources"])
def test_what_came_before_deals_can_be_pasted_as_an_address(
    open_page: OpenPage, sample_database: Path, by: str
) -> None:
    at = open_page(EVIDENCE, sample_database, **{"deals-by": by})

    assert not at.exception
    assert at.segmented_control(key="deals-by").value.value == by


def test_every_table_can_be_had_as_a_file(open_page: OpenPage, sample_database: Path) -> None:
    open_page(EVIDENCE, sample_database)
    snapshot = present.snapshot()
    found = known.findings.known(snapshot, snapshot.definition, snapshot.default_window, QUIET)
    assert found is not None

    written = {
        name: getattr(tables, f"{name}_csv")(found).read().decode().splitlines()
        for name in ("criteria", "unused", "months", "deals")
    }

    assert len(written["criteria"]) == 1 + len(found.criteria.criteria)
    assert written["criteria"][0].startswith("id,label,category,points,leads,handoffs,decided_with,accepted_with")
    assert len(written["months"]) == 1 + len(found.drift.months)
    deals = found.deals
    assert len(written["deals"]) == 1 + len(deals.deeds) + len(deals.channels) + len(deals.sources)


# One click from the draft


def about_a_draft(open_page: OpenPage, database: Path, *without: str) -> AppTest:
    """The page about a draft that lacks some of the agreed definition's criteria."""
    at = open_page(EVIDENCE, database, **DAYS)
    draft = present.snapshot().definition
    for criterion_id in without:
        draft = draft.without_criterion(criterion_id)
    begun = shared().begin(draft, somebody("Ana"), "her tab")
    at.session_state["tuning"] = tune_tuning.Tuning(begun.name, draft, begun.newest.revision)
    at.segmented_control(key="of").set_value(Whose.DRAFT).run()
    assert not at.exception
    return at


def test_what_no_criterion_asks_for_becomes_a_criterion_of_the_draft(
    open_page: OpenPage, handed_over_database: Path
) -> None:
    at = about_a_draft(open_page, handed_over_database, "decides", "inbound", "met_at_event")
    before = draft_of(at).draft
    (add,) = [button.key for button in at.button if button.key and button.key.startswith("add:")]

    press(at, add)

    added = draft_of(at).draft.criteria
    (new,) = [criterion for criterion in added if criterion not in before.criteria]
    assert add == f"add:{new.id}"
    # The page is about the draft, which asks for it now.
    assert new.label in table(at)
    assert not [button for button in at.button if button.key == add]


def test_a_find_added_to_the_draft_stays_listed_for_the_agreed_definition(
    open_page: OpenPage, sample_database: Path
) -> None:
    at = open_page(EVIDENCE, sample_database)
    offered = [button.key for button in at.button if button.key and button.key.startswith("add:")]
    if not offered:
        pytest.fail("the sample has something that no criterion asks for")

    press(at, offered[0])

    assert [button.key for button in at.button if button.key in offered] == offered[1:]
    (step,) = draft_of(at).steps
    assert (step.before, step.after) == (present.snapshot().definition, draft_of(at).draft)


def test_a_criterion_against_its_sign_is_put_to_0_points_in_the_draft(
    open_page: OpenPage, handed_over_database: Path
) -> None:
    at = about_a_draft(open_page, handed_over_database, "decides", "inbound")
    assert "; **Met at an event** pulls against its sign" in texts(at)

    press(at, "to-zero:met_at_event")

    assert draft_of(at).draft.criterion("met_at_event").points == 0
    assert not [button for button in at.button if button.key == "to-zero:met_at_event"]
    # The page is about the draft; the agreed definition is as it was.
    assert table(at)["Met at an event"]["points"] == "+0"
    assert present.snapshot().definition.criterion("met_at_event").points == 6


@pytest.fixture
def own_hand_offs(handed_over_database: Path, tmp_path: Path) -> Path:
    """The two weeks in a file of the test's own."""
    copy = tmp_path / "own.duckdb"
    copy.write_bytes(handed_over_database.read_bytes())
    return copy


def signed_by_both(definition: Definition, starts_at: int | None = None) -> None:
    deployment = present.deployment()
    tom, marta = (standing.person(name) for name in ("Tom Okafor", "Marta Vidal"))
    assert tom
    assert marta
    proposed = Agreement(definition, StartPlan(starts_at=starts_at))
    version = agreed.propose(deployment, proposed, of(tom), reason="Ended", replaces=None)
    for person in (tom, marta):
        agreed.sign(deployment, version.number, version.sha256, of(person))


def test_what_both_sides_have_ended_is_not_accused_any_more_though_the_data_are_older(
    open_page: OpenPage, own_hand_offs: Path
) -> None:
    at = about_a_draft(open_page, own_hand_offs, "decides", "inbound")
    signed_by_both(draft_of(at).draft.with_points("met_at_event", 0))

    at.segmented_control(key="of").set_value(Whose.AGREED).run()

    assert present.snapshot().definition.criterion("met_at_event").points == 6
    assert "of the 16 criteria of the agreed definition" in texts(at)
    assert "against its sign" not in texts(at)
    assert table(at)["Met at an event"]["verdict"] == "gives nothing; they speak against it"


def test_what_stands_and_what_is_signed_is_said_beside_an_accusation_of_the_draft(
    open_page: OpenPage, own_hand_offs: Path
) -> None:
    at = about_a_draft(open_page, own_hand_offs, "decides", "inbound")
    signed_by_both(draft_of(at).draft.with_points("met_at_event", 0), present.now() + 86_400_000_000)

    at.run()

    assert "Version 2, signed by both and not yet in force, gives it nothing." in texts(at)
    assert "In force it gives" not in texts(at)


# When it takes longer


def test_what_takes_longer_shows_how_far_it_is_and_can_be_cancelled(
    open_page: OpenPage, handed_over_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from threading import Event

    go_on, real = Event(), findings.find

    def slow(*asked: Any) -> object:
        asked[-1]("Comparing hand-offs", 0.4)
        go_on.wait(60)
        return real(*asked)

    monkeypatch.setattr(view, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(findings, "find", slow)
    at = open_page(EVIDENCE, handed_over_database, **DAYS)
    assert not at.exception
    assert [one.text for one in at.get("progress")] == ["Reading the decisions: Comparing hand-offs"]
    assert "Criteria" not in [one.value for one in at.subheader]

    press(at, "cancel:evidence")
    go_on.set()

    assert "cancelled. Nothing is shown." in texts(at)

    monkeypatch.setattr(view, "PATIENCE_SECONDS", 60.0)
    monkeypatch.setattr(findings, "find", real)
    next(button for button in at.button if button.label == "Look again").click().run()

    assert "Criteria" in [one.value for one in at.subheader]
