"""Leads that came back from sales: what they earn as if they began anew, and when that hands them over again."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from lib.core.arrays import NEVER, Column, Instants, Mask, Whole
from lib.core.definition.criteria import Category, Definition
from lib.core.leads.changes import of_some
from lib.core.leads.history import History
from lib.core.replay.hits import DEFINITIONS_REMEMBERED, HitIndex, Hits
from lib.core.replay.replay import Rises, Surface, rises


@dataclass(frozen=True, eq=False)
class Returns:
    """Every time a lead came back from sales; shapes (k,), by lead (a row of the history), then instant.

    Those that say the same are equal: what was found out about leads and these holds as long as nobody else returns.
    """

    lead: Whole
    at: Instants

    def __post_init__(self) -> None:
        self.lead.flags.writeable = False
        self.at.flags.writeable = False

    @cached_property
    def next_at(self) -> Instants:
        """When the same lead came back the next time, NEVER where it did not; shape (k,)."""
        next_at = np.full(len(self.at), NEVER, dtype=np.int64)
        same = np.flatnonzero(self.lead[1:] == self.lead[:-1])
        next_at[same] = self.at[same + 1]
        return next_at

    @cached_property
    def _told(self) -> tuple[bytes, bytes]:
        return self.lead.tobytes(), self.at.tobytes()

    def __eq__(self, other: object) -> bool:
        return self._told == other._told if isinstance(other, Returns) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._told)


def nobody_returned() -> Returns:
    return Returns(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))


class Afresh:
    """The hits of leads that came back, once a return, for any definition; remembers what conditions matched.

    A lead that came back earns actions only by what it did since, strictly after the return: they are looked for among
    the activities since then alone, so that limits, counts and sequences begin anew and an old action is worth
    nothing. Who it is and where we met still counts, and so does what speaks against it, whenever that was. It is
    looked at from its first such action on; without one it is never.

    Safe to share between threads.
    """

    def __init__(self, history: History, returns: Returns) -> None:
        self.returns = returns
        always = np.full(len(returns.at), -NEVER, dtype=np.int64)
        ever, _ = _with_activities_after(history, returns.lead, always)
        since, later = _with_activities_after(history, returns.lead, returns.at)
        self._ever = HitIndex(ever)
        # What a machine did it did whenever a lead came back.
        self._since = HitIndex(since, by_machine=lambda: self._ever.by_machine[later])
        self._joined: OrderedDict[tuple[int, int], tuple[Hits, Hits, Hits]] = OrderedDict()
        self._lock = threading.Lock()

    def hits(self, definition: Definition) -> Hits:
        """The hits of each return, as of a lead created by its first action since; row by row of `returns`."""
        actions = tuple(one for one in definition.active() if one.category is Category.ACTIONS)
        others = tuple(one for one in definition.active() if one.category is not Category.ACTIONS)
        earned = self._since.hits(replace(definition, criteria=actions))
        spoken = self._ever.hits(replace(definition, criteria=others))
        with self._lock:
            # The indexes give the same objects for as long as no condition changes; held here, they stay what they are.
            key = id(earned), id(spoken)
            if key not in self._joined:
                self._joined[key] = earned, spoken, _together(earned, spoken)
                while len(self._joined) > DEFINITIONS_REMEMBERED:
                    self._joined.popitem(last=False)
            self._joined.move_to_end(key)
            return self._joined[key][-1]

    def hits_ever(self, definition: Definition) -> Hits:
        """The hits of the same leads by all they ever did, row by row of `returns`."""
        return self._ever.hits(definition)


@dataclass(frozen=True, eq=False)
class Again:
    """Every look at which a lead that came back is handed over again, under some thresholds; r rows.

    At `at` the lead of row `lead` reaches every threshold above `below` and up to `upto` for the first time since a
    return, and before the next. Shapes (r,). Under which of these it first qualifies at all at that very instant is
    left out. `surface` counts them by the window's bins, for every threshold at once; it keeps nobody.
    """

    lead: Whole
    at: Instants
    below: Whole
    upto: Whole
    surface: Surface

    def at_threshold(self, threshold: int) -> Whole:
        """The rows that are a hand-off at this threshold, one a return at most."""
        return np.flatnonzero((self.below < threshold) & (threshold <= self.upto))


def again(afresh: Afresh, definition: Definition, last_look: int | Instants, edges: Instants) -> Again:
    """Who is handed over again within the bins between `edges` (bins + 1,), ascending instants.

    `last_look` (microseconds; one instant, or each lead's own, (n,)) is until when a lead is looked at.
    """
    returns, begun = afresh.returns, afresh.hits(definition)
    until = last_look[returns.lead] if isinstance(last_look, np.ndarray) else np.full(len(returns.at), last_look)
    start, end = int(edges[0]), int(edges[-1])
    new = rises(begun, definition, as_of=np.minimum(until, returns.next_at - 1), start=start, end=end)
    first = rises(afresh.hits_ever(definition), definition, as_of=until, start=start, end=end)
    row, below, upto = _without_first(new, first, returns.at)
    at = new.at[row]
    top = int(upto.max(initial=0))
    steps = np.zeros((len(edges) - 1, top + 2), dtype=np.int64)
    in_bin = np.searchsorted(edges, at, side="right") - 1
    np.add.at(steps, (in_bin, below + 1), 1)
    np.add.at(steps, (in_bin, upto + 1), -1)
    by_bin = np.cumsum(steps, axis=1)[:, : top + 1]
    surface = Surface(edges, by_bin, np.zeros(top + 1, dtype=np.int64), top)
    return Again(returns.lead[new.lead[row]], at, below, upto, surface)


def _without_first(new: Rises, first: Rises, returned_at: Instants) -> tuple[Whole, Whole, Whole]:
    """The rises (by row) less the thresholds that the same lead first reaches at the same instant: above, and up to."""
    below, upto = new.below.astype(np.int64), new.score.astype(np.int64)
    # Where nothing is first reached, all of it is what lies below.
    low, high = upto.copy(), upto.copy()
    row, same = _at_one_instant(new, first, returned_at)
    low[row], high[row] = first.below[same], first.score[same]
    every = np.arange(len(new.at))
    pieces = (
        np.concatenate([every, every]),
        np.concatenate([below, np.maximum(below, high)]),
        np.concatenate([np.minimum(upto, low), upto]),
    )
    left = pieces[1] < pieces[2]
    row, below, upto = (one[left] for one in pieces)
    return row, below, upto


def _at_one_instant(new: Rises, first: Rises, returned_at: Instants) -> tuple[Whole, Whole]:
    """The rows of both that are of the same return and instant."""
    # Most of who comes again first qualified before the return: few are compared.
    late = np.flatnonzero(first.at > returned_at[first.lead])
    has_late = np.zeros(len(returned_at), dtype=np.bool_)
    has_late[first.lead[late]] = True
    asked = np.flatnonzero(has_late[new.lead])
    instants = np.unique(np.concatenate([new.at[asked], first.at[late]]))
    key_of_new, key_of_first = (
        one.lead[some].astype(np.int64) * len(instants) + np.searchsorted(instants, one.at[some])
        for one, some in ((new, asked), (first, late))
    )
    _, place_of_new, place_of_first = np.intersect1d(key_of_new, key_of_first, assume_unique=True, return_indices=True)
    return asked[place_of_new], late[place_of_first]


def _together(earned: Hits, spoken: Hits) -> Hits:
    """The hits of actions since, and of all else ever, as of leads created by their first action since."""
    first_action = np.full(earned.leads, NEVER, dtype=np.int64)
    acting = np.flatnonzero(np.diff(earned.start))
    first_action[acting] = earned.at[earned.start[acting]]
    lead = np.concatenate([_lead_of_hits(earned), _lead_of_hits(spoken)])
    at = np.concatenate([earned.at, spoken.at])
    pattern = np.concatenate([earned.pattern, spoken.pattern + np.int32(len(earned.patterns))])
    order = np.lexsort((at, lead))
    patterns = np.zeros(np.add(earned.patterns.shape, spoken.patterns.shape), dtype=np.bool_)
    patterns[: len(earned.patterns), : len(earned.criteria)] = earned.patterns
    patterns[len(earned.patterns) :, len(earned.criteria) :] = spoken.patterns
    return replace(
        spoken,
        created_at=np.maximum(first_action, spoken.created_at),
        criteria=(*earned.criteria, *spoken.criteria),
        start=earned.start + spoken.start,
        at=at[order],
        pattern=pattern[order],
        patterns=patterns,
    )


def _lead_of_hits(hits: Hits) -> Whole:
    return np.repeat(np.arange(hits.leads), np.diff(hits.start))


def _with_activities_after(history: History, rows: Whole, after: Instants) -> tuple[History, Mask]:
    """Some leads, by row, with their activities later than an instant each; a lead may be there several times.

    Returns as well which of all their activities these are.
    """
    counts = history.activity_start[rows + 1] - history.activity_start[rows]
    ends = np.cumsum(counts)
    places = np.repeat(history.activity_start[rows] - (ends - counts), counts) + np.arange(counts.sum())
    lead = np.repeat(np.arange(len(rows)), counts)
    later = history.activity_at[places] > after[lead]
    kept = places[later]
    of_lead = np.bincount(lead[later], minlength=len(rows))
    some = replace(
        history,
        lead_id=history.lead_id.take(pa.array(rows)),
        created_at=history.created_at[rows],
        fields={name: Column(column.codes[rows], column.values) for name, column in history.fields.items()},
        changes=of_some(history.changes, rows),
        watched_since=history.watched_since[rows],
        activity_start=np.concatenate([[0], np.cumsum(of_lead)]).astype(np.int64),
        activity_at=history.activity_at[kept],
        activity_what=history.activity_what[kept],
        activity_amount=history.activity_amount[kept],
    )
    return some, later
