"""How far figures rest on fields of which nobody knows since when they are what they are."""

from dataclasses import dataclass, replace

import numpy as np

from lib.core.arrays import Instants, Mask, Whole
from lib.core.definition.criteria import Category, Definition, FieldMatch, fields_used
from lib.core.leads.history import History
from lib.core.numbers import TOLERANCE
from lib.core.replay.hits import Hits
from lib.core.replay.holding import undated_of
from lib.core.replay.replay import contributions


@dataclass(frozen=True, slots=True)
class KnownWhen:
    """What is known of the fields that a definition asks for, of some leads looked at as of an instant each.

    Of `leads`, `changed_after` had one of these fields changed after their instant: it counts as it was then. `undated`
    have one of which no change is known, while nobody watched the lead yet: it counts as it is now. `resting` reach the
    threshold only by such fields, or would have a required one missing. `fields` are the undated ones, with how many
    leads each, the most first.
    """

    leads: int
    changed_after: int
    undated: int
    resting: int
    fields: tuple[tuple[str, int], ...]


def known_when(history: History, hits: Hits, definition: Definition, lead: Whole, at: Instants) -> KnownWhen:
    """Of some leads (r,) as of an instant each (r,); `hits` are the definition's."""
    active = replace(definition, criteria=definition.active())
    asked = list(dict.fromkeys(fields_used(active)))
    undated = {field: undated_of(history, field, lead, at) for field in asked}
    changed, some = np.zeros(len(lead), dtype=np.bool_), np.zeros(len(lead), dtype=np.bool_)
    for field in asked:
        changed |= _changed_after(history, field, lead, at)
        some |= undated[field]
    resting = some & _falls_short(hits, active, undated, lead, at)
    counts = ((field, int(np.count_nonzero(mask))) for field, mask in undated.items())
    return KnownWhen(
        leads=len(lead),
        changed_after=int(np.count_nonzero(changed)),
        undated=int(np.count_nonzero(some)),
        resting=int(np.count_nonzero(resting)),
        fields=tuple(sorted((one for one in counts if one[1]), key=lambda one: (-one[1], one[0]))),
    )


def _changed_after(history: History, field: str, lead: Whole, at: Instants) -> Mask:
    dated = history.changes.fields.get(field)
    if dated is None:
        return np.zeros(len(lead), dtype=np.bool_)
    ends = np.searchsorted(dated.change, history.changes.start[lead + 1])
    return np.asarray(ends > np.searchsorted(dated.change, history.changes.up_to(lead, at)))


def _falls_short(hits: Hits, definition: Definition, undated: dict[str, Mask], lead: Whole, at: Instants) -> Mask:
    """Who would not reach the threshold with every gate open, had no undated field said anything."""
    criteria = {criterion.id: criterion for criterion in definition.criteria}
    ids, points = contributions(hits, definition, lead, at)
    sums = {category: np.zeros(len(lead)) for category in Category}
    for place, one in enumerate(ids):
        criterion = criteria[one]
        counted = np.ones(len(lead), dtype=np.bool_)
        # What an undated field takes away it takes away whenever it came: nobody rests on that.
        if isinstance(criterion.match, FieldMatch) and criterion.points > 0:
            for condition in criterion.match.conditions:
                counted &= ~undated.get(condition.field, ~counted)
        sums[criterion.category] += np.where(counted, points[:, place], 0.0)
    for category, cap in definition.caps:
        sums[category] = np.minimum(sums[category], cap)
    short = sum(sums.values()) + TOLERANCE < definition.threshold
    for category, least in definition.minimums:
        short |= sums[category] + TOLERANCE < least
    for field in definition.require:
        if field in undated:
            short |= undated[field]
    return np.asarray(short, dtype=np.bool_)
