"""What the invented leads were before: titles that came late, companies that grew."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import Column, Instants, Real, Whole
from lib.core.definition.criteria import Definition
from lib.core.leads.changes import Noted, changes_of
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


def invent_histories(people: People, history: History, definition: Definition, seed: int, end: int) -> Noted:
    """Changes up to the end, of leads whose fields are now what the table of them says.

    They change nothing of who was handed over when: a title came before the hand-over that asks for it.
    """
    noted = _drawn(people, seed, end)
    dated = replace(history, changes=changes_of(history.created_at, history.fields, noted))
    then, now = (replay(find_hits(one, definition), definition, as_of=end) for one in (dated, history))
    same = (then.qualified_at == now.qualified_at) & (then.score_at_qualification == now.score_at_qualification)
    return noted.some(np.flatnonzero(same[noted.lead]))


def as_table(noted: Noted, lead_ids: pa.Array) -> pa.Table:
    """The rows of `lead_change`, by lead, then instant."""
    return pa.table(
        {
            "lead_id": lead_ids.take(pa.array(noted.lead)),
            "field": noted.field.texts(),
            "old_value": noted.before.texts(),
            "value": noted.value.texts(),
            "changed_at": pa.array(noted.at).cast(pa.timestamp("us")),
            "dated_by": pa.array(["source"] * len(noted.lead), pa.string()),
        }
    )


def _drawn(people: People, seed: int, end: int) -> Noted:
    rng = stream(seed, Stream.HISTORIES)
    count = len(people.created_at)
    soon, sooner_or_later = rng.exponential(6.0, count), rng.exponential(120.0, count)
    titled = _those(people, "title", chance(rng, TITLED_LATE, count), soon, end)
    grown = _those(people, "employees", chance(rng, GROWN, count), sooner_or_later, end)
    was = np.maximum(people.employees / rng.uniform(1.2, 4.0, count), 1.0).astype(np.int64)[grown[0]]
    lead, at = (np.concatenate(parts) for parts in zip(titled, grown, strict=True))
    counts = len(titled[0]), len(grown[0])
    every = Noted(
        lead,
        at,
        field=Column(np.repeat(np.arange(2, dtype=np.int32), counts), pa.array(["title", "employees"])),
        before=Column.of(pa.concat_arrays([pa.nulls(counts[0], pa.string()), pa.array(was).cast(pa.string())])),
        value=Column.of(pa.concat_arrays([_texts(people, "title", titled[0]), _texts(people, "employees", grown[0])])),
    )
    return every.some(np.lexsort((every.field.codes, at, lead)))


def _those(people: People, field: str, changing: Flags, days: Real, end: int) -> tuple[Whole, Instants]:
    """The leads whose field is known and changed so many days after they appeared, before the end; and when."""
    known = pc.is_valid(people.table[field].combine_chunks()).to_numpy(zero_copy_only=False)
    at = people.created_at + (days * MICROSECONDS_PER_DAY / MICROSECONDS).astype(np.int64) * MICROSECONDS
    lead = np.flatnonzero(changing & known & (at > people.created_at) & (at <= end))
    return lead, at[lead]


def _texts(people: People, field: str, lead: Whole) -> pa.Array:
    return people.table[field].combine_chunks().take(pa.array(lead)).cast(pa.string())
