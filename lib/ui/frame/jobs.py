"""Work that takes longer than a page may: done in the background, watched, cancelled, replaced by a newer request."""

from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event
from typing import Any, Generic, TypeVar

import streamlit as st

from lib.core.errors import Refused
from lib.ui.frame import elements

Found = TypeVar("Found")

Progress = Callable[[str, float], None]
"""Told what is being done and how far it is, from 0 to 1. Raises Cancelled when nobody wants the result any more."""

AT_ONCE = 2
"""More would only slow each other and every page down; the others wait, and their bar says so."""

SECONDS_BETWEEN_LOOKS = 0.5

_workers = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="job")


class Cancelled(Exception):
    """Raised by a job's progress once the job was cancelled; a write it was inside of is rolled back by it."""


@dataclass(eq=False)
class Job(Generic[Found]):
    """One piece of work. `doing` and `share` say how far it is; read them from any thread.

    `dates_the_page`: it changes the data, and no page has been drawn since that was done.
    """

    title: str
    dates_the_page: bool = False
    doing: str = "Waiting for other work to finish"
    share: float = 0.0
    _unwanted: Event = field(default_factory=Event)
    _future: "Future[Found]" = field(default_factory=Future)

    @property
    def is_running(self) -> bool:
        return not self._future.done()

    @property
    def was_cancelled(self) -> bool:
        return self._unwanted.is_set()

    @property
    def refused(self) -> Refused | None:
        """What a person can mend, where the work was refused; None while it runs, and where it was not."""
        if self.is_running or self.was_cancelled:
            return None
        failure = self._future.exception()
        return failure if isinstance(failure, Refused) else None

    def cancel(self) -> None:
        """Stop it the next time it tells its progress; it changes nothing after that."""
        self._unwanted.set()
        self._future.cancel()

    def result(self, timeout_seconds: float | None = None) -> Found:
        """What the work came to, waited for so long; raises what it raised, Cancelled where it was cancelled."""
        try:
            return self._future.result(timeout_seconds)
        except CancelledError as cancelled:
            raise Cancelled(self.title) from cancelled

    def _tell(self, doing: str, share: float) -> None:
        if self._unwanted.is_set():
            raise Cancelled(self.title)
        self.doing, self.share = doing, min(max(share, 0.0), 1.0)


def start(key: str, title: str, work: Callable[[Progress], Found], *, changes_the_data: bool = False) -> Job[Found]:
    """Begin this visitor's work of that key; an older one of the same key is cancelled.

    `work` runs in another thread, so it asks the store and the core, never Streamlit.
    """
    older = of(key)
    if older is not None:
        older.cancel()
    job: Job[Found] = Job(title, dates_the_page=changes_the_data)
    job._future = _workers.submit(work, job._tell)
    st.session_state[_memory(key)] = job
    return job


def of(key: str) -> Job[Any] | None:
    """This visitor's newest work of that key, running or done; None before the first and after `forget`."""
    job: Job[Any] | None = st.session_state.get(_memory(key))
    return job


def forget(key: str) -> None:
    """Cancel the work of that key, and show nothing of it any more."""
    job = st.session_state.pop(_memory(key), None)
    if job is not None:
        job.cancel()


def watch(key: str, not_done: str) -> bool:
    """The bar, the button to cancel and the fault box of a visitor's work; True once it is done and has a result.

    `not_done` is said where the work was refused, for example "Nothing was imported."
    The page stays usable, and is drawn anew when the work is done.
    """
    job = of(key)
    if job is None:
        return False
    if job.is_running and not job.was_cancelled:
        _bar(key)
        return False
    if job.was_cancelled:
        st.caption(f":material/cancel: {job.title}: cancelled. {not_done}")
        return False
    if job.refused is not None:
        elements.fault_box(job.refused, not_done)
        return False
    if job.dates_the_page:
        # It may have ended while this page was being drawn: what stands above is then of the data before.
        job.dates_the_page = False
        st.rerun()
    job.result()  # A fault of ours is shown where every other is, not swallowed here.
    return True


@st.fragment(run_every=SECONDS_BETWEEN_LOOKS)
def _bar(key: str) -> None:
    job = of(key)
    if job is None or not job.is_running or job.was_cancelled:
        if job is not None:
            job.dates_the_page = False
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(job.share, f"{job.title}: {elements.plain(job.doing)}", width="stretch")
        st.button("Cancel", key=f"cancel:{key}", icon=":material/close:", on_click=job.cancel)


def _memory(key: str) -> str:
    return f"job:{key}"
