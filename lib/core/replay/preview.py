"""A draft set against the agreed definition over a window: who would be handed over, and who changes sides."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from lib.core.arrays import NEVER, Instants, Mask
from lib.core.definition.criteria import Category, Definition
from lib.core.replay.hits import Hits
from lib.core.replay.replay import Replayed, Scores, contributions, replay
from lib.core.time.window import Window

NOTHING_MOVED = 1e-9
"""A difference in points smaller than this is rounding, not a reason."""


@dataclass(frozen=True, eq=False)
class ReplayedSide:
    """One definition replayed over a window."""

    definition: Definition
    hits: Hits
    replayed: Replayed

    @property
    def in_window(self) -> Mask:
        """Which leads qualify within the window; shape (n,)."""
        edges, at = self.replayed.surface.edges, self.replayed.qualified_at
        return np.asarray((at >= edges[0]) & (at < edges[-1]))


@dataclass(frozen=True)
class Volume:
    """What a threshold brings: leads qualifying in the window, a week, and who changes sides."""

    threshold: int
    qualified: int
    kept: int
    gained: int
    lost: int
    by_week: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Preview:
    """A draft against the agreed definition; any threshold of the draft is a look-up."""

    window: Window
    draft: ReplayedSide
    agreed: ReplayedSide

    def volume(self, threshold: int) -> Volume:
        """The draft's volume at a threshold of 1 or more, exactly as a replay at it would count."""
        surface = self.draft.replayed.surface
        by_week = tuple(int(count) for count in surface.at(threshold))
        qualified, kept = sum(by_week), surface.kept_at(threshold)
        return Volume(threshold, qualified, kept, qualified - kept, self.agreed_volume.qualified - kept, by_week)

    def by_threshold(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Every threshold from 1 to either side's top, and the leads each side hands over in the window at it."""
        draft, agreed = self.draft.replayed.surface.totals()[1:], self.agreed.replayed.surface.totals()[1:]
        reach = max(len(draft), len(agreed))
        padded = [np.concatenate([side, np.zeros(reach - len(side), dtype=np.int64)]) for side in (draft, agreed)]
        return np.arange(1, reach + 1), padded[0], padded[1]

    @property
    def agreed_volume(self) -> Volume:
        by_week = tuple(int(n) for n in self.agreed.replayed.surface.at(self.agreed.definition.threshold))
        return Volume(self.agreed.definition.threshold, sum(by_week), sum(by_week), 0, 0, by_week)


def side(hits: Hits, definition: Definition, window: Window, as_of: int | Instants) -> ReplayedSide:
    """The agreed definition, or any other, replayed over the window up to `as_of` (microseconds; or (n,))."""
    return ReplayedSide(definition, hits, replay(hits, definition, as_of=as_of, edges=window.edges()))


def preview(hits: Hits, draft: Definition, agreed: ReplayedSide, window: Window, as_of: int | Instants) -> Preview:
    """The draft replayed up to `as_of` (or (n,)) and set against the agreed side of the same window and instant."""
    replayed = replay(hits, draft, as_of=as_of, edges=window.edges(), against=agreed.in_window)
    return Preview(window, ReplayedSide(draft, hits, replayed), agreed)


def drawn_per_week(compared: Preview, draft: Definition) -> float:
    """About how many leads a week a draft draws: its share of those that come so far and not to the threshold.

    Who came so far before the window and reaches the threshold in it makes it one too few; the other way round, one
    too many.
    """
    drawn = draft.below_line
    if drawn is None:
        return 0.0
    close = compared.volume(drawn.start).qualified - compared.volume(draft.threshold).qualified
    return drawn.share * max(close, 0) / compared.window.length_weeks


class Move(StrEnum):
    """What becomes of a lead that either definition hands over within the window."""

    GAINED = "gained"
    LOST = "lost"
    KEPT = "kept"


@dataclass(frozen=True, eq=False)
class Movers:
    """The leads that qualify in the window under either definition, by row; shapes (r,).

    `at` is the instant the draft qualifies them and `agreed_at` the agreed
    definition does, `NEVER` when it doesn't, and also when outside the window;
    `score` is the draft's at its instant, 0 when never.
    """

    rows: npt.NDArray[np.int64]
    change: tuple[Move, ...]
    at: Instants
    score: npt.NDArray[np.int64]
    agreed_at: Instants

    def of(self, change: Move, most: int | None = None) -> "Movers":
        """Those with one kind of change, the newest first, `most` of them."""
        chosen = np.array([n for n, one in enumerate(self.change) if one is change], dtype=np.int64)
        newest = (self.agreed_at if change is Move.LOST else self.at)[chosen]
        chosen = chosen[np.argsort(-newest, kind="stable")][:most]
        return self._take(chosen)

    def _take(self, chosen: npt.NDArray[np.int64]) -> "Movers":
        return Movers(
            self.rows[chosen],
            tuple(self.change[n] for n in chosen),
            self.at[chosen],
            self.score[chosen],
            self.agreed_at[chosen],
        )


def movers(compared: Preview) -> Movers:
    """Who is kept, gained and lost at the draft's own threshold, in the order of the leads."""
    draft_in, agreed_in = compared.draft.in_window, compared.agreed.in_window
    rows = np.flatnonzero(draft_in | agreed_in)
    change = tuple(
        Move.KEPT if drafted and agreed else Move.GAINED if drafted else Move.LOST
        for drafted, agreed in zip(draft_in[rows].tolist(), agreed_in[rows].tolist(), strict=True)
    )
    draft, agreed = compared.draft.replayed, compared.agreed.replayed
    return Movers(rows, change, draft.qualified_at[rows], draft.score_at_qualification[rows], agreed.qualified_at[rows])


def causes(compared: Preview, moved: Movers) -> list[str]:
    """For each mover the label of the criterion, or the cap, threshold or gate, that moved it most.

    Both definitions' points are compared as of the instant that decides: a lost
    lead's is when the agreed definition qualified it, any other's when the draft does.
    """
    draft, agreed = compared.draft, compared.agreed
    lost = np.array([change is Move.LOST for change in moved.change], dtype=np.bool_)
    at = np.where(lost, moved.agreed_at, moved.at)
    labels, gain = _gains(draft, agreed, moved.rows, at)
    # What helped a gained lead counts upwards, what cost a lost one downwards; a lead that qualifies under
    # both, at different times, may have been moved either way.
    both = (moved.at != NEVER) & (moved.agreed_at != NEVER)
    weight = np.where(both[:, None], np.abs(gain), np.where(lost[:, None], -gain, gain))
    best = weight.argmax(axis=1) if len(labels) else np.zeros(len(moved.rows), dtype=np.int64)
    return [
        labels[n] if weight[row, n] > NOTHING_MOVED else "a required field, minimum or disqualifier" if not same else ""
        for row, (n, same) in enumerate(zip(best.tolist(), both.tolist(), strict=True))
    ]


def _gains(
    draft: ReplayedSide, agreed: ReplayedSide, rows: npt.NDArray[np.int64], at: Instants
) -> tuple[list[str], npt.NDArray[np.float64]]:
    """How many more points the draft gives than the agreed definition, by cause; shape (r, causes)."""
    given = [_given(one, rows, at) for one in (draft, agreed)]
    columns: dict[str, npt.NDArray[np.float64]] = {}
    labels: dict[str, str] = {}
    for sign, (one, points) in zip((1.0, -1.0), zip((draft, agreed), given, strict=True), strict=True):
        names = {criterion.id: criterion.label for criterion in one.definition.criteria}
        for key, column in points.items():
            columns[key] = columns.get(key, np.zeros(len(rows))) + sign * column
            labels.setdefault(key, names.get(key, key))
    columns["the threshold"] = np.full(len(rows), float(agreed.definition.threshold - draft.definition.threshold))
    labels["the threshold"] = "the threshold"
    return [labels[key] for key in columns], np.stack(list(columns.values()), axis=1)


def _given(one: ReplayedSide, rows: npt.NDArray[np.int64], at: Instants) -> dict[str, npt.NDArray[np.float64]]:
    """Points by criterion id, faded, and what each cap took (0 or less)."""
    ids, points = contributions(one.hits, one.definition, rows, at)
    given = {criterion_id: points[:, n] for n, criterion_id in enumerate(ids)}
    category_of = {criterion.id: criterion.category for criterion in one.definition.criteria}
    for category, cap in one.definition.caps:
        inside = [column for criterion_id, column in given.items() if category_of.get(criterion_id) is category]
        total = np.sum(inside, axis=0) if inside else np.zeros(len(rows))
        given[f"the cap on {category}"] = np.minimum(cap - total, 0.0)
    return given


@dataclass(frozen=True)
class ScoreBin:
    """The leads whose score lies from `low` up to, not including, `high`, and their mean points by category."""

    low: int
    high: int
    leads: int
    mean: Mapping[Category, float]


def score_distribution(scores: Scores, width: int) -> list[ScoreBin]:
    """Known leads by score, in bins `width` whole points wide, lowest first, without gaps."""
    known = np.flatnonzero(~np.isnan(scores.total))
    if not len(known):
        return []
    numbers = np.floor_divide(scores.score[known], width).astype(np.int64)
    first = int(numbers.min())
    leads = np.bincount(numbers - first)
    means = {
        category: np.bincount(numbers - first, weights=getattr(scores, category)[known]) / np.maximum(leads, 1)
        for category in Category
    }
    return [
        ScoreBin(
            low=(first + n) * width,
            high=(first + n + 1) * width,
            leads=int(leads[n]),
            mean={category: float(means[category][n]) for category in Category},
        )
        for n in range(len(leads))
    ]
