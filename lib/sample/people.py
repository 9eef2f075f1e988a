"""Who the invented leads are: people, their companies, and where we met them."""

import json
import unicodedata
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lib.core.arrays import Instants, Real, Whole
from lib.sample.draw import Flags, Pools, Stream, chance, chosen, chosen_by_row, ids, stream, texts_at, unknown_where
from lib.sample.reps import Reps
from lib.sample.rhythm import Rhythm, in_office_hours, seconds_of_day
from lib.sample.vocabulary import (
    COMPANY_STEMS,
    COMPETITORS,
    COUNTRIES,
    CURRENT_TOOLS,
    FIRST_NAMES,
    FREE_MAIL,
    INDUSTRIES,
    LANGUAGES,
    LAST_NAMES,
    SECTOR_WORDS,
    SOURCES,
    TITLES,
    Level,
)


class Persona(IntEnum):
    """Why somebody is here. Nobody sees it; it decides what they do and what becomes of them."""

    BUYER = 0
    EVALUATOR = 1
    CASUAL = 2
    COLLECTOR = 3  # Registers for every webinar and attends hardly any.
    RIVAL = 4


class Newcomer(IntEnum):
    """The act by which somebody became a lead."""

    DEMO = 0
    CONTACT = 1
    ASSET = 2
    NEWSLETTER = 3
    WEBINAR = 4
    EVENT = 5
    TALK = 6


PERSONA_SHARE = (0.27, 0.37, 0.20, 0.15, 0.01)

LEVEL_SHARE = np.array(
    [
        (0.00, 0.00, 0.08, 0.36, 0.36, 0.20),
        (0.02, 0.12, 0.42, 0.32, 0.10, 0.02),
        (0.10, 0.25, 0.35, 0.18, 0.07, 0.05),
        (0.36, 0.34, 0.22, 0.06, 0.02, 0.00),
        (0.00, 0.10, 0.40, 0.35, 0.15, 0.00),
    ]
)
"""Levels by persona."""

SMALLNESS = np.array((0.75, 1.0, 1.5, 1.3, 1.0))
"""By persona; above 1 the person's company is rather a small one, below 1 a big one."""

CHANNELS = ("inbound", "event", "interaction")
CHANNEL_SHARE = np.array(
    [(0.56, 0.20, 0.24), (0.60, 0.18, 0.22), (0.66, 0.22, 0.12), (0.92, 0.04, 0.04), (0.80, 0.15, 0.05)]
)
"""Channels by persona."""

ARRIVAL_SHARE = np.array(
    [
        (0.31, 0.21, 0.29, 0.14, 0.05),
        (0.12, 0.12, 0.44, 0.24, 0.08),
        (0.02, 0.05, 0.40, 0.40, 0.13),
        (0.00, 0.02, 0.13, 0.10, 0.75),
        (0.10, 0.10, 0.40, 0.20, 0.20),
    ]
)
"""How those of each persona arrive who come to us."""

INBOUND_SOURCE_SHARE = np.array([(0.38, 0.22, 0.12, 0.10, 0.06, 0.12), (0.12, 0.04, 0.24, 0.12, 0.46, 0.02)])
"""Inbound sources of everybody else, and of those who collect webinars."""

INTERACTION_SOURCE_SHARE = (0.5, 0.3, 0.2)

LANDING_PAGES = ("/demo", "/contact", "/guides", "/blog/what-is-an-mql", "/webinars")
"""By the first five arrivals."""

COST = {"paid_search": (24, 62), "paid_social": (12, 38), "partner": (30, 80), "outbound_call": (15, 30)}
"""What one lead costs by source, from and to; every event lead costs EVENT_COST, any other nothing we know of."""

EVENT_COST = (55, 140)


@dataclass(frozen=True, eq=False)
class People:
    """n leads in the order they appeared, with what the table says of them and what only we know; shapes (n,).

    `day` and `second` are `created_at` by the lead's own clocks; `topic` is the
    place of an event or an interaction in SOURCES; `eagerness` is about
    normally distributed. `nonsense` marks made-up names. Codes index COUNTRIES,
    INDUSTRIES, CHANNELS and the enumerations.
    """

    table: pa.Table
    created_at: Instants
    country: Whole
    day: Whole
    second: Real
    persona: Whole
    level: Whole
    eagerness: Real
    employees: Real
    industry: Whole
    channel: Whole
    arrival: Whole
    topic: Whole
    free_mail: Flags
    nonsense: Flags


@dataclass(frozen=True, eq=False)
class Companies:
    """Every company there is, by country and size; those of country c are `first[c]` to `first[c] + size[c]`."""

    names: list[str]
    domains: list[str]
    industry: Whole
    employees: Whole
    first: Whole
    size: Whole


def invent_people(leads: int, seed: int, rhythm: Rhythm, reps: Reps) -> People:
    """That many leads created in the rhythm's year."""
    rng = stream(seed, Stream.LEADS)
    persona = chosen(rng, PERSONA_SHARE, leads)
    channel = chosen_by_row(rng, CHANNEL_SHARE[persona])
    country = chosen(rng, [market.share for market in COUNTRIES], leads)
    day, second, created_at = _appearances(rng, rhythm, country, online=channel == 0)
    order = np.argsort(created_at, kind="stable")
    persona, channel, country = persona[order], channel[order], country[order]
    day, second, created_at = day[order], second[order], created_at[order]

    level = chosen_by_row(rng, LEVEL_SHARE[persona])
    eagerness = rng.normal(size=leads) + np.array((0.5, 0.0, -0.6, 0.2, 0.0))[persona]
    nonsense = chance(rng, 0.008, leads)

    inbound, event = channel == 0, channel == 1
    arrival = np.where(
        inbound, chosen_by_row(rng, ARRIVAL_SHARE[persona]), np.where(event, Newcomer.EVENT, Newcomer.TALK)
    )
    topic = np.where(event, rng.integers(0, len(SOURCES["event"]), leads), chosen(rng, INTERACTION_SOURCE_SHARE, leads))
    source_places = np.where(
        inbound,
        chosen_by_row(rng, INBOUND_SOURCE_SHARE[(persona == Persona.COLLECTOR).astype(np.int64)]),
        topic,
    )
    sources = Pools.of([SOURCES[name] for name in CHANNELS])
    source = sources.first[channel] + source_places

    companies = invent_companies(seed)
    place_in_country = rng.random(leads) ** SMALLNESS[persona] * companies.size[country]
    company = companies.first[country] + place_in_country.astype(np.int64)
    university = (level == Level.STUDENT) & chance(rng, 0.6, leads)
    rival = persona == Persona.RIVAL
    universities = Pools.of([market.universities for market in COUNTRIES])
    campus = universities.pick(rng, country)
    competitor = chosen(rng, (0.3, 0.3, 0.2, 0.2), leads)
    employer_names = [*companies.names, *universities.texts, *COMPETITORS]
    employer_domains = [*companies.domains, *(_domain(name, "") for name in universities.texts)]
    employer_domains += [f"{_slug(name)}.com" for name in COMPETITORS]
    employer = np.where(university, len(companies.names) + campus, company)
    employer = np.where(rival, len(employer_names) - len(COMPETITORS) + competitor, employer)
    employees = np.where(university, 900.0 + 800.0 * (campus % 7), companies.employees[company])
    employees = np.where(rival, 120.0, employees)
    industry = np.where(university, INDUSTRIES.index("Education"), companies.industry[company])
    industry = np.where(rival, INDUSTRIES.index("Software"), industry)

    language = np.array([LANGUAGES.index(market.language) for market in COUNTRIES])[country]
    woman = chance(rng, 0.5, leads).astype(np.int64)
    first_names = Pools.of([FIRST_NAMES[name][w - 1].split() for name in LANGUAGES for w in (0, 1)])
    last_names = Pools.of([LAST_NAMES[name][w - 1].split() for name in LANGUAGES for w in (0, 1)])
    titles = Pools.of(
        [
            [title.split("|")[0 if w else -1] for title in TITLES[name][at]]
            for name in LANGUAGES
            for at in Level
            for w in (0, 1)
        ]
    )
    first = first_names.pick(rng, language * 2 + woman)
    last = last_names.pick(rng, language * 2 + woman)
    title = titles.pick(rng, (language * len(Level) + level) * 2 + woman)

    free_mail = chance(
        rng, np.array((0.55, 0.16, 0.08, 0.04, 0.03, 0.06))[level] + 0.06 * (persona == Persona.CASUAL), leads
    )
    domain = np.where(free_mail, len(employer_domains) + chosen(rng, (5, 2, 2, 1), leads), employer)
    email = _emails(
        rng,
        texts_at([_plain(name) for name in first_names.texts], first),
        texts_at([_plain(name) for name in last_names.texts], last),
        texts_at([*employer_domains, *FREE_MAIL], domain),
        free_mail,
    )

    def mostly(values: pa.Array, missing: float) -> pa.Array:
        return unknown_where(chance(rng, missing, leads), values)

    table = pa.table(
        {
            "lead_id": ids("L", leads),
            "created_at": pa.array(created_at).cast(pa.timestamp("us")),
            "first_name": mostly(_or_nonsense(nonsense, "asdf", texts_at(first_names.texts, first)), 0.02),
            "last_name": mostly(_or_nonsense(nonsense, "qwer", texts_at(last_names.texts, last)), 0.02),
            "title": mostly(texts_at(titles.texts, title), 0.06),
            "email": mostly(email, 0.015),
            "phone": mostly(_phones(rng, country), 0.45),
            "company": mostly(texts_at(employer_names, employer), 0.04),
            "employees": mostly(pa.array(employees.astype(np.int32)), 0.1),
            "industry": mostly(texts_at(INDUSTRIES, industry), 0.07),
            "country": mostly(texts_at([market.code for market in COUNTRIES], country), 0.02),
            "channel": texts_at(CHANNELS, channel),
            "source": mostly(texts_at(sources.texts, source), 0.01),
            "landing_page": unknown_where(~inbound, texts_at(LANDING_PAGES, arrival.clip(max=4))),
            "owner": mostly(reps.ids.take(pa.array(reps.drawn(rng, country))), 0.4),
            "cost": _costs(rng, sources.texts, source),
            "extra": _extras(rng, language),
        }
    )
    return People(
        table=table,
        created_at=created_at,
        country=country,
        day=day,
        second=second,
        persona=persona,
        level=level,
        eagerness=eagerness,
        employees=employees,
        industry=industry,
        channel=channel,
        arrival=arrival,
        topic=topic,
        free_mail=free_mail,
        nonsense=nonsense,
    )


def _appearances(
    rng: np.random.Generator, rhythm: Rhythm, country: Whole, online: Flags
) -> tuple[Whole, Real, Instants]:
    """Day, second of the day and instant at which each lead is created; off line, we meet at work."""
    day = rhythm.creation_days(rng, len(country))
    second = seconds_of_day(rng, len(country))
    day = np.where(online, day, rhythm.to_a_working_day(rng, day))
    second = np.where(online, second, in_office_hours(second))
    # The last day is seldom over everywhere; what would lie beyond it happened a week before.
    day = day - 7 * (rhythm.instants(country, day, second) > rhythm.end)
    return day, second, rhythm.instants(country, day, second)


def invent_companies(seed: int) -> Companies:
    """Each stem and sector once a country, from a handful of people to tens of thousands."""
    rng = stream(seed, Stream.COMPANIES)
    names: list[str] = []
    domains: list[str] = []
    industries: list[Whole] = []
    employees: list[Whole] = []
    for market in COUNTRIES:
        stems, sectors = COMPANY_STEMS[market.language].split(), SECTOR_WORDS[market.language].split()
        count = len(stems) * len(sectors)
        heads = np.exp(rng.normal(np.log(170.0), 1.7, count)).clip(2, 60_000).astype(np.int64)
        by_size = np.argsort(heads, kind="stable")
        called = [f"{stem} {sector}" for stem in stems for sector in sectors]
        names += [f"{called[place]} {market.legal_form}" for place in by_size]
        domains += [_domain(called[place], market.top_level_domain) for place in by_size]
        industries.append(by_size % len(sectors))
        employees.append(heads[by_size])
    size = np.array([len(heads) for heads in employees], dtype=np.int64)
    return Companies(
        names, domains, np.concatenate(industries), np.concatenate(employees), np.cumsum(size) - size, size
    )


def _plain(text: str) -> str:
    """The text in lower-case letters an address can be made of."""
    # Cigüeña is cigueña, Müller is mueller.
    spelt = text.lower().replace("üe", "ue")
    for letter, letters in (("ß", "ss"), ("ł", "l"), ("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        spelt = spelt.replace(letter, letters)
    return "".join(c for c in unicodedata.normalize("NFKD", spelt) if c.isascii() and (c.isalnum() or c in " -"))


def _slug(name: str) -> str:
    return "-".join(_plain(name).split())


def _domain(name: str, top_level: str) -> str:
    return f"{_slug(name)}.{top_level or 'edu'}"


def _emails(rng: np.random.Generator, first: pa.Array, last: pa.Array, domain: pa.Array, free_mail: Flags) -> pa.Array:
    """An address for everybody, in the way their company spells them; private ones carry a number."""
    count = len(first)
    numbers = pa.array(rng.integers(1, 100, count)).cast(pa.string())
    spelt = pc.choose(
        pa.array(np.where(free_mail, 3, chosen(rng, (6, 3, 1), count))),
        pc.binary_join_element_wise(first, last, "."),
        pc.binary_join_element_wise(pc.utf8_slice_codeunits(first, 0, 1), last, ""),
        first,
        pc.binary_join_element_wise(first, ".", last, numbers, ""),
    )
    return pc.binary_join_element_wise(spelt, domain, "@")


def _phones(rng: np.random.Generator, country: Whole) -> pa.Array:
    numbers = pa.array(rng.integers(600_000_000, 799_999_999, len(country))).cast(pa.string())
    codes = texts_at([market.dialling_code for market in COUNTRIES], country)
    return pc.binary_join_element_wise(codes, numbers, " ")


def _or_nonsense(nonsense: Flags, text: str, values: pa.Array) -> pa.Array:
    return pc.if_else(pa.array(nonsense), text, values)


def _costs(rng: np.random.Generator, sources: tuple[str, ...], source: Whole) -> pa.Array:
    ranges = [EVENT_COST if name in SOURCES["event"] else COST.get(name, (0, 0)) for name in sources]
    low, high = np.array(ranges, dtype=np.float64).T
    cost = np.round(low[source] + rng.random(len(source)) * (high - low)[source], 2)
    return pa.array(cost, mask=cost == 0.0).cast(pa.decimal128(18, 4))


def _extras(rng: np.random.Generator, language: Whole) -> pa.Array:
    """JSON with the columns a form adds: the visitor's language, and what they work with when they said so."""
    texts = [json.dumps({"language": name}) for name in LANGUAGES]
    texts += [json.dumps({"language": name, "current_tool": tool}) for name in LANGUAGES for tool in CURRENT_TOOLS]
    said = chance(rng, 0.6, len(language))
    tool = chosen(rng, (5, 4, 1, 2), len(language))
    return texts_at(texts, np.where(said, len(LANGUAGES) + language * len(CURRENT_TOOLS) + tool, language))
