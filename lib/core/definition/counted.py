"""Which of the activities that a condition means count: what people did, and the earliest few of each.

Plainly, as the reference takes them; `lib.core.replay` finds the same for all leads at once.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import takewhile
from zoneinfo import ZoneInfo

from lib.core.definition.criteria import ActivityMatch, Criterion, Definition, FrequencyMatch, Per
from lib.core.folding import fold, is_one_of
from lib.core.leads.history import Activity
from lib.core.time.clock import MICROSECONDS, day_of

CLICK, OPEN = "email_click", "email_open"
"""What mail scanners do beside people: they follow every link of a mail within seconds, and load its pictures."""

AT_ONCE = 5 * MICROSECONDS
"""Clicks within so long, ends included, are looked at together; an open so near to a machine's click is its too."""

SUBJECTS_OF_A_MACHINE = 3
"""Nobody reads a mail and follows so many different links of it at once."""


def by_people(activities: Sequence[Activity]) -> list[Activity]:
    """The activities of one lead, in any order, without what a machine did."""
    clicks = sorted((one for one in activities if fold(one.kind) == CLICK), key=lambda one: one.at)
    # Some time that holds clicks may as well begin with the first of them.
    of_machine = {click for n in range(len(clicks)) for click in _followed_at_once(clicks[n:])}
    instants = sorted(click.at for click in of_machine)

    def is_a_machines(one: Activity) -> bool:
        near = bisect_left(instants, one.at - AT_ONCE) < bisect_right(instants, one.at + AT_ONCE)
        return one in of_machine or (near and fold(one.kind) == OPEN)

    return [one for one in activities if not is_a_machines(one)]


def _followed_at_once(clicks: Sequence[Activity]) -> list[Activity]:
    """The clicks close after the first of these, where together they are a machine's; none where they are not."""
    together = list(takewhile(lambda one: one.at <= clicks[0].at + AT_ONCE, clicks))
    subjects = {subject_of(one) for one in together} - {""}
    return together if len(subjects) >= SUBJECTS_OF_A_MACHINE else []


def without_machines(definition: Definition) -> Definition:
    """The definition with what a machine did left out wherever that can change anything."""
    return replace(definition, criteria=tuple(_without_machines(criterion) for criterion in definition.criteria))


def _without_machines(criterion: Criterion) -> Criterion:
    match = criterion.match
    if isinstance(match, ActivityMatch | FrequencyMatch) and can_be_a_machines(match.condition.kinds):
        return replace(criterion, match=replace(match, human=True))
    return criterion


def can_be_a_machines(kinds: Iterable[str]) -> bool:
    """Is one of these kinds of activity among those that a machine may have done?"""
    return any(is_one_of(kind, (CLICK, OPEN)) for kind in kinds)


def subject_of(activity: Activity) -> str:
    """What two subjects are the same by; empty where it is unknown."""
    return fold(activity.subject or "")


def earliest(ordered: Iterable[Activity], match: ActivityMatch, zone: str) -> tuple[Activity, ...]:
    """Of one lead's activities, in order, the earliest `limit` of each that the limit is of; days are the zone's."""
    if match.limit is None:
        return tuple(ordered)
    found: Counter[object] = Counter()
    counted = []
    for activity in ordered:
        of = _limited(activity, match.per, zone)
        found[of] += 1
        if found[of] <= match.limit:
            counted.append(activity)
    return tuple(counted)


def _limited(activity: Activity, per: Per, zone: str) -> object:
    match per:
        case Per.LEAD:
            return None
        case Per.DAY:
            return day_of(activity.at, ZoneInfo(zone))
        case Per.SUBJECT:
            return subject_of(activity)
