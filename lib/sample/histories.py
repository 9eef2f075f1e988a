"""What the invented leads were before: titles that came late, companies that grew."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import Column, Instants, Real, Whole
from lib.core.definition.criteria import Definition
from lib.core.leads.changes import FieldChanges, changes_of
from lib.core.leads.history import History
from lib.core.replay.hits import find_hits
from lib.core.replay.replay import replay
from lib.core.time.clock import MICROSECONDS, MICROSECONDS_PER_DAY
from lib.sample.draw import Flags, Stream, chance, stream
from lib.sample.people import People

TITLED_LATE = 0.1
"""So many of those with a title had none at first, but for those handed over by then: it came some days later."""

GROWN = 0.1
"""So many of the companies whose size we know were smaller, unless that would have made a difference to sales."""


@dataclass(frozen=True, eq=False)
class Histories:
    """The changes of one field: whose (c,), when (c,), and what it was and became, as texts (c,)."""

    field: str
    lead: Whole
    at: Instants
    before: pa.Array
    value: pa.Array


def invent_histories(
    people: People, history: History, definition: Definition, seed: int, end: int
) -> tuple[Histories, ...]:
    """Changes up to the end, of leads whose fields are now what the table of them says.

    They change nothing of who was handed over when: a title came before the hand-over that asks for it.
    """
    every = _drawn(people, seed, end)
    dated = replace(history, changes=changes_of(history.created_at, history.fields, as_changes(every)))
    then, now = (replay(find_hits(one, definition), definition, as_of=end) for one in (dated, history))
    same = (then.qualified_at == now.qualified_at) & (then.score_at_qualification == now.score_at_qualification)
    return tuple(_of_some(one, np.flatnonzero(same[one.lead])) for one in every)


def as_changes(histories: tuple[Histories, ...]) -> dict[str, FieldChanges]:
    """The changes by field, as a history of all leads takes them."""
    return {one.field: FieldChanges(one.lead, one.at, Column.of(one.before), Column.of(one.value)) for one in histories}


def _of_some(histories: Histories, rows: Whole) -> Histories:
    places = pa.array(rows)
    return Histories(
        histories.field,
        histories.lead[rows],
        histories.at[rows],
        histories.before.take(places),
        histories.value.take(places),
    )


def _drawn(people: People, seed: int, end: int) -> tuple[Histories, ...]:
    rng = stream(seed, Stream.HISTORIES)
    count = len(people.created_at)
    soon = rng.exponential(6.0, count)
    sooner_or_later = rng.exponential(120.0, count)
    late = _those(people, "title", chance(rng, TITLED_LATE, count), soon, end)
    grown = _those(people, "employees", chance(rng, GROWN, count), sooner_or_later, end)
    was = np.maximum(people.employees / rng.uniform(1.2, 4.0, count), 1.0).astype(np.int64)
    return (
        Histories("title", *late, pa.nulls(len(late[0]), pa.string()), _texts(people, "title", late[0])),
        Histories(
            "employees",
            *grown,
            pa.array(was[grown[0]]).cast(pa.string()),
            _texts(people, "employees", grown[0]),
        ),
    )


def as_table(histories: tuple[Histories, ...], lead_ids: pa.Array) -> pa.Table:
    """The rows of `lead_change`, by lead, field and instant."""
    rows = pa.table(
        {
            "lead_id": pa.concat_arrays([lead_ids.take(pa.array(one.lead)) for one in histories]),
            "field": pa.concat_arrays([pa.array([one.field] * len(one.lead), pa.string()) for one in histories]),
            "old_value": pa.concat_arrays([one.before for one in histories]),
            "value": pa.concat_arrays([one.value for one in histories]),
            "changed_at": pa.array(np.concatenate([one.at for one in histories])).cast(pa.timestamp("us")),
        }
    )
    told = rows.append_column("dated_by", pa.array(["source"] * len(rows), pa.string()))
    return told.sort_by([("lead_id", "ascending"), ("field", "ascending"), ("changed_at", "ascending")])


def _those(people: People, field: str, changing: Flags, days: Real, end: int) -> tuple[Whole, Instants]:
    """The leads whose field is known and changed so many days after they appeared, before the end; and when."""
    known = pc.is_valid(people.table[field].combine_chunks()).to_numpy(zero_copy_only=False)
    at = people.created_at + (days * MICROSECONDS_PER_DAY / MICROSECONDS).astype(np.int64) * MICROSECONDS
    lead = np.flatnonzero(changing & known & (at > people.created_at) & (at <= end))
    return lead, at[lead]


def _texts(people: People, field: str, lead: Whole) -> pa.Array:
    return people.table[field].combine_chunks().take(pa.array(lead)).cast(pa.string())
