"""All of the invented data at once, in the tables of the design."""

import json
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import NEVER, Column
from lib.core.definition.criteria import EXTRA_PREFIX, Definition, fields_used
from lib.core.leads.changes import NO_CHANGES
from lib.core.leads.history import History
from lib.sample.budget import invent_goals, invent_spend
from lib.sample.handoffs import invent_handoffs
from lib.sample.histories import as_table, invent_histories
from lib.sample.journeys import WHATS, Journeys, invent_journeys
from lib.sample.people import invent_people
from lib.sample.reps import invent_reps
from lib.sample.rhythm import Rhythm


def invent(leads: int, seed: int, end: int, definition: Definition, zone: ZoneInfo) -> dict[str, pa.Table]:
    """A year of leads up to `end` (microseconds UTC), handed over by the definition.

    Returns the tables lead, lead_change, rep, goal, spend, activity and handoff_event, by
    name; nothing in them is later than `end`, and activities begin some weeks
    before the year. Months are those of `zone`. `leads` is 1 or more and `seed`
    0 or more (ValueError); equal arguments give equal tables.
    """
    if leads < 1:
        raise ValueError(f"at least one lead has to be invented, not {leads}")
    if seed < 0:
        raise ValueError(f"a seed is a whole number from 0 on, not {seed}")
    rhythm = Rhythm.up_to(end, zone)
    reps = invent_reps(leads, seed)
    people = invent_people(leads, seed, rhythm, reps)
    journeys = invent_journeys(people, seed, rhythm)
    history = _history(people.table, journeys, definition, zone)
    histories = invent_histories(people, history, definition, seed, end)
    events = invent_handoffs(people, journeys, history, definition, reps, seed, rhythm)
    return {
        "lead": people.table,
        "lead_change": as_table(histories, people.table["lead_id"].combine_chunks()),
        "rep": reps.table,
        "goal": invent_goals(leads, rhythm, zone),
        "spend": invent_spend(people, seed, zone),
        "activity": journeys.table(people.table["lead_id"].combine_chunks()),
        "handoff_event": events,
    }


def _history(leads: pa.Table, journeys: Journeys, definition: Definition, zone: ZoneInfo) -> History:
    """What the replay reads, with the fields the definition looks at, as they are at the end."""
    return History(
        lead_id=leads["lead_id"],
        created_at=leads["created_at"].cast(pa.int64()).to_numpy(),
        fields={field: Column.of(_texts(leads, field)) for field in set(fields_used(definition))},
        changes=NO_CHANGES,
        activity_start=journeys.start,
        activity_at=journeys.at,
        activity_what=journeys.what.astype("int32"),
        activity_amount=journeys.amount,
        what_kind=pa.array([kind for kind, _ in WHATS], pa.string()),
        what_subject=pa.array([subject for _, subject in WHATS], pa.string()),
        watched_since=np.full(len(leads), NEVER, dtype=np.int64),
        zone=zone.key,
    )


def _texts(leads: pa.Table, field: str) -> pa.Array:
    """A field of the leads as text, as the replay compares it."""
    if field.startswith(EXTRA_PREFIX):
        extra = leads["extra"].combine_chunks().dictionary_encode()
        name = field.removeprefix(EXTRA_PREFIX)
        return pa.array([json.loads(text).get(name) for text in extra.dictionary.to_pylist()], pa.string()).take(
            extra.indices
        )
    column = leads[field].combine_chunks()
    if field == "created_at":
        return pc.strftime(column.cast(pa.timestamp("s")), "%Y-%m-%dT%H:%M:%SZ")
    return column.cast(pa.string())
