"""The Acceptance page: which differences it calls real, and the leads behind every bar and cell."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.__main__ import main
from lib.app import funnel, sla
from lib.app.funnel import Grouping
from lib.core.funnel import cohorts, differences
from lib.core.handoffs import choosing
from lib.core.handoffs.choosing import Filter
from lib.core.statistics.rates import Separation
from lib.core.time.periods import By
from lib.ui.now import present
from tests.conftest import OpenPage
from tests.pages.conftest import CONFIG

ACCEPTANCE = "monitor/acceptance.py"
DAYS = {"from": "2026-03-02", "to": "2026-03-16"}


@pytest.fixture
def acceptance(open_page: OpenPage, handed_over_database: Path) -> AppTest:
    """The page on two weeks of hand-offs."""
    return open_page(ACCEPTANCE, handed_over_database, **DAYS)


def texts(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.markdown, *at.caption, *at.warning])


def listed(at: AppTest) -> list[str]:
    """The ids of the leads of the one list there is."""
    (rows,) = (one.value for one in at.dataframe if "lead_id" in one.value.columns)
    return [str(lead_id) for lead_id in rows["lead_id"]]


def choose(at: AppTest, key: str, value: object) -> None:
    at.selectbox(key=key).set_value(value).run()
    assert not at.exception


def test_an_empty_database_says_what_is_missing_and_how_to_mend_it(open_page: OpenPage, empty_database: Path) -> None:
    at = open_page(ACCEPTANCE, empty_database)

    assert not at.exception
    assert "There are no leads yet" in texts(at)


def test_leads_of_whom_none_was_handed_over_say_how_to_load_hand_offs(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page(ACCEPTANCE, tiny_database)

    assert not at.exception
    assert "Nothing has been handed over yet" in texts(at)


def test_one_sentence_says_how_much_sales_accepts(acceptance: AppTest) -> None:
    assert not acceptance.exception
    assert "#### Sales accepted **29 %** (32 of 110 decided); **0** of 110 hand-offs wait for it." in texts(acceptance)


def test_too_few_decided_are_counts_without_a_rate(open_page: OpenPage, handed_over_database: Path) -> None:
    at = open_page(ACCEPTANCE, handed_over_database, **{"from": "2026-03-16", "to": "2026-03-17"})

    assert not at.exception
    assert "#### Sales accepted **0 of 0 decided**; **1** of 1 hand-off waits for it." in texts(at)


def test_what_was_closed_undecided_is_counted_beside_and_all_add_up(open_page: OpenPage, closed_database: Path) -> None:
    at = open_page(ACCEPTANCE, closed_database, **{"from": "2026-03-02", "to": "2026-03-17"})

    waiting = "**0** of 111 hand-offs wait for it, **1** was closed undecided."
    (sentence,) = (one for one in at.markdown if one.value.endswith(waiting))
    assert sentence.value.startswith("#### Sales accepted **29 %** (32 of 110 decided);")
    assert sentence.help.startswith("32 accepted + 78 rejected + 0 open + 1 closed = 111 hand-offs. Closed: lost, or")


def test_closed_ones_can_be_listed_and_are_not_called_open(open_page: OpenPage, closed_database: Path) -> None:
    at = open_page(ACCEPTANCE, closed_database, **{"from": "2026-03-02", "to": "2026-03-17"})

    choose(at, "group-channel", "event")
    at.segmented_control(key="group-channel-outcome").set_value(choosing.Became.CLOSED).run()

    (rows,) = (one.value for one in at.dataframe if "lead_id" in one.value.columns)
    assert [*zip(rows["lead_id"], rows["decision"], rows["implied"], strict=True)] == [("l110", "closed", None)]


def test_an_implied_decision_is_named_where_a_lead_is_listed(
    open_page: OpenPage, handed_over_database: Path, tmp_path: Path
) -> None:
    db, won = tmp_path / "won.duckdb", tmp_path / "won.csv"
    db.write_bytes(handed_over_database.read_bytes())
    won.write_text("event_id,lead_id,occurred_at,kind\nwon,l110,2026-03-16T09:30:00Z,won\n")
    assert main(["import", str(won), "--as", "handoff_event", "--db", str(db), "--config", CONFIG]) == 0
    at = open_page(ACCEPTANCE, db, **{"from": "2026-03-16", "to": "2026-03-17"})

    choose(at, "group-channel", "event")

    (rows,) = (one.value for one in at.dataframe if "lead_id" in one.value.columns)
    assert [*zip(rows["decision"], rows["implied"], strict=True)] == [("accepted", "decision, SQL, opportunity")]


def test_days_without_a_hand_off_say_so(open_page: OpenPage, handed_over_database: Path) -> None:
    at = open_page(ACCEPTANCE, handed_over_database, **{"from": "2025-03-03", "to": "2025-03-10"})

    assert not at.exception
    assert "Nothing was handed over in these days." in texts(at)


def test_days_that_have_not_begun_are_no_fault(open_page: OpenPage, handed_over_database: Path) -> None:
    at = open_page(ACCEPTANCE, handed_over_database, **{"from": "2100-03-01", "to": "2100-03-08"})

    assert not at.exception
    assert "Nothing was handed over in these days." in texts(at)


# Which differences are real


def test_real_differences_are_named_with_their_counts(acceptance: AppTest) -> None:
    said = texts(acceptance)

    assert "Really more often than the others: **inbound** 80 % (24 of 30)." in said
    assert "Really less often than the others: **event** 10 % (8 of 80)." in said


def test_noise_is_called_noise(acceptance: AppTest) -> None:
    acceptance.segmented_control(key="group").set_value(Grouping.OWNER).run()

    assert "2 differ by no more than noise." in texts(acceptance)


@pytest.mark.parametrize("by", list(Grouping))
def test_every_grouping_can_be_pasted_as_an_address(open_page: OpenPage, sample_database: Path, by: Grouping) -> None:
    names = {Grouping.TITLE: "title level", Grouping.SCORE: "score band"}

    at = open_page(ACCEPTANCE, sample_database, group=names.get(by, by.value))

    assert not at.exception
    assert at.segmented_control(key="group").value is by
    found = differences.standings(
        present.snapshot().handoffs, present.snapshot().default_window, funnel.groups(present.snapshot(), Filter(), by)
    )
    assert set(at.selectbox(key=f"group-{by}").options) == {
        sla.rep_name(present.snapshot().sales, one.cohort.group)
        if one.cohort.group and by is Grouping.OWNER
        else one.cohort.group or "(blank)"
        for one in found
    }


# The leads behind


def test_nothing_chosen_lists_no_lead(acceptance: AppTest) -> None:
    assert not [one for one in acceptance.dataframe if "lead_id" in one.value.columns]


def test_a_cohort_lists_its_leads_the_newest_first(acceptance: AppTest) -> None:
    periods = [one.period for one in cohorts.cohorts(present.snapshot().handoffs, window_of(acceptance), By.WEEK)]

    choose(acceptance, "cohort", periods[0])

    assert len(listed(acceptance)) == 30
    assert set(listed(acceptance)) == {f"l{n:03}" for n in range(30)}
    (rows,) = (one.value for one in acceptance.dataframe if "lead_id" in one.value.columns)
    assert rows["handed_over"].is_monotonic_decreasing
    assert rows["page"][0] == f"/lead?id={rows['lead_id'][0]}"


def window_of(at: AppTest) -> cohorts.Window:
    window: cohorts.Window = at.session_state["window"]
    return window


def test_one_outcome_of_a_group_lists_its_leads_only(acceptance: AppTest) -> None:
    choose(acceptance, "group-channel", "event")
    assert len(listed(acceptance)) == 80

    acceptance.segmented_control(key="group-channel-outcome").set_value(choosing.Became.ACCEPTED).run()

    assert set(listed(acceptance)) == {f"l{n:03}" for n in range(30, 38)}


def test_a_reason_and_a_week_list_who_was_rejected_for_it_then(acceptance: AppTest) -> None:
    choose(acceptance, "reason", "no_reply")

    assert set(listed(acceptance)) == {f"l{n:03}" for n in range(24, 30)}
    assert {row for one in acceptance.dataframe if "reason" in one.value for row in one.value["reason"]} == {
        "Never answered"
    }

    periods = [one.period for one in cohorts.cohorts(present.snapshot().handoffs, window_of(acceptance), By.WEEK)]
    choose(acceptance, "reason-period", periods[1])

    assert "There is no such lead." in texts(acceptance)


def test_a_criterion_lists_the_rejected_leads_that_had_points_of_it(acceptance: AppTest) -> None:
    choose(acceptance, "criterion", "decides")

    assert set(listed(acceptance)) == {f"l{n:03}" for n in range(24, 30)}

    choose(acceptance, "criterion-reason", "no_budget")

    assert "There is no such lead." in texts(acceptance)


def test_only_what_rejected_leads_have_more_often_is_blamed(acceptance: AppTest) -> None:
    (blamed,) = (one for one in texts(acceptance).splitlines() if one.startswith("More often than accepted leads"))

    assert "Met at an event" in blamed
    assert "Director or above" not in blamed


def test_criteria_are_crossed_with_the_reasons(acceptance: AppTest) -> None:
    (crossed,) = (one.value for one in acceptance.dataframe if "All rejected" in one.value.columns)

    assert list(crossed.columns) == ["Criterion", "All rejected", "Accepted", "No budget (72)", "Never answered (6)"]
    assert list(crossed[crossed["Criterion"] == "Director or above"].iloc[0])[1:] == ["8 %", "75 %", "0 %", "6 of 6"]


def test_hand_offs_without_a_score_say_nothing_about_scores(acceptance: AppTest) -> None:
    assert "Too few were decided with a score to say whether more points mean more acceptance." in texts(acceptance)


def test_a_score_that_separates_with_a_chance_of_exactly_5_per_cent_is_said_to_tell_nothing(
    open_page: OpenPage, sample_database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = differences.calibration

    def at_the_limit(*asked: Any) -> differences.Calibration:
        return replace(found(*asked), separation=Separation(0.6, 0.05))

    monkeypatch.setattr(differences, "calibration", at_the_limit)

    at = open_page(ACCEPTANCE, sample_database)

    assert "The score tells accepted from rejected leads no better than noise: in **60 of 100** pairs" in texts(at)


def test_a_score_band_lists_its_leads(open_page: OpenPage, sample_database: Path) -> None:
    at = open_page(ACCEPTANCE, sample_database)
    found = differences.calibration(present.snapshot().handoffs, present.snapshot().default_window).bands[1]

    choose(at, "band", found.cohort.group)

    assert len(listed(at)) == found.cohort.handoffs
    assert "an accepted lead had the higher score" in texts(at)


def test_a_filter_by_rep_is_said_with_the_reps_name(open_page: OpenPage, handed_over_database: Path) -> None:
    at = open_page(ACCEPTANCE, handed_over_database, owner="Ben", **DAYS)

    assert at.selectbox(key="owner").value == "rep-1"
    assert "of 55 hand-offs" in texts(at)
