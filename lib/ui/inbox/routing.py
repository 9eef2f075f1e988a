"""Handing over from within the app: by itself, or at the press of a button; and what became of it the last time."""

import time
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from lib.config.definition import read_definition
from lib.core.agreement.audit import Routed
from lib.core.errors import Fault, Refused
from lib.core.handoffs.answers import Fate
from lib.core.handoffs.routing import HandedOver
from lib.core.time import clock
from lib.store.agreement.audit import last_routed
from lib.store.agreement.in_force import agreed_text
from lib.store.database import Database
from lib.store.handoffs.routing import route
from lib.store.leads import people as leads_people
from lib.store.leads.history import newest_instant
from lib.ui.now import asked

BY_ITSELF = "the app"
"""Who handed over, where nobody pressed a button."""


class NotLive(Refused):
    """The app hands over by itself only while data keeps coming."""


@dataclass(frozen=True)
class Run:
    """One time that leads were handed over, or were to be: when it ended, by whom, how many, and why not."""

    at: int
    who: str
    handed_over: int = 0
    below_line: int = 0
    refused: Refused | None = None


@dataclass
class _Record:
    """What became of the last run of this process."""

    last: Run | None = None


@lru_cache(maxsize=1)
def _record(database: Database) -> _Record:
    return _Record()


def last_run() -> Run | None:
    """The last run since the app was started, also one that found nobody or failed."""
    return _record(asked.database()).last


def last_handed_over() -> Routed | None:
    """The last run ever that handed anybody over, from the audit; None before the first."""
    return last_routed(asked.database())


def every_seconds() -> int | None:
    """How often the app hands over by itself; None where it does not."""
    return asked.config().app.route_every_seconds


def as_of(now: int | None = None) -> int:
    """The instant leads are handed over as of: now, or the newest of data more than a week old."""
    return clock.default_as_of(_now() if now is None else now, newest_instant(asked.database()))


def _now() -> int:
    return time.time_ns() // 1_000


def by_itself() -> None:
    """What the app does in its rhythm; refused on data that ended more than a week ago, and remembered either way."""
    database = asked.database()
    try:
        _check_live()
        hand_over(BY_ITSELF)
    except Refused as refused:
        _record(database).last = Run(_now(), BY_ITSELF, refused=refused)
        raise
    except Exception as failed:
        # The schedule says in the log where; here is only said that, for whoever looks at the page.
        what = f"failed ({type(failed).__name__})"
        told = Refused(Fault("handing over", what, "It is tried again; the app's log says where it failed."))
        _record(database).last = Run(_now(), BY_ITSELF, refused=told)
        raise


def _check_live() -> None:
    """Who qualified when the data ended is nobody's MQL now: only a person hands such leads over."""
    now = _now()
    newest = as_of(now)
    if newest < now:
        what = f"the newest data is of {clock.instant_text(newest)}"
        raise NotLive(Fault("handing over", what, "Import what happened since, or take `route` out of app.yaml."))


def hand_over(who: str) -> list[HandedOver]:
    """Hands over everybody who qualifies now under the agreed definition, and remembers how many."""
    handed_over = _route(as_of(), who, dry_run=False)
    drawn = sum(one.below_line for one in handed_over)
    _record(asked.database()).last = Run(_now(), who, len(handed_over), drawn)
    return handed_over


def rehearsed() -> list[HandedOver]:
    """Who would be handed over as of this minute; nothing is changed."""
    database, minute = asked.database(), 60 * clock.MICROSECONDS
    return _rehearsed(database, database.generation, as_of(_now() // minute * minute))


@lru_cache(maxsize=1)
def _rehearsed(database: Database, generation: int, at: int) -> list[HandedOver]:
    return _route(at, BY_ITSELF, dry_run=True)


def _route(at: int, who: str, *, dry_run: bool) -> list[HandedOver]:
    database, config = asked.database(), asked.config()
    agreed = agreed_text(database, at)
    return route(
        database,
        asked.hit_index(),
        read_definition(agreed.text, f"agreed version {agreed.number}"),
        agreed.number,
        at,
        in_force_since=agreed.agreed_since,
        disqualifying=[reason.code for reason in config.answers.reasons if reason.fate is Fate.DISQUALIFY],
        who=who,
        dry_run=dry_run,
    )


def table(handed_over: list[HandedOver]) -> pd.DataFrame:
    """Those handed over, each with its page: who, when it qualified, with how much, and to whom."""
    ids = [one.lead_id for one in handed_over]
    people = leads_people.leads_of(asked.database(), ids)
    qualified = pd.to_datetime(np.array([one.qualified_at for one in handed_over], dtype=np.int64), unit="us", utc=True)
    return pd.DataFrame(
        {
            "page": [asked.lead_page(lead_id) for lead_id in ids],
            "lead_id": ids,
            "name": [people[lead_id].name for lead_id in ids],
            "company": [people[lead_id].company for lead_id in ids],
            "qualified": qualified.tz_convert(str(asked.zone())),
            "score": [one.score for one in handed_over],
            "owner": [asked.rep_name(one.owner) if one.owner else "Nobody" for one in handed_over],
            "below_line": ["drawn, to learn" if one.below_line else "" for one in handed_over],
        }
    )
