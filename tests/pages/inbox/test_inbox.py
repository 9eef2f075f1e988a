"""The Inbox: a rep's open MQLs by time left, each answered once, and taken back within a minute."""

import csv
import io
from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib.__main__ import main
from lib.app import leads, sla
from lib.core.leads.history import lead_at
from lib.store.leads.history import load_history
from lib.ui.inbox import answering
from lib.ui.now import present
from lib.ui.sla import waiting as waiting_words
from tests.conftest import ROOT, OpenPage
from tests.pages.conftest import press
from tests.pages.desk import CONFIG, Wall, desk

INBOX = "work/inbox.py"

YES = ("meets_requirements", "can_talk", "could_do_business")


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    return Wall(monkeypatch)


@pytest.fixture
def inbox(open_page: OpenPage, wall: Wall, tmp_path: Path) -> AppTest:
    """The page at noon, before anybody has said who they are."""
    return open_page(INBOX, desk(tmp_path))


@pytest.fixture
def anas(inbox: AppTest) -> AppTest:
    """The page once Ana has said who she is."""
    return as_visitor(inbox, "ana")


def as_visitor(at: AppTest, who: str) -> AppTest:
    at.selectbox(key="visitor").set_value(who).run()
    assert at.selectbox(key="visitor").value == who
    assert not at.exception
    return at


def another_session(who: str) -> AppTest:
    """The page in another browser, on the same server."""
    at = AppTest.from_file(str(ROOT / "pages" / "frame.py"), default_timeout=60).run()
    return as_visitor(at.switch_page(INBOX).run(), who)


def texts(at: AppTest) -> str:
    return "\n".join(one.value for one in [*at.markdown, *at.caption, *at.warning, *at.error])


def sentence(at: AppTest) -> str:
    return str(next(one.value for one in at.markdown if one.value.startswith("####")))


def names(at: AppTest) -> list[str]:
    """Who is in the list, in its order."""
    return next([str(name) for name in one.value["Name"]] for one in at.dataframe if "Name" in one.value)


def shown(at: AppTest) -> str:
    """Whose lead is on the right."""
    return next(one.value for one in at.markdown if one.value.startswith("### ["))


def events(kind: str) -> list[tuple[str, str, str | None, str | None]]:
    """Every event of a kind written on the page: whose, by whom, why, and what follows."""
    query = (
        "select lead_id, actor, reason, detail ->> 'then' from handoff_event "
        "where kind = $1 and event_id like 'inbox-%' order by occurred_at, event_id"
    )
    with present.deployment().database.cursor() as cursor:
        return cursor.execute(query, [kind]).fetchall()


def tick(at: AppTest, questions: tuple[str, ...]) -> None:
    for box in at.checkbox:
        if str(box.key).endswith(tuple(f":{question}" for question in questions)):
            box.check()


def accept(at: AppTest) -> None:
    press(at, "do:accept")
    tick(at, YES)
    press_form(at, "Accept")
    at.run()


@pytest.fixture(autouse=True)
def forms_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remembers in each session the form that was opened last."""
    opened = answering.begin

    def begin(action: answering.Action, handoff_id: str, name: str, following: str | None) -> None:
        opened(action, handoff_id, name, following)
        st.session_state["kept-form"] = st.session_state[answering.ASKED]

    monkeypatch.setattr(answering, "begin", begin)


def press_form(at: AppTest, label: str) -> None:
    """Press the dialog's own button, the last one of that label, the dialog kept open as the browser does."""
    at.session_state[answering.ASKED] = at.session_state["kept-form"]
    [one for one in at.button if one.label == label][-1].click().run()
    assert not at.exception


# What it opens on


def test_an_empty_database_says_what_is_missing(open_page: OpenPage, empty_database: Path) -> None:
    at = open_page(INBOX, empty_database)

    assert not at.exception
    assert "There are no leads yet" in texts(at)


def test_without_hand_offs_it_says_how_to_load_them(open_page: OpenPage, tiny_database: Path) -> None:
    at = open_page(INBOX, tiny_database)

    assert not at.exception
    assert "Nothing has been handed over yet" in texts(at)


def test_before_anybody_says_who_they_are_it_asks(inbox: AppTest) -> None:
    assert not inbox.exception
    assert "Whose leads?" in texts(inbox)
    assert not inbox.dataframe


def test_a_rep_who_says_who_they_are_sees_their_own_leads_the_most_urgent_first(anas: AppTest) -> None:
    assert names(anas) == ["Lara Late", "Sam Soon", "Eva Easy"]
    assert "Lara Late" in shown(anas)


def test_the_sentence_says_how_many_wait_and_when_the_next_one_is_due(anas: AppTest) -> None:
    assert sentence(anas) == (
        "#### **3 MQLs** wait for Ana Ames: **1** is overdue; the next one is due in **1 h working**."
    )


def test_the_time_left_is_working_time(anas: AppTest) -> None:
    left = next(list(one.value["Time left"]) for one in anas.dataframe if "Time left" in one.value)

    assert left == ["5 h working over", "1 h working", "13 h working"]


def test_time_passes_without_anybody_doing_anything(anas: AppTest, wall: Wall) -> None:
    wall.later(minutes=59)
    anas.run()

    assert "due in **1 min working**" in sentence(anas)


def test_at_the_very_instant_a_lead_is_due_no_time_is_left_and_none_is_over(anas: AppTest, wall: Wall) -> None:
    wall.later(minutes=60)
    anas.run()

    left = next(list(one.value["Time left"]) for one in anas.dataframe if "Time left" in one.value)
    assert left == ["6 h working over", "0 min working", "12 h working"]
    assert "**1** is overdue; the next one is due in **0 min working**" in sentence(anas)


def test_a_name_on_the_page_is_said_to_be_no_proof(anas: AppTest) -> None:
    assert "no proof" in texts(anas)


def test_a_company_named_like_formatting_stays_as_it_is(anas: AppTest) -> None:
    assert r"Late \*Ltd\* \[x\](y)" in shown(anas)


def test_why_it_qualified_is_one_line_as_of_the_hand_over(anas: AppTest) -> None:
    anas.query_params["lead"] = "soon:1"
    anas.run()
    (line,) = [one.value for one in anas.markdown if "when handed over" in one.value]
    explained = leads.explanation_then(
        present.snapshot(), lead_at(load_history(present.deployment().database, "soon"), 0), 1_772_438_400_000_000
    )

    assert f"**{explained.score} of {explained.threshold} points**" in line
    assert "Asked for a demo" in line


def test_nobodys_leads_are_somebodys_to_answer(anas: AppTest) -> None:
    anas.selectbox(key="inbox").set_value("").run()

    assert not anas.exception
    assert names(anas) == ["Lou Lost"]


def test_a_pasted_address_shows_the_lead_it_names(open_page: OpenPage, wall: Wall, tmp_path: Path) -> None:
    at = open_page(INBOX, desk(tmp_path), inbox="Ana Ames (ana)", lead="easy:1")

    assert "Eva Easy" in shown(at)
    assert all(one.disabled for one in at.button if str(one.key).startswith("do:"))


def test_an_address_of_a_lead_that_is_decided_says_so(anas: AppTest) -> None:
    anas.query_params["lead"] = "done:1"
    anas.run()

    assert "Dora Done was accepted on 26 Feb 2026, 10:00" in texts(anas)
    assert "Lara Late" in shown(anas)


def test_marketing_looks_on(inbox: AppTest) -> None:
    as_visitor(inbox, "Lucía Ferrer")
    inbox.selectbox(key="inbox").set_value("ana").run()

    assert names(inbox) == ["Lara Late", "Sam Soon", "Eva Easy"]
    assert all(one.disabled for one in inbox.button if str(one.key).startswith("do:"))


# Answers


def test_next_shows_the_next_one_and_after_the_last_the_first(anas: AppTest) -> None:
    order = []
    for _ in range(3):
        press(anas, "next")
        order.append(anas.query_params["lead"])

    assert order == ["soon:1", "easy:1", "late:1"]


def test_accepting_writes_one_event_and_shows_the_next_lead(anas: AppTest) -> None:
    accept(anas)

    assert events("accepted") == [("late", "ana", None, None)]
    assert names(anas) == ["Sam Soon", "Eva Easy"]
    assert "Sam Soon" in shown(anas)
    assert "Lara Late**: accepted by Ana Ames on 2 Mar 2026, 12:00" in texts(anas)


def test_an_answer_leaves_everybody_the_history_they_have(anas: AppTest) -> None:
    index, decided = present.snapshot().leads.index, present.snapshot().handoffs.accepted.sum()

    accept(anas)

    assert present.snapshot().leads.index is index
    assert present.snapshot().handoffs.accepted.sum() == decided + 1


def test_a_question_not_answered_with_yes_leaves_it_open(anas: AppTest) -> None:
    press(anas, "do:accept")
    tick(anas, YES[:2])
    press_form(anas, "Accept")

    assert "Could this person do business with us" in texts(anas)
    assert events("accepted") == []


def test_rejecting_without_a_reason_writes_nothing(anas: AppTest) -> None:
    press(anas, "do:reject")
    press_form(anas, "Reject")

    assert "Choose a reason" in texts(anas)
    assert events("rejected") == []


@pytest.mark.parametrize(("reason", "fate"), [("no_budget", "recycle"), ("competitor", "disqualify")])
def test_what_becomes_of_a_rejected_lead_follows_from_the_reason(anas: AppTest, reason: str, fate: str) -> None:
    press(anas, "do:reject")
    anas.radio[0].set_value(reason)
    press_form(anas, "Reject")

    assert events("rejected") == [("late", "ana", reason, fate)]


def test_an_accepted_lead_waits_among_the_accepted_until_it_is_an_sql(anas: AppTest) -> None:
    anas.segmented_control(key="which").set_value("accepted").run()
    assert names(anas) == ["Dora Done"]

    press(anas, "do:sql")
    tick(anas, ("buying_cycle", "influence", "time_frame", "size", "next_steps"))
    press_form(anas, "Mark as SQL")
    anas.run()

    assert events("sql") == [("done", "ana", None, None)]
    assert "Nothing is left here" in texts(anas)


def test_an_accepted_lead_that_was_lost_does_not_wait_to_be_called_an_sql(
    open_page: OpenPage, wall: Wall, tmp_path: Path
) -> None:
    db, lost = desk(tmp_path), tmp_path / "lost.csv"
    lost.write_text("event_id,lead_id,occurred_at,kind,actor\n8,done,2026-02-27T09:00:00Z,lost,ana\n")
    assert main(["import", str(lost), "--as", "handoff_event", "--db", str(db), "--config", CONFIG]) == 0

    anas = as_visitor(open_page(INBOX, db), "ana")
    anas.segmented_control(key="which").set_value("accepted").run()

    assert present.snapshot().handoffs.accepted.sum() == 1
    assert len(sla.to_qualify(present.snapshot().sales, "ana")) == 0
    assert "Nothing is left here" in texts(anas)


def test_a_reassigned_lead_is_the_other_reps(anas: AppTest) -> None:
    press(anas, "do:reassign")
    anas.selectbox[-1].set_value("ben")
    press_form(anas, "Reassign")
    anas.run()

    assert names(anas) == ["Sam Soon", "Eva Easy"]
    assert {one.lead_id for one in sla.inbox(present.snapshot().sales, present.minute(present.snapshot()), "ben")} == {
        "bens",
        "late",
    }


def test_a_note_stands_with_the_lead(anas: AppTest) -> None:
    press(anas, "do:reassign")
    anas.selectbox[-1].set_value("ana")
    anas.text_input[-1].set_value("Call *after* five")
    press_form(anas, "Reassign")
    anas.query_params["lead"] = "late:1"
    anas.run()

    assert r"Call \*after\* five :gray[Ana Ames" in texts(anas)


def test_a_first_touch_stops_its_clock_and_leaves_the_lead_open(anas: AppTest) -> None:
    press(anas, "do:touch")
    press_form(anas, "Write down")
    anas.run()

    assert events("first_touch") == [("late", "ana", None, None)]
    assert names(anas) == ["Lara Late", "Sam Soon", "Eva Easy"]


# Two at once, and taking back


def test_whoever_is_second_is_told_what_already_happened_and_by_whom(anas: AppTest) -> None:
    bens = another_session("ben")
    bens.selectbox(key="inbox").set_value("ana").run()
    press(bens, "do:reject")
    accept(anas)

    bens.radio[0].set_value("no_budget")
    press_form(bens, "Reject")

    (told,) = [one.value for one in bens.warning]
    assert "Lara Late was accepted by Ana Ames on 2 Mar 2026, 12:00" in told
    assert "nothing was written now" in told
    assert events("rejected") == []


def test_an_answer_is_taken_back_within_a_minute_by_another_event(anas: AppTest, wall: Wall) -> None:
    accept(anas)
    wall.now += 59 * 1_000_000
    press(anas, "undo-answer")
    anas.run()

    assert names(anas) == ["Lara Late", "Sam Soon", "Eva Easy"]
    assert "Lara Late" in shown(anas)
    assert "Taken back" in texts(anas)
    assert len(events("accepted")) == len(events("retracted")) == 1


def test_after_a_minute_nothing_can_be_taken_back(anas: AppTest, wall: Wall) -> None:
    accept(anas)
    wall.later(minutes=1)
    anas.run()

    assert "undo-answer" not in {one.key for one in anas.button}


def test_what_was_answered_is_exported_for_the_crm_without_what_was_taken_back(anas: AppTest, wall: Wall) -> None:
    accept(anas)
    wall.now += 1_000_000
    press(anas, "undo-answer")
    wall.now += 1_000_000
    anas.run()
    press(anas, "do:reject")
    anas.radio[0].set_value("bad_timing")
    press_form(anas, "Reject")

    rows = list(
        csv.DictReader(io.TextIOWrapper(waiting_words.answers_csv(date(2026, 3, 2), date(2026, 3, 2)), "utf-8"))
    )

    assert [(row["lead_id"], row["kind"], row["reason"], row["then"], row["actor"]) for row in rows] == [
        ("late", "rejected", "bad_timing", "recycle", "ana")
    ]
    assert rows[0]["at"] == "2026-03-02T11:00:02Z"


# At scale


def test_the_invented_year_opens_on_the_first_reps_leads(open_page: OpenPage, sample_database: Path) -> None:
    at = as_visitor(open_page(INBOX, sample_database), "rep-01")

    assert not at.exception
    assert len(names(at)) == len(sla.inbox(present.snapshot().sales, present.minute(present.snapshot()), "rep-01")) > 0


# What is known of a hand-off


def told_besides(tmp_path: Path, db: Path, rows: str) -> Path:
    """The desk after more events were imported."""
    path = tmp_path / "more.csv"
    path.write_text(f"event_id,lead_id,occurred_at,kind,actor\n{rows}")
    assert main(["import", str(path), "--as", "handoff_event", "--db", str(db), "--config", CONFIG]) == 0
    return db


def test_a_hand_off_has_its_steps_and_a_day_without_a_time_is_a_day(
    open_page: OpenPage, wall: Wall, tmp_path: Path
) -> None:
    db = told_besides(tmp_path, desk(tmp_path), "t,done,2026-02-27,first_touch,ana\n")
    at = as_visitor(open_page(INBOX, db), "ana")

    at.segmented_control(key="which").set_value("accepted").run()

    badges = [one.value for one in at.markdown if "-badge[" in one.value]
    assert [one.split("[")[1].removesuffix("]") for one in badges] == [
        "Handed over · 26 Feb 2026, 09:00", "Accepted · 26 Feb 2026, 10:00", "Touched · 27 Feb 2026, by day",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "became"),
    [
        ("sql", "Bo Bens was accepted on 27 Feb 2026, 13:00, implied by a later step."),
        ("lost", "Bo Bens was closed on 27 Feb 2026, 13:00: lost or withdrawn before anybody decided."),
    ],
)
def test_an_address_of_what_was_decided_says_whether_anybody_stated_it(
    open_page: OpenPage, wall: Wall, tmp_path: Path, kind: str, became: str
) -> None:
    db = told_besides(tmp_path, desk(tmp_path), f"s,bens,2026-02-27T12:00:00Z,{kind},\n")

    at = as_visitor(open_page(INBOX, db, lead="bens:1"), "ana")

    assert became in texts(at)
