"""What the invented leads did: visits, made of steps whose order makes sense."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pyarrow as pa

from lib.core.arrays import Instants, Real, Whole
from lib.sample.draw import Flags, Stream, chance, chosen, chosen_by_row, ids, stream
from lib.sample.people import Newcomer, People, Persona
from lib.sample.rhythm import DAYS, DAYS_AROUND, Rhythm, in_office_hours, seconds_of_day
from lib.sample.vocabulary import ASSETS, EVENTS, MAILS, PAGES, WEBINARS

LEADS_A_PART = 50_000
"""Journeys are drawn for so many leads at a time: what is held besides the outcome stays small."""


class Visit(IntEnum):
    """What somebody comes for; the first seven are the arrivals, in their order."""

    DEMO = 0
    CONTACT = 1
    ASSET = 2
    NEWSLETTER = 3
    WEBINAR = 4
    EVENT = 5
    TALK = 6
    READ = 7
    PRICING = 8
    MAIL = 9


@dataclass(frozen=True)
class Touchpoint:
    """One activity of a visit: it happens with `chance`, `minutes` after the last one on average.

    Subjects are drawn: the same one throughout a visit, but another page for each
    page view. `follows`: only when the step before happened. `lead_in`: not
    in the visit by which somebody arrives. `next_days`: on a later day, so many
    on average after. `amount`: from and to, unknown without.
    """

    kind: str
    subjects: tuple[str, ...]
    chance: float = 1.0
    minutes: float = 2.0
    follows: bool = False
    lead_in: bool = False
    next_days: float | None = None
    amount: tuple[float, float] | None = None


STEPS: dict[Visit, tuple[Touchpoint, ...]] = {
    Visit.DEMO: (
        Touchpoint("page_view", ("/product",), 0.7, lead_in=True),
        Touchpoint("page_view", ("/pricing",), 0.7, lead_in=True),
        Touchpoint("page_view", ("/demo",), lead_in=True),
        Touchpoint("form_submit", ("demo",)),
        Touchpoint("conversation", ("Demo call",), 0.6, next_days=0.6, amount=(10, 50)),
    ),
    Visit.CONTACT: (
        Touchpoint("page_view", PAGES, 0.6, lead_in=True),
        Touchpoint("page_view", ("/contact",), lead_in=True),
        Touchpoint("form_submit", ("contact",)),
        Touchpoint("conversation", ("Call back",), 0.5, next_days=0.5, amount=(3, 25)),
    ),
    Visit.ASSET: (
        Touchpoint("page_view", ("/guides",), lead_in=True),
        Touchpoint("form_submit", ("guide",)),
        Touchpoint("download", ASSETS, minutes=0.7),
        Touchpoint("page_view", PAGES, 0.4),
    ),
    Visit.NEWSLETTER: (Touchpoint("form_submit", ("newsletter",)), Touchpoint("page_view", PAGES, 0.5)),
    Visit.EVENT: (
        Touchpoint("event_attended", EVENTS),
        Touchpoint("conversation", ("At our stand",), 0.4, minutes=25, amount=(3, 30)),
    ),
    Visit.TALK: (Touchpoint("conversation", ("Call", "Chat", "Call from a partner"), amount=(2, 25)),),
    Visit.READ: (
        Touchpoint("page_view", PAGES),
        Touchpoint("page_view", ("/product",), 0.6),
        Touchpoint("page_view", PAGES, 0.45, follows=True),
        Touchpoint("page_view", ("/customers",), 0.5, follows=True),
    ),
    Visit.PRICING: (
        Touchpoint("page_view", ("/product",), 0.7),
        Touchpoint("page_view", ("/pricing",)),
        Touchpoint("page_view", ("/customers",), 0.4),
        Touchpoint("page_view", ("/pricing",), 0.2, follows=True),
    ),
    Visit.MAIL: (
        Touchpoint("email_open", MAILS),
        Touchpoint("email_click", MAILS, 0.38, minutes=0.8, follows=True),
        Touchpoint("page_view", PAGES, 0.95, minutes=0.3, follows=True),
    ),
    Visit.WEBINAR: (Touchpoint("page_view", ("/webinars",), lead_in=True),),
}
"""What happens in each visit; the registrations of a webinar visit come from the programme of webinars."""

ANONYMOUS = (
    Touchpoint("page_view", PAGES),
    Touchpoint("page_view", PAGES, 0.5),
    Touchpoint("page_view", ("/product",), 0.4),
)
"""What somebody looks at in the minutes before they say who they are."""

VISIT_SHARE = np.array(
    [
        # DEMO CONT. ASSET NEWS. WEBINAR EVENT TALK READ PRICING MAIL
        (0.075, 0.035, 0.08, 0.00, 0.02, 0.02, 0.075, 0.195, 0.225, 0.275),
        (0.035, 0.025, 0.12, 0.01, 0.03, 0.02, 0.035, 0.265, 0.12, 0.34),
        (0.002, 0.008, 0.10, 0.03, 0.04, 0.02, 0.01, 0.35, 0.03, 0.41),
        (0.00, 0.005, 0.05, 0.01, 0.42, 0.005, 0.005, 0.18, 0.015, 0.31),
        (0.03, 0.02, 0.25, 0.02, 0.06, 0.02, 0.00, 0.30, 0.20, 0.10),
    ]
)
"""What those of each persona come back for."""

VISITS_AFTER = np.array((3.9, 3.8, 3.0, 3.9, 4.0))
VISITS_BEFORE = np.array((0.5, 0.4, 0.2, 0.15, 0.8))
"""Visits by persona, once known and before, on average at an eagerness of 0."""

REGISTRATIONS = np.array(((0.85, 0.13, 0.02, 0.0), (0.35, 0.28, 0.22, 0.15)))
"""How many webinars one registers for at once (1 to 4): everybody else, and those who collect them."""

ATTENDS = np.array((0.62, 0.58, 0.4, 0.07, 0.5))
UNSUBSCRIBES = np.array((0.015, 0.025, 0.05, 0.07, 0.02))

WHATS: tuple[tuple[str, str], ...] = tuple(
    dict.fromkeys(
        [(step.kind, subject) for steps in (*STEPS.values(), ANONYMOUS) for step in steps for subject in step.subjects]
        + [(kind, name) for kind in ("webinar_registered", "webinar_attended") for name in WEBINARS]
        + [("unsubscribe", "Newsletter")]
    )
)
"""Every pair of kind and subject there is."""

WHAT = {what: place for place, what in enumerate(WHATS)}


@dataclass(frozen=True, eq=False)
class Journeys:
    """m activities by lead and instant; `start` (n + 1,) says which are whose, `what` (m,) indexes WHATS."""

    start: Whole
    lead: np.ndarray[tuple[int], np.dtype[np.int32]]
    at: Instants
    what: np.ndarray[tuple[int], np.dtype[np.int16]]
    amount: Real

    def table(self, lead_ids: pa.Array) -> pa.Table:
        """The rows of `activity`; texts that repeat are dictionaries."""
        kinds = list(dict.fromkeys(kind for kind, _ in WHATS))
        subjects = list(dict.fromkeys(subject for _, subject in WHATS))
        kind_of = np.array([kinds.index(kind) for kind, _ in WHATS], dtype=np.int8)
        subject_of = np.array([subjects.index(subject) for _, subject in WHATS], dtype=np.int16)
        return pa.table(
            {
                "activity_id": ids("A", len(self.at)),
                "lead_id": pa.DictionaryArray.from_arrays(pa.array(self.lead), lead_ids),
                "occurred_at": pa.array(self.at).cast(pa.timestamp("us")),
                "kind": pa.DictionaryArray.from_arrays(pa.array(kind_of[self.what]), kinds),
                "subject": pa.DictionaryArray.from_arrays(pa.array(subject_of[self.what]), subjects),
                "amount": pa.array(self.amount, from_pandas=True),
            }
        )


@dataclass(frozen=True, eq=False)
class Deeds:
    """Some activities in no order, their time by the lead's own clocks; shapes (k,), `amount` NaN where unknown."""

    lead: Whole
    day: Whole
    second: Real
    what: Whole
    amount: Real


def invent_journeys(people: People, seed: int, rhythm: Rhythm) -> Journeys:
    """Everything the leads did up to the rhythm's end, from some days before they were known."""
    leads = len(people.created_at)
    parts = [
        _part(people, first, min(first + LEADS_A_PART, leads), stream(seed, Stream.JOURNEYS, part), rhythm)
        for part, first in enumerate(range(0, leads, LEADS_A_PART))
    ]
    lead = np.concatenate([part[0] for part in parts])
    start = np.concatenate([[0], np.cumsum(np.bincount(lead, minlength=leads))])
    return Journeys(
        start=start.astype(np.int64),
        lead=lead,
        at=np.concatenate([part[1] for part in parts]),
        what=np.concatenate([part[2] for part in parts]),
        amount=np.concatenate([part[3] for part in parts]),
    )


def _part(
    people: People, first: int, last: int, rng: np.random.Generator, rhythm: Rhythm
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int32]], Instants, np.ndarray[tuple[int], np.dtype[np.int16]], Real]:
    """The activities of leads `first` to `last`, by lead and instant: lead, instant, what, amount."""
    deeds = list(_deeds(people, np.arange(first, last), rng, rhythm))
    lead = np.concatenate([some.lead for some in deeds])
    day = np.concatenate([some.day for some in deeds])
    at = rhythm.instants(people.country[lead], day, np.concatenate([some.second for some in deeds]))
    what = np.concatenate([some.what for some in deeds])
    amount = np.concatenate([some.amount for some in deeds])
    happened = np.flatnonzero(at <= rhythm.end)
    order = happened[np.lexsort((what[happened], at[happened], lead[happened]))]
    return lead[order].astype(np.int32), at[order], what[order].astype(np.int16), amount[order]


def _deeds(people: People, leads: Whole, rng: np.random.Generator, rhythm: Rhythm) -> Iterator[Deeds]:
    persona, eagerness = people.persona[leads], people.eagerness[leads]
    day, second = people.day[leads], people.second[leads]
    arrival = people.arrival[leads]
    last_day = day.copy()

    for visit in (Visit(by) for by in Newcomer):
        arriving = np.flatnonzero(arrival == visit)
        who, when, at = leads[arriving], day[arriving], second[arriving]
        topic = people.topic[who] if visit in (Visit.EVENT, Visit.TALK) else None
        yield from _steps(rng, rhythm, STEPS[visit], who, when, at, topic, arriving=True)

    browsing = np.flatnonzero((people.channel[leads] == 0) & chance(rng, 0.6, len(leads)))
    before = second[browsing] - 60.0 * (4.0 + 30.0 * rng.random(len(browsing)))
    yield from _steps(rng, rhythm, ANONYMOUS, leads[browsing], day[browsing], before)

    counts = rng.poisson(VISITS_BEFORE[persona])
    who = np.repeat(np.arange(len(leads)), counts)
    when = day[who] - 1 - np.minimum(rng.exponential(6.0, len(who)), 40.0).astype(np.int64)
    pricing = chance(rng, np.where(persona[who] == Persona.BUYER, 0.3, 0.1), len(who))
    for visit, these in ((Visit.PRICING, pricing), (Visit.READ, ~pricing)):
        yield from _steps(
            rng, rhythm, STEPS[visit], leads[who[these]], when[these], seconds_of_day(rng, int(these.sum()))
        )

    counts = rng.poisson(VISITS_AFTER[persona] * np.exp(0.35 * eagerness - 0.06))
    who = np.repeat(np.arange(len(leads)), counts)
    later = np.where(chance(rng, 0.82, len(who)), rng.exponential(16.0, len(who)), 20.0 + 180.0 * rng.random(len(who)))
    # Whoever collects webinars does so for a few weeks.
    later = np.where(persona[who] == Persona.COLLECTOR, rng.exponential(13.0, len(who)), later)
    when = rhythm.to_a_working_day(rng, day[who] + 1 + later.astype(np.int64))
    at = seconds_of_day(rng, len(who))
    visits = chosen_by_row(rng, VISIT_SHARE[persona[who]])
    visits = np.where((visits == Visit.DEMO) & ~_first_of_lead(who, when, visits == Visit.DEMO), Visit.PRICING, visits)
    asked_on_arrival = (arrival == Newcomer.DEMO)[who]
    visits = np.where((visits == Visit.DEMO) & asked_on_arrival, Visit.PRICING, visits)
    at = np.where(np.isin(visits, (Visit.EVENT, Visit.TALK)), in_office_hours(at), at)
    for visit in Visit:
        rows = np.flatnonzero(visits == visit)
        yield from _steps(rng, rhythm, STEPS[visit], leads[who[rows]], when[rows], at[rows])

    arrives, returns = np.flatnonzero(arrival == Newcomer.WEBINAR), np.flatnonzero(visits == Visit.WEBINAR)
    yield from _webinars(
        rng,
        Programme.of(rhythm),
        people,
        np.concatenate([leads[arrives], leads[who[returns]]]),
        np.concatenate([day[arrives], when[returns]]),
        np.concatenate([second[arrives], at[returns] + 90.0]),
    )

    np.maximum.at(last_day, who, when)
    leaving = np.flatnonzero(chance(rng, UNSUBSCRIBES[persona], len(leads)))
    yield from _farewells(rng, rhythm, leads[leaving], last_day[leaving])


def _first_of_lead(who: Whole, when: Whole, among: Flags) -> Flags:
    """Which of those `among` is the first of its lead."""
    rows = np.flatnonzero(among)
    by_time = rows[np.lexsort((when[rows], who[rows]))]
    earliest = np.ones(len(by_time), dtype=np.bool_)
    earliest[1:] = who[by_time][1:] != who[by_time][:-1]
    first = np.zeros(len(who), dtype=np.bool_)
    first[by_time[earliest]] = True
    return first


def _steps(
    rng: np.random.Generator,
    rhythm: Rhythm,
    steps: tuple[Touchpoint, ...],
    lead: Whole,
    day: Whole,
    second: Real,
    topic: Whole | None = None,
    *,
    arriving: bool = False,
) -> Iterator[Deeds]:
    """The steps of one kind of visit, for each of its visits (v,); the first step of a visit is at `second`."""
    drawn = rng.random(len(lead))
    happened = np.ones(len(lead), dtype=np.bool_)
    begun = np.zeros(len(lead), dtype=np.bool_)
    for step in steps:
        if arriving and step.lead_in:
            continue
        happens = chance(rng, step.chance, len(lead)) & (happened | (not step.follows))
        # Never less than a second apart, so that the order of a visit is its order in time.
        pause = 2.0 + rng.exponential(step.minutes * 60.0, len(lead)).clip(max=5_400.0)
        second = np.where(happens & begun, second + pause, second)
        on_day, at = day, second
        if step.next_days is not None:
            on_day = rhythm.to_a_working_day(rng, day + 1 + rng.poisson(step.next_days, len(lead)))
            at = in_office_hours(seconds_of_day(rng, len(lead)))
        codes = np.array([WHAT[step.kind, subject] for subject in step.subjects], dtype=np.int64)
        drawn = rng.random(len(lead)) if step.kind == "page_view" else drawn
        places = (drawn * len(codes)).astype(np.int64) if topic is None or len(codes) == 1 else topic
        low, high = step.amount or (np.nan, np.nan)
        amount = np.round(low + (high - low) * rng.random(len(lead)))
        yield Deeds(lead[happens], on_day[happens], at[happens], codes[places][happens], amount[happens])
        begun |= happens
        happened = happens


@dataclass(frozen=True, eq=False)
class Programme:
    """The webinars held, two a week at 15:00 by each visitor's clocks; shape (webinars,)."""

    day: Whole

    @classmethod
    def of(cls, rhythm: Rhythm) -> "Programme":
        days = np.arange(-DAYS_AROUND, DAYS + DAYS_AROUND)
        return cls(days[np.isin((rhythm.first_day.weekday() + days) % 7, (1, 3))])


def _webinars(
    rng: np.random.Generator, programme: Programme, people: People, lead: Whole, day: Whole, second: Real
) -> Iterator[Deeds]:
    """Registrations for the next webinars in each sitting (v,), and who then attends and for how many minutes."""
    collects = (people.persona[lead] == Persona.COLLECTOR).astype(np.int64)
    wanted = chosen_by_row(rng, REGISTRATIONS[collects]) + 1
    sitting = np.repeat(np.arange(len(lead)), wanted)
    nth = np.arange(len(sitting)) - np.repeat(np.cumsum(wanted) - wanted, wanted)
    upcoming = np.searchsorted(programme.day, day, side="right") + chosen(rng, (5, 3, 1), len(lead))
    webinar = (upcoming[sitting] + nth).clip(max=len(programme.day) - 1)
    clicked = second[sitting] + nth * (8.0 + rng.exponential(25.0, len(sitting)))

    # Nobody registers twice for the same one; the earlier sitting counts.
    by_time = np.lexsort((clicked, day[sitting], webinar, lead[sitting]))
    same = np.zeros(len(by_time), dtype=np.bool_)
    same[1:] = (np.diff(lead[sitting][by_time]) == 0) & (np.diff(webinar[by_time]) == 0)
    kept = np.sort(by_time[~same])
    sitting, webinar, clicked = sitting[kept], webinar[kept], clicked[kept]
    who, name = lead[sitting], webinar % len(WEBINARS)
    registered = np.array([WHAT["webinar_registered", title] for title in WEBINARS])
    yield Deeds(who, day[sitting], clicked, registered[name], np.full(len(who), np.nan))

    attends = np.flatnonzero(chance(rng, ATTENDS[people.persona[who]], len(who)))
    attended = np.array([WHAT["webinar_attended", title] for title in WEBINARS])
    joins = 15 * 3600.0 + 60.0 * rng.exponential(3.0, len(attends)).clip(max=20.0)
    longest = np.where(collects[sitting][attends] == 1, 28.0, 62.0)
    minutes = np.round(4.0 + (longest - 4.0) * rng.random(len(attends)))
    yield Deeds(who[attends], programme.day[webinar][attends], joins, attended[name][attends], minutes)


def _farewells(rng: np.random.Generator, rhythm: Rhythm, lead: Whole, last_day: Whole) -> Iterator[Deeds]:
    """One mail too many: opened, and unsubscribed from."""
    day = rhythm.to_a_working_day(rng, last_day + 6 + rng.exponential(14.0, len(lead)).astype(np.int64))
    opened = seconds_of_day(rng, len(lead))
    nothing = np.full(len(lead), np.nan)
    yield Deeds(lead, day, opened, np.full(len(lead), WHAT["email_open", MAILS[0]]), nothing)
    leaves = opened + 5.0 + rng.exponential(30.0, len(lead))
    yield Deeds(lead, day, leaves, np.full(len(lead), WHAT["unsubscribe", "Newsletter"]), nothing)
