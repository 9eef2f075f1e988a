"""Handing over: whoever reaches the threshold under the agreement in force, once, and to somebody."""

from collections import Counter
from dataclasses import dataclass

from lib.app.deployment import Deployment
from lib.app.remembered import Aside, remembered
from lib.app.snapshot import Snapshot
from lib.core.agreement.audit import Routed
from lib.core.arrays import UNKNOWN
from lib.core.definition.criteria import Definition
from lib.core.errors import Fault, Refused
from lib.core.handoffs.answers import Fate
from lib.core.handoffs.routing import HandedOver, drawn_below_the_line, owners, qualifying
from lib.core.time import clock
from lib.store.agreement.audit import last_routed
from lib.store.handoffs import routing

MINUTE = 60 * clock.MICROSECONDS

BY_COMMAND, BY_ITSELF = "route", "the app"
"""Who handed over, where nobody pressed a button."""


class NotLive(Refused):
    """The app hands over by itself only while data keeps coming."""


@dataclass(frozen=True)
class Run:
    """What one run hands over, or would: as of an instant (microseconds), under a version of the agreement."""

    as_of: int
    version: int
    handed_over: tuple[HandedOver, ...]

    @property
    def below_line(self) -> int:
        return sum(one.below_line for one in self.handed_over)


@dataclass(frozen=True)
class Terms:
    """By what leads are handed over: a definition, its version, and since when that is in force (microseconds)."""

    definition: Definition
    version: int
    since: int


def hand_over(deployment: Deployment, who: str = BY_COMMAND, *, as_of: int | None = None, dry_run: bool = False) -> Run:
    """Hands over everybody who qualifies under the agreement in force: now, or when data ended that are a week old."""
    snapshot = deployment.snapshot()
    at = _instant(deployment, snapshot) if as_of is None else as_of
    version, definition = snapshot.agreed.at(at)
    terms = Terms(definition, version.number, version.agreed_since)
    return hand_over_by(terms, deployment, who, as_of=at, dry_run=dry_run)


def hand_over_by(terms: Terms, deployment: Deployment, who: str, *, as_of: int, dry_run: bool) -> Run:
    """Hands over everybody who qualifies by these terms as of an instant.

    Those that qualify come first, in the order they did, then those drawn below the line.
    Each lead gets an `mql` event dated then, with version, score and, where it was drawn, `below_line`, and an
    `assigned` event where there is a rep for it. A lead with a cycle under way, one
    disqualified by sales, and one that was handed over later are left alone.

    Twice is once, also from two threads: what is open is read and written in one
    transaction, one writer at a time, and an event's id is a hash of lead, cycle
    and version. A hand-over that was retracted is therefore not repeated under
    the same version. With `dry_run` nothing is kept.
    """
    with deployment.database.write(history=False, keep=not dry_run) as cursor:
        # While this has its turn nobody else writes, so the snapshot is of what is written to.
        snapshot = deployment.snapshot()
        index, history = snapshot.leads.index, snapshot.leads.history
        disqualifying = [reason.code for reason in snapshot.answers.reasons if reason.fate is Fate.DISQUALIFY]
        standing = routing.standing(cursor, history.lead_id, as_of, disqualifying)
        found = qualifying(index, terms.definition, standing, as_of)
        drawn = drawn_below_the_line(
            index, terms.definition, standing, as_of, qualified=found, version=terms.version, since=terms.since
        )
        table = routing.to_write(cursor, history, standing, found, drawn, terms.version)
        if not table.num_rows:
            return Run(as_of, terms.version, ())
        open_handoffs = Counter(_owners_of_open(snapshot))
        assigned = owners(table["owner"].to_pylist(), snapshot.reps, open_handoffs)
        return Run(as_of, terms.version, routing.write(cursor, table, assigned, terms.version, as_of, who))


def rehearsed(deployment: Deployment) -> Run:
    """Who would be handed over as of this minute; nothing is changed."""
    snapshot = deployment.snapshot()
    return _rehearsed(snapshot, Aside(deployment), _instant(deployment, snapshot, MINUTE))


def check_live(deployment: Deployment) -> None:
    """Who qualified when the data ended is nobody's MQL now: only a person hands such leads over. Raises NotLive."""
    now = deployment.now()
    newest = clock.default_as_of(now, deployment.snapshot().newest)
    if newest < now:
        what = f"the newest data is of {clock.instant_text(newest)}"
        raise NotLive(Fault("handing over", what, "Import what happened since, or take `route` out of app.yaml."))


def last_handed_over(deployment: Deployment) -> Routed | None:
    """The last run ever that handed anybody over, from the audit; None before the first."""
    return last_routed(deployment.database)


@remembered(1)
def _rehearsed(snapshot: Snapshot, deployment: Aside[Deployment], at: int) -> Run:
    return hand_over(deployment.given, BY_ITSELF, as_of=at, dry_run=True)


def _instant(deployment: Deployment, snapshot: Snapshot, steady: int = 1) -> int:
    return clock.default_as_of(deployment.now() // steady * steady, snapshot.newest)


def _owners_of_open(snapshot: Snapshot) -> list[str]:
    handoffs = snapshot.handoffs
    codes = handoffs.owner.codes[handoffs.open & (handoffs.owner.codes != UNKNOWN)]
    values = handoffs.owner.values.to_pylist()
    return [values[code] for code in codes.tolist()]
