"""Every lead and every activity in memory: compact arrays, sorted by lead and instant."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lib.core.arrays import NEVER, UNKNOWN, Column, Instants, Whole
from lib.core.folding import fold, plain
from lib.core.leads.changes import Changes, Noted, changes_of, text_codes_at


@dataclass(frozen=True, eq=False)
class History:
    """n leads sorted by id and their m activities sorted by lead, instant and `activity_id`.

    The activities of lead `i` are the rows `activity_start[i]` to
    `activity_start[i + 1]`. `activity_what` says which of the distinct pairs
    (`what_kind`, `what_subject`) each activity is; `activity_amount` is NaN
    where unknown. `fields` holds every column of `lead` but `lead_id`, and
    `extra.<name>` for every custom one, as it is now; instants in it are written
    `2026-03-01T09:00:00Z`. What is known of when they changed is in `changes`; from `watched_since` (n,) on every
    change of a lead would be known (NEVER: nobody has watched it). Shapes: `created_at` (n,), `activity_start`
    (n + 1,), `activity_*` (m,). Days are those of `zone`, the reporting time zone. Read-only: sessions share it.
    """

    lead_id: pa.Array
    created_at: Instants
    fields: Mapping[str, Column]
    changes: Changes
    activity_start: npt.NDArray[np.int64]
    activity_at: Instants
    activity_what: npt.NDArray[np.int32]
    activity_amount: npt.NDArray[np.float64]
    what_kind: pa.Array
    what_subject: pa.Array
    watched_since: Instants
    zone: str

    def __post_init__(self) -> None:
        # Shared between sessions; and compiled code exists once for read-only arrays, not twice.
        for array in (
            self.created_at,
            self.activity_start,
            self.activity_at,
            self.activity_what,
            self.activity_amount,
            self.watched_since,
        ):
            array.flags.writeable = False

    @property
    def leads(self) -> int:
        return len(self.created_at)

    @property
    def activities(self) -> int:
        return len(self.activity_at)

    @property
    def field_names(self) -> tuple[str, ...]:
        """Every field that some lead has or had."""
        return tuple(dict.fromkeys((*self.fields, *self.changes.fields)))

    def column(self, field: str) -> Column:
        """The column of a lead field as it is now; all unknown when no lead ever carried it (`extra.<name>`)."""
        if field in self.fields:
            return self.fields[field]
        return Column(np.full(self.leads, UNKNOWN, dtype=np.int32), pa.array([], pa.string()))

    def column_at(self, field: str, lead: Whole, at: Instants) -> Column:
        """A field of some leads (r,), none created later, as of an instant each (r,); that of now where no change of it
        is known.
        """
        dated = self.changes.fields.get(field)
        if dated is None:
            now = self.column(field)
            return Column(now.codes[lead], now.values)
        return Column(text_codes_at(self.changes, dated, lead, at), dated.column.values)


@dataclass(frozen=True, slots=True)
class Activity:
    """One thing a lead did: `at` in microseconds since 1970 UTC, `amount` None when unknown."""

    at: int
    kind: str
    subject: str | None = None
    amount: float | None = None
    activity_id: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A field became `value` at `at` (microseconds since 1970 UTC). `before` says what it was, where no earlier change
    does.
    """

    field: str
    at: int
    value: str | None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead with the texts its fields have now, their changes and its activities in any order; what the reference
    scores.

    Its days are those of `zone`, the reporting time zone.
    """

    lead_id: str
    created_at: int
    fields: Mapping[str, str | None]
    activities: tuple[Activity, ...] = ()
    zone: str = "UTC"
    changes: tuple[Change, ...] = ()

    def text_at(self, field: str, at: int) -> str | None:
        """What a field was as of an instant: what its last change by then made of it, before the first what that one
        says it was, and what it is now where no change is known.
        """
        of_field = sorted((change for change in self.changes if change.field == field), key=lambda change: change.at)
        if not of_field:
            return self.fields.get(field)
        by_then = [change.value for change in of_field if change.at <= at]
        return by_then[-1] if by_then else of_field[0].before

    def changed_at(self, fields: Collection[str]) -> list[int]:
        """The instants after its creation at which any of these fields changed, ascending."""
        return sorted({one.at for one in self.changes if one.field in fields and one.at > self.created_at})


def lead_at(history: History, row: int) -> Lead:
    """The lead of one row with all its activities, as the reference takes it."""
    first, last = int(history.activity_start[row]), int(history.activity_start[row + 1])
    kinds, subjects = history.what_kind, history.what_subject
    return Lead(
        lead_id=history.lead_id[row].as_py(),
        created_at=int(history.created_at[row]),
        fields={name: column.text(row) for name, column in history.fields.items()},
        activities=tuple(
            Activity(
                at=int(history.activity_at[i]),
                kind=kinds[int(history.activity_what[i])].as_py(),
                subject=subjects[int(history.activity_what[i])].as_py(),
                amount=None if np.isnan(history.activity_amount[i]) else float(history.activity_amount[i]),
            )
            for i in range(first, last)
        ),
        changes=tuple(_changes_at(history, row)),
        zone=history.zone,
    )


def _changes_at(history: History, row: int) -> Iterable[Change]:
    """What is known of one lead's changes; those from before its creation as one at it."""
    changes, created = history.changes, int(history.created_at[row])
    for name, of in changes.fields.items():
        if of.known[row]:
            first = of.column.text(row)
            yield Change(name, created, first, first)
            begin, end = np.searchsorted(of.change, changes.start[row : row + 2]).tolist()
            for place in range(begin, end):
                yield Change(name, int(changes.at[of.change[place]]), of.column.text(history.leads + place))


def history_of(leads: list[Lead]) -> History:
    """The arrays of some leads of one zone; what tests and small tools build a History with."""
    ordered = sorted(leads, key=lambda lead: lead.lead_id)
    names = sorted({name for lead in ordered for name in lead.fields})
    activities = [
        (row, activity)
        for row, lead in enumerate(ordered)
        for activity in sorted(lead.activities, key=lambda a: (a.at, a.activity_id))
    ]
    whats: dict[tuple[str, str | None], int] = {}
    codes = [whats.setdefault((activity.kind, activity.subject), len(whats)) for _, activity in activities]
    counts = np.bincount([row for row, _ in activities] or [0], minlength=len(ordered))
    if not activities:
        counts = np.zeros(len(ordered), dtype=np.int64)
    created_at = np.array([lead.created_at for lead in ordered], dtype=np.int64)
    fields = {name: Column.of(pa.array([lead.fields.get(name) for lead in ordered], pa.string())) for name in names}
    return History(
        lead_id=pa.array([lead.lead_id for lead in ordered], pa.string()),
        created_at=created_at,
        fields=fields,
        changes=changes_of(created_at, fields, _changes_given(ordered)),
        activity_start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        activity_at=np.array([activity.at for _, activity in activities], dtype=np.int64),
        activity_what=np.array(codes, dtype=np.int32),
        activity_amount=np.array(
            [np.nan if activity.amount is None else activity.amount for _, activity in activities], dtype=np.float64
        ),
        what_kind=pa.array([kind for kind, _ in whats], pa.string()),
        what_subject=pa.array([subject for _, subject in whats], pa.string()),
        watched_since=np.full(len(ordered), NEVER, dtype=np.int64),
        zone=leads[0].zone if leads else "UTC",
    )


def _changes_given(leads: list[Lead]) -> Noted:
    given = sorted(
        ((row, change.at, change.field, change) for row, lead in enumerate(leads) for change in lead.changes),
        key=lambda one: one[:3],
    )

    def texts(of: Sequence[str | None]) -> Column:
        return Column.of(pa.array(of, pa.string()))

    return Noted(
        lead=np.array([row for row, *_ in given], dtype=np.int64),
        at=np.array([change.at for *_, change in given], dtype=np.int64),
        field=texts([change.field for *_, change in given]),
        before=texts([change.before for *_, change in given]),
        value=texts([change.value for *_, change in given]),
    )


def frequent_values(column: Column, most: int) -> list[str]:
    """The texts that occur in most rows, the most frequent first; blank ones left out."""
    known = column.codes[column.codes != UNKNOWN]
    counts = np.bincount(known, minlength=len(column.values))
    ordered = np.argsort(-counts, kind="stable")[: most + 1]
    texts = column.values.take(pa.array(ordered)).to_pylist()
    return [text for text in texts if text.strip()][:most]


def frequent_subjects(history: History, kinds: Collection[str], most: int) -> list[str]:
    """The subjects of most activities of these kinds (all kinds when none is given), each in one spelling."""
    wanted = {fold(kind) for kind in kinds}
    counts = np.bincount(history.activity_what, minlength=len(history.what_kind))
    of_subject: dict[str, Counter[str]] = {}
    for kind, subject, count in zip(
        history.what_kind.to_pylist(), history.what_subject.to_pylist(), counts.tolist(), strict=True
    ):
        if subject and plain(subject) and (not wanted or fold(kind) in wanted):
            of_subject.setdefault(fold(subject), Counter())[plain(subject)] += count
    ranked = sorted(of_subject.values(), key=Counter.total, reverse=True)
    return [spelt.most_common(1)[0][0] for spelt in ranked[:most]]
