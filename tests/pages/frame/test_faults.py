"""What the database refuses is one box on a page, in words, whoever asked."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    from lib.core.errors import DatabaseRefused, Fault
    from lib.ui.frame import elements

    damaged = DatabaseRefused(Fault("h.duckdb", "is damaged", "Put a backup in its place."))
    assert elements.said_in_a_box(damaged)
    assert not elements.said_in_a_box(ZeroDivisionError())


def test_what_a_person_can_mend_is_said_in_one_box_and_what_is_ours_is_not_taken_for_it() -> None:
    at = AppTest.from_function(page).run()

    assert not at.exception
    assert [box.value for box in at.error] == [
        "This was not done:\n\n- h.duckdb: is damaged. Put a backup in its place."
    ]
