"""How it is said how long somebody has waited, and how much time is left."""

import pytest

from lib.core.sla.attainment import Waiting
from lib.core.sla.clocks import ClockState
from lib.ui.sla.waiting import left_in_words


def waiting(left_hours: float | None, state: ClockState) -> Waiting:
    return Waiting(0, "a:1", "a", None, 1.0, None if left_hours is None else 0, left_hours, state)


@pytest.mark.parametrize(
    ("left_hours", "state", "said"),
    [
        (3.5, ClockState.DUE, "3 h 30 min working"),
        (0.0, ClockState.DUE, "0 min working"),
        (-2.0, ClockState.OVERDUE, "2 h working over"),
        # Due on Friday evening and looked at on Saturday: no working time has passed since.
        (0.0, ClockState.OVERDUE, "0 min working over"),
        (None, ClockState.NONE, "nothing promised"),
    ],
)
def test_what_is_overdue_is_over_however_little_working_time_has_passed_since(
    left_hours: float | None, state: ClockState, said: str
) -> None:
    assert left_in_words(waiting(left_hours, state)) == said
