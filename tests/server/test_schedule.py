"""What the app does by itself: in its rhythm, never twice at once, and going on after what was refused."""

import logging
import threading
from collections.abc import Callable

import anyio
import pytest

from lib.core.errors import DatabaseRefused, Fault
from lib.server.schedule import Recurring, Schedule
from tests.server.asgi import on_a_loop

SOON = 0.001


def run_until(done: threading.Event, *recurring: Recurring) -> Schedule:
    """The schedule, run until `done` is set by some of its work."""
    schedule = Schedule(recurring)

    async def running() -> None:
        async with schedule.running():
            await anyio.to_thread.run_sync(done.wait, 10)

    on_a_loop(running)
    return schedule


def counting(done: threading.Event, times: int, then: Callable[[], None] = lambda: None) -> Callable[[], None]:
    """Work that sets `done` once it was begun so many times."""
    begun: list[None] = []

    def work() -> None:
        begun.append(None)
        if len(begun) >= times:
            done.set()
        then()

    return work


def test_work_is_done_again_and_again() -> None:
    done = threading.Event()

    schedule = run_until(done, Recurring("backup", SOON, counting(done, 3), 0))

    assert done.is_set()
    assert schedule.outcomes["backup"].faults == ()


def test_work_is_first_done_when_its_time_has_come() -> None:
    done = threading.Event()
    later: list[None] = []

    run_until(
        done, Recurring("now", SOON, counting(done, 3), 0), Recurring("later", 60, lambda: later.append(None), 60)
    )

    assert later == []


def test_what_is_refused_is_said_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    done = threading.Event()

    def refuse() -> None:
        raise DatabaseRefused(Fault("backups", "the disk is full", "Make room."))

    with caplog.at_level(logging.WARNING):
        schedule = run_until(done, Recurring("backup", SOON, counting(done, 2, refuse), 0))

    assert [fault.what for fault in schedule.outcomes["backup"].faults] == ["the disk is full"]
    assert "backup was not done: backups: the disk is full. Make room." in caplog.text


def test_a_fault_of_ours_stops_no_other_work_and_puts_no_data_into_the_log(caplog: pytest.LogCaptureFixture) -> None:
    done = threading.Event()

    def fail() -> None:
        raise ValueError("ana@example.com")

    with caplog.at_level(logging.WARNING):
        schedule = run_until(done, Recurring("broken", SOON, fail, 0), Recurring("backup", SOON, counting(done, 20), 0))

    assert done.is_set()
    assert "ValueError at fail" in schedule.outcomes["broken"].faults[0].what
    assert "ana@example.com" not in caplog.text


def test_no_work_is_begun_twice_at_once() -> None:
    done = threading.Event()
    at_work = threading.Lock()
    overlapped: list[bool] = []

    def alone() -> None:
        got = at_work.acquire(blocking=False)
        overlapped.append(not got)
        if got:
            at_work.release()

    run_until(done, Recurring("backup", 0, counting(done, 50, alone), 0))

    assert not any(overlapped)


def test_work_under_way_is_finished_when_the_app_stops() -> None:
    begun, finished = threading.Event(), []

    def work() -> None:
        begun.set()
        finished.append(None)

    run_until(begun, Recurring("backup", 60, work, 0))

    assert finished == [None]
