"""What earned a lead which criterion when, plainly; what every faster path must match."""

from collections.abc import Iterator
from dataclasses import dataclass

from lib.core.arrays import NEVER
from lib.core.definition.conditions import activity_holds, lead_matches
from lib.core.definition.counted import by_people, earliest
from lib.core.definition.criteria import (
    ActivityMatch,
    Criterion,
    Definition,
    FieldMatch,
    FrequencyMatch,
    SequenceMatch,
    within_microseconds,
)
from lib.core.leads.history import Activity, Lead


@dataclass(frozen=True, slots=True)
class Hit:
    """A criterion earned at an instant, and taken back at another; what a lead did is never taken back."""

    at: int
    until: int = NEVER

    def counts(self, at: int) -> bool:
        """Does it count as of an instant?"""
        return self.at <= at < self.until


Hits = tuple[tuple[Criterion, tuple[Hit, ...]], ...]
"""Each active criterion with what it was earned by, ascending."""


def hits_of(definition: Definition, lead: Lead) -> Hits:
    return tuple((criterion, hits_on(criterion, lead)) for criterion in definition.active())


def hits_on(criterion: Criterion, lead: Lead, since: int = -NEVER) -> tuple[Hit, ...]:
    """What the lead earns one criterion by, ascending; of activities, by those later than `since` alone."""
    if isinstance(criterion.match, FieldMatch):
        return tuple(_held(criterion.match, lead))
    return tuple(Hit(activity.at) for activity in activities_hitting(criterion.match, lead, since))


def _held(match: FieldMatch, lead: Lead) -> Iterator[Hit]:
    """From when to when a match of fields holds, from the lead's creation on; asked after all changes of an instant."""
    since: int | None = None
    for at in [lead.created_at, *lead.changed_at({one.field for one in match.conditions})]:
        holds = lead_matches(match, lead, at)
        if holds and since is None:
            since = at
        elif since is not None and not holds:
            yield Hit(since, at)
            since = None
    if since is not None:
        yield Hit(since)


@dataclass(frozen=True, slots=True)
class Turned:
    """The criteria on fields that a lead's changes of one instant made hold, and those they ended."""

    begun: tuple[Criterion, ...]
    ended: tuple[Criterion, ...]


def turned(definition: Definition, lead: Lead) -> dict[int, Turned]:
    """What changes did to the lead's score, by instant; those that did nothing are left out."""
    held = [(one, hits_on(one, lead)) for one in definition.active() if isinstance(one.match, FieldMatch)]
    instants = {at for _, hits in held for hit in hits for at in (hit.at, hit.until)} - {NEVER, lead.created_at}
    return {
        at: Turned(
            tuple(one for one, hits in held if any(hit.at == at for hit in hits)),
            tuple(one for one, hits in held if any(hit.until == at for hit in hits)),
        )
        for at in instants
    }


def activities_hitting(
    match: ActivityMatch | FrequencyMatch | SequenceMatch, lead: Lead, since: int = -NEVER
) -> tuple[Activity, ...]:
    """The activities, in order, that earn the match; of those later than `since` alone."""
    ordered = sorted(lead.activities, key=lambda activity: (activity.at, activity.activity_id))
    # What a machine did it did whenever one begins to count.
    ordered = by_people(ordered) if not isinstance(match, SequenceMatch) and match.human else ordered
    ordered = [a for a in ordered if a.at > since]
    if isinstance(match, ActivityMatch):
        return earliest((a for a in ordered if activity_holds(match.condition, a)), match, lead.zone)
    within = within_microseconds(match.within_days)
    if isinstance(match, FrequencyMatch):
        met = [a for a in ordered if activity_holds(match.condition, a)]
        needed = match.count - 1
        enough = (met[i] for i in range(needed, len(met)) if met[i].at - met[i - needed].at <= within)
        return tuple(enough)[:1]
    firsts = [a.at for a in ordered if activity_holds(match.first, a)]
    followed = (
        a
        for a in ordered
        if activity_holds(match.second, a) and any(first < a.at and a.at - first <= within for first in firsts)
    )
    return tuple(followed)[:1]


@dataclass(frozen=True, slots=True)
class ScoredActivity:
    """An activity, and the criteria it earned; `points` is their sum, unfaded. Does it look like a machine's?"""

    activity: Activity
    criteria: tuple[Criterion, ...]
    by_machine: bool

    @property
    def points(self) -> int:
        return sum(criterion.points for criterion in self.criteria)


def scored_activities(definition: Definition, lead: Lead) -> list[ScoredActivity]:
    """Everything the lead did, the newest first, each with the criteria it earned."""
    earned: dict[int, list[Criterion]] = {}
    for criterion in definition.active():
        if not isinstance(criterion.match, FieldMatch):
            for activity in activities_hitting(criterion.match, lead):
                earned.setdefault(id(activity), []).append(criterion)
    newest_first = sorted(lead.activities, key=lambda activity: (activity.at, activity.activity_id), reverse=True)
    people = set(by_people(newest_first))
    return [ScoredActivity(one, tuple(earned.get(id(one), ())), one not in people) for one in newest_first]
