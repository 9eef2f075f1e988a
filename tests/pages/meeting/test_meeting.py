"""The meeting: an agenda of what is open, decisions and actions kept, and the minutes."""

from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.core.agreement.meetings import NoteKind, NoteState
from lib.store.agreement.audit import verify
from lib.ui.meeting import agenda
from lib.ui.now import present
from tests.conftest import OpenPage
from tests.pages.conftest import press

MEETING = "decide/meeting.py"


@pytest.fixture
def meeting(open_page: OpenPage, database_copy: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    at = open_page(MEETING, database_copy)
    at.selectbox(key="visitor").set_value("Marta Vidal").run()
    assert not at.exception
    return at


def texts(at: AppTest) -> str:
    said = "\n".join(one.value for one in [*at.markdown, *at.caption, *at.error])
    return said.replace("\\", "")


def field(at: AppTest, label: str) -> object:
    return next(one for one in [*at.text_input, *at.selectbox, *at.date_input] if one.label == label)


def test_a_decision_is_kept_with_who_noted_it(meeting: AppTest) -> None:
    field(meeting, "What was decided").set_value("Webinar 5 points")  # type: ignore[attr-defined]
    press(meeting, "Note the decision")

    (note,) = agenda.notes()
    assert (note.kind, note.text, note.who) == (NoteKind.DECISION, "Webinar 5 points", "Marta Vidal")
    assert "Webinar 5 points" in texts(meeting)
    assert verify(present.deployment().database) >= 1


def test_an_action_is_on_the_agenda_until_it_is_done(meeting: AppTest) -> None:
    field(meeting, "What is to be done").set_value("Ask for titles")  # type: ignore[attr-defined]
    field(meeting, "By whom").set_value("Tom Okafor")  # type: ignore[attr-defined]
    field(meeting, "By when").set_value(date(2026, 1, 5))  # type: ignore[attr-defined]
    press(meeting, "Note the action")

    assert "Tom Okafor: “Ask for titles” is overdue since 5 Jan 2026." in texts(meeting)

    press(meeting, "done:1")

    assert agenda.notes()[0].state is NoteState.DONE
    assert "overdue since" not in texts(meeting)


def test_a_note_that_says_nothing_is_told_in_one_box_and_not_kept(meeting: AppTest) -> None:
    press(meeting, "Note the decision")

    assert len(meeting.error) == 1
    assert "Nothing was noted." in texts(meeting)
    assert agenda.notes() == ()


def test_what_was_struck_is_not_in_the_minutes(meeting: AppTest) -> None:
    field(meeting, "What was decided").set_value("A mistake")  # type: ignore[attr-defined]
    press(meeting, "Note the decision")
    press(meeting, "strike:1")

    assert "A mistake" not in texts(meeting)
    assert agenda.notes()[0].state is NoteState.STRUCK


def test_an_empty_database_has_a_meeting_too(open_page: OpenPage, tmp_path: Path) -> None:
    at = open_page(MEETING, tmp_path / "empty.duckdb")

    assert not at.exception
    assert "Nothing is open" in texts(at)
