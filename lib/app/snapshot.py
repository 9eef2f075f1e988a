"""The data of one state as of one instant, as a value: read in one transaction, passed down, never asked for again."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from lib.app.remembered import Memory, remembered
from lib.config.agreement import read_agreement
from lib.config.folder import Config
from lib.core.agreement.agreement import Agreement
from lib.core.agreement.document import METRICS
from lib.core.agreement.versions import Version, in_force
from lib.core.definition.criteria import Definition
from lib.core.errors import DatabaseRefused, Fault
from lib.core.funnel.costs import Spend
from lib.core.funnel.lost import Loss
from lib.core.funnel.money import Money
from lib.core.handoffs.answers import Answers, recycling
from lib.core.handoffs.customers import Customers
from lib.core.handoffs.handoffs import Handoffs
from lib.core.handoffs.reps import Rep
from lib.core.leads.history import History
from lib.core.replay.afresh import Returns
from lib.core.replay.hits import HitIndex
from lib.core.sla.clocks import fields_asked, with_due
from lib.core.sla.promises import Policy
from lib.core.time import clock
from lib.core.time.window import Window
from lib.store.agreement.audit import switched_on
from lib.store.agreement.versions import load_versions
from lib.store.database import Database, DataState, Look
from lib.store.funnel import goals
from lib.store.funnel.losses import load_losses
from lib.store.funnel.totals import spends
from lib.store.handoffs.customers import load_customers
from lib.store.handoffs.handoffs import load_handoffs
from lib.store.handoffs.returns import load_returns
from lib.store.leads.history import load_fields, load_history, newest_instant
from lib.store.sla.responses import load_reps

VERSIONS_READ = 64


@dataclass(frozen=True, eq=False)
class Leads:
    """Every lead and what it did. Sales' answers leave it as it is, and with it all that was found out about it."""

    index: HitIndex
    memory: Memory = field(default_factory=Memory, repr=False)

    @property
    def history(self) -> History:
        return self.index.history

    def __len__(self) -> int:
        return self.history.leads


@dataclass(frozen=True, eq=False)
class Sales:
    """What sales was given as of an instant, each hand-off with when its decision is due; who answers, by what promise.

    `history` has every lead, with the fields at least that promises ask for.
    """

    as_of: int
    handoffs: Handoffs
    history: History
    reps: tuple[Rep, ...]
    policy: Policy
    memory: Memory = field(default_factory=Memory, repr=False)


@dataclass(frozen=True, eq=False)
class Agreed:
    """The versions of the agreement as they stood at an instant, and when handing over by it was first switched on
    (microseconds), None where it never was."""

    versions: tuple[Version, ...]
    switched_on: int | None = None
    memory: Memory = field(default_factory=Memory, repr=False)

    def at(self, instant: int) -> "InForce":
        """What both sides work by at an instant (microseconds); before the first version started, by the first."""
        version = in_force(self.versions, instant)
        assert version is not None  # noqa: S101  (`take` refuses a database without one)
        return InForce(version, self.said_by(version.number).definition)

    def said_by(self, number: int) -> Agreement:
        """What the text of the version of a number says."""
        return _agreement(self, number)


class InForce(NamedTuple):
    """A version in force, and the definition its text says."""

    version: Version
    definition: Definition


@remembered(VERSIONS_READ)
def _agreement(agreed: Agreed, number: int) -> Agreement:
    version = next(one for one in agreed.versions if one.number == number)
    return read_agreement(version.text, f"agreed version {number}")


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All that figures are made of, in one `state` of the data, as of `as_of` (microseconds since 1970 UTC).

    `newest` is the newest instant of any lead, activity or event; None where there is none. `goals` are by metric and
    first day of the month. `customers` are in the order of the leads, and `returns` by their rows.
    """

    state: DataState
    as_of: int
    newest: int | None
    leads: Leads
    sales: Sales
    customers: Customers
    returns: Returns
    agreed: Agreed
    goals: Mapping[str, Mapping[date, float]]
    spends: tuple[Spend, ...]
    losses: tuple[Loss, ...]
    answers: Answers
    memory: Memory = field(default_factory=Memory, repr=False)

    @property
    def policy(self) -> Policy:
        return self.sales.policy

    @property
    def handoffs(self) -> Handoffs:
        return self.sales.handoffs

    @property
    def reps(self) -> tuple[Rep, ...]:
        return self.sales.reps

    @cached_property
    def zone(self) -> ZoneInfo:
        """The reporting time zone: days, weeks and months begin in it."""
        return ZoneInfo(self.policy.time_zone)

    @cached_property
    def in_force(self) -> InForce:
        """What both sides work by at the instant looked at."""
        return self.agreed.at(self.as_of)

    @property
    def definition(self) -> Definition:
        """The agreed definition in force."""
        return self.in_force.definition

    @cached_property
    def thresholds(self) -> Mapping[int, int]:
        """The threshold of each agreed version, by number: sales saw a hand-off's score beside it."""
        return {
            one.number: self.agreed.said_by(one.number).definition.threshold
            for one in self.agreed.versions
            if one.starts_at is not None
        }

    @cached_property
    def default_window(self) -> Window:
        """The last 26 whole weeks."""
        return default_window(self.policy, self.as_of)


def default_window(policy: Policy, as_of: int) -> Window:
    """The last 26 whole weeks up to an instant."""
    return policy.window(*clock.default_window(as_of, ZoneInfo(policy.time_zone), policy.week_starts))


def take(
    database: Database, config: Config, now: int, *, as_of: int | None = None, before: Snapshot | None = None
) -> Snapshot:
    """The data as they are, as of an instant; without one, of `now` or of data that ended more than a week ago.

    `before` is an earlier snapshot of the same database: where its leads are still as they are, they are not read
    again. Raises DatabaseRefused where nothing was ever agreed.
    """
    with database.look(at_once=2) as look:
        newest = newest_instant(look, now)
        at = clock.default_as_of(now, newest) if as_of is None else as_of
        with ThreadPoolExecutor(max_workers=1) as beside:
            # Beside the leads, which the database reads without the interpreter's lock.
            handed = beside.submit(_handed, look, at, config.app.money)
            leads = _leads(look, config.policy.time_zone, before)
            handoffs, reps = handed.result()
        agreed = Agreed(tuple(load_versions(look, at)), switched_on(look))
        if in_force(agreed.versions, at) is None:
            remedy = "Restore a backup: every database begins with one."
            raise DatabaseRefused(Fault(str(database.path), "holds no agreed definition", remedy))
        return Snapshot(
            state=look.state,
            as_of=at,
            newest=newest,
            leads=leads,
            sales=_due(handoffs, leads.history, reps, config.policy),
            customers=Customers(load_customers(look, leads.history.lead_id, at)),
            returns=load_returns(look, leads.history.lead_id, at, recycling(config.answers)),
            agreed=agreed,
            goals={metric: goals.targets(look, metric) for metric in METRICS},
            spends=spends(look),
            losses=load_losses(look, at),
            answers=config.answers,
        )


def take_sales(database: Database, config: Config, now: int, *, as_of: int | None = None) -> Sales:
    """What a snapshot says was handed over, without reading what leads did: for who asks about nothing else."""
    with database.look() as look:
        at = clock.default_as_of(now, newest_instant(look, now)) if as_of is None else as_of
        handoffs, reps = _handed(look, at, config.app.money)
        return _due(handoffs, load_fields(look, fields_asked(config.policy)), reps, config.policy)


def _leads(look: Look, zone: str, before: Snapshot | None) -> Leads:
    """The leads as they are, and days as they are configured now."""
    if before is None or before.state.history != look.state.history:
        return Leads(HitIndex(load_history(look, zone=zone)))
    history = before.leads.history
    return before.leads if history.zone == zone else Leads(HitIndex(replace(history, zone=zone)))


def _handed(look: Look, as_of: int, money: Money) -> tuple[Handoffs, tuple[Rep, ...]]:
    return load_handoffs(look, as_of, money=money), load_reps(look)


def _due(handoffs: Handoffs, history: History, reps: tuple[Rep, ...], policy: Policy) -> Sales:
    return Sales(handoffs.as_of, with_due(handoffs, history, reps, policy), history, reps, policy)
