"""Which hand-offs are looked at, and by what they are grouped."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import NEVER, UNKNOWN, Column, Mask
from lib.core.definition.criteria import Category, Definition, FieldMatch
from lib.core.folding import fold
from lib.core.handoffs.handoffs import Handoffs
from lib.core.leads.history import History
from lib.core.replay.holding import knowing, meeting
from lib.core.time.periods import By, periods
from lib.core.time.window import Window

BAND_POINTS = 10
"""Scores at hand-over are looked at in bands this wide."""


BLANK = ""
"""As a filter: those where it is unknown."""


OTHER_TITLES = "Other titles"


class Group(StrEnum):
    """What every hand-off can be grouped by."""

    CHANNEL = "channel"
    SOURCE = "source"
    OWNER = "owner"
    REASON = "reason"


class Became(StrEnum):
    """What became of a hand-off, as far as one bar or cell is about it."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    OPEN = "open"
    CLOSED = "closed"
    PAST_DUE = "past_due"
    SQL = "sql"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Filter:
    """The hand-offs of one channel, source, owner, or several of these; None is any, BLANK the unknown."""

    channel: str | None = None
    source: str | None = None
    owner: str | None = None


def chosen(handoffs: Handoffs, only: Filter) -> Handoffs:
    """The hand-offs that pass the filter."""
    asked = (
        (handoffs.channel, spelling(handoffs.channel, only.channel)),
        (handoffs.source, spelling(handoffs.source, only.source)),
        (handoffs.owner, only.owner),
    )
    passing = [in_group(column, value or None) for column, value in asked if value is not None]
    return handoffs.take(np.logical_and.reduce(passing)) if passing else handoffs


def spelling(column: Column, value: str | None) -> str | None:
    """How the column spells a value, however an address or a person did; the value itself where it has none."""
    if value is None or not (wanted := fold(value)):
        return value and BLANK
    return next((text for text in column.values.to_pylist() if fold(text) == wanted), value)


def behind(
    handoffs: Handoffs,
    window: Window,
    outcome: Became | None = None,
    of: Sequence[tuple[Column, str | None]] = (),
) -> Handoffs:
    """The hand-offs behind one bar or cell, the newest first.

    Those of the window with this outcome (None: any) and in each of the groups: a
    column (h,) and the value in it, None for the blank.
    """
    mask = periods(window, By.WINDOW, handoffs.as_of).of(handoffs.mql_at) >= 0
    if outcome is not None:
        mask &= _with(handoffs, outcome)
    for column, value in of:
        mask &= in_group(column, value)
    return handoffs.take(np.flatnonzero(mask)[::-1])


def _with(handoffs: Handoffs, outcome: Became) -> Mask:
    if outcome in (Became.SQL, Became.WON, Became.LOST):
        return np.asarray(getattr(handoffs, f"{outcome}_at") != NEVER)
    return np.asarray(getattr(handoffs, outcome))


def in_group(column: Column, value: str | None) -> Mask:
    code = UNKNOWN if value is None else pc.index(column.values, value).as_py()
    # A value that is nowhere has the index -1 too, and it is not the blank.
    return np.asarray(column.codes == code) if value is None or code >= 0 else np.zeros(len(column.codes), np.bool_)


def group_of(handoffs: Handoffs, group: Group) -> Column:
    """The column a grouping looks at."""
    column: Column = getattr(handoffs, group)
    return column


def score_bands(handoffs: Handoffs, points: int = BAND_POINTS) -> Column:
    """The score at hand-over in bands of so many points, the lowest first: "60 to 69"."""
    known = ~np.isnan(handoffs.score)
    lows = np.floor_divide(np.where(known, handoffs.score, 0), points).astype(np.int64)
    distinct, codes = np.unique(lows[known], return_inverse=True)
    banded = np.full(len(handoffs), UNKNOWN, dtype=np.int32)
    banded[known] = codes
    return Column(banded, pa.array([f"{low * points} to {low * points + points - 1}" for low in distinct], pa.string()))


def lead_rows(handoffs: Handoffs, history: History) -> npt.NDArray[np.int64]:
    """The row of each hand-off's lead in the history; every lead of a hand-off is in it."""
    handed_over = handoffs.lead_id.dictionary_encode()
    # The fewer ids are looked among, the faster: the leads among those handed over, not the other way round.
    place = pc.index_in(history.lead_id, value_set=handed_over.dictionary).fill_null(UNKNOWN).to_numpy()
    row = np.zeros(len(handed_over.dictionary), dtype=np.int64)
    row[place[place >= 0]] = np.flatnonzero(place >= 0)
    return np.asarray(row[handed_over.indices.to_numpy()])


def title_levels(handoffs: Handoffs, history: History, definition: Definition) -> Column:
    """How high each hand-off's lead ranked when it was handed over, in the definition's own words; shape (h,).

    The label of the first profile criterion that asks for a title and is met;
    "Other titles" where none is; unknown where the title is.
    """
    ranks = [
        criterion
        for criterion in definition.active()
        if criterion.category is Category.PROFILE
        and isinstance(criterion.match, FieldMatch)
        and all(condition.field == "title" for condition in criterion.match.conditions)
    ]
    rows, at = lead_rows(handoffs, history), handoffs.mql_at
    level = np.where(knowing(history, ("title",)).at(rows, at), len(ranks), UNKNOWN)
    for place, criterion in reversed(list(enumerate(ranks))):
        assert isinstance(criterion.match, FieldMatch)  # noqa: S101  (for mypy)
        level = np.where(meeting(history, criterion.match).at(rows, at), place, level)
    labels = [*(criterion.label for criterion in ranks), OTHER_TITLES]
    return Column(level.astype(np.int32), pa.array(labels, pa.string()))
