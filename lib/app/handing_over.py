"""Handing over: whoever reaches the threshold under the agreement in force, once, and to somebody; and of the stock
what its start plan releases."""

from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from lib.app.deployment import Deployment
from lib.app.handoffs.terms import Terms, free_of, terms
from lib.app.remembered import Aside, remembered
from lib.app.snapshot import Snapshot
from lib.core.access.grants import NOBODY, Grant
from lib.core.access.rights import Right
from lib.core.agreement.audit import Routed
from lib.core.arrays import UNKNOWN, Mask
from lib.core.errors import Fault, Refused
from lib.core.handoffs.answers import Fate
from lib.core.handoffs.routing import (
    HandedOver,
    Narrowed,
    Qualifying,
    Standing,
    Way,
    drawn_below_the_line,
    owners,
    qualifying,
    released,
)
from lib.core.handoffs.stock import leads_in_words, releases, stock
from lib.core.sla.promises import DEFAULT_CALENDAR
from lib.core.sla.working_time import openings
from lib.core.time import clock
from lib.store.agreement.audit import last_routed, switch_on
from lib.store.database import Cursor
from lib.store.handoffs import routing

MINUTE = 60 * clock.MICROSECONDS

BY_COMMAND, BY_ITSELF = "route", "the app"
"""Who handed over, where nobody pressed a button."""

EVERYBODY = Narrowed()

IN_WORDS = {
    Way.FIRST: "for the first time",
    Way.AGAIN: "again",
    Way.AWAKENED: "awakened",
    Way.STOCK: "of the stock",
    Way.BELOW_LINE: "below the line, to learn",
}


class NotLive(Refused):
    """The app hands over by itself only while data keeps coming."""


@dataclass(frozen=True)
class Run:
    """What one run hands over, or would: as of an instant (microseconds), under a version of the agreement.

    `by_before` of them were qualified by an agreement before it. `switched_on` is how many leads are in stock where
    this run began the handing over, None where that had begun.
    """

    as_of: int
    version: int
    handed_over: tuple[HandedOver, ...]
    by_before: int = 0
    switched_on: int | None = None

    @property
    def ways(self) -> Counter[Way]:
        """How many come in each way."""
        return Counter(one.way for one in self.handed_over)

    @property
    def below_line(self) -> int:
        return self.ways[Way.BELOW_LINE]

    @property
    def ways_in_words(self) -> str:
        """ "12 for the first time, 3 awakened, 40 of the stock"; nothing for nobody."""
        said = [f"{self.ways[way]:,} {words}" for way, words in IN_WORDS.items() if self.ways[way]]
        if self.by_before:
            said.append(f"{self.by_before:,} of them by the agreement before")
        return ", ".join(said)

    def begins_in_words(self, at: str, *, would: bool = False) -> str:
        """What the run that switches handing over on says of the stock; `at` is its instant in words."""
        there = self.switched_on or 0
        begins = f"Handing over {'would begin' if would else 'begins'} as of {at}, under version {self.version}"
        if not there:
            return f"{begins}. Nobody is in stock: from here on whoever reaches the threshold is handed over."
        have, it = ("has", "it does") if there == 1 else ("have", "they do")
        return (
            f"{begins}. {leads_in_words(there)} that reached the threshold before {have} never been handed over: that "
            f"is the stock, and none of it is handed over until {it} something new. A version that both sides sign can "
            "release more of it: its start plan says what."
        )

    def those(self, whom: Narrowed) -> tuple[HandedOver, ...]:
        """Whom of them a narrower run would hand over."""
        at = np.array([one.qualified_at for one in self.handed_over], dtype=np.int64)
        chosen = whom.among([one.way for one in self.handed_over], at)
        return tuple(one for one, there in zip(self.handed_over, chosen.tolist(), strict=True) if there)


def hand_over(
    deployment: Deployment,
    by: Grant,
    *,
    as_of: int | None = None,
    dry_run: bool = False,
    whom: Narrowed = EVERYBODY,
) -> Run:
    """Hands over everybody who qualifies under the agreement in force: now, or when data ended that are a week old.

    Nobody signed what the configuration brought along: the first run by it begins the handing over, notes that in the
    audit, and hands over nobody.
    """
    with _writing(deployment, by, dry_run=dry_run) as cursor:
        # While this has its turn nobody else writes, so the snapshot is of what is written to.
        snapshot = deployment.snapshot()
        at = _instant(deployment, snapshot) if as_of is None else as_of
        chain = terms(snapshot.agreed, at)
        version, definition = snapshot.agreed.at(at)
        if not chain and snapshot.agreed.switched_on is None:
            first = Terms(definition, version.number, at)
            hits = snapshot.leads.index.hits(definition)
            there = len(stock(hits, definition, free_of(snapshot, first, ()), at, at))
            switch_on(cursor, at, by, version.number, there)
            return Run(at, version.number, (), switched_on=there)
        return replace(_hand_over(cursor, snapshot, chain, by, at, whom), version=version.number)


def hand_over_by(
    chain: Sequence[Terms],
    deployment: Deployment,
    by: Grant,
    *,
    as_of: int,
    dry_run: bool,
    whom: Narrowed = EVERYBODY,
) -> Run:
    """Hands over everybody who qualifies by these terms, in the order they began, as of an instant.

    Each of the terms hands over whom it qualifies up to its end, also when that has passed: so those
    before are routed one last time, however late. Of one's leads those that qualify come first, in the order they
    did, then those of the stock, then those drawn below the line.
    Each lead gets an `mql` event dated `as_of`, with version, score and why it came, and an
    `assigned` event where there is a rep for it. A lead with a cycle under way, one
    disqualified by sales, and one that was handed over later are left alone.

    Twice is once, also from two threads: what is open is read and written in one
    transaction, one writer at a time, and an event's id is a hash of lead, cycle
    and version. A hand-over that was retracted is therefore not repeated under
    the same version. With `dry_run` nothing is kept.
    """
    with _writing(deployment, by, dry_run=dry_run) as cursor:
        return _hand_over(cursor, deployment.snapshot(), chain, by, as_of, whom)


def _writing(deployment: Deployment, by: Grant, *, dry_run: bool) -> AbstractContextManager[Cursor]:
    database = deployment.database
    return database.rehearse() if dry_run else database.write(by, Right.HAND_OVER, history=False)


def _hand_over(
    cursor: Cursor,
    snapshot: Snapshot,
    chain: Sequence[Terms],
    by: Grant,
    as_of: int,
    whom: Narrowed,
) -> Run:
    history = snapshot.leads.history
    disqualifying = [reason.code for reason in snapshot.answers.reasons if reason.fate is Fate.DISQUALIFY]
    standing = routing.standing(cursor, history.lead_id, as_of, disqualifying)
    found = zip(chain, found_by(snapshot, chain, standing, as_of), strict=True)
    every_table = [routing.to_write(cursor, history, here, some, one.version) for one, (here, some) in found]
    tables = _narrowed(every_table, whom)
    open_handoffs = Counter(_owners_of_open(snapshot))
    runs: list[tuple[HandedOver, ...]] = []
    for one, table in zip(chain, tables, strict=True):
        if table.num_rows:
            assigned = owners(table["owner"].to_pylist(), snapshot.reps, open_handoffs)
            open_handoffs.update(owner for owner in assigned if owner is not None)
            runs.append(routing.write(cursor, table, assigned, one.version, as_of, by))
        else:
            runs.append(())
    every = tuple(lead for run in runs for lead in run)
    return Run(as_of, chain[-1].version if chain else 0, every, len(every) - len(runs[-1] if runs else ()))


Found = tuple[Standing, list[Qualifying]]
"""How the leads stand where some terms come, and whom these hand over: who qualifies, of the stock, below the line."""


def found_by(snapshot: Snapshot, chain: Sequence[Terms], standing: Standing, as_of: int) -> list[Found]:
    """Whom each of the terms hands over as of an instant, in the order they began; nobody twice."""
    taken = np.zeros(len(snapshot.leads), dtype=np.bool_)
    every = []
    for place, one in enumerate(chain):
        # Who is a customer by now is not handed over by what was in force when it was none.
        here = replace(standing, shut=standing.shut_by(one.definition, as_of) | taken)
        free = free_of(snapshot, one, tuple(chain[:place])) & ~taken
        found = _found_by(one, snapshot, here, free, min(as_of, one.until - 1))
        every.append((here, found))
        for some in found:
            taken[some.rows] = True
    return every


def _found_by(one: Terms, snapshot: Snapshot, standing: Standing, free: Mask, up_to: int) -> list[Qualifying]:
    index, definition = snapshot.leads.index, one.definition
    qualified = qualifying(index, definition, standing, up_to, one.since)
    there = stock(index.hits(definition), definition, free, one.since, up_to)
    days = openings(snapshot.policy.calendar(DEFAULT_CALENDAR), one.since, up_to)
    due = released(index, definition, standing, up_to, of=there, due=releases(there, one.plan, days))
    due = due.of(~np.isin(due.rows, qualified.rows))
    drawn = drawn_below_the_line(
        index, definition, standing, up_to, qualified=qualified, version=one.version, since=one.since
    )
    return [qualified, due, drawn]


def _narrowed(tables: Sequence[pa.Table], whom: Narrowed) -> list[pa.Table]:
    """The leads of all tables that are asked for; the newest of all, where so many are."""
    of_table = np.repeat(np.arange(len(tables)), [table.num_rows for table in tables])
    qualified_at = np.array([at for table in tables for at in table["qualified_at"].to_pylist()], dtype=np.int64)
    chosen = whom.among([way for table in tables for way in table["way"].to_pylist()], qualified_at)
    return [table.filter(pa.array(chosen[of_table == number])) for number, table in enumerate(tables)]


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
    return hand_over(deployment.given, NOBODY, as_of=at, dry_run=True)


def _instant(deployment: Deployment, snapshot: Snapshot, steady: int = 1) -> int:
    return clock.default_as_of(deployment.now() // steady * steady, snapshot.newest)


def _owners_of_open(snapshot: Snapshot) -> list[str]:
    handoffs = snapshot.handoffs
    codes = handoffs.owner.codes[handoffs.open & (handoffs.owner.codes != UNKNOWN)]
    values = handoffs.owner.values.to_pylist()
    return [values[code] for code in codes.tolist()]
