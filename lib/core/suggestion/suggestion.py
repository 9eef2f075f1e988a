"""A definition that past decisions support better than the agreed one, within what the meeting allows; or none.

Points are fitted to the earlier part of history (`points`), the threshold follows from the volume asked for, and
the later part, which the fit has not seen, judges both (`contest`). What is not better there is not offered.
Only leads that were handed over were ever decided on: all that either brings is judged by a model of the criteria, as
every draft is. docs/decisions/0016 and 0025 say why.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from lib.core.arrays import Instants, Whole
from lib.core.consequences.expected import Expected
from lib.core.definition.criteria import Criterion, Definition
from lib.core.definition.words import differences
from lib.core.handoffs.handoffs import Decision, Handoffs
from lib.core.replay.hits import HitIndex
from lib.core.replay.replay import replay
from lib.core.statistics.rates import Rate, rate
from lib.core.suggestion.constraints import Constraints
from lib.core.suggestion.contest import (
    Contest,
    Judgement,
    PartOfHistory,
    PartOutlook,
    contest,
    judgement,
    outlook,
    parts_of,
)
from lib.core.suggestion.points import ChangedPoints, PointsStep, decided, steps
from lib.core.time.window import Window

Progress = Callable[[str, float], None]

FRONT_POINTS = 15
FRONT_RESAMPLES = 200
"""Of each of its points: fewer than of the suggestion itself, as there are so many of them."""

FRONT_LEAST, FRONT_MOST = 0.5, 2.0
"""The front is drawn from half of the volume asked for to twice as much."""


class SuggestionFinding(StrEnum):
    """What came of looking for a better definition."""

    BETTER = "better"
    NOT_BETTER = "not better"
    NO_CHANGE = "no change"
    TOO_FEW = "too few"


@dataclass(frozen=True, slots=True)
class Point:
    """A definition that can be had: with so many criteria changed, and so many MQLs a week of the window.

    `earlier` and `later` are the acceptance expected of its leads in either part of history; `gain` is how much
    likelier its points make the earlier decisions than the agreed ones (difference of log likelihoods). `contest` is
    its own comparison with the agreed definition by the later decisions; None where none was made, or none can be.
    """

    definition: Definition
    changes: int
    mqls_per_week: float
    earlier: Expected
    later: Expected
    gain: float
    contest: Contest | None = None

    @property
    def is_better(self) -> bool:
        """Was it better than the agreed definition out of time, compared with all it brings?"""
        return self.contest is not None and self.contest.is_better and self.contest.is_at_own_volume


@dataclass(frozen=True, slots=True)
class Sides:
    """The suggestion's judgement and the agreed definition's, each at its own threshold, in one part of history."""

    window: Window
    decisions: Rate
    suggested: Judgement | None
    agreed: Judgement


@dataclass(frozen=True, eq=False)
class Suggestion:
    """What was found, and what it rests on.

    `points` are the criteria changed; `by_changes` has the best definition with 0, 1, 2 … changes at the volume
    asked for, the last of which is `tried`, and `front` the trade-offs that may be chosen instead: empty unless
    better, and each with a comparison of its own.
    `agreed_points` are the agreed points at the front's volumes. `earlier` and `later` are None where there are too
    few decisions; `decisions` are all there were at the instant looked at.
    """

    agreed: Definition
    constraints: Constraints
    window: Window
    as_of: int
    decisions: Rate
    finding: SuggestionFinding
    target_per_week: float
    agreed_per_week: float
    earlier: Sides | None
    later: Sides | None
    points: tuple[ChangedPoints, ...]
    contest: Contest | None
    by_changes: tuple[Point, ...]
    front: tuple[Point, ...]
    agreed_points: tuple[Point, ...]

    @property
    def agreed_point(self) -> Point | None:
        """The agreed definition itself among the trade-offs; None where there are too few decisions."""
        if self.earlier is None or self.later is None:
            return None
        expected = self.earlier.agreed.expected, self.later.agreed.expected
        return Point(self.agreed, 0, self.agreed_per_week, *expected, 0.0)

    @property
    def tried(self) -> Point | None:
        """The best that was found, better or not; None where no change is supported."""
        return self.by_changes[-1] if len(self.by_changes) > 1 else None

    @property
    def offered(self) -> Point | None:
        """What is suggested; None unless it is better out of time."""
        return self.tried if self.finding is SuggestionFinding.BETTER else None

    def differences_of(self, point: Point) -> tuple[str, ...]:
        """What a point changes of the agreed definition, in sentences."""
        return differences(self.agreed, point.definition)


def suggest(
    index: HitIndex,
    agreed: Definition,
    handoffs: Handoffs,
    window: Window,
    constraints: Constraints | None = None,
    *,
    in_force: Definition | None = None,
    progress: Progress = lambda _doing, _share: None,
) -> Suggestion:
    """The best definition found within the constraints, beginning from `agreed`, and how it does out of time.

    `handoffs` are all of the index' history as of the instant looked at, and nothing later counts. Volumes are of the
    window. `in_force` is the definition leads are handed over by, where `agreed` is another.
    """
    allowed = (constraints or Constraints()).checked(agreed)
    looking = "Looking at every hand-off as of its hand-over"
    progress(looking, 0.0)
    volumes = _Volumes(index, window, handoffs.as_of)
    own = volumes.per_week(agreed)
    progress(looking, 0.02)
    target = own if allowed.mqls_per_week is None else allowed.mqls_per_week
    parts = parts_of(index, in_force or agreed, agreed, handoffs, window)
    decisions = rate(
        int(np.count_nonzero(handoffs.decision == Decision.ACCEPTED)),
        int(np.count_nonzero(handoffs.decision != Decision.OPEN)),
    )
    if parts is None or not all(part.is_enough for part in parts):
        few = SuggestionFinding.TOO_FEW
        return Suggestion(
            agreed, allowed, window, handoffs.as_of, decisions, few, target, own, None, None, (), None, (), (), ()
        )
    progress(looking, 0.04)
    earlier, later = parts
    known = earlier.known
    scored = known.decided[index.history.created_at[known.lead[known.decided]] <= known.mql_at[known.decided]]
    of = decided(index, agreed, known.lead[scored], known.mql_at[scored], known.reached[0, scored])
    found = steps(
        of,
        allowed.bounds(agreed),
        allowed.changes,
        lambda share: progress("Trying points for every criterion", 0.05 + 0.45 * share),
    )
    made = []
    for number, step in enumerate(found):
        progress("Finding the threshold of each", 0.5 + 0.1 * number / len(found))
        changed = _with_points(agreed, of.criteria, step)
        made.append(_Made(volumes.at_target(changed, target, agreed), step, earlier, later, index))
    by_changes = tuple(one.point(volumes, one.definition) for one in made)
    as_agreed, best = made[0], made[-1]
    fought, finding = None, SuggestionFinding.NO_CHANGE
    if len(made) > 1:
        fought = contest(
            best.later,
            best.definition.threshold,
            best.step.line,
            as_agreed.later,
            agreed.threshold,
            as_agreed.step.line,
            lambda share: progress("Judging it by later decisions", 0.6 + 0.2 * share),
        )
        by_changes = (*by_changes[:-1], replace(by_changes[-1], contest=fought))
        finding = SuggestionFinding.BETTER if fought is not None and fought.is_better else SuggestionFinding.NOT_BETTER
    in_time, out_of_time = (
        Sides(
            part.window,
            part.decisions,
            judgement(getattr(best, name), best.definition.threshold, best.step.line) if len(made) > 1 else None,
            judgement(getattr(as_agreed, name), agreed.threshold, as_agreed.step.line),
        )
        for part, name in ((earlier, "earlier"), (later, "later"))
    )
    is_better = finding is SuggestionFinding.BETTER
    front = (
        _front(
            agreed,
            made,
            volumes,
            target,
            by_changes[-1],
            lambda share: progress("Judging every trade-off by later decisions", 0.8 + 0.2 * share),
        )
        if is_better
        else ()
    )
    progress("Done", 1.0)
    return Suggestion(
        agreed,
        allowed,
        window,
        handoffs.as_of,
        decisions,
        finding,
        target,
        own,
        in_time,
        out_of_time,
        best.step.changed,
        fought,
        by_changes,
        front,
        _thinned(as_agreed.points(volumes, target)) if is_better else (),
    )


def _with_points(agreed: Definition, criteria: tuple[Criterion, ...], step: PointsStep) -> Definition:
    changed = agreed
    for criterion, points in zip(criteria, step.points.tolist(), strict=True):
        if points != criterion.points:
            changed = changed.with_points(criterion.id, points)
    return changed


class _Volumes:
    """How many leads any threshold brings in the window: the surface, as everywhere; one pass a set of points."""

    def __init__(self, index: HitIndex, window: Window, as_of: int) -> None:
        self.index, self.window, self.as_of = index, window, as_of
        self.edges: Instants = window.edges()
        self._known: dict[Definition, Whole] = {}

    def totals(self, definition: Definition) -> Whole:
        """Leads that qualify in the window at each threshold; shape (top + 1,)."""
        of = definition.with_threshold(1)
        if of not in self._known:
            hits = self.index.hits(definition)
            self._known[of] = replay(hits, of, as_of=self.as_of, edges=self.edges).surface.totals()
        return self._known[of]

    def per_week(self, definition: Definition) -> float:
        """MQLs a week at the definition's own threshold."""
        totals = self.totals(definition)
        leads = int(totals[definition.threshold]) if definition.threshold < len(totals) else 0
        return leads / self.window.length_weeks

    def at_target(self, definition: Definition, target: float, agreed: Definition) -> Definition:
        """With the threshold whose volume is nearest the target; of those alike the nearest to the agreed one."""
        leads = self.totals(definition)[1:] / self.window.length_weeks
        if not len(leads):
            return definition
        off = np.abs(leads - target)
        alike = np.flatnonzero(off <= off.min() + 1e-9) + 1
        nearest = int(alike[np.argmin(np.abs(alike - agreed.threshold))])
        return definition if nearest == definition.threshold else definition.with_threshold(nearest)


class _Made:
    """One set of points at the volume asked for, in both parts of history."""

    def __init__(
        self, definition: Definition, step: PointsStep, earlier: PartOfHistory, later: PartOfHistory, index: HitIndex
    ) -> None:
        self.definition, self.step = definition, step
        self.earlier: PartOutlook = outlook(index, definition, earlier)
        self.later: PartOutlook = outlook(index, definition, later)

    def point(self, volumes: _Volumes, definition: Definition) -> Point:
        """These points with a threshold."""
        return Point(
            definition,
            len(self.step.changed),
            volumes.per_week(definition),
            self.earlier.follows.expected(definition.threshold),
            self.later.follows.expected(definition.threshold),
            self.step.gain,
        )

    def points(self, volumes: _Volumes, target: float) -> list[Point]:
        """Every threshold whose volume the front shows, and whose acceptance is known in both parts."""
        leads = volumes.totals(self.definition) / volumes.window.length_weeks
        shown = np.flatnonzero((leads >= FRONT_LEAST * target) & (leads <= FRONT_MOST * target) & (leads > 0))
        made = [
            self.point(volumes, self.definition.with_threshold(threshold)) for threshold in shown.tolist() if threshold
        ]
        return [point for point in made if point.earlier.share is not None and point.later.share is not None]


def _front(
    agreed: Definition,
    made: list[_Made],
    volumes: _Volumes,
    target: float,
    own: Point,
    progress: Callable[[float], None],
) -> tuple[Point, ...]:
    """What no other beats in both volume and acceptance in the earlier part, and the suggestion itself, `own`.

    The agreed points, first of those made, compete with other thresholds. The earlier part chooses, so that the later
    part's figures of those chosen are not the luckiest of many; the later part then judges each for itself.
    """
    as_agreed, *_ = made
    progress(0.0)
    of_points = [(point, one) for one in made for point in one.points(volumes, target)]
    of_points.sort(key=lambda of: (-of[0].mqls_per_week, -(of[0].earlier.share or 0.0), of[0].changes))
    kept: list[Point] = []
    by: dict[Definition, _Made] = {}
    for point, one in of_points:
        if not kept or (point.earlier.share or 0.0) > (kept[-1].earlier.share or 0.0):
            kept.append(point)
            by[point.definition] = one
    chosen = [point for point in _thinned(kept) if point.definition not in (own.definition, agreed)]

    def judged(number: int, point: Point) -> Point:
        one = by[point.definition]
        fought = contest(
            one.later,
            point.definition.threshold,
            one.step.line,
            as_agreed.later,
            agreed.threshold,
            as_agreed.step.line,
            lambda share: progress((number + share) / len(chosen)),
            FRONT_RESAMPLES,
        )
        return replace(point, contest=fought)

    front = [own, *(judged(number, point) for number, point in enumerate(chosen))]
    return tuple(sorted(front, key=lambda point: (point.mqls_per_week, -point.definition.threshold)))


def _thinned(points: list[Point]) -> tuple[Point, ...]:
    """So many of them as a chart can show, evenly by their order."""
    ordered = sorted(points, key=lambda point: (point.mqls_per_week, -point.definition.threshold))
    if len(ordered) <= FRONT_POINTS:
        return tuple(ordered)
    places = np.unique(np.linspace(0, len(ordered) - 1, FRONT_POINTS).round().astype(int))
    return tuple(ordered[place] for place in places.tolist())
