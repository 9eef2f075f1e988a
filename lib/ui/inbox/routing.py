"""Handing over from within the app: by itself, or at the press of a button; and what became of it the last time."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from lib.app import handing_over, leads, sla
from lib.app.access import granting
from lib.app.deployment import Deployment
from lib.app.handing_over import BY_ITSELF, EVERYBODY
from lib.app.snapshot import Snapshot
from lib.core.access.grants import Grant
from lib.core.errors import Fault, Refused
from lib.core.handoffs.routing import HandedOver, Narrowed, Way
from lib.ui.frame.lead_tables import lead_page, local
from lib.ui.now import present

WAYS = {
    Way.FIRST: "first time",
    Way.AGAIN: "again",
    Way.AWAKENED: "awakened",
    Way.STOCK: "of the stock",
    Way.BELOW_LINE: "drawn below the line",
}
"""Why a lead is handed over now, as the page says it."""


@dataclass(frozen=True)
class Last:
    """One time that leads were handed over, or were to be: when it ended, by whom, how many, and why not.

    `switched_on` is how many were in stock where it began the handing over.
    """

    at: int
    who: str
    handed_over: int = 0
    below_line: int = 0
    switched_on: int | None = None
    refused: Refused | None = None


@dataclass
class _Record:
    """What became of the last run of this process."""

    last: Last | None = None


@lru_cache(maxsize=1)
def _record(deployment: Deployment) -> _Record:
    return _Record()


def last_run() -> Last | None:
    """The last run since the app was started, also one that found nobody or failed."""
    return _record(present.deployment()).last


def every_seconds() -> int | None:
    """How often the app hands over by itself; None where it does not."""
    return present.deployment().config.app.route_every_seconds


def by_itself() -> None:
    """What the app does in its rhythm; refused on data that ended more than a week ago, and remembered either way."""
    deployment = present.deployment()
    try:
        handing_over.check_live(deployment)
        hand_over(granting.by_itself(BY_ITSELF))
    except Refused as refused:
        _record(deployment).last = Last(deployment.now(), BY_ITSELF, refused=refused)
        raise
    except Exception as failed:
        # The schedule says in the log where; here is only said that, for whoever looks at the page.
        what = f"failed ({type(failed).__name__})"
        told = Refused(Fault("handing over", what, "It is tried again; the app's log says where it failed."))
        _record(deployment).last = Last(deployment.now(), BY_ITSELF, refused=told)
        raise


def hand_over(by: Grant, whom: Narrowed = EVERYBODY) -> handing_over.Run:
    """Hands over everybody who qualifies now under the agreed definition, or some of them; remembers how many."""
    deployment = present.deployment()
    run = handing_over.hand_over(deployment, by, whom=whom)
    _record(deployment).last = Last(deployment.now(), by.actor, len(run.handed_over), run.below_line, run.switched_on)
    return run


def table(snapshot: Snapshot, handed_over: tuple[HandedOver, ...]) -> pd.DataFrame:
    """Those handed over, each with its page: who, when it qualified, with how much, and to whom."""
    ids = [one.lead_id for one in handed_over]
    people = leads.introduced(snapshot.leads, ids)
    return pd.DataFrame(
        {
            "page": [lead_page(lead_id) for lead_id in ids],
            "lead_id": ids,
            "name": [people[lead_id].name for lead_id in ids],
            "company": [people[lead_id].company for lead_id in ids],
            "qualified": local(np.array([one.qualified_at for one in handed_over], dtype=np.int64)),
            "score": [one.score for one in handed_over],
            "owner": [sla.rep_name(snapshot.sales, one.owner) if one.owner else "Nobody" for one in handed_over],
            "why": [WAYS[one.way] for one in handed_over],
        }
    )
