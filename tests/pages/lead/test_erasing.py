"""Erasing the person behind a lead: asked on the Lead page, of who is named, with a reason, and once they are sure."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.app import leads
from lib.ui.lead import erasing
from lib.ui.now import present
from tests.conftest import OpenPage

LEAD = "work/lead.py"


@pytest.fixture
def asked(open_page: OpenPage, database_copy: Path) -> AppTest:
    """The dialog about somebody who was handed over."""
    open_page(LEAD, database_copy)
    at = open_page(LEAD, database_copy, id=somebody())
    return at.button(key="erase-person").click().run()


def somebody() -> str:
    return str(present.snapshot().handoffs.lead_id[0].as_py())


def run_with_dialog(at: AppTest) -> None:
    """Run the page with the dialog kept open, as the browser does."""
    at.session_state["erase-asked"] = somebody()
    at.run()
    assert not at.exception


def answer(at: AppTest, who: str | None, reason: str, *, sure: bool) -> None:
    if who is not None:
        at.selectbox(key="visitor").select(present.snapshot().reps[0].rep_id if who == "rep" else who)
        run_with_dialog(at)
    at.text_input(key="erase-reason").input(reason)
    at.checkbox(key="erase-sure").set_value(sure)
    at.button(key="erase-now").click()
    run_with_dialog(at)


def texts(at: AppTest) -> str:
    return "\n".join(str(one.value) for one in [*at.markdown, *at.caption, *at.success]).replace("\\", "")


def test_the_dialog_says_what_stays_what_goes_and_what_is_left_to_do(asked: AppTest) -> None:
    assert not asked.exception
    assert "**Stays**: " in texts(asked)
    assert "Goes**: every field that says who it was" in texts(asked)
    assert "Copies made by hand" in texts(asked)


@pytest.mark.parametrize(
    ("who", "reason", "sure", "said"),
    [
        (None, "asked for it", True, erasing.NAMED),
        ("Marta Vidal", " ", True, "Say who asked for it; nobody was erased."),
        ("Marta Vidal", "asked for it", False, "Tick that it cannot be undone; nobody was erased."),
    ],
)
def test_nobody_is_erased_by_nobody_for_no_reason_or_by_mistake(
    asked: AppTest, who: str | None, reason: str, sure: bool, said: str
) -> None:
    answer(asked, who, reason, sure=sure)

    assert [one.value for one in asked.error] == [said]
    assert leads.lead(present.snapshot().leads, somebody()) is not None


def test_once_erased_the_page_says_so_and_nobody_has_the_id(asked: AppTest) -> None:
    lead_id = somebody()
    asked.selectbox(key="visitor").select("Marta Vidal")
    run_with_dialog(asked)

    asked.text_input(key="erase-reason").input("asked for it")
    asked.checkbox(key="erase-sure").set_value(True)
    asked.button(key="erase-now").click()
    asked.session_state["erase-asked"] = lead_id
    asked.run()
    asked.session_state[f"job:{erasing.ERASE}"].result()
    asked.run()

    assert "The person is erased. Counted on, under an id that leads nowhere: " in texts(asked)
    assert leads.lead(present.snapshot().leads, lead_id) is None
