"""What became of the leads that were handed over: answers, decisions, sales, by a truth nobody sees."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from lib.core.arrays import NEVER, Instants, Real, Whole
from lib.core.definition.criteria import Category, Definition
from lib.core.leads.history import History
from lib.core.numbers import TOLERANCE
from lib.core.replay.hits import Hits, find_hits
from lib.core.replay.replay import contributions, replay, scores
from lib.core.time.clock import MICROSECONDS, MICROSECONDS_PER_DAY
from lib.sample.draw import Flags, Stream, chance, chosen_by_row, ids, likelihood, stream
from lib.sample.journeys import WHATS, Journeys
from lib.sample.people import People, Persona
from lib.sample.reps import TEAM_ZONES, Reps
from lib.sample.rhythm import Office, Rhythm
from lib.sample.vocabulary import INDUSTRIES, Level

FATES = {
    "no_reply": "recycled",
    "bad_timing": "recycled",
    "no_budget": "recycled",
    "wrong_person": "recycled",
    "too_small": "disqualified",
    "student_or_job_seeker": "disqualified",
    "competitor": "disqualified",
    "bad_data": "disqualified",
}
"""The coded reasons and what each makes of a rejected lead, as in reasons.yaml."""

REASONS = tuple(FATES)

ACCEPT_ANSWERS = json.dumps({"answers": {"meets_requirements": True, "can_talk": True, "could_do_business": True}})
SQL_ANSWERS = json.dumps(
    {"answers": {"buying_cycle": True, "influence": True, "time_frame": True, "size": True, "next_steps": True}}
)
TOUCHED = (json.dumps({"contact": False}), json.dumps({"contact": True}))

FORGOTTEN = 0.012
"""How many hand-offs nobody ever decides."""

REST_DAYS = 14
"""So long a recycled lead is left in peace before it may be handed over again."""

TARGET_INDUSTRIES = tuple(INDUSTRIES.index(name) for name in ("Software", "Manufacturing", "Logistics"))


@dataclass(frozen=True, eq=False)
class Seen:
    """What each lead had done by the time it was handed over; counts of shape (n,)."""

    pricing: Whole
    demo: Whole
    contact: Whole
    conversation: Whole
    stayed: Whole
    registered: Whole


@dataclass(frozen=True, eq=False)
class Events:
    """Some events of one kind, shapes (k,); reason and amount are None where the kind carries none.

    `reason` indexes REASONS and `detail` the texts in `details`, of which all events
    have the only one where `detail` is None; `actor` is a rep, −1 marketing.
    """

    kind: str
    lead: Whole
    at: Instants
    actor: Whole
    reason: Whole | None = None
    amount: Real | None = None
    details: Sequence[str] = ()
    detail: Whole | None = None


@dataclass(frozen=True, eq=False)
class Handed:
    """Hand-offs of one cycle, by instant: lead, instant and score at hand-over, and its rep; shapes (k,)."""

    lead: Whole
    at: Instants
    score: Whole
    rep: Whole


def invent_handoffs(
    people: People,
    journeys: Journeys,
    history: History,
    definition: Definition,
    reps: Reps,
    seed: int,
    rhythm: Rhythm,
) -> pa.Table:
    """The rows of `handoff_event` up to the rhythm's end, by instant."""
    rng = stream(seed, Stream.HANDOFFS)
    hits = find_hits(history, definition)
    replayed = replay(hits, definition, as_of=rhythm.end)
    leads = np.flatnonzero(replayed.qualified_at != NEVER)
    temper = rng.normal(0.0, 0.45, history.leads)
    rep_of_lead = _reps_of(people, reps, rng)
    offices = [Office.around(rhythm, ZoneInfo(zone)) for zone in TEAM_ZONES.values()]
    world = World(people, journeys, reps, offices, temper)

    first = _handed(rng, leads, replayed.qualified_at[leads], replayed.score_at_qualification[leads], rep_of_lead)
    events, recycled_at = _cycle(rng, world, first)
    again, at, score = _qualifying_again(hits, definition, recycled_at, rhythm.end)
    return_trip = chance(rng, 0.8, len(again))
    second = _handed(rng, again[return_trip], at[return_trip], score[return_trip], rep_of_lead)
    more, _ = _cycle(rng, world, second)
    return _table([*events, *more], people.table["lead_id"].combine_chunks(), reps, rhythm.end)


@dataclass(frozen=True, eq=False)
class World:
    """What decides besides chance; `temper` (n,) is what a lead is like and nothing shows."""

    people: People
    journeys: Journeys
    reps: Reps
    offices: list[Office]
    temper: Real

    def working(self, rep: Whole, at: Instants, working_hours: Real) -> Instants:
        """The instants after so many hours of each rep's working time, at least a minute on."""
        team = self.reps.team[rep]
        done = at.copy()
        for place, office in enumerate(self.offices):
            ours = team == place
            done[ours] = office.after(at[ours], working_hours[ours])
        return np.maximum(done, at + 60 * MICROSECONDS)


def _reps_of(people: People, reps: Reps, rng: np.random.Generator) -> Whole:
    """The rep each lead would go to: its owner, where it has one."""
    numbers = {rep: place for place, rep in enumerate(reps.ids.to_pylist())}
    owner = people.table["owner"].combine_chunks().dictionary_encode()
    owners = np.array([numbers[rep] for rep in owner.dictionary.to_pylist()] + [-1], dtype=np.int64)
    owned = owners[owner.indices.fill_null(-1).to_numpy(zero_copy_only=False)]
    return np.where(owned >= 0, owned, reps.drawn(rng, people.country))


def _handed(rng: np.random.Generator, lead: Whole, qualified_at: Instants, score: Whole, rep_of_lead: Whole) -> Handed:
    """Handed over some minutes after qualifying."""
    at = qualified_at + np.floor(60.0 * rng.uniform(1.0, 9.0, len(lead))).astype(np.int64) * MICROSECONDS
    order = np.lexsort((lead, at))
    return Handed(lead[order], at[order], score[order], rep_of_lead[lead[order]])


def _cycle(rng: np.random.Generator, world: World, handed: Handed) -> tuple[list[Events], Instants]:
    """All events of these hand-offs, whenever they are, and when each lead (n,) was recycled (NEVER if not)."""
    people, lead, rep = world.people, handed.lead, handed.rep
    count = len(lead)
    assigned_at = handed.at + _minutes(rng, np.exp(rng.normal(np.log(6.0), 0.9, count)))

    # Whoever has more on the desk than fits a day answers later.
    patience = world.reps.slowness[rep] * (1.0 + 0.35 * _overload(handed, world.reps))
    touched_at = world.working(rep, assigned_at, 0.45 * patience * np.exp(rng.normal(0.0, 0.9, count)))
    waited_hours = (touched_at - handed.at) / MICROSECONDS / 3600
    seen = _seen(world.journeys, _by_lead(people, lead, handed.at))
    fit = _fit(people, lead)
    deeds = _deeds_worth(seen, lead)
    # Quick answers find people who still remember why they asked.
    promptness = np.where(waited_hours <= 1.0, 0.35, np.where(waited_hours > 24.0, -0.35, 0.0))
    reached = chance(rng, likelihood(0.8 + 0.4 * people.eagerness[lead] + promptness), count)
    decided_at = world.working(rep, touched_at, 1.1 * patience * np.exp(rng.normal(0.0, 0.8, count)))
    log_odds = -1.0 + fit + deeds + promptness + world.temper[lead] + np.where(reached, 0.2, -1.0)
    accepted = chance(rng, likelihood(log_odds + 0.25 * people.eagerness[lead]), count)
    reason = chosen_by_row(rng, _reason_weights(people, lead, reached))

    decided = ~chance(rng, FORGOTTEN, count)
    touched = np.where(decided, chance(rng, 0.93, count), chance(rng, 0.3, count))
    yes, no = np.flatnonzero(decided & accepted), np.flatnonzero(decided & ~accepted)
    scores_given, score_place = np.unique(handed.score, return_inverse=True)
    events = [
        Events(
            "mql",
            lead,
            handed.at,
            np.full(count, -1),
            details=[json.dumps({"version": 1, "score": score}) for score in scores_given.tolist()],
            detail=score_place,
        ),
        Events("assigned", lead, assigned_at, rep),
        Events(
            "first_touch",
            lead[touched],
            touched_at[touched],
            rep[touched],
            details=TOUCHED,
            detail=reached[touched].astype(np.int64),
        ),
        Events("accepted", lead[yes], decided_at[yes], rep[yes], details=[ACCEPT_ANSWERS]),
        Events("rejected", lead[no], decided_at[no], rep[no], reason=reason[no]),
    ]

    spoken = no[chance(rng, 0.9, len(no))]
    sent_on_at = decided_at + _minutes(rng, rng.uniform(1.0, 40.0, count))
    recycled_at = np.full(len(people.created_at), NEVER, dtype=np.int64)
    for fate in ("recycled", "disqualified"):
        these = spoken[np.array([FATES[name] == fate for name in REASONS])[reason[spoken]]]
        events.append(Events(fate, lead[these], sent_on_at[these], rep[these], reason=reason[these]))
        if fate == "recycled":
            recycled_at[lead[these]] = sent_on_at[these]
    events += _sales(rng, world, handed, yes, decided_at[yes], fit[yes] + deeds[yes])
    return events, recycled_at


def _sales(
    rng: np.random.Generator, world: World, handed: Handed, accepted: Whole, decided_at: Instants, worth: Real
) -> list[Events]:
    """From accepted to won or lost, for the accepted hand-offs (k,) and what their leads are worth (k,)."""
    lead, rep, count = handed.lead[accepted], handed.rep[accepted], len(accepted)
    people = world.people
    qualified = chance(rng, likelihood(-1.6 + 0.75 * worth + 0.3 * people.eagerness[lead]), count)
    sql_at = world.working(rep, decided_at, 9.0 * np.exp(rng.normal(np.log(5.0), 0.7, count)))
    opens = qualified & chance(rng, 0.82, count)
    opened_at = world.working(rep, sql_at, 9.0 * np.exp(rng.normal(np.log(4.0), 0.6, count)))
    amount = np.round(1800.0 * people.employees[lead].clip(10, 5000) ** 0.4 * np.exp(rng.normal(0.0, 0.5, count)), -1)
    wins = opens & chance(rng, likelihood(-1.65 + 0.45 * worth), count)
    closed_at = world.working(rep, opened_at, 9.0 * np.exp(rng.normal(np.log(20.0), 0.5, count)))
    agreed = np.round(amount * rng.uniform(0.8, 1.1, count), 2)
    loses = opens & ~wins & chance(rng, 0.9, count)
    # Some accepted leads come to nothing before they are worth an opportunity.
    fades = ~opens & chance(rng, 0.5, count)
    faded_at = world.working(rep, np.where(qualified, sql_at, decided_at), 9.0 * rng.uniform(8.0, 35.0, count))
    return [
        Events("sql", lead[qualified], sql_at[qualified], rep[qualified], details=[SQL_ANSWERS]),
        Events("opportunity", lead[opens], opened_at[opens], rep[opens], amount=amount[opens]),
        Events("won", lead[wins], closed_at[wins], rep[wins], amount=agreed[wins]),
        Events("lost", lead[loses], closed_at[loses], rep[loses]),
        Events("lost", lead[fades], faded_at[fades], rep[fades]),
    ]


def _minutes(rng: np.random.Generator, minutes: Real) -> Instants:
    """So many minutes and at least half a one, in microseconds of whole seconds."""
    return np.floor(60.0 * minutes + 30.0 + 30.0 * rng.random(len(minutes))).astype(np.int64) * MICROSECONDS


def _by_lead(people: People, lead: Whole, at: Instants) -> Instants:
    """The instants by lead (n,), for the others the beginning of time."""
    by_lead = np.full(len(people.created_at), np.iinfo(np.int64).min)
    by_lead[lead] = at
    return by_lead


def _overload(handed: Handed, reps: Reps) -> Real:
    """How many days' work each hand-off finds before it that day, above the first."""
    day = handed.at // MICROSECONDS_PER_DAY
    order = np.lexsort((handed.at, day, handed.rep))
    begins = np.ones(len(order), dtype=np.bool_)
    begins[1:] = (np.diff(handed.rep[order]) != 0) | (np.diff(day[order]) != 0)
    first = np.maximum.accumulate(np.where(begins, np.arange(len(order)), 0))
    before = np.empty(len(order), dtype=np.float64)
    before[order] = np.arange(len(order)) - first
    return (before / reps.capacity[handed.rep] - 1.0).clip(0.0)


def _seen(journeys: Journeys, until: Instants) -> Seen:
    """What each lead (n,) had done by its instant."""
    by_then = journeys.at <= until[journeys.lead]

    def times(kind: str, subject: str | None = None, least: float | None = None) -> Whole:
        meant = np.array([k == kind and subject in (None, s) for k, s in WHATS])[journeys.what] & by_then
        if least is not None:
            meant &= journeys.amount >= least
        return np.bincount(journeys.lead[meant], minlength=len(until))

    return Seen(
        pricing=times("page_view", "/pricing"),
        demo=times("form_submit", "demo"),
        contact=times("form_submit", "contact"),
        conversation=times("conversation"),
        stayed=times("webinar_attended", least=30.0),
        registered=times("webinar_registered"),
    )


def _fit(people: People, lead: Whole) -> Real:
    """What who they are says for the leads (k,), in log odds."""
    employees = people.employees[lead]
    size = np.select([employees < 50, employees < 200, employees <= 5000], [-0.9, 0.0, 0.7], 0.1)
    rank = np.array((-2.6, -1.2, -0.2, 0.45, 0.9, 0.8))[people.level[lead]]
    rest = np.where(np.isin(people.industry[lead], TARGET_INDUSTRIES), 0.4, -0.1)
    rest += np.where(people.free_mail[lead], -0.8, 0.0) + np.where(people.nonsense[lead], -5.0, 0.0)
    return np.asarray(size + rank + rest + np.where(people.persona[lead] == Persona.RIVAL, -5.0, 0.0))


def _deeds_worth(seen: Seen, lead: Whole) -> Real:
    """What they did says for the leads (k,), in log odds. Registering for webinars says nothing good."""
    return np.asarray(
        0.25 * np.minimum(seen.pricing[lead], 3)
        + 0.7 * (seen.demo[lead] > 0)
        + 0.4 * (seen.contact[lead] > 0)
        + 0.35 * np.minimum(seen.conversation[lead], 2)
        + 0.5 * np.minimum(seen.stayed[lead], 2)
        - 0.35 * (seen.registered[lead] - seen.stayed[lead] - 1).clip(0, 3)
    )


def _reason_weights(people: People, lead: Whole, reached: Flags) -> Real:
    """How likely each of REASONS is the one, were the lead (k,) rejected; shape (k, reasons)."""
    level, employees = people.level[lead], people.employees[lead]
    weights = {
        "no_reply": np.where(reached, 0.05, 2.2),
        "bad_timing": np.where(reached, 1.0, 0.3),
        "no_budget": np.where(employees < 200, 1.1, 0.6),
        "wrong_person": np.array((0.6, 2.2, 1.1, 0.4, 0.15, 0.1))[level],
        "too_small": np.where(employees < 50, 2.0, 0.05),
        "student_or_job_seeker": np.where(level == Level.STUDENT, 8.0, 0.02),
        "competitor": np.where(people.persona[lead] == Persona.RIVAL, 60.0, 0.005),
        "bad_data": np.where(people.nonsense[lead], 80.0, np.where(reached, 0.02, 0.12)),
    }
    return np.column_stack([weights[reason] for reason in REASONS])


def _qualifying_again(
    hits: Hits, definition: Definition, recycled_at: Instants, end: int
) -> tuple[Whole, Instants, Whole]:
    """The recycled leads that do something worth handing them over once more: lead, instant, score."""
    ready = np.where(recycled_at == NEVER, NEVER, recycled_at.clip(max=end) + REST_DAYS * MICROSECONDS_PER_DAY)
    ready[scores(hits, definition, end).disqualified] = NEVER
    lead = np.repeat(np.arange(hits.leads), np.diff(hits.start))
    candidates = (hits.at >= ready[lead]) & (hits.at <= end)
    lead, at = lead[candidates], hits.at[candidates]
    earned, points = contributions(hits, definition, lead, at)
    total = np.zeros(len(lead))
    open_gates = np.ones(len(lead), dtype=np.bool_)
    for category in Category:
        of_category = [definition.criterion(name).category is category for name in earned]
        value = points[:, of_category].sum(axis=1)
        cap, minimum = definition.cap(category), definition.minimum(category)
        value = value if cap is None else np.minimum(value, cap)
        open_gates &= minimum is None or value + TOLERANCE >= minimum
        total += value
    score = np.floor(total + TOLERANCE).astype(np.int64)
    passing = np.flatnonzero(open_gates & (score >= definition.threshold))
    again, earliest = np.unique(lead[passing], return_index=True)
    return again, at[passing][earliest], score[passing][earliest]


def _table(events: list[Events], lead_ids: pa.Array, reps: Reps, end: int) -> pa.Table:
    """The events up to the end, by instant."""
    kept = [np.flatnonzero(some.at <= end) for some in events]
    at = np.concatenate([some.at[rows] for some, rows in zip(events, kept, strict=True)])
    lead = np.concatenate([some.lead[rows] for some, rows in zip(events, kept, strict=True)])
    order = pa.array(np.lexsort((lead, at)))
    actors = pa.concat_arrays([reps.ids, pa.array(["marketing"])])

    def texts(values: Sequence[str], places: Whole | None, rows: Whole) -> pa.Array:
        if places is None:
            return (
                pa.nulls(len(rows), pa.string()) if len(values) != 1 else pa.array([*values] * len(rows), pa.string())
            )
        return pa.array(values, pa.string()).take(pa.array(places[rows]))

    def gathered(columns: list[pa.Array]) -> pa.Array:
        return pa.concat_arrays(columns).take(order)

    pairs = list(zip(events, kept, strict=True))
    return pa.table(
        {
            "event_id": ids("E", len(at)),
            "lead_id": lead_ids.take(pa.array(lead)).take(order),
            "occurred_at": pa.array(at).cast(pa.timestamp("us")).take(order),
            "kind": gathered([pa.array([some.kind] * len(rows), pa.string()) for some, rows in pairs]),
            "actor": gathered([actors.take(pa.array(some.actor[rows] % len(actors))) for some, rows in pairs]),
            "reason": gathered([texts(REASONS, some.reason, rows) for some, rows in pairs]),
            "amount": gathered(
                [
                    pa.nulls(len(rows), pa.float64()) if some.amount is None else pa.array(some.amount[rows])
                    for some, rows in pairs
                ]
            ).cast(pa.decimal128(18, 4)),
            "detail": gathered([texts(some.details, some.detail, rows) for some, rows in pairs]),
        }
    )
