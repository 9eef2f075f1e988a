"""The working days after a start, counted by hand: one rep who takes up two leads a day, eight hours long."""

from datetime import date

import numpy as np

from lib.core.handoffs.reps import Rep
from lib.core.sla.ahead import DayAhead, ahead
from lib.core.sla.promises import Calendar, Holidays, Policy
from lib.core.sla.queueing import Pace
from lib.core.sla.working_time import HOUR

DAY = 24 * HOUR
HOURS = ((540, 1020),)
POLICY = Policy("UTC", (Calendar("default", "UTC", (HOURS,) * 7, Holidays()),))
REP = Rep("r1", capacity_per_day=2.0)

MONDAY = 20_787 * DAY
"""30 November 2026, and work begins at nine."""

OPENS = np.array([MONDAY + n * DAY + 9 * HOUR for n in range(3)], dtype=np.int64)


def pace(*hours: int) -> Pace:
    needed = np.array([hour * HOUR for hour in hours], dtype=np.int64)
    # The rep's own, and everybody's.
    return Pace(np.concatenate([needed, needed]), np.array([0, len(needed)]))


TEN = pace(*range(1, 11))


def days(
    *arrived: tuple[int, bool], reps: tuple[Rep, ...] = (REP,), of: Pace = TEN, already: int = 0
) -> tuple[DayAhead, ...]:
    """Leads by the hour after the first opening they arrive at, and whether they are of the stock."""
    at = np.array([int(OPENS[0]) + hour * HOUR for hour, _ in arrived], dtype=np.int64)
    promised = np.full(len(arrived), 4 * HOUR, dtype=np.int64)
    stock = np.array([of_stock for _, of_stock in arrived], dtype=np.bool_)
    return ahead(at, promised, stock, already, OPENS, reps, POLICY, of)


def test_each_day_counts_its_own_and_who_waits_at_its_end() -> None:
    # At the opening three of the stock and one other: two are taken up on Monday, two on Tuesday.
    first, second = days((0, True), (0, True), (0, True), (1, False))

    assert (first.day, first.of_stock, first.others, first.waiting) == (date(2026, 11, 30), 3, 1, 2)
    assert (second.day, second.of_stock, second.others, second.waiting) == (date(2026, 12, 1), 0, 0, 0)


def test_who_waits_already_is_taken_up_first_and_is_no_days() -> None:
    first, second = days((0, True), (1, False), already=3)

    assert (first.of_stock, first.others, first.waiting) == (1, 1, 3)
    assert (second.of_stock, second.others, second.waiting) == (0, 0, 1)
    assert days(already=3)[0].waiting == 1


def test_who_arrives_before_the_first_day_is_that_days() -> None:
    first, _ = days((-30, False), (-2, False))

    assert (first.others, first.waiting) == (2, 0)


def test_in_time_is_who_waits_and_is_answered_within_what_is_promised() -> None:
    # Taken up at once, four of ten paces are four hours or less; the next waits four hours, and none is.
    first, second = days((0, True), (0, True))

    assert first.in_time == 0.2
    assert second.in_time is None


def test_nine_decisions_are_too_few_to_say_how_many_come_in_time() -> None:
    first, _ = days((0, True), of=pace(*range(1, 10)))

    assert (first.waiting, first.in_time) == (0, None)


def test_nobody_who_takes_up_any_leaves_the_queue_unknown() -> None:
    first, _ = days((0, True), reps=(Rep("r1"),))

    assert (first.of_stock, first.waiting, first.in_time) == (1, None, None)
