"""Where it takes longest until somebody has a hand-off is said only where it does."""

import pytest

from lib.core.sla.attainment import Delay, SlaGroup
from lib.ui.sla.delay import in_words


def delay(group: str | None, median_hours: float | None, assigned: int = 5) -> Delay:
    return Delay(group, 5, assigned, median_hours, median_hours)


@pytest.mark.parametrize(
    ("found", "by", "said"),
    [
        ([("web", 1.0), ("event", 2.0)], SlaGroup.CHANNEL, "“event” takes longest: half within 2 h."),
        ([("web", 0.1201), ("event", 0.1202)], SlaGroup.CHANNEL, "Half of each are assigned within 7 min or less."),
        ([("web", 0.0), ("event", 0.0)], SlaGroup.CHANNEL, "Half of each are assigned at once."),
        ([("2026-03-02", 1.0), ("2026-03-09", 2.0)], SlaGroup.WEEK, "The week of 9 Mar 2026 takes longest"),
    ],
)
def test_the_slowest_is_named_where_it_is_slower(found: list[tuple[str, float]], by: SlaGroup, said: str) -> None:
    words = in_words(tuple(delay(group, hours) for group, hours in found), by)

    assert words.startswith("Everything has been assigned. ")
    assert said in words


def test_of_one_group_nothing_is_compared() -> None:
    assert in_words((delay("web", 2.0, assigned=3),), SlaGroup.CHANNEL) == "2 hand-offs nobody was assigned to."
