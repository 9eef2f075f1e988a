"""Work in the background: watched, cancelled, replaced, refused, and never in the way of the page."""

from collections.abc import Callable
from threading import Event

import pytest
from streamlit.testing.v1 import AppTest

from lib.ui.frame.jobs import Job


class Desk:
    """What the page below works on: the test says when it may go on and how it ends."""

    def __init__(self) -> None:
        self.begun = Event()
        self.may_end = Event()
        self.ends: Callable[[], str] = lambda: "42 leads"


def page(desk) -> None:  # type: ignore[no-untyped-def]  # run from its text: no name of this file is known
    import streamlit as st

    from lib.ui.frame import jobs

    def work(tell: jobs.Progress) -> str:
        tell("Reading", 0.25)
        desk.begun.set()
        desk.may_end.wait(20)
        tell("Counting", 0.75)
        return desk.ends()

    if st.button("Count", key="count"):
        desk.begun.clear()
        jobs.start("counting", "Counting leads", work)
    if jobs.watch("counting", "Nothing was counted."):
        st.write(jobs.of("counting").result())
    st.write("The page goes on.")


@pytest.fixture
def desk() -> Desk:
    return Desk()


def opened(desk: Desk) -> AppTest:
    at = AppTest.from_function(page, args=(desk,), default_timeout=30)
    at.run()
    at.button(key="count").click().run()
    assert desk.begun.wait(20)
    return at


def job_of(at: AppTest) -> Job[str]:
    job: Job[str] = at.session_state["job:counting"]
    return job


def said(at: AppTest) -> list[str]:
    return [text.value for text in (*at.markdown, *at.caption)]


def test_a_page_goes_on_while_its_work_runs_and_shows_the_result_after(desk: Desk) -> None:
    at = opened(desk)
    at.run()

    assert "The page goes on." in said(at)
    assert (job_of(at).doing, job_of(at).share) == ("Reading", 0.25)

    desk.may_end.set()
    job_of(at).result(20)
    at.run()

    assert "42 leads" in said(at)
    assert not at.exception


def test_cancelled_work_stops_when_it_next_tells_its_progress(desk: Desk) -> None:
    at = opened(desk)
    job = job_of(at)
    desk.ends = lambda: pytest.fail("it went on")

    at.button(key="cancel:counting").click().run()
    desk.may_end.set()

    with pytest.raises(Exception, match="Counting leads"):
        job.result(20)
    assert any("cancelled. Nothing was counted." in text for text in said(at))


def test_a_newer_request_cancels_the_older(desk: Desk) -> None:
    at = opened(desk)
    older = job_of(at)

    at.button(key="count").click().run()

    assert older.was_cancelled
    assert not job_of(at).was_cancelled
    desk.may_end.set()
    assert job_of(at).result(20) == "42 leads"


def test_what_was_refused_is_told_in_one_box(desk: Desk) -> None:
    from lib.core.errors import Fault, FileRefused

    def refuse() -> str:
        raise FileRefused(Fault("leads.csv", "is a picture", "Give a CSV."))

    desk.ends = refuse
    at = opened(desk)
    desk.may_end.set()
    job_of(at)._future.exception(20)
    at.run()

    assert len(at.error) == 1
    assert at.error[0].value.startswith("Nothing was counted.")
    assert "is a picture" in at.error[0].value


def test_a_fault_of_ours_is_not_swallowed(desk: Desk) -> None:
    desk.ends = lambda: str(1 // 0)
    at = opened(desk)
    desk.may_end.set()
    job_of(at)._future.exception(20)
    at.run()

    assert len(at.exception) == 1
    with pytest.raises(ZeroDivisionError):
        job_of(at).result()
