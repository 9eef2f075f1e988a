"""What each thing that a lead did earned it."""

from dataclasses import dataclass

from lib.core.definition.counted import by_people
from lib.core.definition.criteria import Criterion, Definition, FieldMatch
from lib.core.definition.scoring import activities_hitting
from lib.core.leads.history import Activity, Lead


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
